//! Chip Authentication with every key and cipher, and what the chip refuses.

use num_bigint::BigUint;

use super::pace::{mapping_key, set_at, terminal, with};
use super::personalisation;
use super::terminal::{Channel, SELECT_APPLICATION, Terminal};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::personalisation::{ChipKey, file};
use crate::profile::profiles;
use crate::symmetric::CipherName;
use crate::tlv;

/// One run of Chip Authentication by MSE:Set AT, which succeeds.
fn authenticate(terminal: &mut Terminal, protocol: &[u8], key: &ChipKey, cipher: CipherName) {
    let mut data = tlv::node(0x80, protocol);
    data.extend(key.key_id.map(|id| tlv::node(0x84, &[id as u8])).unwrap_or_default());
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &data, &[]).1, 0x9000);
    let private = key.group.private_key(&mut terminal.random);
    let public = key.group.encode(&key.group.public_key(&private));
    let secret = key.group.secret(&key.group.multiply(&private, &key.public())).unwrap();
    let data = tlv::node(0x7C, &tlv::node(0x80, &public));
    let (answer, status) = terminal.secure([0, 0x86, 0, 0], &data, &[0, 0]);
    assert_eq!((answer, status), (vec![0x7C, 0], 0x9000));
    terminal.channel = Some(Channel::new(cipher, &secret, 0));
}

fn chip_protocol(group: Group, cipher: CipherName) -> Vec<u8> {
    let kind = if matches!(group, Group::Modp(_)) { 1 } else { 2 };
    [&[4, 0, 0x7F, 0, 7, 2, 2, 3], &[kind, cipher.protocol_number()][..]].concat()
}

#[test]
fn every_key_and_cipher_of_chip_authentication() {
    let options = profiles().filter_map(|profile| {
        let option = profile.options.chip_authentication.first().copied();
        option.filter(|_| profile.name.starts_with("ca-"))
    });
    let mut runs = 0;
    for option in options {
        let key =
            ChipKey { ciphers: vec![option.cipher], key_id: None, ..mapping_key(option.group) };
        let mut contents = personalisation();
        contents.chip_authentication = vec![key.clone()];
        let mut terminal = terminal(contents);
        terminal.open();
        let protocol = chip_protocol(option.group, option.cipher);
        authenticate(&mut terminal, &protocol, &key, option.cipher);
        assert_eq!(terminal.read(file::DG1).len(), 95, "{option:?}");
        terminal.assert_no_violations();
        runs += 1;
    }
    assert_eq!(runs, 60);
}

/// MSE:Set KAT, the one command of 3DES.
fn key_agreement_template(terminal: &mut Terminal, key: &ChipKey, id: Option<u8>) -> u16 {
    let private = key.group.private_key(&mut terminal.random);
    let public = key.group.encode(&key.group.public_key(&private));
    let reference = id.map(|id| tlv::node(0x84, &[id])).unwrap_or_default();
    let data = [tlv::node(0x91, &public), reference].concat();
    let (_, status) = terminal.secure([0, 0x22, 0x41, 0xA6], &data, &[]);
    if status == 0x9000 {
        let secret = key.group.secret(&key.group.multiply(&private, &key.public())).unwrap();
        terminal.channel = Some(Channel::new(CipherName::TripleDes, &secret, 0));
    }
    status
}

