//! `cccd evidence`: what is in an evidence file, and the same without the person.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cccd::{
    crypto::DigestAlgorithm,
    document::{Evidence, MAX_EVIDENCE},
    error::{Error, NotAuthentic},
    files,
    findings::Check,
    lds::Dg1,
    seal,
};
use clap::{Args, Subcommand};
use console::measure_text_width;
use serde_json::{Value, json};

use crate::{
    exit,
    failure::{self, Failure},
    language::{choose, is_vietnamese},
    output::{labels, print_failure, to_stdout},
};

/// The options of `cccd evidence`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Xem trong tệp có gì; chưa kiểm tra gì cả · Show what is in the file; nothing of it is verified
    Show(Show),
    /// In những gì bộ phận hỗ trợ cần, dạng JSON, không có dữ liệu cá nhân · Print what support needs, as JSON without a
    /// personal byte
    Redact(Redact),
}

#[derive(Args)]
struct Show {
    /// Tệp bằng chứng · The evidence file
    path: PathBuf,
    /// Hiện cả MRZ và thử thách: dữ liệu cá nhân · Show the MRZ and the challenge as well: personal data
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    seal: SealArguments,
    /// Chỉ in một đối tượng JSON · Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Redact {
    /// Tệp bằng chứng, có niêm phong hay không · The evidence file, sealed or not
    path: PathBuf,
}

/// Who must have stored the file.
#[derive(Args)]
#[command(next_help_heading = "Niêm phong · Seal")]
pub(crate) struct SealArguments {
    /// Các khóa công khai (PEM hoặc DER); một trong số đó phải là khóa đã niêm phong tệp · Public keys, one of which must
    /// have sealed the file (PEM or DER)
    #[arg(long, value_name = "KEY", num_args = 1..)]
    sealed_by: Vec<PathBuf>,
    /// Mở tệp có niêm phong mà không kiểm tra niêm phong · Open a sealed file without checking its seal
    #[arg(long, conflicts_with = "sealed_by")]
    ignore_seal: bool,
}

/// An evidence file, open.
pub(crate) struct Opened {
    pub(crate) evidence: Evidence,
    /// `None` if it has none.
    pub(crate) seal: Option<Seal>,
    bytes: usize,
    /// SHA-256 of the file, as it lies there.
    pub(crate) digest: Vec<u8>,
}

/// The seal on a file.
pub(crate) struct Seal {
    /// Whether it was checked; else the key is what the file says.
    pub(crate) checked: bool,
    /// SHA-256 of the key's SPKI.
    pub(crate) key: [u8; 32],
}

impl SealArguments {
    /// Refuses what cannot have a seal where one is demanded.
    pub(crate) fn none_demanded(&self) -> Result<(), Failure> {
        if self.sealed_by.is_empty() {
            Ok(())
        } else {
            Err(Error::NotAuthentic(NotAuthentic::Seal).into())
        }
    }

