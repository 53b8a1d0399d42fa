use crate::{
    crypto::{self, Curve, DigestAlgorithm, PublicKey, RsaPublicKey, SignatureScheme},
    error::{Error, Result, Unsupported},
    tlv::{Reader, Tlv},
};
use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};

/// How the holder of a key signs `[TR-03110-3 §A.7.3, §A.7.4]`. SHA-1 and PKCS#1 v1.5 are old: Doc
/// 9303-11 names neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TerminalAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1): MGF1 with the same digest, salt as long as it.
    RsaPss(DigestAlgorithm),
    /// ECDSA, r ‖ s (BSI TR-03111 §5.2.1).
    Ecdsa(DigestAlgorithm),
}

/// Arcs below id-TA, `0.4.0.127.0.7.2.2.2` `[TR-03110-3 §A.1.1.3]`.
const ID_TA: &str = "0.4.0.127.0.7.2.2.2.";
const ALGORITHMS: [(&str, &str, TerminalAlgorithm); 11] = [
    ("1.1", "id-TA-RSA-v1-5-SHA-1", TerminalAlgorithm::RsaPkcs1(Sha1)),
    ("1.2", "id-TA-RSA-v1-5-SHA-256", TerminalAlgorithm::RsaPkcs1(Sha256)),
    ("1.3", "id-TA-RSA-PSS-SHA-1", TerminalAlgorithm::RsaPss(Sha1)),
    ("1.4", "id-TA-RSA-PSS-SHA-256", TerminalAlgorithm::RsaPss(Sha256)),
    ("1.5", "id-TA-RSA-v1-5-SHA-512", TerminalAlgorithm::RsaPkcs1(Sha512)),
    ("1.6", "id-TA-RSA-PSS-SHA-512", TerminalAlgorithm::RsaPss(Sha512)),
    ("2.1", "id-TA-ECDSA-SHA-1", TerminalAlgorithm::Ecdsa(Sha1)),
    ("2.2", "id-TA-ECDSA-SHA-224", TerminalAlgorithm::Ecdsa(Sha224)),
    ("2.3", "id-TA-ECDSA-SHA-256", TerminalAlgorithm::Ecdsa(Sha256)),
    ("2.4", "id-TA-ECDSA-SHA-384", TerminalAlgorithm::Ecdsa(Sha384)),
    ("2.5", "id-TA-ECDSA-SHA-512", TerminalAlgorithm::Ecdsa(Sha512)),
];

impl TerminalAlgorithm {
    fn from_oid(oid: &str) -> Option<Self> {
        let arcs = oid.strip_prefix(ID_TA)?;
        ALGORITHMS.into_iter().find(|(known, ..)| *known == arcs).map(|(.., algorithm)| algorithm)
    }

    /// The name in the standard, such as `id-TA-ECDSA-SHA-256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = ALGORITHMS.into_iter().find(|(.., algorithm)| *algorithm == self);
        known.map_or("id-TA", |(_, name, _)| name)
    }

    /// The digest of the message.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss(digest) | Self::Ecdsa(digest) => digest,
        }
    }
}

/// The public key of a certificate `[TR-03110-3 §D.3]`: complete, or a point whose curve is that of the
/// authority.
#[derive(Clone)]
pub(super) struct CertificateKey {
    pub(super) algorithm: TerminalAlgorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Rsa(RsaPublicKey),
    Point {
        encoded: Vec<u8>,
        /// Where it stands in the certificate.
        offset: usize,
        curve: Option<Curve>,
    },
}

impl CertificateKey {
    pub(super) fn parse(object: &Tlv<'_>) -> Result<Self> {
        let mut objects = object.children()?;
        let oid = crypto::oid(&objects.expect(0x06, "the key's algorithm")?)?;
        let algorithm = TerminalAlgorithm::from_oid(&oid).ok_or(Error::Unsupported(
            Unsupported::Algorithm("a key that is not for Terminal Authentication"),
        ))?;
        let material = match algorithm {
            TerminalAlgorithm::RsaPkcs1(_) | TerminalAlgorithm::RsaPss(_) => {
                let n = objects.expect(0x81, "a modulus")?;
                let e = objects.expect(0x82, "a public exponent")?;
                let key = RsaPublicKey::from_numbers(n.value, e.value);
                Material::Rsa(key.map_err(|error| at(n.offset, error))?)
            }
            TerminalAlgorithm::Ecdsa(_) => point(&mut objects)?,
        };
        objects.finish()?;
        Ok(Self { algorithm, material })
    }

