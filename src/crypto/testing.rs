//! What the tests of this layer share.

use std::path::PathBuf;

pub(super) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// The lines of a vector file, split into words, without comments.
pub(super) fn vectors(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect())
}

/// The folder of test data that others made, or `None` where it is not at hand.
pub(super) fn foreign(folder: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return None;
    };
    Some(PathBuf::from(root).join(folder))
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.next() as u8);
    }
}

/// Every truncation of the bytes, and a thousand copies with one to three bytes changed.
pub(super) fn mutations(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut numbers = Numbers(7);
    let changed = (0..1000).map(move |_| {
        let mut copy = bytes.to_vec();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(copy.len());
            copy[at] = numbers.next() as u8;
        }
        copy
    });
    (0..bytes.len()).map(|end| bytes[..end].to_vec()).chain(changed)
}
