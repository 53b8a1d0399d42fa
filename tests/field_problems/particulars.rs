use super::*;
#[test]
fn trace_it() {
    let case = Case::named(&std::env::var("NAME").unwrap());
    for reading in [case.read_well_behaved(), case.read()] {
        for (n, e) in reading.run.trace.iter().enumerate() {
            let c = e.plain_command.as_ref().unwrap_or(&e.command);
            let r = e.plain_response.as_ref().unwrap_or(&e.response);
            println!(
                "{n} {:02X?} -> {} {:02X?}",
                &c[..c.len().min(12)],
                r.len() - 2,
                &r[r.len() - 2..]
            );
            if n > 40 {
                break;
            }
        }
        println!("{:?} {:?}", reading.run.deviations(), reading.run.violations);
    }
}
