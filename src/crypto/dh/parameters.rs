use core::fmt;
use std::sync::Arc;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};
use zeroize::Zeroizing;

use crate::crypto::asn1::{self, Algorithm};
use crate::error::{Error, Result, Unsupported};
use crate::tlv::Reader;

use super::numbers::Numbers;

/// The standardized groups, named by the bits of q `[9303-11 §9.5.1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modp {
    /// RFC 5114 §2.1, p of 1024 bits.
    Order160,
    /// RFC 5114 §2.2, p of 2048 bits.
    Order224,
    /// RFC 5114 §2.3, p of 2048 bits.
    Order256,
}

impl Modp {
    /// All of them, in the order of their parameter identifiers, which begin at 0.
    pub(crate) const ALL: [Self; 3] = [Self::Order160, Self::Order224, Self::Order256];

    pub(crate) fn from_parameter_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Order160 => "MODP 1024/160",
            Self::Order224 => "MODP 2048/224",
            Self::Order256 => "MODP 2048/256",
        }
    }

    /// Bits of security: half of q, where the number field sieve modulo p is not faster (SP 800-57 §5.6.1).
    pub(crate) const fn strength(self) -> usize {
        match self {
            Self::Order160 => 80,
            Self::Order224 | Self::Order256 => 112,
        }
    }
}

/// dhKeyAgreement (PKCS #3 §9) and dhpublicnumber (X9.42, RFC 3279 §2.3.3).
///
/// Doc 9303 wants the first for the keys of chips; chips with the second exist `[9303-11 §8.5]`.
pub(in crate::crypto) const KEY_AGREEMENT: &str = "1.2.840.113549.1.3.1";
pub(in crate::crypto) const PUBLIC_NUMBER: &str = "1.2.840.10046.2.1";

const MIN_BITS: u32 = 1024;
const MAX_BITS: u32 = 4096;
/// Smallest order or private key: that of the weakest standardized group.
const MIN_PRIVATE_BITS: u32 = 160;

/// A group modulo p with its generator and, where it is known, the prime order q of that.
#[derive(Clone)]
pub(in crate::crypto) struct DhParameters {
    /// The standardized group that this is.
    pub(in crate::crypto) standard: Option<Modp>,
    pub(super) modulus: BoxedMontyParams,
    pub(super) generator: BoxedUint,
    pub(super) order: Option<Odd<BoxedUint>>,
    /// Bits of the longest private key.
    pub(super) private_bits: u32,
}

impl DhParameters {
    pub(super) fn standard(group: Modp) -> Arc<Self> {
        let Numbers { p, g, q } = Numbers::of(group);
        Arc::new(Self {
            standard: Some(group),
            modulus: BoxedMontyParams::new_vartime(p),
            generator: g,
            private_bits: q.bits_vartime(),
            order: Some(q),
        })
    }

    /// Reads explicit parameters:
    ///
    /// ```text
    /// PKCS #3   SEQUENCE { p INTEGER, g INTEGER, private-value length INTEGER OPTIONAL }
    /// X9.42     SEQUENCE { p INTEGER, g INTEGER, q INTEGER, j INTEGER OPTIONAL, SEQUENCE OPTIONAL }
    /// ```
    ///
    /// Numbers of RFC 5114 give that group, whose q PKCS #3 leaves out. That p and q are prime is not
    /// tested: the issuer signed them.
    ///
    /// # Errors
    /// `Malformed`, also for a generator that is not of order q; `Unsupported` for another size of p.
    pub(in crate::crypto) fn from_algorithm(algorithm: &Algorithm<'_>) -> Result<Arc<Self>> {
        let parameters = algorithm.parameters.unwrap_or_default();
        let mut numbers = asn1::only(parameters, asn1::SEQUENCE, "Diffie-Hellman parameters")?;
        let p = asn1::positive_integer(&mut numbers, "a prime")?;
        let g = asn1::positive_integer(&mut numbers, "a generator")?;
        let (q, private_bits) = if algorithm.oid == PUBLIC_NUMBER {
            let q = asn1::positive_integer(&mut numbers, "an order")?;
            numbers.optional(asn1::INTEGER)?;
            numbers.optional(asn1::SEQUENCE)?;
            (Some(q), None)
        } else {
            (None, private_value_length(&mut numbers)?)
        };
        numbers.finish()?;

        let standard = Modp::ALL.into_iter().find(|group| {
            let numbers = Numbers::of(*group);
            equal(numbers.p.as_ref(), p)
                && equal(&numbers.g, g)
                && q.is_none_or(|q| equal(numbers.q.as_ref(), q))
        });
        match standard {
            Some(group) => Ok(Self::standard(group)),
            None => Self::explicit(p, g, q, private_bits).map(Arc::new),
        }
    }

