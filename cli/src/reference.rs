//! `--reference`: the card by which reads are compared, its files always of the same lengths.

use cccd_simulator::{
    CardOptions, Chip, Link, Password, Profile,
    reference::{self, Access, Buffer, Reference},
};

use cccd::transport::Limits;

use crate::{language::choose, simulation::Simulated};

/// The chip's own random numbers come from this.
const SEED: u64 = 1;

/// What `--reference` understands.
const FORM: &str = "không có thẻ này; tên gồm: · no such card; a name is:\n  \
    ACCESS-BUFFER[-aa][-info]\n  \
    ACCESS: pace bac\n  \
    BUFFER: extended, short, hoặc số byte từ 256 đến 65535 · BUFFER: extended, short, a number of bytes from 256 to \
    65535\n  \
    ví dụ: pace-2048, bac-short, pace-extended-aa · such as: pace-2048, bac-short, pace-extended-aa";

/// The reference card of a name such as `pace-2048`; else the sentence that clap shows.
pub(crate) fn named(text: &str) -> Result<Reference, String> {
    parse(text).ok_or_else(|| choose(FORM))
}

fn parse(text: &str) -> Option<Reference> {
    let mut words = text.split('-');
    let access = match words.next()? {
        "pace" => Access::Pace,
        "bac" => Access::Bac,
        _ => return None,
    };
    let buffer = match words.next()? {
        "extended" => Buffer::Unlimited,
        "short" => Buffer::Short,
        bytes => Buffer::Bytes(bytes.parse().ok().filter(|bytes| (256..=65_535).contains(bytes))?),
    };
    let mut card = Reference { access, buffer, ..Reference::default() };
    for word in words {
        match word {
            "aa" => card.active_authentication = true,
            "info" => card.atr_info = true,
            _ => return None,
        }
    }
    Some(card)
}

/// Its name, as it is asked for.
fn name(card: Reference) -> String {
    let access = match card.access {
        Access::Pace => "pace",
        Access::Bac => "bac",
    };
    let buffer = match card.buffer {
        Buffer::Unlimited => "extended".to_owned(),
        Buffer::Short => "short".to_owned(),
        Buffer::Bytes(bytes) => bytes.to_string(),
    };
    let aa = if card.active_authentication { "-aa" } else { "" };
    let info = if card.atr_info { "-info" } else { "" };
    format!("{access}-{buffer}{aa}{info}")
}

/// The card in a reader's field.
pub(crate) fn card(card: Reference) -> Simulated {
    let password = match card.access {
        Access::Pace => Password::Can,
        Access::Bac => Password::Mrz,
    };
    Simulated {
        profile: Profile {
            name: format!("reference {}", name(card)),
            options: CardOptions::default(),
            password,
            field: None,
        },
        person: reference::person(),
        csca: reference::issuer().csca_certificate().to_vec(),
        link: Link::new(Chip::new(card.card(), SEED)),
        limits: Limits::EXTENDED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_card_and_nothing_else_is_one() {
        for text in
            ["pace-extended", "pace-2048", "bac-short", "pace-short-info", "bac-300-aa-info"]
        {
            assert_eq!(name(named(text).unwrap()), text);
        }
        for text in ["", "pace", "pace-", "pace-12", "pace-65536", "ca-2048", "pace-2048-x"] {
            assert!(named(text).unwrap_err().contains("pace-2048"), "{text}");
        }
    }
}
