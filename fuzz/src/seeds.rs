//! First inputs: what our own authority, card and library write, and the invented PKI of `test-vectors/`.

use std::{fs, path::Path};

use cccd::{crypto::DigestAlgorithm, document::Evidence, tlv::Reader};
use cccd_simulator::{
    CardOptions, CvAuthority, CvAuthorityOptions, Issuer, IssuerOptions, Person, Personalisation,
    TerminalOptions,
    personalisation::{
        RecordEdition, atr_info, dg2, dg3, dg4, displayed_images, file, further_groups,
    },
    portrait::PortraitOptions,
    profiles,
    tlv::{node, sequence, set},
};

use super::world::WORLD;

/// The authority whose signer made the list below.
pub const LIST_ROOT: &[u8] = include_bytes!("../../test-vectors/pki/csca-a.cer");
pub const MASTER_LIST: &[u8] = include_bytes!("../../test-vectors/pki/good.ml");
pub const LIST_WITH_RUBBISH: &[u8] = include_bytes!("../../test-vectors/pki/with-rubbish.ml");
const SELF_VOUCHED_LIST: &[u8] = include_bytes!("../../test-vectors/pki/self-vouched.ml");
const REVOCATION_LISTS: [&[u8]; 3] = [
    include_bytes!("../../test-vectors/pki/a.crl"),
    include_bytes!("../../test-vectors/pki/a-empty.crl"),
    include_bytes!("../../test-vectors/pki/same-new.crl"),
];
const CERTIFICATES: [&[u8]; 5] = [
    include_bytes!("../../test-vectors/pki/good.cer"),
    include_bytes!("../../test-vectors/pki/list-signer.cer"),
    include_bytes!("../../test-vectors/pki/name-link.cer"),
    include_bytes!("../../test-vectors/pki/critical-csca.cer"),
    include_bytes!("../../test-vectors/pki/plain.cer"),
];
const LISTS_OF_DIGESTS: [&[u8]; 3] = [
    include_bytes!("../../test-vectors/pki/good.sod"),
    include_bytes!("../../test-vectors/pki/no-time.sod"),
    include_bytes!("../../test-vectors/pki/name-with-link.sod"),
];
pub const SEAL_KEY: &[u8] = include_bytes!("../../test-vectors/seal/kiosk.pub.pem");
pub const SEALED_EVIDENCE: &[u8] = include_bytes!("../../test-vectors/seal/evidence.cose");
pub const SEALED_TRUST_STORE: &[u8] = include_bytes!("../../test-vectors/seal/trust-store.cose");
const SEALED_CRITICAL: &[u8] = include_bytes!("../../test-vectors/seal/critical.cose");

const PICTURES: [&[u8]; 8] = [
    include_bytes!("../../test-vectors/pictures/grey.jpg"),
    include_bytes!("../../test-vectors/pictures/colour-progressive.jpg"),
    include_bytes!("../../test-vectors/pictures/grey-12-bit.j2k"),
    include_bytes!("../../test-vectors/pictures/grey-lossy.j2k"),
    include_bytes!("../../test-vectors/pictures/colour-lossy.jp2"),
    include_bytes!("../../test-vectors/pictures/colour-tiles.jp2"),
    include_bytes!("../../test-vectors/pictures/grey-16-bit.png"),
    include_bytes!("../../test-vectors/pictures/colour-interlaced.png"),
];
const FINGERPRINTS: [&[u8]; 3] = [
    include_bytes!("../../test-vectors/pictures/flat-70x66.wsq"),
    include_bytes!("../../test-vectors/pictures/hills-64x64.wsq"),
    include_bytes!("../../test-vectors/pictures/noise-97x64.wsq"),
];

/// A saved store ends with key 8, the head of a byte string, and a digest: 35 bytes.
const STORE_END: usize = 35;

