//! PACE in every form, and what the chip refuses and forges.

use num_bigint::BigUint;

use super::super::{Chip, PaceForgery, Password};
use super::terminal::{Stop, Terminal, protocol, split};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::{Element, Group};
use crate::arithmetic::modp::ModpName;
use crate::person::Person;
use crate::personalisation::{
    CardOptions, ChipKey, Issuer, IssuerOptions, Mapping, PaceOption, PaceParameters,
    Personalisation, file,
};
use crate::portrait::PortraitOptions;
use crate::profile::{PIN, PUK, Profile, profiles};
use crate::random::Random;
use crate::symmetric::CipherName;
use crate::tlv;

/// The small chip with these ways of PACE, a PIN and a PUK.
pub(super) fn contents(pace: &[PaceOption]) -> Personalisation {
    let mut contents = personalisation();
    contents.access.pace = pace.to_vec();
    contents.pin = Some(PIN.to_owned());
    contents.puk = Some(PUK.to_owned());
    contents
}

pub(super) fn terminal(contents: Personalisation) -> Terminal {
    Terminal::new(Chip::new(contents, 5))
}

pub(super) fn with(pace: &[PaceOption]) -> Terminal {
    terminal(contents(pace))
}

fn secret(chip: &Chip, password: Password) -> Vec<u8> {
    let contents = chip.personalisation();
    match password {
        Password::Mrz => chip.mrz_digest(),
        Password::Can => contents.can.clone().into_bytes(),
        Password::Pin => PIN.as_bytes().to_vec(),
        Password::Puk => PUK.as_bytes().to_vec(),
    }
}

pub(super) fn mapping_key(group: Group) -> ChipKey {
    let private = group.private_key(&mut Random::from_label(3, "mapping key"));
    ChipKey { group, private, key_id: group.parameter_id().map(u32::from), ciphers: Vec::new() }
}

/// The whole matrix: every mapping, group and cipher, standardised and written out, with every password.
#[test]
fn every_way_of_pace_with_every_password() {
    let options = profiles().filter_map(|profile| match profile.options.pace[..] {
        [option] if profile.name.starts_with("pace-") => Some(option),
        _ => None,
    });
    let mut runs = 0;
    for option in options {
        let mut contents = contents(&[option]);
        if option.mapping == Mapping::ChipAuthentication {
            contents.chip_authentication = vec![mapping_key(option.group)];
        }
        let mut terminal = terminal(contents);
        for password in Password::ALL {
            terminal.chip.reset();
            let secret = secret(&terminal.chip, password);
            let status = terminal.pace(option, &secret, password.reference());
            assert_eq!(status, 0x9000, "{option:?} {password:?}");
            if let Some((data, mapped)) = terminal.mapping_proof.take() {
                let public = terminal.chip.personalisation().chip_authentication[0].public();
                assert_eq!(option.group.multiply(&data, &public), mapped, "{option:?}");
            }
            terminal.select_application();
            assert_eq!(terminal.read(file::DG1).len(), 95);
            runs += 1;
        }
        terminal.assert_no_violations();
        let proofs = terminal.chip.chip_proofs();
        let mapped = if option.mapping == Mapping::ChipAuthentication { 4 } else { 0 };
        assert_eq!((proofs.pace, proofs.chip_authentication_mappings), (4, mapped));
    }
    assert_eq!(runs, (141 + 40) * 4);
}

