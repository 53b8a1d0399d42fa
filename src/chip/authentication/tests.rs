use std::collections::BTreeSet;

use cccd_simulator::symmetric::CipherName;

use super::*;
use crate::{
    apdu::{Line, Mailbox, testing::drive},
    crypto::DomainParameters,
    secure_messaging::{KeyPurpose, Session, derive_key, pad, tests as ends, unpad},
    sensitive::Secret,
    tlv::write,
};

const SMARTCARD: [u8; 7] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];
const STANDARDISED: [u8; 9] = [0x06, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];
const DH: u8 = 1;
const ECDH: u8 = 2;
const TRIPLE_DES: u8 = 1;
const AES_128: u8 = 2;
const AES_256: u8 = 4;

fn entry(arcs: &[u8], fields: &[Vec<u8>], key_id: Option<u8>) -> Vec<u8> {
    let mut all = write(0x06, &[&SMARTCARD, arcs].concat());
    all.extend(fields.concat());
    all.extend(key_id.map(|id| write(0x02, &[id])).unwrap_or_default());
    write(0x30, &all)
}

fn public_key(parameters: u8, private: u8) -> AgreementKey {
    let domain = DomainParameters::from_parameter_id(parameters).unwrap();
    domain.group().key_pair(&[private]).unwrap().public()
}

/// A ChipAuthenticationPublicKeyInfo in standardised parameters.
fn key_as(agreement: u8, parameters: u8, private: u8, key_id: Option<u8>) -> Vec<u8> {
    let value = public_key(parameters, private).encode();
    let value = if parameters < 8 { write(0x02, &[&[0], &value[..]].concat()) } else { value };
    let algorithm = write(0x30, &[&STANDARDISED[..], &write(0x02, &[parameters])].concat());
    let spki = [algorithm, write(0x03, &[&[0], &value[..]].concat())].concat();
    entry(&[1, agreement], &[write(0x30, &spki)], key_id)
}

fn key(parameters: u8, private: u8, key_id: Option<u8>) -> Vec<u8> {
    key_as(if parameters < 8 { DH } else { ECDH }, parameters, private, key_id)
}

fn versioned(agreement: u8, cipher: u8, version: u8, key_id: Option<u8>) -> Vec<u8> {
    entry(&[3, agreement, cipher], &[write(0x02, &[version])], key_id)
}

fn protocol(agreement: u8, cipher: u8, key_id: Option<u8>) -> Vec<u8> {
    versioned(agreement, cipher, 1, key_id)
}

fn choose(entries: &[Vec<u8>], aes_only: bool) -> Result<Option<ChipAuthenticationOffer>> {
    let infos = SecurityInfos::parse(&write(0x31, &entries.concat())).unwrap();
    ChipAuthenticationOffer::from_security_infos(&infos, aes_only)
}

/// What is chosen, with DO 84; the order in the file is no matter.
fn chosen(entries: &[Vec<u8>]) -> (String, Vec<u8>) {
    let told = |entries: &[Vec<u8>]| {
        let offer = choose(entries, false).unwrap().unwrap();
        (offer.describe(), offer.key_reference())
    };
    let mut reversed = entries.to_vec();
    reversed.reverse();
    assert_eq!(told(entries), told(&reversed));
    told(entries)
}

#[test]
fn one_key_with_one_protocol() {
    let found = chosen(&[key(13, 7, None), protocol(ECDH, AES_128, None)]);
    assert_eq!(found, ("ECDH brainpoolP256r1, AES-128".to_owned(), vec![]));
    let found = chosen(&[key(2, 7, Some(5)), protocol(DH, AES_256, Some(5))]);
    assert_eq!(found, ("DH 2048, AES-256".to_owned(), vec![0x84, 1, 5]));
    assert!(choose(&[], false).unwrap().is_none());
    assert!(choose(&[protocol(ECDH, AES_128, None)], false).unwrap().is_none());
}

