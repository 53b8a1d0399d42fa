use super::test_files::*;
use super::*;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::Certificate;
use crate::pki::test_issuer::*;
use crate::seal::{self, Sealed, Sealer as _, SealingKey};
use crate::tlv::write;

const KEY: &[u8] = include_bytes!("../../../test-vectors/seal/kiosk.key.pem");

fn subjects(trust: &TrustStore) -> Vec<String> {
    trust.anchors().map(|anchor| anchor.certificate().country().unwrap()).collect()
}

fn one(bytes: &[u8]) -> (TrustStore, Result<Loaded>) {
    let mut assembled = assemble([("file", bytes)], &[]);
    (assembled.trust, assembled.outcomes.pop().unwrap().1)
}

#[test]
fn every_container_is_told_by_its_contents() {
    let (vn, list) = (authority("VN", 2), revocation_list("VN", 2, 1, "260101", "261231"));
    let both = [pem("CERTIFICATE", &vn), pem("X509 CRL", &list)].concat();
    let bag = bag(&[vn.clone(), authority("FR", 3)], std::slice::from_ref(&list));
    for (bytes, kind, taken, lists) in [
        (vn.clone(), SourceKind::Certificates, 1, 0),
        (both.into_bytes(), SourceKind::Certificates, 1, 1),
        (bag.clone(), SourceKind::Certificates, 2, 1),
        (indefinite(&bag, 4), SourceKind::Certificates, 2, 1),
        (pem("PKCS7", &bag).into_bytes(), SourceKind::Certificates, 2, 1),
        (pem("CMS", &bag).into_bytes(), SourceKind::Certificates, 2, 1),
    ] {
        let (trust, outcome) = one(&bytes);
        let loaded = outcome.unwrap();
        assert_eq!(
            (SourceKind::of(&bytes), loaded.taken, loaded.revocation_lists),
            (kind, taken, lists)
        );
        assert_eq!((trust.len(), trust.revocation_lists().len()), (taken, lists));
        let mut alone = TrustStore::empty();
        assert_eq!(alone.add_certificate(&bytes, "file").unwrap(), loaded);
        assert_eq!(alone, trust);
    }
    for (bytes, kind) in [
        (list.clone(), SourceKind::RevocationList),
        (pem("X509 CRL", &list).into_bytes(), SourceKind::RevocationList),
        (list_by("DE", 1, &[]), SourceKind::MasterList),
        (deviation_list("DE", 1, &[]), SourceKind::DeviationList),
        (directory().into_bytes(), SourceKind::Directory),
        (full().to_bytes(), SourceKind::Store),
        (b"notes".to_vec(), SourceKind::Certificates),
    ] {
        assert_eq!(SourceKind::of(&bytes), kind);
    }
}

#[test]
fn one_bad_block_does_not_hide_the_good_ones() {
    let text = [
        pem("CERTIFICATE", &authority("VN", 2)),
        "-----BEGIN CERTIFICATE-----\nno base64\n-----END CERTIFICATE-----\n".to_owned(),
        pem("CERTIFICATE", &document_signer("VN", 9, 2)),
        pem("CERTIFICATE", &authority("FR", 3)),
    ]
    .concat();
    let (trust, loaded) = one(text.as_bytes());
    let refused: Vec<_> =
        loaded.unwrap().refused.into_iter().map(|r| (r.index, r.subject)).collect();
    assert_eq!(subjects(&trust), ["VN", "FR"]);
    assert_eq!(refused, [(1, None), (2, Some("C=VN, CN=Document Signer".to_owned()))]);
}

