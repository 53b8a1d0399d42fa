//! What is offered, what is tried after what, and what is never tried again; the chip is a script.

use super::{
    AccessKey, PaceOpened, PaceRules,
    offer::{PaceOffer, offers},
    pace,
};
use crate::{
    apdu::{Limits, Line},
    error::{Error, InvalidKey, PolicyRefusal, ReaderFault, Result, Unsupported},
    lds::SecurityInfos,
    mrz::MrzKey,
    tlv::write,
};

const PACE: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04];
/// Arcs after id-PACE: agreement and mapping.
const DH_GM: u8 = 1;
const ECDH_GM: u8 = 2;
const DH_IM: u8 = 3;
const ECDH_IM: u8 = 4;
const ECDH_CAM: u8 = 6;
/// Arcs after that: the cipher.
const TRIPLE_DES: u8 = 1;
const AES_128: u8 = 2;
const AES_192: u8 = 3;
const AES_256: u8 = 4;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn versioned(arcs: [u8; 2], version: u8, parameter_id: Option<&[u8]>) -> Vec<u8> {
    let mut fields = vec![write(0x06, &[&PACE[..], &arcs].concat()), write(0x02, &[version])];
    fields.extend(parameter_id.map(|id| write(0x02, id)));
    write(0x30, &fields.concat())
}

fn info(mapping: u8, cipher: u8, parameter_id: u8) -> Vec<u8> {
    versioned([mapping, cipher], 2, Some(&[parameter_id]))
}

fn infos(entries: &[Vec<u8>]) -> SecurityInfos {
    SecurityInfos::parse(&write(0x31, &entries.concat())).unwrap()
}

fn described(entries: &[Vec<u8>]) -> Vec<String> {
    offers(&infos(entries), false).unwrap().iter().map(PaceOffer::describe).collect()
}

fn refused(entries: &[Vec<u8>]) -> Error {
    offers(&infos(entries), false).unwrap_err()
}

#[test]
fn the_strongest_offer_comes_first() {
    let entries = [
        info(DH_GM, TRIPLE_DES, 0),
        info(ECDH_IM, AES_128, 13),
        info(ECDH_GM, TRIPLE_DES, 18),
        info(DH_IM, AES_128, 2),
        info(ECDH_GM, AES_128, 13),
        info(ECDH_CAM, AES_128, 13),
        info(DH_GM, AES_128, 2),
        info(ECDH_GM, AES_128, 10),
        info(ECDH_GM, AES_192, 8),
        info(ECDH_GM, AES_128, 18),
        info(ECDH_GM, AES_256, 12),
    ];
    let expected = [
        "ECDH-GM, AES-256, secp256r1",
        "ECDH-GM, AES-192, secp192r1",
        "ECDH-GM, AES-128, secp521r1",
        "ECDH-CAM, AES-128, brainpoolP256r1",
        "ECDH-GM, AES-128, brainpoolP256r1",
        "ECDH-IM, AES-128, brainpoolP256r1",
        "ECDH-GM, AES-128, secp224r1",
        "DH-GM, AES-128, MODP 2048/256",
        "DH-IM, AES-128, MODP 2048/256",
        "ECDH-GM, 3DES, secp521r1",
        "DH-GM, 3DES, MODP 1024/160",
    ];
    assert_eq!(described(&entries), expected);
    let mut reversed = entries.to_vec();
    reversed.reverse();
    assert_eq!(described(&reversed), expected);
}

#[test]
fn every_mapping_cipher_and_group_is_offered_but_one() {
    let mut offered = 0;
    for (mapping, groups) in
        [(DH_GM, 0..=2), (DH_IM, 0..=2), (ECDH_GM, 8..=18), (ECDH_IM, 8..=18), (ECDH_CAM, 8..=18)]
    {
        for group in groups {
            for cipher in [TRIPLE_DES, AES_128, AES_192, AES_256] {
                let found = offers(&infos(&[info(mapping, cipher, group)]), false);
                match (mapping, cipher, group) {
                    // The mapping is not defined on this curve, and CAM not with 3DES.
                    (ECDH_IM, _, 10) | (ECDH_CAM, TRIPLE_DES, _) => assert!(found.is_err()),
                    _ => offered += found.unwrap().len(),
                }
            }
        }
    }
    assert_eq!(offered, 2 * 3 * 4 + 11 * 4 + 10 * 4 + 11 * 3);
}

