use std::path::PathBuf;

use super::*;
use crate::error::{Error, NotAuthentic};
use crate::pki::test_issuer::*;
use crate::pki::{Budget, Purpose, find_path};
use crate::tlv::write;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-21")
}

fn parse(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

fn root(key: &Key) -> Template {
    Template::authority("VN", "CSCA", key)
}

fn list(key: &Key) -> CrlTemplate {
    CrlTemplate::new("VN", "CSCA", key)
}

/// Serial number 7.
fn signer(issuer: &Key) -> Template {
    Template::signer("VN", "CSCA", &Key::new(3), issuer)
}

fn store(anchors: &[Vec<u8>], between: &[Vec<u8>], lists: &[Vec<u8>]) -> TrustStore {
    let mut trust = TrustStore::empty();
    for anchor in anchors {
        trust.add_certificate(anchor, "test").unwrap();
    }
    for certificate in between {
        trust.add_intermediate(certificate, "test").unwrap();
    }
    for list in lists {
        trust.add_revocation_list(list, "test").unwrap();
    }
    trust
}

fn ask(signer: &[u8], trust: &TrustStore, at: Date) -> Revocation {
    let signer = parse(signer);
    let path = find_path(&signer, &[], trust, Purpose::Document, at, Budget::default()).unwrap();
    revocation(&path, trust, at)
}

const IN_FORCE: fn() -> Revocation = || Revocation::NotRevoked { until: Some(day("2026-12-31")) };
const REVOKED: fn() -> Revocation = || Revocation::Revoked { on: day("2026-05-01") };

#[test]
fn revoked_not_revoked_stale_and_unknown_stay_apart() {
    let key = Key::new(1);
    let signer = signer(&key).sign(&key);
    let about = |lists: &[CrlTemplate], at: Date| {
        let lists: Vec<_> = lists.iter().map(|list| list.sign(&key)).collect();
        ask(&signer, &store(&[root(&key).sign(&key)], &[], &lists), at)
    };
    assert_eq!(about(&[], today()), Revocation::Unknown);
    assert_eq!(about(&[list(&key)], today()), IN_FORCE());
    assert_eq!(about(&[list(&key).naming(&[8])], today()), IN_FORCE());
    assert_eq!(about(&[list(&key).naming(&[8]).naming(&[7])], today()), REVOKED());
    let endless = list(&key).dated("260601000000Z", None);
    assert_eq!(about(&[endless], today()), Revocation::NotRevoked { until: None });

    assert_eq!(about(&[list(&key)], day("2026-12-31")), IN_FORCE());
    let stale = Revocation::Stale { since: day("2026-12-31") };
    assert_eq!(about(&[list(&key)], day("2027-01-01")), stale);
    // An out-of-date list still proves a revocation, until a newer one of the same key takes it back.
    let old = list(&key).naming(&[7]).dated("250601000000Z", Some("250701000000Z"));
    assert_eq!(about(std::slice::from_ref(&old), today()), REVOKED());
    assert_eq!(about(&[old.clone(), list(&key)], today()), IN_FORCE());
    assert_eq!(about(&[list(&key), old], today()), IN_FORCE());
    // Of two silent lists of one key the newer counts, though the older one would last longer.
    let brief = list(&key).dated("260701000000Z", Some("260801000000Z"));
    let stale = Revocation::Stale { since: day("2026-08-01") };
    assert_eq!(about(&[brief.clone(), list(&key)], today()), stale);
    assert_eq!(about(&[list(&key), brief], today()), stale);
}

#[test]
fn minus_one_is_not_two_hundred_and_fifty_five() {
    let key = Key::new(1);
    let numbered = |serial: &[u8]| {
        let mut template = signer(&key);
        template.serial = serial.to_vec();
        template.sign(&key)
    };
    let (minus_one, other): (&[u8], &[u8]) = (&[0xFF], &[0, 0xFF]);
    for (named, unnamed) in [(minus_one, other), (other, minus_one)] {
        let lists = [list(&key).naming(named).sign(&key)];
        let trust = store(&[root(&key).sign(&key)], &[], &lists);
        assert_eq!(ask(&numbered(named), &trust, today()), REVOKED());
        assert_eq!(ask(&numbered(unnamed), &trust, today()), IN_FORCE());
    }
}

#[test]
fn a_list_answers_for_days_before_it_was_made() {
    let key = Key::new(1);
    let signer = signer(&key).sign(&key);
    let trust = |list: CrlTemplate| store(&[root(&key).sign(&key)], &[], &[list.sign(&key)]);
    let before = day("2025-03-01");
    assert_eq!(ask(&signer, &trust(list(&key)), before), IN_FORCE());
    assert_eq!(ask(&signer, &trust(list(&key).naming(&[7])), before), REVOKED());
}

#[test]
fn silence_about_an_expired_certificate_shows_nothing() {
    let key = Key::new(1);
    let mut expired = signer(&key);
    expired.not_after = "260501000000Z";
    let expired = expired.sign(&key);
    let at = day("2026-04-01");
    let about = |list: CrlTemplate| {
        ask(&expired, &store(&[root(&key).sign(&key)], &[], &[list.sign(&key)]), at)
    };
    assert_eq!(about(list(&key)), Revocation::Unknown);
    assert_eq!(about(list(&key).naming(&[7])), REVOKED());
    let mut keeping = list(&key);
    keeping.extensions.push(extension(60, false, &write(0x18, b"20200101000000Z")));
    assert_eq!(about(keeping), IN_FORCE());
    let made_before = list(&key).dated("260301000000Z", Some("261231000000Z"));
    assert_eq!(about(made_before), IN_FORCE());
}

#[test]
fn a_newer_list_takes_back_only_what_it_would_name() {
    let (key, other) = (Key::new(1), Key::new(2));
    let verified = |template: &CrlTemplate, key: &Key| {
        let list = RevocationList::from_der(&template.sign(key)).unwrap();
        list.verified_by(&parse(&root(key).sign(key))).unwrap()
    };
    let naming = list(&key).naming(&[7]).dated("250601000000Z", Some("250701000000Z"));
    let naming = verified(&naming, &key);
    let silent = verified(&list(&key), &key);
    let mut keeping = list(&key);
    keeping.extensions.push(extension(60, false, &write(0x18, b"20200101000000Z")));
    let keeping = verified(&keeping, &key);
    let of_another_key = verified(&list(&other), &other);
    let valid = parse(&signer(&key).sign(&key));
    let mut expired = signer(&key);
    // Before the silent lists were made.
    expired.not_after = "260501000000Z";
    let expired = parse(&expired.sign(&key));
    let on = Some(day("2026-05-01"));
    for (newer, certificate, revoked) in [
        (&silent, &valid, None),
        (&silent, &expired, on),
        (&keeping, &expired, None),
        (&of_another_key, &valid, on),
    ] {
        assert_eq!(day_of_revocation(&[&naming, newer], certificate), revoked);
        assert_eq!(day_of_revocation(&[newer, &naming], certificate), revoked);
    }
}

#[test]
fn after_a_rollover_the_new_key_speaks_for_the_old_one_and_not_the_other_way_round() {
    let (old, new) = (Key::new(1), Key::new(2));
    let mut newer = root(&new);
    newer.not_before = "250101000000Z";
    let anchors = [root(&old).sign(&old), newer.sign(&new)];
    let mut by_new = signer(&new);
    by_new.not_before = "250601000000Z";
    let (by_old, by_new) = (signer(&old).sign(&old), by_new.sign(&new));
    let about =
        |signer: &[u8], lists: &[Vec<u8>]| ask(signer, &store(&anchors, &[], lists), today());
    let from_old = list(&old).sign(&old);
    let from_new = list(&new).sign(&new);
    assert_eq!(about(&by_old, std::slice::from_ref(&from_new)), IN_FORCE());
    assert_eq!(about(&by_new, std::slice::from_ref(&from_old)), Revocation::Unknown);
    assert_eq!(about(&by_new, std::slice::from_ref(&from_new)), IN_FORCE());
    // What any of the keys names is revoked.
    let named_by_new = list(&new).naming(&[7]).sign(&new);
    assert_eq!(about(&by_old, &[from_old.clone(), named_by_new]), REVOKED());
    let named_by_old = list(&old).naming(&[7]).sign(&old);
    assert_eq!(about(&by_new, &[from_new.clone(), named_by_old]), REVOKED());
    // The old key's last list has run out: the new key's is in force.
    let ended = list(&old).dated("240601000000Z", Some("241231000000Z")).sign(&old);
    assert_eq!(about(&by_old, &[ended.clone(), from_new]), IN_FORCE());
    let since = day("2024-12-31");
    assert_eq!(about(&by_old, &[ended]), Revocation::Stale { since });
}

/// Trusted is the old key, the new one by its link alone.
#[test]
fn a_list_by_a_linked_key_counts_in_whatever_order_things_came() {
    let (old, new, stranger) = (Key::new(1), Key::new(2), Key::new(4));
    let anchors = [root(&old).sign(&old)];
    let mut link = Template::link("VN", ("CSCA", &old), ("CSCA", &new));
    link.not_before = "250101000000Z";
    let by_old = signer(&old).sign(&old);
    let (naming, silent) = (list(&new).naming(&[7]).sign(&new), list(&new).sign(&new));
    let about = |between: &[Vec<u8>], list: &[u8]| {
        ask(&by_old, &store(&anchors, between, &[list.to_vec()]), today())
    };
    let linked = [link.sign(&old)];
    assert_eq!(about(&linked, &naming), REVOKED());
    assert_eq!(about(&linked, &silent), IN_FORCE(), "the signer was issued before the link");
    let mut trust = store(&[], &linked, std::slice::from_ref(&naming));
    trust.add_certificate(&anchors[0], "later").unwrap();
    assert_eq!(ask(&by_old, &trust, today()), REVOKED());

    // A link does not say which key is newer: of what was issued since, the older might know nothing.
    let mut late = signer(&old);
    late.not_before = "250601000000Z";
    let late = late.sign(&old);
    let about_late = |list: &[u8]| ask(&late, &store(&anchors, &linked, &[list.to_vec()]), today());
    assert_eq!(about_late(&naming), REVOKED());
    assert_eq!(about_late(&silent), Revocation::Unknown);

    // Over another link, of which each alone leads nowhere.
    let middle = Key::new(5);
    let upper = Template::link("VN", ("CSCA", &old), ("CSCA", &middle)).sign(&old);
    let lower = Template::link("VN", ("CSCA", &middle), ("CSCA", &new)).sign(&middle);
    assert_eq!(about(&[lower.clone(), upper], &naming), REVOKED());
    assert_eq!(about(&[lower], &naming), Revocation::Unknown);

    // Not a link: made by a stranger, of another state, no authority's own, or without the right to sign lists.
    let forged = link.sign(&stranger);
    let mut abroad = link.clone().with(name_change(false, &[5, 0]));
    abroad.issuer = name(&[(6, "XX"), (3, "CSCA")]);
    let foreign = Template::authority("XX", "CSCA", &stranger).sign(&stranger);
    abroad.extensions[3] = extension(35, false, &sequence(&[write(0x80, &stranger.id())]));
    let mut below = link.clone();
    below.issuer = name(&[(6, "VN"), (3, "Root")]);
    let other = Template::authority("VN", "Root", &old).sign(&old);
    assert_eq!(about(&[forged], &naming), Revocation::Unknown);
    for (anchor, between) in [(foreign, abroad.sign(&stranger)), (other, below.sign(&old))] {
        let trust = store(&[anchors[0].clone(), anchor], &[between], std::slice::from_ref(&naming));
        assert_eq!(ask(&by_old, &trust, today()), Revocation::Unknown);
    }
    let mut issues_only = link.clone();
    issues_only.extensions[AUTHORITY_KEY_USAGE] = extension(15, true, &[0x03, 2, 2, 0x04]);
    let mut trust = store(&anchors, &[issues_only.sign(&old)], &[]);
    let error = trust.add_revocation_list(&naming, "test").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::MayNotRevoke));

    // The old key has taken its link back (serial number 2): whoever has the new one says nothing here.
    let takes_back = list(&old).naming(&[2]).sign(&old);
    let trust = store(&anchors, &linked, &[naming, takes_back]);
    assert_eq!(ask(&by_old, &trust, today()), IN_FORCE());
}

