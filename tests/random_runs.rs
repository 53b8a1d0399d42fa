//! PACE and then Chip Authentication over and over, with other random numbers each time, in every group: what
//! fails once in some hundred runs fails here. In each run both sides draw new keys; mapping and cipher go
//! through all that the group has.
//!
//! ```text
//! CCCD_RUNS=10000 cargo test --release -p cccd --test random_runs -- --nocapture
//! ```
//!
//! Without the variable there are a few runs for each group. Either way a group's runs go on until the agreed
//! secret began with a zero byte in both protocols: in a test that is not optimised, in the groups alone where
//! that takes seconds.

mod common;

use std::{
    env,
    fmt::{self, Display, Formatter},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use cccd::inspection::{InspectionOptions, Step};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, ChipAuthenticationOption, ChipProofs, CipherName, CurveName,
    DigestName, Group, Issuer, IssuerOptions, KeyKind, Mapping, ModpName, PaceForgery, PaceOption,
    Person, Personalisation, portrait::PortraitOptions,
};
use common::{Desk, can, seeded};

/// Runs for each group where the variable does not say: enough for each of its cards.
const FEW: usize = 16;

/// A secret begins with a zero byte about once in 200 runs; after so many without one, none will come.
const PATIENCE: usize = 20_000;

/// A short signature that is quickly verified, because every run verifies it.
fn issuer() -> Issuer {
    let key = KeyKind::Ec(CurveName::Secp256r1, DigestName::Sha256);
    Issuer::new(IssuerOptions { csca: key, signer: key, ..IssuerOptions::default() })
}

fn groups() -> impl Iterator<Item = Group> {
    let curves = CurveName::ALL.into_iter().map(Group::Curve);
    curves.chain(ModpName::STANDARDISED.into_iter().map(Group::Modp))
}

/// Whether a few hundred runs in this group are affordable: all are where the code is optimised.
fn is_fast(group: Group) -> bool {
    // Of the long ones, secp521r1 has seven zero bits before its 521.
    let fast = match group {
        Group::Curve(curve) => curve.field_length() <= 32 || curve == CurveName::Secp521r1,
        Group::Modp(group) => group == ModpName::Modp1024_160,
    };
    fast || !cfg!(debug_assertions)
}

/// A card for each mapping and cipher, with one key, and nothing on it that need not be read. Modulo a prime
/// there is a second one, which writes its public keys as long as the prime.
fn cards(issuer: &Issuer, group: Group) -> Vec<Personalisation> {
    const MAPPINGS: [Mapping; 3] =
        [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
    let image = PortraitOptions { width: 16, height: 16, target_bytes: 0, image: None };
    let image = image.make().image;
    let mut cards = Vec::new();
    for cipher in CipherName::ALL {
        for way in MAPPINGS.map(|mapping| PaceOption::new(mapping, group, cipher)) {
            if way.protocol().is_none() {
                continue;
            }
            let key = ChipAuthenticationOption {
                key_id: group.parameter_id().map(u32::from),
                ..ChipAuthenticationOption::new(group, cipher)
            };
            let image = Some(image.clone());
            let mut card = issuer.personalise(
                &Person::sample(),
                &CardOptions {
                    pace: vec![way],
                    chip_authentication: vec![key],
                    active_authentication: ActiveKind::None,
                    fingerprints: false,
                    dg13: false,
                    portrait: PortraitOptions { image, ..PortraitOptions::default() },
                    ..CardOptions::default()
                },
            );
            cards.push(card.clone());
            if matches!(group, Group::Modp(_)) {
                card.behaviour.full_length_integers = true;
                cards.push(card);
            }
        }
    }
    cards
}

/// Reads until the library has accepted the first answer under the keys of Chip Authentication.
fn run(desk: &Desk, card: &Personalisation, seed: u64) -> Result<ChipProofs, String> {
    let mut chip = Chip::new(card.clone(), seed);
    let mut inspection = desk.system.inspect(InspectionOptions::new(can(), seeded(seed)));
    inspection.set_limits(desk.limits);
    let mut answered = false;
    loop {
        match inspection.poll().map_err(|error| format!("{error:?}"))? {
            // The next command shows that the answer was accepted.
            Step::Transmit(_) | Step::Done(_) if answered => break,
            Step::Transmit(command) => {
                let new_keys = chip.chip_proofs().chip_authentications > 0;
                inspection.receive(&chip.process(command.as_bytes()));
                answered = new_keys;
            }
            Step::Done(_) => return Err("a document without Chip Authentication".to_owned()),
            Step::CardLost => return Err("nobody took the card away".to_owned()),
            Step::Progress(_) | Step::Identity(_) => {}
        }
    }
    let proofs = chip.chip_proofs();
    match chip.violations() {
        [] if (proofs.pace, proofs.chip_authentications) == (1, 1) => Ok(proofs),
        violations => Err(format!("{proofs:?} {violations:?}")),
    }
}

/// What came of a group's runs.
#[derive(Debug, Default)]
struct Tally {
    started: usize,
    pace: usize,
    chip_authentication: usize,
    /// Runs in which the secret of PACE began with a zero byte.
    pace_zero: usize,
    chip_authentication_zero: usize,
    /// Runs in which a public key did; modulo a prime it was the chip's, as the library sends none.
    public_zero: usize,
    failures: Vec<String>,
}

impl Tally {
    fn zeros_were_met(&self) -> bool {
        self.pace_zero > 0 && self.chip_authentication_zero > 0
    }

    /// The number of the next run, if there is to be one.
    fn start(&mut self, runs: usize, until_zeros: bool) -> Option<usize> {
        let on =
            self.started < runs || until_zeros && !self.zeros_were_met() && self.started < PATIENCE;
        on.then(|| {
            self.started += 1;
            self.started - 1
        })
    }

    fn enter(&mut self, number: usize, outcome: Result<ChipProofs, String>) {
        match outcome {
            Ok(proofs) => {
                self.pace += proofs.pace;
                self.chip_authentication += proofs.chip_authentications;
                self.pace_zero += proofs.pace_secrets_with_leading_zero;
                self.chip_authentication_zero +=
                    proofs.chip_authentication_secrets_with_leading_zero;
                self.public_zero += usize::from(proofs.public_keys_with_leading_zero > 0);
            }
            Err(error) => self.failures.push(format!("run {number}: {error}")),
        }
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>6} {:>6} {:>10} {:>8} {:>12} {:>9}",
            self.pace,
            self.chip_authentication,
            self.pace_zero,
            self.chip_authentication_zero,
            self.public_zero,
            self.failures.len()
        )
    }
}