#[test]
fn the_strongest_pair_is_chosen() {
    let entries = [
        key(2, 7, Some(1)),
        protocol(DH, AES_128, Some(1)),
        key(13, 7, Some(2)),
        protocol(ECDH, TRIPLE_DES, Some(2)),
        protocol(ECDH, AES_128, Some(2)),
        key(16, 7, Some(3)),
        protocol(ECDH, TRIPLE_DES, Some(3)),
    ];
    let (found, reference) = chosen(&entries);
    assert_eq!(found, "ECDH brainpoolP256r1, AES-128");
    assert_eq!(reference, [0x84, 1, 2]);
    let longer = [&entries[..], &[protocol(DH, AES_256, Some(1))]].concat();
    assert_eq!(chosen(&longer).0, "DH 2048, AES-256");
    let group = [&entries[..], &[protocol(ECDH, AES_128, Some(3))]].concat();
    assert_eq!(chosen(&group).0, "ECDH brainpoolP384r1, AES-128");
    // Of equals, the first.
    let twins = [
        key(13, 7, Some(1)),
        key(13, 8, Some(2)),
        protocol(ECDH, AES_128, Some(2)),
        protocol(ECDH, AES_128, Some(1)),
    ];
    assert!(choose(&twins, false).unwrap().unwrap().key == public_key(13, 7));
}

#[test]
fn numbers_tie_protocols_to_keys() {
    // The protocol belongs to the other key.
    let entries = [key(16, 7, Some(1)), key(13, 7, Some(2)), protocol(ECDH, AES_128, Some(2))];
    assert_eq!(chosen(&entries).0, "ECDH brainpoolP256r1, AES-128");
    let crossed = [key(16, 7, Some(1)), key(13, 7, Some(2)), protocol(ECDH, AES_128, None)];
    assert_eq!(chosen(&crossed).0, "ECDH brainpoolP384r1, 3DES");
    // The only key of its kind, numbered in one place.
    for (of_key, of_protocol) in [(Some(4), None), (None, Some(4))] {
        let entries =
            [key(13, 7, of_key), key(2, 7, Some(9)), protocol(ECDH, AES_128, of_protocol)];
        let found = chosen(&entries);
        assert_eq!(found, ("ECDH brainpoolP256r1, AES-128".to_owned(), vec![0x84, 1, 4]));
    }
    let other = [key(13, 7, Some(4)), protocol(ECDH, AES_128, Some(5))];
    assert_eq!(chosen(&other).0, "ECDH brainpoolP256r1, 3DES");
}

#[test]
fn a_key_without_protocol_means_3des_and_is_named() {
    for (parameters, words) in [(13, "ECDH brainpoolP256r1, 3DES"), (0, "DH 1024, 3DES")] {
        let offer = choose(&[key(parameters, 7, None)], false).unwrap().unwrap();
        assert!(offer.inferred());
        assert_eq!(offer.describe(), words);
        let other_kind = if parameters == 0 { ECDH } else { DH };
        let foreign = [key(parameters, 7, None), protocol(other_kind, AES_128, None)];
        assert!(choose(&foreign, false).unwrap().unwrap().inferred());
    }
    // What is named goes before what is inferred.
    let entries = [key(16, 7, Some(1)), key(13, 7, Some(2)), protocol(ECDH, TRIPLE_DES, Some(2))];
    let offer = choose(&entries, false).unwrap().unwrap();
    assert_eq!(
        (offer.inferred(), offer.describe().as_str()),
        (false, "ECDH brainpoolP256r1, 3DES")
    );
}

