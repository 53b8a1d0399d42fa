//! Chips and terminals with other people's keys.

use super::super::protocols::recovers;
use super::*;
use crate::arithmetic::rsa::RsaKey;
use crate::digest::DigestName;
use crate::foreign;
use crate::personalisation::{AccessControl, ActiveKey, mrz_information};

fn foreign_terminal(
    folder: &str,
    names: [&str; 2],
    key: &str,
) -> Option<(TrustPoint, IssuedTerminal)> {
    let path = |name: &str| format!("eac/CFG.DFLT.EAC.{folder}/{name}");
    let root = foreign::read(&path("CVCA_Cert_01.cvcert"))?;
    let certificates: Vec<Vec<u8>> =
        names.iter().map(|name| foreign::read(&path(&format!("{name}.cvcert"))).unwrap()).collect();
    let key = PrivateKey::from_pkcs8(&foreign::read(&path(key)).unwrap()).unwrap();
    let key = TerminalKey::new(TerminalAlgorithm::EcdsaSha256, key).unwrap();
    let issued = IssuedTerminal::new(certificates, key).unwrap();
    Some((TrustPoint::from_certificate(&root).unwrap(), issued))
}

/// A chip that trusts the authority of another simulator, and that simulator's terminals.
#[test]
fn the_terminals_of_another_simulator() {
    let names = ["dv_is_cert_1", "is_cert_1"];
    let Some((trust_point, issued)) = foreign_terminal("IS", names, "IS_Key_01_default.pkcs8")
    else {
        return;
    };
    let at = |date| trusting(TerminalTrust::new(trust_point.clone(), date));
    let today = Date::new(2016, 11, 22);
    for open in [Reader::with_bac, Reader::with_pace] {
        let mut reader = open(at(today));
        let (contents, _) = reader.terminal.secure([0, 0xB0, 0x9C, 0], &[], &[36]);
        assert_eq!(contents[..15], *b"\x42\x0DDEISCVCA00001");
        assert_eq!(reader.authenticate(&issued), SUCCESS);
        reader.assert_open();
        reader.terminal.assert_no_violations();
    }
    let refused = |contents: Personalisation, issued: &IssuedTerminal, status: u16| {
        let mut reader = Reader::with_pace(contents);
        assert_eq!(reader.authenticate(issued), status);
        reader.assert_closed();
    };
    // The Document Verifier's certificate ended on 22 December 2016.
    refused(at(Date::new(2016, 12, 23)), &issued, 0x6985);
    // Without the Document Verifier, with a stranger's key, and from below another authority of the same name.
    let broken =
        IssuedTerminal { certificates: issued.certificates[1..].to_vec(), ..issued.clone() };
    refused(at(today), &broken, 0x6A88);
    let stranger = authority().issue(&TerminalOptions::default()).key;
    refused(at(today), &IssuedTerminal { key: stranger, ..issued.clone() }, 0x6300);
    let mut other = trust_point.clone();
    other.public_key = authority().key().public();
    refused(trusting(TerminalTrust::new(other, today)), &issued, 0x6300);
    // A trust point that grants less.
    let mut less = trust_point.clone();
    less.authorization = Authorization::inspection_system(Role::Cvca, AccessRights::NONE);
    let mut reader = Reader::with_pace(trusting(TerminalTrust::new(less, today)));
    assert_eq!(reader.authenticate(&issued), SUCCESS);
    assert_eq!(reader.doors(), [0x6982; 2]);

    // Terminals for other applications, even if the chip trusts their authorities.
    for (folder, names, key) in [
        ("AT", ["dv_at_cert_1", "at_cert_1"], "AT_Key_01_default.pkcs8"),
        ("ST", ["dv_st_cert_1", "st_cert_1"], "ST_Key_01_default.pkcs8"),
    ] {
        let (trust_point, issued) = foreign_terminal(folder, names, key).unwrap();
        refused(trusting(TerminalTrust::new(trust_point, today)), &issued, 0x6985);
    }
}

