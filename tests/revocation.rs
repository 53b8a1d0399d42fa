//! Whom a desk trusts, from the chip to the report: revoked, unknown and out of date are three outcomes, and
//! an authority that changed its key is followed over its link certificate.

mod common;

use cccd::{
    Error,
    document::Evidence,
    error::{NotAuthentic, PolicyRefusal},
    findings::Check,
    inspection::InspectionSystem,
    pki::TrustStore,
    policy::{Policy, RevocationDemand},
    transport::Limits,
};
use cccd_simulator::{Issuer, IssuerOptions, Person, der::Time, personalisation::Period};
use common::{Desk, TODAY, can, card, date, issuer, options, trusting};

const REVOKED: Error = Error::NotAuthentic(NotAuthentic::SignerRevoked);

fn period(from: (u16, u8, u8), until: (u16, u8, u8)) -> Period {
    let time = |(year, month, day)| Time::midnight(year, month, day);
    Period { from: time(from), until: time(until) }
}

fn in_force() -> Period {
    period((2026, 11, 1), (2026, 12, 1))
}

fn desk(trust: TrustStore) -> Desk {
    let system = InspectionSystem::new(trust, date(TODAY));
    Desk { system, limits: Limits::EXTENDED }
}

/// The authority, and its lists in the order in which they were loaded: revoked or not, and when in force.
fn listed(lists: &[(bool, Period)]) -> TrustStore {
    let mut trust = trusting(issuer());
    for (number, (revoked, period)) in (1..).zip(lists) {
        let serial = issuer().signer_serial_number().clone();
        let serials = if *revoked { vec![serial] } else { Vec::new() };
        trust
            .add_revocation_list(&issuer().revocation_list(&serials, number, *period), "list")
            .unwrap();
    }
    trust
}

#[test]
fn what_the_lists_say_is_reported_and_judged_by_the_policy() {
    let old = period((2026, 6, 1), (2026, 7, 1));
    let demand = |demand| Policy::standard().require_revocation(demand);
    let unknown = Error::PolicyRefused(PolicyRefusal::RevocationUnknown);
    let stale = Error::PolicyRefused(PolicyRefusal::RevocationStale);
    // Lists, how the check ends, and the verdict of: the standard policy, a list at all, a fresh one.
    let rows = [
        (vec![], "no_revocation_list", [None, Some(unknown.clone()), Some(unknown)]),
        (vec![(false, in_force())], "passed", [None, None, None]),
        (vec![(false, old)], "stale_revocation_list", [None, None, Some(stale)]),
        (
            vec![(true, in_force())],
            "not_authentic.signer_revoked",
            [Some(REVOKED), Some(REVOKED), Some(REVOKED)],
        ),
        (
            vec![(true, old)],
            "not_authentic.signer_revoked",
            [Some(REVOKED), Some(REVOKED), Some(REVOKED)],
        ),
        (
            vec![(false, old), (true, in_force())],
            "not_authentic.signer_revoked",
            [Some(REVOKED), Some(REVOKED), Some(REVOKED)],
        ),
    ];
    for (lists, check, verdicts) in rows {
        let policies =
            [Policy::standard(), demand(RevocationDemand::Listed), demand(RevocationDemand::Fresh)];
        for (policy, verdict) in policies.into_iter().zip(verdicts) {
            let demanded = policy.revocation();
            let run = desk(listed(&lists)).policy(policy).read(card(), can());
            assert_eq!(run.outcome.as_ref().err(), verdict.as_ref(), "{check} {demanded:?}");
            match &verdict {
                Some(refused) => assert_eq!(run.ended(Check::Revocation), refused.code()),
                None => assert_eq!(run.ended(Check::Revocation), check, "{demanded:?}"),
            }
        }
    }
}

#[test]
fn no_policy_accepts_a_revoked_signer_and_nothing_of_the_holder_is_read() {
    let lenient = Policy::standard()
        .allow_unknown_issuer()
        .allow_expired_document()
        .allow_validity_at_signing();
    let run = desk(listed(&[(true, in_force())])).policy(lenient).read(card(), can());
    assert_eq!(*run.error(), REVOKED);
    assert_eq!(run.ended(Check::SodSignature), "passed");
    assert_eq!(run.ended(Check::Digests), "not_reached");
    // DG14 holds the chip's keys; it is under way while the signer is judged.
    let groups = run.progress.iter().map(|progress| progress.file);
    assert!(groups.filter(|file| file.starts_with("DG")).all(|file| file == "DG14"));
}

#[test]
fn evidence_is_judged_by_the_lists_of_the_day_it_is_judged() {
    let run = desk(listed(&[(false, in_force())])).read(card(), can());
    let bytes = run.verified().evidence().to_bytes();
    let evidence = Evidence::from_bytes(&bytes).unwrap();
    let later = date("2027-03-01");
    let verdict = |trust: TrustStore| {
        let verdict = InspectionSystem::new(trust, later).verify(&evidence, None, None);
        (common::ended(&verdict.report, Check::Revocation), verdict.document.err())
    };
    assert_eq!(verdict(listed(&[(false, in_force())])), ("stale_revocation_list", None));
    let newer = period((2027, 2, 1), (2027, 4, 1));
    let lists = [(false, in_force()), (true, newer)];
    assert_eq!(verdict(listed(&lists)), ("not_authentic.signer_revoked", Some(REVOKED)));
}

#[test]
fn a_list_of_somebody_else_is_not_taken() {
    let stranger = Issuer::new(IssuerOptions { seed: 2, ..IssuerOptions::default() });
    let serial = issuer().signer_serial_number().clone();
    let list = stranger.revocation_list(&[serial], 1, in_force());
    let mut trust = trusting(issuer());
    assert!(trust.add_revocation_list(&list, "stranger").is_err());
    desk(trust).read(card(), can()).verified();
}

#[test]
fn a_new_key_of_the_authority_is_known_by_its_link_certificate() {
    let next = IssuerOptions { seed: 2, csca_number: "002".to_owned(), ..IssuerOptions::default() };
    let next = Issuer::new(next);
    let card = next.personalise(&Person::sample(), &options());
    let unknown = Error::NotAuthentic(NotAuthentic::UnknownIssuer);
    assert_eq!(*Desk::new().read(card.clone(), can()).error(), unknown);

    let mut trust = trusting(issuer());
    trust.add_intermediate(&issuer().link_certificate(&next), "link").unwrap();
    let run = desk(trust.clone()).read(card.clone(), can());
    let document = run.verified();
    // The number in the authority's name changed with its key.
    assert_eq!(run.deviations(), ["link_name"]);
    let signed = document.authenticated().signed();
    assert!(signed.anchor().unwrap().subject.contains("serialNumber=001"));

    // The list of the new key speaks about its signers.
    let serial = next.signer_serial_number().clone();
    trust.add_revocation_list(&next.revocation_list(&[serial], 1, in_force()), "list").unwrap();
    assert_eq!(*desk(trust).read(card, can()).error(), REVOKED);
}