#[test]
fn several_keys_of_chip_authentication() {
    let key = |group: Group, id, ciphers: &[CipherName]| ChipKey {
        key_id: Some(id),
        ciphers: ciphers.to_vec(),
        ..mapping_key(group)
    };
    let curve = key(CurveName::Secp384r1.into(), 1, &[CipherName::Aes256, CipherName::TripleDes]);
    let modp = key(ModpName::Modp2048Safe.into(), 2, &[CipherName::TripleDes]);
    let mapping = mapping_key(CurveName::Secp256r1.into());
    let open = || {
        let mut contents = personalisation();
        contents.chip_authentication = vec![curve.clone(), modp.clone(), mapping.clone()];
        let mut terminal = terminal(contents);
        terminal.open();
        terminal
    };
    let mut good = open();
    let aes = chip_protocol(curve.group, CipherName::Aes256);
    authenticate(&mut good, &aes, &curve, CipherName::Aes256);
    assert_eq!(key_agreement_template(&mut good, &modp, Some(2)), 0x9000);
    assert_eq!(key_agreement_template(&mut good, &curve, Some(1)), 0x9000);
    assert_eq!(good.read(file::DG1).len(), 95);
    good.assert_no_violations();
    assert_eq!(good.chip.chip_proofs().chip_authentications, 3);

    for (protocol, id, status) in [
        // Which key is not said.
        (aes.clone(), None, 0x6A80),
        // The other key's protocol, an unknown key, the key of PACE only.
        (aes.clone(), Some(2), 0x6A80),
        (aes.clone(), Some(3), 0x6A88),
        (aes.clone(), Some(12), 0x6A88),
        // A cipher and a kind of group that no key has.
        (chip_protocol(curve.group, CipherName::Aes128), Some(1), 0x6A80),
        (chip_protocol(modp.group, CipherName::Aes256), Some(1), 0x6A80),
    ] {
        let mut terminal = open();
        let reference = id.map(|id| tlv::node(0x84, &[id])).unwrap_or_default();
        let data = [tlv::node(0x80, &protocol), reference].concat();
        assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &data, &[]).1, status);
        assert_eq!(terminal.chip.violations().len(), 1);
        // The old keys stay in force.
        assert_eq!(terminal.read(file::DG1).len(), 95);
    }
    for (key, id, status) in [(&modp, None, 0x6A80), (&modp, Some(1), 0x6A80)] {
        assert_eq!(key_agreement_template(&mut open(), key, id), status);
    }
    // A key without 3DES has no MSE:Set KAT.
    let mut contents = personalisation();
    let only = ChipKey { ciphers: vec![CipherName::Aes128], ..curve.clone() };
    contents.chip_authentication = vec![only];
    let mut terminal = terminal(contents);
    terminal.open();
    assert_eq!(key_agreement_template(&mut terminal, &curve, Some(1)), 0x6A80);
}

#[test]
fn small_orders_in_chip_authentication() {
    for name in [ModpName::Modp1024_160, ModpName::Modp2048Safe] {
        let group = name.group();
        let key = ChipKey { ciphers: vec![CipherName::Aes128], ..mapping_key(name.into()) };
        for public in [BigUint::from(1u8), &group.p - 1u8, &group.p - &group.g] {
            let mut contents = personalisation();
            contents.chip_authentication = vec![ChipKey { key_id: None, ..key.clone() }];
            let mut terminal = terminal(contents);
            terminal.open();
            let protocol = tlv::node(0x80, &chip_protocol(name.into(), CipherName::Aes128));
            assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
            let data = tlv::node(0x7C, &tlv::node(0x80, &public.to_bytes_be()));
            assert_eq!(terminal.secure([0, 0x86, 0, 0], &data, &[0, 0]).1, 0x6A80);
            assert_eq!(terminal.read(file::DG1).len(), 95);
        }
    }
}

/// What was begun inside a session does not go on outside it.
#[test]
fn a_protected_selection_is_no_plain_one() {
    let mut terminal = with(&[CurveName::BrainpoolP256r1.into()]);
    terminal.open();
    let protocol =
        tlv::node(0x80, &chip_protocol(CurveName::BrainpoolP256r1.into(), CipherName::Aes128));
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
    let curve = CurveName::BrainpoolP256r1.curve();
    let data = tlv::node(0x7C, &tlv::node(0x80, &curve.encode(&curve.generator)));
    let command = [&[0, 0x86, 0, 0, data.len() as u8], data.as_slice(), &[0]].concat();
    assert_eq!(terminal.chip.process(&command), [0x69, 0x85]);
    assert_eq!(terminal.plain(SELECT_APPLICATION).1, 0x9000);
    assert!(!terminal.chip.session_established());

    let mut terminal = with(&[CurveName::BrainpoolP256r1.into()]);
    assert_eq!(terminal.pace(CurveName::BrainpoolP256r1, b"001234", 2), 0x9000);
    let set = set_at(CurveName::BrainpoolP256r1.into(), 3, None);
    assert_eq!(terminal.secure([0, 0x22, 0xC1, 0xA4], &set[5..], &[]).1, 0x9000);
    assert_eq!(terminal.plain("10860000027C0000").1, 0x6985);
}
