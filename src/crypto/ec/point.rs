use crate::crypto::Random;
use crate::error::{Error, Result};
use crate::sensitive::Secret;

use super::Curve;

/// A public key: a point of the curve that is not infinity, checked when it was made.
///
/// The cofactor of every curve here is 1, so such a point has the group's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EcPublicKey {
    curve: Curve,
    /// x and y, each of the field's length.
    coordinates: Vec<u8>,
}

impl EcPublicKey {
    pub(crate) fn from_sec1(_curve: Curve, _encoded: &[u8]) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn to_sec1(&self) -> Vec<u8> {
        [&[4], &self.coordinates[..]].concat()
    }
    pub(crate) fn x(&self) -> &[u8] {
        self.coordinates.get(..self.curve.field_length()).unwrap_or_default()
    }
    pub(crate) const fn curve(&self) -> Curve {
        self.curve
    }
}

/// Domain parameters: a standardized curve with its own generator or a mapped one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    curve: Curve,
    generator: Option<EcPublicKey>,
}

impl Group {
    pub(crate) const fn standard(curve: Curve) -> Self {
        Self { curve, generator: None }
    }
    pub(crate) const fn curve(&self) -> Curve {
        self.curve
    }
    pub(crate) fn map_generic(&self, _nonce: &Secret, _shared: &EcPublicKey) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
}

/// An ephemeral key pair.
#[derive(Debug, Clone)]
pub(crate) struct EcKeyPair {
    private: Secret,
    public: EcPublicKey,
}

impl EcKeyPair {
    pub(crate) fn generate(_group: &Group, _random: &mut dyn Random) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn from_private(_group: &Group, _private: &[u8]) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) const fn public(&self) -> &EcPublicKey {
        &self.public
    }
    pub(crate) fn agree(&self, _other: &EcPublicKey) -> Result<Secret> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn agree_point(&self, _other: &EcPublicKey) -> Result<EcPublicKey> {
        Err(Error::Misuse("not written yet"))
    }
}
