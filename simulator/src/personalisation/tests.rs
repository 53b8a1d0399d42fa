use super::*;
use crate::arithmetic::ecdsa::{self, Signature};
use crate::arithmetic::modp::ModpName;
use crate::cv_certificate::{CvAuthority, CvAuthorityOptions, CvcaFile};
use crate::der::object_identifier;
use crate::person::Person;
use crate::portrait::PortraitOptions;
use crate::tlv::{Node, node, parse_all, parse_only};

/// DG13 of the sample person, first shape of entry 13. It was written before this crate, and `openssl asn1parse` reads it.
const DG13: &str = concat!(
    "6d8201fa308201f6020101060628d316010008318201e73011020101130c303030313935303031323334301b0201020c164e",
    "677579e1bb856e205468e1bb8b205468752048c3a0300f020103130a31352f30362f3139393530090201040c044ee1bbaf30",
    "0f0201050c0a5669e1bb8774204e616d30090201060c044b696e68300b0201070c064b68c3b46e67302e0201080c2958c3a3",
    "2056c3ad2044e1bba52c20487579e1bb876e204de1baab752c2054e1bb896e68205468e1bbad3081810201090c7c53e1bb91",
    "203120c490c6b0e1bb9d6e67204de1baab752c2054e1bb9520322c204b6875207068e1bb91205468e1bbad204e676869e1bb",
    "876d2c205068c6b0e1bb9d6e672056c3ad2044e1bba52c205468c3a06e68207068e1bb91204de1baab752c2054e1bb896e68",
    "205468e1bbad204e676869e1bb876d2044c3a069302c02010a0c274ee1bb9174207275e1bb936920433a2031636d2064c6b0",
    "e1bb9b69206de1baaf74207472c3a169300f02010b130a30312f30372f32303231300f02010c0c0a31352f30362f32303335",
    "302e02010d30290c134e677579e1bb856e2056c4836e204de1baab750c125472e1baa76e205468e1bb8b205468e1bbad3015",
    "02010e30100c0e4cc3aa2056c4836e205468e1bbad300e02010f130930303031323334353630150201101310303132333435",
    "36373839414243444546",
);

fn sample() -> Personalisation {
    Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &CardOptions::default())
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap())
        .collect()
}

/// The elements of a SEQUENCE.
fn elements(sequence: &[u8]) -> Vec<Node<'_>> {
    parse_all(parse_only(sequence, 0x30).unwrap()).unwrap()
}

/// A node's own bytes again.
fn whole(element: &Node<'_>) -> Vec<u8> {
    node(element.tag, element.value)
}

#[test]
fn dg13_is_the_published_vector() {
    assert_eq!(sample().files[&file::DG13], bytes(DG13));
}

#[test]
fn dg13_of_the_second_shape_differs_in_the_parents_and_three_lengths() {
    let dg13 = dg13(&Person::sample(), ParentsShape::B, &[]);
    assert_eq!(dg13.len(), 512);
    let header = bytes("6d8201fc308201f8020101060628d316010008318201e9");
    assert!(dg13.starts_with(&header));
    let parents = bytes(
        "303002010d30150c134e677579e1bb856e2056c4836e204de1baab7530140c125472e1baa76e205468e1bb8b205468e1bbad",
    );
    assert!(dg13.windows(parents.len()).any(|window| window == parents));
    let first = bytes(DG13);
    let parents_of_first = parents.len() - 2;
    let start = dg13.windows(parents.len()).position(|window| window == parents).unwrap();
    assert_eq!(dg13[header.len()..start], first[header.len()..start]);
    assert_eq!(dg13[start + parents.len()..], first[start + parents_of_first..]);
}

#[test]
fn dg13_has_no_entry_for_what_is_not_there() {
    let numbers = |person: &Person, without: &[u8]| -> Vec<u8> {
        let dg13 = dg13(person, ParentsShape::A, without);
        let parts = parse_only(&dg13, 0x6D).unwrap().to_vec();
        let set = elements(&parts)[2];
        let entries = parse_all(set.value).unwrap();
        entries.iter().map(|entry| entry.value[2]).collect()
    };
    let person = Person::sample_indefinite();
    assert_eq!(numbers(&person, &[]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16]);
    assert_eq!(numbers(&person, &[7, 13, 16]), [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]);
    let dg13 = dg13(&person, ParentsShape::A, &[]);
    let indefinite = node(0x0C, "Không thời hạn".as_bytes());
    assert!(dg13.windows(indefinite.len()).any(|window| window == indefinite));
}

