use core::cmp::Reverse;

use super::AccessKey;
use crate::{
    apdu::{Command, Limits, reference},
    crypto::{BlockCipher, Curve, DomainParameters},
    error::{Error, PolicyRefusal, Result, Unsupported},
    lds::{
        KeyAgreement, Mapping, ObjectIdentifier, PaceDomainParameterInfo, PaceInfo, PaceProtocol,
        SecurityInfos,
    },
    tlv,
};

/// One way to run PACE, as a PACEInfo announces it and this library implements it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PaceOffer {
    oid: ObjectIdentifier,
    protocol: PaceProtocol,
    domain: DomainParameters,
    /// The number by which the chip knows the parameters.
    parameter_id: Option<u64>,
    /// Whether DO 84 must say which parameters are meant.
    ambiguous: bool,
}

/// What a chip offers, strongest first.
///
/// Parameters count only if they are standardised ones: whoever could make us use a weak group would
/// learn the password from the run `[TR-03110-3 §A.2.1.3]`.
///
/// # Errors
/// `Unsupported` if there is no offer that this library can run; `PolicyRefused` if 3DES is all there
/// is and not wanted.
pub(crate) fn offers(infos: &SecurityInfos, aes_only: bool) -> Result<Vec<PaceOffer>> {
    let mut refused = None;
    let mut offers = Vec::new();
    for info in infos.pace() {
        match PaceOffer::new(info, infos) {
            Ok(offer) if aes_only && offer.cipher() == BlockCipher::TripleDes => {
                refused = Some(Error::PolicyRefused(PolicyRefusal::WeakAlgorithm("3DES")));
            }
            Ok(offer) if offers.contains(&offer) => {}
            Ok(offer) => offers.push(offer),
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    if offers.is_empty() {
        return Err(refused.unwrap_or(unsupported("PACE without PACEInfo")));
    }
    offers.sort_by_key(|offer| Reverse(offer.strength()));
    Ok(offers)
}

const fn unsupported(what: &'static str) -> Error {
    Error::Unsupported(Unsupported::Protocol(what))
}

impl PaceOffer {
    fn new(info: &PaceInfo, infos: &SecurityInfos) -> Result<Self> {
        // Version 1 made its tokens differently, so that it would look like a wrong password.
        if info.version != 2 {
            return Err(unsupported("PACE of another version than 2"));
        }
        let standardised = info.parameter_id.and_then(standardised);
        let domain = match standardised {
            Some(domain) => domain,
            None => explicit(info, infos)?,
        };
        let PaceProtocol { agreement, mapping, .. } = info.protocol;
        if domain.is_elliptic() != (agreement == KeyAgreement::Ecdh) {
            return Err(unsupported("PACE whose domain parameters are of another kind"));
        }
        // secp224r1 is the one curve whose prime the mapping's point encoding cannot work with
        // [TR-03110-3 Table 4].
        if mapping == Mapping::Integrated && domain == DomainParameters::Curve(Curve::Secp224r1) {
            return Err(unsupported("PACE-IM on secp224r1"));
        }
        let differs = |other: &PaceInfo| {
            (other.protocol.agreement, other.parameter_id) != (agreement, info.parameter_id)
        };
        Ok(Self {
            oid: info.oid,
            protocol: info.protocol,
            domain,
            parameter_id: info.parameter_id,
            ambiguous: standardised.is_none() || infos.pace().any(differs),
        })
    }

    pub(super) const fn oid(&self) -> &ObjectIdentifier {
        &self.oid
    }

    pub(super) const fn protocol(&self) -> PaceProtocol {
        self.protocol
    }

    pub(super) const fn domain(&self) -> DomainParameters {
        self.domain
    }

    pub(super) const fn parameter_id(&self) -> Option<u64> {
        self.parameter_id
    }

    pub(super) const fn cipher(&self) -> BlockCipher {
        self.protocol.cipher.block_cipher()
    }

    /// Whether DO 84 could name the parameters.
    pub(super) const fn can_be_named(&self) -> bool {
        self.parameter_id.is_some()
    }

    /// Whether DO 84 belongs into MSE:Set AT from the first try on: more than one set of parameters is
    /// on offer, or the set is not one that every chip numbers alike `[TR-03110-3 §B.14.1]`.
    pub(super) const fn is_ambiguous(&self) -> bool {
        self.ambiguous && self.can_be_named()
    }

    /// AES before 3DES, then the longer key, then the stronger group, then the mapping.
    fn strength(&self) -> (bool, usize, usize, u8, bool) {
        let aes = self.cipher() != BlockCipher::TripleDes;
        let mapping = match self.protocol.mapping {
            // It opens the chip as well as the others and proves in the same run that it is genuine.
            Mapping::ChipAuthentication => 2,
            // It does not need a point computed from the nonce, whose time could tell of it.
            Mapping::Generic => 1,
            Mapping::Integrated => 0,
        };
        let elliptic = self.domain.is_elliptic();
        (aes, self.cipher().key_length(), self.domain.strength(), mapping, elliptic)
    }

    /// Whether the device can carry the public keys of this group.
    pub(super) fn fits(&self, limits: Limits) -> bool {
        let key = tlv::write(0x83, &vec![0; self.public_key_length()]);
        let command = Command::general_authenticate(&key, false);
        command.form() == crate::apdu::Form::Short
            || limits.extended() && command.data().len() + 9 <= limits.max_command
    }

    fn public_key_length(&self) -> usize {
        let length = self.domain.group().modulus_bits().div_ceil(8);
        if self.domain.is_elliptic() { 1 + 2 * length } else { length }
    }

    /// MSE:Set AT with P1-P2 `C1A4` `[9303-11 §4.4.4.1]`.
    pub(super) fn select(&self, key: &AccessKey, named: bool) -> Command {
        let mut data = tlv::write(0x80, self.oid.as_bytes());
        data.extend(tlv::write(0x83, &[key.password() as u8]));
        if let (Some(id), true) = (self.parameter_id, named) {
            data.extend(reference(id));
        }
        Command::manage_security_environment(0xC1, 0xA4, &data)
    }

    /// In words: `ECDH-CAM, AES-128, brainpoolP256r1`.
    pub(super) fn describe(&self) -> String {
        let (agreement, mapping) = (self.protocol.agreement.name(), self.protocol.mapping.name());
        format!("{agreement}-{mapping}, {}, {}", self.cipher().name(), self.domain.name())
    }
}

fn standardised(parameter_id: u64) -> Option<DomainParameters> {
    DomainParameters::from_parameter_id(u8::try_from(parameter_id).ok()?)
}

/// The parameters that a PACEDomainParameterInfo spells out: the one with the number that the PACEInfo
/// gives, or the only one for its protocol `[9303-11 §9.2.2]`.
fn explicit(info: &PaceInfo, infos: &SecurityInfos) -> Result<DomainParameters> {
    let fits = |explicit: &&PaceDomainParameterInfo| {
        let same_protocol = explicit.agreement == info.protocol.agreement
            && explicit.mapping == info.protocol.mapping;
        same_protocol && (info.parameter_id.is_none() || info.parameter_id == explicit.parameter_id)
    };
    let mut candidates = infos.pace_domain_parameters().filter(fits);
    match (candidates.next(), candidates.next()) {
        (Some(only), None) => DomainParameters::from_algorithm_identifier(&only.domain_parameter)
            .map_err(|error| error.in_file("EF.CardAccess")),
        (None, _) => Err(unsupported("PACE without known domain parameters")),
        (Some(_), Some(_)) => Err(unsupported("PACE with more than one meaning of its parameters")),
    }
}
