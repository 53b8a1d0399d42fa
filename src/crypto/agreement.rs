//! Key agreement in either kind of group: elliptic curves, and integers modulo a prime.
//!
//! PACE and Chip Authentication are written once over these types; `[9303-11 §9.4, §9.5]`.

use super::{
    Curve, Random,
    ec::{EcGroup, EcKeyPair, EcPublicKey},
    signature::PublicKey,
};
use crate::{
    error::{Error, Result, Unsupported},
    sensitive::Secret,
};

/// The standardised domain parameters `[9303-11 §9.5.1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DomainParameters {
    /// 8 to 18.
    Curve(Curve),
}

impl DomainParameters {
    /// The parameters with this number; the rest is reserved.
    pub(crate) fn from_parameter_id(id: u8) -> Option<Self> {
        Curve::from_parameter_id(id).map(Self::Curve)
    }

    /// Reads an `AlgorithmIdentifier`: a number, a curve's name, or explicit numbers that are every one
    /// those of standardised parameters.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for parameters that are not standardised.
    pub(crate) fn from_algorithm_identifier(_der: &[u8]) -> Result<Self> {
        Err(Error::Unsupported(Unsupported::Algorithm("explicit domain parameters")))
    }

    /// Whether the group is an elliptic curve.
    pub(crate) const fn is_elliptic(self) -> bool {
        match self {
            Self::Curve(_) => true,
        }
    }

    /// The usual name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Curve(curve) => curve.name(),
        }
    }

    /// Bits of security against a generic attack on the group: half its order, by which offers are ranked.
    pub(crate) const fn strength(self) -> usize {
        match self {
            Self::Curve(curve) => curve.bits() / 2,
        }
    }

    /// The group with its standard generator.
    pub(crate) const fn group(self) -> Group {
        match self {
            Self::Curve(curve) => Group::Ec(EcGroup::standard(curve)),
        }
    }
}

/// Domain parameters with the generator that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    Ec(EcGroup),
}

impl Group {
    /// Draws an ephemeral key pair.
    ///
    /// # Errors
    /// What the random source reports.
    pub(crate) fn generate(&self, random: &mut dyn Random) -> Result<AgreementKeyPair> {
        match self {
            Self::Ec(group) => EcKeyPair::generate(group, random).map(AgreementKeyPair::Ec),
        }
    }

    /// The key pair of a known private number.
    ///
    /// # Errors
    /// `Misuse` if the number is zero or not below the order.
    pub(crate) fn key_pair(&self, private: &[u8]) -> Result<AgreementKeyPair> {
        match self {
            Self::Ec(group) => EcKeyPair::from_private(group, private).map(AgreementKeyPair::Ec),
        }
    }

    /// Reads the other side's public key: in the group, of the group's order, and not the neutral element.
    ///
    /// # Errors
    /// `Malformed`.
    pub(crate) fn public_key(&self, encoded: &[u8]) -> Result<AgreementKey> {
        match self {
            Self::Ec(group) => EcPublicKey::from_sec1(group.curve(), encoded).map(AgreementKey::Ec),
        }
    }

    /// Generic mapping `[9303-11 §4.4.3.3.1]`: the generator becomes s · G + H, or g^s · h.
    ///
    /// # Errors
    /// `Malformed` if the new generator would be the neutral element.
    pub(crate) fn map_generic(&self, nonce: &Secret, shared: &AgreementKey) -> Result<Self> {
        match (self, shared) {
            (Self::Ec(group), AgreementKey::Ec(shared)) => {
                group.map_generic(nonce, shared).map(Self::Ec)
            }
        }
    }

    /// Integrated mapping `[9303-11 §4.4.3.3.2]`: the generator becomes that of the pseudo-random number.
    ///
    /// # Errors
    /// `Malformed` if it would be the neutral element; `Unsupported` on secp224r1.
    pub(crate) fn map_integrated(&self, _pseudo_random: &Secret) -> Result<Self> {
        Err(Error::Unsupported(Unsupported::Protocol("PACE-IM")))
    }
}

/// A public key for key agreement, checked when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AgreementKey {
    Ec(EcPublicKey),
}

impl AgreementKey {
    /// Reads a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for keys that cannot agree.
    pub(crate) fn from_spki(der: &[u8]) -> Result<Self> {
        match PublicKey::from_spki(der)? {
            PublicKey::Ec { key, .. } => Ok(Self::Ec(key)),
            PublicKey::Rsa(_) => {
                Err(Error::Unsupported(Unsupported::Algorithm("an RSA key for key agreement")))
            }
        }
    }

    /// As PACE and Chip Authentication send it `[9303-11 §9.4.4]`: `04 x y`, or the integer as long as p.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.to_sec1(),
        }
    }

    /// Comp(PK) `[TR-03110-3 §A.2.2.3]`: the x-coordinate, or the SHA-1 digest of the integer.
    pub(crate) fn compressed(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.x().to_vec(),
        }
    }

    /// The group of this key with its standard generator.
    pub(crate) fn group(&self) -> Group {
        match self {
            Self::Ec(key) => Group::Ec(EcGroup::standard(key.curve())),
        }
    }

    /// Group in words: `brainpoolP256r1`, `DH 2048`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Ec(key) => key.curve().name().to_owned(),
        }
    }
}

/// A private key, wiped when dropped, and its public key.
#[derive(Debug, Clone)]
pub(crate) enum AgreementKeyPair {
    Ec(EcKeyPair),
}

impl AgreementKeyPair {
    /// The public half.
    pub(crate) fn public(&self) -> AgreementKey {
        match self {
            Self::Ec(pair) => AgreementKey::Ec(pair.public().clone()),
        }
    }

    /// The shared secret, of constant length: the x-coordinate, or the integer as long as p.
    ///
    /// # Errors
    /// `Malformed` if the other key is of another group, or the secret would be the neutral element.
    pub(crate) fn agree(&self, other: &AgreementKey) -> Result<Secret> {
        match (self, other) {
            (Self::Ec(pair), AgreementKey::Ec(other)) => pair.agree(other),
        }
    }

    /// The whole shared element, which generic mapping and chip-authentication mapping need.
    ///
    /// # Errors
    /// As [`AgreementKeyPair::agree`].
    pub(crate) fn agree_element(&self, other: &AgreementKey) -> Result<AgreementKey> {
        match (self, other) {
            (Self::Ec(pair), AgreementKey::Ec(other)) => {
                pair.agree_point(other).map(AgreementKey::Ec)
            }
        }
    }
}
