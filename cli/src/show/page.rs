//! The page for a person at a terminal.

use std::path::{Path, PathBuf};

use cccd::lds::Image;

use super::{Description, Said};
use crate::output::page::Page;

pub(super) fn words(
    path: &Path,
    description: &Description,
    saved: &[PathBuf],
    reveal: bool,
) -> String {
    let mut page = Page::new(false);
    let (name, bytes) = (description.kind.name(), description.bytes);
    page.heading(&format!("{name}, {bytes} byte  {}", path.display()));
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut hidden = false;
    for fact in &description.facts {
        let (vietnamese, english) = fact.label;
        let value = match &fact.said {
            Said::Plain(value) => value.clone(),
            Said::Personal(value) if reveal => value.clone(),
            Said::Personal(value) => {
                hidden = true;
                format!("({} ký tự · characters)", value.chars().count())
            }
            Said::Unreadable(bytes) => format!("không đọc được · unreadable, {bytes} byte"),
        };
        // The entries of DG13 are known by their numbers.
        let number = fact.name.parse::<u8>().map(|number| format!(" {number}")).unwrap_or_default();
        rows.push((format!("{vietnamese} · {english}{number}"), value));
    }
    for (number, image) in description.images.iter().enumerate() {
        let saved = saved.get(number).map(|path| format!(" → {}", path.display()));
        rows.push((
            "Ảnh · Image".to_owned(),
            format!("{}{}", picture(image), saved.unwrap_or_default()),
        ));
    }
    for (tag, bytes) in &description.unknown {
        let words = format!("thẻ · tag {tag:02X}, {bytes} byte");
        rows.push(("Đối tượng giữ nguyên · Kept as it came".to_owned(), words));
    }
    for deviation in &description.deviations {
        rows.push(("Sai khác · Deviation".to_owned(), (*deviation).to_owned()));
    }
    page.rows(&rows);
    if hidden {
        page.remark("Dùng --reveal để hiện dữ liệu cá nhân · --reveal shows the holder's data");
    }
    page.text
}

fn picture(image: &Image) -> String {
    let size = image.width.zip(image.height).map(|(width, height)| format!(", {width} × {height}"));
    let facts = &image.facts;
    let captured = facts.captured.map(|moment| format!(", {moment}")).unwrap_or_default();
    let scores: Vec<String> =
        facts.quality.iter().filter_map(|quality| quality.score).map(|it| it.to_string()).collect();
    let quality = match scores.as_slice() {
        [] => String::new(),
        scores => format!(", chất lượng · quality {}", scores.join(" ")),
    };
    format!(
        "{}, {}{}, {} byte{captured}{quality}",
        image.shows.name().replace('_', " "),
        image.format.media_type(),
        size.unwrap_or_default(),
        image.image.reveal().len()
    )
}
