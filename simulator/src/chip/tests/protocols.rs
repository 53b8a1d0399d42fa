//! Whole sessions with a small terminal: every access, every protocol.

use num_bigint::BigUint;

use super::super::{Chip, WrongPassword};
use super::terminal::{Channel, SELECT_APPLICATION, Terminal, split};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::ecdsa::{self, Signature};
use crate::arithmetic::rsa::RsaKey;
use crate::digest::DigestName;
use crate::person::Person;
use crate::personalisation::{
    ActiveKey, CardOptions, ChipKey, EcKey, Issuer, IssuerOptions, Personalisation, file,
};
use crate::symmetric::CipherName;
use crate::tlv;

fn terminal(personalisation: Personalisation) -> Terminal {
    Terminal::new(Chip::new(personalisation, 5))
}

fn mrz_password() -> Vec<u8> {
    DigestName::Sha1.hash(personalisation().mrz_information.as_bytes())
}

#[test]
fn pace_on_every_curve_then_reading() {
    for curve in CurveName::ALL {
        let mut contents = personalisation();
        contents.access.pace = vec![curve.into()];
        let mut terminal = terminal(contents);
        assert_eq!(terminal.pace(curve, b"001234", 2), 0x9000, "{curve:?}");
        terminal.select_application();
        assert_eq!(terminal.read(file::DG2), personalisation().files[&file::DG2]);
        terminal.assert_no_violations();
    }
}

#[test]
fn pace_with_the_mrz() {
    let mut terminal = terminal(personalisation());
    assert_eq!(terminal.pace(CurveName::BrainpoolP256r1, &mrz_password(), 1), 0x9000);
    terminal.select_application();
    assert_eq!(terminal.read(file::COM).len(), 22);
    terminal.assert_no_violations();
    assert_eq!(terminal.chip.chip_proofs().access_established(), 1);
}

#[test]
fn bac_then_reading() {
    let mut terminal = terminal(personalisation());
    assert_eq!(terminal.bac("195001234795061583506156"), 0x9000);
    assert_eq!(terminal.read(file::DG2), personalisation().files[&file::DG2]);
    terminal.assert_no_violations();
}

#[test]
fn wrong_passwords_by_behaviour() {
    let curve = CurveName::BrainpoolP256r1;
    let mut plain = terminal(personalisation());
    for _ in 0..3 {
        assert_eq!(plain.pace(curve, b"001235", 2), 0x6300);
        assert_eq!(plain.bac("195001234795061583506157"), 0x6300);
    }
    assert!(!plain.chip.session_established());
    assert_eq!(plain.bac("195001234795061583506156"), 0x9000);
    plain.assert_no_violations();

    let mut contents = personalisation();
    contents.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 3 };
    let mut counted = terminal(contents);
    assert_eq!(counted.pace(curve, b"001235", 2), 0x63C2);
    assert_eq!(counted.pace(curve, b"001234", 2), 0x9000);
    counted.chip.reset();
    for left in [0x63C2, 0x63C1, 0x63C0] {
        assert_eq!(counted.pace(curve, b"001235", 2), left);
    }
    // A reset does not open a blocked chip, and neither does the right password.
    counted.chip.reset();
    assert_eq!(counted.pace(curve, b"001234", 2), 0x6983);
    assert_eq!(counted.bac("195001234795061583506156"), 0x6983);
}

/// Chip Authentication as the reader does it; the new channel.
fn agree(terminal: &mut Terminal, key: &ChipKey, cipher: CipherName) -> (Vec<u8>, Channel) {
    let private = key.group.private_key(&mut terminal.random);
    let public = key.group.encode(&key.group.public_key(&private));
    let secret = key.group.secret(&key.group.multiply(&private, &key.public())).unwrap();
    (public, Channel::new(cipher, &secret, 0))
}

#[test]
fn chip_authentication_with_aes() {
    let key = personalisation().chip_authentication[0].clone();
    let mut terminal = terminal(personalisation());
    terminal.open();
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
    let (public, channel) = agree(&mut terminal, &key, CipherName::Aes128);
    let data = tlv::node(0x7C, &tlv::node(0x80, &public));
    let (answer, status) = terminal.secure([0, 0x86, 0, 0], &data, &[0]);
    assert_eq!((answer, status), (vec![0x7C, 0], 0x9000));
    terminal.channel = Some(channel);
    assert_eq!(terminal.read(file::DG1).len(), 95);
    terminal.assert_no_violations();
    assert_eq!(terminal.chip.chip_proofs().chip_authentications, 1);
}

