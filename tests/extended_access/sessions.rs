//! Chips that forget the session with an error: rights end with it, and are proven once more.

use cccd_simulator::{Behaviour, ErrorProtection, Personalisation, TooLong, personalisation::file};

use super::*;

/// Forgets its keys with every error.
fn forgetful(mut card: Personalisation, behaviour: Behaviour) -> Personalisation {
    card.behaviour = Behaviour { error_protection: ErrorProtection::PlainEndsSession, ..behaviour };
    card
}

/// The signature of Active Authentication, which comes after Terminal Authentication, does not fit.
fn too_short_for_rsa() -> Behaviour {
    Behaviour {
        max_response_data: 223,
        too_long: TooLong::WrongLength,
        certificate_chaining: true,
        ..Behaviour::default()
    }
}

fn at_a_short_reader(card: &Personalisation, border: &Border) -> Visit {
    visit_at(&Desk::new().limits(Limits::SHORT), card, can(), border)
}

#[test]
fn a_session_lost_after_terminal_authentication() {
    let border = Border::new(&authority(), &terminal());
    let visit = at_a_short_reader(&forgetful(card(), too_short_for_rsa()), &border);
    visit.assert_document(&[3, 4]);
    assert_eq!(visit.run.ended(Check::ActiveAuthentication), "device_too_short");
    let proofs = visit.proofs();
    assert_eq!(
        (proofs.pace, proofs.chip_authentications, proofs.terminal_authentications),
        (2, 2, 2)
    );
    // Another ephemeral key, another challenge: another signature.
    let signatures = border.signatures();
    assert_eq!(signatures.len(), 2);
    assert_ne!(signatures[0], signatures[1]);
}

/// The chip trusts the newest authority by then, and would refuse the links to it.
#[test]
fn a_session_lost_after_link_certificates() {
    let generations = generations();
    let card = forgetful(protected(&generations[0], options()), too_short_for_rsa());
    let visit = at_a_short_reader(&card, &border_with_links(&generations));
    visit.assert_document(&[3, 4]);
    assert_eq!(visit.proofs().terminal_authentications, 2);
}

/// PACE is the proof of the chip and the door at once.
#[test]
fn a_session_lost_after_chip_authentication_mapping() {
    let mapping = Mapping::ChipAuthentication;
    let options = CardOptions {
        pace: vec![PaceOption::new(mapping, CurveName::BrainpoolP256r1, CipherName::Aes128)],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    };
    let card = forgetful(protected(&authority(), options), Behaviour::default());
    let mut chip = Chip::new(card.clone(), 7);
    let border = Border::new(&authority(), &terminal());
    let reader = InspectionOptions::new(can(), seeded(1)).terminal(border);
    let desk = Desk::new();
    let run = desk.read_over(reader, |command| {
        // The chip's buffer shrinks once DG3 is open, and the next read loses the session.
        if chip.chip_proofs().terminal_authentications == 1 {
            let behaviour = &mut chip.personalisation_mut().behaviour;
            behaviour.max_response_data = 512;
            behaviour.too_long = TooLong::WrongLength;
        }
        Ok(chip.process(command))
    });
    let document = run.outcome.as_ref().unwrap();
    for (number, identifier) in [(3, file::DG3), (4, file::DG4)] {
        assert_eq!(
            document.authenticated().group(number),
            Some(card.files[&identifier].as_slice())
        );
    }
    let proofs = chip.chip_proofs();
    assert_eq!((proofs.pace, proofs.chip_authentication_mappings), (2, 2));
    assert_eq!(proofs.terminal_authentications, 2);
}

/// EF.CVCA has no short identifier on this chip, and the chip takes the attempt amiss.
#[test]
fn a_session_lost_over_ef_cvca() {
    let mut card = forgetful(card(), Behaviour::default());
    let trust = card.terminal_trust.as_mut().unwrap();
    trust.announced_file = Some(CvcaFile { identifier: 0x011C, short_identifier: None });
    let border = Border::new(&authority(), &terminal());
    let visit = visit(&card, &border);
    visit.assert_document(&[3, 4]);
    let proofs = visit.proofs();
    assert_eq!((proofs.chip_authentications, proofs.terminal_authentications), (2, 1));
    assert_eq!(border.signatures().len(), 1);

    // Where the chip was found to know no short identifiers at all, none is tried.
    let behaviour = Behaviour { sfi_reads: false, ..Behaviour::default() };
    let visit = super::visit(&forgetful(border::card(), behaviour), &border);
    visit.assert_document(&[3, 4]);
    assert_eq!(visit.proofs().chip_authentications, 1);
}
