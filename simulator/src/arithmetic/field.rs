//! A prime field in Montgomery form, of a size fixed at compile time: what makes thousands of key agreements bearable.
//!
//! A number x stands as x·R mod p with R = 2^(64·N). A product is reduced word by word as it grows, by adding multiples
//! of p that clear the lowest word. Nothing here takes constant time.

use num_bigint::BigUint;
use num_traits::One;

/// A number below p times R, lowest word first.
pub(super) type Element<const N: usize> = [u64; N];

/// The field of p elements, p odd and of at most 64·N bits.
pub(super) struct Field<const N: usize> {
    p: Element<N>,
    /// −1/p mod 2^64.
    factor: u64,
    /// R² mod p, which takes a number into Montgomery form.
    r_squared: Element<N>,
}

impl<const N: usize> Field<N> {
    pub(super) fn new(p: &BigUint) -> Field<N> {
        let words = words(p);
        // Newton's iteration doubles the number of right bits of 1/p each time; one bit is right at the beginning.
        let mut inverse = 1u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(words[0].wrapping_mul(inverse)));
        }
        let r_squared = (BigUint::one() << (128 * N)) % p;
        Field { p: words, factor: inverse.wrapping_neg(), r_squared: self::words(&r_squared) }
    }

    /// Into Montgomery form.
    pub(super) fn enter(&self, number: &BigUint) -> Element<N> {
        self.multiply(&words(number), &self.r_squared)
    }

    /// Out of Montgomery form.
    pub(super) fn leave(&self, element: &Element<N>) -> BigUint {
        let mut one = [0; N];
        one[0] = 1;
        let bytes: Vec<u8> =
            self.multiply(element, &one).into_iter().flat_map(u64::to_le_bytes).collect();
        BigUint::from_bytes_le(&bytes)
    }

    pub(super) fn multiply(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let mut low = [0u64; N];
        // One word above `low`; the sum never needs more than that word and one bit.
        let mut high = 0u64;
        for factor in right {
            let mut carry = 0;
            for (word, left) in low.iter_mut().zip(left) {
                (*word, carry) = multiply_add(*word, *left, *factor, carry);
            }
            let (sum, overflow) = high.overflowing_add(carry);
            high = sum;

            let clearing = low[0].wrapping_mul(self.factor);
            let (_, mut carry) = multiply_add(low[0], clearing, self.p[0], 0);
            for index in 1..N {
                (low[index - 1], carry) = multiply_add(low[index], clearing, self.p[index], carry);
            }
            let (sum, second) = high.overflowing_add(carry);
            low[N - 1] = sum;
            high = u64::from(overflow) + u64::from(second);
        }
        self.reduce(low, high != 0)
    }

    pub(super) fn square(&self, element: &Element<N>) -> Element<N> {
        self.multiply(element, element)
    }

    pub(super) fn add(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let mut sum = [0; N];
        let mut carry = false;
        for (index, word) in sum.iter_mut().enumerate() {
            (*word, carry) = add_with_carry(left[index], right[index], carry);
        }
        self.reduce(sum, carry)
    }

    pub(super) fn subtract(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let (difference, borrow) = subtract(left, right);
        if !borrow {
            return difference;
        }
        let mut sum = [0; N];
        let mut carry = false;
        for (index, word) in sum.iter_mut().enumerate() {
            (*word, carry) = add_with_carry(difference[index], self.p[index], carry);
        }
        sum
    }

    /// Subtract p once where the number, with its overflow, is not below p.
    fn reduce(&self, number: Element<N>, overflow: bool) -> Element<N> {
        let (difference, borrow) = subtract(&number, &self.p);
        if overflow || !borrow { difference } else { number }
    }
}

/// word + left · right + carry, as the low word and the next carry.
#[inline]
fn multiply_add(word: u64, left: u64, right: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(left) * u128::from(right) + u128::from(word) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

#[inline]
fn add_with_carry(left: u64, right: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = left.overflowing_add(right);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first || second)
}

#[inline]
fn subtract<const N: usize>(left: &Element<N>, right: &Element<N>) -> (Element<N>, bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    for (index, word) in difference.iter_mut().enumerate() {
        let (part, first) = left[index].overflowing_sub(right[index]);
        let (part, second) = part.overflowing_sub(u64::from(borrow));
        *word = part;
        borrow = first || second;
    }
    (difference, borrow)
}

/// The number's words, lowest first; it has at most N of them.
fn words<const N: usize>(number: &BigUint) -> Element<N> {
    let mut words = [0; N];
    for (word, digit) in words.iter_mut().zip(number.iter_u64_digits()) {
        *word = digit;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::curve::CurveName;
    use crate::random::Random;

    fn agrees<const N: usize>(p: &BigUint) {
        let field = Field::<N>::new(p);
        let mut random = Random::from_seed(N as u64);
        let mut numbers: Vec<BigUint> = (0..20).map(|_| random.below(p)).collect();
        numbers.extend([BigUint::from(0u8), BigUint::from(1u8), p - 1u8]);
        for left in &numbers {
            for right in &numbers {
                let (a, b) = (field.enter(left), field.enter(right));
                assert_eq!(field.leave(&field.multiply(&a, &b)), left * right % p);
                assert_eq!(field.leave(&field.add(&a, &b)), (left + right) % p);
                assert_eq!(field.leave(&field.subtract(&a, &b)), (left + p - right) % p);
            }
        }
    }

    #[test]
    fn the_field_agrees_with_plain_big_numbers() {
        for name in CurveName::ALL {
            let p = name.curve().p;
            match p.bits().div_ceil(64) {
                3 => agrees::<3>(&p),
                4 => agrees::<4>(&p),
                5 => agrees::<5>(&p),
                6 => agrees::<6>(&p),
                8 => agrees::<8>(&p),
                9 => agrees::<9>(&p),
                other => panic!("{other} words"),
            }
        }
    }
}