#[test]
fn a_heap_of_false_links_ends_soon() {
    let (old, new, stranger) = (Key::new(1), Key::new(2), Key::new(4));
    let heap: Vec<_> = (0..500_u16)
        .map(|number| {
            let mut link = Template::link("VN", ("CSCA", &old), ("CSCA", &new));
            link.serial = [&[1], &number.to_be_bytes()[..]].concat();
            link.sign(&stranger)
        })
        .collect();
    let lists = [list(&new).naming(&[7]).sign(&new)];
    let trust = store(&[root(&old).sign(&old)], &heap, &lists);
    assert_eq!(ask(&signer(&old).sign(&old), &trust, today()), Revocation::Unknown);
}

#[test]
fn a_renamed_authority_speaks_for_its_older_name() {
    let (old, new) = (Key::new(1), Key::new(2));
    let numbered = |number: &str| name(&[(6, "VN"), (5, number), (3, "CSCA")]);
    let authority = |number: &str, key: &Key| {
        let mut authority = root(key);
        (authority.subject, authority.issuer) = (numbered(number), numbered(number));
        authority.sign(key)
    };
    let mut document_signer = signer(&old);
    document_signer.issuer = numbered("1");
    let document_signer = document_signer.sign(&old);
    let anchors = [authority("1", &old), authority("2", &new)];
    let mut from_new = list(&new).naming(&[7]);
    from_new.issuer = numbered("2");
    let trust = store(&anchors, &[], &[from_new.sign(&new)]);
    assert_eq!(ask(&document_signer, &trust, today()), REVOKED());
    from_new.entries.clear();
    let trust = store(&anchors, &[], &[from_new.sign(&new)]);
    assert_eq!(ask(&document_signer, &trust, today()), IN_FORCE());
}

