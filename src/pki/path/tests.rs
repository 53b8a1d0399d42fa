use super::*;
use crate::error::PolicyRefusal;
use crate::pki::test_issuer::*;
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

/// A store with these anchors and these certificates between.
fn store(anchors: &[Vec<u8>], between: &[Vec<u8>]) -> TrustStore {
    let mut trust = TrustStore::empty();
    for anchor in anchors {
        trust.add_certificate(anchor, "test").unwrap();
    }
    for certificate in between {
        trust.add_intermediate(certificate, "test").unwrap();
    }
    trust
}

/// Length and deviations of the path.
type Found = Result<(usize, Vec<Deviation>)>;

fn find(signer: &[u8], trust: &TrustStore) -> Found {
    find_beside(signer, &[], trust, Purpose::Document)
}

fn find_beside(signer: &[u8], beside: &[Vec<u8>], trust: &TrustStore, purpose: Purpose) -> Found {
    let beside: Vec<_> = beside.iter().map(|der| parse(der)).collect();
    let signer = parse(signer);
    let path = find_path(&signer, &beside, trust, purpose, today(), Budget::default())?;
    let certificates = path.certificates();
    assert_eq!(certificates.first(), Some(&&signer));
    assert_eq!(certificates.last(), Some(&path.anchor().certificate()));
    for step in certificates.windows(2) {
        step[0].verify_signed_by(step[1]).unwrap();
    }
    Ok((certificates.len(), path.deviations().to_vec()))
}

fn refused(why: NotAuthentic) -> Found {
    Err(Error::NotAuthentic(why))
}

fn out_of_budget(found: &Found) -> bool {
    matches!(found, Err(Error::PolicyRefused(PolicyRefusal::Budget(_))))
}

/// Keys: an old and a new one of the authority, a signer's, a stranger's.
fn keys() -> [Key; 4] {
    [1, 2, 3, 4].map(Key::new)
}

fn root(key: &Key) -> Template {
    Template::authority("VN", "CSCA", key)
}

fn link(old: &Key, new: &Key) -> Template {
    Template::link("VN", ("CSCA", old), ("CSCA", new))
}

fn signer(key: &Key, issuer: &Key) -> Template {
    Template::signer("VN", "CSCA", key, issuer)
}

#[test]
fn a_link_certificate_leads_from_the_new_key_to_the_old_one() {
    let [old, new, key, stranger] = keys();
    let (anchor, link) = (root(&old).sign(&old), link(&old, &new).sign(&old));
    let document_signer = signer(&key, &new).sign(&new);
    let alone = store(std::slice::from_ref(&anchor), &[]);
    assert_eq!(find(&document_signer, &alone), refused(NotAuthentic::UnknownIssuer));

    let linked = store(std::slice::from_ref(&anchor), std::slice::from_ref(&link));
    assert_eq!(find(&document_signer, &linked), Ok((3, vec![])));
    let beside = [link.clone(), signer(&stranger, &new).sign(&new)];
    let found = find_beside(&document_signer, &beside, &alone, Purpose::Document);
    assert_eq!(found, Ok((3, vec![])), "a certificate in the SOD does as well");
    let nobody = TrustStore::empty();
    let found = find_beside(&document_signer, &beside, &nobody, Purpose::Document);
    assert_eq!(found, refused(NotAuthentic::UnknownIssuer), "it is never trusted by itself");

    // The new key as an anchor of its own needs no link.
    let both = store(&[anchor, root(&new).sign(&new)], &[link]);
    assert_eq!(find(&document_signer, &both), Ok((2, vec![])));
}

