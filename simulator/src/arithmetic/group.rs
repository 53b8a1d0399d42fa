//! A group of either kind, for protocols that run on both: PACE and Chip Authentication.

use num_bigint::BigUint;
use num_traits::One;

use super::curve::{CurveName, Point};
use super::modp::ModpName;
use crate::random::Random;

/// A curve, or numbers modulo a prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Elliptic curve Diffie-Hellman.
    Curve(CurveName),
    /// Diffie-Hellman.
    Modp(ModpName),
}

/// An element of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// Of a curve.
    Point(Point),
    /// Modulo a prime.
    Number(BigUint),
}

impl From<CurveName> for Group {
    fn from(curve: CurveName) -> Group {
        Group::Curve(curve)
    }
}

impl From<ModpName> for Group {
    fn from(group: ModpName) -> Group {
        Group::Modp(group)
    }
}

impl Group {
    /// The group's name, such as `brainpoolP256r1` or `modp-2048-256`.
    pub fn name(self) -> &'static str {
        match self {
            Group::Curve(curve) => curve.name(),
            Group::Modp(group) => group.name(),
        }
    }

    /// The group of a name.
    pub fn from_name(name: &str) -> Option<Group> {
        CurveName::from_name(name)
            .map(Group::Curve)
            .or_else(|| ModpName::from_name(name).map(Group::Modp))
    }

    /// The identifier of the standardised domain parameters, if it has one `[9303-11 §9.5.1]`.
    pub fn parameter_id(self) -> Option<u8> {
        match self {
            Group::Curve(curve) => Some(curve.parameter_id()),
            Group::Modp(group) => group.parameter_id(),
        }
    }

    /// The generator.
    pub fn generator(self) -> Element {
        match self {
            Group::Curve(curve) => Element::Point(curve.curve().generator),
            Group::Modp(group) => Element::Number(group.group().g),
        }
    }

    /// The order of the generator, a prime.
    pub fn order(self) -> BigUint {
        match self {
            Group::Curve(curve) => curve.curve().n,
            Group::Modp(group) => group.group().q,
        }
    }

    /// The prime of the field.
    pub fn prime(self) -> BigUint {
        match self {
            Group::Curve(curve) => curve.curve().p,
            Group::Modp(group) => group.group().p,
        }
    }

    /// A new private key.
    pub fn private_key(self, random: &mut Random) -> BigUint {
        random.below(&self.order())
    }

    /// The public key of a private key.
    pub fn public_key(self, private: &BigUint) -> Element {
        self.multiply(private, &self.generator())
    }

    /// The element taken `scalar` times: a multiple of a point, a power of a number. An element of another kind of group
    /// gives that group's neutral element; callers do not mix them.
    pub fn multiply(self, scalar: &BigUint, element: &Element) -> Element {
        match (self, element) {
            (Group::Curve(curve), Element::Point(point)) => {
                Element::Point(curve.curve().multiply(scalar, point))
            }
            (Group::Modp(group), Element::Number(number)) => {
                Element::Number(group.group().power(number, scalar))
            }
            (_, Element::Point(_)) => Element::Point(Point::Infinity),
            (_, Element::Number(_)) => Element::Number(BigUint::one()),
        }
    }

    /// The sum of points, the product of numbers.
    pub fn combine(self, left: &Element, right: &Element) -> Element {
        match (self, left, right) {
            (Group::Curve(curve), Element::Point(left), Element::Point(right)) => {
                Element::Point(curve.curve().add(left, right))
            }
            (Group::Modp(group), Element::Number(left), Element::Number(right)) => {
                Element::Number(left * right % group.group().p)
            }
            (_, other, _) => other.clone(),
        }
    }

    /// Whether this is an element of the subgroup and not the neutral one: what a public key and a generator must be.
    pub fn contains(self, element: &Element) -> bool {
        match (self, element) {
            (Group::Curve(curve), Element::Point(point)) => curve.curve().contains(point),
            (Group::Modp(group), Element::Number(number)) => group.group().contains(number),
            _ => false,
        }
    }

    /// A public key as data objects carry it: an uncompressed point, or an unsigned integer of the fewest bytes
    /// `[TR-03110-3 §D.2.1, §D.3.2]`.
    pub fn encode(self, element: &Element) -> Vec<u8> {
        match (self, element) {
            (Group::Curve(curve), Element::Point(point)) => curve.curve().encode(point),
            (_, Element::Number(number)) => number.to_bytes_be(),
            (Group::Modp(_), Element::Point(_)) => Vec::new(),
        }
    }

    /// The same with an integer as long as the prime, as some chips send it.
    pub fn encode_full(self, element: &Element) -> Vec<u8> {
        match (self, element) {
            (Group::Modp(group), Element::Number(number)) => group.group().encode_full(number),
            _ => self.encode(element),
        }
    }

    /// The reverse of [`Group::encode`], and leading zeros of an integer up to the prime's length do no harm. `None`
    /// unless it is an element of the subgroup.
    pub fn decode(self, bytes: &[u8]) -> Option<Element> {
        let element = match self {
            Group::Curve(curve) => return curve.curve().decode(bytes).map(Element::Point),
            Group::Modp(group) if bytes.len() > group.group().length() => return None,
            Group::Modp(_) => Element::Number(BigUint::from_bytes_be(bytes)),
        };
        self.contains(&element).then_some(element)
    }

    /// The shared secret in bytes: the x coordinate, or the number as long as the prime `[TR-03111 §4.3]`, `[PKCS #3 §8]`.
    /// `None` for the neutral element.
    pub fn secret(self, element: &Element) -> Option<Vec<u8>> {
        match (self, element) {
            (Group::Curve(curve), Element::Point(point)) => curve.curve().encode_x(point),
            (Group::Modp(group), Element::Number(number)) => {
                (!number.is_one()).then(|| group.group().encode_full(number))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree_in_every_group() {
        let mut random = Random::from_seed(5);
        let curves = CurveName::ALL.into_iter().map(Group::Curve);
        for group in curves.chain(ModpName::ALL.into_iter().map(Group::Modp)) {
            let (a, b) = (group.private_key(&mut random), group.private_key(&mut random));
            let (public_a, public_b) = (group.public_key(&a), group.public_key(&b));
            let secret = group.secret(&group.multiply(&a, &public_b));
            assert_eq!(secret, group.secret(&group.multiply(&b, &public_a)), "{group:?}");
            assert!(secret.is_some());
            assert_eq!(group.decode(&group.encode(&public_a)), Some(public_a.clone()));
            assert_eq!(group.decode(&group.encode_full(&public_a)), Some(public_a.clone()));
            assert_eq!(Group::from_name(group.name()), Some(group));

            let sum = (&a + &b) % group.order();
            assert_eq!(group.combine(&public_a, &public_b), group.public_key(&sum));
            let neutral = group.public_key(&group.order());
            assert!(!group.contains(&neutral));
            assert_eq!(group.secret(&neutral), None);
        }
    }

    #[test]
    fn integers_lose_their_leading_zeros_but_secrets_do_not() {
        let group = Group::Modp(ModpName::Modp1024_160);
        let numbers = ModpName::Modp1024_160.group();
        let mut element = group.generator();
        while group.encode(&element).len() == numbers.length() {
            element = group.combine(&element, &group.generator());
        }
        assert_eq!(group.encode(&element).len(), 127);
        assert_eq!(group.encode_full(&element).len(), 128);
        assert_eq!(group.secret(&element).unwrap().len(), 128);
        let too_long = [vec![0, 0], group.encode(&element)].concat();
        assert_eq!(group.decode(&too_long), None);
    }
}
