//! A social-insurance office in one thread: it knows a few people who do not exist and answers as the real one
//! is described to. What the real one does beyond its description is not known.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

/// Somebody who is insured.
pub(crate) struct Insured {
    pub(crate) id_number: &'static str,
    pub(crate) full_name: &'static str,
    /// `dd/MM/yyyy`, or the year alone.
    pub(crate) date_of_birth: &'static str,
    /// `maKetQua` where all else agrees.
    pub(crate) code: &'static str,
}

/// A member of staff whom the clinic has registered.
pub(crate) struct Registered {
    pub(crate) id_number: &'static str,
    pub(crate) full_name: &'static str,
}

/// Answers questions until this many were answered.
pub(crate) fn serve(
    listener: &TcpListener,
    insured: &[Insured],
    staff: &[Registered],
    answers: usize,
) {
    for stream in listener.incoming().take(answers).flatten() {
        // Who hangs up gets no answer, and the next one is served.
        drop(answer_one(stream, insured, staff));
    }
}

fn answer_one(
    mut stream: TcpStream,
    insured: &[Insured],
    staff: &[Registered],
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?).take(1 << 16);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    let body =
        answer(&serde_json::from_slice(&body).unwrap_or_default(), insured, staff).to_string();
    write!(
        stream,
        "HTTP/1.0 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The answer to one question.
pub(crate) fn answer(question: &Value, insured: &[Insured], staff: &[Registered]) -> Value {
    let text = |name: &str| question[name].as_str().filter(|text| !text.is_empty());
    let fields = ["maThe", "hoTen", "ngaySinh", "hoTenCb", "cccdCb"].map(text);
    let [Some(card), Some(name), Some(birth), Some(staff_name), Some(staff_number)] = fields else {
        return json!({ "maKetQua": "205" });
    };
    match staff.iter().find(|member| member.id_number == staff_number) {
        None => return json!({ "maKetQua": "054" }),
        Some(member) if !same(member.full_name, staff_name) => {
            return json!({ "maKetQua": "055" });
        }
        Some(_) => {}
    }
    let Some(person) = insured.iter().find(|person| person.id_number == card) else {
        return json!({ "maKetQua": "050" });
    };
    if !same(person.full_name, name) {
        let code = if initials(person.full_name) == initials(name) { "061" } else { "060" };
        return json!({ "maKetQua": code });
    }
    if birth != person.date_of_birth && birth != person.date_of_birth.replace('/', "") {
        return json!({ "maKetQua": "070" });
    }
    json!({
        "maKetQua": person.code,
        "maThe": card,
        "hoTen": person.full_name,
        "ngaySinh": person.date_of_birth,
        "gtTheTu": "01/01/2026",
        "gtTheDen": "31/12/2026",
        "maDKBD": "00000",
        "dsLichSuKCB2018": null,
    })
}

/// The office compares letter by letter, but for their case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn initials(name: &str) -> String {
    name.to_lowercase().split_whitespace().filter_map(|word| word.chars().next()).collect()
}
