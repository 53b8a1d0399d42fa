//! Bytes from nowhere: no input makes the chip panic.

use super::super::Chip;
use super::terminal::Terminal;
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::modp::ModpName;
use crate::personalisation::{Mapping, PaceOption};
use crate::random::Random;
use crate::symmetric::CipherName;

const INSTRUCTIONS: [u8; 11] = [0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x88, 0x22, 0x86, 0xC0, 0x20, 0x2C];

/// Commands that are right somewhere: what gets changed here starts from one of them.
const COMMANDS: [&str; 29] = [
    "00A4040C07A0000002471001",
    "00A4040007A000000247100100",
    "00A4020C02011C",
    "00A4020C020101",
    "00A4020002010500",
    "00A4000C023F00",
    "00B0000000",
    "00B09C0000",
    "00B0810000",
    "00B08100000000",
    "00B00001000000",
    "00B100050354010000",
    "00B100050000035401000000",
    "0084000008",
    "0022C1A40F800A04007F00070202040202830102",
    "0022C1A412800A04007F0007020204020283010184010D",
    "10860000027C0000",
    "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
    "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
    "008600000C7C0A8508C2B0BD78D94BA86600",
    "0088000008010203040506070800",
    "00C0000000",
    // PACE modulo a prime and with integrated mapping, with a PIN, and the reset of its counter.
    "0022C1A412800A04007F00070202040102830101840100",
    "0022C1A412800A04007F0007020204040483010284010C",
    "0022C1A40F800A04007F00070202040404830103",
    "10860000247C22812001010101010101010101010101010101010101010101010101010101010101010100",
    "10860000067C0481020123 00",
    "10860000067C0483020123 00",
    "002C0303",
];

/// A command that looks like one, more or less.
fn invent(random: &mut Random, commands: &[Vec<u8>]) -> Vec<u8> {
    let choice = random.bytes(5);
    match choice[0] % 16 {
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
            let pick = (usize::from(choice[1]) << 8 | usize::from(choice[2])) % commands.len();
            let mut command = commands[pick].clone();
            // Half of them stay as they are, so that later steps are reached.
            for _ in 0..(choice[3] % 8).saturating_sub(4) {
                let change = random.bytes(3);
                if command.is_empty() {
                    break;
                }
                let place = usize::from(change[0]) % command.len();
                match change[1] % 8 {
                    0 => command.truncate(place),
                    1 => command.insert(place, change[2]),
                    2 => command[place] = change[2],
                    _ => command[place] ^= 1 << (change[2] % 8),
                }
            }
            command
        }
    }
}

fn torment(mut terminal: Terminal, prepare: impl Fn(&mut Terminal), rounds: usize, seed: u64) {
    let mut random = Random::from_seed(seed);
    let mut commands: Vec<Vec<u8>> =
        COMMANDS.iter().map(|command| bytes(&command.replace(' ', ""))).collect();
    for round in 0..rounds {
        if round % 500 == 0 {
            terminal.chip.reset();
            prepare(&mut terminal);
            let prepared = terminal.chip.trace().iter().rev().take(5);
            commands.truncate(COMMANDS.len());
            commands.extend(prepared.map(|exchange| exchange.command.clone()));
        }
        let command = invent(&mut random, &commands);
        let response = terminal.chip.process(&command);
        assert!(response.len() >= 2);
    }
    // The handlers were reached, not only the checks before them.
    let granted =
        terminal.chip.trace().iter().filter(|exchange| exchange.response.ends_with(&[0x90, 0]));
    assert!(granted.count() > rounds / 20);
}

/// Every step of PACE, reached in order and then met with something else.
#[test]
fn no_bytes_in_the_middle_of_pace_make_the_chip_panic() {
    let mut random = Random::from_seed(5);
    let commands: Vec<Vec<u8>> = COMMANDS[15..20].iter().map(|command| bytes(command)).collect();
    let mut chip = Chip::new(personalisation(), 5);
    for round in 0..400 {
        chip.reset();
        for command in &commands[..=round % 4] {
            assert!(chip.process(command).ends_with(&[0x90, 0]));
        }
        for _ in 0..2 {
            chip.process(&invent(&mut random, &commands));
        }
    }
    assert!(!chip.session_established());
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
    let mut every = personalisation();
    every.pin = Some("000135".to_owned());
    every.access.pace.extend([
        PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128),
        PaceOption::new(Mapping::Integrated, CurveName::Secp256r1, CipherName::Aes256),
    ]);
    torment(Terminal::new(Chip::new(every, 5)), |_| {}, 20_000, 6);
    let mut open = personalisation();
    open.access.bac = false;
    open.access.pace.clear();
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
