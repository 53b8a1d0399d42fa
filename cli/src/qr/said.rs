//! What is said of codes: a page for a person, or one JSON object.

use cccd::{
    date::Date,
    sensitive::Personal,
    vietnam::{QrText, health_insurance::InsuranceCardQr},
};
use serde_json::{Value, json};

use super::{Code, Source, text};
use crate::{
    failure::Failure,
    language::choose,
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

/// Fields under their stable names; what is not there is `None`.
type Fields = Vec<(&'static str, Option<String>)>;

fn revealed(text: Option<&Personal<String>>) -> Option<String> {
    text.map(|text| text.reveal().clone()).filter(|text| !text.is_empty())
}

fn day(day: Option<&Personal<Date>>) -> Option<String> {
    day.map(|day| day.reveal().to_string())
}

fn of_card(qr: &QrText) -> Fields {
    vec![
        ("id_number", Some(qr.id_number().reveal().clone())),
        ("old_id_number", revealed(qr.old_id_number())),
        ("full_name", revealed(Some(&qr.full_name_nfc()))),
        ("date_of_birth", day(qr.date_of_birth())),
        ("sex", qr.sex().map(|sex| sex.reveal().to_string())),
        ("residence", revealed(Some(qr.residence()))),
        ("issue_date", day(qr.issue_date())),
    ]
}

/// A paper health-insurance card is no key, but hospitals lay it under the same scanner.
fn of_insurance_card(card: &InsuranceCardQr) -> Fields {
    vec![
        ("number", revealed(Some(card.number()))),
        ("full_name", revealed(Some(card.full_name()))),
        ("date_of_birth", day(card.date_of_birth())),
        ("sex", card.sex().map(|sex| sex.reveal().to_string())),
        ("address", revealed(card.address())),
        ("clinic", revealed(Some(card.clinic()))),
        ("valid_from", day(card.valid_from())),
    ]
}

fn object(fields: Fields) -> Value {
    fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
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
    let text = text(&code.bytes);
    let qr = code.outcome.as_ref().ok();
    let insurance = InsuranceCardQr::parse(&text);
    let further =
        qr.map(|qr| qr.tail().iter().map(|field| field.reveal().clone()).collect::<Vec<_>>());
    let damage = qr.and_then(QrText::damage).map(|damage| {
        json!({
            "code": damage.code(),
            "undone": damage.is_undone(),
            "message": damage.message(),
            "message_vi": damage.message_vi(),
        })
    });
    json!({
        "bytes": code.bytes.len(),
        "utf_8": str::from_utf8(&code.bytes).is_ok(),
        "text": text,
        "card": qr.and_then(card),
        "fields": qr.map(|qr| object(of_card(qr))),
        "further_fields": further,
        "can": qr.map(|qr| qr.card_access_number().reveal().clone()),
        "damage": damage,
        "insurance_card": insurance.map(|card| object(of_insurance_card(&card))),
        "error": code.outcome.as_ref().err().map(|error| error_object(&error.clone().into())),
    })
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
    let text = text(&code.bytes);
    let qr = match &code.outcome {
        Ok(qr) => qr,
        Err(error) => {
            refused(page, &error.clone().into());
            match InsuranceCardQr::parse(&text) {
                Some(card) => page.rows(&rows(of_insurance_card(&card))),
                None => page.indented(&text),
            }
            return;
        }
    };
    let words = choose(match card(qr) {
        Some("2021") => "Thẻ CCCD mẫu 2021 · Card of 2021",
        Some(_) => "Thẻ căn cước mẫu 2024 · Card of 2024",
        None => "Không rõ mẫu thẻ · Card of an unknown kind",
    });
    page.marked(Mark::Good, &words, words.chars().count(), "");
    let mut rows = rows(of_card(qr));
    for field in qr.tail() {
        rows.push((both(("Mục thêm", "Further field")), field.reveal().clone()));
    }
    let can = qr.card_access_number().reveal().clone();
    rows.push((both(("Mã mở chip (CAN)", "Key to the chip (CAN)")), can));
    page.rows(&rows);
    if let Some(damage) = qr.damage() {
        page.remark_in_each(&damage.message_vi(), &damage.message());
    }
}

fn rows(fields: Fields) -> Vec<(String, String)> {
    let label = |name| match name {
        "number" => ("Số thẻ", "Card number"),
        "address" => ("Địa chỉ", "Address"),
        "clinic" => ("Nơi đăng ký khám", "Registered clinic"),
        "valid_from" => ("Có giá trị từ", "Valid from"),
        name => labels::field(name),
    };
    fields
        .into_iter()
        .map(|(name, value)| {
            let is_day = matches!(name, "date_of_birth" | "issue_date" | "valid_from");
            let value = value.map(|value| if is_day { labels::day(&value) } else { value });
            (both(label(name)), value.unwrap_or_else(|| "—".to_owned()))
        })
        .collect()
}

fn refused(page: &mut Page, failure: &Failure) {
    let code = failure.code();
    page.marked(Mark::Bad, code, code.len(), "");
    page.indented_in_each(&failure.message_vi(), &failure.message());
    let (english, vietnamese) = failure.what_to_do();
    page.indented_in_each(&format!("→ {vietnamese}"), &format!("→ {english}"));
}