#[test]
fn card_access_is_the_constant_that_applications_ship() {
    let constant = "3134300D060804007F0007020202020101300F060A04007F00070202030202020101\
                    3012060A04007F0007020204020202010202010D";
    assert_eq!(sample().card_access.unwrap(), bytes(constant));
}

#[test]
fn com_lists_the_groups_of_the_card() {
    let card = sample();
    assert_eq!(
        card.files[&file::COM],
        *b"\x60\x18\x5F\x01\x040107\x5F\x36\x06040000\x5C\x06\x61\x75\x63\x6D\x6E\x6F"
    );
    assert_eq!(card.protected, BTreeSet::from([file::DG3]));
    assert_eq!(card.mrz_information, "195001234795061583506156");
    assert_eq!(card.can, "001234");
}

#[test]
fn dg14_repeats_card_access_and_holds_the_chips_public_key() {
    let options = CardOptions {
        chip_authentication: vec![ChipAuthenticationOption {
            key_id: Some(5),
            ..CurveName::BrainpoolP256r1.into()
        }],
        active_authentication: ActiveKind::Ecdsa(CurveName::BrainpoolP384r1),
        ..CardOptions::default()
    };
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &options);
    let dg14 = parse_only(&card.files[&file::DG14], 0x6E).unwrap();
    let infos = parse_all(parse_only(dg14, 0x31).unwrap()).unwrap();
    let announced =
        parse_all(parse_only(card.card_access.as_ref().unwrap(), 0x31).unwrap()).unwrap();
    assert!(announced.iter().all(|info| infos.contains(info)));
    assert_eq!(infos.len(), announced.len() + 2);

    let key = &card.chip_authentication[0];
    let point = key.group.encode(&key.public());
    assert!(dg14.windows(point.len()).any(|window| window == point));
    // ecdsa-plain-SHA384: as long as the key.
    let algorithm = object_identifier("0.4.0.127.0.7.1.1.4.1.4");
    assert!(dg14.windows(algorithm.len()).any(|window| window == algorithm));
    let active = match card.active_authentication.as_ref().unwrap() {
        ActiveKey::Ecdsa { key, digest } => {
            assert_eq!(*digest, DigestName::Sha384);
            key.curve.curve().encode(&key.public())
        }
        ActiveKey::Rsa { .. } => panic!("an elliptic curve was asked for"),
    };
    assert!(card.files[&file::DG15].ends_with(&active));
}

#[test]
fn a_card_without_protocols_has_neither_card_access_nor_dg14() {
    let options = CardOptions {
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        terminal_authentication: false,
        pace: Vec::new(),
        dg13: false,
        fingerprints: false,
        ..CardOptions::default()
    };
    let card = Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &options);
    assert_eq!(card.card_access, None);
    let files: Vec<u16> = card.files.keys().copied().collect();
    assert_eq!(files, [file::DG1, file::DG2, file::SOD, file::COM]);
}

/// The encoded LDSSecurityObject inside EF.SOD.
fn signed_content(sod: &[u8]) -> Vec<u8> {
    let signed_data = signed_data(sod);
    let encapsulated = elements(&whole(&elements(&signed_data)[2]))[1].value.to_vec();
    parse_only(&encapsulated, 0x04).unwrap().to_vec()
}

fn signed_data(sod: &[u8]) -> Vec<u8> {
    let content_info = parse_only(sod, 0x77).unwrap().to_vec();
    elements(&content_info)[1].value.to_vec()
}

#[test]
fn the_signed_digests_are_those_of_the_files() {
    for (lds_version, digest) in
        [(LdsVersion::V1_7, DigestName::Sha256), (LdsVersion::V1_8, DigestName::Sha512)]
    {
        let issuer = Issuer::new(IssuerOptions {
            lds_version,
            sod_digest: digest,
            ..IssuerOptions::default()
        });
        let card = issuer.personalise(&Person::sample(), &CardOptions::default());
        let content = signed_content(&card.files[&file::SOD]);
        let parts = elements(&content);
        let expected_parts = if lds_version == LdsVersion::V1_8 { 4 } else { 3 };
        assert_eq!(parts.len(), expected_parts);
        let hashes = parse_all(parts[2].value).unwrap();
        let mut groups = Vec::new();
        for hash in hashes {
            let pair = parse_all(hash.value).unwrap();
            let group = pair[0].value[0];
            assert_eq!(pair[1].value, digest.hash(&card.files[&(0x0100 + u16::from(group))]));
            groups.push(group);
        }
        assert_eq!(groups, [1, 2, 3, 13, 14, 15]);
    }
}

