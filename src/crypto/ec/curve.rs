use crate::crypto::asn1;
use crate::error::{Error, Result, Unsupported};
use crate::tlv::{Reader, Tlv};

use super::domain::Domain;

/// The standardized elliptic curves of ICAO Doc 9303-11, in the order of their parameter identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// NIST P-192 (FIPS 186-4).
    Secp192r1,
    /// RFC 5639, 192 bits.
    BrainpoolP192r1,
    /// NIST P-224 (FIPS 186-4).
    Secp224r1,
    /// RFC 5639, 224 bits.
    BrainpoolP224r1,
    /// NIST P-256 (FIPS 186-4).
    Secp256r1,
    /// RFC 5639, 256 bits: the curve of the CCCD's PACE.
    BrainpoolP256r1,
    /// RFC 5639, 320 bits.
    BrainpoolP320r1,
    /// NIST P-384 (FIPS 186-4).
    Secp384r1,
    /// RFC 5639, 384 bits.
    BrainpoolP384r1,
    /// RFC 5639, 512 bits.
    BrainpoolP512r1,
    /// NIST P-521 (FIPS 186-4).
    Secp521r1,
}

impl Curve {
    /// All of them, in ascending order of their parameter identifiers.
    pub const ALL: [Self; 11] = [
        Self::Secp192r1,
        Self::BrainpoolP192r1,
        Self::Secp224r1,
        Self::BrainpoolP224r1,
        Self::Secp256r1,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::Secp384r1,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
        Self::Secp521r1,
    ];

    /// The usual name (SEC 2, RFC 5639).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secp192r1 => "secp192r1",
            Self::BrainpoolP192r1 => "brainpoolP192r1",
            Self::Secp224r1 => "secp224r1",
            Self::BrainpoolP224r1 => "brainpoolP224r1",
            Self::Secp256r1 => "secp256r1",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP320r1 => "brainpoolP320r1",
            Self::Secp384r1 => "secp384r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
            Self::BrainpoolP512r1 => "brainpoolP512r1",
            Self::Secp521r1 => "secp521r1",
        }
    }

    /// Object identifier in dotted form (RFC 5480, RFC 5639).
    #[must_use]
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Secp192r1 => "1.2.840.10045.3.1.1",
            Self::BrainpoolP192r1 => "1.3.36.3.3.2.8.1.1.3",
            Self::Secp224r1 => "1.3.132.0.33",
            Self::BrainpoolP224r1 => "1.3.36.3.3.2.8.1.1.5",
            Self::Secp256r1 => "1.2.840.10045.3.1.7",
            Self::BrainpoolP256r1 => "1.3.36.3.3.2.8.1.1.7",
            Self::BrainpoolP320r1 => "1.3.36.3.3.2.8.1.1.9",
            Self::Secp384r1 => "1.3.132.0.34",
            Self::BrainpoolP384r1 => "1.3.36.3.3.2.8.1.1.11",
            Self::BrainpoolP512r1 => "1.3.36.3.3.2.8.1.1.13",
            Self::Secp521r1 => "1.3.132.0.35",
        }
    }

    /// The curve with this object identifier.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// Identifier of the standardized domain parameters, 8 to 18 `[9303-11 §9.5.1]`.
    #[must_use]
    pub const fn parameter_id(self) -> u8 {
        match self {
            Self::Secp192r1 => 8,
            Self::BrainpoolP192r1 => 9,
            Self::Secp224r1 => 10,
            Self::BrainpoolP224r1 => 11,
            Self::Secp256r1 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::BrainpoolP320r1 => 14,
            Self::Secp384r1 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::BrainpoolP512r1 => 17,
            Self::Secp521r1 => 18,
        }
    }

    /// The curve with this identifier; 0 to 2 are Diffie-Hellman groups, the rest is reserved.
    #[must_use]
    pub fn from_parameter_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.parameter_id() == id)
    }

    /// Bits of the field's prime and, on every curve here, of the group's order.
    #[must_use]
    pub const fn bits(self) -> usize {
        match self {
            Self::Secp192r1 | Self::BrainpoolP192r1 => 192,
            Self::Secp224r1 | Self::BrainpoolP224r1 => 224,
            Self::Secp256r1 | Self::BrainpoolP256r1 => 256,
            Self::BrainpoolP320r1 => 320,
            Self::Secp384r1 | Self::BrainpoolP384r1 => 384,
            Self::BrainpoolP512r1 => 512,
            Self::Secp521r1 => 521,
        }
    }

    /// Bytes of a coordinate, of a private key and of each half of a plain signature.
    #[must_use]
    pub const fn field_length(self) -> usize {
        self.bits().div_ceil(8)
    }

    /// Reads `ECParameters` (RFC 3279 §2.3.5, SEC 1 §C.2); the flag says that they were explicit.
    ///
    /// Explicit parameters are accepted only where p, a, b, G, n and the cofactor are those of a
    /// standardized curve: most CSCA keys are written so, and a key on a curve of the
    /// signer's own making proves nothing (CVE-2020-0601). A seed is ignored.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for every other curve.
    pub(crate) fn from_ec_parameters(der: &[u8]) -> Result<(Self, bool)> {
        let mut outer = Reader::new(der);
        let parameters =
            outer.next_object()?.ok_or(Error::malformed(0, "parameters of a curve"))?;
        outer.finish()?;
        match parameters.tag {
            asn1::OBJECT_IDENTIFIER => {
                let curve = Self::from_oid(&asn1::oid(&parameters)?).ok_or(OTHER_CURVE)?;
                Ok((curve, false))
            }
            asn1::SEQUENCE => {
                let explicit = Explicit::parse(&parameters)?;
                Ok((explicit.curve().ok_or(OTHER_CURVE)?, true))
            }
            _ => Err(OTHER_CURVE),
        }
    }

    /// The standardized curve that has every one of these numbers and cofactor 1, see
    /// [`Curve::from_ec_parameters`].
    ///
    /// # Errors
    /// `Unsupported` for every other curve.
    pub(crate) fn from_numbers(
        [p, a, b, generator, n]: [&[u8]; 5],
        cofactor: Option<&[u8]>,
    ) -> Result<Self> {
        let explicit = Explicit { p, a, b, generator, n };
        let one = cofactor.is_none_or(|cofactor| asn1::without_leading_zeros(cofactor) == [1]);
        explicit.curve().filter(|_| one).ok_or(OTHER_CURVE)
    }
}

