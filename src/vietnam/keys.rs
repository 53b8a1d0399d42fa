use super::{Expiry, IdNumber};
use crate::{
    access::AccessKey,
    date::Date,
    error::{Error, InvalidKey, Result},
};

/// Ages at which a card ends: Law on Identification 26/2023/QH15 Art. 21, in force since 1 July 2024.
const AGES_SINCE_2024: [u16; 4] = [14, 25, 40, 60];
/// The same in Law on Citizen Identification 59/2014/QH13 Art. 21; nobody below 14 had a card.
const AGES_BEFORE: [u16; 3] = [25, 40, 60];
/// A card issued within so many years before such an age is valid up to the next one, by both laws.
const GRACE: u16 = 2;

impl Expiry {
    /// When a card expires that was issued on that day, by the law's ages; the likeliest first, at most eight.
    ///
    /// After the law's own answer come those of cards that left its two-year rule out or took it twice, and last of all no
    /// expiry. Who was born on 29 February is taken to grow older on 28 February or 1 March where that year has
    /// no such day.
    ///
    /// An estimate opens a chip or does not; it is no statement about the card.
    ///
    /// ```
    /// use cccd::vietnam::Expiry;
    /// let candidates = Expiry::estimates("1995-06-15".parse()?, "2021-07-01".parse()?);
    /// assert_eq!(candidates[0].to_string(), "2035-06-15");
    /// # Ok::<(), cccd::Error>(())
    /// ```
    #[must_use]
    pub fn estimates(birth: Date, issued: Date) -> Vec<Self> {
        let is_new_law = (issued.year(), issued.month()) >= (2024, 7);
        let ages: &[u16] = if is_new_law { &AGES_SINCE_2024 } else { &AGES_BEFORE };
        let ahead: Vec<u16> =
            ages.iter().copied().filter(|age| reaches(birth, *age) > issued).collect();
        // The law's answer is the first age that is more than two years ahead; else there is none.
        let by_law = ahead
            .iter()
            .position(|age| reaches(birth, age - GRACE) > issued)
            .unwrap_or(ahead.len());
        // Then the one before it, the one after it.
        let order = [Some(by_law), by_law.checked_sub(1), Some(by_law + 1)];
        let mut candidates: Vec<Self> = Vec::new();
        for at in order.into_iter().flatten().chain([ahead.len()]) {
            match ahead.get(at) {
                Some(age) => candidates.extend(birthdays(birth, *age).map(Self::On)),
                None if !candidates.contains(&Self::Indefinite) => {
                    candidates.push(Self::Indefinite);
                }
                None => {}
            }
        }
        candidates
    }
}

/// The days on which somebody may be said to reach an age.
fn birthdays(birth: Date, age: u16) -> impl Iterator<Item = Date> {
    let year = birth.year() + age;
    let same_day = Date::new(year, birth.month(), birth.day());
    let around = [Date::new(year, 2, 28), Date::new(year, 3, 1)];
    let no_such_day = same_day.is_err();
    same_day.into_iter().chain(around.into_iter().flatten().filter(move |_| no_such_day))
}

/// The first day on which somebody has an age; the last day of all if there is none.
fn reaches(birth: Date, age: u16) -> Date {
    birthdays(birth, age).next().unwrap_or(birth)
}

/// The keys that may open a citizen's chip, the likeliest first, without an MRZ at hand.
///
/// First the card access number, which only a chip with PACE takes. A chip that has BAC alone wants the date of expiry
/// as well: where the dates of birth and issue are known, it is [estimated](Expiry::estimates).
///
/// A wrong key is tried again by nobody but this, and only as often as it was
/// [allowed](crate::policy::Policy::allow_key_candidates).
///
/// ```
/// # use cccd::{inspection::{InspectionOptions, InspectionSystem}, pki::TrustStore, transport::{Limits, SystemRandom, WithLimits}};
/// # use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
/// # let issuer = Issuer::new(IssuerOptions::default());
/// # let mut chip = Chip::new(issuer.personalise(&Person::sample(), &CardOptions::default()), 1);
/// # let mut reader = WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED);
/// # let mut trust = TrustStore::empty();
/// # trust.add_certificate(issuer.csca_certificate(), "my CSCA")?;
/// # let system = InspectionSystem::new(trust, "2026-11-21".parse()?);
/// use cccd::vietnam::{IdNumber, KeyCandidates};
/// let number: IdNumber = "000195001234".parse()?;
/// let keys = KeyCandidates::new(number)
///     .issued("1995-06-15".parse()?, "2021-07-01".parse()?)
///     .most(system.policy().key_candidates());
/// let document = keys.read(|key| {
///     system.inspect(InspectionOptions::new(key, SystemRandom::new())).run(&mut reader)
/// })?;
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyCandidates {
    number: IdNumber,
    /// Keys out of number, birth and expiry that were not tried yet, the next one last.
    estimated: Vec<AccessKey>,
    /// How many of them may still be tried.
    left: u8,
    /// Whether the key that was given out last is one that wrong dates make wrong.
    is_estimate: bool,
}

impl KeyCandidates {
    /// The card access number alone.
    #[must_use]
    pub const fn new(number: IdNumber) -> Self {
        Self { number, estimated: Vec::new(), left: 1, is_estimate: false }
    }

    /// And the keys for the dates on which a card of that day of issue may expire.
    ///
    /// # Errors
    /// None for dates that exist.
    pub fn issued(mut self, birth: Date, issued: Date) -> Self {
        let keys = Expiry::estimates(birth, issued).into_iter().rev();
        self.estimated = keys
            .filter_map(|expiry| Some(self.number.mrz_key(birth, expiry).ok()?.into()))
            .collect();
        self
    }

    /// How many of the estimated keys may be tried, one unless said otherwise.
    #[must_use]
    pub const fn most(mut self, tries: u8) -> Self {
        self.left = tries;
        self
    }

    /// The first key.
    #[must_use]
    pub fn first(&self) -> AccessKey {
        self.number.access_key()
    }

    /// The next key after the last one ended with this error; `None` if another one would not help, or none is
    /// left or allowed, or the chip counts and would be left with a single try.
    pub fn after(&mut self, error: &Error) -> Option<AccessKey> {
        let another_helps = match error {
            // The chip has no PACE, so it was not asked.
            Error::InvalidKey(InvalidKey::WrongKind) => !self.is_estimate,
            // A card access number that is wrong makes all others wrong.
            Error::AccessDenied { attempts_left } => {
                self.is_estimate && attempts_left.is_none_or(|left| left > 1)
            }
            _ => false,
        };
        if !another_helps {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.is_estimate = true;
        self.estimated.pop()
    }

    /// Reads with one key after the other until one opens the chip.
    ///
    /// # Errors
    /// That of the last key.
    pub fn read<T>(mut self, mut attempt: impl FnMut(AccessKey) -> Result<T>) -> Result<T> {
        let mut key = self.first();
        loop {
            match attempt(key) {
                Ok(read) => return Ok(read),
                Err(error) => match self.after(&error) {
                    Some(next) => key = next,
                    None => return Err(error),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests;
