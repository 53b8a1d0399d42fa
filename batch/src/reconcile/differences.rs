use std::io::Write;

use cccd::vietnam::{CitizenRecord, RecordField};

use super::run::{Checked, Match};

/// The header of a file of differences.
const HEADER: [&str; 8] =
    ["row", "key", "match", "found_by", "field", "relation", "how", "in_words"];

/// A CSV file of what somebody should look at: one line for each field of a record that wants it, and one for each
/// record that repeats another, fits several citizens or cannot be read.
pub struct Differences<W: Write> {
    writer: csv::Writer<W>,
    what: Written,
}

/// What a file of differences holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    /// Both values beside each difference, in the columns `on_file` and `on_card`. They are personal data; without
    /// them the file holds only the organisation's own key.
    pub values: bool,
    /// Also what agrees, and records of which no card was read.
    pub everything: bool,
    /// The last column in English; else in Vietnamese.
    pub english: bool,
}

impl<W: Write> Differences<W> {
    /// Begins the file: a byte order mark, for spreadsheets, and the header.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn new(mut out: W, what: Written) -> std::io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(out);
        let values: &[&str] = if what.values { &["on_file", "on_card"] } else { &[] };
        writer.write_record(HEADER.iter().chain(values))?;
        Ok(Self { writer, what })
    }

    /// Writes the lines of a record, if it has any.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&mut self, checked: &Checked<'_>) -> std::io::Result<()> {
        let (code, by) = match &checked.found {
            Match::Citizen { by, .. } => ("compared", by.code()),
            Match::NoCard if !self.what.everything => return Ok(()),
            other => (other.code(), ""),
        };
        let row = checked.row.number.to_string();
        let key = cell(&checked.row.key);
        let start = [row.as_str(), &key, code, by];
        let Match::Citizen { citizen, .. } = &checked.found else {
            return self.line(start, ["", "", "", self.words_of(&checked.found)], "", "");
        };
        if let Some(first) = checked.repeats {
            let how = format!("row {first}");
            let words = if self.what.english {
                "another record of the same citizen"
            } else {
                "trùng với hồ sơ khác của cùng một người"
            };
            self.line(start, ["", "repeated", &how, words], "", "")?;
        }
        for difference in checked.differences() {
            let relation = difference.relation;
            if !relation.needs_work() && !self.what.everything {
                continue;
            }
            let words = if self.what.english {
                relation.to_string()
            } else {
                relation.message_vi().to_owned()
            };
            let rest = [difference.field.name(), relation.code(), relation.how(), &words];
            if !self.what.values {
                self.line(start, rest, "", "")?;
                continue;
            }
            let on_file = checked.row.record.as_ref().ok();
            let on_file = on_file.and_then(|record| record.field(difference.field));
            let on_file = on_file.map(|value| value.reveal().as_str()).unwrap_or_default();
            self.line(start, rest, on_file, &on_card(citizen, difference.field))?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What writing gives.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.writer.flush()
    }

    fn line(
        &mut self,
        start: [&str; 4],
        rest: [&str; 4],
        on_file: &str,
        on_card: &str,
    ) -> std::io::Result<()> {
        let values = [cell(on_file), cell(on_card)];
        let values = if self.what.values { values.as_slice() } else { &[] };
        let cells = start.into_iter().chain(rest).chain(values.iter().map(String::as_str));
        self.writer.write_record(cells).map_err(Into::into)
    }

    const fn words_of(&self, found: &Match<'_>) -> &'static str {
        match (found, self.what.english) {
            (Match::Citizen { .. }, _) => "",
            (Match::NoCard, true) => "no card of this person was read",
            (Match::NoCard, false) => "chưa đọc thẻ của người này",
            (Match::Several, true) => "several citizens have what the record says",
            (Match::Several, false) => "nhiều người cùng có thông tin như hồ sơ",
            (Match::Unreadable(_), true) => "the row is not UTF-8",
            (Match::Unreadable(_), false) => "dòng này không phải UTF-8",
        }
    }
}

fn on_card(citizen: &CitizenRecord, field: RecordField) -> String {
    let fields = citizen.fields();
    let value = fields.into_iter().find(|(name, _)| *name == field.name());
    value.and_then(|(_, value)| value).map(|value| value.reveal().clone()).unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
