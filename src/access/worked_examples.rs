//! The standard's own numbers, the library alone: Doc 9303-11 App. D and G.1, from `test-vectors/`.

use serde_json::Value;

use super::{AccessKey, PaceParameters, basic_access_control, pace};
use crate::{
    apdu::{Command, Line},
    crypto::{BlockCipher, Random},
    error::{ChannelFault, Error, Result},
    lds::SecurityInfos,
    mrz::MrzKey,
    secure_messaging::{Channel, KeyPurpose, derive_key},
};

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// Hands out prepared bytes, then fails.
struct Prepared(Vec<Vec<u8>>);

impl Random for Prepared {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        if self.0.is_empty() {
            return Err(Error::Misuse("more random bytes than the example has"));
        }
        bytes.copy_from_slice(&self.0.remove(0));
        Ok(())
    }
}

fn drive<T>(
    future: impl Future<Output = T>,
    mailbox: &crate::apdu::Mailbox,
    answers: &[(Vec<u8>, Vec<u8>)],
) -> T {
    let mut answers = answers.iter();
    crate::apdu::testing::drive(mailbox, future, |command| {
        let (expected, answer) = answers.next().expect("a command that the example does not have");
        assert_eq!(command, expected);
        answer.clone()
    })
}

const APPENDIX_D: &str =
    include_str!("../../test-vectors/icao9303/appendix-d-basic-access-control.json");
const APPENDIX_G: &str =
    include_str!("../../test-vectors/icao9303/appendix-g1-pace-ecdh-generic-mapping.json");

fn appendix_d_key() -> AccessKey {
    AccessKey::from(MrzKey::from_fields("L898902C", "690806", "940623").unwrap())
}

/// The channel of App. D, after the mutual authentication of D.3.
fn appendix_d_channel() -> (Channel, crate::apdu::Mailbox) {
    let example = vectors(APPENDIX_D);
    let (line, mailbox) = Line::new();
    let mut random = Prepared(vec![hex(&example["rnd_ifd"]), hex(&example["k_ifd"])]);
    let command =
        [&[0x00, 0x82, 0x00, 0x00, 0x28][..], &hex(&example["mutual_auth_cmd_data"]), &[0x28]];
    let answers = [
        (vec![0x00, 0x84, 0x00, 0x00, 0x08], [hex(&example["rnd_ic"]), vec![0x90, 0]].concat()),
        (command.concat(), [hex(&example["mutual_auth_resp_data"]), vec![0x90, 0]].concat()),
    ];
    let seed = appendix_d_key().bac_seed().unwrap();
    assert_eq!(seed.expose(), hex(&example["k_seed"]));
    for (purpose, key) in [(KeyPurpose::Encryption, "k_enc"), (KeyPurpose::Authentication, "k_mac")]
    {
        let derived = derive_key(BlockCipher::TripleDes, seed.expose(), purpose);
        assert_eq!(derived.expose(), hex(&example[key]));
    }
    let run = basic_access_control(line, &seed, &mut random);
    (drive(run, &mailbox, &answers).unwrap(), mailbox)
}

#[test]
fn appendix_d_basic_access_control_and_secure_messaging() {
    let example = vectors(APPENDIX_D);
    let (mut channel, mailbox) = appendix_d_channel();
    for exchange in example["secure_messaging"].as_array().unwrap() {
        let plain = hex(&exchange["plain_command"]);
        let command = match plain.as_slice() {
            [0x00, 0xA4, 0x02, 0x0C, 2, high, low] => {
                Command::select_file(u16::from_be_bytes([*high, *low]))
            }
            [0x00, 0xB0, high, low, le] => {
                let offset = usize::from(u16::from_be_bytes([*high, *low]));
                Command::read_binary(offset, usize::from(*le)).unwrap()
            }
            _ => panic!("a command that this test does not know"),
        };
        let answers = [(hex(&exchange["protected_command"]), hex(&exchange["protected_response"]))];
        let response = drive(channel.transmit(&command), &mailbox, &answers).unwrap();
        assert_eq!(response.success(command.name()).unwrap(), hex(&exchange["plain_data"]));
    }
}

