use core::fmt;

use super::{Authorization, TerminalAlgorithm, key::CertificateKey};
use crate::{
    date::Date,
    error::{Error, Result, Unsupported},
    lds::KeyReference,
    tlv::{Reader, Tlv},
};

const FILE: &str = "CV certificate";

/// A card-verifiable certificate `[TR-03110-3 §C.1]`: parsed, not verified.
///
/// ```text
/// 7F21 { 7F4E { 5F29 profile, 42 authority, 7F49 public key, 5F20 holder, 7F4C authorization,
///               5F25 effective, 5F24 expiration, [65 extensions] },
///        5F37 signature over 7F4E }
/// ```
///
/// Extensions are not read: chips must not refuse a certificate for them.
#[derive(Clone)]
pub struct CvCertificate {
    /// Body and signature with their tags, as they came.
    contents: Vec<u8>,
    body_length: usize,
    signature: Vec<u8>,
    authority: KeyReference,
    key: CertificateKey,
    holder: KeyReference,
    authorization: Authorization,
    effective: Date,
    expiration: Date,
}

impl CvCertificate {
    /// Reads one certificate.
    ///
    /// # Errors
    /// `Malformed` where it breaks the standard; `Unsupported` for another profile, for keys that are not
    /// for Terminal Authentication and for curves that Doc 9303 does not name.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let certificate = Self::next(&mut reader)?;
        reader.finish().map_err(|error| error.in_file(FILE))?;
        certificate.ok_or(Error::malformed(0, "a certificate").in_file(FILE))
    }

    /// The next of several certificates, or `None` at the end.
    pub(super) fn next(reader: &mut Reader<'_>) -> Result<Option<Self>> {
        let at = reader.offset();
        match reader.next_object().map_err(|error| error.in_file(FILE))? {
            None => Ok(None),
            Some(object) if object.tag == 0x7F21 => {
                read(&object).map(Some).map_err(|error| error.in_file(FILE))
            }
            Some(_) => Err(Error::malformed(at, "the tag 7F21 of a certificate").in_file(FILE)),
        }
    }

    /// Who signed it: the name of the key that verifies it.
    #[must_use]
    pub const fn authority(&self) -> &KeyReference {
        &self.authority
    }

    /// Whose key it is, and which of the holder's keys.
    #[must_use]
    pub const fn holder(&self) -> &KeyReference {
        &self.holder
    }

    /// What the issuer allows the holder.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// How the holder signs.
    #[must_use]
    pub const fn algorithm(&self) -> TerminalAlgorithm {
        self.key.algorithm
    }

    /// The day on which it was made.
    #[must_use]
    pub const fn effective(&self) -> Date {
        self.effective
    }

    /// The last day on which it is valid.
    #[must_use]
    pub const fn expiration(&self) -> Date {
        self.expiration
    }

    /// Whether it is the authority's certificate for its own key, which chips do not take.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.authority == self.holder
    }

    /// The certificate as it came, with its outermost tag in the shortest form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        crate::tlv::write(0x7F21, &self.contents)
    }

    /// Body and signature with their tags, as the chip wants them.
    pub(super) fn contents(&self) -> &[u8] {
        &self.contents
    }

    /// What was signed.
    pub(super) fn body(&self) -> &[u8] {
        self.contents.get(..self.body_length).unwrap_or_default()
    }

    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(super) const fn key(&self) -> &CertificateKey {
        &self.key
    }
}

fn read(certificate: &Tlv<'_>) -> Result<CvCertificate> {
    let mut parts = certificate.children()?;
    let body = parts.expect(0x7F4E, "a certificate's body")?;
    let signature = parts.expect(0x5F37, "a signature")?;
    parts.finish()?;

    let mut fields = body.children()?;
    let profile = fields.expect(0x5F29, "a profile identifier")?;
    match profile.value {
        [0] => {}
        [_] => {
            return Err(Error::Unsupported(Unsupported::Structure("another certificate profile")));
        }
        _ => return Err(profile.error("a profile identifier of one byte")),
    }
    let authority = reference(&fields.expect(0x42, "a reference to the authority")?)?;
    let key = CertificateKey::parse(&fields.expect(0x7F49, "a public key")?)?;
    let holder = reference(&fields.expect(0x5F20, "a reference to the holder")?)?;
    let authorization = Authorization::parse(&fields.expect(0x7F4C, "an authorization")?)?;
    let effective = date(&fields.expect(0x5F25, "an effective date")?)?;
    let expiration = date(&fields.expect(0x5F24, "an expiration date")?)?;
    fields.optional(0x65)?;
    fields.finish()?;
    Ok(CvCertificate {
        contents: certificate.value.to_vec(),
        body_length: body.raw.len(),
        signature: signature.value.to_vec(),
        authority,
        key,
        holder,
        authorization,
        effective,
        expiration,
    })
}

fn reference(object: &Tlv<'_>) -> Result<KeyReference> {
    KeyReference::new(object.value).ok_or(object.error("the name of a key"))
}

/// YYMMDD, a digit in each byte, 2000 to 2099 `[TR-03110-3 §D.2.1.3]`.
fn date(object: &Tlv<'_>) -> Result<Date> {
    let malformed = || object.error("a date of six digits");
    let [a, b, c, d, e, f] = *object.value else { return Err(malformed()) };
    if object.value.iter().any(|digit| *digit > 9) {
        return Err(malformed());
    }
    Date::new(2000 + u16::from(10 * a + b), 10 * c + d, 10 * e + f).map_err(|_| malformed())
}

impl PartialEq for CvCertificate {
    /// By the bytes, wherever they stood.
    fn eq(&self, other: &Self) -> bool {
        self.contents == other.contents
    }
}

impl Eq for CvCertificate {}

impl fmt::Debug for CvCertificate {
    /// Names, roles and dates; neither key nor signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CvCertificate")
            .field("authority", &self.authority)
            .field("holder", &self.holder)
            .field("authorization", &self.authorization)
            .field("algorithm", &self.algorithm())
            .field("effective", &self.effective)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}
