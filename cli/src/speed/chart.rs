//! A chart of where the time went: a bar for each step, SVG.
//!
//! Colours stand in attributes, for viewers that know no style sheets, and once more in a style sheet, which turns
//! them where the page is dark.

use std::path::Path;

use console::measure_text_width;

use super::{Cost, Spent, Step};
use crate::{
    bench_card::Report,
    language::{both, choose, one},
    operator::Remark,
    output::{
        OutputArguments,
        cost::{grouped, milliseconds},
    },
    save,
};

/// Pixels.
const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 20.0;
const GAP: f64 = 14.0;
const ROW: f64 = 30.0;
const BAR: f64 = 18.0;
/// Where the columns of numbers end, from the left edge of the first.
const COLUMNS: [(&str, f64); 3] = [("APDU", 44.0), ("byte", 120.0), ("ms", 196.0)];
/// How wide a character of the labels is at most, as far as anybody can tell without the font.
const CHARACTER: f64 = 8.2;

/// No axis is shorter: nanoseconds.
const SHORTEST: u64 = 1_000_000;

/// What time was spent on: Vietnamese, English, colour.
const CAUSES: [(&str, &str, &str); 4] = [
    ("sóng", "air", "#2f7ebc"),
    ("máy đọc", "host", "#e08a1e"),
    ("chip", "chip", "#3f9e58"),
    ("làm lại", "retry", "#cf4a43"),
];
/// Time whose cause nobody knows.
const MEASURED: &str = "#2f7ebc";

const STYLE: &str = "\
text{font-family:system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\
@media (prefers-color-scheme:dark){.page{fill:#14181d}.ink{fill:#e6e9ed}.soft{fill:#a3adb8}.grid{stroke:#333b44}\
.spread{stroke:#e6e9ed}}";

/// A picture of one read, or of several.
pub(crate) struct Chart {
    title: String,
    remarks: Vec<String>,
    bars: Vec<Bar>,
    total: Spent,
    simulated: bool,
}

/// A step.
struct Bar {
    step: Step,
    spent: Spent,
    /// The shortest and the longest time.
    spread: Option<(u64, u64)>,
}

impl Chart {
    /// Of one read. `card`: the simulated card's profile.
    pub(crate) fn of_read(cost: &Cost, ended: Option<&str>) -> Self {
        let steps = cost.ledger.steps().iter();
        let bars = steps.map(|(step, spent)| Bar { step: *step, spent: *spent, spread: None });
        let mut chart = Self {
            title: String::new(),
            remarks: vec![clock(cost)],
            bars: bars.collect(),
            total: cost.ledger.total(),
            simulated: cost.timing.is_some(),
        };
        let stopped = choose("Dừng giữa chừng · Stopped");
        chart.remarks.extend(ended.map(|code| format!("{stopped}: {code}")));
        chart.describe(cost);
        chart
    }

    /// Of the middle one of several reads, or of the one that was not finished; `None` if there was none at all.
    pub(crate) fn of_bench(report: &Report) -> Option<Self> {
        let Some(run) = report.median_run() else {
            let (failure, run) = report.stopped.as_ref()?;
            return Some(Self::of_read(&run.as_ref()?.cost, Some(failure.code())));
        };
        let mut chart = Self::of_read(&run.cost, None);
        let count = report.runs.len();
        if count > 1 {
            let mut words = both(
                &format!("{count} lần đọc, đây là lần trung vị"),
                &format!("{count} reads, the median one"),
            );
            if !chart.simulated {
                words.push_str(&format!("; {}: min–max", choose("vạch ngang · whiskers")));
                for (step, spread) in report.steps() {
                    if let Some(bar) = chart.bars.iter_mut().find(|bar| bar.step == step) {
                        bar.spread = spread.range(Spent::time).map(|range| (range.min, range.max));
                    }
                }
            }
            chart.remarks.push(words);
        }
        let kind = choose("Loại thẻ · Profile");
        let card = report.profile.as_ref().map(|name| format!("{kind} {name}"));
        chart.remarks.splice(0..0, card.or_else(|| report.reader.clone()));
        Some(chart)
    }

