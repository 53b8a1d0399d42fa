//! Lists of digests that somebody else signed, or at another time.

use super::*;

#[test]
fn a_stranger_signs() {
    let stranger = |options: IssuerOptions| Issuer::new(options);
    let cases = [
        (
            IssuerOptions {
                seed: 9,
                csca_name: "CSCA Stranger".into(),
                ..IssuerOptions::default()
            },
            "not_authentic.unknown_issuer",
        ),
        // The name of the trusted authority with another key: so does an authority's next key look.
        (IssuerOptions { seed: 9, ..IssuerOptions::default() }, "not_authentic.unknown_issuer"),
        (
            IssuerOptions { seed: 9, country: "XX".into(), ..IssuerOptions::default() },
            "not_authentic.unknown_issuer",
        ),
    ];
    for (options, code) in cases {
        let issuer = stranger(options);
        let mut card = card();
        issuer.sign_again(&mut card);
        let run = refused(card.clone(), can(), code);
        assert_eq!(run.ended(Check::SignerPath), code);
        // Three results, apart: the signature itself is right.
        assert_eq!(run.ended(Check::SodSignature), "passed");
        // Whoever trusts nobody learns that the issuer is unknown, never that the card is forged.
        let run = Desk::without_trust().read(card, can());
        assert_eq!(run.error().code(), "not_authentic.unknown_issuer");
        assert_eq!(run.error().advice().as_str(), "update_trust");
    }
}

#[test]
fn a_trusted_authority_of_another_state_cannot_issue_this_document() {
    let foreign = Issuer::new(IssuerOptions {
        seed: 9,
        country: "DE".into(),
        csca_name: "CSCA Elsewhere".into(),
        ..IssuerOptions::default()
    });
    let mut card = card();
    foreign.sign_again(&mut card);
    let run = Desk::of(&foreign).read(card, can());
    assert_eq!(run.error().code(), "not_authentic.issuing_state");
    assert_eq!(run.ended(Check::SignerPath), "passed");
    assert_eq!(run.ended(Check::IssuingState), "not_authentic.issuing_state");
}

#[test]
fn a_stranger_who_leaves_out_the_proofs_of_the_chip() {
    let stranger = Issuer::new(IssuerOptions {
        seed: 9,
        csca_name: "CSCA Stranger".into(),
        ..IssuerOptions::default()
    });
    let mut card = card().clone_without_private_keys();
    card.withhold(file::DG14);
    card.withhold(file::DG15);
    stranger.sign_again(&mut card);
    refused(card.clone(), can(), "not_authentic.unknown_issuer");
    // The operator's own loosening lets it through as what it is: unproven in every respect.
    let run =
        Desk::new().policy(Policy::standard().allow_unknown_issuer()).read(card.clone(), can());
    run.verified();
    assert_eq!(run.ended(Check::SignerPath), "unknown_issuer_allowed");
    assert_eq!(run.ended(Check::ChipAuthentication), "not_offered");
    let run = Desk::new().policy(Policy::bank().allow_unknown_issuer()).read(card, can());
    assert_eq!(run.error().code(), "not_genuine.no_proof");
}

#[test]
fn a_signed_list_that_is_not_one() {
    let garbage: [&[u8]; 5] = [&[], &[0x30, 0], &[0x30, 3, 2, 1, 0], &[0x04, 1, 0], &[0xFF; 40]];
    for content in garbage {
        let mut card = plain_card();
        card.files.insert(file::SOD, issuer().sign_content(content));
        let run = Desk::new().read(card, mrz());
        assert!(matches!(run.error().kind(), "malformed" | "unsupported"), "{:?}", run.error());
    }
}

#[test]
fn a_signed_list_without_the_mrz() {
    let mut card = plain_card();
    let dg1 = card.files.remove(&file::DG1).unwrap();
    issuer().sign_again(&mut card);
    card.files.insert(file::DG1, dg1);
    let run = refused(card, mrz(), "not_authentic.group_not_signed");
    assert_eq!(run.error(), &Error::NotAuthentic(NotAuthentic::GroupNotSigned { group: 1 }));
}

#[test]
fn dates() {
    for (day, code) in [
        ("2021-01-18", "not_authentic.signer_validity"),
        ("2021-05-31", "not_authentic.signer_validity"),
        ("2021-07-02", ""),
        ("2035-06-15", ""),
        ("2035-06-16", "not_authentic.document_expired"),
        ("2036-06-02", "not_authentic.signer_validity"),
        ("2047-01-01", "not_authentic.signer_validity"),
    ] {
        let run = Desk::at(issuer(), day).read(plain_card(), mrz());
        let found = run.outcome.as_ref().err().map_or("", Error::code);
        assert_eq!(found, code, "on {day}");
        let validity = if code.is_empty() { "passed" } else { code };
        assert_eq!(run.ended(Check::Validity), validity, "on {day}");
    }
    // A card without an end does not end with the century's two digits.
    let person = Person::sample_indefinite();
    let card = issuer().personalise(&person, &CardOptions { pace: Vec::new(), ..options() });
    let key = AccessKey::from_mrz(&person.mrz().join("\n")).unwrap();
    Desk::at(issuer(), "2035-06-16").read(card, key).verified();
}
