//! The citizens of many evidence files, each verified under the operator's trust and policy.

use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use cccd::{
    error::{Error, FileFault},
    inspection::InspectionSystem,
    vietnam::CitizenRecord,
};
use cccd_batch::reconcile::Citizens;

use super::Arguments;
use crate::{evidence::SealArguments, failure::Failure, language::one, operator::Remark, progress};

/// How the evidence files ended. Counts alone.
#[derive(Default)]
pub(super) struct Cards {
    /// Files that were looked at.
    pub(super) files: usize,
    /// Citizens who came out of them.
    pub(super) citizens: usize,
    /// Verified files about a citizen of whom a later card is there.
    pub(super) earlier: u64,
    /// Refused ones by the code of the error.
    pub(super) refused: BTreeMap<&'static str, u64>,
}

/// Refused files that are named; the rest is counted.
const NAMED: u64 = 20;

/// Verifies every file; a citizen comes out of those that the policy accepts.
pub(super) fn citizens(
    arguments: &Arguments,
    threads: NonZeroUsize,
) -> Result<(Citizens, Cards), Failure> {
    let system = arguments.operator.system(None, |remark| arguments.output.tell(remark))?;
    let mut files = Vec::new();
    for path in &arguments.evidence {
        collect(path, &mut files)?;
    }
    let bar = progress::bar(
        arguments.hidden(),
        Some(files.len() as u64),
        "Kiểm tra bằng chứng · Verifying evidence",
    );
    let next = AtomicUsize::new(0);
    let verified = Mutex::new(vec![None; 0]);
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(|| {
                while let Some((place, path)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    files.get(place).map(|path| (place, path))
                } {
                    let citizen = citizen(&system, &arguments.seal, path);
                    bar.inc(1);
                    let mut verified = verified.lock().unwrap_or_else(PoisonError::into_inner);
                    verified.push(Some((place, citizen)));
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut verified: Vec<_> = verified
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .into_iter()
        .flatten()
        .collect();
    verified.sort_by_key(|(place, _)| *place);
    let mut citizens = Citizens::new();
    let mut cards = Cards { files: files.len(), ..Cards::default() };
    let mut refused = 0;
    for (place, citizen) in verified {
        match citizen {
            Ok(citizen) => citizens.insert(citizen),
            Err(failure) => {
                *cards.refused.entry(failure.code()).or_default() += 1;
                refused += 1;
                if refused <= NAMED
                    && let Some(path) = files.get(place)
                {
                    let why = one(failure.message_vi(), failure.message());
                    let words = format!("{}: {}", path.display(), why.trim_end_matches('.'));
                    arguments.output.tell(Remark::Warning(words));
                }
            }
        }
    }
    (cards.citizens, cards.earlier) = (citizens.len(), citizens.earlier_cards());
    Ok((citizens, cards))
}

fn citizen(
    system: &InspectionSystem,
    seal: &SealArguments,
    path: &Path,
) -> Result<CitizenRecord, Failure> {
    let opened = seal.open(path)?;
    let document = system.verify(&opened.evidence, None, None).document?;
    Ok(CitizenRecord::from_document(&document)?)
}

/// The files that a path names: itself, or every `.cbor` below it, in the order of their names.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fault = |_| Error::File { fault: FileFault::Other, path: path.to_owned() };
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .map_err(fault)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(fault)?;
    entries.sort();
    for entry in entries {
        // Links are not followed: they may lead in a circle.
        let is_folder = fs::symlink_metadata(&entry).map_err(fault)?.is_dir();
        if is_folder {
            collect(&entry, files)?;
        } else if entry.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("cbor")) {
            files.push(entry);
        }
    }
    Ok(())
}
