//! What is said of codes: a page for a person, or one JSON object.

use cccd::{sensitive::Personal, vietnam::QrText};
use serde_json::{Value, json};

use super::{Code, Source, text};
use crate::{
    failure::Failure,
    language::{self, choose},
    output::{
        error_object,
        labels::{self, both},
        page::{Mark, Page},
    },
};

type Seen<'a> = [(&'a str, Result<Source<'a>, Failure>)];

/// The card on which codes of so many fields are printed, if that is known.
fn card(qr: &QrText) -> Option<&'static str> {
    match qr.tail().len() {
        0 => Some("2021"),
        3.. => Some("2024"),
        _ => None,
    }
}

/// The fields under their stable names; what is not there is `None`.
fn fields(qr: &QrText) -> [(&'static str, Option<String>); 7] {
    let revealed = |text: Option<&Personal<String>>| text.map(|text| text.reveal().clone());
    let filled = |text: String| (!text.is_empty()).then_some(text);
    [
        ("id_number", Some(qr.id_number().reveal().to_string())),
        ("old_id_number", revealed(qr.old_id_number())),
        ("full_name", Some(qr.full_name_nfc().reveal().clone())),
        ("date_of_birth", qr.date_of_birth().map(|day| day.reveal().to_string())),
        ("sex", qr.sex().map(|sex| sex.reveal().to_string())),
        ("residence", filled(qr.residence().reveal().clone())),
        ("issue_date", qr.issue_date().map(|day| day.reveal().to_string())),
    ]
}

pub(super) fn json(seen: &Seen<'_>) -> String {
    let sources: Vec<_> = seen
        .iter()
        .map(|(name, source)| match source {
            Ok(source) => json!({
                "source": source.name,
                "width": source.pixels.map(|(width, _)| width),
                "height": source.pixels.map(|(_, height)| height),
                "codes": source.codes.iter().map(code).collect::<Vec<_>>(),
                "error": source.refusal().as_ref().map(error_object),
            }),
            Err(failure) => json!({
                "source": name,
                "width": Value::Null,
                "height": Value::Null,
                "codes": [],
                "error": error_object(failure),
            }),
        })
        .collect();
    format!("{}\n", json!({ "sources": sources }))
}

fn code(code: &Code) -> Value {
    let mut object = json!({
        "bytes": code.bytes.len(),
        "utf_8": str::from_utf8(&code.bytes).is_ok(),
        "text": text(&code.bytes),
        "card": Value::Null,
        "fields": Value::Null,
        "further_fields": Value::Null,
        "can": Value::Null,
        "error": Value::Null,
    });
    match &code.outcome {
        Ok(qr) => {
            object["card"] = json!(card(qr));
            object["fields"] = fields(qr)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect();
            object["further_fields"] =
                qr.tail().iter().map(|field| json!(field.reveal())).collect();
            object["can"] = json!(qr.card_access_number().reveal());
        }
        Err(error) => object["error"] = error_object(&error.clone().into()),
    }
    object
}

pub(super) fn page(seen: &Seen<'_>) -> String {
    let mut page = Page::new(false);
    for (name, source) in seen {
        let (name, pixels) = match source {
            Ok(source) => (source.name, source.pixels),
            Err(_) => (*name, None),
        };
        page.title(&pixels.map_or_else(
            || name.to_owned(),
            |(width, height)| format!("{name}  {width} × {height}"),
        ));
        let refusal = match source {
            Ok(source) => {
                source.codes.iter().for_each(|code| explained(&mut page, code));
                // The reasons stand beside the codes.
                if source.codes.is_empty() { source.refusal() } else { None }
            }
            Err(failure) => Some(failure.clone()),
        };
        if let Some(failure) = refusal {
            refused(&mut page, &failure);
        }
    }
    page.line("");
    page.remark_in_each(
        "Mã QR không chứng minh được gì: ai cũng in được. Hãy đọc chip.",
        "A QR code proves nothing: anybody can print one. Read the chip.",
    );
    page.text
}

fn explained(page: &mut Page, code: &Code) {
    let qr = match &code.outcome {
        Ok(qr) => qr,
        Err(error) => {
            refused(page, &error.clone().into());
            page.indented(&text(&code.bytes));
            return;
        }
    };
    let words = match card(qr) {
        Some("2021") => "Thẻ CCCD mẫu 2021 · Card of 2021",
        Some(_) => "Thẻ căn cước mẫu 2024 · Card of 2024",
        None => "Không rõ mẫu thẻ · Card of an unknown kind",
    };
    let words = choose(words);
    page.marked(Mark::Good, &words, console::measure_text_width(&words), "");
    let absent = || "—".to_owned();
    let mut rows: Vec<_> = fields(qr)
        .into_iter()
        .map(|(name, value)| {
            let value =
                if name.contains("date") { value.as_deref().map(labels::day) } else { value };
            (both(labels::field(name)), value.unwrap_or_else(absent))
        })
        .collect();
    for field in qr.tail() {
        rows.push((both(("Mục thêm", "Further field")), field.reveal().clone()));
    }
    let can = qr.card_access_number().reveal().clone();
    rows.push((both(("Mã mở chip (CAN)", "Key to the chip (CAN)")), can));
    page.rows(&rows);
}

fn refused(page: &mut Page, failure: &Failure) {
    let words = language::both(&failure.message_vi(), &failure.message());
    page.marked(Mark::Bad, failure.code(), failure.code().len(), &words);
}
