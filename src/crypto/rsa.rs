use crate::error::{Error, Result};

/// An RSA public key (RFC 8017 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaPublicKey {
    key: rsa::RsaPublicKey,
}

impl RsaPublicKey {
    pub(crate) fn from_spki(_der: &[u8]) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn from_pkcs1(_der: &[u8]) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn modulus_bits(&self) -> usize {
        rsa::traits::PublicKeyParts::n(&self.key).bits()
    }
    pub(crate) fn modulus_length(&self) -> usize {
        self.modulus_bits().div_ceil(8)
    }
    pub(crate) fn recover(&self, _signature: &[u8]) -> Result<Vec<u8>> {
        Err(Error::Misuse("not written yet"))
    }
}
