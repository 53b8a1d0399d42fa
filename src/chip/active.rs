//! Active Authentication `[9303-11 §6.1]`.
//!
//! ```text
//!  IFD                                     IC
//!   INTERNAL AUTHENTICATE RND.IFD       ──►
//!   ◄──                        signature over RND.IFD (RSA: with M1 of the chip's)
//! ```
//!
//! **Proves** that the chip holds the private key of DG15, to whoever chose the challenge; to somebody
//! else only if they trust that it was fresh. The signature can be passed on, so it can be used to show
//! that this card was here: Chip Authentication leaves no such trace.

use core::fmt;

use crate::{
    apdu::{Command, StatusWord},
    crypto::{DigestAlgorithm, PublicKey, Random, RsaPublicKey, SignatureScheme},
    error::{Error, NotGenuine, ReaderFault, Result},
    findings::Deviation,
    lds::{Dg14, Dg15},
    passive::SignedDigests,
    secure_messaging::Channel,
    sensitive::Secret,
};

const FAILED: Error = Error::NotGenuine(NotGenuine::ActiveAuthentication);

/// RND.IFD: eight bytes that the chip has to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; 8]);

impl Challenge {
    /// A fresh random challenge.
    ///
    /// # Errors
    /// What the random source reports.
    pub fn fresh(random: &mut dyn Random) -> Result<Self> {
        let mut bytes = [0; 8];
        random.fill(&mut bytes)?;
        Self::from_bytes(bytes)
    }

    /// A challenge that somebody else chose, for instance a bank's server.
    ///
    /// # Errors
    /// `Misuse` for eight equal bytes: a constant challenge lets an old signature be replayed.
    pub fn from_bytes(bytes: [u8; 8]) -> Result<Self> {
        let [first, ..] = bytes;
        if bytes.iter().all(|byte| *byte == first) {
            return Err(Error::Misuse("a challenge of eight equal bytes is not random"));
        }
        Ok(Self(bytes))
    }

    /// The eight bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// What was asked and what the chip answered; anybody who holds DG15 can check it.
#[derive(Clone, PartialEq, Eq)]
pub struct ActiveAuthenticationTranscript {
    /// RND.IFD.
    pub challenge: Challenge,
    /// The chip's signature as it came.
    pub signature: Vec<u8>,
}

impl fmt::Debug for ActiveAuthenticationTranscript {
    /// Without the signature: it shows, to anybody and for ever, that this card was here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActiveAuthenticationTranscript({} bytes)", self.signature.len())
    }
}

/// The chip signed the challenge with the private key of the authenticated DG15.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivelyAuthenticated {
    description: String,
    challenge: Challenge,
    deviation: Option<Deviation>,
}

impl ActivelyAuthenticated {
    /// The tolerance that the chip's signature needed.
    pub(crate) const fn deviation(&self) -> Option<Deviation> {
        self.deviation
    }

    /// Key and digest that were used.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The challenge that was signed.
    #[must_use]
    pub const fn challenge(&self) -> Challenge {
        self.challenge
    }
}

/// Has the chip sign the challenge. `dg15` tells how long the answer will be, `longest` how long an answer
/// of this chip was found to be at most.
///
/// # Errors
/// `NotGenuine` if the chip refuses; `Reader` if chip or device cannot carry the answer; `Malformed` for a
/// DG15 without readable key.
pub(crate) async fn active_authentication(
    channel: &mut Channel,
    dg15: &[u8],
    challenge: Challenge,
    longest: usize,
) -> Result<ActiveAuthenticationTranscript> {
    let (le, shortest) = match PublicKey::from_spki(Dg15::parse(dg15)?.spki())? {
        PublicKey::Rsa(key) => (key.modulus_length(), key.modulus_length()),
        // r and s, or their DER encoding, which is a few bytes longer.
        PublicKey::Ec { key, .. } => (2 * key.curve().field_length() + 10, 0),
    };
    let command = Command::internal_authenticate(challenge.as_bytes(), le);
    let response = channel.transmit(&command).await?;
    // A chip may still bring it by GET RESPONSE. If not, a buffer is too short, which makes no copy.
    let cut = match response.status() {
        StatusWord::SUCCESS => response.data().len() < shortest,
        status => status == StatusWord::WRONG_LENGTH || status.exact_le().is_some(),
    };
    if cut && longest.min(channel.answer_capacities().1) < shortest {
        return Err(Error::Reader(ReaderFault::TooLong));
    }
    if response.status() != StatusWord::SUCCESS || response.data().is_empty() {
        return Err(FAILED);
    }
    Ok(ActiveAuthenticationTranscript { challenge, signature: response.data().to_vec() })
}