#[test]
fn a_name_twin_that_is_not_trusted_says_nothing() {
    let (key, twin) = (Key::new(1), Key::new(2));
    let signer = signer(&key).sign(&key);
    let from_twin = list(&twin).naming(&[7]).sign(&twin);
    let mut trust = store(&[root(&key).sign(&key)], &[], &[]);
    // It names a key that is not here: nothing is forged, an authority is missing.
    let error = trust.add_revocation_list(&from_twin, "test").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    // The twin's certificate is there, but nothing that is trusted vouches for it.
    let between = [root(&twin).sign(&twin)];
    for from_twin in [from_twin.clone(), list(&twin).sign(&twin)] {
        let trust = store(&[root(&key).sign(&key)], &between, &[from_twin]);
        assert_eq!(ask(&signer, &trust, today()), Revocation::Unknown);
    }
    // An authority of another state has that key; its certificate under this name is its own invention.
    let foreign = Template::authority("XX", "CSCA", &twin).sign(&twin);
    let trust = store(&[root(&key).sign(&key), foreign], &between, &[from_twin]);
    assert_eq!(ask(&signer, &trust, today()), Revocation::Unknown);
}

#[test]
fn every_certificate_below_the_anchor_is_looked_up() {
    let (old, new) = (Key::new(1), Key::new(2));
    let mut link = Template::link("VN", ("CSCA", &old), ("CSCA", &new));
    link.not_before = "250101000000Z";
    let between = [link.sign(&old)];
    let anchors = [root(&old).sign(&old)];
    let mut document_signer = signer(&new);
    document_signer.not_before = "250601000000Z";
    let document_signer = document_signer.sign(&new);
    let about =
        |lists: &[Vec<u8>]| ask(&document_signer, &store(&anchors, &between, lists), today());
    // The link has serial number 2, the anchor 1.
    assert_eq!(about(&[list(&new).sign(&new)]), IN_FORCE(), "by a key of the path");
    assert_eq!(about(&[list(&old).sign(&old)]), Revocation::Unknown, "about the link alone");
    assert_eq!(about(&[list(&old).naming(&[2]).sign(&old)]), REVOKED());
    assert_eq!(about(&[list(&new).naming(&[2]).sign(&new)]), REVOKED());
    let names_anchor = list(&old).naming(&[1]).sign(&old);
    assert_eq!(about(&[list(&new).sign(&new), names_anchor]), REVOKED());
    // The signer's answer ends sooner than the link's.
    let brief = list(&new).dated("260601000000Z", Some("260701000000Z")).sign(&new);
    let since = day("2026-07-01");
    assert_eq!(about(&[list(&old).sign(&old), brief]), Revocation::Stale { since });
}