#[test]
fn where_aes_is_demanded_3des_is_not_offered() {
    let both = infos(&[info(ECDH_GM, TRIPLE_DES, 13), info(ECDH_GM, AES_128, 13)]);
    assert_eq!(offers(&both, false).unwrap().len(), 2);
    let only: Vec<_> = offers(&both, true).unwrap().iter().map(PaceOffer::describe).collect();
    assert_eq!(only, ["ECDH-GM, AES-128, brainpoolP256r1"]);
    let weak = infos(&[info(ECDH_GM, TRIPLE_DES, 13), info(ECDH_GM, TRIPLE_DES, 12)]);
    let refusal = Error::PolicyRefused(PolicyRefusal::WeakAlgorithm("3DES"));
    assert_eq!(offers(&weak, true).unwrap_err(), refusal);
}

#[test]
fn what_cannot_be_run_is_not_offered() {
    let unsupported = |what| Error::Unsupported(Unsupported::Protocol(what));
    let unknown = unsupported("PACE without known domain parameters");
    assert_eq!(refused(&[]), unsupported("PACE without PACEInfo"));
    let version_1 = versioned([ECDH_GM, AES_128], 1, Some(&[13]));
    assert_eq!(refused(&[version_1]), unsupported("PACE of another version than 2"));
    for id in [&[3][..], &[7], &[19], &[31], &[1, 13]] {
        assert_eq!(refused(&[versioned([ECDH_GM, AES_128], 2, Some(id))]), unknown, "{id:?}");
    }
    assert_eq!(refused(&[versioned([ECDH_GM, AES_128], 2, None)]), unknown);
    let kind = unsupported("PACE whose domain parameters are of another kind");
    assert_eq!(refused(&[info(ECDH_GM, AES_128, 0)]), kind);
    assert_eq!(refused(&[info(DH_GM, AES_128, 13)]), kind);
    let curve = unsupported("PACE-IM on secp224r1");
    assert_eq!(refused(&[info(ECDH_IM, AES_128, 10)]), curve);
    // One that can be run is offered beside any number of others, once.
    let good = info(ECDH_GM, AES_128, 13);
    let among = [info(ECDH_IM, AES_128, 10), good.clone(), info(DH_GM, AES_128, 13), good];
    assert_eq!(described(&among).len(), 1);
}

/// The numbers of brainpoolP256r1 (RFC 5639 §3.4): p, a, b, G, n.
fn brainpool_p256() -> [Vec<u8>; 5] {
    [
        "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
        "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
        "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
        "048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262\
         547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
        "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
    ]
    .map(hex)
}

/// A PACEDomainParameterInfo for ECDH-GM that spells such numbers out.
fn explicit(numbers: &[Vec<u8>; 5], parameter_id: Option<u8>) -> Vec<u8> {
    let [p, a, b, generator, n] = numbers;
    let integer = |bytes: &[u8]| write(0x02, &[&[0], bytes].concat());
    let parameters = [
        write(0x02, &[1]),
        write(0x30, &[hex("06072A8648CE3D0101"), integer(p)].concat()),
        write(0x30, &[write(0x04, a), write(0x04, b)].concat()),
        write(0x04, generator),
        integer(n),
        write(0x02, &[1]),
    ];
    let algorithm = [hex("06072A8648CE3D0201"), write(0x30, &parameters.concat())].concat();
    domain(write(0x30, &algorithm), ECDH_GM, parameter_id)
}