#[test]
fn every_bit_of_a_protected_answer_is_guarded() {
    let example = vectors(APPENDIX_D);
    let exchange = &example["secure_messaging"][0];
    let answer = hex(&exchange["protected_response"]);
    for bit in 0..answer.len() * 8 {
        let (mut channel, mailbox) = appendix_d_channel();
        let mut altered = answer.clone();
        altered[bit / 8] ^= 0x80 >> (bit % 8);
        let command = Command::select_file(0x011E);
        let answers = [(hex(&exchange["protected_command"]), altered)];
        let error = drive(channel.transmit(&command), &mailbox, &answers).unwrap_err();
        assert!(matches!(error, Error::ChannelBroken(_)), "bit {bit}: {error:?}");
        let after = drive(channel.transmit(&command), &mailbox, &[]).unwrap_err();
        assert_eq!(after, Error::ChannelBroken(ChannelFault::SessionLost), "the keys are gone");
    }
}

fn run_appendix_g(example: &Value, answers: &[(Vec<u8>, Vec<u8>)]) -> Result<Channel> {
    let info = [
        &[0x31, 0x14, 0x30, 0x12, 0x06, 0x0A][..],
        &hex(&example["protocol"]),
        &[0x02, 0x01, 0x02, 0x02, 0x01, 0x0D],
    ];
    let infos = SecurityInfos::parse(&info.concat()).unwrap();
    let parameters = PaceParameters::choose(&infos).unwrap().with_reference();
    let key = AccessKey::from(MrzKey::from_fields("T22000129", "640812", "101031").unwrap());
    let mut random = Prepared(vec![
        hex(&example["mapping_private_key_ifd"]),
        hex(&example["agreement_private_key_ifd"]),
    ]);
    let (line, mailbox) = Line::new();
    drive(pace(line, parameters, &key, &mut random), &mailbox, answers)
}

fn appendix_g_answers(example: &Value) -> Vec<(Vec<u8>, Vec<u8>)> {
    let exchanges = example["exchanges"].as_array().unwrap();
    exchanges.iter().map(|pair| (hex(&pair["command"]), hex(&pair["response"]))).collect()
}

#[test]
fn appendix_g_pace() {
    let example = vectors(APPENDIX_G);
    let channel = run_appendix_g(&example, &appendix_g_answers(&example)).unwrap();
    let (ks_enc, ks_mac) = channel.session_keys().unwrap();
    assert_eq!(ks_enc.expose(), hex(&example["ks_enc"]));
    assert_eq!(ks_mac.expose(), hex(&example["ks_mac"]));
}

#[test]
fn pace_with_an_altered_answer_never_opens_a_channel() {
    let example = vectors(APPENDIX_G);
    let answers = appendix_g_answers(&example);
    // The last answer is the chip's token: every bit of it counts.
    let last = answers.len() - 1;
    for bit in 32..answers[last].1.len() * 8 - 16 {
        let mut altered = answers.clone();
        altered[last].1[bit / 8] ^= 0x80 >> (bit % 8);
        let error = run_appendix_g(&example, &altered).map(|_| ()).unwrap_err();
        assert_eq!(error, Error::AccessDenied { attempts_left: None }, "bit {bit}");
    }
}

#[test]
fn a_chip_that_echoes_our_key_is_refused() {
    let example = vectors(APPENDIX_G);
    let mut answers = appendix_g_answers(&example);
    // The command's 7C { 81 … } becomes the answer's 7C { 82 … }.
    let mut echo = answers[2].0[5..answers[2].0.len() - 1].to_vec();
    echo[2] = 0x82;
    answers[2].1 = [echo, vec![0x90, 0]].concat();
    let error = run_appendix_g(&example, &answers[..3]).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Malformed { what: "a public key other than ours", .. }));
}

#[test]
fn what_a_wrong_password_looks_like() {
    let example = vectors(APPENDIX_G);
    let mut answers = appendix_g_answers(&example);
    let last = answers.len() - 1;
    for (status, left) in [
        ([0x63, 0x00], None),
        ([0x63, 0xC2], Some(2)),
        ([0x69, 0x83], Some(0)),
        ([0x69, 0x85], None),
    ] {
        answers[last].1 = status.to_vec();
        let error = run_appendix_g(&example, &answers).map(|_| ()).unwrap_err();
        assert_eq!(error, Error::AccessDenied { attempts_left: left });
    }
}