/// A card of the issuer for each kind, with the mapping's key in a signed EF.CardSecurity.
#[test]
fn cards_by_name_open_with_their_password() {
    let issuer = Issuer::new(IssuerOptions::default());
    let portrait = PortraitOptions { image: Some(vec![0xFF; 100]), ..PortraitOptions::default() };
    for name in [
        "cccd",
        "pin",
        "puk",
        "pace-dh-gm-3des-modp-2048-224",
        "pace-ecdh-im-aes-256-secp521r1",
        "pace-ecdh-cam-aes-192-brainpoolP384r1",
        "pace-explicit-ecdh-cam-secp256r1",
    ] {
        let profile = Profile::named(name).unwrap();
        let options = CardOptions { portrait: portrait.clone(), ..profile.options };
        let contents = issuer.personalise(&Person::sample(), &options);
        let mut terminal = terminal(contents.clone());
        let secret = secret(&terminal.chip, profile.password);
        let option = options.pace[0];
        assert_eq!(terminal.pace(option, &secret, profile.password.reference()), 0x9000, "{name}");
        if let Some(expected) = &contents.card_security {
            let (data, status) = terminal.secure([0, 0xB0, 0x9D, 0], &[], &[0, 0]);
            assert_eq!((&data, status), (expected, 0x9000));
            let (proof, mapped) = terminal.mapping_proof.take().unwrap();
            let public = contents.chip_authentication[0].public();
            assert_eq!(option.group.multiply(&proof, &public), mapped);
            let encoded = option.group.encode(&public);
            assert!(data.windows(encoded.len()).any(|window| window == encoded));
        }
        terminal.select_application();
        assert_eq!(terminal.read(file::SOD), contents.files[&file::SOD]);
        terminal.assert_no_violations();
    }
}

#[test]
fn card_security_after_pace_in_the_master_file_only() {
    let mut contents = personalisation();
    let card_security = tlv::sequence(&[tlv::node(0x04, &[7; 300])]);
    contents.card_security = Some(card_security.clone());
    let mut terminal = terminal(contents);
    for command in ["00A4020C02011D", "00B09D0000"] {
        assert_eq!(terminal.plain(command).1, 0x6982);
    }
    assert_eq!(terminal.pace(CurveName::BrainpoolP256r1, b"001234", 2), 0x9000);
    let (by_short, _) = terminal.secure([0, 0xB0, 0x9D, 0], &[], &[0, 0]);
    assert_eq!(by_short, card_security);
    assert_eq!(terminal.secure([0, 0xA4, 2, 0x0C], &[1, 0x1D], &[]).1, 0x9000);
    let (selected, _) = terminal.secure([0, 0xB0, 0, 0], &[], &[0, 0]);
    assert_eq!(selected, card_security);
    // In the application the same identifier is EF.SOD.
    terminal.select_application();
    assert_eq!(terminal.read(file::SOD).len(), 304);
    terminal.assert_no_violations();

    // Basic Access Control does not open it, and neither does its session after a reset.
    terminal.chip.personalisation_mut().behaviour.select_mf = 0x9000;
    terminal.chip.reset();
    assert_eq!(terminal.bac("195001234795061583506156"), 0x9000);
    assert_eq!(terminal.secure([0, 0xA4, 0, 0x0C], &[0x3F, 0], &[]).1, 0x9000);
    assert_eq!(terminal.secure([0, 0xB0, 0x9D, 0], &[], &[0, 0]).1, 0x6982);
}

pub(super) fn set_at(option: PaceOption, reference: u8, parameters: Option<&[u8]>) -> Vec<u8> {
    let data = [
        tlv::node(0x80, &protocol(option)),
        tlv::node(0x83, &[reference]),
        parameters.map(|bytes| tlv::node(0x84, bytes)).unwrap_or_default(),
    ]
    .concat();
    [&[0, 0x22, 0xC1, 0xA4, data.len() as u8], data.as_slice()].concat()
}

