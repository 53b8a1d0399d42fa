//! Problems 17 to 36: file selection, PACE, the proofs of the chip; and 51, a chip that leaves the channel.

use super::{Card, card};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::chip::TooLong;
use crate::digest::DigestName;
use crate::personalisation::{
    ActiveKind, ChipAuthenticationOption, Mapping, PaceOption, PaceParameters, file,
};
use crate::symmetric::CipherName;

pub(super) fn cards() -> Vec<Card> {
    let mut cards = selection();
    cards.extend(pace());
    cards.extend(active_authentication());
    cards.extend(chip_authentication());
    cards.push(
        card(51, "plain-data-in-channel", "READ BINARY is answered in plain inside the channel")
            .chip(|chip| chip.plain_data_in_session = true)
            .refused("channel_broken.structure"),
    );
    cards
}

fn selection() -> Vec<Card> {
    let mut cards: Vec<Card> = [
        ("select-mf-6d00", "SELECT of the master file is answered 6D00", 0x6D00),
        ("select-mf-6982", "SELECT of the master file is answered 6982", 0x6982),
        ("select-mf-6a87", "SELECT of the master file is answered 6A87", 0x6A87),
        ("select-mf-6a81", "SELECT of the master file is answered 6A81", 0x6A81),
        ("select-mf-6a86", "SELECT of the master file is answered 6A86", 0x6A86),
    ]
    .map(|(words, line, status)| card(17, words, line).chip(|chip| chip.select_mf = status))
    .into();
    cards.extend([
        card(
            17,
            "card-access-by-select",
            "EF.CardAccess can be selected, not read by its short number",
        )
        .chip(|chip| chip.card_access_by_sfi = false)
        .extra(2),
        card(17, "no-card-access", "EF.CardAccess cannot be read at all")
            .chip(|chip| {
                chip.card_access_by_sfi = false;
                chip.card_access_by_select = false;
            })
            .extra(1),
        card(17, "no-short-identifiers", "files of the application must be selected")
            .chip(|chip| chip.sfi_reads = false)
            // The first refusal; then a SELECT for every file.
            .costs(1, 6, 0),
        card(
            18,
            "directory-protected",
            "EF.DIR is answered 6982 before access control, after which comes BAC",
        )
        .bac()
        .chip(|chip| chip.directory = 0x6982),
        card(19, "no-ef-com", "there is no EF.COM on the chip")
            .written(|card| card.withhold(file::COM)),
    ]);
    cards
}

fn pace() -> Vec<Card> {
    let brainpool = CurveName::BrainpoolP256r1;
    let one = |words, line, number, option: PaceOption| {
        card(number, words, line).options(|options| options.pace = vec![option])
    };
    let explicit = |id| PaceOption {
        parameters: PaceParameters::Explicit(id),
        ..PaceOption::new(Mapping::Generic, brainpool, CipherName::Aes128)
    };
    let dh = PaceOption::new(Mapping::Generic, ModpName::Modp2048_256, CipherName::Aes128);
    let integrated = PaceOption::new(Mapping::Integrated, brainpool, CipherName::Aes128);
    let generic = |cipher| PaceOption::new(Mapping::Generic, brainpool, cipher);
    vec![
        card(
            21,
            "tag-84-needed",
            "PACE is refused unless the parameters are named, though there is one set",
        )
        .chip(|chip| chip.parameter_reference_required = true)
        .extra(1),
        card(21, "several-infos-one-oid", "three PACEInfos share one object identifier").options(
            |options| {
                options.pace = vec![
                    CurveName::Secp256r1.into(),
                    brainpool.into(),
                    CurveName::BrainpoolP384r1.into(),
                ];
            },
        ),
        card(
            22,
            "no-superfluous-le",
            "a Le with SELECT or MSE, where no data come back, is answered 6700",
        )
        .chip(|chip| chip.superfluous_le_refused = true),
        one("pace-im-only", "PACE with integrated mapping, and nothing else", 23, integrated)
            .options(|options| options.bac = false),
        one("pace-dh", "PACE modulo a prime, public values written with leading zeros", 24, dh)
            .chip(|chip| chip.full_length_integers = true),
        one(
            "aes-256",
            "PACE and Chip Authentication with AES-256",
            26,
            generic(CipherName::Aes256),
        )
        .options(|options| {
            options.chip_authentication =
                vec![ChipAuthenticationOption::new(brainpool, CipherName::Aes256)];
        }),
        one(
            "aes-192",
            "PACE and Chip Authentication with AES-192",
            26,
            generic(CipherName::Aes192),
        )
        .options(|options| {
            options.chip_authentication =
                vec![ChipAuthenticationOption::new(brainpool, CipherName::Aes192)];
        }),
        one(
            "explicit-parameters",
            "PACE with written-out domain parameters, number 32",
            27,
            explicit(Some(32)),
        ),
        one(
            "no-parameter-id",
            "PACE with written-out domain parameters without a number",
            27,
            explicit(None),
        ),
        card(28, "cam-several-keys", "PACE with chip authentication mapping; three numbered keys")
            .options(|options| {
                let key = |group: CurveName, cipher, key_id| ChipAuthenticationOption {
                    key_id: Some(key_id),
                    ..ChipAuthenticationOption::new(group, cipher)
                };
                options.pace = vec![PaceOption::new(
                    Mapping::ChipAuthentication,
                    brainpool,
                    CipherName::Aes128,
                )];
                options.chip_authentication = vec![
                    key(CurveName::Secp256r1, CipherName::Aes128, 1),
                    key(CurveName::BrainpoolP384r1, CipherName::Aes256, 2),
                ];
            }),
        card(29, "pace-only", "no Basic Access Control: 6A88")
            .options(|options| options.bac = false),
    ]
}

