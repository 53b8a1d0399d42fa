//! Files of trust, and what is said of each.

use std::path::PathBuf;

use cccd::{
    error::{Error, NotAuthentic},
    files::{self, LoadedSource, SourceKind},
    pki::{Loaded, Refused, TrustStore},
};
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    language::{both, one},
    operator::Remark,
    output::{error_object, labels, page::Page},
};

/// A store and the files it came from.
pub(super) struct Sources {
    pub(super) trust: TrustStore,
    pub(super) sources: Vec<LoadedSource>,
}

/// Loads files and folders; with `keys`, stores count only if one of these sealed them.
pub(crate) fn load(
    paths: &[PathBuf],
    keys: &[PathBuf],
) -> Result<(TrustStore, Vec<LoadedSource>), Failure> {
    let keys = keys.iter().map(files::read_seal_key).collect::<Result<Vec<_>, _>>()?;
    Ok(files::load_sealed_trust(paths, &keys)?)
}

/// What was taken from a source, and why anything was not.
pub(crate) fn report(source: &LoadedSource, tell: &impl Fn(Remark)) {
    let path = source.path.display();
    match &source.outcome {
        Ok(loaded) => {
            tell(Remark::Note(format!("{path}: {}", taken(loaded))));
            for refused in &loaded.refused {
                tell(Remark::Warning(format!("{path}: {}", spoken(left_out(refused)))));
            }
        }
        Err(error) => {
            tell(Remark::Warning(format!("{path}: {}", not_taken(error, source.kind))));
        }
    }
}

/// `390 trusted, 4 known already, 3 document signers`.
fn taken(loaded: &Loaded) -> String {
    let mut words = vec![format!("{} {}", loaded.taken, one("được tin cậy", "trusted"))];
    for (count, vietnamese, english) in [
        (loaded.known, "đã có sẵn", "known already"),
        (loaded.intermediates, "trung gian", "between"),
        (loaded.signers, "đơn vị ký", "document signers"),
        (loaded.revocation_lists, "danh sách thu hồi", "lists of revoked certificates"),
        (loaded.outdated, "danh sách quá hạn", "lists out of date"),
        (loaded.deviation_lists, "danh sách sai khác", "deviation lists"),
    ] {
        if count > 0 {
            words.push(format!("{count} {}", one(vietnamese, english)));
        }
    }
    words.join(", ")
}

/// A sentence in Vietnamese and English.
type Sentence = (String, String);

fn spoken((vietnamese, english): Sentence) -> String {
    one(vietnamese, english)
}

/// What a file is.
fn kind_words(kind: SourceKind) -> String {
    let vietnamese = match kind.name() {
        "certificates" => "chứng thư",
        "master_list" => "danh sách cơ quan cấp",
        "deviation_list" => "danh sách sai khác",
        "revocation_list" => "danh sách thu hồi",
        "directory" => "danh bạ LDIF",
        "store" => "kho tin cậy",
        name => name,
    };
    one(vietnamese.to_owned(), kind.name().replace('_', " "))
}

fn not_taken(error: &Error, kind: SourceKind) -> String {
    format!("{}: {}", one("không nhận", "not taken"), spoken(why(error, kind)))
}

/// Which entry was left out, and why.
pub(super) fn left_out(refused: &Refused) -> Sentence {
    let Refused { index, subject, within, .. } = refused;
    let kind = refused.kind.name();
    let kind_vi = match kind {
        "anchor" => "gốc tin cậy",
        "intermediate" => "chứng thư trung gian",
        "signer" => "đơn vị ký",
        "revocation_list" => "danh sách thu hồi",
        "master_list" => "danh sách cơ quan cấp",
        "deviation_list" => "danh sách sai khác",
        _ => "mục không rõ loại",
    };
    let sentence = |nameless: &str, kind: &str, within_word: &str, left_out: &str, why: &str| {
        let name = subject.as_deref().unwrap_or(nameless);
        let within = within.as_ref().map(|within| format!(" {within_word} {within}"));
        let within = within.unwrap_or_default();
        format!("{name} ({kind} {index}{within}) {left_out}: {why}")
    };
    let (why_vi, why) = reason(&refused.reason);
    (
        sentence("mục không đọc được tên", kind_vi, "trong", "bị bỏ qua", &why_vi),
        sentence(
            "an entry without a readable name",
            &kind.replace('_', " "),
            "in",
            "was left out",
            &why,
        ),
    )
}

