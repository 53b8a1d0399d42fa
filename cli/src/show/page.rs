//! The page for a person at a terminal.

use std::path::{Path, PathBuf};

use cccd::lds::Image;

use super::{Description, Said};
use crate::{
    language::{both, choose, is_vietnamese},
    output::page::Page,
};

pub(super) fn words(
    path: &Path,
    description: &Description,
    saved: &[PathBuf],
    reveal: bool,
) -> String {
    let mut page = Page::new(false);
    let (name, bytes) = (description.kind.name(), description.bytes);
    page.title(&format!("{name}, {bytes} byte  {}", path.display()));
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut hidden = false;
    for fact in &description.facts {
        let (vietnamese, english) = fact.label;
        let value = match &fact.said {
            Said::Plain(value) if is_vietnamese() && fact.name == "protocol" => protocol(value),
            Said::Plain(value) => value.clone(),
            Said::Personal(value) if reveal => value.clone(),
            Said::Personal(value) => {
                hidden = true;
                format!("({} {})", value.chars().count(), choose("ký tự · characters"))
            }
            Said::Unreadable(bytes) => {
                format!("{}, {bytes} byte", choose("không đọc được · unreadable"))
            }
        };
        // The entries of DG13 are known by their numbers.
        let number = fact.name.parse::<u8>().map(|number| format!(" {number}")).unwrap_or_default();
        rows.push((format!("{}{number}", both(vietnamese, english)), value));
    }
    for (number, image) in description.images.iter().enumerate() {
        let saved = saved.get(number).map(|path| format!(" → {}", path.display()));
        rows.push((
            choose("Ảnh · Image"),
            format!("{}{}", picture(image), saved.unwrap_or_default()),
        ));
    }
    for (tag, bytes) in &description.unknown {
        let words = format!("{} {tag:02X}, {bytes} byte", choose("nhãn · tag"));
        rows.push((choose("Đối tượng giữ nguyên · Kept as it came"), words));
    }
    for deviation in &description.deviations {
        rows.push((choose("Sai khác · Deviation"), (*deviation).to_owned()));
    }
    page.rows(&rows);
    if hidden {
        page.remark(&choose(
            "Dùng --reveal để hiện dữ liệu cá nhân · --reveal shows the holder's data",
        ));
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
        scores => format!(", {} {}", choose("chất lượng · quality"), scores.join(" ")),
    };
    format!(
        "{}, {}{}, {} byte{captured}{quality}",
        shows(image.shows.name()),
        image.format.media_type(),
        size.unwrap_or_default(),
        image.image.reveal().len()
    )
}

/// What an image shows, by its stable name.
fn shows(name: &str) -> String {
    if !is_vietnamese() {
        return name.replace('_', " ");
    }
    match name {
        "face" => "khuôn mặt",
        "finger" => "vân tay",
        "right_thumb" => "ngón cái phải",
        "right_index_finger" => "ngón trỏ phải",
        "right_middle_finger" => "ngón giữa phải",
        "right_ring_finger" => "ngón áp út phải",
        "right_little_finger" => "ngón út phải",
        "left_thumb" => "ngón cái trái",
        "left_index_finger" => "ngón trỏ trái",
        "left_middle_finger" => "ngón giữa trái",
        "left_ring_finger" => "ngón áp út trái",
        "left_little_finger" => "ngón út trái",
        "right_four_fingers" => "bốn ngón phải",
        "left_four_fingers" => "bốn ngón trái",
        "both_thumbs" => "hai ngón cái",
        "palm_or_other" => "lòng bàn tay hoặc phần khác",
        "right_iris" => "mống mắt phải",
        "left_iris" => "mống mắt trái",
        "iris" => "mống mắt",
        "portrait" => "ảnh chân dung in trên giấy tờ",
        "signature" => "chữ ký tay",
        "proof_of_citizenship" => "giấy chứng minh quốc tịch",
        "document_front" => "mặt trước giấy tờ",
        "document_rear" => "mặt sau giấy tờ",
        name => name,
    }
    .to_owned()
}

/// What has a name in words; the others are called as the standard calls them.
fn protocol(said: &str) -> String {
    let (name, details) = said.split_at(said.find(',').unwrap_or(said.len()));
    let name = match name {
        "CA public key" => "khóa công khai CA",
        "PACE domain parameters" => "tham số miền PACE",
        "CA domain parameters" => "tham số miền CA",
        "other" => "khác",
        name => name,
    };
    format!("{name}{details}")
}
