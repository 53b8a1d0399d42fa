//! From a number to a point: the encoding of the integrated mapping `[9303-11 §B]`.
//!
//! It needs p ≡ 3 mod 4, which every curve has but secp224r1.

use num_bigint::BigUint;
use num_traits::{One, Zero};

use super::curve::{Curve, Point};

impl Curve {
    /// The point that belongs to the field element t; `None` on a curve with p ≢ 3 mod 4, and for the few elements that
    /// have no point.
    pub fn encode_to_point(&self, t: &BigUint) -> Option<Point> {
        let p = &self.p;
        let one = BigUint::one();
        if p % 4u8 != BigUint::from(3u8) {
            return None;
        }
        let negative = |number: &BigUint| self.subtract(&BigUint::zero(), number);
        let alpha = negative(&(t * t % p));
        let sum = (&alpha + &alpha * &alpha) % p;
        if sum.is_zero() {
            return None;
        }
        // −b/a · (1 + 1/(α + α²))
        let x2 = negative(&self.b) * self.invert(&self.a) % p * (self.invert(&sum) + &one) % p;
        let x3 = &alpha * &x2 % p;
        let h2 = ((&x2 * &x2 + &self.a) * &x2 + &self.b) % p;
        let u = t * t % p * t % p * &h2 % p;
        // h2 to the power −(p + 1)/4 is 1 over a root of h2, where there is one.
        let exponent = p - &one - (p + &one) / 4u8;
        let root = h2.modpow(&exponent, p);
        let (x, y) = if &root * &root % p * &h2 % p == one {
            (x2, &root * &h2 % p)
        } else {
            (x3, &root * &u % p)
        };
        let point = Point::Affine { x, y };
        // The cofactor is 1. A point off the curve can only come of h2 = 0.
        self.contains(&point).then_some(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::curve::CurveName;
    use crate::random::Random;

    #[test]
    fn every_curve_but_one_has_a_point_for_every_number() {
        let mut random = Random::from_seed(8);
        for name in CurveName::ALL {
            let curve = name.curve();
            let numbers: Vec<BigUint> = (0..8).map(|_| random.below(&curve.p)).collect();
            let points: Vec<_> = numbers.iter().map(|t| curve.encode_to_point(t)).collect();
            if name == CurveName::Secp224r1 {
                assert!(points.iter().all(Option::is_none));
                continue;
            }
            assert!(points.iter().flatten().all(|point| curve.contains(point)), "{name:?}");
            assert!(points.iter().all(Option::is_some), "{name:?}");
            // Zero, one and their negatives make α + α² vanish.
            for t in [BigUint::zero(), BigUint::one(), &curve.p - 1u8] {
                assert_eq!(curve.encode_to_point(&t), None);
            }
        }
    }
}
