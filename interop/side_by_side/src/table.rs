//! The tables, as Markdown between two marks in a document.

use std::{
    collections::BTreeMap, error::Error, fmt::Write as _, fs, ops::RangeInclusive, path::Path,
};

use cccd_simulator::Elapsed;

use crate::{
    compare::{Row, Seen, Verdict},
    selection::{FAMILIES, Limit, OURS, ROWS, THEIRS, limit},
};

const BEGIN: &str = "<!-- begin: written by interop/side_by_side.sh --write -->\n";
const END: &str = "<!-- end -->\n";

pub(crate) struct Tables<'a> {
    timing: &'a str,
    pub(crate) rows: Vec<Row>,
    /// The peer's other ways to read: card, words, read.
    pub(crate) manners: Vec<(String, &'static str, Seen)>,
}

impl<'a> Tables<'a> {
    pub(crate) fn new(timing: &'a str) -> Self {
        Self { timing, rows: Vec::new(), manners: Vec::new() }
    }

    /// Puts them into the document.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let document = fs::read_to_string(path)?;
        let (before, rest) = document.split_once(BEGIN).ok_or("the document has no mark")?;
        let (_, after) = rest.split_once(END).ok_or("the document has no second mark")?;
        fs::write(path, format!("{before}{BEGIN}\n{}\n{END}{after}", self.render()?))?;
        Ok(())
    }

    /// Compares the numbers of APDUs of the cards with a row of their own. Bytes and times may differ a little: a public
    /// value modulo a prime is a byte shorter once in 256 times.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let document = fs::read_to_string(path)?;
        let rows = self.rows.iter().filter(|row| ROWS.contains(&&*row.profile));
        let differ: Vec<String> =
            rows.map(counts).filter(|counts| !document.contains(counts)).collect();
        if differ.is_empty() {
            return Ok(());
        }
        let words = "is out of date, write it anew by interop/side_by_side.sh --write";
        Err(format!("{} {words}; it has no\n{}", path.display(), differ.join("\n")).into())
    }

    fn render(&self) -> Result<String, Box<dyn Error>> {
        let mut text = format!(
            "Written on {}; virtual times are those of `{}`.\n",
            cccd::transport::today()?,
            self.timing
        );
        self.families(&mut text)?;
        self.refused(&mut text)?;
        self.single(&mut text)?;
        self.manners(&mut text)?;
        self.field(&mut text)?;
        Ok(text)
    }

    fn standard(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.oddity.is_none())
    }

    /// One line for every kind of card.
    fn families(&self, text: &mut String) -> std::fmt::Result {
        let all: Vec<&Row> = self.standard().collect();
        writeln!(text, "\n### Every card of the standard\n")?;
        writeln!(
            text,
            "| cards | how many | JMRTD reads | we read | APDUs JMRTD | ours | bytes JMRTD | ours | ms JMRTD | ours |"
        )?;
        writeln!(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
        let family = |name: &str| FAMILIES.iter().position(|(begins, _)| name.starts_with(begins));
        for (index, (_, words)) in FAMILIES.iter().enumerate() {
            let members = all.iter().copied().filter(|row| family(&row.profile) == Some(index));
            writeln!(text, "| {words} {}", summary(&members.collect::<Vec<_>>()))?;
        }
        writeln!(text, "| **all** {}", summary(&all))
    }

    /// Who does not read what, and why.
    fn refused(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n### Not read\n")?;
        writeln!(text, "| who | cards | how many | why |\n|---|---|--:|---|")?;
        let mut line = |who, each: &'static Limit, limits: &'static [Limit]| {
            let falls = |row: &&Row| {
                limit(limits, &row.profile).is_some_and(|limit| std::ptr::eq(limit, each))
            };
            let count = self.standard().filter(falls).count();
            let (begins, contains) = each.profiles;
            writeln!(text, "| {who} | `{begins}*{contains}*` | {count} | {} |", each.reason)
        };
        THEIRS.iter().try_for_each(|limit| line("JMRTD", limit, &THEIRS))?;
        OURS.iter().try_for_each(|limit| line("we", limit, &OURS))
    }

    /// The cards with a row of their own.
    fn single(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n### Some of them, one by one\n")?;
        writeln!(
            text,
            "| card | opened by | APDUs JMRTD | ours | bytes JMRTD | ours | ms JMRTD | ours | JMRTD ÷ ours |"
        )?;
        writeln!(text, "|---|---|--:|--:|--:|--:|--:|--:|--:|")?;
        for row in self.standard().filter(|row| ROWS.contains(&&*row.profile)) {
            let both = [&row.theirs, &row.ours];
            let read = [row.their_verdict(), row.our_verdict()].map(|end| end == Verdict::Read);
            let cell = |index: usize, value: String| if read[index] { value } else { "–".into() };
            let bytes = [0, 1].map(|index| cell(index, number(bytes(&both[index].cost))));
            let times = [0, 1].map(|index| cell(index, milliseconds(&both[index].cost)));
            let ratio = row.theirs.cost.total() as f64 / row.ours.cost.total().max(1) as f64;
            let ratio = if read == [true; 2] { format!("{ratio:.1}") } else { "–".to_owned() };
            writeln!(
                text,
                "{} {} | {} | {} | {} | {ratio} |",
                counts(row),
                bytes[0],
                bytes[1],
                times[0],
                times[1]
            )?;
        }
        Ok(())
    }

    /// What an application can make of the peer.
    fn manners(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n### JMRTD with other settings\n")?;
        writeln!(text, "| card | reads with | APDUs | bytes | ms |\n|---|---|--:|--:|--:|")?;
        for (card, words, seen) in &self.manners {
            let cost = &seen.cost;
            let numbers = match seen.faults.first() {
                None => {
                    format!("{} | {} | {}", cost.exchanges, number(bytes(cost)), milliseconds(cost))
                }
                Some(fault) => format!("– | – | {}", cause(fault)),
            };
            writeln!(text, "| `{card}` | {words} | {numbers} |")?;
        }
        Ok(())
    }

    /// The cards that misbehave.
    fn field(&self, text: &mut String) -> std::fmt::Result {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.oddity.is_some()).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let (bad, sound): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| row.refusal.is_some());
        let theirs = |row: &&&Row| row.their_verdict() == Verdict::Read;
        let ours = |row: &&&Row| row.our_verdict() == Verdict::Read;
        writeln!(text, "\n### Cards that misbehave\n")?;
        writeln!(
            text,
            "Of {} that can be read JMRTD reads {}, we {}. Of {} that have to be refused JMRTD refuses {}, we {}. \
             What JMRTD says of those that it does not read:\n",
            sound.len(),
            sound.iter().filter(theirs).count(),
            sound.iter().filter(ours).count(),
            bad.len(),
            bad.iter().filter(|row| !theirs(row)).count(),
            bad.iter().filter(|row| row.our_verdict() == Verdict::Refused).count(),
        )?;
        writeln!(text, "| JMRTD's last words | cards |\n|---|---|")?;
        let mut by_cause: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for row in sound.iter().filter(|row| !theirs(row)) {
            let fault = row.theirs.faults.first().map_or("", String::as_str);
            by_cause.entry(cause(fault)).or_default().push(&row.profile);
        }
        for (cause, cards) in by_cause {
            let cards: Vec<String> = cards.iter().map(|card| format!("`{card}`")).collect();
            writeln!(text, "| {cause} | {} |", cards.join(", "))?;
        }
        Ok(())
    }
}

