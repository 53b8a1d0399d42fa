//! Patients come again: a portrait that was read before is taken from an encrypted folder, not from the chip.
//!
//! ```text
//! cargo run --example known_document
//! ```
//!
//! DG2 is most of what a read carries. EF.SOD names its digest, so a portrait with this digest is the signed one,
//! wherever it comes from. What lies in the folder tells nothing without the operator's key *and* the card: both go
//! into the file's name and into the key that encrypts it.

use std::{
    error::Error as StdError,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use cccd::{
    access::AccessKey,
    date::Date,
    inspection::{InspectionOptions, InspectionSystem, PortraitStore},
    pki::TrustStore,
    transport::{Limits, RunOptions, SystemRandom, WithLimits},
    vietnam::CitizenRecord,
};
use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom as _, SystemRandom as RingRandom},
};

/// How long a portrait is kept after the last visit: the operator's decision under Decree 13/2023.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// Portraits in a folder, one encrypted file each.
pub(crate) struct EncryptedFolder {
    folder: PathBuf,
    key: hmac::Key,
}

impl EncryptedFolder {
    /// `key`: 32 random bytes that the operator keeps apart from the folder.
    pub(crate) fn open(folder: &Path, key: &[u8; 32]) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), key: hmac::Key::new(hmac::HMAC_SHA256, key) })
    }

    /// Forgets who has not been here for so long; to be called once a day.
    pub(crate) fn forget(&self, older_than: Duration) -> io::Result<usize> {
        let mut forgotten = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let age = SystemTime::now().duration_since(entry.metadata()?.modified()?);
            if age.is_ok_and(|age| age >= older_than) {
                fs::remove_file(entry.path())?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    fn derive(&self, purpose: &[u8], digest: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &[purpose, digest].concat())
    }

    fn path(&self, digest: &[u8]) -> PathBuf {
        let name = self.derive(b"name", digest);
        let name: String = name.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(name)
    }

    fn cipher(&self, digest: &[u8]) -> Option<LessSafeKey> {
        let key = self.derive(b"key", digest);
        UnboundKey::new(&AES_256_GCM, key.as_ref()).ok().map(LessSafeKey::new)
    }

    fn read(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let mut file = fs::read(self.path(digest)).ok()?;
        let mut sealed = file.split_off(NONCE_LEN.min(file.len()));
        let nonce = Nonce::try_assume_unique_for_key(&file).ok()?;
        let length =
            self.cipher(digest)?.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?.len();
        sealed.truncate(length);
        Some(sealed)
    }

    fn write(&self, digest: &[u8], dg2: &[u8]) -> Option<()> {
        let mut nonce = [0; NONCE_LEN];
        RingRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = dg2.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.cipher(digest)?.seal_in_place_append_tag(unique, Aad::empty(), &mut sealed).ok()?;
        // Beside it first: a power cut leaves the old file or the new one.
        let path = self.path(digest);
        let new = path.with_extension("new");
        fs::write(&new, [&nonce[..], &sealed].concat()).ok()?;
        fs::rename(new, path).ok()
    }
}

impl PortraitStore for EncryptedFolder {
    /// A file that is missing, damaged or somebody else's is no portrait: the chip is read.
    fn load(&mut self, digest: &[u8]) -> Option<Vec<u8>> {
        self.read(digest)
    }

    fn save(&mut self, digest: &[u8], dg2: &[u8]) {
        if self.write(digest, dg2).is_none() {
            eprintln!("the portrait could not be kept; the next visit will read it again");
        }
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let folder = std::env::temp_dir().join(format!("cccd-portraits-{}", std::process::id()));
    let mut key = [0; 32];
    RingRandom::new().fill(&mut key).map_err(|_| "no random numbers")?;

    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &CardOptions::default());
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;
    let system = InspectionSystem::new(trust, Date::new(2026, 11, 22)?);

    for visit in ["first", "second"] {
        let mut chip = Chip::new(card.clone(), 1);
        let transmit = |command: &[u8]| Ok::<_, cccd::Error>(chip.process(command));
        let mut reader = WithLimits::new(transmit, Limits::EXTENDED);
        let key_on_the_card = AccessKey::from_can(&Person::sample().can())?;
        let options = InspectionOptions::new(key_on_the_card, SystemRandom::new())
            .portraits(EncryptedFolder::open(&folder, &key)?);
        let mut inspection = system.inspect(options);
        let seen = RunOptions::new().identity(|identity| {
            let citizen = CitizenRecord::from_identity(&identity);
            println!("{visit} visit: identity proven: {}", citizen.is_ok());
        });
        let document = inspection.run_with(&mut reader, seen)?;
        let (metrics, portrait) = (inspection.metrics(), document.dg2()?);
        println!(
            "{visit} visit: {} exchanges, {} bytes; {} portrait of the signed digest",
            metrics.apdus,
            metrics.bytes_sent + metrics.bytes_received,
            portrait.faces().len(),
        );
    }
    let forgotten = EncryptedFolder::open(&folder, &key)?.forget(KEPT)?;
    println!("portraits older than {} days: {forgotten}", KEPT.as_secs() / 86_400);
    fs::remove_dir_all(folder)?;
    Ok(())
}