#[test]
fn the_domain_parameters_are_chosen_where_several_share_a_protocol() {
    let first = PaceOption::from(CurveName::BrainpoolP256r1);
    let second = PaceOption::from(CurveName::Secp384r1);
    let explicit = PaceOption {
        parameters: PaceParameters::Explicit(Some(33)),
        ..PaceOption::from(CurveName::Secp521r1)
    };
    let other = PaceOption::new(Mapping::Integrated, CurveName::Secp256r1, CipherName::Aes256);
    let all = [first, second, explicit, other];
    for option in all {
        assert_eq!(with(&all).pace(option, b"001234", 2), 0x9000);
    }
    for (option, parameters, status) in [
        (first, None, 0x6A80),
        (first, Some(&[12][..]), 0x6A88),
        // Another protocol has it.
        (other, Some(&[13]), 0x6A88),
        // The group's own number is not the number of its written-out form.
        (explicit, Some(&[18]), 0x6A88),
        (first, Some(&[0, 13]), 0x6A88),
        (first, Some(&[]), 0x6A88),
        (PaceOption::from(CurveName::Secp384r1), Some(&[15]), 0x9000),
        (explicit, Some(&[33]), 0x9000),
        // Alone with its protocol.
        (other, None, 0x9000),
    ] {
        let mut terminal = with(&all);
        let (_, answer) = split(terminal.chip.process(&set_at(option, 2, parameters)));
        assert_eq!(answer, status, "{option:?} {parameters:?}");
        assert_eq!(terminal.chip.violations().len(), usize::from(status != 0x9000));
    }
    // Written-out domain parameters without an identifier cannot be named, and need not be.
    let nameless = PaceOption { parameters: PaceParameters::Explicit(None), ..first };
    assert_eq!(with(&[nameless]).pace(nameless, b"001234", 2), 0x9000);
}

#[test]
fn combinations_that_the_standard_does_not_have_are_not_offered() {
    for option in [
        PaceOption::new(Mapping::Integrated, CurveName::Secp224r1, CipherName::Aes128),
        PaceOption::new(Mapping::ChipAuthentication, CurveName::Secp256r1, CipherName::TripleDes),
        PaceOption::new(Mapping::ChipAuthentication, ModpName::Modp2048_256, CipherName::Aes128),
    ] {
        let mut terminal = with(&[option]);
        let (_, status) = split(terminal.chip.process(&set_at(option, 2, None)));
        assert_eq!(status, 0x6A80, "{option:?}");
    }
    // The right mapping with the other kind of group.
    let curve = PaceOption::from(CurveName::Secp256r1);
    let modp = PaceOption::new(Mapping::Generic, ModpName::Modp2048_256, CipherName::Aes128);
    let (_, status) = split(with(&[curve]).chip.process(&set_at(modp, 2, None)));
    assert_eq!(status, 0x6A80);
}

/// A chip that has sent its nonce.
fn after_the_nonce(option: PaceOption) -> Terminal {
    let mut terminal = with(&[option]);
    assert_eq!(split(terminal.chip.process(&set_at(option, 2, None))).1, 0x9000);
    terminal.step(&[], 0x80).unwrap();
    terminal
}

#[test]
fn nonces_are_as_long_as_the_key_in_whole_blocks() {
    for (cipher, length) in [
        (CipherName::TripleDes, 16),
        (CipherName::Aes128, 16),
        (CipherName::Aes192, 32),
        (CipherName::Aes256, 32),
    ] {
        for mapping in [Mapping::Generic, Mapping::Integrated] {
            let option = PaceOption::new(mapping, CurveName::Secp256r1, cipher);
            let mut terminal = with(&[option]);
            terminal.chip.process(&set_at(option, 2, None));
            assert_eq!(terminal.step(&[], 0x80).unwrap().len(), length);
        }
    }
}

#[test]
fn integrated_mapping_takes_a_nonce_as_long_as_the_key() {
    for (cipher, right) in [
        (CipherName::TripleDes, 16),
        (CipherName::Aes128, 16),
        (CipherName::Aes192, 24),
        (CipherName::Aes256, 32),
    ] {
        let option = PaceOption::new(Mapping::Integrated, CurveName::Secp256r1, cipher);
        for length in [0, 8, 15, 16, 17, 24, 32, 33] {
            let mut terminal = after_the_nonce(option);
            let answer = terminal.step(&tlv::node(0x81, &vec![7; length]), 0x82);
            let expected = if length == right { Ok(Vec::new()) } else { Err(Stop::Status(0x6A80)) };
            assert_eq!(answer, expected, "{cipher:?} {length}");
            assert_eq!(terminal.chip.violations().len(), usize::from(length != right));
        }
        // The agreement's data object, a second object, nothing.
        let nonce = tlv::node(0x81, &vec![7; right]);
        for data in [tlv::node(0x83, &vec![7; right]), nonce.repeat(2), Vec::new()] {
            let answer = after_the_nonce(option).step(&data, 0x82);
            assert_eq!(answer, Err(Stop::Status(0x6A80)));
        }
    }
}