    fn describe(&mut self, cost: &Cost) {
        let total = self.total;
        self.title = format!(
            "{}: {} APDU, {} byte →, {} byte ←, {} ms",
            choose("Đọc chip · Reading the chip"),
            total.apdus,
            grouped(total.bytes_sent),
            grouped(total.bytes_received),
            milliseconds(total.time())
        );
        if let Some(known) = cost.ledger.identity() {
            self.remarks.push(format!(
                "{} {} APDU, {} ms",
                choose("Biết danh tính sau · Identity known after"),
                known.apdus,
                milliseconds(known.time())
            ));
        }
    }

    /// Saves the picture; `false` if that did not work, which it says.
    pub(crate) fn save(&self, path: &Path, output: OutputArguments) -> bool {
        let saved = save::public(path, self.svg().as_bytes());
        if let Err(error) = &saved {
            let what = one("chưa lưu được biểu đồ", "the chart was not saved");
            let words = format!("{what}: {}: {error}", path.display());
            output.tell(Remark::Warning(words));
        }
        saved.is_ok()
    }

    /// The picture.
    fn svg(&self) -> String {
        let widest =
            self.bars.iter().map(|bar| measure_text_width(&bar.step.words())).max().unwrap_or(0);
        let left = MARGIN + widest as f64 * CHARACTER + GAP;
        let right = WIDTH - MARGIN - COLUMNS[2].1;
        let top = 62.0 + self.remarks.len() as f64 * 19.0 + 22.0;
        let bottom = top + self.bars.len() as f64 * ROW;
        let height = bottom + 78.0;
        let mut svg = Svg::begin(height);
        svg.text(MARGIN, 36.0, "ink", 18, "start", &self.title);
        for (number, remark) in self.remarks.iter().enumerate() {
            svg.text(MARGIN, 60.0 + number as f64 * 19.0, "soft", 13, "start", remark);
        }

        let longest = |bar: &Bar| bar.spread.map_or(0, |(_, max)| max).max(bar.spent.time());
        let longest = self.bars.iter().map(longest).max().unwrap_or(0).max(SHORTEST);
        let scale = Scale { left, width: right - GAP - left, longest };
        for tick in scale.ticks() {
            let x = scale.x(tick);
            svg.line("grid", "#d5dae0", (x, top - 4.0), (x, bottom + 4.0));
            svg.text(x, bottom + 20.0, "soft", 12, "middle", &scale.words(tick));
        }
        for (words, end) in COLUMNS {
            svg.text(right + end, top - 12.0, "soft", 12, "end", words);
        }
        for (number, bar) in self.bars.iter().enumerate() {
            self.bar(&mut svg, &scale, top + number as f64 * ROW, bar, right);
        }
        self.legend(&mut svg, bottom + 52.0, left);
        svg.end()
    }

    fn bar(&self, svg: &mut Svg, scale: &Scale, y: f64, bar: &Bar, right: f64) {
        let middle = y + ROW / 2.0;
        let line = middle + 4.5;
        svg.text(scale.left - GAP, line, "ink", 14, "end", &bar.step.words());
        let mut from = 0;
        for (time, colour) in self.parts(bar.spent) {
            let (start, end) = (scale.x(from), scale.x(from + time));
            svg.bar(start, middle - BAR / 2.0, (end - start, BAR), colour);
            from += time;
        }
        if let Some((min, max)) = bar.spread {
            let (min, max) = (scale.x(min), scale.x(max));
            svg.line("spread", "#1f2328", (min, middle), (max, middle));
            for x in [min, max] {
                svg.line("spread", "#1f2328", (x, middle - 5.0), (x, middle + 5.0));
            }
        }
        let bytes = bar.spent.bytes_sent + bar.spent.bytes_received;
        let numbers = [bar.spent.apdus.to_string(), grouped(bytes), milliseconds(bar.spent.time())];
        for (number, (_, end)) in numbers.iter().zip(COLUMNS) {
            svg.text(right + end, line, "ink", 13, "end", number);
        }
    }

