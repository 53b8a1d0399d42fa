use crate::{
    crypto::{BlockCipher, DomainParameters},
    error::{Error, Result, Unsupported},
    sensitive::Secret,
};

pub(super) fn pseudo_random(
    _cipher: BlockCipher,
    _nonce: &Secret,
    _t: &[u8],
    _domain: DomainParameters,
) -> Result<Secret> {
    Err(Error::Unsupported(Unsupported::Protocol("PACE-IM")))
}