#[test]
fn a_directory_vouches_for_nobody() {
    let (root, directory) = (authority("DE", 1), directory());
    // The file stands first: what it needs may come later.
    let files = [("pkd.ldif", directory.as_bytes()), ("root.cer", root.as_slice())];
    let Assembled { trust, mut outcomes } = assemble(files, &[]);
    let (kind, loaded) = outcomes.swap_remove(0);
    let loaded = loaded.unwrap();
    assert_eq!(
        (kind, subjects(&trust)),
        (SourceKind::Directory, vec!["DE".to_owned(), "FR".to_owned()])
    );
    assert_eq!(
        (loaded.taken, loaded.signers, loaded.intermediates, loaded.revocation_lists),
        (1, 2, 1, 1)
    );
    let listed = trust.anchors().nth(1).unwrap();
    assert!(listed.is_listed() && listed.source().starts_with("pkd.ldif: cn=ml,o=ml,c=DE"));

    let refused: Vec<_> = loaded
        .refused
        .iter()
        .map(|refused| (refused.index, refused.kind.name(), refused.reason.code()))
        .collect();
    let expected = [
        (4, "signer", "malformed.structure"),
        // Inside the list, the second entry.
        (1, "anchor", "malformed.structure"),
        (6, "master_list", "not_authentic.unknown_issuer"),
    ];
    assert_eq!(refused, expected);
    assert!(loaded.refused[0].subject.as_ref().unwrap().starts_with("cn=nc,o=dsc,c=FR"));
    assert!(loaded.refused[1].within.as_ref().unwrap().starts_with("cn=ml,o=ml,c=DE"));
    assert!(loaded.refused[2].subject.as_ref().unwrap().starts_with("cn=ml,o=ml,c=ZZ"));
    let signer = trust.signers().next().unwrap();
    assert_eq!(signer.certificate().unwrap().subject().to_string(), "C=FR, CN=Document Signer");

    let (alone, outcome) = one(directory.as_bytes());
    assert_eq!((alone.len(), outcome.unwrap().taken), (0, 0), "without a root nothing is trusted");
}

#[test]
fn lists_do_not_vouch_for_lists_even_after_they_were_saved() {
    let (saved, _) = TrustStore::from_bytes(&full().to_bytes()).unwrap();
    assert_eq!(saved.anchors().filter(|anchor| anchor.is_listed()).count(), 1);
    let (store, by_listed, by_given) = (
        saved.to_bytes(),
        list_by("FR", 3, &[authority("AA", 20)]),
        list_by("DE", 1, &[authority("AB", 21)]),
    );
    let files = [
        ("fr.ml", by_listed.as_slice()),
        ("de.ml", by_given.as_slice()),
        ("store", store.as_slice()),
    ];
    let Assembled { trust, outcomes } = assemble(files, &[]);
    assert_eq!(outcomes[0].1, Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer)));
    assert_eq!(outcomes[1].1.as_ref().unwrap().taken, 1);
    assert!(!subjects(&trust).contains(&"AA".to_owned()));

    // Whom the operator names as well may vouch.
    let fr = authority("FR", 3);
    let files = [("store", store.as_slice()), ("fr.cer", &fr), ("fr.ml", &by_listed)];
    let Assembled { trust, outcomes } = assemble(files, &[]);
    assert_eq!((outcomes[1].1.as_ref().unwrap().known, trust.len()), (1, 3));
}

