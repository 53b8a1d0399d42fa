//! The chip's random numbers: from the seed, or given by a test that replays a worked example.

use std::collections::VecDeque;

use num_bigint::BigUint;
use num_traits::Zero;

use crate::random::Random;

pub(super) struct Entropy {
    given: VecDeque<Vec<u8>>,
    random: Random,
}

impl Entropy {
    pub(super) fn new(seed: u64) -> Entropy {
        Entropy { given: VecDeque::new(), random: Random::from_label(seed, "chip") }
    }

    pub(super) fn give(&mut self, value: Vec<u8>) {
        self.given.push_back(value);
    }

    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        match self.given.pop_front() {
            Some(value) if value.len() == length => value,
            _ => self.random.bytes(length),
        }
    }

    /// A private key of a group of this order. A given one may be longer: only its remainder matters.
    pub(super) fn scalar(&mut self, order: &BigUint) -> BigUint {
        let given = self.given.pop_front().map(|value| BigUint::from_bytes_be(&value) % order);
        match given {
            Some(number) if !number.is_zero() => number,
            _ => self.random.below(order),
        }
    }

    /// The generator itself, for signatures.
    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.random
    }
}