/// The beginning of a card's row: what has to be the same each time.
fn counts(row: &Row) -> String {
    let cell = |seen: &Seen, end| match end {
        Verdict::Read => seen.cost.exchanges.to_string(),
        Verdict::Refused => "not read".to_owned(),
        Verdict::Failed => "FAILED".to_owned(),
    };
    let access = if row.theirs.access.is_empty() { &row.ours.access } else { &row.theirs.access };
    format!(
        "| `{}` | {access} | {} | {} |",
        row.profile,
        cell(&row.theirs, row.their_verdict()),
        cell(&row.ours, row.our_verdict())
    )
}

/// How many were read, and from where to where the numbers go for those that both read.
fn summary(rows: &[&Row]) -> String {
    let count = |verdict: fn(&Row) -> Verdict| {
        rows.iter().filter(|row| verdict(row) == Verdict::Read).count()
    };
    let both: Vec<&Row> = rows
        .iter()
        .copied()
        .filter(|row| [row.their_verdict(), row.our_verdict()] == [Verdict::Read; 2])
        .collect();
    let range = |value: &dyn Fn(&Elapsed) -> u64| {
        let ours = both.iter().map(|row| value(&row.ours.cost));
        let theirs = both.iter().map(|row| value(&row.theirs.cost));
        let words = |range: Option<RangeInclusive<u64>>| {
            range.map_or_else(
                || "–".to_owned(),
                |range| {
                    let (low, high) = (number(*range.start()), number(*range.end()));
                    if low == high { low } else { format!("{low}–{high}") }
                },
            )
        };
        format!("{} | {}", words(span(theirs)), words(span(ours)))
    };
    format!(
        "| {} | {} | {} | {} | {} | {} |",
        rows.len(),
        count(Row::their_verdict),
        count(Row::our_verdict),
        range(&|cost| cost.exchanges),
        range(&bytes),
        range(&|cost| cost.total() / 1_000_000),
    )
}

fn span(values: impl Iterator<Item = u64> + Clone) -> Option<RangeInclusive<u64>> {
    Some(values.clone().min()?..=values.max()?)
}

/// Both ways.
fn bytes(cost: &Elapsed) -> u64 {
    cost.bytes_sent + cost.bytes_received
}

fn milliseconds(cost: &Elapsed) -> String {
    number(cost.total() / 1_000_000)
}

/// With a comma between thousands.
fn number(value: u64) -> String {
    match value {
        0..1_000 => value.to_string(),
        _ => format!("{},{:03}", number(value / 1_000), value % 1_000),
    }
}

/// The last of a chain of exceptions, without what would break a table.
fn cause(fault: &str) -> String {
    let last = fault.rsplit(" <- ").next().unwrap_or(fault);
    last.replace('|', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        let words = [0, 999, 1_000, 22_171, 1_000_001].map(number);
        assert_eq!(words, ["0", "999", "1,000", "22,171", "1,000,001"]);
    }

    #[test]
    fn the_last_cause_of_a_chain_is_told() {
        assert_eq!(cause("A: b <- C: d | e"), "C: d / e");
        assert_eq!(cause("alone"), "alone");
    }

    #[test]
    fn tables_stand_between_the_marks() {
        let path = std::env::temp_dir().join(format!("side_by_side_{}.md", std::process::id()));
        fs::write(&path, format!("before\n{BEGIN}old\n{END}after\n")).unwrap();
        Tables::new("desk-106-old").write(&path).unwrap();
        let written = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(written.starts_with("before\n") && written.ends_with("after\n"));
        assert!(written.contains("`desk-106-old`") && !written.contains("old\n<!--"));
    }
}
