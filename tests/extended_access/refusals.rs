//! What is wrong with a terminal, in its own words; then nothing that is protected was asked for.

use cccd::{Error, error::ReaderFault};
use cccd_simulator::{
    IssuedTerminal, TerminalTrust,
    cv_certificate::{Authorization, CvCertificate, Role, TerminalType},
};

use super::*;

const GET_CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];
const READ_CVCA: [u8; 4] = [0x00, 0xB0, 0x9C, 0x00];
const SET_DST: [u8; 4] = [0x00, 0x22, 0x81, 0xB6];

fn issued(options: &TerminalOptions) -> Border {
    Border::new(&authority(), &authority().issue(options))
}

/// A border that the library refuses before the chip hears of it.
#[track_caller]
fn assert_not_bothered(border: &Border, code: &str) {
    let visit = visit(&card(), border);
    visit.assert_refused(code);
    assert_eq!((visit.sent(&READ_CVCA), visit.sent(&SET_DST)), (1, 0));
    assert_eq!(border.signatures().len(), 0);
}

#[test]
fn certificates_on_the_wrong_day() {
    let yesterday = Date::new(2026, 11, 20);
    let tomorrow = Date::new(2026, 11, 22);
    let expired = "not_authorised.certificate_expired";
    for border in [
        issued(&TerminalOptions { expiration: yesterday, ..TerminalOptions::default() }),
        issued(&TerminalOptions { verifier_expiration: yesterday, ..TerminalOptions::default() }),
    ] {
        assert_not_bothered(&border, expired);
    }
    let old = CvAuthority::new(CvAuthorityOptions {
        expiration: yesterday,
        ..CvAuthorityOptions::default()
    });
    assert_not_bothered(&Border::new(&old, &terminal()), expired);
    let early = "not_authorised.certificate_not_yet_valid";
    assert_not_bothered(
        &issued(&TerminalOptions { effective: tomorrow, ..TerminalOptions::default() }),
        early,
    );
    // The last day is a day.
    let today = Date::new(2026, 11, 21);
    let last_day = issued(&TerminalOptions { expiration: today, ..TerminalOptions::default() });
    visit(&card(), &last_day).assert_opened(&[3, 4]);
}

#[test]
fn chains_that_lead_nowhere() {
    let [verifier, inspection_system] = <[_; 2]>::try_from(terminal().certificates).unwrap();
    let with = |root: &[u8], certificates: &[&[u8]]| {
        let certificates = certificates.iter().map(|bytes| bytes.to_vec()).collect();
        Border::with(root, &IssuedTerminal { certificates, ..terminal() })
    };
    let root = authority().certificate().to_vec();
    for border in [
        with(&root, &[&inspection_system]),
        with(&root, &[&verifier]),
        // The chip names an authority whose certificate is not here.
        with(&verifier, &[&inspection_system]),
    ] {
        assert_not_bothered(&border, "not_authorised.no_chain");
    }

    let other = CvAuthority::new(CvAuthorityOptions { seed: 9, ..CvAuthorityOptions::default() });
    for border in [
        // Another authority of the same name.
        with(other.certificate(), &[&verifier, &inspection_system]),
        // A terminal of another verifier of the same name.
        with(&root, &[&verifier, &other.issue(&TerminalOptions::default()).certificates[1]]),
        with(&root, &[&changed(&verifier), &inspection_system]),
    ] {
        assert_not_bothered(&border, "not_authorised.certificate_signature");
    }
    // Another authority altogether.
    let stranger = CvAuthority::new(CvAuthorityOptions {
        reference: "VNCVCASIM00009".to_owned(),
        ..CvAuthorityOptions::default()
    });
    let border = Border::new(&stranger, &stranger.issue(&TerminalOptions::default()));
    assert_not_bothered(&border, "not_authorised.no_chain");
}

/// The last bit of the signature.
fn changed(certificate: &[u8]) -> Vec<u8> {
    let mut changed = certificate.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    changed
}

#[test]
fn certificates_that_grant_nothing() {
    let none = AccessRights::NONE;
    for options in [
        TerminalOptions { rights: none, ..TerminalOptions::default() },
        TerminalOptions { verifier_rights: none, ..TerminalOptions::default() },
        TerminalOptions { verifier_rights: FINGERS, rights: IRISES, ..TerminalOptions::default() },
    ] {
        assert_not_bothered(&issued(&options), "not_authorised.right_missing");
    }
}