    /// The curve, if the certificate says it.
    pub(super) const fn curve(&self) -> Option<Curve> {
        match self.material {
            Material::Rsa(_) => None,
            Material::Point { curve, .. } => curve,
        }
    }

    /// The key that verifies signatures; a point without curve is on the `inherited` one.
    ///
    /// # Errors
    /// `Malformed` if there is no curve or the point is not on it.
    pub(super) fn complete(&self, inherited: Option<Curve>) -> Result<VerificationKey> {
        let key = match &self.material {
            Material::Rsa(key) => PublicKey::Rsa(key.clone()),
            Material::Point { encoded, offset, curve } => {
                let curve = curve
                    .or(inherited)
                    .ok_or(Error::malformed(*offset, "a point with domain parameters"))?;
                PublicKey::on_curve(curve, encoded).map_err(|error| at(*offset, error))?
            }
        };
        Ok(VerificationKey { algorithm: self.algorithm, key })
    }
}

/// Reads domain parameters, all or none of them, and the point between them.
fn point(objects: &mut Reader<'_>) -> Result<Material> {
    const WHAT: [&str; 4] =
        ["the coefficient a", "the coefficient b", "a base point", "the order of the base point"];
    let parameters = match objects.optional(0x81)? {
        None => None,
        Some(p) => {
            let mut next = |tag, what| objects.expect(tag, what).map(|object| object.value);
            let [a, b, generator, n] = WHAT;
            Some([p.value, next(0x82, a)?, next(0x83, b)?, next(0x84, generator)?, next(0x85, n)?])
        }
    };
    let point = objects.expect(0x86, "a public point")?;
    let curve = match parameters {
        None => None,
        Some(parameters) => {
            let cofactor = objects.optional(0x87)?.map(|cofactor| cofactor.value);
            Some(Curve::from_numbers(parameters, cofactor)?)
        }
    };
    // The uncompressed form SHALL be used [TR-03110-3 §D.2.1.2].
    if point.value.first() != Some(&0x04) {
        return Err(point.error("an uncompressed point"));
    }
    if let Some(curve) = curve {
        PublicKey::on_curve(curve, point.value).map_err(|error| at(point.offset, error))?;
    }
    Ok(Material::Point { encoded: point.value.to_vec(), offset: point.offset, curve })
}

/// Points an error of a lower layer, which knows no certificate, at the place in it.
fn at(offset: usize, error: Error) -> Error {
    match error {
        Error::Malformed { what, .. } => Error::malformed(offset, what),
        other => other,
    }
}

/// A key with everything that verifying takes.
#[derive(Clone)]
pub(super) struct VerificationKey {
    algorithm: TerminalAlgorithm,
    key: PublicKey,
}

impl VerificationKey {
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let scheme = match self.algorithm {
            TerminalAlgorithm::Ecdsa(digest) => {
                return self.key.verify_ecdsa_plain(&digest.digest(message), signature);
            }
            TerminalAlgorithm::RsaPkcs1(digest) => SignatureScheme::RsaPkcs1(digest),
            TerminalAlgorithm::RsaPss(digest) => SignatureScheme::RsaPss {
                digest,
                mgf_digest: digest,
                salt_length: digest.output_length(),
            },
        };
        self.key.verify(scheme, message, signature)
    }

    /// The domain parameters that the holder's own certificates inherit.
    pub(super) const fn curve(&self) -> Option<Curve> {
        match &self.key {
            PublicKey::Rsa(_) => None,
            PublicKey::Ec { key, .. } => Some(key.curve()),
        }
    }

    /// Algorithm and size for reports.
    pub(super) fn describe(&self) -> String {
        format!("{}, {}", self.algorithm.name(), self.key.describe())
    }
}
