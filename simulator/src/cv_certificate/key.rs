//! Public and private keys of Terminal Authentication `[TR-03110-3 §D.3]`.
//!
//! ```text
//! 7F49 { 06 algorithm, 81 n, 82 e }                                     RSA
//! 7F49 { 06 algorithm, [81 p, 82 a, 83 b, 84 G, 85 r,] 86 Y [, 87 f] }  curve; domain parameters in CVCA certificates only
//! ```

use num_bigint::BigUint;
use num_traits::One;

use super::CvError;
use super::algorithm::{Scheme, TerminalAlgorithm};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::ecdsa::{self, Signature};
use crate::arithmetic::rsa::{RsaKey, RsaPublicKey};
use crate::der;
use crate::digest::DigestName;
use crate::personalisation::EcKey;
use crate::pkcs8::PrivateKey;
use crate::random::Random;
use crate::tlv::{self, Node, constructed, node};

/// A public key with the algorithm that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvPublicKey {
    /// The algorithm.
    pub algorithm: TerminalAlgorithm,
    /// The key itself.
    pub value: PublicValue,
}

/// The numbers of a public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicValue {
    /// RSA.
    Rsa(RsaPublicKey),
    /// A point, as it is encoded, and its curve where the certificate tells it.
    Point {
        /// The curve; without it the key inherits the curve of its authority.
        curve: Option<CurveName>,
        /// `04 || x || y`.
        point: Vec<u8>,
    },
}

impl CvPublicKey {
    /// The data object 7F49; numbers in their shortest form `[TR-03110-3 §D.2.1.1]`. Domain parameters are written if the key says its curve.
    pub fn encode(&self) -> Vec<u8> {
        let mut parts = vec![der::object_identifier(self.algorithm.object_identifier())];
        match &self.value {
            PublicValue::Rsa(key) => {
                parts.push(node(0x81, &key.modulus.to_bytes_be()));
                parts.push(node(0x82, &key.exponent.to_bytes_be()));
            }
            PublicValue::Point { curve: None, point } => parts.push(node(0x86, point)),
            PublicValue::Point { curve: Some(name), point } => {
                let curve = name.curve();
                parts.extend([
                    node(0x81, &curve.p.to_bytes_be()),
                    node(0x82, &curve.a.to_bytes_be()),
                    node(0x83, &curve.b.to_bytes_be()),
                    node(0x84, &curve.encode(&curve.generator)),
                    node(0x85, &curve.n.to_bytes_be()),
                    node(0x86, point),
                    node(0x87, &[1]),
                ]);
            }
        }
        constructed(0x7F49, &parts)
    }

    /// Read the contents of 7F49, strictly: the order of the data objects is fixed.
    pub(super) fn parse(contents: &[u8]) -> Result<CvPublicKey, CvError> {
        let nodes = tlv::parse_all(contents).ok_or(CvError::Malformed("public key"))?;
        let (algorithm, rest) = match nodes.as_slice() {
            [first, rest @ ..] if first.tag == 0x06 => (first.value, rest),
            _ => return Err(CvError::Malformed("public key")),
        };
        let algorithm = TerminalAlgorithm::from_encoded(algorithm)
            .ok_or(CvError::Unsupported("signature algorithm"))?;
        let value = if algorithm.is_rsa() { rsa_value(rest)? } else { point_value(rest)? };
        Ok(CvPublicKey { algorithm, value })
    }

    /// The same key on its authority's curve, unless it tells its own `[TR-03110-3 §D.3.3]`.
    pub fn inherit(&self, authority: &CvPublicKey) -> CvPublicKey {
        let mut key = self.clone();
        if let (
            PublicValue::Point { curve: curve @ None, .. },
            PublicValue::Point { curve: inherited, .. },
        ) = (&mut key.value, &authority.value)
        {
            *curve = *inherited;
        }
        key
    }

    /// Whether the key tells its curve.
    pub fn has_domain_parameters(&self) -> bool {
        matches!(self.value, PublicValue::Point { curve: Some(_), .. })
    }

    /// Whether the key can verify: an RSA key, or a point that is on its curve.
    pub fn is_complete(&self) -> bool {
        match &self.value {
            PublicValue::Rsa(_) => true,
            PublicValue::Point { curve, point } => {
                curve.is_some_and(|name| name.curve().decode(point).is_some())
            }
        }
    }

    /// Whether the signature over the message is right. An incomplete key verifies nothing.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = self.algorithm.digest();
        match (&self.value, self.algorithm.scheme()) {
            (PublicValue::Rsa(key), Scheme::RsaPkcs1) => {
                key.verify_pkcs1(digest, message, signature)
            }
            (PublicValue::Rsa(key), Scheme::RsaPss) => key.verify_pss(digest, message, signature),
            (PublicValue::Point { curve: Some(name), point }, Scheme::Ecdsa) => {
                verify_plain(*name, point, &digest.hash(message), signature)
            }
            _ => false,
        }
    }
}

/// ECDSA in plain format: two numbers as long as n `[TR-03111 §5.2.1]`.
fn verify_plain(name: CurveName, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let curve = name.curve();
    let length = curve.order_length();
    let Some(public) = curve.decode(point) else {
        return false;
    };
    if signature.len() != 2 * length {
        return false;
    }
    let (r, s) = signature.split_at(length);
    let signature = Signature { r: BigUint::from_bytes_be(r), s: BigUint::from_bytes_be(s) };
    ecdsa::verify(&curve, &public, digest, &signature)
}