fn domain(algorithm: Vec<u8>, mapping: u8, parameter_id: Option<u8>) -> Vec<u8> {
    let mut fields = vec![write(0x06, &[&PACE[..], &[mapping]].concat()), algorithm];
    fields.extend(parameter_id.map(|id| write(0x02, &[id])));
    write(0x30, &fields.concat())
}

#[test]
fn explicit_parameters_are_found_by_number_or_alone() {
    let brainpool = ["ECDH-GM, AES-128, brainpoolP256r1".to_owned()];
    let good = brainpool_p256();
    let numbered = versioned([ECDH_GM, AES_128], 2, Some(&[32]));
    let bare = versioned([ECDH_GM, AES_128], 2, None);
    assert_eq!(described(&[numbered.clone(), explicit(&good, Some(32))]), brainpool);
    assert_eq!(described(&[bare.clone(), explicit(&good, Some(32))]), brainpool);
    assert_eq!(described(&[bare.clone(), explicit(&good, None)]), brainpool);
    // Of several, the one that is named; of other protocols, none.
    let number = [hex("060704007F00070102"), write(0x02, &[12])].concat();
    let named = domain(write(0x30, &number), ECDH_GM, Some(33));
    let two = [numbered.clone(), named.clone(), explicit(&good, Some(32))];
    assert_eq!(described(&two), brainpool);
    let unknown = Error::Unsupported(Unsupported::Protocol("PACE without known domain parameters"));
    assert_eq!(refused(&[numbered.clone(), named.clone()]), unknown);
    assert_eq!(refused(&[numbered, explicit(&good, None)]), unknown);
    let other = domain(write(0x30, &number), ECDH_IM, None);
    assert_eq!(refused(&[bare.clone(), other]), unknown);
    let vague = "PACE with more than one meaning of its parameters";
    let vague = Error::Unsupported(Unsupported::Protocol(vague));
    assert_eq!(refused(&[bare.clone(), named.clone(), explicit(&good, Some(32))]), vague);
    assert_eq!(described(&[bare, named]), ["ECDH-GM, AES-128, secp256r1"]);
    // A number of the standard means what the standard says.
    let overridden = [info(ECDH_GM, AES_128, 12), explicit(&good, Some(12))];
    assert_eq!(described(&overridden), ["ECDH-GM, AES-128, secp256r1"]);
}

#[test]
fn explicit_parameters_one_bit_off_are_refused() {
    let bare = versioned([ECDH_GM, AES_128], 2, None);
    for number in 0..5 {
        for bit in 0..brainpool_p256()[number].len() * 8 {
            let mut numbers = brainpool_p256();
            numbers[number][bit / 8] ^= 0x80 >> (bit % 8);
            let error = refused(&[bare.clone(), explicit(&numbers, None)]);
            assert!(
                matches!(error, Error::Unsupported(_) | Error::Malformed { .. }),
                "number {number} bit {bit}: {error}"
            );
        }
    }
}

/// Whether MSE:Set AT names the parameters when it is sent for the first time.
fn names(entries: &[Vec<u8>]) -> Vec<bool> {
    offers(&infos(entries), false).unwrap().iter().map(PaceOffer::is_ambiguous).collect()
}

#[test]
fn parameters_are_named_where_there_is_more_than_one_set() {
    assert_eq!(names(&[info(ECDH_GM, AES_128, 13)]), [false]);
    // The same set with another mapping or cipher.
    assert_eq!(names(&[info(ECDH_GM, AES_128, 13), info(ECDH_CAM, AES_256, 13)]), [false; 2]);
    assert_eq!(names(&[info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_128, 16)]), [true; 2]);
    assert_eq!(names(&[info(ECDH_GM, AES_128, 13), info(DH_GM, AES_128, 2)]), [true; 2]);
    // Even if we could not run the other.
    let reserved = versioned([ECDH_GM, AES_128], 2, Some(&[31]));
    assert_eq!(names(&[info(ECDH_GM, AES_128, 13), reserved]), [true]);
    // Explicit parameters, if they have a number.
    let numbered = versioned([ECDH_GM, AES_128], 2, Some(&[32]));
    assert_eq!(names(&[numbered, explicit(&brainpool_p256(), Some(32))]), [true]);
    let bare = versioned([ECDH_GM, AES_128], 2, None);
    assert_eq!(names(&[bare, explicit(&brainpool_p256(), Some(32))]), [false]);
}