/// The reference set of the BSI with its private keys: files that this crate did not make.
fn specimen() -> Option<(Personalisation, RsaKey)> {
    let path = |name: &str| format!("bsi-mustermann/{name}");
    foreign::read(&path("EF_COM.bin"))?;
    let mut contents = personalisation();
    contents.files = [
        (file::COM, "EF_COM.bin"),
        (file::SOD, "EF_SOD.bin"),
        (file::DG1, "Datagroup1.bin"),
        (file::DG2, "Datagroup2.bin"),
        (file::DG3, "Datagroup3.bin"),
        (file::DG4, "Datagroup4.bin"),
        (file::DG14, "Datagroup14.bin"),
        (file::DG15, "Datagroup15.bin"),
    ]
    .into_iter()
    .map(|(identifier, name)| (identifier, foreign::read(&path(name)).unwrap()))
    .collect();
    let key = |name| PrivateKey::from_pkcs8(&foreign::read(&path(name)).unwrap()).unwrap();
    let (PrivateKey::Ec(chip), PrivateKey::Rsa(active)) =
        (key("DG14_sk.pkcs8"), key("DG15_sk.pkcs8"))
    else {
        panic!("a key on a curve and an RSA key");
    };
    contents.card_access = None;
    contents.mrz_information = mrz_information("C11T002JM", "960812", "231031");
    contents.access = AccessControl { bac: true, pace: Vec::new() };
    contents.chip_authentication = vec![chip.into()];
    contents.active_authentication =
        Some(ActiveKey::Rsa { key: active.clone(), digest: DigestName::Sha1 });
    contents.protected.insert(file::DG4);
    Some((contents, active))
}

#[test]
fn the_specimen_of_the_bsi_with_its_own_keys() {
    let Some((mut contents, active)) = specimen() else { return };
    let names = ["dv_is_cert_1", "is_cert_1"];
    let (trust_point, issued) = foreign_terminal("IS", names, "IS_Key_01_default.pkcs8").unwrap();
    contents.terminal_trust = Some(TerminalTrust::new(trust_point, Date::new(2016, 11, 22)));
    let files = contents.files.clone();
    let mut reader = Reader::new(contents);
    let holds = |group: u16, part: &[u8]| files[&group].windows(part.len()).any(|at| at == part);

    assert_eq!(reader.terminal.bac("C11T002JM496081222310314"), SUCCESS);
    reader.id_picc = b"C11T002JM4".to_vec();
    for group in [file::COM, file::SOD, file::DG1, file::DG2, file::DG14, file::DG15] {
        assert_eq!(reader.terminal.read(group), files[&group], "{group:04X}");
    }
    // The modulus that answers is the one in DG15.
    assert!(holds(file::DG15, &active.modulus.to_bytes_be()));
    let challenge = reader.terminal.random.bytes(8);
    let (signature, status) = reader.terminal.secure([0, 0x88, 0, 0], &challenge, &[0]);
    assert_eq!((signature.len(), status), (128, SUCCESS));
    recovers(&active, DigestName::Sha1, &signature, &challenge, &[0xBC]);

    // The public key is taken from DG14: the last point in its SubjectPublicKeyInfo.
    let curve = CurveName::BrainpoolP224r1;
    let dg14 = &files[&file::DG14];
    let mut points = dg14.windows(57).filter_map(|bytes| curve.curve().decode(bytes));
    let public = points.next_back().unwrap();
    assert_ne!(public, curve.curve().generator);
    reader.authenticate_chip_with_3des(&public, curve);
    assert_eq!(reader.terminal.read(file::DG1), files[&file::DG1]);
    assert_eq!(reader.doors(), [0x6982; 2]);

    assert_eq!(reader.authenticate(&issued), SUCCESS);
    reader.assert_open();
    reader.terminal.assert_no_violations();
}