#[test]
fn the_answer_to_integrated_mapping_by_behaviour() {
    let option = PaceOption::new(Mapping::Integrated, CurveName::Secp256r1, CipherName::Aes128);
    let data = tlv::node(0x7C, &tlv::node(0x81, &[7; 16]));
    for answer in [bytes("7C028200"), bytes("7C00"), Vec::new()] {
        let mut terminal = after_the_nonce(option);
        terminal.chip.personalisation_mut().behaviour.integrated_mapping_answer = answer.clone();
        let found = terminal.transmit([0x10, 0x86, 0, 0], &data, &[0]);
        assert_eq!(found, (answer, 0x9000));
    }
}

/// In both steps, for both kinds of groups: what is no public key.
#[test]
fn public_keys_that_are_none() {
    let curve = CurveName::Secp256r1.curve();
    let point = curve.encode(&curve.generator);
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = point.clone();
        change(&mut bytes);
        bytes
    };
    let points = [
        changed(|bytes| bytes[64] ^= 1),
        changed(|bytes| bytes[0] = 2),
        changed(|bytes| bytes.truncate(33)),
        changed(|bytes| bytes.push(0)),
        changed(Vec::clear),
        vec![0],
        // Another curve's.
        CurveName::Secp384r1.curve().encode(&CurveName::Secp384r1.curve().generator),
    ];
    let group = ModpName::Modp1024_160.group();
    let numbers = [
        Vec::new(),
        vec![0],
        vec![1],
        (&group.p - 1u8).to_bytes_be(),
        group.p.to_bytes_be(),
        (&group.p + &group.g).to_bytes_be(),
        // Of order 2q.
        (&group.p - &group.g).to_bytes_be(),
        [vec![0], group.g.to_bytes_be()].concat(),
    ];
    let curve = PaceOption::from(CurveName::Secp256r1);
    let modp = PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128);
    let integrated =
        PaceOption::new(Mapping::Integrated, ModpName::Modp1024_160, CipherName::Aes128);
    for (option, keys) in [(curve, points.as_slice()), (modp, &numbers), (integrated, &numbers)] {
        for key in keys {
            let mut terminal = after_the_nonce(option);
            if option.mapping == Mapping::Generic {
                let answer = terminal.step(&tlv::node(0x81, key), 0x82);
                assert_eq!(answer, Err(Stop::Status(0x6A80)), "{key:02X?}");
                // The run is over.
                let again = terminal.step(&tlv::node(0x81, key), 0x82);
                assert_eq!(again, Err(Stop::Status(0x6985)));
                terminal = after_the_nonce(option);
                let own = option.group.encode(&option.group.public_key(&BigUint::from(5u8)));
                terminal.step(&tlv::node(0x81, &own), 0x82).unwrap();
            } else {
                terminal.step(&tlv::node(0x81, &[7; 16]), 0x82).unwrap();
            }
            let answer = terminal.step(&tlv::node(0x83, key), 0x84);
            assert_eq!(answer, Err(Stop::Status(0x6A80)), "{key:02X?}");
            assert_eq!(terminal.chip.violations().len(), 1);
        }
    }
}