#[test]
fn chip_authentication_with_3des_in_one_command() {
    let mut contents = personalisation();
    // A key from outside speaks every cipher.
    let key = EcKey { curve: CurveName::Secp384r1, private: BigUint::from(77u8), key_id: Some(2) };
    let key = ChipKey::from(key);
    contents.chip_authentication = vec![key.clone()];
    let mut terminal = terminal(contents);
    assert_eq!(terminal.bac("195001234795061583506156"), 0x9000);
    let (public, channel) = agree(&mut terminal, &key, CipherName::TripleDes);
    let data = [tlv::node(0x91, &public), tlv::node(0x84, &[2])].concat();
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA6], &data, &[]).1, 0x9000);
    terminal.channel = Some(channel);
    assert_eq!(terminal.read(file::SOD).len(), 304);
    terminal.assert_no_violations();
}

#[test]
fn chip_authentication_refuses_a_wrong_key_and_keeps_the_session() {
    let mut terminal = terminal(personalisation());
    terminal.open();
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
    let mut public =
        CurveName::BrainpoolP256r1.curve().encode(&CurveName::BrainpoolP256r1.curve().generator);
    public[64] ^= 1;
    let data = tlv::node(0x7C, &tlv::node(0x80, &public));
    assert_eq!(terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, 0x6A80);
    assert_eq!(terminal.read(file::DG1).len(), 95);
    assert_eq!(terminal.chip.violations().len(), 1);
}

#[test]
fn a_clone_cannot_continue_after_chip_authentication() {
    let genuine = personalisation();
    let key = genuine.chip_authentication[0].clone();
    let mut terminal = terminal(genuine.clone_without_private_keys());
    terminal.open();
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]);
    let (public, mut channel) = agree(&mut terminal, &key, CipherName::Aes128);
    let data = tlv::node(0x7C, &tlv::node(0x80, &public));
    assert_eq!(terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, 0x9000);
    let command = channel.protect([0, 0xB0, 0x81, 0], &[], &[0]);
    assert_eq!(terminal.chip.process(&command), [0x69, 0x88]);
    assert!(!terminal.chip.session_established());
}

/// Open an RSA signature of Active Authentication: the digest must be that of M1 || challenge.
pub(super) fn recovers(
    key: &RsaKey,
    digest: DigestName,
    signature: &[u8],
    challenge: &[u8],
    trailer: &[u8],
) {
    let f = key.public_operation(signature);
    assert_eq!(f[0], 0x6A);
    assert!(f.ends_with(trailer));
    let end = f.len() - trailer.len();
    let (m1, hash) = f[1..end].split_at(end - 1 - digest.length());
    assert_eq!(hash, digest.hash(&[m1, challenge].concat()));
}

#[test]
fn active_authentication_with_rsa() {
    for (digest, trailer) in [
        (DigestName::Sha1, &[0xBC][..]),
        (DigestName::Sha224, &[0x38, 0xCC]),
        (DigestName::Sha256, &[0x34, 0xCC]),
        (DigestName::Sha384, &[0x36, 0xCC]),
        (DigestName::Sha512, &[0x35, 0xCC]),
    ] {
        let key = RsaKey::test_active_authentication();
        let mut contents = personalisation();
        contents.active_authentication = Some(ActiveKey::Rsa { key: key.clone(), digest });
        let mut terminal = terminal(contents);
        terminal.open();
        let challenge = terminal.random.bytes(8);
        let (signature, status) = terminal.secure([0, 0x88, 0, 0], &challenge, &[0, 0]);
        assert_eq!((signature.len(), status), (256, 0x9000));
        recovers(&key, digest, &signature, &challenge, trailer);
        terminal.assert_no_violations();
        assert_eq!(terminal.chip.chip_proofs().active_authentications, 1);
    }
}

#[test]
fn active_authentication_with_ecdsa() {
    let key =
        EcKey { curve: CurveName::Secp521r1, private: BigUint::from(12_345u32), key_id: None };
    let mut contents = personalisation();
    contents.active_authentication =
        Some(ActiveKey::Ecdsa { key: key.clone(), digest: DigestName::Sha256 });
    let mut terminal = terminal(contents);
    terminal.open();
    let challenge = terminal.random.bytes(8);
    let (signature, status) = terminal.secure([0, 0x88, 0, 0], &challenge, &[0]);
    assert_eq!((signature.len(), status), (132, 0x9000));
    let (r, s) = signature.split_at(66);
    let signature = Signature { r: BigUint::from_bytes_be(r), s: BigUint::from_bytes_be(s) };
    let digest = DigestName::Sha256.hash(&challenge);
    assert!(ecdsa::verify(&key.curve.curve(), &key.public(), &digest, &signature));
    terminal.assert_no_violations();
}

