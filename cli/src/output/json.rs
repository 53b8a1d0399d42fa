//! The JSON object that other programs rely on: the keys, their order and their meaning are stable.

use cccd::{
    access::AccessUsed,
    document::{ChipProof, ProofStrength},
    findings::{Check, Outcome},
    lds::{Dg1, KeyAgreement, Mapping},
    mrz::Mrz,
    vietnam::RecordFormat,
};
use serde_json::{Map, Value, json};

use super::{Accepted, Verdict, cost, labels};
use crate::failure::Failure;

/// The whole object of `read` and `verify`.
pub(crate) fn verdict(verdict: &Verdict, format: RecordFormat) -> Value {
    let metrics = &verdict.metrics;
    let metrics = json!({
        "apdus": metrics.apdus,
        "bytes_sent": metrics.bytes_sent,
        "bytes_received": metrics.bytes_received,
        "losses": metrics.losses,
        "bytes_repeated": metrics.bytes_repeated,
        "access": verdict.access().map(AccessUsed::name),
    });
    let access = verdict.access().map(access);
    let checks = checks(verdict.checks());
    let mut object = match &verdict.result {
        Ok(accepted) => json!({
            "outcome": "verified",
            "citizen": citizen(accepted, format),
            "document": document(accepted, verdict.simulated),
            "checks": checks,
            "deviations": verdict.deviations(),
            "access": access,
            "metrics": metrics,
        }),
        Err(failure) => json!({
            "outcome": "refused",
            "error": error(failure),
            "checks": checks,
            "access": access,
            "metrics": metrics,
        }),
    };
    if let Some(spent) = &verdict.cost {
        object["cost"] = cost::json(spent, &verdict.metrics);
    }
    object
}

/// How the chip was opened.
fn access(access: &AccessUsed) -> Value {
    json!({
        "protocol": if access.mapping().is_some() { "pace" } else { "bac" },
        "password": access.password().name(),
        "mapping": access.mapping().map(Mapping::name),
        "agreement": access.agreement().map(KeyAgreement::name),
        "cipher": access.cipher().name(),
        "group": access.group(),
        "offers_refused": access.offers_refused(),
        "after_pace_failure": access.after_pace_failure(),
    })
}

/// Why there is no result.
pub(crate) fn error(failure: &Failure) -> Value {
    json!({
        "kind": failure.kind(),
        "code": failure.code(),
        "advice": failure.advice(),
        "message": failure.message(),
        "message_vi": failure.message_vi(),
    })
}

/// Checks, in the order of the report. `code` is `passed`, the error's, or why it was not performed.
pub(crate) fn checks<'a>(checks: impl Iterator<Item = (Check, &'a Outcome)>) -> Vec<Value> {
    let check = |(check, outcome): (Check, &Outcome)| {
        let (outcome, code, reason) = match outcome {
            Outcome::Passed(words) => ("passed", "passed", words.clone()),
            Outcome::Failed(error) => ("failed", error.code(), error.to_string()),
            Outcome::NotPerformed { code, reason } => {
                ("not_performed", *code, (*reason).to_owned())
            }
        };
        json!({ "check": check.name(), "outcome": outcome, "code": code, "reason": reason })
    };
    checks.map(check).collect()
}

/// All fields are always there; `null` where the card has none. The whole is `null` if this is no CCCD.
fn citizen(accepted: &Accepted, format: RecordFormat) -> Value {
    let Some(citizen) = &accepted.citizen else { return Value::Null };
    let fields = format.fields(citizen);
    Value::Object(
        fields
            .iter()
            .map(|(name, value)| {
                let value = value.as_ref().map(|value| value.reveal().as_str());
                ((*name).to_owned(), json!(value))
            })
            .collect::<Map<_, _>>(),
    )
}

/// What kind of document it is, and who signed it. No personal data.
fn document(accepted: &Accepted, simulated: bool) -> Value {
    let document = &accepted.document;
    let dg1 = document.dg1().ok();
    let mrz = dg1.as_ref().map(Dg1::mrz);
    let groups: Vec<String> =
        document.authenticated().groups().map(|number| format!("DG{number}")).collect();
    let signer = document.report().signer().map(|signer| {
        json!({
            "subject": signer.subject,
            "issuer": signer.issuer,
            "serial": signer.serial,
            "key": signer.key,
            "not_before": signer.not_before.to_string(),
            "not_after": signer.not_after.to_string(),
        })
    });
    let portrait = accepted.portrait.as_ref().map(|portrait| {
        json!({
            "media_type": portrait.media_type,
            "width": portrait.width,
            "height": portrait.height,
            "bytes": portrait.bytes,
            "file": portrait.file.as_ref().map(|path| path.to_string_lossy()),
        })
    });
    let remarks = accepted
        .citizen
        .as_ref()
        .map(|citizen| citizen.remarks().iter().map(ToString::to_string).collect::<Vec<_>>());
    json!({
        "type": mrz.map(Mrz::format).map(labels::format_name),
        "code": mrz.map(Mrz::document_code),
        "issuing_state": mrz.map(Mrz::issuing_state),
        "simulated": simulated,
        "groups": groups,
        "signer": signer,
        "chip_proofs": document.chip_proofs().iter().map(proof).collect::<Vec<_>>(),
        "portrait": portrait,
        "remarks": remarks.unwrap_or_default(),
    })
}

fn proof(proof: &ChipProof) -> Value {
    let strength = proof.strength();
    json!({
        "proof": proof.name(),
        "description": proof.description(),
        "strength": strength.name(),
        "fresh": strength != ProofStrength::OldSignature,
        "does_not_prove": proof.does_not_prove(),
    })
}