#[test]
fn keys_that_were_used_before_and_steps_out_of_order() {
    for option in [
        PaceOption::from(CurveName::Secp256r1),
        PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128),
    ] {
        let group = option.group;
        let key = group.encode(&group.public_key(&BigUint::from(5u8)));
        // The mapping key again in the agreement.
        let mut terminal = after_the_nonce(option);
        terminal.step(&tlv::node(0x81, &key), 0x82).unwrap();
        assert_eq!(terminal.step(&tlv::node(0x83, &key), 0x84), Err(Stop::Status(0x6A80)));
        // The chip's own key sent back to it: in the mapping it is drawn after the reader's, so it is given here.
        let mut terminal = after_the_nonce(option);
        terminal.chip.give_random(&[5]);
        assert_eq!(terminal.step(&tlv::node(0x81, &key), 0x82), Err(Stop::Status(0x6A80)));
        // Each data object in the other's place.
        let mut terminal = after_the_nonce(option);
        assert_eq!(terminal.step(&tlv::node(0x83, &key), 0x82), Err(Stop::Status(0x6A80)));
        let mut terminal = after_the_nonce(option);
        terminal.step(&tlv::node(0x81, &key), 0x82).unwrap();
        assert_eq!(terminal.step(&tlv::node(0x81, &key), 0x84), Err(Stop::Status(0x6A80)));
        // A token before the agreement.
        let mut terminal = after_the_nonce(option);
        let token = tlv::node(0x7C, &tlv::node(0x85, &[0; 8]));
        assert_eq!(terminal.transmit([0, 0x86, 0, 0], &token, &[0]).1, 0x6A80);
        // The nonce asked for twice.
        let mut terminal = after_the_nonce(option);
        assert_eq!(terminal.step(&[], 0x80), Err(Stop::Status(0x6A80)));
    }
}

/// A chip whose next message is the last.
fn after_the_agreement(option: PaceOption) -> Terminal {
    let mut terminal = after_the_nonce(option);
    let key = |number: u8| option.group.encode(&option.group.public_key(&BigUint::from(number)));
    terminal.step(&tlv::node(0x81, &key(5)), 0x82).unwrap();
    terminal.step(&tlv::node(0x83, &key(6)), 0x84).unwrap();
    terminal
}

#[test]
fn tokens_that_are_none() {
    let option = PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::TripleDes);
    for (data, status) in [
        (tlv::node(0x85, &[0; 8]), 0x6300),
        (tlv::node(0x85, &[0; 7]), 0x6A80),
        (tlv::node(0x85, &[0; 16]), 0x6A80),
        (tlv::node(0x86, &[0; 8]), 0x6A80),
        (Vec::new(), 0x6A80),
    ] {
        let mut terminal = after_the_agreement(option);
        let data = tlv::node(0x7C, &data);
        assert_eq!(terminal.transmit([0, 0x86, 0, 0], &data, &[0]).1, status);
        assert!(!terminal.chip.session_established());
    }
    let mut terminal = after_the_agreement(option);
    let data = tlv::node(0x7C, &tlv::node(0x85, &[0; 8]));
    assert_eq!(terminal.transmit([0x10, 0x86, 0, 0], &data, &[0]).1, 0x6883);
}

#[test]
fn long_keys_need_extended_length() {
    let option = PaceOption::new(Mapping::Generic, ModpName::Modp2048_256, CipherName::Aes128);
    let mut terminal = after_the_nonce(option);
    let key = option.group.encode(&option.group.public_key(&BigUint::from(5u8)));
    let data = tlv::node(0x7C, &tlv::node(0x81, &key));
    let command = [
        &[0x10, 0x86, 0, 0, 0, (data.len() >> 8) as u8, data.len() as u8],
        data.as_slice(),
        // Room for 256 bytes, which is too little.
        &[1, 0],
    ]
    .concat();
    assert_eq!(split(terminal.chip.process(&command)).1, 0x6700);
    assert_eq!(terminal.step(&tlv::node(0x81, &key), 0x82), Err(Stop::Status(0x6985)));
}