#[test]
fn lists_of_revoked_ones_count_under_the_key_that_signed_them_and_newer_replace_older() {
    let mut trust = TrustStore::empty();
    let list = |number, day| revocation_list("VN", 2, number, day, "261231");
    let error = trust.add_revocation_list(&list(2, "260201"), "early").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    // The same name with another key, and another name.
    trust.add_certificate(&authority("VN", 4), "namesake").unwrap();
    trust.add_certificate(&authority("FR", 3), "other").unwrap();
    let error = trust.add_revocation_list(&list(2, "260201"), "early").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::UnknownIssuer));

    trust.add_certificate(&authority("VN", 2), "root").unwrap();
    let mut forged = list(2, "260201");
    *forged.last_mut().unwrap() ^= 1;
    let error = trust.add_revocation_list(&forged, "forged").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::RevocationListSignature));
    assert_eq!(trust.revocation_lists().len(), 0);

    let counts = |loaded: Loaded| (loaded.revocation_lists, loaded.outdated, loaded.known);
    let text = pem("X509 CRL", &list(2, "260201"));
    assert_eq!(counts(trust.add_revocation_list(text.as_bytes(), "first").unwrap()), (1, 0, 0));
    assert_eq!(counts(trust.add_revocation_list(&list(2, "260201"), "again").unwrap()), (0, 0, 1));
    // The number decides, whatever the day says.
    assert_eq!(counts(trust.add_revocation_list(&list(1, "260301"), "older").unwrap()), (0, 1, 0));
    assert_eq!(counts(trust.add_revocation_list(&list(3, "260101"), "newer").unwrap()), (1, 1, 0));
    let kept = trust.kept_revocation_lists().next().unwrap();
    assert_eq!((kept.source(), kept.number_hex().as_deref()), ("newer", Some("03")));
    assert_eq!((kept.authority(), kept.country()), ("C=VN, CN=CSCA", Some("VN")));
    let parsed = |der: &[u8]| Certificate::from_der(der).unwrap();
    assert!(kept.is_of(&parsed(&authority("VN", 2))) && !kept.is_of(&parsed(&authority("VN", 4))));
    assert_eq!(trust.revocation_lists().len(), 1);

    // One that has dropped an entry does not take the revocation back.
    let root = Key::new(2);
    let dropped = revocation_list_naming("VN", &root, 4, "260701", "261231", 98);
    assert_eq!(counts(trust.add_revocation_list(&dropped, "dropped").unwrap()), (1, 0, 0));
    let kept: Vec<_> =
        trust.kept_revocation_lists().map(|kept| (kept.source(), kept.is_superseded())).collect();
    assert_eq!(kept, [("newer", true), ("dropped", false)]);
    let (saved, _) = TrustStore::from_bytes(&trust.to_bytes()).unwrap();
    assert_eq!(saved.revocation_lists().len(), 2);
}

#[test]
fn a_link_certificate_may_stand_between_and_is_not_trusted() {
    let (old, new) = (Key::new(1), Key::new(2));
    let mut link = Template::authority("DE", "CSCA", &new);
    link.extensions.push(extension(35, false, &sequence(&[write(0x80, &old.id())])));
    let link = link.sign(&old);
    let list = list_by("DE", 2, &[authority("FR", 3)]);
    let root = authority("DE", 1);
    let unknown = Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    let files = [("root", root.as_slice()), ("list", list.as_slice())];
    assert_eq!(assemble(files, &[]).outcomes[1].1, unknown);

    let mut trust = TrustStore::empty();
    trust.add_certificate(&root, "root").unwrap();
    assert_eq!(trust.add_intermediate(&link, "link").unwrap().intermediates, 1);
    assert_eq!(trust.add_intermediate(&link, "link").unwrap().known, 1);
    let error = trust.add_intermediate(&document_signer("DE", 9, 1), "signer").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::NotACsca));
    assert_eq!((trust.len(), trust.intermediates().len()), (1, 1));
    let roots = trust.clone();
    assert_eq!(trust.add_master_list(&list, &roots, "list").unwrap().taken, 1);

    // Inside the list it may stand between as well; the root it leads to must be pinned.
    let (signer_key, content) = (Key::new(50), master_list(&[authority("FR", 3)]));
    let signer = Template::signer("DE", "CSCA", &signer_key, &new).for_master_lists();
    let mut with_link = Cms::new(&MASTER_LIST, &content, &signer, &new);
    with_link.certificates.push(link);
    let with_link = with_link.sign(&signer_key);
    let files = [("root", root.as_slice()), ("list", with_link.as_slice())];
    assert_eq!(assemble(files, &[]).trust.len(), 2);
    assert_eq!(one(&with_link).1, unknown);
}

#[test]
fn a_revoked_signer_of_lists_makes_none() {
    let (root, key) = (Key::new(1), Key::new(50));
    let mut signer = Template::signer("DE", "CSCA", &key, &root).for_master_lists();
    signer.serial = vec![99];
    let list =
        Cms::new(&MASTER_LIST, &master_list(&[authority("FR", 3)]), &signer, &root).sign(&key);
    let (der, revoked) = (authority("DE", 1), revocation_list("DE", 1, 1, "250501", "261231"));
    let files = [("crl", revoked.as_slice()), ("root", &der), ("list", &list)];
    let outcomes = assemble(files, &[]).outcomes;
    assert_eq!(outcomes[2].1, Err(Error::NotAuthentic(NotAuthentic::SignerRevoked)));
}