    fn explicit(p: &[u8], g: &[u8], q: Option<&[u8]>, private_bits: Option<u32>) -> Result<Self> {
        const SIZE: Error =
            Error::Unsupported(Unsupported::Algorithm("Diffie-Hellman outside 1024 to 4096 bits"));
        const GENERATOR: Error = Error::malformed(0, "a generator between 1 and p - 1");
        const ORDER: Error = Error::malformed(0, "a generator of order q");
        // Before any arithmetic: a number may be as long as a file.
        if p.len() > MAX_BITS as usize / 8 {
            return Err(SIZE);
        }
        let p = BoxedUint::from_be_slice_vartime(p);
        let bits = p.bits_vartime();
        if bits < MIN_BITS {
            return Err(SIZE);
        }
        let p = Option::<Odd<_>>::from(p.into_odd()).ok_or(Error::malformed(0, "an odd prime"))?;
        let parameters = Self {
            standard: None,
            generator: BoxedUint::from_be_slice(g, p.bits_precision()).map_err(|_| GENERATOR)?,
            modulus: BoxedMontyParams::new_vartime(p),
            order: None,
            private_bits: private_bits
                .filter(|length| (MIN_PRIVATE_BITS..bits).contains(length))
                .unwrap_or(bits - 1),
        };
        if !parameters.contains(&parameters.generator) {
            return Err(GENERATOR);
        }
        let Some(q) = q else { return Ok(parameters) };

        let q = BoxedUint::from_be_slice(q, parameters.modulus.bits_precision());
        let q = q.map_err(|_| ORDER)?.into_odd();
        let q = Option::<Odd<_>>::from(q).ok_or(ORDER)?;
        let private_bits = q.bits_vartime();
        let parameters = Self { order: Some(q), private_bits, ..parameters };
        if private_bits < MIN_PRIVATE_BITS || !parameters.contains(&parameters.generator) {
            return Err(ORDER);
        }
        Ok(parameters)
    }

    pub(super) fn bits(&self) -> u32 {
        self.modulus.modulus().bits_vartime()
    }

    /// Bytes of p and of each element.
    pub(super) fn length(&self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// p - 1.
    pub(super) fn last(&self) -> BoxedUint {
        self.modulus.modulus().as_ref().wrapping_sub(BoxedUint::one())
    }

    /// Whether the number is from 2 to p - 2.
    pub(super) fn is_proper(&self, element: &BoxedUint) -> bool {
        *element > BoxedUint::one() && *element < self.last()
    }

    /// Whether the number is proper and, where q is known, of order q (RFC 2631 §2.1.5).
    pub(super) fn contains(&self, element: &BoxedUint) -> bool {
        self.is_proper(element)
            && self
                .order
                .as_ref()
                .is_none_or(|q| *self.power(element, q, q.bits_vartime()) == BoxedUint::one())
    }

    /// The elementth power; how many bits of the exponent count is no secret.
    pub(super) fn power(
        &self,
        base: &BoxedUint,
        exponent: &BoxedUint,
        bits: u32,
    ) -> Zeroizing<BoxedUint> {
        let power = self.form(base).pow_bounded_exp(exponent, bits);
        Zeroizing::new(Zeroizing::new(power).retrieve())
    }

    pub(super) fn product(&self, one: &BoxedUint, other: &BoxedUint) -> Zeroizing<BoxedUint> {
        Zeroizing::new(Zeroizing::new(self.form(one).mul(&self.form(other))).retrieve())
    }

    fn form(&self, element: &BoxedUint) -> Zeroizing<BoxedMontyForm> {
        Zeroizing::new(BoxedMontyForm::new(element.clone(), &self.modulus))
    }

    /// An integer of any length modulo p.
    pub(super) fn reduce(&self, integer: &[u8]) -> Zeroizing<BoxedUint> {
        let modulus: &NonZero<BoxedUint> = self.modulus.modulus().as_nz_ref();
        Zeroizing::new(Zeroizing::new(number(integer)).rem(modulus))
    }

    /// An integer of at most the length of p.
    pub(super) fn element(&self, bytes: &[u8]) -> Option<Zeroizing<BoxedUint>> {
        let precision = self.modulus.bits_precision();
        BoxedUint::from_be_slice(bytes, precision).ok().map(Zeroizing::new)
    }

    /// An element as long as p.
    pub(super) fn encode(&self, element: &BoxedUint) -> Zeroizing<Vec<u8>> {
        let bytes = Zeroizing::new(element.to_be_bytes());
        let excess = bytes.len().saturating_sub(self.length());
        Zeroizing::new(bytes.get(excess..).unwrap_or_default().to_vec())
    }
}

impl PartialEq for DhParameters {
    fn eq(&self, other: &Self) -> bool {
        self.modulus.modulus() == other.modulus.modulus()
            && self.generator == other.generator
            && self.order == other.order
    }
}

impl Eq for DhParameters {}

impl fmt::Debug for DhParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DhParameters({} bits)", self.bits())
    }
}

/// An integer with room for all its bytes.
pub(super) fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(bytes)
}

fn equal(number: &BoxedUint, bytes: &[u8]) -> bool {
    *number.to_be_bytes_trimmed_vartime() == *bytes
}

/// The third number of PKCS #3, at most 65535.
fn private_value_length(numbers: &mut Reader<'_>) -> Result<Option<u32>> {
    let Some(object) = numbers.optional(asn1::INTEGER)? else { return Ok(None) };
    match asn1::without_leading_zeros(object.value) {
        [low] => Ok(Some(u32::from(*low))),
        [high, low] => Ok(Some(u32::from(u16::from_be_bytes([*high, *low])))),
        _ => Err(object.error("the length of a private value")),
    }
}