#[test]
fn what_cannot_be_used_is_told_apart() {
    let refused = |entries: &[Vec<u8>], aes_only| choose(entries, aes_only).err().unwrap();
    let weak = Error::PolicyRefused(PolicyRefusal::WeakAlgorithm("3DES"));
    assert_eq!(refused(&[key(13, 7, None), protocol(ECDH, TRIPLE_DES, None)], true), weak);
    assert_eq!(refused(&[key(13, 7, None)], true), weak);
    let both = [key(13, 7, None), protocol(ECDH, TRIPLE_DES, None), protocol(ECDH, AES_128, None)];
    let offer = choose(&both, true).unwrap().unwrap();
    assert_eq!(offer.describe(), "ECDH brainpoolP256r1, AES-128");
    for version in [0, 2, 3] {
        let later = [key(13, 7, None), versioned(ECDH, AES_128, version, None)];
        assert_eq!(refused(&later, false).code(), "unsupported.protocol");
    }
    let mislabelled = [key_as(DH, 13, 7, None)];
    assert!(matches!(refused(&mislabelled, false), Error::Malformed { file: "DG14", .. }));
    // A key that is no point, alone and beside a good one.
    let mut broken = key(13, 7, Some(2));
    let at = broken.len() - 4;
    broken[at] ^= 1;
    assert!(matches!(refused(&[broken.clone()], false), Error::Malformed { file: "DG14", .. }));
    let beside = [broken, key(13, 7, Some(1)), protocol(ECDH, AES_128, Some(1))];
    assert_eq!(chosen(&beside).1, [0x84, 1, 1]);
}

/// A chip with the private key 7, on a channel of AES-128 under the secret 01 01 …
struct Chip {
    counter: u128,
    ks_enc: Secret,
    ks_mac: Secret,
}

impl Chip {
    const CIPHER: BlockCipher = BlockCipher::Aes128;
    const SECRET: [u8; 32] = [1; 32];

    fn new() -> Self {
        let [ks_enc, ks_mac] = [KeyPurpose::Encryption, KeyPurpose::Authentication]
            .map(|purpose| derive_key(Self::CIPHER, &Self::SECRET, purpose));
        Self { counter: 0, ks_enc, ks_mac }
    }

    /// Header and data of a command.
    fn open(&mut self, command: &[u8]) -> ([u8; 4], Vec<u8>) {
        self.counter += 1;
        let objects = &command[5..5 + usize::from(command[4])];
        let data = tlv::Reader::new(objects).expect(0x87, "DO 87").unwrap().value;
        let mut iv = self.counter.to_be_bytes();
        Self::CIPHER.encrypt_block(self.ks_enc.expose(), &mut iv).unwrap();
        let plain = Self::CIPHER.decrypt_cbc(self.ks_enc.expose(), &iv, &data[1..]).unwrap();
        (*command.first_chunk().unwrap(), unpad(&plain).unwrap().to_vec())
    }

    /// `9000`, protected.
    fn success(&mut self) -> Vec<u8> {
        self.counter += 1;
        let status = write(0x99, &[0x90, 0]);
        let message = [&self.counter.to_be_bytes()[..], &pad(&status, 16)].concat();
        let mac = Self::CIPHER.mac(self.ks_mac.expose(), &message).unwrap();
        [status, write(0x8E, &mac), vec![0x90, 0]].concat()
    }
}

/// What came of it, the channel, and headers and data of the commands.
type Run = (Result<PendingChipAuthentication>, Channel, Vec<([u8; 4], Vec<u8>)>);

/// Runs Chip Authentication with a chip that refuses the command of this number, if there is one.
fn run(entries: &[Vec<u8>], refused: usize) -> Run {
    run_on(entries, refused).0
}

/// The same, and the outer end of the line.
fn run_on(entries: &[Vec<u8>], refused: usize) -> (Run, Mailbox) {
    let offer = choose(entries, false).unwrap().unwrap();
    let (line, mailbox) = Line::new();
    let session = Session::from_shared_secret(Chip::CIPHER, &Secret::new(Chip::SECRET.to_vec()));
    let mut channel = Channel::new(line, session);
    let mut random = |bytes: &mut [u8]| -> Result<()> {
        bytes.fill(0x55);
        Ok(())
    };
    let (mut chip, mut sent) = (Chip::new(), Vec::new());
    let run = chip_authentication(&mut channel, offer, &mut random);
    let pending = drive(&mailbox, run, |command| {
        sent.push(chip.open(command));
        if sent.len() == refused { vec![0x6A, 0x80] } else { chip.success() }
    });
    ((pending, channel, sent), mailbox)
}