/// The public key in a certificate, if it is on P-384.
fn p384_key(certificate: &[u8]) -> Point {
    let to_be_signed = whole(&elements(certificate)[0]);
    let info = whole(&elements(&to_be_signed)[6]);
    let bits = elements(&info)[1].value.to_vec();
    CurveName::Secp384r1.curve().decode(&bits[1..]).unwrap()
}

fn p384_verifies(key: &Point, message: &[u8], signature: &[u8]) -> bool {
    let numbers = elements(signature);
    let number = |at: usize| BigUint::from_bytes_be(numbers[at].value);
    let signature = Signature { r: number(0), s: number(1) };
    let digest = DigestName::Sha384.hash(message);
    ecdsa::verify(&CurveName::Secp384r1.curve(), key, &digest, &signature)
}

#[test]
fn both_certificates_are_signed_by_the_authority() {
    let issuer = Issuer::new(IssuerOptions::default());
    let authority = p384_key(issuer.csca_certificate());
    for certificate in [issuer.csca_certificate(), issuer.signer_certificate()] {
        let parts = elements(certificate);
        let signature = &parts[2].value[1..];
        assert!(p384_verifies(&authority, &whole(&parts[0]), signature));
    }
    let stranger = Issuer::new(IssuerOptions { seed: 2, ..IssuerOptions::default() });
    let parts = elements(stranger.signer_certificate());
    assert!(!p384_verifies(&authority, &whole(&parts[0]), &parts[2].value[1..]));
}

#[test]
fn the_security_object_is_signed_by_the_embedded_certificate() {
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &CardOptions::default());
    let sod = &card.files[&file::SOD];
    let signed_data = signed_data(sod);
    let parts = elements(&signed_data);
    assert_eq!(parts[3].value, issuer.signer_certificate());

    let signer_infos = parse_all(parts[4].value).unwrap();
    let signer_info = parse_all(signer_infos[0].value).unwrap();
    let attributes = signer_info[3];
    let signature = signer_info[5].value;
    assert_eq!(attributes.tag, 0xA0);
    let key = p384_key(issuer.signer_certificate());
    assert!(p384_verifies(&key, &node(0x31, attributes.value), signature));

    let digest = DigestName::Sha384.hash(&signed_content(sod));
    assert!(attributes.value.windows(digest.len()).any(|window| window == digest));
}

#[test]
fn a_card_is_the_same_each_time_and_another_with_another_seed() {
    let card = sample();
    assert_eq!(card.files, sample().files);
    let issuer = Issuer::new(IssuerOptions::default());
    let options = CardOptions { seed: 2, ..CardOptions::default() };
    let other = issuer.personalise(&Person::sample(), &options);
    assert_ne!(card.chip_authentication, other.chip_authentication);
}

#[test]
fn a_clone_has_the_files_and_not_the_keys() {
    let card = sample();
    let clone = card.clone_without_private_keys();
    assert_eq!(card.files, clone.files);
    assert_ne!(card.chip_authentication, clone.chip_authentication);
    assert_ne!(card.active_authentication, clone.active_authentication);
}

#[test]
fn a_changed_card_can_be_signed_again() {
    let mut card = sample();
    let first = signed_content(&card.files[&file::SOD]);
    card.flip_bit(file::DG1, 8 * 10 + 7);
    card.withhold(file::DG15);
    card.flip_bit(file::DG15, 0);
    assert_eq!(signed_content(&card.files[&file::SOD]), first);
    assert_eq!(card.files[&file::DG1][10], sample().files[&file::DG1][10] ^ 1);

    let stranger = Issuer::new(IssuerOptions { seed: 2, ..IssuerOptions::default() });
    stranger.sign_again(&mut card);
    let content = signed_content(&card.files[&file::SOD]);
    let digest = DigestName::Sha256.hash(&card.files[&file::DG1]);
    assert!(content.windows(32).any(|window| window == digest));
    assert_eq!(parse_all(elements(&content)[2].value).unwrap().len(), 5);
}