    /// Opens a file as was demanded.
    pub(crate) fn open(&self, path: &Path) -> Result<Opened, Failure> {
        let file = read(path)?;
        let (bytes, digest) = (file.len(), DigestAlgorithm::Sha256.digest(&file));
        if !self.sealed_by.is_empty() {
            let keys =
                self.sealed_by.iter().map(files::read_seal_key).collect::<Result<Vec<_>, _>>()?;
            let (evidence, key) = Evidence::open(&file, &keys)?;
            let seal = Some(Seal { checked: true, key: key.fingerprint() });
            return Ok(Opened { evidence, seal, bytes, digest });
        }
        if seal::is_sealed(&file) && !self.ignore_seal {
            return Err((&failure::SEALED).into());
        }
        unchecked(&file)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    // A seal adds a few hundred bytes.
    files::read_up_to(path, MAX_EVIDENCE as u64 + 4096)
}

fn unchecked(file: &[u8]) -> Result<Opened, Failure> {
    let (bytes, digest) = (file.len(), DigestAlgorithm::Sha256.digest(file));
    if seal::is_sealed(file) {
        let (evidence, key) = Evidence::open_unchecked(file)?;
        return Ok(Opened { evidence, seal: Some(Seal { checked: false, key }), bytes, digest });
    }
    Ok(Opened { evidence: Evidence::from_bytes(file)?, seal: None, bytes, digest })
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let (said, json) = match &arguments.command {
        Command::Show(arguments) => (show(arguments), arguments.json),
        Command::Redact(arguments) => (redact(&arguments.path), true),
    };
    match said {
        Ok(text) if to_stdout(&text) => exit::SUCCESS,
        Ok(_) => ExitCode::from(exit::INCOMPLETE),
        Err(failure) => print_failure(&failure, json),
    }
}

/// The seal is of no matter: the export goes out without it.
fn redact(path: &Path) -> Result<String, Failure> {
    let opened = unchecked(&read(path)?)?;
    Ok(format!("{}\n", opened.evidence.redacted()))
}

fn show(arguments: &Show) -> Result<String, Failure> {
    // Whoever only looks may look at a sealed file; the output says that nobody checked the seal.
    let opened = if arguments.seal.sealed_by.is_empty() {
        unchecked(&read(&arguments.path)?)?
    } else {
        arguments.seal.open(&arguments.path)?
    };
    let object = object(&opened, arguments.reveal);
    Ok(if arguments.json { format!("{object}\n") } else { words(&object) })
}

/// What `cccd evidence show --json` prints; see docs/output.md.
fn object(opened: &Opened, reveal: bool) -> Value {
    let evidence = &opened.evidence;
    let seal =
        opened.seal.as_ref().map(|seal| json!({ "key": hex(&seal.key), "checked": seal.checked }));
    let mut files = vec![file("EF.SOD", evidence.sod().reveal())];
    files.extend(evidence.card_access().map(|raw| file("EF.CardAccess", raw)));
    files.extend(evidence.card_security().map(|raw| file("EF.CardSecurity", raw.reveal())));
    files.extend(evidence.com().map(|raw| file("EF.COM", raw)));
    let groups = evidence.groups().iter();
    files.extend(groups.map(|(number, raw)| file(&format!("DG{number}"), raw.reveal())));
    let active = evidence.active_authentication().map(|transcript| {
        json!({
            "challenge": reveal.then(|| hex(transcript.challenge.as_bytes())),
            "signature_bytes": transcript.signature.len(),
        })
    });
    // One description of the claims, whoever reads it; beside the time there is nothing to hide in them.
    let redacted: Value =
        serde_json::from_str(&evidence.redacted().to_string()).unwrap_or(Value::Null);
    let mut claims = redacted["claims"].clone();
    claims["read_at"] = json!(evidence.claims().read_at);
    let mrz = evidence.groups().get(&1).and_then(|raw| Dg1::parse(raw.reveal()).ok());
    let holder =
        mrz.filter(|_| reveal).map(|dg1| json!({ "mrz": dg1.mrz().lines().collect::<Vec<_>>() }));
    json!({
        "version": redacted["evidence_version"],
        "bytes": opened.bytes,
        "seal": seal,
        "files": files,
        "active_authentication": active,
        "claims": claims,
        "holder": holder,
    })
}

fn file(name: &str, raw: &[u8]) -> Value {
    json!({ "name": name, "bytes": raw.len() })
}

/// The same for a person: a label and a value on each line.
fn words(object: &Value) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let size = format!("{} byte", object["bytes"]);
    rows.push(("Tệp bằng chứng · Evidence file", format!("v{}, {size}", object["version"])));
    let seal = &object["seal"];
    let sealed = |words: &str| format!("{}, {}", choose(words), plain(&seal["key"]));
    rows.push((
        "Niêm phong · Seal",
        match seal["checked"].as_bool() {
            None => choose("không có · none"),
            Some(true) => sealed("đã kiểm tra · checked"),
            Some(false) => sealed("CHƯA KIỂM TRA · NOT CHECKED"),
        },
    ));
    for file in object["files"].as_array().into_iter().flatten() {
        rows.push(("", format!("{}: {} byte", plain(&file["name"]), file["bytes"])));
    }
    let active = &object["active_authentication"];
    if let Some(length) = active["signature_bytes"].as_u64() {
        let name = choose("thử thách · challenge");
        let challenge = active["challenge"].as_str().map(|it| format!(", {name} {it}"));
        let words = format!("{length} byte{}", challenge.unwrap_or_default());
        rows.push(("Chữ ký của chip · Chip's signature", words));
    }
    for line in object["holder"]["mrz"].as_array().into_iter().flatten() {
        rows.push(("MRZ", plain(line)));
    }
    let claims = &object["claims"];
    for (key, label) in [
        ("access", "Mở chip · Access"),
        ("chip_authentication", "CA"),
        ("chip_authentication_mapping", "CAM"),
        ("terminal_authentication", "TA"),
        ("read_on", "Ngày kiểm tra · Verdict for"),
        ("read_at", "Lúc đọc · Read at"),
        ("reader", "Đầu đọc · Reader"),
        ("library", "Phần mềm · Library"),
        ("policy", "Quy định · Policy"),
        ("deviations", "Sai khác · Deviations"),
    ] {
        if !claims[key].is_null() {
            rows.push((label, plain(&claims[key])));
        }
    }
    for outcome in claims["outcomes"].as_array().into_iter().flatten() {
        rows.push(("", outcome_words(outcome)));
    }
    let rows: Vec<_> = rows.into_iter().map(|(label, value)| (choose(label), value)).collect();
    let widest = rows.iter().map(|(label, _)| measure_text_width(label)).max().unwrap_or(0);
    let mut text = choose(
        "Chưa kiểm tra gì: hãy dùng cccd verify · Nothing here is verified: use cccd verify\n\n",
    );
    for (label, value) in rows {
        let gap = " ".repeat(widest - measure_text_width(&label));
        text.push_str(&format!("{label}{gap}  {value}\n"));
    }
    text
}

/// A check that the reader says to have made. Whoever wrote the file may have named others.
fn outcome_words(outcome: &Value) -> String {
    let (name, code) = (&outcome["check"], &outcome["code"]);
    let known = Check::ALL.into_iter().find(|check| name.as_str() == Some(check.name()));
    match known {
        Some(check) if is_vietnamese() => {
            let code = if *code == "passed" { "đạt".to_owned() } else { plain(code) };
            format!("{}: {code}", labels::check(check).0)
        }
        _ => format!("{}: {}", plain(name), plain(code)),
    }
}

/// A value in words. Text of a stranger must not command the terminal.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.escape_debug().to_string(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => entries
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| format!("{key} {}", plain(value)))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.to_string(),
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