#[test]
fn several_rollovers_are_followed_as_far_as_the_budget_allows() {
    let keys: Vec<_> = (0..10).map(Key::numbered).collect();
    let links: Vec<_> =
        keys.windows(2).map(|pair| link(&pair[0], &pair[1]).sign(&pair[0])).collect();
    let trust = store(&[root(&keys[0]).sign(&keys[0])], &links);
    let signed_by = |index: usize| signer(&Key::new(3), &keys[index]).sign(&keys[index]);
    assert_eq!(find(&signed_by(6), &trust), Ok((8, vec![])));
    assert!(out_of_budget(&find(&signed_by(7), &trust)));

    let document_signer = parse(&signed_by(2));
    for (budget, found) in [
        (Budget { signatures: 32, intermediates: 2 }, true),
        (Budget { signatures: 32, intermediates: 1 }, false),
        (Budget { signatures: 2, intermediates: 6 }, false),
        (Budget { signatures: 0, intermediates: 0 }, false),
    ] {
        let path = find_path(&document_signer, &[], &trust, Purpose::Document, today(), budget);
        match path {
            Ok(path) => assert!(found && path.certificates().len() == 4, "{budget:?}"),
            Err(error) => assert!(!found && out_of_budget(&Err(error)), "{budget:?}"),
        }
    }
}

#[test]
fn a_link_may_count_up_the_serial_number_in_the_name_but_change_nothing_else() {
    let [old, new, key, _] = keys();
    let numbered = |number: &str| name(&[(6, "VN"), (5, number), (3, "CSCA")]);
    let mut anchor = root(&old);
    (anchor.subject, anchor.issuer) = (numbered("1"), numbered("1"));
    let mut renamed = link(&old, &new);
    (renamed.subject, renamed.issuer) = (numbered("2"), numbered("1"));
    let mut document_signer = signer(&key, &new);
    document_signer.issuer = numbered("2");
    let document_signer = document_signer.sign(&new);
    let trust = |between: &Template| store(&[anchor.sign(&old)], &[between.sign(&old)]);
    // The anchor allows no authority below it, and a link does not count as one.
    assert_eq!(find(&document_signer, &trust(&renamed)), Ok((3, vec![Deviation::LinkName])));

    let mut other = renamed.clone();
    other.subject = name(&[(6, "VN"), (5, "2"), (3, "Another CSCA")]);
    let found = find(&document_signer, &trust(&other));
    assert_eq!(found, refused(NotAuthentic::PathLength));
    // What the link calls its issuer has to be the anchor's name, or the names would prove nothing.
    let mut unchained = renamed;
    unchained.issuer = numbered("2");
    assert_eq!(find(&document_signer, &trust(&unchained)), Ok((3, vec![Deviation::LinkName])));
    unchained.issuer = name(&[(6, "VN"), (3, "Somebody")]);
    let found = find(&document_signer, &trust(&unchained));
    assert_eq!(found, refused(NotAuthentic::UnknownIssuer));
}

#[test]
fn a_link_that_says_so_may_give_the_authority_any_name_of_its_state() {
    let [old, new, key, _] = keys();
    let plain = Template::link("VN", ("CSCA", &old), ("Ministry", &new));
    let document_signer = Template::signer("VN", "Ministry", &key, &new).sign(&new);
    let found = |between: Template| {
        find(&document_signer, &store(&[root(&old).sign(&old)], &[between.sign(&old)]))
    };
    let renamed = Ok((3, vec![Deviation::LinkName]));
    assert_eq!(found(plain.clone().with(name_change(false, &[5, 0]))), renamed);
    assert_eq!(found(plain.clone().with(name_change(true, &[5, 0]))), renamed);
    assert_eq!(found(plain.clone()), refused(NotAuthentic::PathLength));
    let odd = plain.clone().with(name_change(false, &[4, 0]));
    assert_eq!(found(odd), refused(NotAuthentic::PathLength), "its value is NULL");

    // The name may be another, the state may not.
    let mut abroad = plain.with(name_change(false, &[5, 0]));
    abroad.subject = name(&[(6, "XX"), (3, "Ministry")]);
    let document_signer = Template::signer("XX", "Ministry", &key, &new).sign(&new);
    let trust = store(&[root(&old).sign(&old)], &[abroad.sign(&old)]);
    assert_eq!(find(&document_signer, &trust), refused(NotAuthentic::IssuingState));
}

