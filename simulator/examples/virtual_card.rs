//! Lay the sample card on a virtual PC/SC reader until the reader goes away, then say what the chip saw.
//!
//! ```text
//! cargo run -p cccd-simulator --example virtual_card -- [HOST:PORT] [PERSON.toml]
//! ```
//! Needs pcscd with the driver vpcd of the vsmartcard project; without an address it is the first slot's.

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use std::{env, fs};

use cccd_simulator::chip::Chip;
use cccd_simulator::person::Person;
use cccd_simulator::personalisation::{CardOptions, Issuer, IssuerOptions};
use cccd_simulator::vpcd;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (host, port) = vpcd::FIRST_SLOT;
    let address = arguments.next().unwrap_or_else(|| format!("{host}:{port}"));
    let person = match arguments.next() {
        Some(path) => Person::from_toml(&fs::read_to_string(path)?)?,
        None => Person::sample(),
    };
    let issuer = Issuer::new(IssuerOptions::default());
    let mut chip = Chip::new(issuer.personalise(&person, &CardOptions::default()), 1);

    let connection = vpcd::plug_in(&address, Duration::from_secs(10))?;
    eprintln!("card {} lies on {address}; its access number is {}", person.id_number, person.can());
    vpcd::answer(&mut chip, connection, &AtomicBool::new(false))?;

    eprintln!("{} exchanges", chip.exchanges());
    for violation in chip.violations() {
        eprintln!("the reader broke a rule: {violation}");
    }
    Ok(())
}