#[test]
fn signatures_in_the_forms_that_readers_also_meet() {
    let mut contents = personalisation();
    contents.behaviour.rsa_smaller_signature = true;
    let key = RsaKey::test_active_authentication();
    let mut rsa = terminal(contents.clone());
    rsa.open();
    let mut turned = 0;
    for _ in 0..8 {
        let challenge = rsa.random.bytes(8);
        let (signature, _) = rsa.secure([0, 0x88, 0, 0], &challenge, &[0, 0]);
        let number = BigUint::from_bytes_be(&signature);
        assert!(&number + &number < key.modulus);
        if key.public_operation(&signature)[0] == 0x6A {
            recovers(&key, DigestName::Sha256, &signature, &challenge, &[0x34, 0xCC]);
        } else {
            turned += 1;
            let other = (&key.modulus - number).to_bytes_be();
            recovers(&key, DigestName::Sha256, &other, &challenge, &[0x34, 0xCC]);
        }
    }
    assert!((1..8).contains(&turned));

    contents.behaviour.ecdsa_signature_der = true;
    let key = EcKey { curve: CurveName::Secp256r1, private: BigUint::from(78u8), key_id: None };
    contents.active_authentication = Some(ActiveKey::Ecdsa { key, digest: DigestName::Sha256 });
    let mut ecdsa = terminal(contents);
    ecdsa.open();
    let (signature, _) = ecdsa.secure([0, 0x88, 0, 0], &[1; 8], &[0]);
    let integers = tlv::parse_all(tlv::parse_only(&signature, 0x30).unwrap()).unwrap();
    assert_eq!([integers[0].tag, integers[1].tag], [2, 2]);
}

#[test]
fn an_open_chip_needs_no_access_protocol() {
    let mut contents = personalisation();
    contents.access.bac = false;
    contents.access.pace.clear();
    contents.card_access = None;
    let mut terminal = terminal(contents);
    assert_eq!(terminal.plain(SELECT_APPLICATION).1, 0x9000);
    assert_eq!(terminal.plain("00B0810000").0.len(), 95);
    let (signature, status) = terminal.plain("00880000080102030405060708000000".get(..28).unwrap());
    assert_eq!((signature.len(), status), (256, 0x9000));
    terminal.assert_no_violations();
}

#[test]
fn get_response_fetches_what_a_short_answer_cannot_hold() {
    let mut contents = personalisation();
    contents.behaviour.get_response = true;
    contents.behaviour.extended_length = false;
    let mut terminal = terminal(contents);
    terminal.open();
    let challenge = terminal.random.bytes(8);
    let channel = terminal.channel.as_mut().unwrap();
    let command = channel.protect([0, 0x88, 0, 0], &challenge, &[0]);
    let (mut first, status) = split(terminal.chip.process(&command));
    assert_eq!(first.len(), 256);
    assert_eq!(status >> 8, 0x61);
    let (rest, status) = split(terminal.chip.process(&bytes("00C0000000")));
    assert_eq!(status, 0x9000);
    first.extend(rest);
    first.extend([0x90, 0]);
    let (signature, _) = terminal.channel.as_mut().unwrap().open(&first, false);
    assert_eq!(signature.len(), 256);
    terminal.assert_no_violations();
}

/// The card as the issuer hands it out: everything once, and no remark.
#[test]
fn the_sample_card_from_the_first_command_to_the_last() {
    let issuer = Issuer::new(IssuerOptions::default());
    let contents = issuer.personalise(&Person::sample(), &CardOptions::default());
    let mut terminal = terminal(contents.clone());
    assert_eq!(Some(terminal.plain("00B09C0000").0), contents.card_access);
    assert_eq!(terminal.pace(CurveName::BrainpoolP256r1, contents.can.as_bytes(), 2), 0x9000);
    terminal.select_application();
    for (identifier, expected) in &contents.files {
        if contents.protected.contains(identifier) {
            let (_, status) = terminal.secure([0, 0xA4, 2, 0x0C], &identifier.to_be_bytes(), &[]);
            assert_eq!(status, 0x6982);
        } else {
            assert_eq!(terminal.read(*identifier), *expected, "{identifier:04X}");
        }
    }

    let key = contents.chip_authentication[0].clone();
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
    let (public, channel) = agree(&mut terminal, &key, CipherName::Aes128);
    let data = tlv::node(0x7C, &tlv::node(0x80, &public));
    assert_eq!(terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, 0x9000);
    terminal.channel = Some(channel);

    let Some(ActiveKey::Rsa { key, digest }) = contents.active_authentication else {
        panic!("the sample card has an RSA key");
    };
    let challenge = terminal.random.bytes(8);
    let (signature, _) = terminal.secure([0, 0x88, 0, 0], &challenge, &[0, 0]);
    let trailer: &[u8] = if digest == DigestName::Sha1 { &[0xBC] } else { &[0x34, 0xCC] };
    recovers(&key, digest, &signature, &challenge, trailer);
    terminal.assert_no_violations();
}