fn can() -> AccessKey {
    AccessKey::from_can("001234").unwrap()
}

const RULES: PaceRules = PaceRules { aes_only: false, spare_last_attempt: false };

/// Runs PACE against a script and returns every command that was sent.
fn play(
    entries: &[Vec<u8>],
    key: &AccessKey,
    rules: PaceRules,
    limits: Limits,
    mut chip: impl FnMut(usize, &[u8]) -> Vec<u8>,
) -> (Result<PaceOpened>, Vec<Vec<u8>>) {
    let (line, mailbox) = Line::new();
    mailbox.set_limits(limits);
    let mut sent = Vec::new();
    let mut random = |bytes: &mut [u8]| -> Result<()> {
        bytes.fill(0x55);
        Ok(())
    };
    let infos = infos(entries);
    let run = pace(&line, &infos, key, rules, &mut random);
    let opened = crate::apdu::testing::drive(&mailbox, run, |command| {
        sent.push(command.to_vec());
        chip(sent.len(), command)
    });
    (opened, sent)
}

fn refuse_all(entries: &[Vec<u8>], status: [u8; 2]) -> (Error, Vec<Vec<u8>>) {
    let (opened, sent) = play(entries, &can(), RULES, Limits::SHORT, |_, _| status.to_vec());
    (opened.map(|_| ()).unwrap_err(), sent)
}

/// Mapping, cipher and, if they are named, domain parameters of an MSE:Set AT.
fn selected(command: &[u8]) -> (u8, u8, Option<u8>) {
    assert_eq!(command[..4], [0, 0x22, 0xC1, 0xA4]);
    assert_eq!(command[17..19], [0x83, 1]);
    let named = command.get(20..).filter(|rest| !rest.is_empty()).map(|rest| {
        assert_eq!(rest[..2], [0x84, 1]);
        rest[2]
    });
    (command[15], command[16], named)
}

#[test]
fn a_chip_that_refuses_everything_is_asked_three_times() {
    let entries = [AES_128, AES_192, AES_256, TRIPLE_DES].map(|cipher| info(ECDH_GM, cipher, 13));
    // Naming the parameters is tried once.
    let again = &[(AES_256, None), (AES_256, Some(13)), (AES_192, None), (AES_128, None)][..];
    let onwards = &[(AES_256, None), (AES_192, None), (AES_128, None)][..];
    for (status, expected) in [
        ([0x6A, 0x80], again),
        ([0x6A, 0x88], again),
        ([0x69, 0x85], again),
        ([0x6F, 0x00], again),
        ([0x6A, 0x86], onwards),
        ([0x6D, 0x00], onwards),
        ([0x6E, 0x00], onwards),
    ] {
        let (error, sent) = refuse_all(&entries, status);
        let sent: Vec<_> = sent.iter().map(|command| selected(command)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(cipher, named)| (ECDH_GM, *cipher, *named)).collect();
        assert_eq!(sent, expected);
        let status = u16::from_be_bytes(status);
        assert_eq!(error, Error::CardRefused { command: "MSE:Set AT", status });
    }
    // Where the parameters are named from the start there is nothing to add.
    let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 16)];
    let (_, sent) = refuse_all(&entries, [0x6A, 0x80]);
    let sent: Vec<_> = sent.iter().map(|command| selected(command)).collect();
    assert_eq!(sent, [(ECDH_GM, AES_256, Some(16)), (ECDH_GM, AES_128, Some(13))]);
}

#[test]
fn the_error_is_that_of_the_strongest_offer() {
    let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 16)];
    let (opened, _) =
        play(&entries, &can(), RULES, Limits::SHORT, |n, _| vec![0x6A, 0x80 + n as u8]);
    let error = opened.map(|_| ()).unwrap_err();
    assert_eq!(error, Error::CardRefused { command: "MSE:Set AT", status: 0x6A81 });
}

