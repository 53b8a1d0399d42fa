//! The issuing authority of simulated cards: it makes its own root, its document signer, and whole chips.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use super::biometrics::{dg2, dg3, dg4};
use super::certificate::{self, Content, Period};
use super::data_groups::{atr_info, com, dg1};
use super::dg13::dg13;
use super::further_groups::further_groups;
use super::keys::{CurveParameters, SigningKey};
use super::options::{ActiveKind, CardOptions, IssuerOptions, Mapping};
use super::revocation::revocation_list;
use super::security_infos::Abilities;
use super::security_object::{
    Signer, card_security_file, lds_security_object, security_object_file,
};
use super::{AccessControl, ActiveKey, ChipKey, EcKey, Personalisation, file};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::rsa::RsaKey;
use crate::chip::Behaviour;
use crate::der::{printable_string, utf8_string};
use crate::digest::DigestName;
use crate::person::Person;
use crate::random::Random;

/// A country signing authority with one document signer. The same options give the same bytes.
///
/// ```
/// use cccd_simulator::person::Person;
/// use cccd_simulator::personalisation::{CardOptions, Issuer, IssuerOptions, file};
///
/// let issuer = Issuer::new(IssuerOptions::default());
/// let card = issuer.personalise(&Person::sample(), &CardOptions::default());
/// assert_eq!(card.files[&file::DG13].len(), 510);
/// assert_eq!(card.can, "001234");
/// ```
#[derive(Clone, Debug)]
pub struct Issuer {
    options: IssuerOptions,
    csca_name: Vec<u8>,
    csca_key: SigningKey,
    csca_certificate: Vec<u8>,
    signer_key: SigningKey,
    signer_serial_number: BigUint,
    signer_certificate: Vec<u8>,
}

impl Issuer {
    /// Make the keys and both certificates.
    pub fn new(options: IssuerOptions) -> Issuer {
        let parameters = if options.explicit_parameters {
            CurveParameters::Explicit
        } else {
            CurveParameters::Named
        };
        let key = |kind, label, rsa| SigningKey::new(kind, parameters, options.seed, label, rsa);
        let csca_key = key(options.csca, "csca key", RsaKey::test_csca());
        let signer_key = key(options.signer, "signer key", RsaKey::test_signer());
        let csca_name = csca_name(&options);
        let mut random = Random::from_label(options.seed, "serial numbers");
        let csca_serial_number = certificate::serial_number(&mut random);
        let signer_serial_number = certificate::serial_number(&mut random);
        let csca_certificate =
            csca_certificate(&options, &csca_name, &csca_serial_number, &csca_key);
        let signer_certificate =
            signer_certificate(&options, &csca_name, &signer_serial_number, &csca_key, &signer_key);
        Issuer {
            options,
            csca_name,
            csca_key,
            csca_certificate,
            signer_key,
            signer_serial_number,
            signer_certificate,
        }
    }

    /// The authority's self-signed certificate, DER.
    pub fn csca_certificate(&self) -> &[u8] {
        &self.csca_certificate
    }

    /// The document signer's certificate, DER.
    pub fn signer_certificate(&self) -> &[u8] {
        &self.signer_certificate
    }

    /// The serial number in the document signer's certificate.
    pub fn signer_serial_number(&self) -> &BigUint {
        &self.signer_serial_number
    }

    /// A certificate revocation list of this authority, DER `[9303-12 §7.1.4]`.
    pub fn revocation_list(&self, revoked: &[BigUint], number: u32, period: Period) -> Vec<u8> {
        revocation_list(&self.csca_name, revoked, number, period, &self.csca_key)
    }

    /// The certificate by which this authority vouches for the key of the next one, DER `[9303-12 §4.1.4.3]`.
    pub fn link_certificate(&self, next: &Issuer) -> Vec<u8> {
        let mut random = Random::from_label(self.options.seed, "serial number of a link");
        let content = Content {
            serial_number: &certificate::serial_number(&mut random),
            issuer: &self.csca_name,
            subject: &next.csca_name,
            validity: next.options.csca_validity,
            key: &next.csca_key,
            extensions: authority_extensions(&next.options, &self.csca_key, &next.csca_key),
        };
        certificate::certificate(content, &self.csca_key)
    }

    /// The options that this authority was made with.
    pub fn options(&self) -> &IssuerOptions {
        &self.options
    }