#[test]
fn deviation_lists_speak_about_their_own_state_alone() {
    let (root, signer) = (authority("DE", 1), document_signer("DE", 9, 1));
    let parsed = Certificate::from_der(&signer).unwrap();
    let issuer = name(&[(6, "DE"), (3, "CSCA")]);
    let by_number = write(0xA1, &[issuer, write(0x02, &[7])].concat());
    let by_key = write(0x82, &Key::new(9).id());
    let by_digest = write(0x83, parsed.fingerprint());
    let period = [write(0x18, b"20240101000000Z"), write(0x18, b"20240630000000Z")].concat();
    let numbers = write(0xA5, &[write(0x13, b"A1"), write(0x13, b"A2")].concat());
    let limited = deviation(
        &[write(0x80, b"P<"), by_key.clone(), write(0xA4, &period), numbers],
        4,
        "limited",
    );
    let entries = [
        deviation(&[by_number], 1, "by number"),
        deviation(&[by_digest], 2, "by digest"),
        deviation(&[write(0x82, b"other")], 1, "another"),
        write(0x30, &[0x30]),
        limited,
        deviation(&[], 3, "all"),
    ];
    let list = deviation_list("DE", 1, &entries);
    let files = [("root", root.as_slice()), ("list", list.as_slice())];
    let Assembled { trust, outcomes } = assemble(files, &[]);
    let loaded = outcomes[1].1.as_ref().unwrap();
    assert_eq!((loaded.deviation_lists, loaded.refused.len(), loaded.refused[0].index), (1, 1, 3));
    let said: Vec<_> = trust
        .listed_defects(&parsed)
        .map(|listed| {
            (listed.defects[0].description.clone().unwrap(), listed.is_about_every_document())
        })
        .collect();
    let expected = [("by number", true), ("by digest", true), ("limited", false), ("all", true)];
    assert_eq!(said, expected.map(|(words, every)| (words.to_owned(), every)));
    let limited = trust.listed_defects(&parsed).nth(2).unwrap();
    assert_eq!(limited.document_type.as_deref(), Some("P<"));
    assert_eq!(limited.issued.unwrap().1.to_string(), "2024-06-30");
    assert_eq!(limited.document_numbers, Some(2));
    assert_eq!(limited.defects[0].name(), Some("inconsistent EF.COM"));
    assert_eq!(limited.defects[0].oid, "2.23.136.1.1.7.2.4");

    // Not even the entry about everything touches another state's signer.
    let foreign = Certificate::from_der(&document_signer("FR", 9, 1)).unwrap();
    assert_eq!(trust.listed_defects(&foreign).count(), 0);
    // A signer of master lists signs no deviation list, and nobody's signer none at all.
    let (key, csca) = (Key::new(50), Key::new(1));
    let wrong = Template::signer("DE", "CSCA", &key, &csca).for_master_lists();
    let content = sequence(&[write(0x02, &[0]), write(0x31, &[])]);
    let wrong = Cms::new(&DEVIATION_LIST, &content, &wrong, &csca).sign(&key);
    let files = [("root", root.as_slice()), ("list", wrong.as_slice())];
    let refused = Err(Error::NotAuthentic(NotAuthentic::SignerKeyUsage));
    assert_eq!(assemble(files, &[]).outcomes[1].1, refused);
    assert_eq!(one(&list).1, Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer)));
    let mut forged = list.clone();
    *forged.last_mut().unwrap() ^= 1;
    let roots = trust.clone();
    let error = TrustStore::empty().add_deviation_list(&forged, &roots, "forged").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::DeviationListSignature));
}

#[test]
fn a_store_is_saved_and_read_with_everything_in_it() {
    let trust = full();
    let bytes = trust.to_bytes();
    let (read, loaded) = TrustStore::from_bytes(&bytes).unwrap();
    assert!(loaded.refused.is_empty(), "{:?}", loaded.refused);
    assert_eq!((&read, read.to_bytes()), (&trust, bytes.clone()));
    assert_eq!((loaded.taken, loaded.intermediates, loaded.signers), (2, 1, 2));
    assert_eq!((loaded.revocation_lists, loaded.deviation_lists), (1, 1));
    assert_eq!(read.created(), trust.created());
    assert!(read.anchors().any(|anchor| anchor.source() == "root.cer" && !anchor.is_listed()));

    // Whatever the order in which it came together.
    let (root, text) = (authority("DE", 1), directory());
    let defects = deviation_list("DE", 1, &[deviation(&[], 1, "DG1")]);
    let files = [("defects.dl", &defects[..]), ("pkd.ldif", text.as_bytes()), ("root.cer", &root)];
    let mut other = assemble(files, &[]).trust;
    other.set_created(trust.created().unwrap());
    assert_eq!(other.to_bytes(), bytes);
    assert!(TrustStore::diff(&trust, &other).is_empty());
}