#[test]
fn a_step_refused_before_the_token_leads_to_the_next_offer() {
    let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 16)];
    for refused_step in [2, 3] {
        let (opened, sent) =
            play(&entries, &can(), RULES, Limits::SHORT, |n, command| match (n, command[1]) {
                (n, _) if n == refused_step => vec![0x69, 0x85],
                (n, _) if n > refused_step => vec![0x6A, 0x80],
                (_, 0x22) => vec![0x90, 0],
                _ => [&[0x7C, 18, 0x80, 16][..], &[7; 16], &[0x90, 0]].concat(),
            });
        assert_eq!(selected(sent.last().unwrap()), (ECDH_GM, AES_128, Some(13)));
        assert_eq!(sent.len(), refused_step + 1);
        let error = opened.map(|_| ()).unwrap_err();
        let status = 0x6985;
        assert_eq!(error, Error::CardRefused { command: "GENERAL AUTHENTICATE", status });
    }
}

#[test]
fn a_malformed_answer_or_a_lost_link_ends_it() {
    let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 16)];
    for (answer, kind) in [
        (&[0x90, 0][..], "malformed"),
        (&[0x7C, 0, 0x90, 0], "malformed"),
        (&[0x7C, 2, 0x80, 0, 0x90, 0], "malformed"),
        (&[0x7C, 3, 0x80, 1, 7, 0x90, 0], "malformed"),
        (&[], "link_lost"),
    ] {
        let (opened, sent) = play(&entries, &can(), RULES, Limits::SHORT, |n, _| match n {
            1 => vec![0x90, 0],
            _ => answer.to_vec(),
        });
        assert_eq!(opened.map(|_| ()).unwrap_err().kind(), kind, "{answer:02X?}");
        assert_eq!(sent.len(), 2);
    }
}

#[test]
fn warnings_of_a_counter_are_heeded() {
    let entries = [info(ECDH_GM, AES_128, 13)];
    let pin = AccessKey::from_pin("000123").unwrap();
    let sparing = PaceRules { spare_last_attempt: true, ..RULES };
    for (rules, count, expected, commands) in [
        (RULES, 0, Error::AccessDenied { attempts_left: Some(0) }, 1),
        (sparing, 0, Error::AccessDenied { attempts_left: Some(0) }, 1),
        (sparing, 1, Error::PolicyRefused(PolicyRefusal::LastAttempt), 1),
        (RULES, 1, Error::InvalidKey(InvalidKey::Suspended), 2),
        (sparing, 2, Error::InvalidKey(InvalidKey::Suspended), 2),
        (sparing, 15, Error::InvalidKey(InvalidKey::Suspended), 2),
    ] {
        let (opened, sent) = play(&entries, &pin, rules, Limits::SHORT, |n, _| match n {
            1 => vec![0x63, 0xC0 | count],
            _ => vec![0x69, 0x85],
        });
        assert_eq!(opened.map(|_| ()).unwrap_err(), expected, "63C{count:X}");
        assert_eq!(sent.len(), commands, "63C{count:X}");
    }
}

