//! Key agreement in either kind of group: elliptic curves, and integers modulo a prime.
//!
//! PACE and Chip Authentication are written once over these types; `[9303-11 §9.4, §9.5]`.

use super::{
    Curve, DigestAlgorithm, Random,
    asn1::{self, Algorithm},
    dh::{self, DhGroup, DhKeyPair, DhParameters, DhPublicKey, Modp},
    ec::{EcGroup, EcKeyPair, EcPublicKey},
    signature::{EC_PUBLIC_KEY, PublicKey},
};
use crate::{
    error::{Error, Result, Unsupported},
    sensitive::Secret,
    tlv::Reader,
};

/// The standardised domain parameters `[9303-11 §9.5.1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DomainParameters {
    /// 0 to 2.
    Modp(Modp),
    /// 8 to 18.
    Curve(Curve),
}

/// An `AlgorithmIdentifier` that names standardised parameters by their number `[9303-11 §9.5.1]`.
pub(super) const STANDARDIZED: &str = "0.4.0.127.0.7.1.2";

impl DomainParameters {
    /// The parameters with this number; the rest is reserved.
    pub(crate) fn from_parameter_id(id: u8) -> Option<Self> {
        let modp = Modp::from_parameter_id(id).map(Self::Modp);
        modp.or_else(|| Curve::from_parameter_id(id).map(Self::Curve))
    }

    /// Reads an `AlgorithmIdentifier`: a number, a curve's name, or explicit numbers that are every one
    /// those of standardised parameters.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for parameters that are not standardised.
    pub(crate) fn from_algorithm_identifier(der: &[u8]) -> Result<Self> {
        let mut outer = Reader::new(der);
        let algorithm = asn1::algorithm(&outer.expect(asn1::SEQUENCE, "an AlgorithmIdentifier")?)?;
        outer.finish()?;
        Self::from_algorithm(&algorithm)
    }

    pub(super) fn from_algorithm(algorithm: &Algorithm<'_>) -> Result<Self> {
        const OTHER: Error = Error::Unsupported(Unsupported::Algorithm(
            "domain parameters that are not standardised",
        ));
        let parameters = algorithm.parameters.unwrap_or_default();
        match algorithm.oid.as_str() {
            STANDARDIZED => {
                let mut reader = Reader::new(parameters);
                let number = reader.expect(asn1::INTEGER, "a number of domain parameters")?;
                reader.finish()?;
                match number.value {
                    [id] => Self::from_parameter_id(*id).ok_or(OTHER),
                    _ => Err(OTHER),
                }
            }
            EC_PUBLIC_KEY => Curve::from_ec_parameters(parameters).map(|(it, _)| Self::Curve(it)),
            dh::KEY_AGREEMENT | dh::PUBLIC_NUMBER => {
                DhParameters::from_algorithm(algorithm)?.standard.map(Self::Modp).ok_or(OTHER)
            }
            _ => Err(OTHER),
        }
    }

    /// Whether the group is an elliptic curve.
    pub(crate) const fn is_elliptic(self) -> bool {
        matches!(self, Self::Curve(_))
    }

    /// The usual name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Modp(group) => group.name(),
            Self::Curve(curve) => curve.name(),
        }
    }

    /// Bits of security against the best known attack on the group, by which offers are ranked.
    pub(crate) const fn strength(self) -> usize {
        match self {
            Self::Modp(group) => group.strength(),
            Self::Curve(curve) => curve.bits() / 2,
        }
    }

    /// The group with its standard generator.
    pub(crate) fn group(self) -> Group {
        match self {
            Self::Modp(group) => Group::Dh(DhGroup::standard(group)),
            Self::Curve(curve) => Group::Ec(EcGroup::standard(curve)),
        }
    }
}

/// Domain parameters with the generator that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    Dh(DhGroup),
    Ec(EcGroup),
}

