//! Another reader's software reads the simulated cards over PC/SC, then our library does, and what both say is compared
//! with each other and with what was written to the card.
//!
//! ```text
//! side_by_side [--all | --field] [--only WORDS] [--timing NAME] [--write FILE] -- COMMAND…
//!   (nothing)        the profiles of `selection`, enough for every mapping, group, cipher and kind of proof
//!   --all            every profile of the standard
//!   --field          the cards that misbehave; the peer is not required to read them
//!   --only WORDS     those of them whose name contains the words
//!   --timing NAME    of the virtual clock; phone-424-fast
//!   --write FILE     put the table into this document, between its marks
//!   COMMAND…         the peer: a question on a line of its standard input, the answer on one of its output
//! ```
//! The exit status is 1 if the two disagree, or one does not read a card that it should.

mod card;
mod compare;
mod options;
mod ours;
mod peer;
mod reader;
mod selection;

use std::{error::Error, process::ExitCode};

use cccd_simulator::{Issuer, IssuerOptions, profiles};

use card::Maker;
use compare::{Row, Seen};
use options::Options;
use ours::Desk;
use peer::Peer;
use reader::Reader;

/// Cards are read on this day, so that nothing depends on the clock.
pub(crate) const DAY: &str = "2026-11-21";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("side_by_side: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let issuer = Issuer::new(IssuerOptions::default());
    let maker = Maker::new(&issuer, options.timing.clone());
    let mut chosen = profiles().filter(|profile| options.chooses(profile)).map(|profile| maker.make(profile)).peekable();
    let first = chosen.peek().ok_or("no profile is chosen")?;
    let reader = Reader::start(first.link())?;
    let desk = Desk::new(issuer.csca_certificate())?;
    let mut peer = Peer::start(&options.peer, issuer.csca_certificate())?;

    let mut rows = Vec::new();
    for made in chosen {
        let (told, link, cost) = reader.read(made.link(), |_| peer.read(&made.key));
        let theirs = Seen::new(told?, &made, &link, cost);
        let (told, link, cost) = reader.read(made.link(), |readers| desk.read(readers, &made.key));
        let ours = Seen::new(told, &made, &link, cost);
        let row = Row { profile: made.name().to_owned(), field: made.is_of_the_field(), theirs, ours };
        eprintln!("{row}");
        rows.push(row);
    }
    let bad = rows.iter().filter(|row| !row.is_good()).count();
    eprintln!("{} cards, {bad} not as they should be", rows.len());
    Ok(bad == 0)
}