/// Between the shortest and the longest modulus that the standard knows, with room above.
const MODULUS_BITS: std::ops::RangeInclusive<u64> = 1024..=4096;

fn rsa_value(nodes: &[Node<'_>]) -> Result<PublicValue, CvError> {
    let [modulus, exponent] = nodes else {
        return Err(CvError::Malformed("RSA public key"));
    };
    if (modulus.tag, exponent.tag) != (0x81, 0x82) {
        return Err(CvError::Malformed("RSA public key"));
    }
    let key = RsaPublicKey {
        modulus: BigUint::from_bytes_be(modulus.value),
        exponent: BigUint::from_bytes_be(exponent.value),
    };
    // The exponent has 32 bits at most [TR-03110-3 §A.7.3.2].
    if !MODULUS_BITS.contains(&key.modulus.bits())
        || key.exponent.bits() > 32
        || key.exponent <= BigUint::one()
    {
        return Err(CvError::Unsupported("length of an RSA key"));
    }
    Ok(PublicValue::Rsa(key))
}

fn point_value(nodes: &[Node<'_>]) -> Result<PublicValue, CvError> {
    let (curve, point) = match nodes {
        [point] if point.tag == 0x86 => (None, point),
        [p, a, b, generator, order, point, cofactor @ ..]
            if [p, a, b, generator, order, point].map(|node| node.tag)
                == [0x81, 0x82, 0x83, 0x84, 0x85, 0x86] =>
        {
            match cofactor {
                [] => {}
                [one] if one.tag == 0x87 && one.value == [1] => {}
                _ => return Err(CvError::Malformed("cofactor of a curve")),
            }
            let number = |node: &Node<'_>| BigUint::from_bytes_be(node.value);
            let name = CurveName::from_numbers(
                &number(p),
                &number(a),
                &number(b),
                generator.value,
                &number(order),
            );
            (Some(name.ok_or(CvError::Unsupported("curve"))?), point)
        }
        _ => return Err(CvError::Malformed("public key on a curve")),
    };
    Ok(PublicValue::Point { curve, point: point.value.to_vec() })
}

/// A private key of an authority or of a terminal, and the algorithm that it signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalKey {
    algorithm: TerminalAlgorithm,
    key: PrivateKey,
}

impl TerminalKey {
    /// A key for an algorithm, somebody's own or one read by [`PrivateKey::from_pkcs8`].
    ///
    /// # Errors
    /// The key is not of the algorithm's kind, or too short for its digest.
    pub fn new(algorithm: TerminalAlgorithm, key: PrivateKey) -> Result<TerminalKey, CvError> {
        let digest = algorithm.digest();
        let fits = match (&key, algorithm.scheme()) {
            (PrivateKey::Ec(_), Scheme::Ecdsa) => true,
            (PrivateKey::Rsa(key), Scheme::RsaPkcs1) => key.public().holds_pkcs1(digest),
            (PrivateKey::Rsa(key), Scheme::RsaPss) => key.public().holds_pss(digest),
            _ => false,
        };
        if fits {
            Ok(TerminalKey { algorithm, key })
        } else {
            Err(CvError::Unsupported("private key for this algorithm"))
        }
    }

    /// A key from a seed: a new one on the curve, or the given RSA key, which has 2048 bits.
    pub(super) fn generate(
        algorithm: TerminalAlgorithm,
        curve: CurveName,
        rsa: RsaKey,
        random: &mut Random,
    ) -> TerminalKey {
        let key = if algorithm.is_rsa() {
            PrivateKey::Rsa(rsa)
        } else {
            PrivateKey::Ec(EcKey::generate(curve, random))
        };
        TerminalKey { algorithm, key }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> TerminalAlgorithm {
        self.algorithm
    }

    /// The public key; on a curve, with the curve.
    pub fn public(&self) -> CvPublicKey {
        let value = match &self.key {
            PrivateKey::Rsa(key) => PublicValue::Rsa(key.public()),
            PrivateKey::Ec(key) => PublicValue::Point {
                curve: Some(key.curve),
                point: key.curve.curve().encode(&key.public()),
            },
        };
        CvPublicKey { algorithm: self.algorithm, value }
    }

    /// The public key as certificates below a CVCA hold it: without the curve, which is the authority's.
    pub fn public_without_parameters(&self) -> CvPublicKey {
        let mut public = self.public();
        if let PublicValue::Point { curve, .. } = &mut public.value {
            *curve = None;
        }
        public
    }

    /// Sign a message. The same message gets the same signature.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = self.algorithm.digest();
        let mut random = self.random_for(message);
        match &self.key {
            PrivateKey::Ec(key) => {
                let curve = key.curve.curve();
                ecdsa::sign(&curve, &key.private, &digest.hash(message), &mut random).plain(&curve)
            }
            PrivateKey::Rsa(key) if self.algorithm.scheme() == Scheme::RsaPss => {
                key.sign_pss(digest, message, &random.bytes(digest.length()))
            }
            PrivateKey::Rsa(key) => key.sign_pkcs1(digest, message),
        }
    }

    /// A stream for this key and this message, so that no two signatures share an ephemeral key.
    fn random_for(&self, message: &[u8]) -> Random {
        let secret = match &self.key {
            PrivateKey::Ec(key) => &key.private,
            PrivateKey::Rsa(key) => &key.private_exponent,
        };
        let digest = DigestName::Sha256.hash(&[&secret.to_bytes_be(), message].concat());
        let label: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Random::from_label(0, &label)
    }
}
