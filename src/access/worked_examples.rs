//! The standard's own numbers, the library alone: Doc 9303-11 App. D, G, H and I, from `test-vectors/`.

use serde_json::Value;

use super::{AccessKey, PaceOpened, PaceRules, basic_access_control, pace};
use crate::{
    apdu::{Command, Line},
    crypto::{BlockCipher, Random},
    error::{ChannelFault, Error, Result},
    lds::SecurityInfos,
    mrz::MrzKey,
    secure_messaging::{Channel, KeyPurpose, derive_key},
    tlv::write,
};

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// Hands out prepared numbers, with leading zeros where more bytes are asked for, then fails.
struct Prepared(Vec<Vec<u8>>);

impl Random for Prepared {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        if self.0.is_empty() {
            return Err(Error::Misuse("more random bytes than the example has"));
        }
        let next = self.0.remove(0);
        let zeros = bytes.len().checked_sub(next.len()).unwrap();
        bytes.fill(0);
        bytes[zeros..].copy_from_slice(&next);
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
const PACE: &str = include_str!("../../test-vectors/icao9303/appendix-g-h-i-pace.json");

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

fn pace_example(clause: &str) -> Value {
    vectors(PACE)["examples"][clause].clone()
}

fn pace_key(example: &Value) -> AccessKey {
    match example["can"].as_str() {
        Some(can) => AccessKey::from_can(can).unwrap(),
        None => {
            let mrz = example["mrz_information"].as_str().unwrap();
            let (number, birth, expiry) = (&mrz[..9], &mrz[10..16], &mrz[17..23]);
            AccessKey::from(MrzKey::from_fields(number, birth, expiry).unwrap())
        }
    }
}

/// The example's PACEInfo, and a weaker one with other parameters: so that they are named in DO 84.
fn pace_infos(example: &Value) -> SecurityInfos {
    let info = |protocol: &[u8], parameter_id: u8| {
        let fields = [write(0x06, protocol), write(0x02, &[2]), write(0x02, &[parameter_id])];
        write(0x30, &fields.concat())
    };
    let mut weaker = hex(&example["protocol"]);
    *weaker.last_mut().unwrap() = 1;
    weaker[8] = 2;
    let parameter_id = u8::try_from(example["parameter_id"].as_u64().unwrap()).unwrap();
    let infos = [info(&weaker, 8), info(&hex(&example["protocol"]), parameter_id)];
    SecurityInfos::parse(&write(0x31, &infos.concat())).unwrap()
}

fn run_pace(example: &Value, answers: &[(Vec<u8>, Vec<u8>)]) -> Result<PaceOpened> {
    let drawn = [
        ["mapping_private_key_ifd", "nonce_ifd"],
        ["agreement_private_key_ifd_mod_q", "agreement_private_key_ifd"],
    ];
    let drawn = drawn.map(|names| names.into_iter().find_map(|name| example.get(name)).unwrap());
    let mut random = Prepared(drawn.map(hex).to_vec());
    let (line, mailbox) = Line::new();
    let (infos, key) = (pace_infos(example), pace_key(example));
    let run = pace(&line, &infos, &key, PaceRules::default(), &mut random);
    drive(run, &mailbox, answers)
}

fn pace_answers(example: &Value) -> Vec<(Vec<u8>, Vec<u8>)> {
    let exchanges = example["exchanges"].as_array().unwrap();
    let exchanges = exchanges.iter();
    let mut exchanges: Vec<_> =
        exchanges.map(|pair| (hex(&pair["command"]), hex(&pair["response"]))).collect();
    if example["can"].is_string() {
        // App. H says MRZ in MSE:Set AT and goes on with the key of a CAN; nothing depends on it.
        assert_eq!(exchanges[0].0[17..20], [0x83, 1, 1]);
        exchanges[0].0[19] = 2;
    }
    exchanges
}

fn pace_as_printed(clause: &str, details: &str) -> PaceOpened {
    let example = pace_example(clause);
    let opened = run_pace(&example, &pace_answers(&example)).unwrap();
    let (ks_enc, ks_mac) = opened.channel.session_keys().unwrap();
    assert_eq!(ks_enc.expose(), hex(&example["ks_enc"]));
    assert_eq!(ks_mac.expose(), hex(&example["ks_mac"]));
    assert_eq!(opened.used.details(), details);
    assert_eq!(opened.used.offers_refused(), 0);
    let exchanges = pace_answers(&example);
    let pk_dh_ic = opened.pk_dh_ic.encode();
    assert!(exchanges[3].1.windows(pk_dh_ic.len()).any(|window| window == pk_dh_ic));
    opened
}

#[test]
fn appendix_g_1_generic_mapping_on_a_curve() {
    let opened = pace_as_printed("G.1", "ECDH-GM, AES-128, brainpoolP256r1");
    assert_eq!(opened.used.name(), "pace-mrz");
    assert!(opened.mapping.is_none());
    assert_eq!(opened.pk_dh_ic.compressed(), opened.pk_dh_ic.encode()[1..33]);
}

#[test]
fn appendix_g_2_generic_mapping_modulo_a_prime() {
    let opened = pace_as_printed("G.2", "DH-GM, AES-128, MODP 1024/160");
    assert_eq!(opened.pk_dh_ic.compressed().len(), 20);
}

#[test]
fn appendix_h_1_integrated_mapping_on_a_curve() {
    let opened = pace_as_printed("H.1", "ECDH-IM, AES-128, brainpoolP256r1");
    assert_eq!(opened.used.name(), "pace-can");
}

#[test]
fn appendix_h_2_integrated_mapping_modulo_a_prime() {
    pace_as_printed("H.2", "DH-IM, AES-128, MODP 1024/160");
}

#[test]
fn appendix_i_1_chip_authentication_mapping() {
    let opened = pace_as_printed("I.1", "ECDH-CAM, AES-128, brainpoolP256r1");
    let mapping = opened.mapping.unwrap();
    let example = pace_example("I.1");
    assert_eq!(mapping.ca_ic.expose(), hex(&example["chip_authentication_data"]));
    assert_eq!(mapping.parameter_id, Some(13));
    let pk_map_ic = mapping.pk_map_ic.encode();
    assert!(pace_answers(&example)[2].1.windows(65).any(|window| window == pk_map_ic));
}

#[test]
fn chip_authentication_data_must_be_there_and_padded() {
    let example = pace_example("I.1");
    let answers = pace_answers(&example);
    let last = answers.len() - 1;
    // 7C 3C { 86 08 token, 8A 30 data }
    let without = [&[0x7C, 10], &answers[last].1[2..12], &[0x90, 0]].concat();
    let mut cut = answers[last].1.clone();
    (cut[1], cut[13]) = (0x3B, 0x2F);
    cut.remove(20);
    let mut altered = answers[last].1.clone();
    let end = altered.len() - 3;
    altered[end] ^= 1;
    for wrong in [without, cut, altered] {
        let mut answers = answers.clone();
        answers[last].1 = wrong;
        let error = run_pace(&example, &answers).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::Malformed { file: "PACE", .. }), "{error}");
    }
}