#[test]
fn the_state_of_a_pin_is_told_and_ends_it() {
    let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 13)];
    let pin = AccessKey::from_pin("000123").unwrap();
    let puk = AccessKey::from_puk("0001234567").unwrap();
    let blocked = Error::AccessDenied { attempts_left: Some(0) };
    for (key, reference) in [(pin, 3), (puk, 4)] {
        for (status, error) in [
            ([0x69, 0x83], blocked.clone()),
            ([0x69, 0x84], Error::InvalidKey(InvalidKey::Deactivated)),
            ([0x62, 0x83], Error::InvalidKey(InvalidKey::Deactivated)),
            ([0x69, 0x85], Error::InvalidKey(InvalidKey::Suspended)),
        ] {
            for step in [1, 2] {
                let (opened, sent) = play(&entries, &key, RULES, Limits::SHORT, |n, _| {
                    if n == step { status.to_vec() } else { vec![0x90, 0] }
                });
                assert_eq!(opened.map(|_| ()).unwrap_err(), error, "{status:02X?}");
                assert_eq!(sent.len(), step);
                assert_eq!(sent[0][19], reference);
            }
        }
    }
    // Neither is on this card; every card has a CAN or an MRZ.
    for key in [AccessKey::from_pin("000123"), AccessKey::from_puk("0001234567")] {
        let missing = |_: usize, _: &[u8]| vec![0x6A, 0x88];
        let (opened, _) = play(&entries, &key.unwrap(), RULES, Limits::SHORT, missing);
        let expected = Error::InvalidKey(InvalidKey::WrongKind);
        assert_eq!(opened.map(|_| ()).unwrap_err(), expected);
    }
    // A CAN has no such states; the chip means something else.
    let (error, sent) = refuse_all(&entries, [0x69, 0x85]);
    assert_eq!(error, Error::CardRefused { command: "MSE:Set AT", status: 0x6985 });
    assert_eq!(sent.len(), 3);
    let (error, sent) = refuse_all(&entries, [0x69, 0x83]);
    assert_eq!((error, sent.len()), (blocked, 1));
}

#[test]
fn a_device_without_long_commands_is_not_asked_to_carry_long_keys() {
    let long = info(DH_GM, AES_256, 2);
    let (error, sent) = refuse_all(std::slice::from_ref(&long), [0x6A, 0x80]);
    assert_eq!((error, sent.len()), (Error::Reader(ReaderFault::TooLong), 0));
    let (_, sent) = refuse_all(&[long.clone(), info(ECDH_GM, TRIPLE_DES, 13)], [0x6A, 0x80]);
    assert_eq!(selected(&sent[0]), (ECDH_GM, TRIPLE_DES, Some(13)));
    // A key of 1024 bits fits everywhere.
    let (_, sent) = refuse_all(&[info(DH_GM, AES_256, 0)], [0x6A, 0x80]);
    assert_eq!(sent.len(), 2);
    let (_, sent) = play(&[long], &can(), RULES, Limits::EXTENDED, |n, _| match n {
        1 => vec![0x90, 0],
        2 => [&[0x7C, 18, 0x80, 16][..], &[7; 16], &[0x90, 0]].concat(),
        _ => vec![0x6A, 0x80],
    });
    // Lc 0108, 7C820104 81820100 and the key, Le 0000.
    assert_eq!(sent[2].len(), 4 + 3 + 264 + 2);
    assert_eq!(sent[2][4..15], hex("000108_7C820104_81820100".replace('_', "").as_str()));
    assert!(sent[2].ends_with(&[0, 0]));
}

/// Doc 9303-11 App. G.1 as a chip that knows one run by heart.
mod by_heart {
    use super::*;

    const COMMANDS: [&str; 4] = [
        "10860000027C0000",
        "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E\
         544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
        "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C\
         3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
        "008600000C7C0A8508C2B0BD78D94BA86600",
    ];
    const ANSWERS: [&str; 4] = [
        "7C12801095A3A016522EE98D01E76CB6B98B42C39000",
        "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AA\
         A9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000",
        "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277\
         A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000",
        "7C0A86083ABB9674BCE93C089000",
    ];