#[test]
fn a_list_of_the_very_key_counts_where_the_signer_names_its_issuer_differently() {
    let key = Key::new(1);
    let anchor = Template::authority("VN", "CSCA (new name)", &key).sign(&key);
    let list = CrlTemplate::new("VN", "CSCA (new name)", &key).naming(&[7]);
    let trust = store(&[anchor], &[], &[list.sign(&key)]);
    assert_eq!(ask(&signer(&key).sign(&key), &trust, today()), REVOKED());
}

#[test]
fn an_authority_signs_its_own_lists_only() {
    let (key, other) = (Key::new(1), Key::new(2));
    let list = RevocationList::from_der(&list(&key).sign(&key)).unwrap();
    let verdict =
        |template: &Template, key: &Key| match list.verify_signed_by(&parse(&template.sign(key))) {
            Ok(()) => None,
            Err(Error::NotAuthentic(why)) => Some(why),
            Err(other) => panic!("{other}"),
        };
    assert_eq!(verdict(&root(&key), &key), None);
    assert_eq!(verdict(&root(&other), &other), Some(NotAuthentic::RevocationListSignature));
    let elsewhere = Template::authority("XX", "CSCA", &key);
    assert_eq!(verdict(&elsewhere, &key), Some(NotAuthentic::UnknownIssuer));
    let critical = root(&key).with(extension(99, true, &[5, 0]));
    assert_eq!(verdict(&critical, &key), Some(NotAuthentic::CriticalExtension));
    let mut template = root(&key);
    // keyCertSign without cRLSign
    template.extensions[AUTHORITY_KEY_USAGE] = extension(15, true, &[0x03, 2, 2, 0x04]);
    assert_eq!(verdict(&template, &key), Some(NotAuthentic::MayNotRevoke));
    template.extensions.remove(AUTHORITY_KEY_USAGE);
    assert_eq!(verdict(&template, &key), None, "what is not stated forbids nothing");
    template.extensions[BASIC_CONSTRAINTS] = extension(19, true, &sequence(&[]));
    assert_eq!(verdict(&template, &key), Some(NotAuthentic::NotACsca));
}