/// The group's runs, on two threads.
fn tally(desk: &Desk, cards: &[Personalisation], runs: usize, until_zeros: bool) -> Tally {
    let tally = Mutex::new(Tally::default());
    let locked = || tally.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(number) = locked().start(runs, until_zeros) else { break };
                    let card = &cards[number % cards.len()];
                    let outcome = run(desk, card, number as u64);
                    locked().enter(number, outcome);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

#[test]
fn random_runs_of_pace_and_chip_authentication_in_every_group() {
    let runs = match env::var("CCCD_RUNS") {
        Ok(runs) => runs.parse().expect("CCCD_RUNS is a number of runs"),
        Err(_) => FEW,
    };
    let issuer = issuer();
    let desk = Desk::of(&issuer);
    println!(
        "group             PACE     CA  PACE 00..  CA 00..  key with 00  failures  ms per run"
    );
    let mut tallies = Vec::new();
    for group in groups() {
        let cards = cards(&issuer, group);
        let begin = Instant::now();
        let tally = tally(&desk, &cards, runs, is_fast(group));
        let each = begin.elapsed().as_secs_f64() * 1000.0 / tally.started.max(1) as f64;
        println!("{:<15} {tally}  {each:10.2}", group.name());
        tallies.push((group, tally));
    }
    assert_eq!(tallies.len(), 11 + 3);
    for (group, tally) in tallies {
        assert_eq!(tally.failures, [""; 0], "{group:?}");
        assert!(tally.started >= runs, "{group:?} {tally:?}");
        let expected = (tally.started, tally.started);
        assert_eq!((tally.pace, tally.chip_authentication), expected, "{group:?}");
        assert!(!is_fast(group) || tally.zeros_were_met(), "{group:?} {tally:?}");
    }
}

/// The runs above can fail: a copy of the card, and a chip that does not know the password.
#[test]
fn a_run_that_does_not_end_well_is_counted_as_a_failure() {
    let issuer = issuer();
    let desk = Desk::of(&issuer);
    let card = cards(&issuer, Group::Curve(CurveName::Secp256r1)).swap_remove(0);
    let copy = card.clone_without_private_keys();
    let mut stranger = card.clone();
    stranger.behaviour.pace_forgery = Some(PaceForgery::WrongToken);
    for (card, error) in [(copy, "ChipAuthentication"), (stranger, "AccessDenied")] {
        let tally = tally(&desk, &[card], 3, false);
        assert_eq!((tally.started, tally.pace, tally.failures.len()), (3, 0, 3));
        assert!(tally.failures.iter().all(|line| line.contains(error)), "{:?}", tally.failures);
    }
    assert_eq!(tally(&desk, &[card], 3, false).pace, 3);
}
