use super::*;

#[test]
fn messages_exist_in_both_languages_and_differ() {
    for error in [
        Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "document number" }),
        Error::AccessDenied { attempts_left: Some(1) },
        Error::LinkLost,
        Error::CardChanged,
        Error::DeadlinePassed,
        Error::Reader(ReaderFault::Other(0x8010_0001)),
        Error::Reader(ReaderFault::ServiceNotRunning),
        Error::Reader(ReaderFault::ServiceStopped),
        Error::Reader(ReaderFault::NoAccess),
        Error::Reader(ReaderFault::NoReader),
        Error::Reader(ReaderFault::Unplugged),
        Error::NotAuthentic(NotAuthentic::DigestMismatch { group: 13 }),
        Error::NotAuthorised(NotAuthorised::NoChain),
        Error::NotAuthorised(NotAuthorised::CertificateExpired),
        Error::NotAuthorised(NotAuthorised::CertificateNotYetValid),
        Error::NotAuthorised(NotAuthorised::CertificateSignature),
        Error::NotAuthorised(NotAuthorised::RoleOrder),
        Error::NotAuthorised(NotAuthorised::RightMissing),
        Error::NotAuthorised(NotAuthorised::TerminalKey),
        Error::NotAuthorised(NotAuthorised::KeyUnavailable),
        Error::NotAuthorised(NotAuthorised::Refused { command: "MSE:Set DST", status: 0x6A88 }),
        Error::NotAuthentic(NotAuthentic::CardSecuritySignature),
        Error::NotGenuine(NotGenuine::ChipAuthenticationMapping),
        Error::NotGenuine(NotGenuine::NoMappingKey),
        Error::PolicyRefused(PolicyRefusal::LastAttempt),
        Error::PolicyRefused(PolicyRefusal::RevocationUnknown),
        Error::PolicyRefused(PolicyRefusal::RevocationStale),
        Error::NotAuthentic(NotAuthentic::PathLength),
        Error::NotAuthentic(NotAuthentic::MayNotRevoke),
        Error::NotAuthentic(NotAuthentic::Seal),
        Error::InvalidKey(InvalidKey::PinLayout),
        Error::InvalidKey(InvalidKey::PukLayout),
        Error::InvalidKey(InvalidKey::Suspended),
        Error::InvalidKey(InvalidKey::Deactivated),
        Error::Cancelled,
    ] {
        let (english, vietnamese) = (error.to_string(), error.message_vi());
        assert!(!english.is_empty() && !vietnamese.is_empty());
        assert_ne!(english, vietnamese);
        assert!(error.code().starts_with(error.kind()), "{} in {}", error.code(), error.kind());
    }
}

#[test]
fn unknown_issuer_asks_for_trust_and_a_forgery_is_refused() {
    assert_eq!(Error::NotAuthentic(NotAuthentic::UnknownIssuer).advice(), Advice::UpdateTrust);
    assert_eq!(Error::NotAuthentic(NotAuthentic::SodSignature).advice(), Advice::RefuseDocument);
}

#[test]
fn a_terminal_without_rights_is_no_reason_to_doubt_the_card() {
    let refused = NotAuthorised::Refused { command: "EXTERNAL AUTHENTICATE", status: 0x6300 };
    let error = Error::NotAuthorised(refused);
    assert_eq!((error.kind(), error.code()), ("not_authorised", "not_authorised.refused"));
    assert_eq!(error.advice(), Advice::CheckTerminal);
    assert_eq!(
        error.to_string(),
        "the terminal is not authorised: the chip refused the terminal with 6300 to EXTERNAL AUTHENTICATE"
    );
}

#[test]
fn nobody_is_told_to_try_a_suspended_pin_again() {
    for error in [
        Error::InvalidKey(InvalidKey::Suspended),
        Error::InvalidKey(InvalidKey::Deactivated),
        Error::PolicyRefused(PolicyRefusal::LastAttempt),
    ] {
        assert_eq!(error.advice(), Advice::AskOperator);
    }
    assert_eq!(Error::InvalidKey(InvalidKey::PinLayout).advice(), Advice::CheckKey);
}

#[test]
fn a_malformed_structure_is_named_once() {
    let error = Error::malformed(7, "a length").in_file("DG1").in_file("EF.SOD");
    assert_eq!(error.to_string(), "DG1 is malformed at byte 7: a length");
}

#[test]
fn what_an_administrator_can_mend_is_said_for_every_system_in_both_languages() {
    for fault in [
        ReaderFault::ServiceNotRunning,
        ReaderFault::ServiceStopped,
        ReaderFault::NoAccess,
        ReaderFault::NoReader,
        ReaderFault::Unplugged,
    ] {
        let error = Error::Reader(fault);
        assert_eq!(error.advice(), Advice::FixReader);
        for sentence in [error.to_string(), error.message_vi()] {
            assert!(["Linux: ", "Windows: ", "macOS: "].iter().all(|it| sentence.contains(it)));
        }
    }
}

/// The texts in quotation marks that directly follow `start`, in all sources but tests.
fn literals(folder: &std::path::Path, start: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, start, found);
        } else if !path.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let behind = source.split(start).skip(1).map(str::trim_start);
            let texts = behind.filter_map(|text| text.strip_prefix('"')?.split('"').next());
            found.extend(texts.map(str::to_owned));
        }
    }
}

#[test]
fn what_is_not_supported_is_told_in_vietnamese_words() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = Vec::new();
    for start in ["Unsupported::Algorithm(", "Unsupported::Protocol("] {
        literals(&source, start, &mut names);
    }
    literals(&source.join("access"), "unsupported(", &mut names);
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let name: &'static str = name.leak();
        let error = Error::Unsupported(Unsupported::Algorithm(name));
        assert!(!error.message_vi().contains(name), "{error}");
    }
}
