//! What nobody outside the issuing authority knows of these cards, and what one survey says to it.

use super::facts::{Door, FileOutcome, Part, SecurityInfoFacts, Survey};
use crate::{apdu::StatusWord, error::Error};

/// An open question about the CCCD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Question {
    /// Which key does Active Authentication use, with which digest?
    ActiveAuthenticationKey,
    /// In which group does Chip Authentication run?
    ChipAuthenticationGroup,
    /// Does DG14 repeat what EF.CardAccess announces?
    SignedAnnouncement,
    /// Which key does the document signer have, and for how long?
    DocumentSigner,
    /// Which key of the authority signed the document signer?
    Authority,
    /// Is DG13 laid out as it was in 2021?
    TextFields,
    /// What is in entry 16 of DG13?
    EntrySixteen,
    /// How are names and dates written in DG13?
    Writing,
    /// Are there files, groups or applications that nobody described?
    Unknown,
    /// Does PACE take the MRZ?
    PaceByMrz,
    /// Does BAC work beside PACE?
    BacBeside,
    /// Is the CAN the end of the twelve digits?
    CanIsEndOfNumber,
    /// Is the document number the end of the twelve digits?
    NumberIsEnd,
    /// What does the card do after a wrong key?
    WrongKey,
    /// How long may commands and answers be?
    Lengths,
    /// Where can the master file and EF.CardAccess be reached?
    MasterFile,
    /// How is the portrait coded?
    Portrait,
    /// Are fingerprints closed, and who could open them?
    Fingerprints,
}

impl Question {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 18] = [
        Self::ActiveAuthenticationKey,
        Self::ChipAuthenticationGroup,
        Self::SignedAnnouncement,
        Self::DocumentSigner,
        Self::Authority,
        Self::TextFields,
        Self::EntrySixteen,
        Self::Writing,
        Self::Unknown,
        Self::PaceByMrz,
        Self::BacBeside,
        Self::CanIsEndOfNumber,
        Self::NumberIsEnd,
        Self::WrongKey,
        Self::Lengths,
        Self::MasterFile,
        Self::Portrait,
        Self::Fingerprints,
    ];

    /// A stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActiveAuthenticationKey => "active_authentication_key",
            Self::ChipAuthenticationGroup => "chip_authentication_group",
            Self::SignedAnnouncement => "signed_announcement",
            Self::DocumentSigner => "document_signer",
            Self::Authority => "authority",
            Self::TextFields => "text_fields",
            Self::EntrySixteen => "entry_sixteen",
            Self::Writing => "writing",
            Self::Unknown => "unknown",
            Self::PaceByMrz => "pace_by_mrz",
            Self::BacBeside => "bac_beside",
            Self::CanIsEndOfNumber => "can_is_end_of_number",
            Self::NumberIsEnd => "number_is_end",
            Self::WrongKey => "wrong_key",
            Self::Lengths => "lengths",
            Self::MasterFile => "master_file",
            Self::Portrait => "portrait",
            Self::Fingerprints => "fingerprints",
        }
    }
}

/// Every question with what this card answers; `None` where it does not.
#[must_use]
pub fn answers(seen: &Survey) -> Vec<(Question, Option<String>)> {
    Question::ALL.into_iter().map(|question| (question, answer(question, seen))).collect()
}

