//! `cccd trust check --certificate`: what would be made of a document signer.

use std::{path::Path, process::ExitCode};

use cccd::{
    date::Date,
    error::{Error, NotAuthentic, PolicyRefusal, Result},
    files,
    findings::Deviation,
    pki::{self, Budget, Certificate, ListedDefect, Purpose, Revocation, TrustStore},
    policy::Policy,
};
use serde_json::{Value, json};

use super::{Said, diff};
use crate::{
    exit,
    failure::Failure,
    language::{both, choose, is_vietnamese, one},
    output::{error_object, page::Page},
};

pub(super) fn check(
    path: &Path,
    trust: &TrustStore,
    day: Date,
) -> core::result::Result<Said, Failure> {
    let certificates = files::read_certificates(path)?;
    let Some((signer, beside)) = certificates.split_first() else {
        return Err(Error::Misuse("a file of certificates without any").into());
    };
    let found = pki::find_path(signer, beside, trust, Purpose::Document, day, Budget::default());
    let revocation = found.as_ref().ok().map(|path| pki::revocation(path, trust, day));
    let verdict = found.as_ref().map_err(Clone::clone).and_then(|path| {
        path.check_validity(day)?;
        judge(path.deviations(), revocation)
    });
    let defects: Vec<_> = trust.listed_defects(signer).collect();

    let mut page = Page::new(false);
    page.banner(
        verdict.is_ok(),
        if verdict.is_ok() {
            "ĐƯỢC CHẤP NHẬN · ACCEPTED"
        } else {
            "BỊ TỪ CHỐI · REFUSED"
        },
        verdict.as_ref().err().map_or("", Error::code),
    );
    page.indented(&name(signer));
    if let Err(error) = &verdict {
        page.remark(&one(error.message_vi(), error.to_string()));
    }
    if let Ok(path) = &found {
        page.heading("CHUỖI CHỨNG THƯ · PATH");
        for certificate in path.certificates() {
            page.indented(&format!("↑ {}", name(certificate)));
        }
        page.indented(&format!("{} ({})", path.anchor().source(), choose("nguồn · source")));
        page.heading("THU HỒI · REVOCATION");
        page.indented(&words(revocation));
        let names: Vec<_> = path.deviations().iter().map(|tolerance| tolerance.name()).collect();
        if !names.is_empty() {
            page.heading("SAI KHÁC · DEVIATIONS");
            page.indented(&names.join(", "));
        }
    }
    if !defects.is_empty() {
        page.heading("LỖI ĐÃ CÔNG BỐ · ANNOUNCED DEFECTS");
        for listed in &defects {
            page.indented(&defect_words(listed));
        }
    }
    let json = json!({
        "certificate": object(signer),
        "at": day.to_string(),
        "outcome": if verdict.is_ok() { "accepted" } else { "refused" },
        "error": verdict.as_ref().err().map(|error| error_object(&error.clone().into())),
        "path": found.as_ref().ok().map(|path| {
            path.certificates().iter().map(|certificate| object(certificate)).collect::<Vec<_>>()
        }),
        "anchor": found.as_ref().ok().map(|path| diff::info(&path.anchor().info())),
        "deviations": found.as_ref().ok().map(|path| {
            path.deviations().iter().map(|tolerance| tolerance.name()).collect::<Vec<_>>()
        }),
        "revocation": revocation_object(revocation),
        "listed_defects": defects.iter().map(|listed| defect_object(listed)).collect::<Vec<_>>(),
    });
    let status = match verdict {
        Ok(()) => exit::SUCCESS,
        Err(error) => ExitCode::from(exit::status(&error.into())),
    };
    Ok(Said { json, page, status })
}

/// As the standard policy judges, without knowing a document.
fn judge(deviations: &[Deviation], revocation: Option<Revocation>) -> Result<()> {
    let policy = Policy::standard();
    if let Some(Revocation::Revoked { .. }) = revocation {
        return Err(Error::NotAuthentic(NotAuthentic::SignerRevoked));
    }
    match deviations.iter().find(|tolerance| !policy.accepts(**tolerance)) {
        Some(refused) => Err(Error::PolicyRefused(PolicyRefusal::Deviation(refused.name()))),
        None => Ok(()),
    }
}