/// Why a file as a whole was not taken.
pub(super) fn why(error: &Error, kind: SourceKind) -> Sentence {
    let list = matches!(kind, SourceKind::MasterList | SourceKind::DeviationList);
    match error {
        Error::NotAuthentic(NotAuthentic::UnknownIssuer) if list => (
            "hãy đưa kèm chứng thư của cơ quan bảo chứng cho danh sách này".to_owned(),
            "give the authority that vouches for this list as well".to_owned(),
        ),
        Error::NotAuthentic(NotAuthentic::UnknownIssuer) => (
            "hãy đưa kèm chứng thư của cơ quan đã ký danh sách này".to_owned(),
            "give the authority that signed this list as well".to_owned(),
        ),
        Error::NotAuthentic(NotAuthentic::Seal) => {
            let (vietnamese, english) = labels::reasons(error);
            (format!("{vietnamese} (--trust-key)"), format!("{english} (--trust-key)"))
        }
        other => reason(other),
    }
}

/// Without the words about documents: these are none.
fn reason(error: &Error) -> Sentence {
    match error {
        Error::NotAuthentic(_) => labels::reasons(error),
        other => (other.message_vi().trim_end_matches('.').to_owned(), other.to_string()),
    }
}

pub(super) fn json(source: &LoadedSource) -> Value {
    let mut object = json!({
        "path": source.path.to_string_lossy(),
        "kind": source.kind.name(),
        "outcome": if source.outcome.is_ok() { "loaded" } else { "refused" },
    });
    let more = match &source.outcome {
        Ok(loaded) => json!({
            "trusted": loaded.taken,
            "known": loaded.known,
            "intermediates": loaded.intermediates,
            "signers": loaded.signers,
            "revocation_lists": loaded.revocation_lists,
            "outdated": loaded.outdated,
            "deviation_lists": loaded.deviation_lists,
            "left_out": loaded.refused.iter().map(refused).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "error": error_object(&error.clone().into()) }),
    };
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

fn refused(refused: &Refused) -> Value {
    json!({
        "index": refused.index,
        "kind": refused.kind.name(),
        "subject": refused.subject,
        "within": refused.within,
        "error": error_object(&refused.reason.clone().into()),
    })
}

/// Lines that a person reads of one group; JSON has them all.
pub(super) const MOST: usize = 20;

/// One row for each file, and what it was left out of it.
pub(super) fn page(page: &mut Page, sources: &[LoadedSource]) {
    page.heading("NGUỒN · SOURCES");
    for source in sources {
        let kind = kind_words(source.kind);
        let path = source.path.display();
        match &source.outcome {
            Ok(loaded) => {
                page.indented(&format!("{path} ({kind}): {}", taken(loaded)));
                let lines: Vec<_> =
                    loaded.refused.iter().map(|refused| spoken(left_out(refused))).collect();
                some(page, &lines);
            }
            Err(error) => {
                page.remark(&format!("{path} ({kind}): {}", not_taken(error, source.kind)));
            }
        }
    }
}

/// The first of many lines, and how many more there are.
pub(super) fn some(page: &mut Page, lines: &[String]) {
    for line in lines.iter().take(MOST) {
        page.indented(&format!("– {line}"));
    }
    if let Some(more) = lines.len().checked_sub(MOST).filter(|more| *more > 0) {
        let vietnamese = format!("… còn {more} dòng nữa, xem --json");
        page.indented(&both(&vietnamese, &format!("{more} more, see --json")));
    }
}