#[test]
fn the_revocation_list_and_the_link_are_signed_by_the_authority() {
    let issuer = Issuer::new(IssuerOptions::default());
    let next = Issuer::new(IssuerOptions { seed: 2, ..IssuerOptions::default() });
    let period = issuer.options().signer_key_usage;
    let revoked = [issuer.signer_serial_number().clone()];
    let authority = p384_key(issuer.csca_certificate());
    for signed in [
        issuer.revocation_list(&revoked, 2, period),
        issuer.revocation_list(&[], 1, period),
        issuer.link_certificate(&next),
    ] {
        let parts = elements(&signed);
        assert!(p384_verifies(&authority, &whole(&parts[0]), &parts[2].value[1..]));
    }
    assert_eq!(p384_key(&issuer.link_certificate(&next)), p384_key(next.csca_certificate()));
}

#[test]
fn a_chips_key_names_its_curve_in_three_ways() {
    let issuer = Issuer::new(IssuerOptions::default());
    let key_in = |curve_parameters| {
        let options = CardOptions { curve_parameters, ..CardOptions::default() };
        issuer.personalise(&Person::sample(), &options).files[&file::DG14].clone()
    };
    let contains = |file: &[u8], bytes: &[u8]| file.windows(bytes.len()).any(|part| part == bytes);
    let curve = CurveName::BrainpoolP256r1;

    let named = key_in(CurveParameters::Named);
    assert!(contains(&named, &object_identifier(curve.object_identifier())));
    let standardised = key_in(CurveParameters::Standardised);
    // standardizedDomainParameters, INTEGER 13
    assert!(contains(&standardised, &bytes("300C060704007F0007010202010D")));
    let explicit = key_in(CurveParameters::Explicit);
    assert!(contains(&explicit, &curve.curve().p.to_bytes_be()));
    assert!(!contains(&explicit, &object_identifier(curve.object_identifier())));
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

fn personalised(options: CardOptions) -> Personalisation {
    let portrait = PortraitOptions { image: Some(vec![0xFF; 9]), ..PortraitOptions::default() };
    let options = CardOptions { portrait, ..options };
    Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &options)
}

#[test]
fn card_access_announces_every_way_of_pace_once() {
    let gm = PaceOption::new(Mapping::Generic, CurveName::Secp521r1, CipherName::Aes256);
    let explicit = PaceOption { parameters: PaceParameters::Explicit(Some(200)), ..gm };
    let card = personalised(CardOptions {
        pace: vec![
            gm,
            PaceOption::new(Mapping::Integrated, ModpName::Modp2048_224, CipherName::TripleDes),
            explicit,
            PaceOption { cipher: CipherName::Aes192, ..explicit },
            PaceOption {
                parameters: PaceParameters::Explicit(None),
                ..PaceOption::new(Mapping::Generic, ModpName::Modp2048Safe, CipherName::Aes128)
            },
            // There is no such thing, so nothing announces it.
            PaceOption::new(
                Mapping::ChipAuthentication,
                ModpName::Modp2048_224,
                CipherName::Aes128,
            ),
        ],
        chip_authentication: Vec::new(),
        terminal_authentication: false,
        ..CardOptions::default()
    });
    let card_access = card.card_access.unwrap();
    let infos = parse_all(parse_only(&card_access, 0x31).unwrap()).unwrap();
    for info in [
        "3012060A04007F00070202040204020102020112",
        "3012060A04007F00070202040301020102020101",
        "3013060A04007F000702020402040201020202 00C8",
        "3013060A04007F000702020402030201020202 00C8",
        "300F060A04007F00070202040102020102",
    ] {
        let info = bytes(&info.replace(' ', ""));
        assert!(infos.iter().any(|found| whole(found) == info), "{info:02X?}");
    }
    // Five PACEInfos, and the written-out parameters of the curve and of the prime once each.
    assert_eq!(infos.len(), 7);
    let explicit: Vec<Vec<u8>> = infos.iter().map(whole).filter(|info| info.len() > 25).collect();
    let curve = CurveName::Secp521r1.curve();
    let prime = ModpName::Modp2048Safe.group();
    assert_eq!(explicit.len(), 2);
    for (oid, number, id) in [
        ("0.4.0.127.0.7.2.2.4.2", &curve.p, Some(&[2, 2, 0, 0xC8])),
        ("0.4.0.127.0.7.2.2.4.1", &prime.q, None),
    ] {
        let oid = object_identifier(oid);
        let info = explicit.iter().find(|info| contains(info, &oid)).unwrap();
        assert!(contains(info, &number.to_bytes_be()));
        assert_eq!(elements(info).len(), if id.is_some() { 3 } else { 2 });
        assert!(id.is_none_or(|id| info.ends_with(id)));
    }
    // DG14 says the same.
    let dg14 = parse_only(&card.files[&file::DG14], 0x6E).unwrap();
    assert_eq!(dg14, card_access);
}