    /// The coloured parts of a bar.
    fn parts(&self, spent: Spent) -> Vec<(u64, &'static str)> {
        if self.simulated {
            spent.causes().into_iter().zip(CAUSES.map(|(_, _, colour)| colour)).collect()
        } else {
            vec![(spent.measured, MEASURED)]
        }
    }

    fn legend(&self, svg: &mut Svg, y: f64, left: f64) {
        if !self.simulated {
            svg.text(left, y, "soft", 12, "start", &choose("thời gian, ms · time, ms"));
            return;
        }
        let mut x = left;
        for ((vietnamese, english, colour), time) in CAUSES.into_iter().zip(self.total.causes()) {
            let name =
                if vietnamese == english { english.to_owned() } else { both(vietnamese, english) };
            let words = format!("{name} {} ms", milliseconds(time));
            svg.bar(x, y - 10.0, (12.0, 12.0), colour);
            svg.text(x + 18.0, y, "soft", 12, "start", &words);
            x += 18.0 + measure_text_width(&words) as f64 * 7.2 + GAP;
        }
    }
}

/// By which clock the times were taken.
fn clock(cost: &Cost) -> String {
    match &cost.timing {
        Some(timing) => {
            let words = choose("Thẻ mô phỏng, đồng hồ ảo · Simulated card, virtual clock");
            format!("{words} {timing}")
        }
        None => choose("Đo quanh mỗi trao đổi · Measured around each exchange"),
    }
}

/// Nanoseconds to pixels.
struct Scale {
    left: f64,
    width: f64,
    longest: u64,
}

impl Scale {
    fn x(&self, time: u64) -> f64 {
        self.left + self.width * (time as f64 / self.longest as f64)
    }

    /// Between the lines: 1, 2 or 5 of some power of ten, so that there are seven at most.
    fn step(&self) -> u64 {
        let powers = (0..18).map(|power| 10_u64.pow(power));
        let steps = powers.flat_map(|ten| [ten, 2 * ten, 5 * ten]);
        let mut fitting = steps.filter(|step| self.longest / step <= 6);
        fitting.next().unwrap_or(u64::MAX)
    }

    fn ticks(&self) -> impl Iterator<Item = u64> {
        let step = self.step();
        (0..=self.longest / step).map(move |number| number * step)
    }

    fn words(&self, time: u64) -> String {
        if self.step() >= 1_000_000 {
            format!("{} ms", time / 1_000_000)
        } else {
            format!("{} ms", time as f64 / 1e6)
        }
    }
}

/// The text of a picture that grows.
struct Svg(String);

impl Svg {
    fn begin(height: f64) -> Self {
        Self(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\">\n\
             <style>{STYLE}</style>\n\
             <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        ))
    }

    fn end(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }

    fn add(&mut self, element: &str) {
        self.0.push_str(element);
        self.0.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, class: &str, size: u8, anchor: &str, words: &str) {
        let colour = if class == "ink" { "#1f2328" } else { "#57606a" };
        let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.add(&format!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" \
             text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
        ));
    }

    fn bar(&mut self, x: f64, y: f64, (width, height): (f64, f64), colour: &str) {
        if width > 0.0 {
            self.add(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" \
                 fill=\"{colour}\"/>"
            ));
        }
    }

    fn line(&mut self, class: &str, colour: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.add(&format!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" \
             stroke=\"{colour}\"/>"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_a_few_round_numbers() {
        for (longest, expected) in [
            (950_000_000, &["0 ms", "200 ms", "400 ms", "600 ms", "800 ms"][..]),
            (3_000_000, &["0 ms", "0.5 ms", "1 ms", "1.5 ms", "2 ms", "2.5 ms", "3 ms"]),
            (SHORTEST, &["0 ms", "0.2 ms", "0.4 ms", "0.6 ms", "0.8 ms", "1 ms"]),
        ] {
            let scale = Scale { left: 0.0, width: 100.0, longest };
            let words: Vec<_> = scale.ticks().map(|tick| scale.words(tick)).collect();
            assert_eq!(words, expected);
        }
    }
}