#[test]
fn terminals_for_something_else() {
    for terminal_type in [TerminalType::AuthenticationTerminal, TerminalType::SignatureTerminal] {
        let options = CvAuthorityOptions { terminal_type, ..CvAuthorityOptions::default() };
        let other = CvAuthority::new(options);
        let equipped = other.issue(&TerminalOptions::default());
        assert_not_bothered(&Border::new(&other, &equipped), "not_authorised.no_chain");
        // Under an authority for inspection systems, whose key and name the other has.
        let crossed = Border::new(&authority(), &equipped);
        assert_not_bothered(&crossed, "not_authorised.role_order");
        // The last certificate alone.
        let mut body = CvCertificate::parse(&terminal().certificates[1]).unwrap().body;
        body.authorization = Authorization::of_type(terminal_type, Role::Terminal);
        let verifier_key = authority().verifier_key(&TerminalOptions::default());
        let certificates = vec![terminal().certificates[0].clone(), body.sign(&verifier_key)];
        let border = Border::new(&authority(), &IssuedTerminal { certificates, ..terminal() });
        assert_not_bothered(&border, "not_authorised.role_order");
    }
}

#[test]
fn a_module_with_another_key_sends_nothing_to_the_chip() {
    let other = authority().issue(&TerminalOptions {
        reference: "VNISSIM00002".to_owned(),
        ..TerminalOptions::default()
    });
    let border = Border::new(&authority(), &terminal());
    for border in [
        border.clone().with_key(&other.key),
        border.clone().that_answers(vec![0x30, 0x44]),
        border.that_answers(Vec::new()),
    ] {
        let visit = visit(&card(), &border);
        visit.assert_refused("not_authorised.terminal_key");
        assert_eq!(visit.commands().last(), Some(&GET_CHALLENGE[..]));
    }
}

#[test]
fn a_signature_of_another_visit_is_not_sent() {
    let border = Border::new(&authority(), &terminal());
    visit(&card(), &border).assert_opened(&[3, 4]);
    let old = border.signatures().remove(0);
    let mut chip = Chip::new(card(), 8);
    let options = InspectionOptions::new(can(), seeded(2)).terminal(border.that_answers(old));
    let run = Desk::new().read_chip(&mut chip, options);
    assert_eq!(run.error().code(), "not_authorised.terminal_key");
    let last = chip.trace().last().unwrap().plain_command.as_deref();
    assert_eq!(last, Some(&GET_CHALLENGE[..]));
}

#[test]
fn a_module_out_of_order() {
    let border = Border::new(&authority(), &terminal()).out_of_order();
    let visit = visit(&card(), &border);
    visit.assert_refused("not_authorised.key_unavailable");
    assert_eq!(visit.commands().last(), Some(&GET_CHALLENGE[..]));
}

/// Chips know no calendar: they believe the newest day that a certificate showed them.
#[test]
fn a_chip_whose_date_is_ahead() {
    let border = Border::new(&authority(), &terminal());
    let mut card = card();
    let trust = authority().trust();
    card.terminal_trust = Some(TerminalTrust { current_date: Date::new(2040, 1, 1), ..trust });
    let visit = visit(&card, &border);
    visit.assert_refused("not_authorised.refused");
    let error = visit.run.error().to_string();
    assert!(error.contains("6985 to PSO:VERIFY CERTIFICATE"), "{error}");
    assert_eq!(border.signatures().len(), 0);
}

/// Reads a chip that changes its mind about terminals after the command that starts like this.
fn visit_fickle(start: &[u8], change: impl Fn(&mut TerminalTrust)) -> (common::Run, Chip) {
    let mut chip = Chip::new(card(), 7);
    let border = Border::new(&authority(), &terminal());
    let options = InspectionOptions::new(can(), seeded(1)).terminal(border);
    let run = Desk::new().read_over(options, |command| {
        let answer = chip.process(command);
        let plain = chip.trace().last().and_then(|exchange| exchange.plain_command.as_deref());
        if plain.is_some_and(|plain| plain.starts_with(start)) {
            change(chip.personalisation_mut().terminal_trust.as_mut().unwrap());
        }
        Ok(answer)
    });
    (run, chip)
}

#[test]
fn a_chip_that_does_not_trust_whom_ef_cvca_names() {
    let other = CvAuthority::new(CvAuthorityOptions { seed: 9, ..CvAuthorityOptions::default() });
    for (reference, refusal) in [
        (&b"VNCVCASIM00009"[..], "6A88 to MSE:Set DST"),
        (b"VNCVCASIM00001", "6300 to PSO:VERIFY CERTIFICATE"),
    ] {
        let (run, chip) = visit_fickle(&READ_CVCA, |trust| {
            trust.trust_points = vec![other.trust_point()];
            trust.trust_points[0].reference = reference.to_vec();
        });
        assert_eq!(run.error().code(), "not_authorised.refused");
        assert!(run.error().to_string().contains(refusal), "{}", run.error());
        assert_eq!(run.ended(Check::TerminalAuthentication), "not_authorised.refused");
        assert!(!run.inspection.files().contains_key("DG3"));
        assert_eq!(chip.chip_proofs().terminal_authentications, 0);
    }
}