/// Whatever an honest reader checks, one of these chips violates.
#[test]
fn forgeries_show_in_the_right_step() {
    let curve = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes128,
    );
    let modp = PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128);
    for (forgery, what) in [
        (PaceForgery::MappingKeyOutsideGroup, "mapping key"),
        (PaceForgery::MappingKeyEchoed, "mapping key echoed"),
        (PaceForgery::AgreementKeyOutsideGroup, "agreement key"),
        (PaceForgery::AgreementKeyEchoed, "agreement key echoed"),
        (PaceForgery::WrongToken, "token"),
    ] {
        for option in [curve, modp] {
            let mut terminal = with(&[option]);
            terminal.chip.personalisation_mut().behaviour.pace_forgery = Some(forgery);
            let stop = terminal.try_pace(option, b"001234", 2).unwrap_err();
            assert_eq!(stop, Stop::Forged(what), "{option:?}");
        }
    }
    for forgery in
        [PaceForgery::RandomChipAuthenticationData, PaceForgery::ChipAuthenticationDataOfAnotherKey]
    {
        let mut terminal = with(&[curve]);
        terminal.chip.personalisation_mut().behaviour.pace_forgery = Some(forgery);
        assert_eq!(terminal.pace(curve, b"001234", 2), 0x9000);
        let (data, mapped) = terminal.mapping_proof.take().unwrap();
        let public = terminal.chip.personalisation().chip_authentication[0].public();
        assert_ne!(curve.group.multiply(&data, &public), mapped);
        // The channel works: nothing but the data is wrong.
        terminal.select_application();
        assert_eq!(terminal.read(file::DG1).len(), 95);
    }
    let mut terminal = with(&[curve]);
    terminal.chip.personalisation_mut().behaviour.pace_forgery =
        Some(PaceForgery::NoChipAuthenticationData);
    let stop = terminal.try_pace(curve, b"001234", 2).unwrap_err();
    assert_eq!(stop, Stop::Forged("no chip authentication data"));
}

#[test]
fn the_mapping_key_is_the_one_with_the_number_of_the_parameters() {
    let option = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes256,
    );
    let numbered = mapping_key(option.group);
    let other = ChipKey {
        private: BigUint::from(99u8),
        key_id: Some(1),
        ciphers: vec![CipherName::Aes128],
        ..numbered.clone()
    };
    for (keys, used) in
        [(vec![other.clone(), numbered.clone()], &numbered), (vec![other.clone()], &other)]
    {
        let mut contents = contents(&[option]);
        contents.chip_authentication = keys;
        let mut terminal = terminal(contents);
        assert_eq!(terminal.pace(option, b"001234", 2), 0x9000);
        let (data, mapped) = terminal.mapping_proof.take().unwrap();
        assert_eq!(option.group.multiply(&data, &used.public()), mapped);
    }
    // Without a key on that curve the chip has nothing to prove with.
    let mut contents = contents(&[option]);
    contents.chip_authentication = vec![mapping_key(CurveName::Secp256r1.into())];
    assert_eq!(terminal(contents).pace(option, b"001234", 2), 0x6985);
}

/// A private key whose public key has a leading zero byte.
fn short_key(option: PaceOption, generator: &Element) -> BigUint {
    let mut private = BigUint::from(2u8);
    let mut element = option.group.combine(generator, generator);
    while option.group.encode(&element).len() == option.group.encode_full(&element).len() {
        private += 1u8;
        element = option.group.combine(&element, generator);
    }
    private
}

#[test]
fn integers_without_and_with_leading_zeros() {
    let option = PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128);
    let generator = option.group.generator();
    let private = short_key(option, &generator);
    let public = option.group.public_key(&private);
    for full in [false, true] {
        let mut terminal = with(&[option]);
        terminal.chip.personalisation_mut().behaviour.full_length_integers = full;
        terminal.chip.process(&set_at(option, 2, None));
        terminal.step(&[], 0x80).unwrap();
        terminal.chip.give_random(&private.to_bytes_be());
        let own = option.group.encode(&option.group.public_key(&BigUint::from(5u8)));
        let mapped = terminal.step(&tlv::node(0x81, &own), 0x82).unwrap();
        let expected =
            if full { option.group.encode_full(&public) } else { option.group.encode(&public) };
        assert_eq!(mapped, expected);
    }
    // The reader's key with a leading zero is understood and remarked.
    let mut terminal = after_the_nonce(option);
    let padded = option.group.encode_full(&public);
    assert_eq!(padded[0], 0);
    terminal.step(&tlv::node(0x81, &padded), 0x82).unwrap();
    assert_eq!(terminal.chip.violations().len(), 1);
}
