//! Private keys from PKCS #8 files, to simulate one's own chips and terminals `[RFC 5958 §2]`.
//!
//! RSA keys `[RFC 8017 §A.1.2]` and keys on the curves of this crate `[RFC 5915 §3]`, named or with explicit parameters
//! `[RFC 3279 §2.3.5]` that are exactly those of a known curve. DER only; nothing encrypted.

use num_bigint::BigUint;
use num_traits::Zero;

use crate::arithmetic::curve::CurveName;
use crate::arithmetic::rsa::RsaKey;
use crate::der;
use crate::personalisation::EcKey;
use crate::tlv::{self, Node};

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const ID_EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const PRIME_FIELD: &str = "1.2.840.10045.1.1";

/// A private key of one of the two kinds that chips and terminals sign with.
///
/// ```
/// use cccd_simulator::arithmetic::curve::CurveName;
/// use cccd_simulator::{der, tlv, PrivateKey};
///
/// // What `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER` writes, for the key 5.
/// let algorithm = tlv::sequence(&[
///     der::object_identifier("1.2.840.10045.2.1"),
///     der::object_identifier("1.2.840.10045.3.1.7"),
/// ]);
/// let mut five = [0; 32];
/// five[31] = 5;
/// let key = tlv::sequence(&[der::small_integer(1), der::octet_string(&five)]);
/// let file = tlv::sequence(&[der::small_integer(0), algorithm, der::octet_string(&key)]);
///
/// let PrivateKey::Ec(key) = PrivateKey::from_pkcs8(&file)? else { panic!("a curve was asked for") };
/// assert_eq!(key.curve, CurveName::Secp256r1);
/// # Ok::<(), cccd_simulator::pkcs8::Pkcs8Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKey {
    /// A key on a named curve.
    Ec(EcKey),
    /// An RSA key.
    Rsa(RsaKey),
}

/// Why a PKCS #8 file gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs8Error {
    /// Not the DER of a PrivateKeyInfo.
    #[error("the bytes are not a PKCS #8 private key")]
    Malformed,
    /// Neither RSA nor a key on a curve.
    #[error("the key is neither an RSA key nor one on a curve")]
    UnknownAlgorithm,
    /// A curve that this crate does not know.
    #[error("the key's curve is not one of the curves of Doc 9303")]
    UnknownCurve,
    /// The numbers do not belong together.
    #[error("the numbers of the key contradict each other")]
    Inconsistent,
}

impl PrivateKey {
    /// Read PrivateKeyInfo, of version 1 or 2.
    ///
    /// # Errors
    /// See [`Pkcs8Error`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<PrivateKey, Pkcs8Error> {
        let nodes = sequence(bytes)?;
        let [_version, algorithm, key, ..] = nodes.as_slice() else {
            return Err(Pkcs8Error::Malformed);
        };
        if key.tag != 0x04 {
            return Err(Pkcs8Error::Malformed);
        }
        let algorithm = children(algorithm)?;
        let (name, parameters) = algorithm.split_first().ok_or(Pkcs8Error::Malformed)?;
        if is_object_identifier(name, RSA_ENCRYPTION) {
            rsa_key(key.value).map(PrivateKey::Rsa)
        } else if is_object_identifier(name, ID_EC_PUBLIC_KEY) {
            ec_key(key.value, parameters.first().copied()).map(PrivateKey::Ec)
        } else {
            Err(Pkcs8Error::UnknownAlgorithm)
        }
    }
}

fn sequence(bytes: &[u8]) -> Result<Vec<Node<'_>>, Pkcs8Error> {
    tlv::parse_only(bytes, 0x30).and_then(tlv::parse_all).ok_or(Pkcs8Error::Malformed)
}

fn children<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, Pkcs8Error> {
    if node.tag == 0x30 {
        tlv::parse_all(node.value).ok_or(Pkcs8Error::Malformed)
    } else {
        Err(Pkcs8Error::Malformed)
    }
}

fn is_object_identifier(node: &Node<'_>, dotted: &str) -> bool {
    tlv::node(node.tag, node.value) == der::object_identifier(dotted)
}

fn integer(node: &Node<'_>) -> Result<BigUint, Pkcs8Error> {
    match node {
        Node { tag: 0x02, value: [first, ..] } if first & 0x80 == 0 => {
            Ok(BigUint::from_bytes_be(node.value))
        }
        _ => Err(Pkcs8Error::Malformed),
    }
}

