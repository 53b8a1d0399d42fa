//! Values that must not leak: keys (`Secret`, crate-private) and personal data ([`Personal`]).
//!
//! Both are wiped when dropped and print as `redacted`; neither can be switched off.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A key, nonce or shared secret: wiped, redacted, compared in constant time.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Personal data: wiped when dropped, `Debug` says `redacted`, read on purpose by [`Personal::reveal`].
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Personal<T: Zeroize>(T);

impl<T: Zeroize> Personal<T> {
    /// Marks a value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Personal<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(redacted)")
    }
}

impl<T: Zeroize> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new(vec![0xAB; 4])), "Secret(redacted)");
        let name = Personal::new("Nguyen".to_owned());
        assert_eq!(format!("{name:?}"), "Personal(redacted)");
        assert_eq!(name.reveal(), "Nguyen");
    }

    #[test]
    fn secrets_of_different_length_differ() {
        assert_ne!(Secret::new(vec![1, 2]), Secret::new(vec![1, 2, 3]));
        assert_eq!(Secret::new(vec![1, 2]), Secret::new(vec![1, 2]));
    }
}
