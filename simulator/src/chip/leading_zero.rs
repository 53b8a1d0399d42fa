//! Observes numbers that begin with a zero byte, so that a test knows that it has met them.

use super::Chip;
use crate::arithmetic::group::{Element, Group};

impl Chip {
    pub(super) fn observe_public_key(&mut self, group: Group, key: &Element) {
        self.proofs.public_keys_with_leading_zero += usize::from(has_leading_zero(group, key));
    }

    pub(super) fn observe_pace_secret(&mut self, secret: &[u8]) {
        self.proofs.pace_secrets_with_leading_zero += usize::from(secret.starts_with(&[0]));
    }

    pub(super) fn observe_chip_authentication_secret(&mut self, secret: &[u8]) {
        let zero = usize::from(secret.starts_with(&[0]));
        self.proofs.chip_authentication_secrets_with_leading_zero += zero;
    }
}

/// In either coordinate of a point, or in a number as long as the prime.
fn has_leading_zero(group: Group, key: &Element) -> bool {
    let encoded = group.encode_full(key);
    match key {
        Element::Number(_) => encoded.starts_with(&[0]),
        Element::Point(_) => {
            let coordinates = encoded.get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            x.starts_with(&[0]) || y.starts_with(&[0])
        }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;
    use crate::arithmetic::curve::{CurveName, Point};
    use crate::arithmetic::modp::ModpName;

    #[test]
    fn a_leading_zero_is_seen_in_either_coordinate_and_in_a_short_number() {
        let curve = Group::Curve(CurveName::BrainpoolP256r1);
        let point = |x: usize, y: usize| {
            let number = |bits: usize| (BigUint::from(1u8) << bits) - 1u8;
            has_leading_zero(curve, &Element::Point(Point::Affine { x: number(x), y: number(y) }))
        };
        assert_eq!([point(256, 249), point(248, 256), point(256, 248)], [false, true, true]);

        let group = Group::Modp(ModpName::Modp1024_160);
        let number = |bits: usize| {
            has_leading_zero(group, &Element::Number(BigUint::from(1u8) << (bits - 1)))
        };
        assert_eq!([number(1024), number(1017), number(1016)], [false, false, true]);
    }
}