impl Group {
    /// Draws an ephemeral key pair.
    ///
    /// # Errors
    /// What the random source reports.
    pub(crate) fn generate(&self, random: &mut dyn Random) -> Result<AgreementKeyPair> {
        match self {
            Self::Dh(group) => DhKeyPair::generate(group, random).map(AgreementKeyPair::Dh),
            Self::Ec(group) => EcKeyPair::generate(group, random).map(AgreementKeyPair::Ec),
        }
    }

    /// The key pair of a known private number.
    ///
    /// # Errors
    /// `Misuse` if the number is zero or not below the order.
    pub(crate) fn key_pair(&self, private: &[u8]) -> Result<AgreementKeyPair> {
        match self {
            Self::Dh(group) => DhKeyPair::from_private(group, private).map(AgreementKeyPair::Dh),
            Self::Ec(group) => EcKeyPair::from_private(group, private).map(AgreementKeyPair::Ec),
        }
    }

    /// Reads the other side's public key: in the group, of the group's order, and not the neutral element.
    ///
    /// # Errors
    /// `Malformed`.
    pub(crate) fn public_key(&self, encoded: &[u8]) -> Result<AgreementKey> {
        match self {
            Self::Dh(group) => DhPublicKey::from_bytes(group, encoded).map(AgreementKey::Dh),
            Self::Ec(group) => EcPublicKey::from_sec1(group.curve(), encoded).map(AgreementKey::Ec),
        }
    }

    /// Generic mapping `[9303-11 §4.4.3.3.1]`: the generator becomes s · G + H, or g^s · h.
    ///
    /// # Errors
    /// `Malformed` if the new generator would be the neutral element, or the shared one is of another group.
    pub(crate) fn map_generic(&self, nonce: &Secret, shared: &AgreementKey) -> Result<Self> {
        match (self, shared) {
            (Self::Dh(group), AgreementKey::Dh(shared)) => {
                group.map_generic(nonce, shared).map(Self::Dh)
            }
            (Self::Ec(group), AgreementKey::Ec(shared)) => {
                group.map_generic(nonce, shared).map(Self::Ec)
            }
            _ => Err(MIXED),
        }
    }

    /// Bits of p, which say how long the pseudo-random number of integrated mapping is.
    pub(crate) fn modulus_bits(&self) -> usize {
        match self {
            Self::Dh(group) => group.modulus_bits(),
            Self::Ec(group) => group.curve().bits(),
        }
    }

    /// Integrated mapping `[9303-11 §4.4.3.3.2]`: the generator becomes that of the pseudo-random number,
    /// which may be of any length.
    ///
    /// # Errors
    /// `Malformed` if it would be the neutral element; `Unsupported` on secp224r1 and in groups of unknown
    /// order.
    pub(crate) fn map_integrated(&self, pseudo_random: &Secret) -> Result<Self> {
        match self {
            Self::Dh(group) => group.map_integrated(pseudo_random).map(Self::Dh),
            Self::Ec(group) => group.map_integrated(pseudo_random).map(Self::Ec),
        }
    }
}

/// A public key for key agreement, checked when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AgreementKey {
    Dh(DhPublicKey),
    Ec(EcPublicKey),
}

const MIXED: Error = Error::malformed(0, "a public key of the same kind of group");

impl AgreementKey {
    /// Reads a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for keys that cannot agree.
    pub(crate) fn from_spki(der: &[u8]) -> Result<Self> {
        let (algorithm, key) = asn1::subject_public_key(der)?;
        match algorithm.oid.as_str() {
            dh::KEY_AGREEMENT | dh::PUBLIC_NUMBER => {
                return DhPublicKey::from_algorithm(&algorithm, key).map(Self::Dh);
            }
            STANDARDIZED => {
                if let DomainParameters::Modp(group) = DomainParameters::from_algorithm(&algorithm)?
                {
                    let group = DhGroup::standard(group);
                    return DhPublicKey::from_integer(&group, key).map(Self::Dh);
                }
            }
            _ => {}
        }
        match PublicKey::from_spki(der)? {
            PublicKey::Ec { key, .. } => Ok(Self::Ec(key)),
            PublicKey::Rsa(_) => {
                Err(Error::Unsupported(Unsupported::Algorithm("an RSA key for key agreement")))
            }
        }
    }