fn name(certificate: &Certificate) -> String {
    let (from, until) = (certificate.not_before(), certificate.not_after());
    let (subject, serial) = (certificate.subject(), certificate.serial_hex());
    format!("{subject}, {} {serial}, {from} … {until}", one("số sê-ri", "serial"))
}

fn object(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": certificate.serial_hex(),
        "key": certificate.key_description().ok(),
        "fingerprint": certificate.fingerprint_hex(),
        "not_before": certificate.not_before().to_string(),
        "not_after": certificate.not_after().to_string(),
    })
}

fn words(revocation: Option<Revocation>) -> String {
    match revocation {
        Some(Revocation::NotRevoked { until: Some(day) }) => both(
            &format!("chưa bị thu hồi, theo danh sách có hiệu lực đến {day}"),
            &format!("not revoked, by a list in force until {day}"),
        ),
        Some(Revocation::NotRevoked { until: None }) => choose("chưa bị thu hồi · not revoked"),
        Some(Revocation::Revoked { on }) => {
            both(&format!("bị thu hồi ngày {on}"), &format!("revoked on {on}"))
        }
        Some(Revocation::Stale { since }) => both(
            &format!("danh sách quá hạn từ {since}"),
            &format!("the list is out of date since {since}"),
        ),
        Some(Revocation::Unknown) | None => {
            choose("không rõ: không danh sách nào nói về chứng thư này · no list speaks about it")
        }
    }
}

fn revocation_object(revocation: Option<Revocation>) -> Value {
    match revocation {
        None => Value::Null,
        Some(Revocation::NotRevoked { until }) => {
            json!({ "state": "not_revoked", "until": until.map(|day| day.to_string()) })
        }
        Some(Revocation::Revoked { on }) => json!({ "state": "revoked", "on": on.to_string() }),
        Some(Revocation::Stale { since }) => {
            json!({ "state": "stale", "since": since.to_string() })
        }
        Some(Revocation::Unknown) => json!({ "state": "unknown" }),
    }
}

fn defect_words(listed: &ListedDefect) -> String {
    let defects = listed.defects.iter().map(|defect| {
        let said = defect.description.as_deref().or_else(|| defect_name(defect.name()?));
        let said = said.unwrap_or_default();
        format!("{} {said}", defect.oid)
    });
    let some = one(" (chỉ một số giấy tờ)", " (some documents only)");
    let some = if listed.is_about_every_document() { "" } else { some };
    format!("{}{some}", defects.collect::<Vec<_>>().join("; "))
}

/// What the standard calls a defect `[9303-3 §8]`, for a person.
fn defect_name(name: &'static str) -> Option<&'static str> {
    if !is_vietnamese() {
        return Some(name);
    }
    Some(match name {
        "signature of the document signer's certificate" => "chữ ký trên chứng thư của đơn vị ký",
        "encoding of the document signer's certificate" => "mã hóa chứng thư của đơn vị ký",
        "encoding of the authority's certificate" => "mã hóa chứng thư của cơ quan cấp",
        "compromised key of Active Authentication" => "lộ khóa xác thực chủ động (AA)",
        "malformed data group" => "nhóm dữ liệu sai cấu trúc",
        "wrong digest of a data group" => "sai mã băm của một nhóm dữ liệu",
        "wrong signature of the security object" => "sai chữ ký trên EF.SOD",
        "inconsistent EF.COM" => "EF.COM không nhất quán",
        "wrong data in the MRZ" => "sai dữ liệu trong MRZ",
        "wrong check digit in the MRZ" => "sai số kiểm tra trong MRZ",
        "national use" => "dành cho quốc gia sử dụng",
        other => other,
    })
}

fn defect_object(listed: &ListedDefect) -> Value {
    let defects = listed.defects.iter().map(|defect| {
        json!({
            "oid": defect.oid,
            "name": defect.name(),
            "description": defect.description,
        })
    });
    json!({
        "defects": defects.collect::<Vec<_>>(),
        "every_document": listed.is_about_every_document(),
        "document_type": listed.document_type,
        "issued": listed.issued.map(|(first, last)| [first.to_string(), last.to_string()]),
        "document_numbers": listed.document_numbers,
    })
}