fn answer(question: Question, seen: &Survey) -> Option<String> {
    match question {
        Question::ActiveAuthenticationKey => {
            let key = seen.dg15_key.as_ref()?;
            Some(match seen.active_authentication.as_ref().map(|proof| &proof.outcome) {
                Some(Ok(words)) => format!("{words}; the chip proved it"),
                Some(Err(code)) => format!("{key}; the chip did not prove it ({code})"),
                None => key.clone(),
            })
        }
        Question::ChipAuthenticationGroup => {
            seen.dg14.as_ref()?;
            match seen.chip_authentication.as_ref().map(|proof| &proof.outcome) {
                Some(Ok(words)) => Some(format!("{words}; the chip proved it")),
                Some(Err(code)) => Some(format!("it did not run ({code})")),
                None => Some("DG14 has no key for it".to_owned()),
            }
        }
        Question::SignedAnnouncement => {
            let (card_access, dg14) = (seen.card_access.as_ref()?, seen.dg14.as_ref()?);
            let pace = |infos: &SecurityInfoFacts| {
                let is_pace = |name: &Option<String>| {
                    name.as_deref().is_some_and(|name| name.starts_with("PACE-"))
                };
                let found = infos.infos.iter().filter(|info| is_pace(&info.name));
                found.cloned().collect::<Vec<_>>()
            };
            let (announced, signed) = (pace(card_access), pace(dg14));
            Some(if signed.is_empty() {
                "DG14 holds no PACEInfo".to_owned()
            } else if announced == signed {
                "DG14 repeats every PACEInfo".to_owned()
            } else {
                "DG14 holds other PACEInfos than EF.CardAccess".to_owned()
            })
        }
        Question::DocumentSigner => {
            let signature = &seen.sod.as_ref()?.signature;
            let signer = signature.signer.as_ref()?;
            let scheme = signature.scheme.as_deref().unwrap_or("an unknown scheme");
            let key = signer.key.as_deref().unwrap_or("an unknown key");
            let (from, until) = (&signer.not_before, &signer.not_after);
            Some(format!("{}: {key}, {scheme}, {from} to {until}", signer.subject))
        }
        Question::Authority => {
            let signer = seen.sod.as_ref()?.signature.signer.as_ref()?;
            let key = signer.authority_key_id.as_deref().unwrap_or("not stated");
            Some(format!("{}; key identifier {key}", signer.issuer))
        }
        Question::TextFields => text_fields(seen),
        Question::EntrySixteen => {
            let fields = &seen.dg13.as_ref()?.fields;
            let field = fields.iter().find(|field| field.number == 16);
            Some(field.map_or_else(|| "there is none".to_owned(), |field| field.form.clone()))
        }
        Question::Writing => {
            let dg13 = seen.dg13.as_ref()?;
            let form = |number| {
                let field = dg13.fields.iter().find(|field| field.number == number);
                field.map_or("missing", |field| field.form.as_str())
            };
            let case = dg13.name_case?;
            Some(format!("name: {case}; birth: {}; issue: {}", form(3), form(11)))
        }
        Question::Unknown => unknown(seen),
        Question::PaceByMrz => door(seen, "pace-mrz").or_else(|| {
            let asked = seen.passwords.iter().find(|probe| probe.password == "mrz")?;
            Some(format!("not tried; MSE:Set AT answers {:?}", asked.status))
        }),
        Question::BacBeside => door(seen, "bac"),
        Question::CanIsEndOfNumber => seen.mrz.as_ref()?.can_is_end_of_twelve_digits.map(yes_or_no),
        Question::NumberIsEnd => {
            let mrz = seen.mrz.as_ref()?;
            let end = mrz.number_is_end_of_twelve_digits.map(yes_or_no)?;
            let digit =
                mrz.own_check_digit.map_or("not stated", |own| if own { "yes" } else { "no" });
            Some(format!("{end}; own check digit: {digit}"))
        }
        Question::WrongKey => wrong_key(seen),
        Question::Lengths => lengths(seen),
        Question::MasterFile => {
            let status = |name: &str| status(seen, Part::MasterFile, name);
            let (mf, short, select) =
                (status("select_mf_3f00")?, status("sfi_1c")?, status("select_011c")?);
            Some(format!(
                "SELECT MF {mf:?}; EF.CardAccess by short identifier {short:?}, by SELECT {select:?}"
            ))
        }
        Question::Portrait => {
            let face = seen.faces.first()?;
            let pixels = face.pixels.map(|(width, height)| format!(", {width} × {height}"));
            let (kind, pixels) = (face.media_type, pixels.unwrap_or_default());
            Some(format!("{kind}{pixels}, {} bytes", face.size))
        }
        Question::Fingerprints => {
            let file = seen.files.iter().find(|file| file.name == "DG3")?;
            let outcome = match file.outcome {
                FileOutcome::NotRead | FileOutcome::Read => "open".to_owned(),
                FileOutcome::Absent => "there are none".to_owned(),
                FileOutcome::Refused(status) => format!("closed, {status:?}"),
                FileOutcome::Failed(code) => code.to_owned(),
            };
            let authorities = match seen.terminal_authorities.as_slice() {
                [] => "EF.CVCA names nobody".to_owned(),
                names => format!("EF.CVCA names {}", names.join(", ")),
            };
            Some(format!("{outcome}; {authorities}"))
        }
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn status(seen: &Survey, part: Part, name: &str) -> Option<StatusWord> {
    let found = seen.probes.iter().find(|probe| probe.part == part && probe.name == name);
    found.map(|probe| probe.status)
}

fn door(seen: &Survey, name: &str) -> Option<String> {
    let door = seen.doors.iter().find(|door| door.name == name)?;
    Some(match &door.outcome {
        Ok(words) => format!("yes: {words}"),
        Err(Error::CardRefused { status, .. }) => format!("no: {:?}", StatusWord(*status)),
        Err(error) => format!("no: {}", error.code()),
    })
}

/// The layout of 2021 has entries 1 to 12 in order and, mostly, 13 to 16.
fn text_fields(seen: &Survey) -> Option<String> {
    let Some(dg13) = &seen.dg13 else {
        let file = seen.files.iter().find(|file| file.name == "DG13")?;
        return match file.outcome {
            FileOutcome::Read => Some("DG13 is built otherwise; see its structure".to_owned()),
            FileOutcome::Absent => Some("there is no DG13".to_owned()),
            _ => None,
        };
    };
    let numbers: Vec<u64> = dg13.fields.iter().map(|field| field.number).collect();
    let missing: Vec<String> =
        (1..=12).filter(|number| !numbers.contains(number)).map(|n| n.to_string()).collect();
    let new: Vec<String> =
        numbers.iter().filter(|number| **number > 16).map(ToString::to_string).collect();
    let mut words = vec![if missing.is_empty() && new.is_empty() {
        "entries 1 to 12, none unknown".to_owned()
    } else {
        "other entries".to_owned()
    }];
    if !missing.is_empty() {
        words.push(format!("without {}", missing.join(", ")));
    }
    if !new.is_empty() {
        words.push(format!("new: {}", new.join(", ")));
    }
    if !dg13.in_order {
        words.push("out of order".to_owned());
    }
    if let Some(parents) = dg13.parents {
        words.push(format!("parents in {}", parents.replace('_', " ")));
    }
    Some(words.join("; "))
}

fn unknown(seen: &Survey) -> Option<String> {
    let looked = seen.probes.iter().any(|probe| probe.part == Part::OtherApplications);
    if !looked && seen.sod.is_none() {
        return None;
    }
    let answered = |status: StatusWord| {
        matches!(
            status,
            StatusWord::SUCCESS | StatusWord::END_OF_FILE | StatusWord::SECURITY_STATUS
        )
    };
    let unused = super::probes::UNUSED.map(|short| format!("sfi_{short:02x}"));
    let mut found: Vec<String> = seen
        .probes
        .iter()
        .filter(|probe| {
            let application = probe.part == Part::OtherApplications;
            let file = probe.part == Part::Habits && unused.contains(&probe.name);
            (application || file) && answered(probe.status)
        })
        .map(|probe| format!("{} ({:?})", probe.name, probe.status))
        .collect();
    let listed = seen.sod.iter().flat_map(|sod| sod.groups.iter());
    const KNOWN: [u64; 6] = [1, 2, 3, 13, 14, 15];
    found.extend(listed.filter(|it| !KNOWN.contains(it)).map(|group| format!("DG{group}")));
    let infos = seen.card_access.iter().chain(&seen.dg14).flat_map(|infos| infos.infos.iter());
    found.extend(infos.filter(|info| info.name.is_none()).map(|info| info.oid.clone()));
    found.truncate(24);
    Some(if found.is_empty() { "none found".to_owned() } else { found.join(", ") })
}

fn wrong_key(seen: &Survey) -> Option<String> {
    let counter = seen.passwords.iter().find_map(|probe| probe.status.attempts_left());
    if let Some(left) = counter {
        return Some(format!("it counts: {left} tries left"));
    }
    let refused = |door: &&Door| matches!(door.outcome, Err(Error::AccessDenied { .. }));
    let door = seen.doors.iter().find(refused)?;
    match door.outcome {
        Err(Error::AccessDenied { attempts_left: Some(left) }) => {
            Some(format!("{}: it counts, {left} tries left", door.name))
        }
        _ => Some(format!("{}: refused, no counter told", door.name)),
    }
}

fn lengths(seen: &Survey) -> Option<String> {
    let whole = seen.block_sizes.iter().filter(|block| block.got == block.asked);
    let longest = whole.map(|block| block.got).max();
    let stopped = seen.block_sizes.iter().find(|block| block.got < block.asked);
    let buffers = seen.atr_info.as_ref().and_then(|info| info.buffers);
    if longest.is_none() && buffers.is_none() {
        return None;
    }
    let mut words = Vec::new();
    if let Some(longest) = longest {
        words.push(format!("{longest} bytes in one answer"));
    }
    if let Some(block) = stopped {
        words.push(format!("asked for {}: {} and {:?}", block.asked, block.got, block.status));
    }
    if let Some((command, answer)) = buffers {
        words.push(format!("EF.ATR/INFO says {command} and {answer}"));
    }
    Some(words.join("; "))
}
