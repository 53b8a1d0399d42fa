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
    operator::Remark,
    output::{error_object, page::Page},
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
                tell(Remark::Warning(format!("{path}: {}", left_out(refused))));
            }
        }
        Err(error) => {
            tell(Remark::Warning(format!("{path}: not taken: {}", why(error, source.kind))));
        }
    }
}

/// `390 trusted, 4 known already, 3 document signers`.
fn taken(loaded: &Loaded) -> String {
    let mut words = vec![format!("{} trusted", loaded.taken)];
    for (count, what) in [
        (loaded.known, "known already"),
        (loaded.intermediates, "between"),
        (loaded.signers, "document signers"),
        (loaded.revocation_lists, "lists of revoked certificates"),
        (loaded.outdated, "lists out of date"),
        (loaded.deviation_lists, "deviation lists"),
    ] {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    }
    words.join(", ")
}

pub(super) fn left_out(refused: &Refused) -> String {
    let name = refused.subject.as_deref().unwrap_or("an entry without a readable name");
    let within = refused.within.as_ref().map(|within| format!(" in {within}")).unwrap_or_default();
    let (index, kind) = (refused.index, refused.kind.name().replace('_', " "));
    format!("{name} ({kind} {index}{within}) was left out: {}", reason(&refused.reason))
}

/// Why a file as a whole was not taken.
pub(super) fn why(error: &Error, kind: SourceKind) -> String {
    let list = matches!(kind, SourceKind::MasterList | SourceKind::DeviationList);
    match error {
        Error::NotAuthentic(NotAuthentic::UnknownIssuer) if list => {
            "give the authority that vouches for this list as well".to_owned()
        }
        Error::NotAuthentic(NotAuthentic::UnknownIssuer) => {
            "give the authority that signed this list as well".to_owned()
        }
        Error::NotAuthentic(NotAuthentic::Seal) => {
            format!("{} (--trust-key)", NotAuthentic::Seal)
        }
        other => reason(other),
    }
}

/// Without the words about documents: these are none.
fn reason(error: &Error) -> String {
    match error {
        Error::NotAuthentic(why) => why.to_string(),
        other => other.to_string(),
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
        let kind = source.kind.name().replace('_', " ");
        let path = source.path.display();
        match &source.outcome {
            Ok(loaded) => {
                page.indented(&format!("{path} ({kind}): {}", taken(loaded)));
                let lines: Vec<_> = loaded.refused.iter().map(left_out).collect();
                some(page, &lines);
            }
            Err(error) => {
                page.remark(&format!("{path} ({kind}): not taken: {}", why(error, source.kind)));
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
        page.indented(&format!("… còn {more} dòng nữa, xem --json · {more} more, see --json"));
    }
}