    /// Make everything that is written to one chip, and sign it.
    pub fn personalise(&self, person: &Person, options: &CardOptions) -> Personalisation {
        let label = format!("card {}", person.id_number);
        let mut random = Random::from_label(options.seed, &label);
        let mut chip_keys = chip_authentication_keys(options, &mut random);
        let active_authentication =
            active_authentication_key(options.active_authentication, &mut random);
        add_mapping_keys(&mut chip_keys, options, &mut random);
        let terminal_trust =
            options.terminal_trust.clone().filter(|_| options.terminal_authentication);
        let abilities = Abilities {
            terminal_authentication: options.terminal_authentication,
            cvca_file: terminal_trust.as_ref().and_then(|trust| trust.announced_file),
            pace: &options.pace,
            chip_authentication: &options.chip_authentication,
            chip_keys: &chip_keys,
            active_authentication: active_authentication.as_ref(),
            curve_parameters: options.curve_parameters,
            modp_parameters: options.modp_parameters,
        };
        let card_access = abilities.card_access();
        let card_security = options
            .pace
            .iter()
            .any(|option| option.mapping == Mapping::ChipAuthentication)
            .then(|| self.sign_security_infos(&abilities.card_security()));

        let mut files = BTreeMap::new();
        files.insert(file::DG1, dg1(person));
        files.insert(file::DG2, dg2(&options.portrait.make(), options.records));
        if options.fingerprints {
            files.insert(file::DG3, dg3(options.records));
        }
        let mut protected = BTreeSet::from([file::DG3]);
        if options.iris {
            files.insert(file::DG4, dg4(options.records));
            protected.insert(file::DG4);
        }
        if options.dg13 {
            let bytes = dg13(person, options.parents_shape, &options.dg13_without);
            files.insert(file::DG13, bytes);
        }
        if options.further_groups {
            files.extend(further_groups(person));
        }
        files.extend(abilities.dg14().map(|bytes| (file::DG14, bytes)));
        files.extend(abilities.dg15().map(|bytes| (file::DG15, bytes)));
        let com = com(files.keys().copied(), self.options.lds_version);
        files.insert(file::COM, com);

        let mut personalisation = Personalisation {
            files,
            card_access,
            card_security,
            atr_info: options.atr_info.map(|(command, response)| atr_info(command, response)),
            mrz_information: person.mrz_information(),
            can: person.can(),
            pin: options.pin.clone(),
            puk: options.puk.clone(),
            access: AccessControl { bac: options.bac, pace: options.pace.clone() },
            chip_authentication: chip_keys,
            active_authentication,
            protected,
            terminal_trust,
            behaviour: behaviour(options),
        };
        self.sign_again(&mut personalisation);
        personalisation
    }

    /// Replace EF.SOD by one over the files as they are now: what a stranger does who signs a changed card himself.
    /// EF.COM stays as it is.
    pub fn sign_again(&self, personalisation: &mut Personalisation) {
        let groups = personalisation
            .files
            .iter()
            .filter_map(|(file, bytes)| Some((file::data_group_number(*file)?, bytes.as_slice())));
        let content =
            lds_security_object(groups, self.options.sod_digest, self.options.lds_version);
        let sod = self.sign_content(&content);
        personalisation.files.insert(file::SOD, sod);
    }

    /// An EF.SOD around any content at all, signed well: for tests of what a reader does with a list it should refuse.
    pub fn sign_content(&self, lds_security_object: &[u8]) -> Vec<u8> {
        security_object_file(lds_security_object, &self.signer(), self.options.signing_time)
    }

    /// An EF.CardSecurity around any SecurityInfos: a SET, as EF.CardAccess is one.
    pub fn sign_security_infos(&self, security_infos: &[u8]) -> Vec<u8> {
        card_security_file(security_infos, &self.signer(), self.options.signing_time)
    }

    fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.signer_key,
            certificate: &self.signer_certificate,
            issuer_name: &self.csca_name,
            serial_number: &self.signer_serial_number,
        }
    }
}

/// A chip that tells its buffers has no other limit.
fn behaviour(options: &CardOptions) -> Behaviour {
    match options.atr_info {
        None => Behaviour::default(),
        Some((max_command, max_response)) => Behaviour {
            max_command,
            max_response,
            max_response_data: usize::MAX,
            ..Behaviour::default()
        },
    }
}

const COUNTRY_NAME: &str = "2.5.4.6";
const ORGANIZATION_NAME: &str = "2.5.4.10";
const SERIAL_NUMBER: &str = "2.5.4.5";
const COMMON_NAME: &str = "2.5.4.3";

fn csca_name(options: &IssuerOptions) -> Vec<u8> {
    certificate::distinguished_name(&[
        (COUNTRY_NAME, printable_string(&options.country)),
        (ORGANIZATION_NAME, utf8_string(&options.organization)),
        (SERIAL_NUMBER, printable_string(&options.csca_number)),
        (COMMON_NAME, utf8_string(&options.csca_name)),
    ])
}