/// The chip says yes and keeps the group closed: its trust point grants less than the authority's certificate.
#[test]
fn a_chip_that_grants_less_than_the_certificates() {
    let (run, chip) = visit_fickle(&READ_CVCA, |trust| {
        trust.trust_points[0].authorization =
            Authorization::inspection_system(Role::Cvca, AccessRights::NONE);
    });
    assert_eq!(chip.chip_proofs().terminal_authentications, 1);
    assert_eq!(run.error(), &Error::CardRefused { command: "READ BINARY", status: 0x6982 });
    assert_eq!(run.ended(Check::Digests), run.error().code());
    assert!(!run.inspection.files().contains_key("DG3"));
}

/// Whoever is on the line can neither replay a challenge nor drop it: both are the channel's.
#[test]
fn a_challenge_from_another_session_breaks_the_channel() {
    let border = Border::new(&authority(), &terminal());
    let first = visit(&card(), &border);
    let challenge = |exchange: &&cccd_simulator::Exchange| {
        exchange.plain_command.as_deref() == Some(&GET_CHALLENGE[..])
    };
    let old = first.chip.trace().iter().find(challenge).unwrap().response.clone();
    for (replayed, code) in
        [(old, "channel_broken.mac"), (vec![0x90, 0x00], "channel_broken.unprotected")]
    {
        let mut chip = Chip::new(card(), 8);
        let border = Border::new(&authority(), &terminal());
        let options = InspectionOptions::new(can(), seeded(2)).terminal(border.clone());
        let run = Desk::new().read_over(options, |command| {
            let answer = chip.process(command);
            Ok(if chip.trace().last().as_ref().is_some_and(challenge) {
                replayed.clone()
            } else {
                answer
            })
        });
        assert_eq!(run.error().code(), code);
        assert_eq!(run.ended(Check::SecureMessaging), code);
        assert_eq!(run.ended(Check::TerminalAuthentication), "not_reached");
        assert_eq!(border.signatures().len(), 0);
    }
}

/// A chip that has forgotten its challenge refuses the right signature.
#[test]
fn a_chip_that_ignores_its_challenge() {
    let mut chip = Chip::new(card(), 7);
    let border = Border::new(&authority(), &terminal());
    let options = InspectionOptions::new(can(), seeded(1)).terminal(border.clone());
    let mut held = None;
    // The chip says that it took the signature, without having seen it: DG3 stays closed.
    let run = Desk::new().read_over(options, |command| {
        if border.signatures().len() == 1 && held.is_none() {
            held = Some(command.to_vec());
            return Ok(vec![0x63, 0x00]);
        }
        Ok(chip.process(command))
    });
    assert_eq!(run.error().code(), "not_authorised.refused");
    assert!(run.error().to_string().contains("6300 to EXTERNAL AUTHENTICATE"), "{}", run.error());
    assert_eq!(chip.chip_proofs().terminal_authentications, 0);
}

/// A copy is found as one, whoever reads it: nothing of the terminal is shown to it.
#[test]
fn a_copy_learns_nothing_of_the_terminal() {
    let border = Border::new(&authority(), &terminal());
    let copy = card().clone_without_private_keys();
    let visit = visit(&copy, &border);
    assert_eq!(visit.run.error().code(), "not_genuine.chip_authentication");
    assert_eq!(visit.run.ended(Check::ChipAuthentication), "not_genuine.chip_authentication");
    assert_eq!(visit.run.ended(Check::TerminalAuthentication), "not_reached");
    assert_eq!(border.signatures().len(), 0);
    visit.assert_touched(&[]);
}

#[test]
fn a_card_that_goes_is_nobodys_refusal() {
    let mut chip = Chip::new(card(), 7);
    let border = Border::new(&authority(), &terminal());
    let options = InspectionOptions::new(can(), seeded(1)).terminal(border.clone());
    let run = Desk::new().read_over(options, |command| {
        if border.signatures().is_empty() {
            Ok(chip.process(command))
        } else {
            Err(Error::LinkLost)
        }
    });
    assert_eq!(run.error(), &Error::LinkLost);
    assert_eq!(run.ended(Check::TerminalAuthentication), "not_reached");

    let mut chip = Chip::new(card(), 7);
    let options = InspectionOptions::new(can(), seeded(1)).terminal(Broken(border));
    let run = Desk::new().read_chip(&mut chip, options);
    assert_eq!(run.error(), &Error::Reader(ReaderFault::TooLong));
}

/// A module that reports another kind of error, which is handed on as it is.
struct Broken(Border);

impl cccd::terminal::Terminal for Broken {
    fn certificates(&self) -> &cccd::terminal::CvCertificates {
        self.0.certificates()
    }

    fn sign(
        &mut self,
        _certificate: &cccd::terminal::CvCertificate,
        _message: &[u8],
    ) -> cccd::Result<Vec<u8>> {
        Err(Error::Reader(ReaderFault::TooLong))
    }
}
