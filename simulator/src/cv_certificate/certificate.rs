//! One certificate: its body, and its signature `[TR-03110-3 §C.1]`.

use super::CvError;
use super::authorization::Authorization;
use super::date::Date;
use super::key::{CvPublicKey, TerminalKey};
use crate::tlv::{self, Node, constructed, node};

/// The body of a certificate: 7F4E { 5F29, 42, 7F49, 5F20, 7F4C, 5F25, 5F24 [, 65] }.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvBody {
    /// Certification Authority Reference: names the key that signed.
    pub authority_reference: Vec<u8>,
    /// The holder's key.
    pub public_key: CvPublicKey,
    /// Certificate Holder Reference: names the holder's key.
    pub holder_reference: Vec<u8>,
    /// The holder's role and rights.
    pub authorization: Authorization,
    /// Certificate Effective Date: the day on which it was made.
    pub effective: Date,
    /// Certificate Expiration Date: the last day on which it holds.
    pub expiration: Date,
    /// The contents of the certificate extensions, which chips of version 1 do not read.
    pub extensions: Option<Vec<u8>>,
}

impl CvBody {
    /// The data object 7F4E.
    pub fn encode(&self) -> Vec<u8> {
        let mut parts = vec![
            // Version 1 of the profile.
            node(0x5F29, &[0]),
            node(0x42, &self.authority_reference),
            self.public_key.encode(),
            node(0x5F20, &self.holder_reference),
            self.authorization.encode(),
            node(0x5F25, &self.effective.encode()),
            node(0x5F24, &self.expiration.encode()),
        ];
        parts.extend(self.extensions.as_ref().map(|contents| node(0x65, contents)));
        constructed(0x7F4E, &parts)
    }

    /// The whole certificate, 7F21 { body, 5F37 signature }, signed by this key: the tool for certificates that no
    /// authority would issue.
    pub fn sign(&self, key: &TerminalKey) -> Vec<u8> {
        let body = self.encode();
        let signature = node(0x5F37, &key.sign(&body));
        constructed(0x7F21, &[body, signature])
    }

    fn parse(contents: &[u8]) -> Result<CvBody, CvError> {
        let nodes = tlv::parse_all(contents).ok_or(CvError::Malformed("body"))?;
        let ([profile, authority, key, holder, authorization, effective, expiration], extensions) =
            nodes.split_first_chunk().ok_or(CvError::Malformed("body"))?;
        if value(profile, 0x5F29)? != [0] {
            return Err(CvError::Unsupported("certificate profile"));
        }
        let extensions = match extensions {
            [] => None,
            [only] => Some(value(only, 0x65)?.to_vec()),
            _ => return Err(CvError::Malformed("body")),
        };
        Ok(CvBody {
            authority_reference: reference(authority, 0x42)?,
            public_key: CvPublicKey::parse(value(key, 0x7F49)?)?,
            holder_reference: reference(holder, 0x5F20)?,
            authorization: Authorization::parse(value(authorization, 0x7F4C)?)?,
            effective: date(effective, 0x5F25)?,
            expiration: date(expiration, 0x5F24)?,
            extensions,
        })
    }
}

fn value<'a>(node: &Node<'a>, tag: u32) -> Result<&'a [u8], CvError> {
    if node.tag == tag { Ok(node.value) } else { Err(CvError::Malformed("order of the body")) }
}

fn date(node: &Node<'_>, tag: u32) -> Result<Date, CvError> {
    Date::decode(value(node, tag)?).ok_or(CvError::Malformed("date"))
}

/// Country (2), mnemonic (up to 9), sequence number (5); ISO/IEC 8859-1 without control characters
/// `[TR-03110-3 §A.7.1, §D.2.1.4]`.
fn reference(node: &Node<'_>, tag: u32) -> Result<Vec<u8>, CvError> {
    let bytes = value(node, tag)?;
    let printable = bytes.iter().all(|byte| matches!(byte, 0x20..=0x7E | 0xA0..=0xFF));
    if (8..=16).contains(&bytes.len()) && printable {
        Ok(bytes.to_vec())
    } else {
        Err(CvError::Malformed("reference of a key"))
    }
}

/// A certificate as it was read: the body's own bytes are what the signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvCertificate {
    /// What it says.
    pub body: CvBody,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl CvCertificate {
    /// Read 7F21 { 7F4E, 5F37 } and nothing after it.
    ///
    /// # Errors
    /// The bytes are no such certificate, or one with an algorithm, a curve or a terminal type that is not known.
    pub fn parse(bytes: &[u8]) -> Result<CvCertificate, CvError> {
        let contents = tlv::parse_only(bytes, 0x7F21).ok_or(CvError::Malformed("certificate"))?;
        CvCertificate::parse_parts(contents)
    }

    /// Read 7F4E and 5F37 without the 7F21 around them, as PSO:VERIFY CERTIFICATE carries them.
    ///
    /// # Errors
    /// As [`CvCertificate::parse`].
    pub fn parse_parts(parts: &[u8]) -> Result<CvCertificate, CvError> {
        const MALFORMED: CvError = CvError::Malformed("certificate");
        let (body, rest) = tlv::parse(parts).ok_or(MALFORMED)?;
        let signature = tlv::parse_only(rest, 0x5F37).ok_or(MALFORMED)?;
        if body.tag != 0x7F4E {
            return Err(MALFORMED);
        }
        Ok(CvCertificate {
            body: CvBody::parse(body.value)?,
            signed: parts[..parts.len() - rest.len()].to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// Whether this key made the signature.
    pub fn is_signed_by(&self, key: &CvPublicKey) -> bool {
        key.verify(&self.signed, &self.signature)
    }
}
