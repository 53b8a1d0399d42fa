//! The store that a running kiosk uses, and how it gets another one.

use std::sync::{Arc, PoisonError, RwLock};

use super::store::TrustStore;

/// A store that can be replaced while others read.
///
/// Whoever began with a store keeps it: an inspection never sees half of one list and half of the next.
///
/// ```
/// use cccd::{inspection::InspectionSystem, pki::{CurrentTrust, TrustStore}};
/// let kiosk = CurrentTrust::new(TrustStore::empty());
///
/// // For each card, with the store of this moment:
/// let system = InspectionSystem::new(kiosk.current(), "2026-11-21".parse()?);
///
/// // Meanwhile, in the thread that fetches lists:
/// let old = kiosk.replace(TrustStore::empty());
/// assert_eq!(old.len(), 0);
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct CurrentTrust(RwLock<Arc<TrustStore>>);

impl CurrentTrust {
    /// Starts with a store.
    #[must_use]
    pub fn new(trust: impl Into<Arc<TrustStore>>) -> Self {
        Self(RwLock::new(trust.into()))
    }

    /// The store of this moment.
    #[must_use]
    pub fn current(&self) -> Arc<TrustStore> {
        // Nothing can panic while the lock is held, and an Arc is never half written.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in its place and gives the old one back.
    pub fn replace(&self, new: impl Into<Arc<TrustStore>>) -> Arc<TrustStore> {
        let new = new.into();
        core::mem::replace(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), new)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::pki::test_issuer::{Key, Template};

    #[test]
    fn readers_see_one_store_or_the_other_and_keep_what_they_have() {
        let with = |count: u8| {
            let mut trust = TrustStore::empty();
            for seed in 1..=count {
                let key = Key::new(seed);
                let der = Template::authority("VN", "CSCA", &key).sign(&key);
                trust.add_certificate(&der, &format!("of {count}")).unwrap();
            }
            Arc::new(trust)
        };
        let (small, large) = (with(1), with(5));
        let kiosk = CurrentTrust::new(Arc::clone(&small));
        let kept = kiosk.current();
        thread::scope(|scope| {
            let readers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        for _ in 0..2_000 {
                            let trust = kiosk.current();
                            let source = format!("of {}", trust.len());
                            assert!(trust.anchors().all(|anchor| anchor.source() == source));
                        }
                    })
                })
                .collect();
            for turn in 0..500 {
                let (new, old) = if turn % 2 == 0 { (&large, &small) } else { (&small, &large) };
                assert!(Arc::ptr_eq(&kiosk.replace(Arc::clone(new)), old));
            }
            readers.into_iter().for_each(|reader| reader.join().unwrap());
        });
        assert!(Arc::ptr_eq(&kept, &small), "an inspection keeps the store that it began with");
    }
}