#[test]
fn another_order_of_a_names_attributes_is_named_anywhere_on_the_path() {
    let [old, new, key, _] = keys();
    let reordered = name(&[(3, "CSCA"), (6, "VN")]);
    let trust = |between: &Template| store(&[root(&old).sign(&old)], &[between.sign(&old)]);
    let (mut document_signer, mut between) = (signer(&key, &new), link(&old, &new));
    let differs = vec![Deviation::IssuerNameDiffers];
    assert_eq!(find(&document_signer.sign(&new), &trust(&between)), Ok((3, vec![])));
    document_signer.issuer.clone_from(&reordered);
    assert_eq!(find(&document_signer.sign(&new), &trust(&between)), Ok((3, differs.clone())));
    between.subject.clone_from(&reordered);
    assert_eq!(find(&document_signer.sign(&new), &trust(&between)), Ok((3, vec![])));
    between.issuer = reordered;
    assert_eq!(find(&document_signer.sign(&new), &trust(&between)), Ok((3, differs)));
}

#[test]
fn path_lengths_count_authorities_that_are_no_links() {
    let [old, new, key, _] = keys();
    let sub = Template::link("VN", ("CSCA", &old), ("Sub-CA", &new)).sign(&old);
    let document_signer = Template::signer("VN", "Sub-CA", &key, &new).sign(&new);
    let mut anchor = root(&old);
    let found = |anchor: &Template| {
        find(&document_signer, &store(&[anchor.sign(&old)], std::slice::from_ref(&sub)))
    };
    assert_eq!(found(&anchor), refused(NotAuthentic::PathLength));
    anchor.extensions[BASIC_CONSTRAINTS] = authority_with_path_length(1);
    assert_eq!(found(&anchor), Ok((3, vec![])));
    anchor.extensions[BASIC_CONSTRAINTS] = extension(19, true, &sequence(&[write(0x01, &[0xFF])]));
    assert_eq!(found(&anchor), Ok((3, vec![])));

    // The authority between has a limit of its own: none below it.
    let third = Key::new(5);
    let lower = Template::link("VN", ("Sub-CA", &new), ("Sub-sub-CA", &third)).sign(&new);
    let deep = Template::signer("VN", "Sub-sub-CA", &key, &third).sign(&third);
    let trust = store(&[anchor.sign(&old)], &[sub.clone(), lower]);
    assert_eq!(find(&deep, &trust), refused(NotAuthentic::PathLength));
}

#[test]
fn cross_signed_roots_and_circles_end() {
    let [first, second, key, stranger] = keys();
    let cross = |over: &Key, under: &Key| link(over, under).sign(over);
    let circle = [cross(&first, &second), cross(&second, &first), cross(&first, &first)];
    let document_signer = signer(&key, &second).sign(&second);
    let found = find(&document_signer, &store(&[], &circle));
    assert_eq!(found, refused(NotAuthentic::UnknownIssuer));
    let other = store(&[root(&stranger).sign(&stranger)], &circle);
    assert_eq!(find(&document_signer, &other), refused(NotAuthentic::UnknownIssuer));
    let trust = store(&[root(&first).sign(&first)], &circle);
    assert_eq!(find(&document_signer, &trust), Ok((3, vec![])));

    // Everybody signs everybody: more ways than atoms, and no anchor.
    let keys: Vec<_> = (0..12).map(Key::numbered).collect();
    let every: Vec<_> = keys
        .iter()
        .flat_map(|over| keys.iter().map(move |under| link(over, under).sign(over)))
        .collect();
    let document_signer = signer(&key, &keys[0]).sign(&keys[0]);
    assert!(out_of_budget(&find(&document_signer, &store(&[], &every))));
}

