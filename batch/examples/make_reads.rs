//! Writes stored reads of people who do not exist, so that anyone can try `cccd verify-batch`.
//!
//! ```text
//! cargo run --release -p cccd-batch --example make_reads -- FOLDER [DOCUMENTS] [SIGNERS]
//! cccd verify-batch FOLDER/reads.parquet --trust FOLDER/csca --out results.parquet --at 2026-11-21
//! ```
//!
//! One document in a hundred has an altered group, one in two hundred withholds DG14. ID numbers begin with
//! 000, which is assigned to no province.

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use cccd_batch::column::{DOC_KEY, SOD};
use cccd_simulator::personalisation::file;
use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person, Personalisation};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const FILES: [(&str, u16); 6] = [
    (SOD, file::SOD),
    ("dg1", file::DG1),
    ("dg2", file::DG2),
    ("dg13", file::DG13),
    ("dg14", file::DG14),
    ("dg15", file::DG15),
];
/// About 128 MB.
const ROW_GROUP: usize = 8_192;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().filter(|folder| !folder.starts_with('-'));
    let folder = PathBuf::from(folder.ok_or("FOLDER [DOCUMENTS] [SIGNERS]")?);
    let documents: u32 = arguments.next().map_or(Ok(1_000), |text| text.parse())?;
    let signers: u32 = arguments.next().map_or(Ok(4), |text| text.parse())?;

    fs::create_dir_all(folder.join("csca"))?;
    let cards = cards(&folder, signers.max(1))?;
    // Photographs do not compress.
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let mut writer: Option<ArrowWriter<File>> = None;
    for first in (0..documents).step_by(1_024) {
        let batch = batch(&cards, first..documents.min(first.saturating_add(1_024)))?;
        if writer.is_none() {
            let file = File::create(folder.join("reads.parquet"))?;
            let schema = batch.schema();
            writer = Some(ArrowWriter::try_new(file, schema, Some(properties.clone()))?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    println!("{documents} documents of {} signers in {}", cards.len(), folder.display());
    Ok(())
}

/// One card of each signer; signing is slow, so that every document is a copy of one of them.
fn cards(folder: &std::path::Path, signers: u32) -> Result<Vec<Personalisation>, Box<dyn Error>> {
    (0..signers)
        .map(|number| {
            let issuer = Issuer::new(IssuerOptions {
                seed: u64::from(number) + 1,
                csca_name: format!("CSCA Simulator {number}"),
                ..IssuerOptions::default()
            });
            let name = format!("csca/{number}.der");
            fs::write(folder.join(name), issuer.csca_certificate())?;
            let person = Person { id_number: format!("0001950{number:05}"), ..Person::sample() };
            Ok(issuer.personalise(&person, &CardOptions::default()))
        })
        .collect()
}

fn batch(
    cards: &[Personalisation],
    rows: std::ops::Range<u32>,
) -> Result<RecordBatch, Box<dyn Error>> {
    let mut keys = StringBuilder::new();
    let mut columns: [BinaryBuilder; 6] = std::array::from_fn(|_| BinaryBuilder::new());
    for (row, card) in
        rows.clone().zip(cards.iter().cycle().skip(rows.start as usize % cards.len()))
    {
        keys.append_value(format!("document {row}"));
        for (column, (name, number)) in columns.iter_mut().zip(FILES) {
            let mut raw = card.files.get(&number).cloned();
            match (name, &mut raw) {
                ("dg13", Some(raw)) if row % 100 == 99 => raw.reverse(),
                ("dg14", raw) if row % 200 == 42 => *raw = None,
                _ => {}
            }
            column.append_option(raw);
        }
    }
    let keys: ArrayRef = Arc::new(keys.finish());
    let columns = columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
    let names = FILES.into_iter().map(|(name, _)| name);
    Ok(RecordBatch::try_from_iter([(DOC_KEY, keys)].into_iter().chain(names.zip(columns)))?)
}
