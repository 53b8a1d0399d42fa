use crate::error::{Error, Result};

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
    pub(crate) fn from_ec_parameters(_der: &[u8]) -> Result<(Self, bool)> {
        Err(Error::Misuse("not written yet"))
    }
}