/// First inputs of our own for the target of this name.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "tlv" => [from_cards(&[file::DG1, file::DG13]), vec![LIST_ROOT.to_vec()]].concat(),
        "response" => {
            vec![vec![1, 2, 3, 0x90, 0], vec![0x61, 0x10], vec![0x6C, 0], vec![0x63, 0xC2]]
        }
        "line" => vec![
            vec![4, 0, 1, 0, 3, 7, 0x90, 0],
            vec![4 | 8, 200, 1, 0, 2, 0x6C, 4, 4, 1, 2, 0x61, 2, 4, 3, 4, 0x90, 0],
            vec![3, 255, 0, 0, 2, 0x90, 0],
            vec![4 | 16, 0, 1, 0, 3, 1, 0x61, 1],
        ],
        "secure_messaging" => (0..12)
            .map(|first| match first / 4 {
                1 => [&[first, 0x90, 0][..], &node(0x99, &[0x90, 0])].concat(),
                _ => [&[first, 0x90, 0][..], &[0x61; 17]].concat(),
            })
            .collect(),
        "mrz" => zones(),
        "qr" => [Person::sample(), Person::sample_indefinite()]
            .iter()
            .flat_map(|person| [person.qr_2021(), person.qr_2024()])
            .chain(["Không thời hạn", "15/06/2035", "2035-06-15", "Nữ"].map(str::to_owned))
            .map(String::into_bytes)
            .collect(),
        "com" => from_cards(&[file::COM]),
        "cvca" => vec![CvAuthority::new(CvAuthorityOptions::default()).trust().ef_cvca()],
        "card_access" => every_card(|card| card.card_access.clone()),
        "card_security" => card_security(),
        "dg1" => from_cards(&[file::DG1]),
        "dg2" => from_cards(&[file::DG2]),
        "dg13" => from_cards(&[file::DG13]),
        "dg14" => every_card(|card| card.files.get(&file::DG14).cloned()),
        "dg15" => every_card(|card| card.files.get(&file::DG15).cloned()),
        "biometrics" => RecordEdition::ALL
            .into_iter()
            .flat_map(|edition| [small_face(edition), dg3(edition), dg4(edition)])
            .collect(),
        "details" => further(&[11, 12, 16]),
        "other_files" => [
            further(&[8, 9, 10]),
            vec![
                displayed_images(5, &[vec![0xFF, 0xD8, 0xFF, 0xE0]]),
                displayed_images(7, &[vec![0xFF, 0x4F, 0xFF, 0x51], vec![1]]),
                atr_info(2048, 65_538),
                node(0x61, &node(0x4F, &[0xA0, 0, 0, 2, 0x47, 0x10, 1])),
            ],
        ]
        .concat(),
        "sod" => [from_cards(&[file::SOD]), owned(&LISTS_OF_DIGESTS)].concat(),
        "lds_security_object" => {
            from_cards(&[file::SOD]).iter().filter_map(|sod| content(sod)).collect()
        }
        "certificate" => {
            [own_certificates(), owned(&CERTIFICATES), vec![LIST_ROOT.to_vec()]].concat()
        }
        "crl" => owned(&REVOCATION_LISTS),
        "master_list" => owned(&[MASTER_LIST, LIST_WITH_RUBBISH, SELF_VOUCHED_LIST]),
        "deviation_list" => vec![of_another_type(MASTER_LIST, 2, 7)],
        "list_contents" => list_contents(),
        "ldif" => vec![directory()],
        "certificates" => vec![
            pem("CERTIFICATE", LIST_ROOT),
            [pem("CERTIFICATE", CERTIFICATES[0]), pem("X509 CRL", REVOCATION_LISTS[0])].concat(),
            bag(&[LIST_ROOT, CERTIFICATES[2]]),
        ],
        "cv_certificate" => {
            let authority = CvAuthority::new(CvAuthorityOptions::default());
            let issued = authority.issue(&TerminalOptions::default()).certificates;
            let all = issued.concat();
            [issued, vec![all, authority.certificate().to_vec()]].concat()
        }
        "trust_store" => {
            let directory = directory();
            let files =
                [("a", LIST_ROOT), ("b", MASTER_LIST), ("c", &directory), ("d", CERTIFICATES[2])];
            let stores = [cccd::pki::assemble(files, &[]).trust, WORLD.trust.clone()];
            let saved = stores.map(|store| store.to_bytes());
            saved
                .iter()
                .flat_map(|saved| [saved[..saved.len() - STORE_END].to_vec(), saved.clone()])
                .collect()
        }
        "evidence" => {
            let bare = Evidence::from_files(WORLD.evidence[0].sod().reveal().clone(), [].into());
            WORLD.evidence.iter().chain([&bare]).map(Evidence::to_bytes).collect()
        }
        "picture" => owned(&PICTURES),
        "wsq" => owned(&FINGERPRINTS),
        "sealed" => owned(&[SEALED_EVIDENCE, SEALED_TRUST_STORE, SEALED_CRITICAL]),
        "chip" => {
            (0..12).map(|first| [vec![first], answers(usize::from(first % 3))].concat()).collect()
        }
        "altered_answers" => altered(),
        other => panic!("no seeds for {other}"),
    }
}