#[test]
fn a_bomb_of_certificates_ends_soon_and_hides_no_anchor() {
    let [old, new, key, _] = keys();
    // All claim the name and key identifier of the new key, and have keys of their own.
    let mut bomb: Vec<_> = (0..1_000)
        .map(|number| {
            let own = Key::numbered(number);
            let mut fake = link(&own, &own);
            fake.serial = number.to_be_bytes().map(|byte| byte >> 1 | 1).to_vec();
            fake.extensions[2] = extension(14, false, &write(0x04, &new.id()));
            fake.sign(&own)
        })
        .collect();
    let document_signer = signer(&key, &new).sign(&new);
    assert!(out_of_budget(&find(&document_signer, &store(&[], &bomb))));
    let elsewhere = store(&[root(&old).sign(&old)], &bomb);
    assert!(out_of_budget(&find(&document_signer, &elsewhere)));

    let direct = store(&[root(&new).sign(&new)], &bomb);
    assert_eq!(find(&document_signer, &direct), Ok((2, vec![])));
    // Also where a flaw would make another path welcome.
    let mut flawed = root(&new);
    flawed.serial = vec![0];
    let direct = store(&[flawed.sign(&new)], &bomb);
    assert_eq!(find(&document_signer, &direct), Ok((2, vec![Deviation::SerialNumber])));
    // A certificate that names an anchor by its key is tried before those that name nobody.
    bomb.push(link(&old, &new).sign(&old));
    let linked = store(&[root(&old).sign(&old)], &bomb);
    assert_eq!(find(&document_signer, &linked), Ok((3, vec![])));

    // The same key in all of them costs one signature check, and still not one step each.
    let copies: Vec<_> = (0..1_000_u16)
        .map(|number| {
            let mut copy = link(&old, &new);
            copy.serial = vec![1, number.to_be_bytes()[0] | 1, number.to_be_bytes()[1]];
            copy.sign(&Key::new(9))
        })
        .collect();
    assert!(out_of_budget(&find(&document_signer, &store(&[], &copies))));
}

#[test]
fn a_document_signer_never_stands_between() {
    let [csca, first, second, _] = keys();
    let trust = store(&[root(&csca).sign(&csca)], &[]);
    let below = {
        let mut below = signer(&second, &first);
        below.issuer = signer(&first, &csca).subject;
        below.sign(&first)
    };
    let mut stating_nothing = signer(&first, &csca);
    stating_nothing.extensions.remove(SIGNER_KEY_USAGE);
    let mut denying = signer(&first, &csca);
    denying.extensions.push(extension(19, true, &sequence(&[])));
    denying.extensions[SIGNER_KEY_USAGE] = extension(15, true, &[0x03, 2, 2, 0b1000_0100]);
    for between in [signer(&first, &csca), stating_nothing, denying] {
        let found = find_beside(&below, &[between.sign(&csca)], &trust, Purpose::Document);
        assert_eq!(found, refused(NotAuthentic::NotACsca));
    }
    // As an anchor, a certificate of version 1 may do without extensions: the operator chose it.
    let mut version_1 = root(&csca);
    version_1.version_1 = true;
    let trust = store(&[version_1.sign(&csca)], &[]);
    let found = find(&signer(&first, &csca).sign(&csca), &trust);
    assert_eq!(found, Ok((2, vec![Deviation::KeyUsageMissing])));
}

#[test]
fn all_certificates_of_a_path_are_of_one_state() {
    let [old, new, key, _] = keys();
    let mut foreign_link = link(&old, &new);
    foreign_link.issuer = name(&[(6, "XX"), (3, "CSCA")]);
    let trust =
        store(&[Template::authority("XX", "CSCA", &old).sign(&old)], &[foreign_link.sign(&old)]);
    let found = find(&signer(&key, &new).sign(&new), &trust);
    assert_eq!(found, refused(NotAuthentic::IssuingState));
}

#[test]
fn a_critical_extension_that_is_not_understood_refuses_anywhere() {
    let [old, new, key, _] = keys();
    let unknown = extension(99, true, &[5, 0]);
    let document_signer = signer(&key, &new);
    let (anchor, between) = (root(&old), link(&old, &new));
    for (document_signer, between, anchor) in [
        (document_signer.clone().with(unknown.clone()), between.clone(), anchor.clone()),
        (document_signer.clone(), between.clone().with(unknown.clone()), anchor.clone()),
        (document_signer, between, anchor.with(unknown)),
    ] {
        let trust = store(&[anchor.sign(&old)], &[between.sign(&old)]);
        let found = find(&document_signer.sign(&new), &trust);
        assert_eq!(found, refused(NotAuthentic::CriticalExtension));
    }
}