    /// As PACE and Chip Authentication send it `[9303-11 §9.4.5]`: `04 x y`, or the unsigned integer.
    ///
    /// The integer is as its owner wrote it, with or without leading zeros; those that are generated here
    /// have none.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Dh(key) => key.to_bytes(),
            Self::Ec(key) => key.to_sec1(),
        }
    }

    /// Comp(PK) `[TR-03110-3 §A.2.2.3]`: the x-coordinate, or the SHA-1 digest of the integer.
    pub(crate) fn compressed(&self) -> Vec<u8> {
        match self {
            Self::Dh(key) => DigestAlgorithm::Sha1.digest(&key.to_bytes()),
            Self::Ec(key) => key.x().to_vec(),
        }
    }

    /// The group of this key with its standard generator.
    pub(crate) fn group(&self) -> Group {
        match self {
            Self::Dh(key) => Group::Dh(key.group()),
            Self::Ec(key) => Group::Ec(EcGroup::standard(key.curve())),
        }
    }

    /// Whether the group is an elliptic curve.
    pub(crate) const fn is_elliptic(&self) -> bool {
        matches!(self, Self::Ec(_))
    }

    /// Bits of security against the best known attack on the group, by which keys are ranked
    /// (SP 800-57 §5.6.1).
    pub(crate) fn strength(&self) -> usize {
        match self {
            Self::Dh(key) => match key.group().modulus_bits() {
                ..2048 => 80,
                2048..3072 => 112,
                _ => 128,
            },
            Self::Ec(key) => key.curve().bits() / 2,
        }
    }

    /// Group in words: `brainpoolP256r1`, `DH 2048`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Dh(key) => format!("DH {}", key.group().modulus_bits()),
            Self::Ec(key) => key.curve().name().to_owned(),
        }
    }
}

/// A private key, wiped when dropped, and its public key.
#[derive(Debug, Clone)]
pub(crate) enum AgreementKeyPair {
    Dh(DhKeyPair),
    Ec(EcKeyPair),
}

impl AgreementKeyPair {
    /// The public half.
    pub(crate) fn public(&self) -> AgreementKey {
        match self {
            Self::Dh(pair) => AgreementKey::Dh(pair.public().clone()),
            Self::Ec(pair) => AgreementKey::Ec(pair.public().clone()),
        }
    }

    /// The shared secret, of constant length: the x-coordinate, or the integer as long as p.
    ///
    /// # Errors
    /// `Malformed` if the other key is of another group, or the secret would be the neutral element.
    pub(crate) fn agree(&self, other: &AgreementKey) -> Result<Secret> {
        match (self, other) {
            (Self::Dh(pair), AgreementKey::Dh(other)) => pair.agree(other),
            (Self::Ec(pair), AgreementKey::Ec(other)) => pair.agree(other),
            _ => Err(MIXED),
        }
    }

    /// The whole shared element, which generic mapping and chip-authentication mapping need.
    ///
    /// # Errors
    /// As [`AgreementKeyPair::agree`].
    pub(crate) fn agree_element(&self, other: &AgreementKey) -> Result<AgreementKey> {
        match (self, other) {
            (Self::Dh(pair), AgreementKey::Dh(other)) => {
                pair.agree_element(other).map(AgreementKey::Dh)
            }
            (Self::Ec(pair), AgreementKey::Ec(other)) => {
                pair.agree_point(other).map(AgreementKey::Ec)
            }
            _ => Err(MIXED),
        }
    }
}

#[cfg(test)]
mod tests;
