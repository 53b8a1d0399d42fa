//! Files that were altered, cut, hidden or exchanged.

use super::*;

#[test]
fn a_flipped_bit_in_every_group() {
    for (group, file) in GROUPS {
        let length = card().files[&file].len();
        // Behind the header, whose bits change how much is read; those have a test of their own.
        for byte in [4, 5, length / 3, length / 2, length - 2, length - 1] {
            let mut card = card();
            card.flip_bit(file, 8 * byte + byte % 8);
            let run = refused(card, can(), "not_authentic.digest_mismatch");
            let expected = Error::NotAuthentic(NotAuthentic::DigestMismatch { group });
            assert_eq!(run.error(), &expected);
            assert_eq!(run.ended(Check::Digests), "not_authentic.digest_mismatch");
            assert_eq!(run.ended(Check::SodSignature), "passed");
        }
    }
}

#[test]
fn every_bit_of_the_mrz_is_signed() {
    let bits = 8 * bac_card().files[&file::DG1].len();
    for bit in (8 * 4..bits).step_by(5) {
        let mut card = plain_card();
        card.flip_bit(file::DG1, bit);
        refused(card, mrz(), "not_authentic.digest_mismatch");
    }
}

#[test]
fn a_flipped_bit_in_the_header_of_a_file() {
    for (file, name) in [(file::SOD, "EF.SOD"), (file::DG1, "DG1"), (file::DG2, "DG2")] {
        for bit in 0..32 {
            let mut card = plain_card();
            card.flip_bit(file, bit);
            let run = Desk::new().read(card, mrz());
            let code = run.error().code();
            let expected =
                ["malformed.structure", "not_authentic.digest_mismatch", "card_refused.status"];
            assert!(expected.contains(&code), "{name} bit {bit}: {:?}", run.error());
        }
    }
}

/// In a CMS some bytes are signed by nobody: its version numbers, the list of digest algorithms, the
/// signer's identifier. Outside of them no bit may change; inside, a tolerant reader may go on, but
/// the signer is the same and so is every byte that is handed on.
#[test]
fn a_flipped_bit_in_every_byte_of_the_sod() {
    let good = plain_card();
    let unsigned = unsigned_parts(&good.files[&file::SOD]);
    let reference = Desk::new().read(good.clone(), mrz());
    let length = good.files[&file::SOD].len();
    let mut tolerated = 0;
    for byte in 0..length {
        let mut card = good.clone();
        card.flip_bit(file::SOD, 8 * byte + byte % 8);
        let run = Desk::new().read(card.clone(), mrz());
        match &run.outcome {
            Ok(document) => {
                assert!(unsigned.iter().any(|part| part.contains(&byte)), "byte {byte}");
                common::assert_same_groups(document, &good);
                assert_eq!(document.report().signer(), reference.report.signer());
                tolerated += 1;
            }
            Err(error) => {
                let expected = ["malformed", "not_authentic", "unsupported", "card_refused"];
                assert!(expected.contains(&error.kind()), "byte {byte}: {error:?}");
            }
        }
    }
    assert!(tolerated < length / 10, "{tolerated} of {length}");
}

/// Where CMSVersion, digestAlgorithms, and the SignerInfo's version and identifier lie.
fn unsigned_parts(sod: &[u8]) -> Vec<Range<usize>> {
    let child = |parent: &Range<usize>, index: usize| {
        let mut at = parent.start;
        for step in 0.. {
            let (object, rest) = tlv::parse(&sod[at..parent.end]).unwrap();
            let end = parent.end - rest.len();
            let value = end - object.value.len()..end;
            if step == index {
                return (at..end, value);
            }
            at = end;
        }
        unreachable!()
    };
    let file = child(&(0..sod.len()), 0).1;
    let content_info = child(&file, 0).1;
    let signed_data = child(&child(&content_info, 1).1, 0).1;
    let signer_info = child(&child(&signed_data, 4).1, 0).1;
    let parents = [(&signed_data, 0), (&signed_data, 1), (&signer_info, 0), (&signer_info, 1)];
    parents.map(|(parent, index)| child(parent, index).0).to_vec()
}

#[test]
fn truncated_files() {
    for (file, name) in
        [(file::SOD, "EF.SOD"), (file::DG1, "DG1"), (file::DG2, "DG2"), (file::DG13, "DG13")]
    {
        let length = plain_card().files[&file].len();
        for keep in [0, 1, 2, 3, length / 2, length - 1] {
            let mut card = plain_card();
            card.files.get_mut(&file).unwrap().truncate(keep);
            let run = Desk::new().read(card, mrz());
            let error = run.error();
            let expected = ["malformed", "card_refused", "policy_refused"];
            assert!(expected.contains(&error.kind()), "{name} of {keep}: {error:?}");
        }
    }
}

#[test]
fn bytes_behind_a_file_are_not_read() {
    let mut card = card();
    card.files.get_mut(&file::DG13).unwrap().extend([0; 300]);
    let run = Desk::new().read(card, can());
    // They lie behind the length that the file states, so they are no part of it.
    run.assert_same_groups(&common::card());
}

#[test]
fn withheld_groups() {
    for (group, file) in GROUPS {
        let mut card = card();
        card.withhold(file);
        let run = refused(card, can(), "not_authentic.group_withheld");
        let expected = Error::NotAuthentic(NotAuthentic::GroupWithheld { group });
        assert_eq!(run.error(), &expected);
        assert_eq!(run.ended(Check::Digests), "not_authentic.group_withheld");
    }
}

#[test]
fn a_group_that_access_rules_hide() {
    for (_, file) in GROUPS {
        let mut card = card();
        card.protected.insert(file);
        let run = refused(card, can(), "card_refused.status");
        assert_eq!(run.error(), &Error::CardRefused { command: "READ BINARY", status: 0x6982 });
    }
}

#[test]
fn a_chip_without_security_object() {
    let mut card = card();
    card.withhold(file::SOD);
    let run = refused(card, can(), "not_authentic.no_security_object");
    assert_eq!(run.ended(Check::SodSignature), "not_authentic.no_security_object");
}

#[test]
fn groups_of_another_holder() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    for (group, file) in [(1, file::DG1), (13, file::DG13)] {
        let mut card = card();
        card.files.insert(file, other.files[&file].clone());
        let run = refused(card, can(), "not_authentic.digest_mismatch");
        let expected = Error::NotAuthentic(NotAuthentic::DigestMismatch { group });
        assert_eq!(run.error(), &expected);
    }
    // A whole document of somebody else, well signed, on a chip with this key: no forgery that passive
    // authentication could see, but the chip lacks the private key that goes with it.
    let mut card = card();
    card.files = other.files;
    refused(card, can(), "not_genuine.chip_authentication");
}