fn active_authentication() -> Vec<Card> {
    let rsa = |number, words, line| {
        card(number, words, line).options(|options| {
            options.active_authentication = ActiveKind::Rsa2048(DigestName::Sha256);
        })
    };
    let cut = |words, line, how| {
        rsa(30, words, line).chip(|chip| {
            chip.max_response_data = 223;
            chip.too_long = how;
        })
    };
    vec![
        rsa(
            30,
            "signature-by-get-response",
            "the signature of 256 bytes comes by 61xx and GET RESPONSE",
        )
        .chip(|chip| chip.get_response = true)
        .reader(261, 258),
        cut("signature-cut", "answers are cut at 223 bytes, the signature too", TooLong::Short),
        cut(
            "signature-6700",
            "6700 to every Le above 223, the signature's too",
            TooLong::WrongLength,
        )
        .extra(1),
        cut("signature-no-data", "9000 without data to every Le above 223", TooLong::Nothing)
            .extra(1),
        card(34, "ecdsa-in-der", "Active Authentication answers an ECDSA signature in DER")
            .chip(|chip| chip.ecdsa_signature_der = true),
        rsa(
            34,
            "rsa-smaller-signature",
            "Active Authentication answers the smaller of two RSA signatures",
        )
        .chip(|chip| chip.rsa_smaller_signature = true),
    ]
}

fn chip_authentication() -> Vec<Card> {
    let with = |number, words, line, option: ChipAuthenticationOption| {
        card(number, words, line).options(|options| options.chip_authentication = vec![option])
    };
    let triple_des = |group: Group| ChipAuthenticationOption::new(group, CipherName::TripleDes);
    let brainpool = CurveName::BrainpoolP256r1.into();
    vec![
        with(
            31,
            "ca-3des",
            "Chip Authentication with 3DES, which MSE:Set KAT selects",
            triple_des(brainpool),
        ),
        with(
            31,
            "ca-dh-3des",
            "Chip Authentication with 3DES modulo a prime",
            triple_des(ModpName::Modp1024_160.into()),
        ),
        with(
            32,
            "ca-not-announced",
            "DG14 has a key and no ChipAuthenticationInfo",
            ChipAuthenticationOption { announced: false, ..triple_des(brainpool) },
        ),
        card(33, "copy", "a copy: the right files, other private keys")
            .altered(|card| *card = card.clone_without_private_keys())
            .refused("not_genuine.chip_authentication"),
        card(33, "copy-without-ca", "a copy of a card with Active Authentication only")
            .options(|options| options.chip_authentication = Vec::new())
            .altered(|card| *card = card.clone_without_private_keys())
            .refused("not_genuine.active_authentication"),
    ]
}