#[test]
fn integrated_mapping_may_be_answered_in_three_ways() {
    let example = pace_example("H.1");
    let answers = pace_answers(&example);
    assert_eq!(answers[2].1, [0x90, 0]);
    for data in [&[][..], &[0x7C, 0], &[0x7C, 2, 0x82, 0]] {
        let mut answers = answers.clone();
        answers[2].1 = [data, &[0x90, 0]].concat();
        run_pace(&example, &answers).unwrap();
    }
    for data in [&[0x7C, 3, 0x82, 1, 0][..], &[0x82, 0], &[0]] {
        let mut answers = answers.clone();
        answers[2].1 = [data, &[0x90, 0]].concat();
        let error = run_pace(&example, &answers[..3]).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::Malformed { what: "no mapping data", .. }), "{error}");
    }
}

#[test]
fn pace_with_an_altered_token_never_opens_a_channel() {
    let example = pace_example("G.1");
    let answers = pace_answers(&example);
    // The last answer is the chip's token: every bit of it counts.
    let last = answers.len() - 1;
    for bit in 32..answers[last].1.len() * 8 - 16 {
        let mut altered = answers.clone();
        altered[last].1[bit / 8] ^= 0x80 >> (bit % 8);
        let error = run_pace(&example, &altered).map(|_| ()).unwrap_err();
        assert_eq!(error, Error::AccessDenied { attempts_left: None }, "bit {bit}");
    }
}

/// The key object of a command or an answer, without tags and lengths around it.
fn sent_key(message: &[u8], length: usize, after: usize) -> &[u8] {
    &message[message.len() - after - length..message.len() - after]
}

#[test]
fn a_key_that_was_sent_before_is_refused() {
    // Length of a key with what precedes it in an answer.
    for (clause, length, head) in [("G.1", 65, 4), ("G.2", 128, 6)] {
        let example = pace_example(clause);
        let answers = pace_answers(&example);
        let own_mapping = sent_key(&answers[2].0, length, 1);
        let chips_mapping = sent_key(&answers[2].1, length, 2);
        let own_agreement = sent_key(&answers[3].0, length, 1);
        for (step, key) in
            [(2, own_mapping), (3, own_agreement), (3, own_mapping), (3, chips_mapping)]
        {
            let mut answers = answers.clone();
            answers[step].1[head..head + length].copy_from_slice(key);
            let error = run_pace(&example, &answers[..=step]).map(|_| ()).unwrap_err();
            let what = "a public key that was not sent before";
            assert_eq!(error, Error::Malformed { file: "PACE", offset: 0, what }, "{clause}");
        }
    }
}

#[test]
fn keys_outside_the_group_are_refused() {
    for (clause, length, head) in [("G.1", 65, 4), ("G.2", 128, 6)] {
        let example = pace_example(clause);
        let answers = pace_answers(&example);
        for step in [2, 3] {
            let good = sent_key(&answers[step].1, length, 2).to_vec();
            let mut off = good.clone();
            off[length - 1] ^= 1;
            // A point that is none, zero, one, and a number that is not below p.
            let mut one = vec![0; length];
            one[length - 1] = 1;
            for wrong in [off, vec![0; length], one, vec![0xFF; length]] {
                let mut answers = answers.clone();
                answers[step].1[head..head + length].copy_from_slice(&wrong);
                let error = run_pace(&example, &answers[..=step]).map(|_| ()).unwrap_err();
                assert!(matches!(error, Error::Malformed { file: "PACE", .. }), "{error}");
            }
        }
    }
}