#[test]
fn the_key_of_the_mapping_is_signed_in_card_security() {
    let option =
        PaceOption::new(Mapping::ChipAuthentication, CurveName::Secp256r1, CipherName::Aes128);
    let issuer = Issuer::new(IssuerOptions::default());
    let shared = ChipAuthenticationOption {
        key_id: Some(12),
        ..ChipAuthenticationOption::new(CurveName::Secp256r1, CipherName::Aes256)
    };
    for (chip_authentication, keys, in_dg14) in [
        (Vec::new(), 1, false),
        (vec![CurveName::Secp384r1.into()], 2, false),
        (vec![shared], 1, true),
    ] {
        let card = personalised(CardOptions {
            pace: vec![option],
            chip_authentication,
            ..CardOptions::default()
        });
        assert_eq!(card.chip_authentication.len(), keys);
        let key = card.chip_authentication.last().unwrap();
        assert_eq!(key.key_id, Some(12));
        let public = key.group.encode(&key.public());
        assert_eq!(contains(&card.files[&file::DG14], &public), in_dg14);

        // ContentInfo { signedData, [0] { … } } without the tag of EF.SOD around it.
        let card_security = card.card_security.unwrap();
        let signed_data = elements(&card_security)[1].value.to_vec();
        let parts = elements(&signed_data);
        let encapsulated = whole(&parts[2]);
        let encapsulated = elements(&encapsulated);
        assert_eq!(whole(&encapsulated[0]), object_identifier("0.4.0.127.0.7.3.2.1"));
        let content = parse_only(encapsulated[1].value, 0x04).unwrap();
        let infos = parse_all(parse_only(content, 0x31).unwrap()).unwrap();
        let announced =
            parse_all(parse_only(card.card_access.as_ref().unwrap(), 0x31).unwrap()).unwrap();
        assert!(announced.iter().all(|info| infos.contains(info)));
        assert_eq!(infos.len(), announced.len() + keys);
        let info = infos.iter().map(whole).find(|info| contains(info, &public)).unwrap();
        assert!(info.ends_with(&[2, 1, 12]));

        let signer_info = parse_all(parts[4].value).unwrap()[0];
        let fields = parse_all(signer_info.value).unwrap();
        let attributes = fields[3].value;
        assert!(contains(attributes, &DigestName::Sha384.hash(content)));
        assert!(contains(attributes, &object_identifier("0.4.0.127.0.7.3.2.1")));
        let signer = p384_key(issuer.signer_certificate());
        assert!(p384_verifies(&signer, &node(0x31, attributes), fields[5].value));
    }
    assert_eq!(sample().card_security, None);
}

#[test]
fn keys_modulo_a_prime_in_three_notations() {
    let group = ModpName::Modp2048_256;
    let numbers = group.group();
    for (modp_parameters, oid, holds_q) in [
        (ModpParameters::Pkcs3, "1.2.840.113549.1.3.1", false),
        (ModpParameters::X942, "1.2.840.10046.2.1", true),
        (ModpParameters::Standardised, "0.4.0.127.0.7.1.2", false),
    ] {
        let option = ChipAuthenticationOption::new(group, CipherName::Aes128);
        let card = personalised(CardOptions {
            chip_authentication: vec![ChipAuthenticationOption { announced: false, ..option }],
            modp_parameters,
            ..CardOptions::default()
        });
        let dg14 = &card.files[&file::DG14];
        assert!(contains(dg14, &object_identifier(oid)));
        assert!(contains(dg14, &object_identifier("0.4.0.127.0.7.2.2.1.1")));
        assert_eq!(contains(dg14, &numbers.q.to_bytes_be()), holds_q);
        let standardised = modp_parameters == ModpParameters::Standardised;
        assert_eq!(contains(dg14, &numbers.p.to_bytes_be()), !standardised);
        // The public key, and no word about the protocol.
        let key = &card.chip_authentication[0];
        assert!(contains(dg14, &key.group.encode(&key.public())));
        assert!(!contains(dg14, &bytes("04007F000702020301")));
    }
}