#[test]
fn both_sides_agree_on_new_keys() {
    let aes = |parameters, cipher| {
        let agreement = if parameters < 8 { DH } else { ECDH };
        [key(parameters, 7, Some(5)), protocol(agreement, cipher, Some(5))]
    };
    for (entries, parameters, cipher) in [
        (&aes(13, AES_256)[..], 13, BlockCipher::Aes256),
        (&aes(0, AES_128), 0, BlockCipher::Aes128),
        (&aes(13, TRIPLE_DES), 13, BlockCipher::TripleDes),
        (&[key(0, 7, Some(5))], 0, BlockCipher::TripleDes),
    ] {
        let (pending, channel, sent) = run(entries, 0);
        let reference = vec![0x84, 1, 5];
        let sent_key = if cipher == BlockCipher::TripleDes {
            // 3DES: the key goes into MSE:Set KAT.
            let [(header, data)] = sent.as_slice() else { panic!("{} commands", sent.len()) };
            assert_eq!(*header, [0x0C, 0x22, 0x41, 0xA6]);
            let mut objects = tlv::Reader::new(data);
            let key = objects.expect(0x91, "a key").unwrap().value;
            assert_eq!(data[objects.offset()..], reference);
            key
        } else {
            // AES: MSE:Set AT names protocol and key, GENERAL AUTHENTICATE carries ours.
            let [select, authenticate] = sent.as_slice() else { panic!("{}", sent.len()) };
            assert_eq!(select.0, [0x0C, 0x22, 0x41, 0xA4]);
            let (agreement, arc) = if parameters == 0 { (DH, AES_128) } else { (ECDH, AES_256) };
            let oid = write(0x80, &[&SMARTCARD[..], &[3, agreement, arc]].concat());
            assert_eq!(select.1, [oid, reference].concat());
            assert_eq!(authenticate.0, [0x0C, 0x86, 0, 0]);
            let dynamic = tlv::Reader::new(&authenticate.1).expect(0x7C, "7C").unwrap();
            dynamic.children().unwrap().expect(0x80, "a key").unwrap().value
        };
        let group = DomainParameters::from_parameter_id(parameters).unwrap().group();
        let pk_ifd = group.public_key(sent_key).unwrap();
        assert_eq!(pending.unwrap().compressed_key(), pk_ifd.compressed());
        let secret = group.key_pair(&[7]).unwrap().agree(&pk_ifd).unwrap();
        let (ks_enc, ks_mac) = channel.session_keys().unwrap();
        assert_eq!(*ks_enc, derive_key(cipher, secret.expose(), KeyPurpose::Encryption));
        assert_eq!(*ks_mac, derive_key(cipher, secret.expose(), KeyPurpose::Authentication));
        assert!(!channel.confirmed(), "nothing is proven yet");
    }
}

#[test]
fn a_chip_that_refuses_its_own_key_is_not_genuine() {
    let entries = [key(13, 7, None), protocol(ECDH, AES_128, None)];
    for refused in [1, 2] {
        let (pending, _, sent) = run(&entries, refused);
        assert_eq!(pending.map(|_| ()).unwrap_err(), FAILED);
        assert_eq!(sent.len(), refused);
    }
}

#[test]
fn a_device_too_short_for_the_key_is_told_before_anything_is_sent() {
    for protocols in [vec![], vec![protocol(DH, AES_128, None)]] {
        let entries = [vec![key(2, 7, None)], protocols].concat();
        let (pending, _, sent) = run(&entries, 0);
        let error = pending.map(|_| ()).unwrap_err();
        assert_eq!((error, sent.len()), (Error::Reader(ReaderFault::TooLong), 0));
    }
}