#[test]
fn what_a_list_says_is_read() {
    let key = Key::new(1);
    let mut template = list(&key).naming(&[7]).naming(&[0, 0x80]);
    template.extensions[0] = extension(20, false, &write(0x02, &[0, 0xFE, 1]));
    template.entries.push(revoked(
        &[9],
        &[
            extension(21, false, &write(0x0A, &[6])),
            extension(24, true, &write(0x18, b"20260101000000Z")),
            extension(77, false, &[5, 0]),
        ],
    ));
    let der = template.sign(&key);
    let list = RevocationList::from_der(&der).unwrap();
    assert_eq!(list.issuer().to_string(), "C=VN, CN=CSCA");
    assert_eq!(list.this_update(), day("2026-06-01"));
    assert_eq!(list.next_update(), Some(day("2026-12-31")));
    assert_eq!(list.number(), Some(&[0xFE, 1][..]));
    assert_eq!(list.authority_key_id(), Some(&key.id()[..]));
    assert_eq!((list.len(), list.is_empty(), list.as_der()), (3, false, &der[..]));
    let on = Some(day("2026-05-01"));
    for (serial, revoked) in
        [(&[7][..], on), (&[0, 0x80], on), (&[0x80], None), (&[9], on), (&[8], None), (&[], None)]
    {
        assert_eq!(list.revoked_on(serial), revoked, "{serial:?}");
    }
    assert_eq!(format!("{list:?}"), "RevocationList(C=VN, CN=CSCA, 2026-06-01, 3 entries)");
    let mut version_1 = template.clone();
    (version_1.version, version_1.extensions) = (None, Vec::new());
    version_1.entries.pop();
    let version_1 = RevocationList::from_der(&version_1.sign(&key)).unwrap();
    assert_eq!(
        (version_1.len(), version_1.number(), version_1.authority_key_id()),
        (2, None, None)
    );
}