#[test]
fn ciphers_of_one_key_are_announced_one_by_one() {
    let option = |cipher, key_id| ChipAuthenticationOption {
        key_id,
        ..ChipAuthenticationOption::new(CurveName::Secp256r1, cipher)
    };
    let card = personalised(CardOptions {
        chip_authentication: vec![
            option(CipherName::Aes128, Some(1)),
            option(CipherName::Aes128, Some(2)),
            option(CipherName::TripleDes, Some(1)),
        ],
        ..CardOptions::default()
    });
    let keys: Vec<_> =
        card.chip_authentication.iter().map(|key| (key.key_id, key.ciphers.as_slice())).collect();
    assert_eq!(
        keys,
        [
            (Some(1), [CipherName::Aes128, CipherName::TripleDes].as_slice()),
            (Some(2), &[CipherName::Aes128]),
        ]
    );
    assert_ne!(card.chip_authentication[0].private, card.chip_authentication[1].private);
    for key_id in [1, 2] {
        let info = [bytes("060A04007F00070202030202020101"), vec![0x02, 0x01, key_id]].concat();
        assert!(contains(&card.files[&file::DG14], &info));
    }
    let clone = card.clone_without_private_keys();
    for (key, other) in card.chip_authentication.iter().zip(&clone.chip_authentication) {
        assert_ne!(key.private, other.private);
    }
}

#[test]
fn terminal_authentication_says_where_ef_cvca_is_if_it_is_elsewhere() {
    let issuer = Issuer::new(IssuerOptions::default());
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let plain = sample();
    let personalise = |announced_file, terminal_authentication| {
        let trust = TerminalTrust { announced_file, ..authority.trust() };
        let options = CardOptions {
            terminal_trust: Some(trust),
            terminal_authentication,
            ..CardOptions::default()
        };
        issuer.personalise(&Person::sample(), &options)
    };
    // In the default place it changes nothing that a reader sees before it looks.
    let card = personalise(None, true);
    assert_eq!(card.files, plain.files);
    assert_eq!(card.card_access, plain.card_access);
    assert_eq!(card.terminal_trust, Some(authority.trust()));

    let elsewhere = CvcaFile { identifier: 0x0A19, short_identifier: Some(0x19) };
    let card = personalise(Some(elsewhere), true);
    let info =
        bytes("3016060804007F000702020202010130070402 0A19 040119".replace(' ', "").as_str());
    for file in [&card.files[&file::DG14], card.card_access.as_ref().unwrap()] {
        assert!(file.windows(info.len()).any(|window| window == info));
    }
    let unannounced = CvcaFile { short_identifier: None, ..elsewhere };
    let card = personalise(Some(unannounced), true);
    let info = bytes("3013060804007F000702020202010130040402 0A19".replace(' ', "").as_str());
    assert!(card.files[&file::DG14].windows(info.len()).any(|window| window == info));

    // A card that does not announce the protocol trusts nobody.
    assert_eq!(personalise(None, false).terminal_trust, None);
}

#[test]
fn an_iris_is_one_more_protected_group() {
    let options = CardOptions { iris: true, ..CardOptions::default() };
    let card = Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &options);
    assert_eq!(card.protected, BTreeSet::from([file::DG3, file::DG4]));
    let dg4 = &card.files[&file::DG4];
    assert!(dg4.len() > 300);
    assert!(parse_only(dg4, 0x76).is_some());
    assert!(card.files[&file::COM].ends_with(b"\x5C\x07\x61\x75\x63\x76\x6D\x6E\x6F"));
    let digest = DigestName::Sha256.hash(dg4);
    let list = signed_content(&card.files[&file::SOD]);
    assert!(list.windows(digest.len()).any(|window| window == digest));
}