/// RSAPrivateKey ::= SEQUENCE { version, n, e, d, p, q, … }
fn rsa_key(bytes: &[u8]) -> Result<RsaKey, Pkcs8Error> {
    let nodes = sequence(bytes)?;
    let [_version, modulus, public_exponent, private_exponent, ..] = nodes.as_slice() else {
        return Err(Pkcs8Error::Malformed);
    };
    let key = RsaKey {
        modulus: integer(modulus)?,
        public_exponent: integer(public_exponent)?,
        private_exponent: integer(private_exponent)?,
    };
    if key.modulus <= BigUint::from(2u8) {
        return Err(Pkcs8Error::Inconsistent);
    }
    let probe = BigUint::from(2u8);
    let signed = probe.modpow(&key.private_exponent, &key.modulus);
    if signed.modpow(&key.public_exponent, &key.modulus) == probe {
        Ok(key)
    } else {
        Err(Pkcs8Error::Inconsistent)
    }
}

/// ECPrivateKey ::= SEQUENCE { version, privateKey OCTET STRING, [0] parameters OPTIONAL, [1] publicKey OPTIONAL }
fn ec_key(bytes: &[u8], parameters: Option<Node<'_>>) -> Result<EcKey, Pkcs8Error> {
    let nodes = sequence(bytes)?;
    let [_version, private, optional @ ..] = nodes.as_slice() else {
        return Err(Pkcs8Error::Malformed);
    };
    if private.tag != 0x04 {
        return Err(Pkcs8Error::Malformed);
    }
    let inside = optional.iter().find(|node| node.tag == 0xA0);
    let parameters = match (parameters, inside) {
        (Some(parameters), _) => parameters,
        (None, Some(explicit)) => tlv::parse(explicit.value).ok_or(Pkcs8Error::Malformed)?.0,
        (None, None) => return Err(Pkcs8Error::Malformed),
    };
    let name = curve(&parameters)?;
    let key = EcKey { curve: name, private: BigUint::from_bytes_be(private.value), key_id: None };
    let curve = name.curve();
    if key.private.is_zero() || key.private >= curve.n {
        return Err(Pkcs8Error::Inconsistent);
    }
    if let Some(public) = optional.iter().find(|node| node.tag == 0xA1) {
        let bits = tlv::parse_only(public.value, 0x03).ok_or(Pkcs8Error::Malformed)?;
        if bits.strip_prefix(&[0]) != Some(curve.encode(&key.public()).as_slice()) {
            return Err(Pkcs8Error::Inconsistent);
        }
    }
    Ok(key)
}

/// A curve by its object identifier, or by all its numbers.
fn curve(parameters: &Node<'_>) -> Result<CurveName, Pkcs8Error> {
    match parameters.tag {
        0x06 => CurveName::ALL
            .into_iter()
            .find(|name| is_object_identifier(parameters, name.object_identifier()))
            .ok_or(Pkcs8Error::UnknownCurve),
        0x30 => explicit_curve(parameters.value),
        _ => Err(Pkcs8Error::Malformed),
    }
}

/// ECParameters ::= SEQUENCE { version, SEQUENCE { prime-field, p }, SEQUENCE { a, b, seed OPTIONAL }, G, n, cofactor OPTIONAL }
fn explicit_curve(contents: &[u8]) -> Result<CurveName, Pkcs8Error> {
    let nodes = tlv::parse_all(contents).ok_or(Pkcs8Error::Malformed)?;
    let [_version, field, coefficients, generator, order, ..] = nodes.as_slice() else {
        return Err(Pkcs8Error::Malformed);
    };
    let field = children(field)?;
    let coefficients = children(coefficients)?;
    let ([kind, p], [a, b, ..]) = (field.as_slice(), coefficients.as_slice()) else {
        return Err(Pkcs8Error::Malformed);
    };
    if !is_object_identifier(kind, PRIME_FIELD) {
        return Err(Pkcs8Error::UnknownCurve);
    }
    let element = |node: &Node<'_>| BigUint::from_bytes_be(node.value);
    CurveName::from_numbers(
        &integer(p)?,
        &element(a),
        &element(b),
        generator.value,
        &integer(order)?,
    )
    .ok_or(Pkcs8Error::UnknownCurve)
}

#[cfg(test)]
mod tests;