#[test]
fn lists_that_mean_something_else_are_refused() {
    let key = Key::new(1);
    let plain = list(&key).naming(&[7]);
    let refusal = |template: &CrlTemplate| {
        RevocationList::from_der(&template.sign(&key)).map(|_| ()).unwrap_err()
    };
    let with = |extension: Vec<u8>| {
        let mut template = plain.clone();
        template.extensions.push(extension);
        refusal(&template)
    };
    let about_entry = |extension: Vec<u8>| {
        let mut template = plain.clone();
        template.entries.push(revoked(&[9], &[extension]));
        refusal(&template)
    };
    let indirect = sequence(&[write(0x84, &[0xFF])]);
    for unsupported in [
        with(extension(27, true, &write(0x02, &[1]))),
        with(extension(28, true, &indirect)),
        with(extension(28, false, &indirect)),
        with(extension(99, true, &[5, 0])),
        about_entry(extension(99, true, &[5, 0])),
        about_entry(extension(29, true, &sequence(&[]))),
    ] {
        assert!(matches!(unsupported, Error::Unsupported(_)), "{unsupported}");
    }
    let remove = extension(21, false, &write(0x0A, &[8]));
    let number = plain.extensions[0].clone();
    let mut version_1 = plain.clone();
    version_1.version = None;
    let mut version_3 = plain.clone();
    version_3.version = Some(2);
    let mut nameless = plain.clone();
    nameless.issuer = sequence(&[]);
    let timeless = plain.clone().dated("260632000000Z", None);
    for malformed in [
        about_entry(remove),
        with(number),
        refusal(&version_1),
        refusal(&version_3),
        refusal(&nameless),
        refusal(&timeless),
    ] {
        assert!(matches!(malformed, Error::Malformed { .. }), "{malformed}");
    }
}

#[test]
fn an_entry_is_found_among_ten_thousand() {
    let key = Key::new(1);
    let mut template = list(&key);
    for number in (0..20_000_u16).step_by(2).rev() {
        template = template.naming(&number.to_be_bytes());
    }
    let list = RevocationList::from_der(&template.sign(&key)).unwrap();
    assert_eq!(list.len(), 10_000);
    for number in 0..20_000_u16 {
        let bytes = number.to_be_bytes();
        // As short as it can be without becoming negative.
        let serial = if number < 128 { &bytes[1..] } else { &bytes[..] };
        assert_eq!(list.revoked_on(serial).is_some(), number % 2 == 0, "{number}");
    }
}

#[test]
fn a_flipped_bit_never_clears_anybody() {
    let key = Key::new(1);
    let authority = parse(&root(&key).sign(&key));
    let der = list(&key).naming(&[7]).sign(&key);
    RevocationList::from_der(&der).unwrap().verified_by(&authority).unwrap();
    for bit in 0..der.len() * 8 {
        let mut flipped = der.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verified =
            RevocationList::from_der(&flipped).and_then(|list| list.verified_by(&authority));
        assert!(verified.is_err(), "bit {bit}");
    }
    for end in 0..der.len() {
        assert!(RevocationList::from_der(&der[..end]).is_err(), "{end}");
    }
    let mut mutations = Mutations(11);
    for _ in 0..5_000 {
        let mutated = mutations.mutate(&der);
        let verified =
            RevocationList::from_der(&mutated).and_then(|list| list.verify_signed_by(&authority));
        assert!(verified.is_err() || mutated == der);
    }
}

/// Six authorities of nearly one name. `openssl crl -verify -CAfile` with each of them alone says
/// "verify OK" for the one of 9 June 2015 (serial 55770B5A) and "verify failure" for the five others.
#[test]
fn one_of_six_near_namesakes_signed_the_colombian_list() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let folder = PathBuf::from(folder).join("crl");
    let list = RevocationList::from_der(&std::fs::read(folder.join("COL.crl")).unwrap()).unwrap();
    assert_eq!((list.len(), list.number()), (15, Some(&[3, 0x7B][..])));
    assert_eq!(list.next_update(), Some(day("2020-08-06")));
    assert_eq!(list.revoked_on(&[0x55, 0x77, 0x0B, 0x5C]), Some(day("2015-06-09")));
    assert_eq!(list.revoked_on(&[0x55, 0x77, 0x0B, 0x5D]), None);
    let (mut tried, mut signed) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "cer") {
            let authority = parse(&std::fs::read(path).unwrap());
            tried += 1;
            match list.verify_signed_by(&authority) {
                Ok(()) => signed.push(authority.serial_hex()),
                Err(error) => {
                    assert_eq!(error, Error::NotAuthentic(NotAuthentic::RevocationListSignature));
                }
            }
        }
    }
    assert_eq!((tried, signed), (6, vec!["55770B5A".to_owned()]));
}
