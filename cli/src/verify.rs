//! `cccd verify`: the same verdict from files alone.

use std::{path::PathBuf, process::ExitCode};

use cccd::{
    apdu::Metrics,
    chip::Challenge,
    document::{Evidence, Verdict as FilesVerdict, VerifiedDocument},
    error::{Error, Unsupported},
    files,
    vietnam::CitizenRecord,
};
use clap::Args;

use crate::{
    evidence::{self, Seal, SealArguments},
    failure::{self, Failure},
    key::KeyArguments,
    language::one,
    operator::{OperatorArguments, Remark},
    output::{Accepted, FormatArguments, OutputArguments, Verdict},
    portrait::Portrait,
};

/// The options of `cccd verify`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Thư mục chứa các tệp (EF_SOD.bin, DG1.bin, Datagroup1.bin, 011D.bin, …) hoặc một tệp bằng chứng · A folder of files (EF_SOD.bin, DG1.bin, Datagroup1.bin, 011D.bin, …) or an evidence file
    path: PathBuf,
    /// Thử thách đã cấp cho xác thực chủ động (AA), viết dạng thập lục phân: có nó thì chữ ký của chip mới được coi là
    /// mới · The challenge that was issued for Active Authentication, in hexadecimal: only with it the chip's signature
    /// counts as fresh
    #[arg(long, value_name = "HEX")]
    challenge: Option<String>,
    #[command(flatten)]
    seal: SealArguments,
    #[command(flatten)]
    printed: KeyArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let verdict =
        verify(arguments).unwrap_or_else(|failure| Verdict::before_the_chip(failure, false));
    verdict.print_as(arguments.format.format, arguments.output, false)
}

fn verify(arguments: &Arguments) -> Result<Verdict, Failure> {
    let challenge = arguments.challenge.as_deref().map(challenge).transpose()?;
    let printed = arguments.printed.key()?.and_then(|key| key.printed);
    let system = arguments.operator.system(None, |remark| arguments.output.tell(remark))?;
    let evidence = evidence(arguments)?;
    let FilesVerdict { report, document } = system.verify(&evidence, challenge, printed.as_deref());
    let result = document.map_err(Failure::from).and_then(accept);
    let metrics = Metrics::default();
    Ok(Verdict { report: Some(report), metrics, cost: None, simulated: false, result })
}

/// Files of any document may be verified; only a CCCD has a citizen.
fn accept(document: VerifiedDocument) -> Result<Accepted, Failure> {
    let citizen = match CitizenRecord::from_document(&document) {
        Ok(citizen) => Some(citizen),
        Err(Error::Unsupported(Unsupported::NotACccd)) => None,
        Err(error) => return Err(error.into()),
    };
    let portrait = Portrait::of(&document);
    Ok(Accepted { document, citizen, portrait })
}

fn evidence(arguments: &Arguments) -> Result<Evidence, Failure> {
    let Arguments { path, seal, output, .. } = arguments;
    if path.is_dir() {
        // Nobody sealed a folder.
        seal.none_demanded()?;
        return Ok(files::read_groups(path)?.into());
    }
    let opened = seal.open(path)?;
    match opened.seal {
        Some(Seal { checked: true, key }) => output.tell(Remark::Note(format!(
            "{}: {} {}",
            path.display(),
            one("niêm phong bởi khóa", "sealed by"),
            evidence::hex(&key)
        ))),
        Some(Seal { checked: false, .. }) => output.tell(Remark::Warning(format!(
            "{}: {}",
            path.display(),
            one(
                "niêm phong chưa được kiểm tra: bất kỳ ai cũng có thể đã lưu tệp này",
                "the seal was not checked: anybody may have stored this file",
            )
        ))),
        None => {}
    }
    Ok(opened.evidence)
}

/// Sixteen hexadecimal digits, with space, colons or hyphens between them.
fn challenge(text: &str) -> Result<Challenge, Failure> {
    let refused = || Failure::from(&failure::CHALLENGE);
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-'))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()
        .ok_or_else(refused)?;
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, d| sum << 4 | d)).collect();
    match (digits.len(), <[u8; 8]>::try_from(bytes)) {
        (16, Ok(bytes)) => Ok(Challenge::from_bytes(bytes)?),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_eight_bytes() {
        for text in ["0102030405060708", "01:02:03:04:05:06:07:08", "0102 0304 0506 0708"] {
            let challenge = challenge(text).unwrap();
            assert_eq!(challenge.as_bytes(), &[1, 2, 3, 4, 5, 6, 7, 8]);
        }
        for text in ["", "01", "010203040506070", "01020304050607080", "x102030405060708"] {
            assert_eq!(challenge(text).unwrap_err().code(), "misuse.challenge", "{text}");
        }
        assert_eq!(challenge("0000000000000000").unwrap_err().kind(), "misuse");
    }
}