/// Other people's files for the target of this name, from the folder that CCCD_FOREIGN names.
pub fn foreign(target: &str, folder: &Path) -> Vec<Vec<u8>> {
    let places: &[&str] = match target {
        "com" => &["bsi-mustermann/EF_COM.bin", "lds/bsi2008/EF_COM.bin"],
        "card_access" => &["files/EF.CardAccess"],
        "card_security" => &["files/EF.CardSecurity"],
        "dg1" => &["bsi-mustermann/Datagroup1.bin", "lds/bsi2008/Datagroup1.bin"],
        "dg2" => &["bsi-mustermann/Datagroup2.bin", "lds/bsi2008/Datagroup2.bin", "lds/dg2"],
        "biometrics" => &[
            "bsi-mustermann/Datagroup3.bin",
            "bsi-mustermann/Datagroup4.bin",
            "lds/bsi2008/Datagroup3.bin",
            "lds/dg2",
        ],
        "dg14" => &["bsi-mustermann/Datagroup14.bin", "lds/bsi2008/Datagroup14.bin", "files/DG14"],
        "dg15" => &["bsi-mustermann/Datagroup15.bin", "lds/bsi2008/Datagroup15.bin", "files/DG15"],
        "sod" => &["bsi-mustermann/EF_SOD.bin", "lds/bsi2008/EF_SOD.bin", "files/EF.SOD"],
        "certificate" | "certificates" => &["crl", "masterlists", "pki-matrix"],
        "crl" => &["crl/COL.crl"],
        "master_list" | "deviation_list" => &["masterlists/NL_ML_2025-07-29.ml"],
        "cv_certificate" => &["files/CVC"],
        "picture" => &["images/signature.jp2", "images/silver.jp2"],
        "wsq" => &["images/fp.wsq", "images/sample_image.wsq"],
        _ => &[],
    };
    let mut found = Vec::new();
    places.iter().for_each(|place| collect(&folder.join(place), &mut found));
    found
}

fn collect(path: &Path, found: &mut Vec<Vec<u8>>) {
    if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| collect(entry, found));
    } else if path.extension().is_none_or(|kind| kind != "key" && kind != "cnf") {
        let bytes = fs::read(path).unwrap();
        // Longer ones make the fuzzer slow and teach it nothing more.
        if bytes.len() <= 64 << 10 {
            found.push(bytes);
        }
    }
}

fn owned(all: &[&[u8]]) -> Vec<Vec<u8>> {
    all.iter().map(|bytes| bytes.to_vec()).collect()
}

fn from_cards(files: &[u16]) -> Vec<Vec<u8>> {
    let all = WORLD.cards.iter().flat_map(|card| files.iter().map(|file| card.files[file].clone()));
    once(all.collect())
}

/// A face of a few pixels.
fn small_face(edition: RecordEdition) -> Vec<u8> {
    let portrait = PortraitOptions { width: 8, height: 8, target_bytes: 0, image: None };
    dg2(&portrait.make(), edition)
}

/// Groups that a CCCD does not have.
fn further(numbers: &[u8]) -> Vec<Vec<u8>> {
    let groups = further_groups(&Person::sample());
    let wanted = |identifier: u16| {
        file::data_group_number(identifier).is_some_and(|number| numbers.contains(&number))
    };
    groups.into_iter().filter(|(file, _)| wanted(*file)).map(|(_, bytes)| bytes).collect()
}

fn once(mut all: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    all.sort();
    all.dedup();
    all
}

/// A file of every card that the simulator knows by name.
fn every_card(of: impl Fn(&Personalisation) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let portrait = PortraitOptions { width: 16, height: 16, target_bytes: 0, image: None };
    let image = Some(portrait.make().image);
    let cards = profiles().map(|profile| {
        let portrait = PortraitOptions { image: image.clone(), ..PortraitOptions::default() };
        let options = CardOptions { portrait, ..profile.options };
        WORLD.issuer.personalise(&Person::sample(), &options)
    });
    once(cards.filter_map(|card| of(&card)).collect())
}

fn card_security() -> Vec<Vec<u8>> {
    let files: Vec<_> = WORLD.cards.iter().filter_map(|card| card.card_security.clone()).collect();
    let contents: Vec<_> = files.iter().filter_map(|file| content(file)).collect();
    [files, contents].concat()
}

/// What is signed inside signed data: the octet string in the encapsulated content.
fn content(signed: &[u8]) -> Option<Vec<u8>> {
    fn octets(reader: &mut Reader<'_>) -> Option<Vec<u8>> {
        while let Ok(Some(object)) = reader.next_object() {
            if object.tag == 0x04 {
                return Some(object.value.to_vec());
            }
            if object.tag & 0x20 != 0
                && let Some(found) = octets(&mut object.children().ok()?)
            {
                return Some(found);
            }
        }
        None
    }
    octets(&mut Reader::new(signed))
}

fn own_certificates() -> Vec<Vec<u8>> {
    let rsa = IssuerOptions { explicit_parameters: true, seed: 2, ..IssuerOptions::default() };
    let other = Issuer::new(rsa);
    vec![
        WORLD.issuer.csca_certificate().to_vec(),
        WORLD.issuer.signer_certificate().to_vec(),
        WORLD.issuer.link_certificate(&other),
        other.csca_certificate().to_vec(),
        other.signer_certificate().to_vec(),
    ]
}

