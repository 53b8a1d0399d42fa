use zeroize::Zeroizing;

use super::{DigestAlgorithm, Hasher};

/// A file as it arrives: its bytes are written where they stay, and hashed whenever somebody has the time. So the
/// digest is always that of the bytes.
pub(crate) struct Arriving {
    bytes: Zeroizing<Vec<u8>>,
    /// Bytes that the hasher has seen.
    hashed: usize,
    hasher: Option<Hasher>,
}

impl Arriving {
    /// Nothing yet; with no algorithm it is not hashed at all.
    pub(crate) fn new(algorithm: Option<DigestAlgorithm>) -> Self {
        Self { bytes: Zeroizing::default(), hashed: 0, hasher: algorithm.map(Hasher::new) }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Memory for a file of this length and a block of padding, so that it does not move any more.
    pub(crate) fn reserve(&mut self, length: usize) {
        const PADDING: usize = 16;
        let missing = (length + PADDING).saturating_sub(self.bytes.len());
        self.bytes.reserve(missing);
    }

    /// Lets somebody write behind what is there, and tells how many bytes came.
    pub(crate) fn append<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> (usize, T) {
        let before = self.bytes.len();
        let done = write(&mut self.bytes);
        (self.bytes.len().saturating_sub(before), done)
    }

    /// Cuts off what lies behind the file's end. Bytes that were hashed are not taken back.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length.max(self.hashed));
    }

    /// Hashes what is here and was not hashed yet.
    pub(crate) fn catch_up(&mut self) {
        if let (Some(hasher), Some(new)) = (&mut self.hasher, self.bytes.get(self.hashed..)) {
            hasher.update(new);
            self.hashed = self.bytes.len();
        }
    }

    /// The whole file.
    pub(crate) fn finish(mut self) -> Arrived {
        self.catch_up();
        Arrived { bytes: self.bytes, digest: self.hasher.map(Hasher::finish) }
    }
}

/// A file that has arrived, and its digest. Nothing else makes one, so they belong together.
pub(crate) struct Arrived {
    bytes: Zeroizing<Vec<u8>>,
    digest: Option<(DigestAlgorithm, Vec<u8>)>,
}

impl Arrived {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes without a copy; whoever takes them answers for where they go.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        core::mem::take(&mut *self.bytes)
    }

    /// The digest by this algorithm: the one that was made on the way, if it is by this one.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        match &self.digest {
            Some((by, digest)) if *by == algorithm => digest.clone(),
            _ => algorithm.digest(&self.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_bytes_however_they_came() {
        let mut file = Arriving::new(Some(DigestAlgorithm::Sha256));
        file.catch_up();
        assert_eq!(file.append(|bytes| bytes.extend([1, 2, 3])).0, 3);
        file.catch_up();
        file.append(|bytes| bytes.extend([4, 5, 6, 7]));
        file.truncate(5);
        assert_eq!(file.bytes(), [1, 2, 3, 4, 5]);
        let file = file.finish();
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(file.digest(algorithm), algorithm.digest(&[1, 2, 3, 4, 5]));
        }
        assert_eq!(file.into_bytes(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_was_hashed_is_not_taken_back() {
        let mut file = Arriving::new(Some(DigestAlgorithm::Sha1));
        file.append(|bytes| bytes.extend([1, 2, 3]));
        file.catch_up();
        file.truncate(1);
        assert_eq!(file.bytes(), [1, 2, 3]);
        assert_eq!(
            file.finish().digest(DigestAlgorithm::Sha1),
            DigestAlgorithm::Sha1.digest(&[1, 2, 3])
        );
    }

    #[test]
    fn a_file_that_was_reserved_does_not_move() {
        let mut file = Arriving::new(None);
        file.append(|bytes| bytes.push(0));
        file.reserve(1000);
        let place = file.bytes().as_ptr();
        file.append(|bytes| bytes.resize(1016, 0));
        assert_eq!(file.bytes().as_ptr(), place);
    }
}