const OTHER_CURVE: Error =
    Error::Unsupported(Unsupported::Algorithm("an elliptic curve that Doc 9303 does not name"));

/// Explicit domain parameters:
///
/// ```text
/// SEQUENCE { version INTEGER,
///            SEQUENCE { prime-field OID, p INTEGER },
///            SEQUENCE { a OCTET STRING, b OCTET STRING, seed BIT STRING OPTIONAL },
///            G OCTET STRING, n INTEGER, h INTEGER OPTIONAL }
/// ```
struct Explicit<'a> {
    p: &'a [u8],
    a: &'a [u8],
    b: &'a [u8],
    generator: &'a [u8],
    n: &'a [u8],
}

impl<'a> Explicit<'a> {
    fn parse(parameters: &Tlv<'a>) -> Result<Self> {
        const PRIME_FIELD: &str = "1.2.840.10045.1.1";
        let mut inside = parameters.children()?;
        asn1::positive_integer(&mut inside, "a version")?;

        let mut field = inside.expect(asn1::SEQUENCE, "a field")?.children()?;
        if asn1::oid(&field.expect(asn1::OBJECT_IDENTIFIER, "a kind of field")?)? != PRIME_FIELD {
            return Err(OTHER_CURVE);
        }
        let p = asn1::positive_integer(&mut field, "a prime")?;
        field.finish()?;

        let mut equation = inside.expect(asn1::SEQUENCE, "an equation")?.children()?;
        let a = equation.expect(asn1::OCTET_STRING, "the coefficient a")?.value;
        let b = equation.expect(asn1::OCTET_STRING, "the coefficient b")?.value;
        equation.optional(asn1::BIT_STRING)?;
        equation.finish()?;

        let generator = inside.expect(asn1::OCTET_STRING, "a generator")?.value;
        let n = asn1::positive_integer(&mut inside, "an order")?;
        if let Some(cofactor) = inside.optional(asn1::INTEGER)?
            && asn1::without_leading_zeros(cofactor.value) != [1]
        {
            return Err(OTHER_CURVE);
        }
        inside.finish()?;
        Ok(Self { p, a, b, generator, n })
    }

    fn curve(&self) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| self.is(*curve))
    }

    /// Issuers shorten or lengthen a and b, so numbers are compared, not octets.
    fn is(&self, curve: Curve) -> bool {
        let domain = Domain::of(curve);
        let length = curve.field_length();
        let generator = match self.generator {
            [0x04, point @ ..] if point.len() == 2 * length => {
                let (x, y) = point.split_at(length);
                equal(x, domain.x) && equal(y, domain.y)
            }
            [form @ (0x02 | 0x03), x @ ..] if x.len() == length => {
                let odd = domain.y.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']);
                equal(x, domain.x) && odd == (*form == 0x03)
            }
            _ => false,
        };
        generator
            && equal(self.p, domain.p)
            && equal(self.a, domain.a)
            && equal(self.b, domain.b)
            && equal(self.n, domain.n)
    }
}

/// Whether an integer in bytes is that in lower-case hexadecimal.
fn equal(integer: &[u8], hex: &str) -> bool {
    let digits: String = integer.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.trim_start_matches('0') == hex.trim_start_matches('0')
}