#[test]
fn a_wrong_key_usage_is_a_deviation_for_documents_alone() {
    let [old, new, key, _] = keys();
    let trust = store(&[root(&old).sign(&old)], &[]);
    let mut wrong = signer(&key, &old);
    // keyEncipherment
    wrong.extensions[SIGNER_KEY_USAGE] = extension(15, true, &[0x03, 2, 5, 0x20]);
    assert_eq!(find(&wrong.sign(&old), &trust), Ok((2, vec![Deviation::WrongKeyUsage])));
    let wrong = wrong.for_master_lists().sign(&old);
    let found = find_beside(&wrong, &[], &trust, Purpose::MasterList);
    let refusal = PolicyRefusal::Deviation(Deviation::WrongKeyUsage.name());
    assert_eq!(found, Err(Error::PolicyRefused(refusal)));

    let mut between = link(&old, &new);
    // cRLSign alone
    between.extensions[AUTHORITY_KEY_USAGE] = extension(15, true, &[0x03, 2, 1, 0x02]);
    let document_signer = signer(&key, &new).sign(&new);
    let beside = [between.sign(&old), link(&old, &new).sign(&old)];
    let found = find_beside(&document_signer, &beside[..1], &trust, Purpose::Document);
    assert_eq!(found, Ok((3, vec![Deviation::WrongKeyUsage])));
    // A clean path wins, wherever it stands.
    let found = find_beside(&document_signer, &beside, &trust, Purpose::Document);
    assert_eq!(found, Ok((3, vec![])));
}

#[test]
fn a_signature_outside_the_private_keys_time_is_a_deviation() {
    let [csca, _, key, _] = keys();
    // The signer's certificate is of 1 January 2024.
    for (from, until, deviations) in [
        ("20200101", "20240101", vec![]),
        ("20200101", "20231231", vec![Deviation::KeyUsagePeriod]),
        ("20240102", "20300101", vec![Deviation::KeyUsagePeriod]),
    ] {
        let anchor = root(&csca).with(private_key_usage(from, until));
        let trust = store(&[anchor.sign(&csca)], &[]);
        assert_eq!(find(&signer(&key, &csca).sign(&csca), &trust), Ok((2, deviations)));
    }
    let late = root(&csca).with(private_key_usage("20200101", "20231231")).sign(&csca);
    let list_signer = signer(&key, &csca).for_master_lists().sign(&csca);
    let refusal = PolicyRefusal::Deviation(Deviation::KeyUsagePeriod.name());
    let trust = store(std::slice::from_ref(&late), &[]);
    let found = find_beside(&list_signer, &[], &trust, Purpose::MasterList);
    assert_eq!(found, Err(Error::PolicyRefused(refusal)));
    // The authority certified the same key anew, with a longer time.
    let renewed = root(&csca).with(private_key_usage("20200101", "20281231"));
    let trust = store(&[late, renewed.sign(&csca)], &[]);
    assert_eq!(find(&signer(&key, &csca).sign(&csca), &trust), Ok((2, vec![])));
}

#[test]
fn odd_serial_numbers_weak_keys_and_sha_1_are_named() {
    let [old, new, key, _] = keys();
    let trust = store(&[root(&old).sign(&old)], &[]);
    let plain = signer(&key, &old);
    for (serial, odd) in [(vec![0], true), (vec![0xFF, 1], true), (vec![0, 0xFF], false)] {
        let mut template = plain.clone();
        template.serial = serial;
        let expected = if odd { vec![Deviation::SerialNumber] } else { vec![] };
        assert_eq!(find(&template.sign(&old), &trust), Ok((2, expected)));
    }
    for (bits, weak) in [(1024, true), (2048, false)] {
        let mut template = plain.clone();
        template.spki = Some(rsa_spki(bits));
        let expected = if weak { vec![Deviation::WeakKey] } else { vec![] };
        assert_eq!(find(&template.sign(&old), &trust), Ok((2, expected)));
    }
    let mut template = plain;
    template.sha1 = true;
    assert_eq!(find(&template.sign(&old), &trust), Ok((2, vec![Deviation::Sha1])));
    // Nobody relies on how an anchor signed itself, but on how a link was signed.
    let (mut anchor, mut between) = (root(&old), link(&old, &new));
    anchor.sha1 = true;
    let document_signer = signer(&key, &new).sign(&new);
    let trust = store(&[anchor.sign(&old)], &[between.sign(&old)]);
    assert_eq!(find(&document_signer, &trust), Ok((3, vec![])));
    between.sha1 = true;
    let trust = store(&[anchor.sign(&old)], &[between.sign(&old)]);
    assert_eq!(find(&document_signer, &trust), Ok((3, vec![Deviation::Sha1])));
}