    /// Answers what App. G.1 answers, but for the commands that `other` answers.
    fn play(
        entries: &[Vec<u8>],
        rules: PaceRules,
        mut other: impl FnMut(&[u8]) -> Option<Vec<u8>>,
    ) -> (Result<PaceOpened>, Vec<Vec<u8>>) {
        let (line, mailbox) = Line::new();
        let drawn = [
            "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
            "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
        ];
        let mut drawn = drawn.map(hex).into_iter();
        let mut random = |bytes: &mut [u8]| -> Result<()> {
            bytes.copy_from_slice(&drawn.next().unwrap());
            Ok(())
        };
        let key = AccessKey::from(MrzKey::from_fields("T22000129", "640812", "101031").unwrap());
        let infos = infos(entries);
        let run = pace(&line, &infos, &key, rules, &mut random);
        let mut sent = Vec::new();
        let opened = crate::apdu::testing::drive(&mailbox, run, |command| {
            sent.push(command.to_vec());
            other(command).unwrap_or_else(|| {
                let step = COMMANDS.iter().position(|known| hex(known) == command);
                step.map_or_else(|| vec![0x90, 0], |step| hex(ANSWERS[step]))
            })
        });
        (opened, sent)
    }

    #[test]
    fn the_next_offer_opens_after_a_refusal() {
        let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, AES_256, 13)];
        let (opened, sent) = play(&entries, RULES, |command| {
            (command[1] == 0x22 && selected(command).1 == AES_256).then(|| vec![0x6A, 0x80])
        });
        let opened = opened.unwrap();
        assert_eq!(sent.len(), 2 + 5);
        assert_eq!(opened.used.offers_refused(), 1);
        assert_eq!(opened.used.details(), "ECDH-GM, AES-128, brainpoolP256r1");
        assert_eq!(opened.used.group(), Some("brainpoolP256r1"));
        assert_eq!(opened.used.cipher(), crate::lds::SessionCipher::Aes128);
        assert_eq!(opened.used.mapping(), Some(crate::lds::Mapping::Generic));
    }

    #[test]
    fn the_same_offer_opens_once_its_parameters_are_named() {
        let entries = [info(ECDH_GM, AES_128, 13)];
        let (opened, sent) = play(&entries, RULES, |command| {
            (command[1] == 0x22 && selected(command).2.is_none()).then(|| vec![0x6A, 0x88])
        });
        assert_eq!(sent.len(), 1 + 5);
        assert_eq!(opened.unwrap().used.offers_refused(), 0);
    }

    #[test]
    fn a_counter_above_one_is_no_obstacle() {
        let sparing = PaceRules { spare_last_attempt: true, ..RULES };
        for (rules, count) in [(RULES, 1), (sparing, 2)] {
            let (opened, sent) = play(&[info(ECDH_GM, AES_128, 13)], rules, |command| {
                (command[1] == 0x22).then(|| vec![0x63, 0xC0 | count])
            });
            opened.unwrap();
            assert_eq!(sent.len(), 5);
        }
    }

    #[test]
    fn a_torn_answer_to_the_token_is_no_wrong_password_and_ends_it_too() {
        let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, TRIPLE_DES, 13)];
        let (opened, sent) = play(&entries, RULES, |command| {
            (command[0] == 0 && command[1] == 0x86).then(|| vec![0x7C, 0x0A, 0x86, 0x08])
        });
        assert_eq!(opened.map(|_| ()).unwrap_err().code(), "card_refused.status");
        assert_eq!(sent.len(), 5);
    }

    #[test]
    fn a_wrong_password_is_never_sent_twice() {
        // A weaker offer and another way to name this one would be left.
        let entries = [info(ECDH_GM, AES_128, 13), info(ECDH_GM, TRIPLE_DES, 13)];
        for (answer, left) in [
            ("6300", None),
            ("63C2", Some(2)),
            ("63C0", Some(0)),
            ("6982", None),
            ("6983", Some(0)),
            ("6985", None),
            ("6988", None),
            ("6A80", None),
            ("6F00", None),
            ("7C0A86080000000000000000_9000", None),
        ] {
            let answer = hex(&answer.replace('_', ""));
            let (opened, sent) = play(&entries, RULES, |command| {
                (command[0] == 0 && command[1] == 0x86).then(|| answer.clone())
            });
            let error = opened.map(|_| ()).unwrap_err();
            assert_eq!(error, Error::AccessDenied { attempts_left: left }, "{answer:02X?}");
            assert_eq!(sent.len(), 5);
        }
    }
}

mod refusal;
mod used;