/// The national zone, and the examples of the three formats in Doc 9303.
fn zones() -> Vec<Vec<u8>> {
    let [first, second, third] = Person::sample().mrz();
    let zones = [
        format!("{first}\n{second}\n{third}"),
        Person::sample_indefinite().mrz().concat(),
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
            .to_owned(),
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6".to_owned(),
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
            .to_owned(),
        Person::sample().can(),
    ];
    zones.map(String::into_bytes).to_vec()
}

/// The last byte of an object identifier below 2.23.136.1.1 is another wherever it occurs.
fn of_another_type(bytes: &[u8], from: u8, to: u8) -> Vec<u8> {
    let (old, new) = ([0x67, 0x81, 8, 1, 1, from], [0x67, 0x81, 8, 1, 1, to]);
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - old.len() {
        if bytes[at..at + old.len()] == old {
            bytes[at..at + new.len()].copy_from_slice(&new);
        }
    }
    bytes
}

fn list_contents() -> Vec<Vec<u8>> {
    let number = node(0x02, &[0]);
    let algorithm = sequence(&[node(0x06, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1])]);
    let kind = node(0x06, &[0x67, 0x81, 8, 1, 1, 7, 2, 1]);
    let defects = set(&[sequence(&[node(0x13, b"DG1"), kind, node(0xA0, &[5, 0])])]);
    let time = |text: &[u8]| node(0x18, text);
    let period = node(0xA4, &[time(b"20240101000000Z"), time(b"20241231000000Z")].concat());
    let name = sequence(&[set(&[sequence(&[node(0x06, &[0x55, 4, 6]), node(0x13, b"XA")])])]);
    let documents = [
        sequence(&[]),
        sequence(&[node(0x80, b"I"), node(0x82, &[7; 20]), period]),
        sequence(&[node(0xA1, &[name, node(0x02, &[9])].concat())]),
        sequence(&[
            node(0x83, &DigestAlgorithm::Sha256.digest(b"")),
            node(0xA5, &node(0x13, b"000")),
        ]),
    ];
    let deviations = documents.map(|documents| sequence(&[documents, defects.clone()]));
    vec![
        sequence(&[number.clone(), set(&[LIST_ROOT.to_vec(), CERTIFICATES[0].to_vec()])]),
        sequence(&[number, algorithm, set(&deviations)]),
    ]
}

fn bag(certificates: &[&[u8]]) -> Vec<u8> {
    let oid = |last: u8| node(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, last]);
    let inner = sequence(&[
        node(0x02, &[1]),
        set(&[]),
        sequence(&[oid(1)]),
        node(0xA0, &certificates.concat()),
        set(&[]),
    ]);
    sequence(&[oid(2), node(0xA0, &inner)])
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0, |bits, place| bits << 8 | usize::from(chunk.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
            text.push(if place > chunk.len() { '=' } else { letter });
        }
    }
    text
}

fn folded(text: &str, between: &str) -> String {
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    lines.join(between)
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let body = folded(&base64(der), "\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
}

fn directory() -> Vec<u8> {
    let entry = |place: &str, attribute: &str, der: &[u8]| {
        let value = folded(&base64(der), "\n ");
        format!("dn: cn=x,{place},dc=data,dc=pkd\nobjectClass: top\n{attribute}:: {value}\n\n")
    };
    [
        "version: 1\n# a directory\n\n".to_owned(),
        entry("o=csca,c=XA", "cACertificate;binary", LIST_ROOT),
        entry("o=dsc,c=XA", "userCertificate;binary", CERTIFICATES[0]),
        entry("o=crl,c=XA", "certificateRevocationList;binary", REVOCATION_LISTS[0]),
        entry("o=ml,c=XA", "pkdMasterListContent", MASTER_LIST),
        entry(
            "o=dsc,c=XA,dc=nc-data",
            "pkdConformanceText: none\nuserCertificate",
            CERTIFICATES[4],
        ),
    ]
    .concat()
    .into_bytes()
}

/// What a chip answers in a good read, as the target `chip` takes it.
fn answers(card: usize) -> Vec<u8> {
    let mut script = Vec::new();
    for answer in &WORLD.answers[card] {
        match u16::try_from(answer.len()).unwrap() {
            short @ 0..=252 => script.push(short.to_be_bytes()[1]),
            long => script.extend([&[253][..], &long.to_be_bytes()].concat()),
        }
        script.extend(answer);
    }
    script
}

/// Nothing, and every kind of fault once, early, in the middle and late.
fn altered() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..12).map(|first| vec![first]).collect();
    for what in 0..12 {
        for wait in [1, 4, 9, 15] {
            all.push(vec![what % 12, wait, what, 1, 7]);
        }
    }
    all
}
