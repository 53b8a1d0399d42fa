//! JMRTD reads the simulated cards over PC/SC, then our library reads equal ones, and what each tells is held against what
//! was written to the card and what the chip noticed.
//!
//! ```text
//! side_by_side [OPTION…] -- COMMAND…
//!   --field          also the cards that misbehave as those in the field do; the peer need not read them
//!   --only WORDS     only cards whose name contains the words
//!   --timing NAME    of the virtual clock; phone-424-fast unless given
//!   --write FILE     put the tables into this document, between its marks
//!   --check FILE     compare the numbers of APDUs with those in this document
//!   COMMAND…         the peer: a question on a line of its standard input, the answer on one of its output
//! ```
//! The exit status is 1 if a card is not read as it should be: with every byte as it was written, every check passed, and
//! every proof noticed by the chip.

mod card;
mod compare;
mod options;
mod ours;
mod peer;
mod reader;
mod selection;
mod table;

use std::{error::Error, process::ExitCode};

use cccd_simulator::{Issuer, IssuerOptions, Profile, profiles};

use card::{Made, Maker};
use compare::{Proofs, Row, Seen};
use options::{Document, Options};
use ours::Desk;
use peer::{Manner, Peer};
use reader::Reader;
use table::Tables;

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
    let chosen: Vec<Profile> = profiles().filter(|profile| options.chooses(profile)).collect();
    let first = chosen.first().ok_or("no card has such a name")?;
    let reader = Reader::start(maker.make(first.clone()).link())?;
    let desk = Desk::new(issuer.csca_certificate())?;
    let mut peer = Peer::start(&options.peer, issuer.csca_certificate())?;
    let mut theirs = |made: &Made, manner| -> Result<Seen, Box<dyn Error>> {
        let (told, link, cost) = reader.read(made.link(), |_| peer.read(&made.key, manner))?;
        Ok(Seen::new(told?, Proofs::All, made, &link, cost))
    };

    let mut tables = Tables::new(options.timing.name());
    for profile in chosen {
        let made = maker.make(profile);
        let theirs = theirs(&made, Manner::DEFAULT)?;
        let (told, link, cost) =
            reader.read(made.link(), |readers| desk.read(readers, &made.key))?;
        let ours = Seen::new(told, Proofs::One, &made, &link, cost);
        let row = Row::new(&made, theirs, ours);
        eprintln!("{row}");
        tables.rows.push(row);
    }
    if options.only.is_empty() {
        for profile in [Profile::named("bac"), Profile::named("cccd")].into_iter().flatten() {
            let made = maker.make(profile);
            for manner in Manner::CHOICES {
                let seen = theirs(&made, manner)?;
                tables.manners.push((made.name().to_owned(), manner.name, seen));
            }
        }
    }

    let bad = tables.rows.iter().filter(|row| !row.is_good()).count();
    eprintln!("{} cards, {bad} not as they should be", tables.rows.len());
    match options.document {
        Some(Document::Write(path)) => tables.write(&path)?,
        Some(Document::Check(path)) => tables.check(&path)?,
        None => {}
    }
    Ok(bad == 0)
}
