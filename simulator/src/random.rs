//! A deterministic source of random numbers: a test that fails can be run again.

use num_bigint::BigUint;
use num_traits::Zero;
use sha2::{Digest, Sha256};

/// SHA-256 over a seed and a counter. Not for keys of real cards.
#[derive(Clone, Debug)]
pub struct Random {
    seed: [u8; 32],
    counter: u64,
    left_over: Vec<u8>,
}

impl Random {
    /// The same seed gives the same numbers, on every machine.
    pub fn from_seed(seed: u64) -> Random {
        Random::from_label(seed, "random")
    }

    /// An independent stream of the same seed: adding a use of one stream does not change another.
    pub fn from_label(seed: u64, label: &str) -> Random {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(label.as_bytes());
        Random { seed: hash.finalize().into(), counter: 0, left_over: Vec::new() }
    }

    /// The next `length` bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        while self.left_over.len() < length {
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(self.counter.to_be_bytes());
            self.counter += 1;
            self.left_over.extend(hash.finalize());
        }
        let rest = self.left_over.split_off(length);
        std::mem::replace(&mut self.left_over, rest)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes(N));
        array
    }

    /// A number in 1 ..= bound − 1, evenly spread: a private key of a group of that order. The bound is above 1.
    pub fn below(&mut self, bound: &BigUint) -> BigUint {
        let bits = bound.bits();
        let length = bits.div_ceil(8);
        loop {
            let number =
                BigUint::from_bytes_be(&self.bytes(length as usize)) >> (length * 8 - bits);
            if !number.is_zero() && number < *bound {
                return number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_by_seed_and_label() {
        let first = Random::from_seed(1).bytes(40);
        let mut again = Random::from_seed(1);
        let mut joined = again.bytes(7);
        joined.extend(again.bytes(33));
        assert_eq!(first, joined);
        assert_ne!(first, Random::from_seed(2).bytes(40));
        assert_ne!(first, Random::from_label(1, "other").bytes(40));
    }

    #[test]
    fn numbers_stay_below_the_bound() {
        let mut random = Random::from_seed(3);
        let bound = BigUint::from(5u8);
        let mut seen = [false; 5];
        for _ in 0..200 {
            let number = random.below(&bound);
            seen[number.to_u32_digits()[0] as usize] = true;
        }
        assert_eq!(seen, [false, true, true, true, true]);
    }
}
