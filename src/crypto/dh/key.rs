use core::fmt;
use std::sync::Arc;

use crypto_bigint::BoxedUint;
use zeroize::Zeroizing;

use crate::crypto::asn1::{self, Algorithm};
use crate::crypto::random::{self, Random};
use crate::error::{Error, Result};
use crate::sensitive::Secret;
use crate::tlv::Reader;

use super::DhGroup;
use super::parameters::{self, DhParameters};

/// A public key: from 2 to p - 2 and, where q is known, of order q; checked when it was made.
///
/// Wiped and redacted: some are derived from secrets, and a card's own key identifies its holder.
#[derive(Clone)]
pub(crate) struct DhPublicKey {
    parameters: Arc<DhParameters>,
    /// As long as p.
    value: Zeroizing<Vec<u8>>,
    /// Bytes of the value as its owner writes it.
    written_length: usize,
}

const NO_ELEMENT: Error = Error::malformed(0, "a public value of the group");

impl DhPublicKey {
    /// Reads an unsigned integer, with or without leading zeros up to the length of p.
    ///
    /// `[9303-11 §9.4.1, §9.4.3]` forbids leading zeros; PKCS #3 §7.1 and chips after it write all of p.
    ///
    /// # Errors
    /// `Malformed` for a longer one and for what is not an element of the group's order other than 1.
    pub(crate) fn from_bytes(group: &DhGroup, encoded: &[u8]) -> Result<Self> {
        let parameters = &group.parameters;
        if encoded.len() > parameters.length() {
            return Err(Error::malformed(0, "a public value no longer than p"));
        }
        let element = parameters.element(encoded).ok_or(NO_ELEMENT)?;
        if !parameters.contains(&element) {
            return Err(NO_ELEMENT);
        }
        Ok(Self {
            parameters: Arc::clone(parameters),
            value: parameters.encode(&element),
            written_length: encoded.len(),
        })
    }

    /// Reads `DHPublicKey ::= INTEGER` (RFC 3279 §2.3.3) in the group that the algorithm names.
    ///
    /// # Errors
    /// As [`DhPublicKey::from_bytes`] and [`DhParameters::from_algorithm`].
    pub(in crate::crypto) fn from_algorithm(algorithm: &Algorithm<'_>, der: &[u8]) -> Result<Self> {
        let group = DhGroup::new(DhParameters::from_algorithm(algorithm)?);
        Self::from_integer(&group, der)
    }

    pub(in crate::crypto) fn from_integer(group: &DhGroup, der: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(der);
        let value = asn1::positive_integer(&mut reader, "a public value")?;
        reader.finish()?;
        Self::from_bytes(group, value)
    }

    /// An element that was computed here; if it is written, then without leading zeros.
    fn computed(parameters: &Arc<DhParameters>, element: &BoxedUint) -> Self {
        Self {
            parameters: Arc::clone(parameters),
            value: parameters.encode(element),
            written_length: element.bits().div_ceil(8) as usize,
        }
    }

    /// The integer as its owner wrote it. The chip's authentication token is over that.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let zeros = self.value.len().saturating_sub(self.written_length);
        self.value.get(zeros..).unwrap_or_default().to_vec()
    }

    /// As long as p.
    pub(super) fn value(&self) -> &[u8] {
        &self.value
    }

    pub(crate) fn group(&self) -> DhGroup {
        DhGroup::new(Arc::clone(&self.parameters))
    }

    pub(super) fn require(&self, parameters: &DhParameters) -> Result<()> {
        if *self.parameters == *parameters {
            Ok(())
        } else {
            Err(Error::malformed(0, "a public value of the expected group"))
        }
    }
}

impl PartialEq for DhPublicKey {
    /// Leading zeros make no other key.
    fn eq(&self, other: &Self) -> bool {
        self.parameters == other.parameters && self.value == other.value
    }
}

impl Eq for DhPublicKey {}

impl fmt::Debug for DhPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DhPublicKey({} bits)", self.parameters.bits())
    }
}

/// A private key, wiped when dropped, and its public key.
#[derive(Debug, Clone)]
pub(crate) struct DhKeyPair {
    private: Secret,
    public: DhPublicKey,
}

impl DhKeyPair {
    /// Draws a private key uniformly from 1 to q - 1, or below the bits of the group where q is unknown,
    /// such that the public value begins with no zero byte.
    ///
    /// Standards and chips disagree whether such a zero is written; without it there is nothing to
    /// disagree on. The public value is sent in clear, so the choice tells nothing.
    /// Each candidate takes as many bytes as q is long.
    ///
    /// # Errors
    /// The source's own; `Misuse` if it yields no candidate in the range.
    pub(crate) fn generate(group: &DhGroup, random: &mut dyn Random) -> Result<Self> {
        random::draw(random, group.parameters.private_bits as usize, |candidate| {
            Self::from_private(group, candidate)
                .ok()
                .filter(|pair| pair.public.value.first().is_some_and(|first| *first != 0))
        })
    }

    /// The key pair of a known private key.
    ///
    /// # Errors
    /// `Misuse` if the key is 0, not below q or longer than the group's private keys.
    pub(crate) fn from_private(group: &DhGroup, private: &[u8]) -> Result<Self> {
        const UNFIT: Error = Error::Misuse("a private key outside 1 to q - 1");
        let parameters = &group.parameters;
        let bits = parameters.private_bits;
        let zeros = (bits.div_ceil(8) as usize).checked_sub(private.len()).ok_or(UNFIT)?;
        let private = Secret::new([&vec![0; zeros], private].concat());
        let exponent = Zeroizing::new(parameters::number(private.expose()));
        let in_range = match &parameters.order {
            Some(q) => *exponent < *q.as_ref(),
            None => exponent.bits() <= bits,
        };
        if !in_range || bool::from(exponent.is_zero()) {
            return Err(UNFIT);
        }
        let element = parameters.power(group.generator(), &exponent, bits);
        Ok(Self { private, public: DhPublicKey::computed(parameters, &element) })
    }

    pub(crate) const fn public(&self) -> &DhPublicKey {
        &self.public
    }

    /// The shared element as long as p (PKCS #3 §8, RFC 2631 §2.1.2).
    ///
    /// # Errors
    /// As [`DhKeyPair::agree_element`].
    pub(crate) fn agree(&self, other: &DhPublicKey) -> Result<Secret> {
        Ok(Secret::new(self.agree_element(other)?.value.to_vec()))
    }

    /// The shared element, which generic mapping needs.
    ///
    /// # Errors
    /// `Malformed` if the other key is of another group or, where q is unknown, of a tiny order.
    pub(crate) fn agree_element(&self, other: &DhPublicKey) -> Result<DhPublicKey> {
        let parameters = &self.public.parameters;
        other.require(parameters)?;
        let base = parameters.element(&other.value).ok_or(NO_ELEMENT)?;
        let exponent = Zeroizing::new(parameters::number(self.private.expose()));
        let element = parameters.power(&base, &exponent, parameters.private_bits);
        if !parameters.is_proper(&element) {
            return Err(Error::malformed(0, "a shared element other than 1 and p - 1"));
        }
        Ok(DhPublicKey::computed(parameters, &element))
    }
}
