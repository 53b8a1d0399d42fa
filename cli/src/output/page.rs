//! Lines for a terminal: labels in one column, values wrapped in the next.

use console::{Style, measure_text_width};

use super::columns;
use crate::language::{Language, choose, current};

/// Narrower than this, values are not wrapped any more.
const NARROWEST: usize = 24;

/// Text from a card or file must not command the terminal: control characters and those that turn
/// the direction of writing are shown as a replacement.
fn harmless(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if harmful(c) { '\u{fffd}' } else { c }).collect()
}

/// What stands before a check.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    Good,
    Bad,
    Open,
}

/// What stands above a column of numbers: in Vietnamese alone, in Vietnamese above English, in English.
pub(crate) type Heading = [&'static str; 3];

/// Lines of text with labels in one column and values, wrapped to the terminal, in the next.
pub(crate) struct Page {
    pub(crate) text: String,
    columns: usize,
    error: bool,
}

impl Page {
    pub(crate) fn new(error: bool) -> Self {
        Self { text: String::new(), columns: columns(error), error }
    }

    fn style(&self) -> Style {
        if self.error { Style::new().for_stderr() } else { Style::new() }
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The first line, ours in both languages, and a code.
    pub(crate) fn banner(&mut self, good: bool, words: &str, code: &str) {
        let words = choose(words);
        let style = self.style().bold();
        let styled = if good {
            style.green().apply_to(format!("✔ {words}"))
        } else {
            style.red().apply_to(format!("✘ {words}"))
        };
        self.line(&format!("{styled}  {}", self.style().dim().apply_to(code)));
    }

    /// The line above a section, ours in both languages.
    pub(crate) fn heading(&mut self, words: &str) {
        self.title(&choose(words));
    }

    /// The same for somebody else's words: the name of a file.
    pub(crate) fn title(&mut self, words: &str) {
        let title = self.style().bold().apply_to(harmless(words)).to_string();
        self.line("");
        self.line(&title);
    }

    pub(crate) fn remark(&mut self, words: &str) {
        let remark = self.style().yellow().apply_to(words).to_string();
        self.line(&format!("  {remark}"));
    }

    /// A remark in each language that is wanted, on a line of its own.
    pub(crate) fn remark_in_each(&mut self, vietnamese: &str, english: &str) {
        wanted(vietnamese, english).for_each(|words| self.remark(words));
    }

    /// A paragraph, two columns in.
    pub(crate) fn indented(&mut self, words: &str) {
        self.hanging("  ", 2, words);
    }

    /// A paragraph in each language that is wanted.
    pub(crate) fn indented_in_each(&mut self, vietnamese: &str, english: &str) {
        wanted(vietnamese, english).for_each(|words| self.indented(words));
    }

    pub(crate) fn rows(&mut self, rows: &[(String, String)]) {
        let widest = rows.iter().map(|(label, _)| measure_text_width(label)).max().unwrap_or(0);
        for (label, value) in rows {
            let gap = " ".repeat(widest - measure_text_width(label));
            let label = self.style().dim().apply_to(label).to_string();
            self.hanging(&format!("  {label}{gap}  "), widest + 4, value);
        }
    }

    /// Columns of numbers under headings. On a terminal that is too narrow only the first `least` columns are shown.
    pub(crate) fn table(
        &mut self,
        headings: &[Heading],
        least: usize,
        rows: &[(String, Vec<String>)],
    ) {
        let label = rows.iter().map(|(label, _)| measure_text_width(label)).max().unwrap_or(0);
        let headings: Vec<_> = headings.iter().map(headed).collect();
        let width = |(column, heading): (usize, &Vec<&str>)| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(column));
            let texts = cells.map(String::as_str).chain(heading.iter().copied());
            texts.map(measure_text_width).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = headings.iter().enumerate().map(width).collect();
        if 2 + label + widths.iter().map(|width| width + 2).sum::<usize>() > self.columns {
            widths.truncate(least);
        }
        let line = |page: &mut Self, label_text: &str, cells: &[&str], dim: bool| {
            let style = if dim { page.style().dim() } else { page.style() };
            let gap = label - measure_text_width(label_text);
            let mut line =
                format!("  {}{}", page.style().dim().apply_to(label_text), " ".repeat(gap));
            for (cell, width) in cells.iter().zip(&widths) {
                let gap = " ".repeat(2 + width - measure_text_width(cell));
                line.push_str(&format!("{gap}{}", style.apply_to(cell)));
            }
            page.line(&line);
        };
        for row in 0..headings.first().map_or(0, Vec::len) {
            let cells: Vec<_> =
                headings.iter().filter_map(|column| column.get(row).copied()).collect();
            line(self, "", &cells, true);
        }
        for (label, cells) in rows {
            let cells: Vec<_> = cells.iter().map(String::as_str).collect();
            line(self, label, &cells, false);
        }
    }

    /// A row with a coloured mark before its label, the label as wide as `widest`.
    pub(crate) fn marked(&mut self, mark: Mark, label: &str, widest: usize, words: &str) {
        let style = self.style();
        let mark = match mark {
            Mark::Good => style.green().apply_to("✔"),
            Mark::Bad => style.red().bold().apply_to("✘"),
            Mark::Open => style.dim().apply_to("–"),
        };
        let gap = " ".repeat(widest - measure_text_width(label));
        self.hanging(&format!("  {mark} {label}{gap}  "), widest + 6, words);
    }

    /// `start`, then `words` wrapped so that further lines begin at `indent`.
    fn hanging(&mut self, start: &str, indent: usize, words: &str) {
        let words = harmless(words);
        let room = self.columns.saturating_sub(indent);
        let room = if room < NARROWEST { usize::MAX } else { room };
        let mut line = start.to_owned();
        let mut used = 0;
        for word in words.split_whitespace() {
            let width = measure_text_width(word);
            if used > 0 && used + 1 + width > room {
                self.line(&line);
                line = " ".repeat(indent);
                used = 0;
            } else if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += width;
        }
        self.line(&line);
    }
}

/// The halves that are wanted, one after the other.
fn wanted<'a>(vietnamese: &'a str, english: &'a str) -> impl Iterator<Item = &'a str> {
    let language = current();
    let halves = [(vietnamese, Language::En), (english, Language::Vi)];
    halves.into_iter().filter(move |(_, other)| *other != language).map(|(words, _)| words)
}

/// What stands above a column, line by line.
fn headed(heading: &Heading) -> Vec<&'static str> {
    let [alone, above, english] = *heading;
    match current() {
        Language::Vi => vec![alone],
        Language::En => vec![english],
        Language::Both => vec![above, english],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_card_cannot_command_the_terminal() {
        assert_eq!(harmless("Hà\u{1b}[2J\u{202e}x\u{9b}"), "Hà\u{fffd}[2J\u{fffd}x\u{fffd}");
    }

    #[test]
    fn long_values_hang_below_their_column() {
        let mut page = Page { text: String::new(), columns: 40, error: false };
        page.hanging("  Nơi ở  ", 9, "Số 1 Đường Mẫu, Tổ 2, Khu phố Thử Nghiệm");
        assert_eq!(page.text, "  Nơi ở  Số 1 Đường Mẫu, Tổ 2, Khu phố\n         Thử Nghiệm\n");
    }
}
