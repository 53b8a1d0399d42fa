//! The worked examples of Doc 9303-11, the simulator alone.

use num_bigint::BigUint;
use serde_json::Value;

use super::super::Chip;
use super::super::active_authentication::representative;
use super::super::pace_mapping::{chip_authentication_data, integrated_generator, pseudo_random};
use super::terminal::{Channel, Terminal, protocol};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::digest::DigestName;
use crate::personalisation::{ChipKey, Mapping, PaceOption, file};
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

/// Every number of one of the five examples, then the whole exchange with the chip, byte by byte.
fn pace_example(clause: &str, mapping: Mapping, group: Group) {
    let all = vectors("appendix-g-h-i-pace.json");
    let example = &all["examples"][clause];
    let number = |name: &str| BigUint::from_bytes_be(&field(example, name));
    let option = PaceOption::new(mapping, group, CipherName::Aes128);
    assert_eq!(protocol(option), field(example, "protocol"));
    assert_eq!(option.parameter_id().map(u64::from), example["parameter_id"].as_u64());

    let generator = if mapping == Mapping::Integrated {
        let (s, t) = (field(example, "nonce"), field(example, "nonce_ifd"));
        let random = pseudo_random(CipherName::Aes128, &s, &t, &group.prime());
        assert_eq!(random, field(example, "pseudo_random"));
        integrated_generator(group, CipherName::Aes128, &s, &t).unwrap()
    } else {
        let public = group.public_key(&number("mapping_private_key_ifd"));
        let shared = group.multiply(&number("mapping_private_key_ic"), &public);
        assert_eq!(group.encode(&shared), field(example, "mapping_shared_secret"));
        group.combine(&group.public_key(&number("nonce")), &shared)
    };
    assert_eq!(group.encode(&generator), field(example, "mapped_generator"));
    let public = group.multiply(&number("agreement_private_key_ic"), &generator);
    let shared = group.multiply(&number("agreement_private_key_ifd"), &public);
    let secret = group.secret(&shared).unwrap();
    assert_eq!(secret, field(example, "shared_secret"));
    let channel = Channel::new(CipherName::Aes128, &secret, 0);
    assert_eq!(channel.ks_enc, field(example, "ks_enc"));
    assert_eq!(channel.ks_mac, field(example, "ks_mac"));

    let mut contents = personalisation();
    contents.access.pace = vec![option];
    if let Some(mrz_information) = example["mrz_information"].as_str() {
        contents.mrz_information = mrz_information.to_owned();
    } else {
        contents.can = example["can"].as_str().unwrap().to_owned();
    }
    // The printed answer to integrated mapping has no data at all.
    contents.behaviour.integrated_mapping_answer = Vec::new();
    if mapping == Mapping::ChipAuthentication {
        let key = number("chip_authentication_private_key");
        let data =
            chip_authentication_data(&group.order(), &key, &number("mapping_private_key_ic"));
        assert_eq!(data, field(example, "chip_authentication_data"));
        contents.chip_authentication =
            vec![ChipKey { group, private: key, key_id: Some(13), ciphers: Vec::new() }];
    }
    let mut chip = Chip::new(contents, 1);
    for name in ["nonce", "mapping_private_key_ic", "agreement_private_key_ic"] {
        if example[name].is_string() {
            chip.give_random(&field(example, name));
        }
    }
    for exchange in example["exchanges"].as_array().unwrap() {
        let mut command = field(exchange, "command");
        if example["can"].is_string() && command.starts_with(&[0x00, 0x22]) {
            // The example's key is that of the CAN, its reference that of the MRZ.
            let reference = command.windows(2).position(|part| part == [0x83, 0x01]).unwrap();
            command[reference + 2] = 2;
        }
        assert_eq!(chip.process(&command), field(exchange, "response"), "{clause}");
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
fn appendix_g_generic_mapping() {
    pace_example("G.1", Mapping::Generic, CurveName::BrainpoolP256r1.into());
    pace_example("G.2", Mapping::Generic, ModpName::Modp1024_160.into());
}

#[test]
fn appendix_h_integrated_mapping() {
    pace_example("H.1", Mapping::Integrated, CurveName::BrainpoolP256r1.into());
    pace_example("H.2", Mapping::Integrated, ModpName::Modp1024_160.into());
}

#[test]
fn appendix_i_chip_authentication_mapping() {
    pace_example("I.1", Mapping::ChipAuthentication, CurveName::BrainpoolP256r1.into());
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
}