#[test]
fn the_reason_is_that_of_the_path_that_got_furthest() {
    let [old, new, key, stranger] = keys();
    let document_signer = signer(&key, &new).sign(&new);
    // A link that a stranger made under the old key's name.
    let forged = link(&old, &new).sign(&stranger);
    let anchors = [root(&old).sign(&old)];
    let found = find(&document_signer, &store(&anchors, std::slice::from_ref(&forged)));
    assert_eq!(found, refused(NotAuthentic::SignerNotSignedByIssuer));
    // Beside it a way that reaches an anchor, and may not.
    let mut no_authority = link(&old, &new);
    no_authority.extensions[BASIC_CONSTRAINTS] = extension(19, true, &sequence(&[]));
    let beside = [forged.clone(), no_authority.sign(&old)];
    let found = find_beside(&document_signer, &beside, &store(&anchors, &[]), Purpose::Document);
    assert_eq!(found, refused(NotAuthentic::NotACsca));
    // And beside both a way that holds.
    let beside = [forged, no_authority.sign(&old), link(&old, &new).sign(&old)];
    let found = find_beside(&document_signer, &beside, &store(&anchors, &[]), Purpose::Document);
    assert_eq!(found, Ok((3, vec![])));

    // A signer that may not sign is called that under many namesakes, too.
    let mut anchors: Vec<_> =
        (10..70).map(|seed| root(&Key::new(seed)).sign(&Key::new(seed))).collect();
    anchors.push(root(&new).sign(&new));
    let list_signer = signer(&key, &new).for_master_lists().sign(&new);
    let found = find(&list_signer, &store(&anchors, &[]));
    assert_eq!(found, refused(NotAuthentic::SignerKeyUsage));
}

#[test]
fn namesakes_with_another_key_identifier_cost_nothing() {
    let [_, new, key, stranger] = keys();
    let mut anchors: Vec<_> =
        (0..33).map(Key::numbered).map(|twin| root(&twin).sign(&twin)).collect();
    anchors.push(root(&new).sign(&new));
    let forged = signer(&key, &new).sign(&stranger);
    let found = find(&forged, &store(&anchors, &[]));
    assert_eq!(found, refused(NotAuthentic::SignerNotSignedByIssuer));
    anchors.pop();
    let found = find(&forged, &store(&anchors, &[]));
    assert_eq!(found, refused(NotAuthentic::UnknownIssuer));
    // Nor do they hide the link that is meant.
    let links: Vec<_> = (0..33)
        .map(Key::numbered)
        .map(|twin| link(&stranger, &twin).sign(&stranger))
        .chain([link(&stranger, &new).sign(&stranger)])
        .collect();
    anchors.push(root(&stranger).sign(&stranger));
    let found = find(&signer(&key, &new).sign(&new), &store(&anchors, &links));
    assert_eq!(found, Ok((3, vec![])));

    // Who does not say which of them it is has to be compared with all.
    let mut untold = signer(&key, &new);
    untold.extensions.pop();
    assert!(out_of_budget(&find(&untold.sign(&new), &store(&anchors, &[]))));
}

#[test]
fn a_path_that_is_valid_at_the_day_wins() {
    let [old, new, key, _] = keys();
    let mut ended = link(&old, &new);
    ended.not_after = "250101000000Z";
    let mut current = link(&old, &new);
    current.serial = vec![0];
    let trust = store(&[root(&old).sign(&old)], &[ended.sign(&old), current.sign(&old)]);
    let document_signer = parse(&signer(&key, &new).sign(&new));
    let at = |day: Date| {
        find_path(&document_signer, &[], &trust, Purpose::Document, day, Budget::default()).unwrap()
    };
    let now = at(today());
    assert_eq!(now.deviations(), [Deviation::SerialNumber]);
    now.check_validity(today()).unwrap();
    assert_eq!(at(day("2024-06-01")).deviations(), [], "then both were, and one was better");
}

