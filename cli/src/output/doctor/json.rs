//! The report as one JSON object, to be sent. Keys and meanings stand in docs/doctor.md.

use cccd::{
    apdu::StatusWord,
    error::Error,
    inspection::{
        AtrFacts, FileOutcome, KeySource, Node, ProofFacts, Question, SecurityInfoFacts,
        SignatureFacts, Size, Survey, answers,
    },
};
use serde_json::{Map, Value, json};

use crate::doctor::{Report, Time, Times};

/// Changes when a key changes its meaning.
const VERSION: u8 = 1;

pub(super) fn report(report: &Report) -> Value {
    let Report { simulated, reader, limits, atr, survey, times } = report;
    json!({
        "report": "cccd doctor",
        "version": VERSION,
        "program": concat!("cccd ", env!("CARGO_PKG_VERSION")),
        "simulated": simulated,
        "reader": reader,
        "limits": { "max_command": limits.max_command, "max_response": limits.max_response },
        "atr": atr.as_ref().map(answer_to_reset),
        "answers": open_questions(survey),
        "card": card(survey),
        "times": measured(times),
    })
}

fn open_questions(survey: &Survey) -> Value {
    let entry = |(question, answer): (Question, Option<String>)| {
        (question.name().to_owned(), json!(answer))
    };
    Value::Object(answers(survey).into_iter().map(entry).collect::<Map<_, _>>())
}

fn answer_to_reset(atr: &AtrFacts) -> Value {
    let object = |(tag, length): &(u32, usize)| json!({ "tag": tag, "length": length });
    let capability = |(tag, value): &(u32, String)| json!({ "tag": tag, "value": value });
    json!({
        "length": atr.length,
        "contactless": atr.contactless,
        "protocols": atr.protocols,
        "historical_bytes": atr.historical,
        "objects": atr.objects.iter().map(object).collect::<Vec<_>>(),
        "capabilities": atr.capabilities.iter().map(capability).collect::<Vec<_>>(),
        "extended_length": atr.extended_length,
        "well_formed": atr.well_formed,
    })
}

fn card(seen: &Survey) -> Value {
    let stopped = seen
        .stopped
        .as_ref()
        .map(|stopped| json!({ "part": stopped.part.name(), "code": stopped.error.code() }));
    json!({
        "stopped": stopped,
        "card_access": seen.card_access.as_ref().map(security_infos),
        "card_access_as_assumed": seen.card_access_as_assumed,
        "passwords": passwords(seen),
        "doors": doors(seen),
        "atr_info": seen.atr_info.as_ref().map(|info| json!({
            "objects": nodes(&info.objects),
            "max_command": info.buffers.map(|(command, _)| command),
            "max_response": info.buffers.map(|(_, answer)| answer),
        })),
        "applications": seen.applications,
        "terminal_authorities": seen.terminal_authorities,
        "card_security": seen.card_security.as_ref().map(security_infos),
        "card_security_signature": seen.card_security_signature.as_ref().map(signature),
        "com": seen.com.as_ref().map(|com| json!({
            "lds_version": com.lds_version,
            "unicode_version": com.unicode_version,
            "tags": com.tags.iter().map(|tag| format!("{tag:02X}")).collect::<Vec<_>>(),
            "agrees_with_sod": com.agrees_with_sod,
        })),
        "sod": seen.sod.as_ref().map(|sod| json!({
            "content_type": sod.content_type,
            "version": sod.version,
            "digest_algorithm": sod.digest_algorithm,
            "groups": sod.groups,
            "lds_version": sod.lds_version,
            "signature": signature(&sod.signature),
        })),
        "files": files(seen),
        "mrz": mrz(seen),
        "faces": seen.faces.iter().map(|face| json!({
            "media_type": face.media_type,
            "width": face.pixels.map(|(width, _)| width),
            "height": face.pixels.map(|(_, height)| height),
            "bytes": size(face.size),
        })).collect::<Vec<_>>(),
        "dg13": dg13(seen),
        "dg14": seen.dg14.as_ref().map(security_infos),
        "dg15_key": seen.dg15_key,
        "chip_authentication": seen.chip_authentication.as_ref().map(proof),
        "active_authentication": seen.active_authentication.as_ref().map(proof),
        "block_sizes": seen.block_sizes.iter().map(|block| json!({
            "asked": block.asked,
            "got": block.got,
            "status": status(block.status),
        })).collect::<Vec<_>>(),
        "probes": seen.probes.iter().map(|probe| json!({
            "part": probe.part.name(),
            "probe": probe.name,
            "status": status(probe.status),
            "length": probe.length,
        })).collect::<Vec<_>>(),
        "status_words": seen.status_words.iter().map(|count| json!({
            "command": count.command,
            "status": status(count.status),
            "count": count.count,
        })).collect::<Vec<_>>(),
        "unprotected_errors": seen.unprotected_errors,
        "reopenings": seen.reopenings,
    })
}

fn passwords(seen: &Survey) -> Value {
    let probe = |probe: &cccd::inspection::PasswordProbe| {
        json!({
            "password": probe.password,
            "protocol": probe.protocol,
            "parameter_id": probe.parameter_id,
            "status": status(probe.status),
        })
    };
    seen.passwords.iter().map(probe).collect()
}

