//! Bytes from nowhere: no input makes the chip panic.

use super::super::Chip;
use super::personalisation;
use super::terminal::Terminal;
use crate::random::Random;

const INSTRUCTIONS: [u8; 10] = [0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x88, 0x22, 0x86, 0xC0, 0x20];

/// A command that looks like one, now and then.
fn invent(random: &mut Random, chip: &Chip) -> Vec<u8> {
    let choice = random.bytes(4);
    match choice[0] % 4 {
        0 => {
            let length = usize::from(choice[1]) % 40;
            random.bytes(length)
        }
        1 => {
            // A known instruction with parameters and a body that may fit.
            let length = usize::from(choice[1]) % 24;
            let mut command = vec![
                [0, 0x0C, 0x10, 0x1C, 0x80][usize::from(choice[2]) % 5],
                INSTRUCTIONS[usize::from(choice[3]) % INSTRUCTIONS.len()],
            ];
            command.extend(random.bytes(2));
            command.push(length as u8);
            command.extend(random.bytes(length));
            command.push(0);
            command
        }
        _ => {
            // A command of this run, with some bytes changed, taken away or doubled.
            let trace = chip.trace();
            let recent = trace.len().min(200);
            let pick = (usize::from(choice[1]) << 8 | usize::from(choice[2])) % recent.max(1);
            let mut command =
                trace.get(pick).map_or_else(Vec::new, |exchange| exchange.command.clone());
            for _ in 0..choice[3] % 4 {
                let change = random.bytes(3);
                if command.is_empty() {
                    break;
                }
                let place = usize::from(change[0]) % command.len();
                match change[1] % 3 {
                    0 => command[place] = change[2],
                    1 => command.truncate(place),
                    _ => command.insert(place, change[2]),
                }
            }
            command
        }
    }
}

fn torment(mut terminal: Terminal, prepare: impl Fn(&mut Terminal), rounds: usize, seed: u64) {
    let mut random = Random::from_seed(seed);
    for round in 0..rounds {
        if round % 1_000 == 0 {
            terminal.chip.reset();
            prepare(&mut terminal);
        }
        let command = invent(&mut random, &terminal.chip);
        let response = terminal.chip.process(&command);
        assert!(response.len() >= 2);
    }
}

#[test]
fn no_bytes_make_the_chip_panic() {
    let fresh = || Terminal::new(Chip::new(personalisation(), 5));
    torment(fresh(), |_| {}, 30_000, 1);
    torment(fresh(), Terminal::open, 30_000, 2);
    torment(
        fresh(),
        |terminal| assert_eq!(terminal.bac("195001234795061583506156"), 0x9000),
        20_000,
        3,
    );
    let mut open = personalisation();
    open.access.bac = false;
    open.access.pace = None;
    open.behaviour.get_response = true;
    torment(Terminal::new(Chip::new(open, 5)), |_| {}, 20_000, 4);
}

/// Right keys around wrong contents reach the handlers behind secure messaging.
#[test]
fn no_protected_bytes_make_the_chip_panic() {
    let mut random = Random::from_seed(9);
    let mut terminal = Terminal::new(Chip::new(personalisation(), 5));
    for _ in 0..10_000 {
        if !terminal.chip.session_established() {
            terminal.chip.reset();
            assert_eq!(terminal.bac("195001234795061583506156"), 0x9000);
        }
        let choice = random.bytes(4);
        let data = random.bytes(usize::from(choice[0]) % 30);
        let instruction = INSTRUCTIONS[usize::from(choice[1]) % INSTRUCTIONS.len()];
        let le: &[u8] = [&[][..], &[0], &[0, 0], &[1, 2, 3]][usize::from(choice[2]) % 4];
        let parameters = random.bytes(2);
        let class = if choice[3] < 32 { 0x10 } else { 0 };
        let header = [class, instruction, parameters[0], parameters[1]];
        let command = terminal.channel.as_mut().unwrap().protect(header, &data, le);
        let response = terminal.chip.process(&command);
        if terminal.chip.session_established() {
            terminal.channel.as_mut().unwrap().open(&response, instruction & 1 == 1);
        }
    }
}