/// Runs with the keys of `offered`; then the chip answers or not, and DG14 turns out to hold `signed`.
fn prove(offered: &[Vec<u8>], signed: &[Vec<u8>], answers: bool) -> Result<ChipAuthenticated> {
    let ((pending, mut channel, sent), mailbox) = run_on(offered, 0);
    let public = tlv::Reader::new(&sent[1].1).expect(0x7C, "7C").unwrap();
    let public = public.children().unwrap().expect(0x80, "a key").unwrap().value;
    let group = DomainParameters::from_parameter_id(13).unwrap().group();
    let pk_ifd = group.public_key(public).unwrap();
    if answers {
        let mut chip = ends::Chip::new(CipherName::Aes128);
        chip.secret = group.key_pair(&[7]).unwrap().agree(&pk_ifd).unwrap().expose().to_vec();
        let read = Command::select_file(0x011E);
        let answer = drive(&mailbox, channel.transmit(&read), |bytes| {
            chip.understand(&ends::parsed(bytes));
            chip.answer(0x87, &[], 0x6A82)
        });
        assert_eq!(answer.unwrap().status(), StatusWord::NOT_FOUND);
    }
    let dg14 = write(0x6E, &write(0x31, &signed.concat()));
    let list = crate::chip::active::tests::signed(&[(14, &dg14)]);
    pending.unwrap().confirm(&channel, &list.complete(&BTreeSet::new()).unwrap())
}

#[test]
fn the_proof_needs_an_answer_under_the_new_keys_and_a_signed_key() {
    let offered = [key(13, 7, Some(5)), protocol(ECDH, AES_128, Some(5))];
    let other = [key(13, 8, Some(5)), protocol(ECDH, AES_128, Some(5))];
    let both = [key(13, 8, Some(4)), key(13, 7, Some(5)), protocol(ECDH, AES_128, Some(5))];
    for signed in [&offered[..], &both] {
        let proof = prove(&offered, signed, true).unwrap();
        assert_eq!(proof.description(), "ECDH brainpoolP256r1, AES-128");
        let transcript = proof.transcript();
        assert_eq!(transcript.protocol.as_deref(), Some("0.4.0.127.0.7.2.2.3.2.2"));
        assert_eq!(transcript.group, "brainpoolP256r1");
        assert_eq!((transcript.cipher, transcript.key_id), (SessionCipher::Aes128, Some(5)));
        assert_eq!((transcript.status, transcript.ephemeral.len()), (0x6A82, 65));
        let words = "ChipAuthenticationTranscript(brainpoolP256r1, 6A82)";
        assert_eq!(format!("{transcript:?}"), words);
        assert_eq!(prove(&offered, signed, false), Err(FAILED), "no answer yet");
    }
    assert_eq!(prove(&offered, &other, true), Err(FAILED));
}

/// What others' documents hold; the last two were made for tests of parsers.
#[test]
fn foreign_groups_have_known_offers() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let folder = std::path::PathBuf::from(folder).join("files/DG14");
    let curve = Ok("ECDH brainpoolP224r1, 3DES");
    for (name, expected) in [
        ("JMRTD__b7d6a9672ca8", curve),
        ("JMRTD__e92ac4e1791d", Ok("DH 1024, 3DES")),
        ("pymrtd__a1a7b2285b95", curve),
        ("pymrtd__912693693452", Err("unsupported.protocol")),
        ("pymrtd__cf5004ffccd6", curve),
    ] {
        let file = std::fs::read(folder.join(format!("{name}.bin"))).unwrap();
        let dg14 = Dg14::parse(&file).unwrap();
        let offer = ChipAuthenticationOffer::from_security_infos(dg14.security_infos(), false);
        let found = offer.map(|offer| offer.unwrap().describe());
        let found = found.as_deref().map_err(Error::code);
        assert_eq!(found, expected, "{name}");
    }
}
