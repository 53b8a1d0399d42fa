//! The worked examples of Doc 9303-11, the simulator alone.

use num_bigint::BigUint;
use serde_json::Value;

use super::super::active_authentication::representative;
use super::super::{Chip, pace};
use super::terminal::{Channel, Terminal};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::digest::DigestName;
use crate::personalisation::file;
use crate::symmetric::{BlockCipher, CipherName, KeyUse, derive_key, retail_mac};

fn vectors(name: &str) -> Value {
    let path = format!("{}/../test-vectors/icao9303/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn field(vectors: &Value, name: &str) -> Vec<u8> {
    bytes(vectors[name].as_str().unwrap())
}

/// DES keys with odd parity, as the standard prints them; the derivation here leaves parity as it comes.
fn with_parity(key: Vec<u8>) -> Vec<u8> {
    key.into_iter()
        .map(|byte| byte & 0xFE | u8::from((byte & 0xFE).count_ones() % 2 == 0))
        .collect()
}

#[test]
fn appendix_d_basic_access_control_and_secure_messaging() {
    let vectors = vectors("appendix-d-basic-access-control.json");
    let k_seed = field(&vectors, "k_seed");
    let k_enc = derive_key(CipherName::TripleDes, &k_seed, KeyUse::Encryption);
    let k_mac = derive_key(CipherName::TripleDes, &k_seed, KeyUse::Authentication);
    assert_eq!(with_parity(k_enc.clone()), field(&vectors, "k_enc"));
    assert_eq!(with_parity(k_mac.clone()), field(&vectors, "k_mac"));

    // The example prints K.IC only inside the cryptogram.
    let answer = field(&vectors, "mutual_auth_resp_data");
    assert_eq!(retail_mac(&k_mac, &answer[..32]), answer[32..]);
    let r = BlockCipher::new(CipherName::TripleDes, &k_enc).cbc_decrypt(&[0; 8], &answer[..32]);
    let k_ic = &r[16..];

    let mut personalisation = personalisation();
    personalisation.mrz_information = vectors["mrz_information"].as_str().unwrap().to_owned();
    personalisation.files.insert(file::COM, field(&vectors, "ef_com"));
    let mut chip = Chip::new(personalisation, 1);
    chip.give_random(&field(&vectors, "rnd_ic"));
    chip.give_random(k_ic);

    assert_eq!(chip.process(&bytes("00A4040C07A0000002471001")), [0x90, 0]);
    let challenge = [field(&vectors, "rnd_ic"), vec![0x90, 0]].concat();
    assert_eq!(chip.process(&bytes("0084000008")), challenge);
    let command =
        [bytes("0082000028"), field(&vectors, "mutual_auth_cmd_data"), vec![0x28]].concat();
    assert_eq!(chip.process(&command), [answer, vec![0x90, 0]].concat());

    // The reader's side of the same channel derives the printed session keys.
    let k_ifd = field(&vectors, "k_ifd");
    let secret: Vec<u8> = k_ifd.iter().zip(k_ic).map(|(a, b)| a ^ b).collect();
    let channel = Channel::new(CipherName::TripleDes, &secret, 0);
    assert_eq!(with_parity(channel.ks_enc), field(&vectors, "ks_enc"));
    assert_eq!(with_parity(channel.ks_mac), field(&vectors, "ks_mac"));

    for exchange in vectors["secure_messaging"].as_array().unwrap() {
        let response = chip.process(&field(exchange, "protected_command"));
        assert_eq!(response, field(exchange, "protected_response"));
        let traced = chip.trace().last().unwrap();
        assert_eq!(
            traced.plain_command.as_deref(),
            Some(field(exchange, "plain_command").as_slice())
        );
        let plain = [field(exchange, "plain_data"), vec![0x90, 0]].concat();
        assert_eq!(traced.plain_response.as_deref(), Some(plain.as_slice()));
    }
    assert_eq!(chip.violations(), [] as [String; 0]);
    assert_eq!(chip.chip_proofs().bac, 1);
}

#[test]
fn appendix_g_pace_with_generic_mapping() {
    let vectors = vectors("appendix-g1-pace-ecdh-generic-mapping.json");
    let curve = CurveName::from_parameter_id(13).unwrap().curve();
    let number = |name: &str| BigUint::from_bytes_be(&field(&vectors, name));

    // The chip's private keys belong to the public keys that the example sends.
    let h = curve.multiply(
        &number("mapping_private_key_ic"),
        &curve.public_key(&number("mapping_private_key_ifd")),
    );
    let generator = curve.add(&curve.multiply(&number("nonce"), &curve.generator), &h);
    assert_eq!(curve.encode(&generator), field(&vectors, "mapped_generator"));
    let point = curve.multiply(
        &number("agreement_private_key_ifd"),
        &curve.multiply(&number("agreement_private_key_ic"), &generator),
    );
    let secret = curve.encode_x(&point).unwrap();
    assert_eq!(secret, field(&vectors, "shared_secret"));
    let channel = Channel::new(CipherName::Aes128, &secret, 0);
    assert_eq!(channel.ks_enc, field(&vectors, "ks_enc"));
    assert_eq!(channel.ks_mac, field(&vectors, "ks_mac"));

    let mut personalisation = personalisation();
    personalisation.mrz_information = vectors["mrz_information"].as_str().unwrap().to_owned();
    let mut chip = Chip::new(personalisation, 1);
    for name in ["nonce", "mapping_private_key_ic", "agreement_private_key_ic"] {
        chip.give_random(&field(&vectors, name));
    }
    for exchange in vectors["exchanges"].as_array().unwrap() {
        let response = chip.process(&field(exchange, "command"));
        assert_eq!(response, field(exchange, "response"));
    }
    assert_eq!(chip.violations(), [] as [String; 0]);
    assert_eq!(chip.chip_proofs().pace, 1);

    // And the session is in force with the printed keys.
    let mut terminal = Terminal::new(chip);
    terminal.channel = Some(channel);
    terminal.select_application();
    assert_eq!(terminal.read(file::DG1).len(), 95);
    terminal.assert_no_violations();
}

#[test]
fn appendix_f_active_authentication() {
    let vectors = vectors("appendix-f-active-authentication.json");
    let f = representative(&field(&vectors, "m1"), &field(&vectors, "rnd_ifd"), DigestName::Sha1);
    assert_eq!(f, field(&vectors, "representative"));
}

/// Keys of the project's synthetic cards, computed by a program outside this repository.
#[test]
fn keys_of_the_sample_people() {
    use sha1::Digest;
    let password = sha1::Sha1::digest(b"195001234795061583506156");
    assert_eq!(password.to_vec(), bytes("845f5e77bc1c52c7abe9c5f3ec9d2793c1b7bfc4"));
    let des = |key_use| with_parity(derive_key(CipherName::TripleDes, &password[..16], key_use));
    assert_eq!(des(KeyUse::Encryption), with_parity(bytes("b9d038b980b33216c107013732efabc8")));
    assert_eq!(des(KeyUse::Authentication), with_parity(bytes("2cc27cf185fbfe794fcb024326a716dc")));
    let k_pi = |secret: &[u8]| derive_key(CipherName::Aes128, secret, KeyUse::Password);
    assert_eq!(k_pi(&password), bytes("8f579b7a839eff45d22cf2f1023b8637"));
    assert_eq!(k_pi(b"001234"), bytes("301b8b85834dcf25b7ee71bd62f07a4e"));
    // The token of an all-zero key over an empty point has a fixed length, whatever the input.
    assert_eq!(pace::authentication_token(&[0; 16], &[]).len(), 8);
}