/// Checks a transcript against the signed DG15 (and DG14, which may name the digest).
///
/// # Errors
/// `NotGenuine` if the signature does not fit; `Malformed` if a group cannot be read.
pub(crate) fn verify_active_authentication(
    transcript: &ActiveAuthenticationTranscript,
    signed: &SignedDigests,
) -> Result<ActivelyAuthenticated> {
    let dg15 = signed.group(15).ok_or(FAILED)?;
    let key = PublicKey::from_spki(Dg15::parse(dg15)?.spki()).map_err(|e| e.in_file("DG15"))?;
    let challenge = transcript.challenge.as_bytes();
    let signature = &transcript.signature;
    let mut deviation = None;
    let digest = match &key {
        PublicKey::Rsa(key) => verify_iso9796_2(key, challenge, signature),
        PublicKey::Ec { key: ec, .. } => {
            let algorithm = named_digest(signed.group(14))?
                .unwrap_or_else(|| default_digest(8 * ec.curve().field_length()));
            let digest = algorithm.digest(challenge);
            // The same two numbers, but written as certificates have them: seen on cards in the field.
            let scheme = SignatureScheme::Ecdsa(algorithm);
            if key.verify_ecdsa_plain(&digest, signature) {
                Some(algorithm)
            } else if key.verify_digest(scheme, &digest, signature) {
                deviation = Some(Deviation::ActiveAuthenticationDer);
                Some(algorithm)
            } else {
                None
            }
        }
    };
    let algorithm = digest.ok_or(FAILED)?;
    let description = format!("{}, {}", key.describe(), algorithm.name());
    Ok(ActivelyAuthenticated { description, challenge: transcript.challenge, deviation })
}

/// The digest that ActiveAuthenticationInfo names: `ecdsa-plain-…` of BSI TR-03111 §5.2.1.
fn named_digest(dg14: Option<&[u8]>) -> Result<Option<DigestAlgorithm>> {
    let Some(dg14) = dg14 else { return Ok(None) };
    let dg14 = Dg14::parse(dg14)?;
    let named = dg14.security_infos().active_authentication();
    Ok(named.and_then(|info| {
        match info.signature_algorithm.to_string().strip_prefix("0.4.0.127.0.7.1.1.4.1.") {
            Some("1") => Some(DigestAlgorithm::Sha1),
            Some("2") => Some(DigestAlgorithm::Sha224),
            Some("3") => Some(DigestAlgorithm::Sha256),
            Some("4") => Some(DigestAlgorithm::Sha384),
            Some("5") => Some(DigestAlgorithm::Sha512),
            _ => None,
        }
    }))
}

/// The longest digest that is not longer than the key.
const fn default_digest(bits: usize) -> DigestAlgorithm {
    match bits {
        0..=223 => DigestAlgorithm::Sha1,
        224..=255 => DigestAlgorithm::Sha224,
        256..=383 => DigestAlgorithm::Sha256,
        384..=511 => DigestAlgorithm::Sha384,
        _ => DigestAlgorithm::Sha512,
    }
}

/// ISO/IEC 9796-2 scheme 1 with partial recovery: `6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer`, M2 the challenge
/// `[9303-11 §6.1.2.2]`. Returns the digest that the trailer names.
fn verify_iso9796_2(
    key: &RsaPublicKey,
    challenge: &[u8],
    signature: &[u8],
) -> Option<DigestAlgorithm> {
    let recovered = key.recover(signature).ok()?;
    // Some chips keep the smaller of the signature and its complement: the lowest four bits of what
    // is recovered tell, because every representative ends with the nibble C [9303-11 §6.1.2.2].
    if recovered.last().is_some_and(|byte| byte & 0x0F == 0x0C) {
        verify_representative(&recovered, challenge)
    } else {
        verify_representative(&key.complement(&recovered), challenge)
    }
}

fn verify_representative(recovered: &[u8], challenge: &[u8]) -> Option<DigestAlgorithm> {
    let (algorithm, body) = match recovered {
        [body @ .., 0xBC] => (DigestAlgorithm::Sha1, body),
        [body @ .., identifier, 0xCC] => {
            let algorithm = match identifier {
                0x33 => DigestAlgorithm::Sha1,
                0x34 => DigestAlgorithm::Sha256,
                0x35 => DigestAlgorithm::Sha512,
                0x36 => DigestAlgorithm::Sha384,
                0x38 => DigestAlgorithm::Sha224,
                _ => return None,
            };
            (algorithm, body)
        }
        _ => return None,
    };
    let message = match body {
        [0x6A, message @ ..] => message,
        // The header's padding nibbles B end with A.
        [0x6B, rest @ ..] => {
            let end = rest.iter().position(|byte| *byte != 0xBB)?;
            match rest.split_at_checked(end)? {
                (_, [0xBA, message @ ..]) => message,
                _ => return None,
            }
        }
        _ => return None,
    };
    let at = message.len().checked_sub(algorithm.output_length())?;
    let (m1, digest) = message.split_at_checked(at)?;
    let expected = Secret::new(algorithm.digest(&[m1, challenge].concat()));
    (expected == Secret::new(digest.to_vec())).then_some(algorithm)
}

#[cfg(test)]
pub(super) mod tests;
