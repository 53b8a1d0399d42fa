use der::asn1::ObjectIdentifier;

use crate::crypto::BlockCipher;

/// `id-PACE` and `id-CA`: bsi-de protocols(2) smartcard(2) 4 and 3 `[TR-03110-3 §A.1.1]`.
const SMARTCARD: [u32; 7] = [0, 4, 0, 127, 0, 7, 2];
const CHIP_AUTHENTICATION: u32 = 3;
const PACE: u32 = 4;

/// How two sides agree on a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAgreement {
    /// Diffie–Hellman modulo a prime.
    Dh,
    /// Diffie–Hellman on an elliptic curve.
    Ecdh,
}

impl KeyAgreement {
    /// The usual name: `DH`, `ECDH`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dh => "DH",
            Self::Ecdh => "ECDH",
        }
    }
}

/// How PACE maps the nonce to a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Generic mapping.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Generic mapping, combined with a proof that the chip is genuine.
    ChipAuthentication,
}

impl Mapping {
    /// The standard's abbreviation: `GM`, `IM`, `CAM`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "GM",
            Self::Integrated => "IM",
            Self::ChipAuthentication => "CAM",
        }
    }
}

/// The cipher of the channel that a protocol opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionCipher {
    /// Two-key triple DES, CBC and retail MAC.
    TripleDes,
    /// AES with keys of 128 bits, CBC and CMAC.
    Aes128,
    /// AES with keys of 192 bits, CBC and CMAC.
    Aes192,
    /// AES with keys of 256 bits, CBC and CMAC.
    Aes256,
}

impl SessionCipher {
    /// Cipher and length of the key: `3DES`, `AES-128`, `AES-192`, `AES-256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TripleDes => "3DES",
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
        }
    }

    const fn from_arc(arc: u32) -> Option<Self> {
        match arc {
            1 => Some(Self::TripleDes),
            2 => Some(Self::Aes128),
            3 => Some(Self::Aes192),
            4 => Some(Self::Aes256),
            _ => None,
        }
    }

    /// The end of a protocol's standard name.
    const fn in_protocol_name(self) -> &'static str {
        match self {
            Self::TripleDes => "3DES-CBC-CBC",
            Self::Aes128 => "AES-CBC-CMAC-128",
            Self::Aes192 => "AES-CBC-CMAC-192",
            Self::Aes256 => "AES-CBC-CMAC-256",
        }
    }

    /// The primitive behind it.
    #[must_use]
    pub(crate) const fn block_cipher(self) -> BlockCipher {
        match self {
            Self::TripleDes => BlockCipher::TripleDes,
            Self::Aes128 => BlockCipher::Aes128,
            Self::Aes192 => BlockCipher::Aes192,
            Self::Aes256 => BlockCipher::Aes256,
        }
    }
}

/// What an object identifier below `id-PACE` says `[9303-11 §9.2.3]`.
///
/// ```
/// use cccd::lds::{KeyAgreement, Mapping, PaceProtocol, SessionCipher};
/// let protocol = PaceProtocol::from_arcs([0, 4, 0, 127, 0, 7, 2, 2, 4, 2, 2]);
/// assert_eq!(
///     protocol,
///     Some(PaceProtocol {
///         mapping: Mapping::Generic,
///         agreement: KeyAgreement::Ecdh,
///         cipher: SessionCipher::Aes128,
///     })
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaceProtocol {
    /// How the nonce is mapped.
    pub mapping: Mapping,
    /// The group's kind.
    pub agreement: KeyAgreement,
    /// The cipher for the nonce and the channel.
    pub cipher: SessionCipher,
}

impl PaceProtocol {
    /// From the arcs of an object identifier; `None` if it is no PACE protocol known here.
    pub fn from_arcs(arcs: impl IntoIterator<Item = u32>) -> Option<Self> {
        let (agreement_and_mapping, cipher) = split(arcs, PACE)?;
        let cipher = SessionCipher::from_arc(cipher?)?;
        let (agreement, mapping) = pace_arc(agreement_and_mapping)?;
        // Chip Authentication Mapping is defined for AES alone.
        if matches!((mapping, cipher), (Mapping::ChipAuthentication, SessionCipher::TripleDes)) {
            return None;
        }
        Some(Self { mapping, agreement, cipher })
    }

