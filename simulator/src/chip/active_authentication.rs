//! Active Authentication, the chip's side `[9303-11 §6.1]`.
//!
//! ```text
//! IFD                                          IC
//!      INTERNAL AUTHENTICATE RND.IFD     ─►
//!                                        ◄─    signature over M1 || RND.IFD (RSA) or RND.IFD (ECDSA)
//! ```
//!
//! It proves that the chip holds the private key to DG15's public key, if the challenge was fresh. Anyone who sees the
//! exchange can prove to others that this chip was there.

use num_bigint::BigUint;

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::entropy::Entropy;
use super::{Chip, TooLong, status};
use crate::arithmetic::curve::fixed_length;
use crate::arithmetic::ecdsa;
use crate::arithmetic::rsa::RsaKey;
use crate::der;
use crate::digest::DigestName;
use crate::personalisation::ActiveKey;
use crate::tlv;

impl Chip {
    pub(super) fn internal_authenticate(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        let Some(key) = &self.personalisation.active_authentication else {
            return Err(status::INSTRUCTION_NOT_SUPPORTED.into());
        };
        if !self.volatile.application_selected || !self.access_granted() {
            return Err(Refusal::Fault(
                status::SECURITY_STATUS,
                "Active Authentication before access to the application",
            ));
        }
        let (8, Some(expected)) = (command.data.len(), command.expected) else {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "INTERNAL AUTHENTICATE has eight bytes of data and Le [9303-11 §6.1.2.1]",
            ));
        };
        let behaviour = &self.personalisation.behaviour;
        let signature = match key {
            ActiveKey::Rsa { key, digest } => {
                self.work.rsa_signatures += 1;
                let signature = sign_with_recovery(key, *digest, &command.data, &mut self.entropy)
                    .ok_or(Refusal::Refused(status::CONDITIONS_OF_USE))?;
                if behaviour.rsa_smaller_signature { smaller(key, &signature) } else { signature }
            }
            ActiveKey::Ecdsa { key, digest } => {
                self.work.ecdsa_signatures += 1;
                let curve = key.curve.curve();
                let digest = digest.hash(&command.data);
                let signature = ecdsa::sign(&curve, &key.private, &digest, self.entropy.random());
                if behaviour.ecdsa_signature_der {
                    tlv::sequence(&[der::integer(&signature.r), der::integer(&signature.s)])
                } else {
                    signature.plain(&curve)
                }
            }
        };
        self.note_if_stale("the challenge of Active Authentication", &command.data);

        let behaviour = &self.personalisation.behaviour;
        let limit = behaviour.max_response_data.min(expected).min(command.room);
        if signature.len() <= limit || behaviour.get_response {
            self.proofs.active_authentications += 1;
            return Ok(Answer::data(signature));
        }
        let too_long = behaviour.too_long;
        // A reader can do nothing about a chip whose own buffer is too short.
        let asked_too_little = behaviour.extended_length && limit < behaviour.max_response_data;
        if asked_too_little {
            self.note("the answer to INTERNAL AUTHENTICATE has no room for the signature: a greater Le, or an extended one");
        }
        match too_long {
            TooLong::Short => Ok(Answer::data(signature[..limit].to_vec())),
            TooLong::WrongLength => Err(status::WRONG_LENGTH.into()),
            TooLong::ExactLe => {
                let exact = signature.len().min(256) as u8;
                Err((status::EXACT_LE | u16::from(exact)).into())
            }
            TooLong::Nothing => Ok(Answer::success()),
        }
    }
}

/// Digital signature scheme 1 of ISO/IEC 9796-2 with partial recovery `[9303-11 §6.1.2.2]`. `None` if the key is too
/// short for the digest.
fn sign_with_recovery(
    key: &RsaKey,
    digest: DigestName,
    rnd_ifd: &[u8],
    entropy: &mut Entropy,
) -> Option<Vec<u8>> {
    let overhead = 1 + digest.length() + trailer(digest).len();
    let m1 = entropy.bytes(key.modulus_length().checked_sub(overhead)?);
    Some(key.private_operation(&representative(&m1, rnd_ifd, digest)))
}

/// The smaller of σ and n − σ `[ISO/IEC 9796-2 B.4]`.
fn smaller(key: &RsaKey, signature: &[u8]) -> Vec<u8> {
    let number = BigUint::from_bytes_be(signature) % &key.modulus;
    let other = &key.modulus - &number;
    fixed_length(&number.min(other), signature.len())
}

/// F = 6A || M1 || H(M1 || M2) || T: the recoverable part M1 is the chip's own random number, M2 is RND.IFD, which the
/// reader knows. Header 6A says "partial recovery".
pub(super) fn representative(m1: &[u8], rnd_ifd: &[u8], digest: DigestName) -> Vec<u8> {
    let hash = digest.hash(&[m1, rnd_ifd].concat());
    [&[0x6A], m1, &hash, trailer(digest)].concat()
}

/// One byte BC says SHA-1; two bytes name the digest `[9303-11 §6.1.2.2]`.
fn trailer(digest: DigestName) -> &'static [u8] {
    match digest {
        DigestName::Sha1 => &[0xBC],
        DigestName::Sha224 => &[0x38, 0xCC],
        DigestName::Sha256 => &[0x34, 0xCC],
        DigestName::Sha384 => &[0x36, 0xCC],
        DigestName::Sha512 => &[0x35, 0xCC],
    }
}
