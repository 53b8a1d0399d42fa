use core::fmt;

use super::{CvCertificate, CvCertificates};
use crate::error::Result;

/// What makes a reader an inspection system: certificates, and the key of at least one of them. The
/// operator implements it, usually over a security module; the library never sees the private key.
///
/// Certificates of several states may need several keys, so [`Terminal::sign`] is told which one.
///
/// ```
/// use cccd::{
///     Error, Result,
///     error::NotAuthorised,
///     terminal::{CvCertificate, CvCertificates, Terminal},
/// };
///
/// struct Desk {
///     certificates: CvCertificates,
///     /// Finds a key by its label and signs: r ‖ s.
///     module: fn(label: &str, message: &[u8]) -> Option<Vec<u8>>,
/// }
///
/// impl Terminal for Desk {
///     fn certificates(&self) -> &CvCertificates {
///         &self.certificates
///     }
///
///     fn sign(&mut self, certificate: &CvCertificate, message: &[u8]) -> Result<Vec<u8>> {
///         (self.module)(&certificate.holder().to_string(), message)
///             .ok_or(Error::NotAuthorised(NotAuthorised::KeyUnavailable))
///     }
/// }
/// ```
pub trait Terminal: Send {
    /// Everything that the document verifier delivered; see [`CvCertificates`].
    fn certificates(&self) -> &CvCertificates;

    /// Signs with the private key of this certificate, by its
    /// [`algorithm`](CvCertificate::algorithm).
    ///
    /// `message` is the whole message, not its digest: ID_PICC ‖ r_PICC ‖ Comp(PK_DH,IFD). After BAC it
    /// begins with the document number, so it is personal data.
    ///
    /// The answer is, for ECDSA, r ‖ s, each as long as the curve's order (not the DER form that many
    /// modules return); for RSA as long as the modulus. It is checked against the certificate before the
    /// chip gets it. The read waits meanwhile, the card in the field.
    ///
    /// # Errors
    /// Whatever keeps the key from being used,
    /// [`NotAuthorised::KeyUnavailable`](crate::error::NotAuthorised::KeyUnavailable) for instance.
    fn sign(&mut self, certificate: &CvCertificate, message: &[u8]) -> Result<Vec<u8>>;
}

impl fmt::Debug for dyn Terminal + '_ {
    /// How many certificates; nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Terminal({} certificates)", self.certificates().len())
    }
}