fn csca_certificate(
    options: &IssuerOptions,
    name: &[u8],
    serial_number: &BigUint,
    key: &SigningKey,
) -> Vec<u8> {
    let content = Content {
        serial_number,
        issuer: name,
        subject: name,
        validity: options.csca_validity,
        key,
        extensions: authority_extensions(options, key, key),
    };
    certificate::certificate(content, key)
}

fn authority_extensions(
    options: &IssuerOptions,
    issuer: &SigningKey,
    subject: &SigningKey,
) -> Vec<Vec<u8>> {
    vec![
        certificate::basic_constraints_authority(),
        certificate::authority_key_identifier(issuer),
        certificate::crl_distribution_point(REVOCATION_LIST),
        certificate::subject_key_identifier(subject),
        certificate::private_key_usage_period(options.csca_key_usage),
        certificate::key_usage_authority(),
    ]
}

/// The top-level domain `invalid` never resolves `[RFC 2606 §2]`.
const REVOCATION_LIST: &str = "http://csca.invalid/simulator.crl";

fn signer_certificate(
    options: &IssuerOptions,
    issuer: &[u8],
    serial_number: &BigUint,
    csca_key: &SigningKey,
    signer_key: &SigningKey,
) -> Vec<u8> {
    let subject = certificate::distinguished_name(&[
        (COUNTRY_NAME, printable_string(&options.country)),
        (ORGANIZATION_NAME, utf8_string(&options.organization)),
        (COMMON_NAME, utf8_string(&options.signer_name)),
    ]);
    let mut extensions = vec![
        certificate::authority_key_identifier(csca_key),
        certificate::subject_key_identifier(signer_key),
        certificate::key_usage_signer(),
        certificate::private_key_usage_period(options.signer_key_usage),
        certificate::crl_distribution_point(REVOCATION_LIST),
    ];
    if options.document_type {
        // The code in the first two characters of the CCCD's MRZ.
        extensions.push(certificate::document_type_list("ID"));
    }
    let content = Content {
        serial_number,
        issuer,
        subject: &subject,
        validity: options.signer_validity,
        key: signer_key,
        extensions,
    };
    certificate::certificate(content, csca_key)
}

/// One key for each group and identifier among the options.
fn chip_authentication_keys(options: &CardOptions, random: &mut Random) -> Vec<ChipKey> {
    let mut keys: Vec<ChipKey> = Vec::new();
    for option in &options.chip_authentication {
        let same = |key: &&mut ChipKey| (key.group, key.key_id) == (option.group, option.key_id);
        if let Some(key) = keys.iter_mut().find(same) {
            key.ciphers.push(option.cipher);
            continue;
        }
        keys.push(ChipKey {
            group: option.group,
            private: option.group.private_key(random),
            key_id: option.key_id,
            ciphers: vec![option.cipher],
        });
    }
    keys
}

/// The keys of chip authentication mapping, which carry the number of the domain parameters as App. I has it. A key of
/// Chip Authentication in the same group with that number serves for both.
fn add_mapping_keys(keys: &mut Vec<ChipKey>, options: &CardOptions, random: &mut Random) {
    for option in options.pace.iter().filter(|o| o.mapping == Mapping::ChipAuthentication) {
        let key_id = option.parameter_id().map(u32::from);
        if !keys.iter().any(|key| (key.group, key.key_id) == (option.group, key_id)) {
            let private = option.group.private_key(random);
            keys.push(ChipKey { group: option.group, private, key_id, ciphers: Vec::new() });
        }
    }
}

fn active_authentication_key(kind: ActiveKind, random: &mut Random) -> Option<ActiveKey> {
    match kind {
        ActiveKind::None => None,
        ActiveKind::Rsa2048(digest) => {
            Some(ActiveKey::Rsa { key: RsaKey::test_active_authentication(), digest })
        }
        ActiveKind::Ecdsa(curve) => Some(ActiveKey::Ecdsa {
            key: EcKey::generate(curve, random),
            digest: digest_for(curve),
        }),
        ActiveKind::EcdsaWith(curve, digest) => {
            Some(ActiveKey::Ecdsa { key: EcKey::generate(curve, random), digest })
        }
    }
}

/// The longest SHA-2 digest that is not longer than the key `[9303-11 §6.1.2.3]`; there is none for 192 bits, which get
/// the shortest.
fn digest_for(curve: CurveName) -> DigestName {
    match curve.field_length() {
        0..32 => DigestName::Sha224,
        32..48 => DigestName::Sha256,
        48..64 => DigestName::Sha384,
        _ => DigestName::Sha512,
    }
}