    /// From an object identifier; `None` if it is no PACE protocol known here.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::from_arcs(oid.arcs())
    }

    /// The standard name, such as `PACE-ECDH-GM-AES-CBC-CMAC-128`.
    #[must_use]
    pub fn name(self) -> String {
        let (agreement, mapping) = (self.agreement.name(), self.mapping.name());
        format!("PACE-{agreement}-{mapping}-{}", self.cipher.in_protocol_name())
    }
}

/// What an object identifier below `id-CA` says `[9303-11 §9.2.7]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChipAuthenticationProtocol {
    /// The group's kind.
    pub agreement: KeyAgreement,
    /// The cipher of the new channel.
    pub cipher: SessionCipher,
}

impl ChipAuthenticationProtocol {
    /// From the arcs of an object identifier; `None` if it is no such protocol.
    pub fn from_arcs(arcs: impl IntoIterator<Item = u32>) -> Option<Self> {
        let (agreement, cipher) = split(arcs, CHIP_AUTHENTICATION)?;
        Some(Self {
            agreement: agreement_arc(agreement)?,
            cipher: SessionCipher::from_arc(cipher?)?,
        })
    }

    /// From an object identifier; `None` if it is no such protocol.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::from_arcs(oid.arcs())
    }

    /// The standard name, such as `CA-ECDH-AES-CBC-CMAC-128`.
    #[must_use]
    pub fn name(self) -> String {
        format!("CA-{}-{}", self.agreement.name(), self.cipher.in_protocol_name())
    }
}

const fn agreement_arc(arc: u32) -> Option<KeyAgreement> {
    match arc {
        1 => Some(KeyAgreement::Dh),
        2 => Some(KeyAgreement::Ecdh),
        _ => None,
    }
}

const fn pace_arc(arc: u32) -> Option<(KeyAgreement, Mapping)> {
    match arc {
        1 => Some((KeyAgreement::Dh, Mapping::Generic)),
        2 => Some((KeyAgreement::Ecdh, Mapping::Generic)),
        3 => Some((KeyAgreement::Dh, Mapping::Integrated)),
        4 => Some((KeyAgreement::Ecdh, Mapping::Integrated)),
        6 => Some((KeyAgreement::Ecdh, Mapping::ChipAuthentication)),
        _ => None,
    }
}

/// The agreement of `id-PACE-x`, an object identifier without cipher.
pub(super) fn pace_domain(oid: &ObjectIdentifier) -> Option<(KeyAgreement, Mapping)> {
    match split(oid.arcs(), PACE)? {
        (arc, None) => pace_arc(arc),
        _ => None,
    }
}

/// The agreement of `id-CA-x`, an object identifier without cipher.
pub(super) fn chip_authentication_domain(oid: &ObjectIdentifier) -> Option<KeyAgreement> {
    match split(oid.arcs(), CHIP_AUTHENTICATION)? {
        (arc, None) => agreement_arc(arc),
        _ => None,
    }
}

/// The agreement of `id-PK-x`, the protocol of a public key.
pub(super) fn public_key(oid: &ObjectIdentifier) -> Option<KeyAgreement> {
    match split(oid.arcs(), 1)? {
        (arc, None) => agreement_arc(arc),
        _ => None,
    }
}

/// The one or two arcs after `0.4.0.127.0.7.2.2.protocol`.
fn split(arcs: impl IntoIterator<Item = u32>, protocol: u32) -> Option<(u32, Option<u32>)> {
    let mut arcs = arcs.into_iter();
    let prefix = SMARTCARD.into_iter().chain([2, protocol]);
    for expected in prefix {
        if arcs.next()? != expected {
            return None;
        }
    }
    let found = (arcs.next()?, arcs.next());
    arcs.next().is_none().then_some(found)
}
