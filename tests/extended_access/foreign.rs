//! Terminals that others equipped: certificates and keys of an independent simulator of the German ID card.
//! The chip, its card and its issuer are ours. Skipped where `CCCD_FOREIGN` is unset.

use cccd_simulator::{
    IssuedTerminal, PrivateKey, TerminalTrust,
    cv_certificate::{TerminalKey, TrustPoint},
};

use super::*;

/// Within all certificates of the chain, and within our document signer's: see [`issuer`].
const DAY: &str = "2016-11-22";

fn read(folder: &str, name: &str) -> Option<Vec<u8>> {
    common::foreign(&format!("eac/CFG.DFLT.EAC.{folder}/{name}"))
}

/// The authority's certificate, and the terminal.
fn foreign(kind: &str) -> Option<(Vec<u8>, IssuedTerminal)> {
    let folder = kind.to_uppercase();
    let root = read(&folder, "CVCA_Cert_01.cvcert")?;
    let certificates = [format!("dv_{kind}_cert_1.cvcert"), format!("{kind}_cert_1.cvcert")]
        .map(|name| read(&folder, &name).unwrap());
    let key = read(&folder, &format!("{folder}_Key_01_default.pkcs8")).unwrap();
    let key = PrivateKey::from_pkcs8(&key).unwrap();
    let key = TerminalKey::new(TerminalAlgorithm::EcdsaSha256, key).unwrap();
    Some((root, IssuedTerminal::new(certificates.to_vec(), key).unwrap()))
}

fn trusting(root: &[u8]) -> TerminalTrust {
    TerminalTrust::new(TrustPoint::from_certificate(root).unwrap(), Date::new(2016, 11, 1))
}

fn read_by(root: &[u8], border: &Border, day: &str) -> Visit {
    let issuer = common::issuer_of("VN", 2016);
    let options = CardOptions { terminal_trust: Some(trusting(root)), iris: true, ..options() };
    let card = issuer.personalise(&cccd_simulator::Person::sample(), &options);
    visit_at(&Desk::at(&issuer, day), &card, can(), border)
}

#[test]
fn the_inspection_system_of_another_simulator() {
    let Some((root, terminal)) = foreign("is") else { return };
    let border = Border::with(&root, &terminal);
    let visit = read_by(&root, &border, DAY);
    visit.assert_opened(&[3, 4]);
    assert!(visit.words().contains("brainpoolP256r1; opens DG3, DG4"), "{}", visit.words());

    let expired = read_by(&root, &border, "2016-12-23");
    expired.assert_refused("not_authorised.certificate_expired");
    let early = read_by(&root, &border, "2016-11-10");
    early.assert_refused("not_authorised.certificate_not_yet_valid");

    // Without the document verifier.
    let certificates = vec![terminal.certificates[1].clone()];
    let border = Border::with(&root, &IssuedTerminal { certificates, ..terminal.clone() });
    read_by(&root, &border, DAY).assert_refused("not_authorised.no_chain");
    // Our key in their module.
    let border = Border::with(&root, &terminal).with_key(&super::terminal().key);
    read_by(&root, &border, DAY).assert_refused("not_authorised.terminal_key");
    // Signed again by their own authority and verifier, without a right.
    let border = Border::with(&root, &without_right(&terminal));
    read_by(&root, &border, DAY).assert_refused("not_authorised.right_missing");
}

/// Their terminal, whose verifier issued it a certificate that grants nothing.
fn without_right(terminal: &IssuedTerminal) -> IssuedTerminal {
    use cccd_simulator::cv_certificate::{Authorization, CvCertificate, Role};
    let key = PrivateKey::from_pkcs8(&read("IS", "DV_Key_01_is.pkcs8").unwrap()).unwrap();
    let verifier = TerminalKey::new(TerminalAlgorithm::EcdsaSha256, key).unwrap();
    let mut body = CvCertificate::parse(&terminal.certificates[1]).unwrap().body;
    body.authorization = Authorization::inspection_system(Role::Terminal, AccessRights::NONE);
    let certificates = vec![terminal.certificates[0].clone(), body.sign(&verifier)];
    IssuedTerminal { certificates, ..terminal.clone() }
}

/// Terminals for the eID and for signatures, even where the chip trusts their authorities.
#[test]
fn the_other_terminals_of_another_simulator() {
    for kind in ["at", "st"] {
        let Some((root, terminal)) = foreign(kind) else { return };
        let visit = read_by(&root, &Border::with(&root, &terminal), DAY);
        visit.assert_refused("not_authorised.no_chain");
    }
}
