//! ECDSA over a ready digest: sign, and verify for the tests of this crate.
//!
//! `[TR-03111 §4.2.1]`; signatures for Active Authentication are r || s of fixed length, plain format `[9303-11 §6.1.2.3]`.

use num_bigint::BigUint;
use num_traits::Zero;

use super::curve::{Curve, Point, fixed_length};
use crate::random::Random;

/// The pair (r, s).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The x coordinate of the ephemeral key, modulo n.
    pub r: BigUint,
    /// The proof.
    pub s: BigUint,
}

impl Signature {
    /// `r || s`, each as long as n `[TR-03111 §5.2.1]`.
    pub fn plain(&self, curve: &Curve) -> Vec<u8> {
        let length = curve.order_length();
        let mut bytes = fixed_length(&self.r, length);
        bytes.extend(fixed_length(&self.s, length));
        bytes
    }
}

/// Sign a digest. The ephemeral key comes from `random`.
pub fn sign(curve: &Curve, private: &BigUint, digest: &[u8], random: &mut Random) -> Signature {
    loop {
        let k = random.below(&curve.n);
        if k.is_zero() {
            continue;
        }
        if let Some(signature) = sign_with(curve, private, digest, &k) {
            return signature;
        }
    }
}

/// Sign with a given ephemeral key; `None` in the unusable cases r = 0 and s = 0.
pub fn sign_with(
    curve: &Curve,
    private: &BigUint,
    digest: &[u8],
    k: &BigUint,
) -> Option<Signature> {
    let r = curve.multiply(k, &curve.generator).x()? % &curve.n;
    let e = representative(curve, digest);
    // n is prime, so the inverse of k is k^(n−2).
    let inverse = k.modpow(&(&curve.n - 2u8), &curve.n);
    let s = inverse * (e + &r * private) % &curve.n;
    (!r.is_zero() && !s.is_zero()).then_some(Signature { r, s })
}

/// Whether the signature is right.
pub fn verify(curve: &Curve, public: &Point, digest: &[u8], signature: &Signature) -> bool {
    let Signature { r, s } = signature;
    if !curve.contains(public) || r.is_zero() || s.is_zero() || *r >= curve.n || *s >= curve.n {
        return false;
    }
    let inverse = s.modpow(&(&curve.n - 2u8), &curve.n);
    let u1 = representative(curve, digest) * &inverse % &curve.n;
    let u2 = r * inverse % &curve.n;
    let sum = curve.add(&curve.multiply(&u1, &curve.generator), &curve.multiply(&u2, public));
    sum.x().is_some_and(|x| x % &curve.n == *r)
}

/// The leftmost bits of the digest, as many as n has.
fn representative(curve: &Curve, digest: &[u8]) -> BigUint {
    let bits = digest.len() as u64 * 8;
    BigUint::from_bytes_be(digest) >> bits.saturating_sub(curve.n.bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::curve::CurveName;

    #[test]
    fn a_signature_verifies_and_a_changed_one_does_not() {
        let mut random = Random::from_seed(7);
        for name in CurveName::ALL {
            let curve = name.curve();
            let private = random.below(&curve.n);
            let public = curve.public_key(&private);
            // 64 bytes: longer than n on most of these curves, so that cutting is exercised.
            let digest = random.bytes(64);
            let signature = sign(&curve, &private, &digest, &mut random);
            assert!(verify(&curve, &public, &digest, &signature), "{name:?}");
            let mut other = digest.clone();
            other[0] ^= 0x80;
            assert!(!verify(&curve, &public, &other, &signature), "{name:?}");
        }
    }
}