#[test]
fn a_flipped_bit_in_a_link_breaks_the_path() {
    let [old, new, key, _] = keys();
    let trust = store(&[root(&old).sign(&old)], &[]);
    let document_signer = signer(&key, &new).sign(&new);
    let der = link(&old, &new).sign(&old);
    for bit in 0..der.len() * 8 {
        let mut flipped = der.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if Certificate::from_der(&flipped).is_ok() {
            let found = find_beside(&document_signer, &[flipped], &trust, Purpose::Document);
            assert!(matches!(found, Err(Error::NotAuthentic(_))), "bit {bit}: {found:?}");
        }
    }
    let mut mutations = Mutations(7);
    for _ in 0..2_000 {
        let mutated = mutations.mutate(&der);
        if mutated != der && Certificate::from_der(&mutated).is_ok() {
            let found = find_beside(&document_signer, &[mutated], &trust, Purpose::Document);
            assert!(found.is_err());
        }
    }
}

/// Every authority of two real lists is looked for as if it signed documents: the search has to find the
/// key above it, and then says that an authority is no document signer. `openssl dgst -verify` over what is
/// signed in each of the five that are left fails under every key of both lists.
#[test]
fn the_issuers_of_real_link_certificates_are_found() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let folder = std::path::PathBuf::from(folder).join("masterlists");
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let mut trust = TrustStore::empty();
    let dutch = store(&[read("NL_ROOT_CA.cer")], &[]);
    trust.add_master_list(&read("NL_ML_2025-07-29.ml"), &dutch, "NL").unwrap();
    let german = |anchor: &&Anchor| anchor.info().serial == "048B";
    let german = trust.anchors().find(german).unwrap().certificate().as_der().to_vec();
    let german = store(&[german], &[]);
    trust.add_master_list(&read("DE_ML_2024-08-07-07-38-24.ml"), &german, "DE").unwrap();

    // A namesake whose key identifier is another than the one named has signed none of them.
    for authority in trust.anchors().map(Anchor::certificate) {
        let issuers = trust.issuers_of(authority).into_iter().map(Anchor::certificate);
        for namesake in issuers.filter(|issuer| !search::may_mean(authority, issuer)) {
            assert!(authority.verify_signed_by(namesake).is_err(), "{authority:?}");
        }
    }

    let (mut links, mut renumbered, mut without) = (0, 0, Vec::new());
    // Those that change the name otherwise: with the extension nameChange, and in silence.
    let (mut announced, mut silent) = (0, 0);
    for anchor in trust.anchors() {
        let authority = anchor.certificate();
        if authority.verify_signed_by(authority).is_ok() {
            continue;
        }
        let (subject, issuer) = (authority.subject(), authority.issuer());
        links += 1;
        match (subject == issuer, subject.same_authority(issuer), authority.is_self_issued()) {
            (true, ..) => {}
            (_, true, _) => renumbered += 1,
            (_, _, true) => announced += 1,
            _ => silent += 1,
        }
        let found =
            find_path(authority, &[], &trust, Purpose::Document, today(), Budget::default());
        match found {
            // Two early Belgian ones do not say that they are authorities.
            Ok(_) | Err(Error::NotAuthentic(NotAuthentic::SignerKeyUsage)) => {}
            Err(Error::NotAuthentic(why)) => without.push((authority.country().unwrap(), why)),
            other => panic!("{other:?}"),
        }
    }
    without.sort_by(|one, other| one.0.cmp(&other.0));
    let missing = ["AE", "AT", "AU", "LV", "TR"]
        .map(|country| (country.to_owned(), NotAuthentic::UnknownIssuer));
    assert_eq!((trust.len(), links, renumbered, announced, silent), (589, 175, 21, 20, 14));
    assert_eq!(without, missing);
}