#[test]
fn a_changed_byte_or_a_cut_makes_a_store_unreadable() {
    let bytes = full().to_bytes();
    for end in 0..bytes.len() {
        assert!(TrustStore::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    let mut mutations = Mutations(7);
    for _ in 0..3_000 {
        let mutated = mutations.mutate(&bytes);
        assert!(mutated == bytes || TrustStore::from_bytes(&mutated).is_err());
    }
    // With the right digest over the wrong contents: every entry is parsed and verified again.
    let resealed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut body = bytes[..bytes.len() - 35].to_vec();
        change(&mut body);
        let digest = store::sha256(&body);
        TrustStore::from_bytes(&[&body[..], &[8, 0x58, 0x20], &digest].concat())
    };
    assert!(resealed(&|_| {}).is_ok());
    assert!(resealed(&|body| body.push(0)).is_err());
    let version = resealed(&|body| body[20] = 2).unwrap_err();
    assert!(matches!(version, Error::Unsupported(Unsupported::Structure(_))));
    let list = revocation_list("FR", 3, 1, "260101", "261231");
    let at = bytes.windows(list.len()).position(|window| window == list).unwrap();
    let (store, loaded) = resealed(&|body| body[at + list.len() - 1] ^= 1).unwrap();
    assert_eq!((store.revocation_lists().len(), loaded.refused.len()), (0, 1));
    let before: Vec<_> =
        full().anchors().map(|anchor| *anchor.certificate().fingerprint()).collect();
    for _ in 0..1_000 {
        let seed = core::cell::RefCell::new(&mut mutations);
        if let Ok((store, _)) = resealed(&|body| *body = seed.borrow_mut().mutate(body)) {
            // Who can write the digest can write an anchor; that is what the seal is for.
            assert!(store.len() <= before.len() + 1);
        }
    }
}

#[test]
fn a_demanded_seal_is_checked_and_one_that_nobody_checks_is_refused() {
    let key = SealingKey::from_pkcs8(KEY).unwrap();
    let bytes = full().to_bytes();
    let sealed = seal::seal(&bytes, Sealed::TrustStore, &key).unwrap();
    let keys = [seal::SealKey::from_spki(&key.public_key()).unwrap()];
    let outcome = |bytes: &[u8], keys: &[seal::SealKey]| {
        let Assembled { trust, mut outcomes } = assemble([("store", bytes)], keys);
        let (kind, outcome) = outcomes.remove(0);
        assert_eq!((kind, trust.is_empty()), (SourceKind::Store, outcome.is_err()));
        outcome.map(|loaded| loaded.taken)
    };
    let refused = Err(Error::NotAuthentic(NotAuthentic::Seal));
    assert_eq!(outcome(&sealed, &keys), Ok(2));
    assert_eq!(outcome(&bytes, &[]), Ok(2));
    assert_eq!(outcome(&bytes, &keys), refused, "not sealed where a seal is demanded");
    assert_eq!(outcome(&sealed, &[]), refused);
    let evidence = seal::seal(&bytes, Sealed::Evidence, &key).unwrap();
    assert!(outcome(&evidence, &keys).is_err(), "sealed as something else");
    let mut mutations = Mutations(11);
    for _ in 0..300 {
        let mutated = mutations.mutate(&sealed);
        assert!(mutated == sealed || assemble([("store", &mutated[..])], &keys).trust.is_empty());
    }
}

#[test]
fn two_stores_are_compared_by_what_they_hold() {
    let old = full();
    let mut new = TrustStore::empty();
    new.add_certificate(&authority("DE", 1), "elsewhere").unwrap();
    new.add_certificate(&authority("FR", 3), "elsewhere").unwrap();
    new.add_certificate(&authority("VN", 2), "elsewhere").unwrap();
    new.add_revocation_list(&revocation_list("FR", 3, 2, "260601", "270101"), "new").unwrap();
    new.add_revocation_list(&revocation_list("VN", 2, 1, "260601", "270101"), "new").unwrap();
    let diff = TrustStore::diff(&old, &new);
    let subjects =
        |infos: &[AnchorInfo]| infos.iter().map(|i| i.subject.clone()).collect::<Vec<_>>();
    assert_eq!(subjects(&diff.added), ["C=VN, CN=CSCA"]);
    assert_eq!(
        (diff.removed.len(), subjects(&diff.intermediates_removed)),
        (0, vec!["C=XY, CN=CSCA".to_owned()])
    );
    assert_eq!((diff.signers_added, diff.signers_removed), (0, 2));
    let lists: Vec<_> = diff
        .revocation_lists
        .iter()
        .map(|change| {
            let number =
                |list: &Option<(Option<String>, _)>| list.clone().map(|list| list.0.unwrap());
            (change.authority.as_str(), number(&change.old), number(&change.new))
        })
        .collect();
    let (one, two) = (Some("01".to_owned()), Some("02".to_owned()));
    assert_eq!(lists, [("C=FR, CN=CSCA", one.clone(), two), ("C=VN, CN=CSCA", None, one)]);
    assert_eq!(diff.deviation_lists.len(), 1);
    assert_eq!(TrustStore::diff(&new, &old).removed, diff.added);
}

#[test]
fn no_damage_adds_an_anchor_that_nobody_vouches_for() {
    let (root, text) = (authority("DE", 1), directory());
    let honest: Vec<_> =
        full().anchors().map(|anchor| *anchor.certificate().fingerprint()).collect();
    let list = list_by("DE", 1, &[authority("FR", 3)]);
    let defects = deviation_list("DE", 1, &[deviation(&[write(0x82, b"id")], 1, "x")]);
    let mut mutations = Mutations(3);
    for original in [text.as_bytes(), &list[..], &defects[..]] {
        for turn in 0..400 {
            let bytes = if turn % 4 == 0 {
                original[..mutations.below(original.len())].to_vec()
            } else {
                mutations.mutate(original)
            };
            let trust =
                assemble([("root", root.as_slice()), ("bytes", bytes.as_slice())], &[]).trust;
            for anchor in trust.anchors() {
                assert!(honest.contains(anchor.certificate().fingerprint()), "turn {turn}");
            }
        }
    }
    let bag = bag(&[authority("VN", 2)], &[]);
    for end in 0..bag.len() {
        assert!(one(&bag[..end]).0.is_empty(), "{end}");
    }
    for _ in 0..2_000 {
        let _ = one(&mutations.mutate(&bag));
        let _ = SourceKind::of(&mutations.mutate(&defects));
    }
}

#[test]
fn ten_thousand_entries_load_and_one_more_is_refused() {
    let (one_authority, root) = (authority("VN", 2), authority("DE", 1));
    let entries = vec![one_authority; 10_000];
    let list = list_by("DE", 1, &entries);
    let load = |list: &[u8]| {
        let Assembled { trust, mut outcomes } =
            assemble([("root", root.as_slice()), ("list", list)], &[]);
        (trust.len(), outcomes.remove(1).1.map(|loaded| (loaded.taken, loaded.known)))
    };
    assert_eq!(load(&list), (2, Ok((1, 9_999))));
    let bomb = list_by("DE", 1, &[&entries[..], &entries[..1]].concat());
    let (anchors, outcome) = load(&bomb);
    assert!(matches!((anchors, outcome), (1, Err(Error::Malformed { .. }))));
    assert!(one(&bag(&[&entries[..], &entries[..1]].concat(), &[])).1.is_err());
    // Nested without end: refused before it costs anything.
    assert!(one(&[0x30, 0x80].repeat(100_000)).1.is_err());
    assert!(one(&pem("CERTIFICATE", &[0x30, 0x80].repeat(1_000)).into_bytes()).1.is_err());
}