fn doors(seen: &Survey) -> Value {
    let door = |door: &cccd::inspection::Door| {
        let error = door.outcome.as_ref().err();
        let refused = match error {
            Some(Error::CardRefused { status, .. }) => Some(format!("{status:04X}")),
            _ => None,
        };
        let attempts_left = match error {
            Some(Error::AccessDenied { attempts_left }) => *attempts_left,
            _ => None,
        };
        json!({
            "door": door.name,
            "key": match door.key {
                KeySource::Given => "given",
                KeySource::ReadFromCard => "read_from_card",
            },
            "opened": door.outcome.is_ok(),
            "description": door.outcome.as_ref().ok(),
            "code": error.map(Error::code),
            "status": refused,
            "attempts_left": attempts_left,
        })
    };
    seen.doors.iter().map(door).collect()
}

fn files(seen: &Survey) -> Value {
    let file = |file: &cccd::inspection::FileFacts| {
        let (outcome, detail) = match file.outcome {
            FileOutcome::Read => ("read", None),
            FileOutcome::NotRead => ("open_not_read", None),
            FileOutcome::Absent => ("absent", None),
            FileOutcome::Refused(word) => ("refused", Some(status(word))),
            FileOutcome::Failed(code) => ("failed", Some(code.to_owned())),
        };
        json!({
            "file": file.name,
            "outcome": outcome,
            "detail": detail,
            "size": file.size.map(size),
            "digest_matches": file.digest_matches,
            "structure": nodes(&file.structure),
            "structure_complete": file.structure_complete,
        })
    };
    seen.files.iter().map(file).collect()
}

fn mrz(seen: &Survey) -> Option<Value> {
    let mrz = seen.mrz.as_ref()?;
    Some(json!({
        "format": mrz.format,
        "document_code": mrz.document_code,
        "issuing_state": mrz.issuing_state,
        "document_number": mrz.document_number,
        "optional_data_1": mrz.optional_data_1,
        "number_is_end_of_twelve_digits": mrz.number_is_end_of_twelve_digits,
        "own_check_digit": mrz.own_check_digit,
        "can_is_end_of_twelve_digits": mrz.can_is_end_of_twelve_digits,
        "name_fills_field": mrz.name_fills_field,
    }))
}

fn dg13(seen: &Survey) -> Option<Value> {
    let dg13 = seen.dg13.as_ref()?;
    let field = |field: &cccd::inspection::FieldFacts| {
        let types: Vec<_> = field.types.iter().map(|tag| format!("{tag:02X}")).collect();
        let number = field.number;
        json!({ "number": number, "types": types, "form": field.form, "length": size(field.length) })
    };
    Some(json!({
        "version": dg13.version,
        "encoding": dg13.encoding,
        "fields": dg13.fields.iter().map(field).collect::<Vec<_>>(),
        "not_told": [13, 14, 15],
        "in_order": dg13.in_order,
        "parents": dg13.parents,
        "name_case": dg13.name_case,
    }))
}

fn security_infos(facts: &SecurityInfoFacts) -> Value {
    let info = |info: &cccd::inspection::InfoFacts| {
        json!({
            "oid": info.oid,
            "name": info.name,
            "version": info.version,
            "id": info.id,
            "detail": info.detail,
        })
    };
    json!({
        "infos": facts.infos.iter().map(info).collect::<Vec<_>>(),
        "complete": facts.complete,
    })
}

fn signature(facts: &SignatureFacts) -> Value {
    let signer = facts.signer.as_ref().map(|signer| {
        json!({
            "subject": signer.subject,
            "issuer": signer.issuer,
            "key": signer.key,
            "explicit_curve": signer.explicit_curve,
            "signed_with": signer.signed_with,
            "not_before": signer.not_before,
            "not_after": signer.not_after,
            "serial_length": signer.serial_length,
            "authority_key_id": signer.authority_key_id,
            "extensions": signer.extensions,
            "key_usage": signer.key_usage,
            "document_types": signer.document_types,
        })
    });
    json!({
        "scheme": facts.scheme,
        "correct": facts.correct,
        "has_signing_time": facts.has_signing_time,
        "deviations": facts.deviations,
        "certificates": facts.certificates,
        "signer": signer,
    })
}

fn proof(proof: &ProofFacts) -> Value {
    json!({
        "proven": proof.outcome.is_ok(),
        "description": proof.outcome.as_ref().ok(),
        "code": proof.outcome.as_ref().err(),
        "signature_length": proof.signature_length,
        "der": proof.der,
    })
}

/// `[depth, tag, length]` each.
fn nodes(nodes: &[Node]) -> Value {
    nodes
        .iter()
        .map(|node| json!([node.depth, format!("{:02X}", node.tag), size(node.length)]))
        .collect()
}

/// A number, or `≤` and the class.
fn size(size: Size) -> Value {
    match size {
        Size::Exactly(bytes) => json!(bytes),
        Size::UpTo(_) => json!(size.to_string()),
    }
}

fn status(status: StatusWord) -> String {
    format!("{:04X}", status.0)
}

fn measured(times: &Times) -> Value {
    let time = |name: &str, time: &Time| {
        json!({
            "name": name,
            "exchanges": time.exchanges,
            "bytes": time.bytes,
            "milliseconds": milliseconds(time.total),
            "longest": milliseconds(time.longest),
        })
    };
    json!({
        "parts": times.parts.iter().map(|(part, it)| time(part.name(), it)).collect::<Vec<_>>(),
        "commands": times.commands.iter().map(|(name, it)| time(name, it)).collect::<Vec<_>>(),
    })
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
