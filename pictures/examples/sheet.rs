//! Every picture of the named files on one sheet, to be looked at, and a table of them.
//!
//! ```sh
//! cargo run -p cccd-pictures --example sheet -- sheet.png test-vectors/pictures/*.{jpg,jp2,j2k,png,wsq}
//! ```
//!
//! What cannot be decoded gets a row with the reason and a crossed field.

use std::{env, error::Error, fs, path::Path};

use cccd_pictures::{Limits, Picture, Samples, decode};

const COLUMNS: usize = 6;
const FIELD: usize = 180;
const GAP: usize = 6;
const PAPER: u8 = 225;

/// Colours of a square field, row by row.
type Field = Vec<[u8; 3]>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let sheet = arguments.next().ok_or("give the file to write and the pictures")?;
    let mut fields = Vec::new();
    for (number, path) in arguments.enumerate() {
        let name = Path::new(&path).file_name().unwrap_or_default().display().to_string();
        let field = match decode(&fs::read(&path)?, &Limits::DOCUMENT) {
            Ok(picture) => {
                let (width, height) = (picture.width(), picture.height());
                let (channels, bits) = (picture.channels(), picture.bits_per_sample());
                println!("{number:3}  {name}  {width} × {height}  {channels} × {bits} bits");
                shrunk(&picture)
            }
            Err(error) => {
                println!("{number:3}  {name}  {error}");
                crossed()
            }
        };
        fields.push(field);
    }
    fs::write(sheet, laid_out(&fields)?.to_png()?)?;
    Ok(())
}

/// The picture as large as fits into a field: each place shows the nearest pixel, or the mean of those it covers.
fn shrunk(picture: &Picture) -> Field {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let channels = usize::from(picture.channels());
    let sample = |x: usize, y: usize, channel: usize| {
        let at = (y * width + x) * channels + channel;
        match picture.samples() {
            Samples::Eight(samples) => usize::from(samples[at]),
            Samples::Sixteen(samples) => usize::from(samples[at] >> 8),
        }
    };
    let longest = width.max(height);
    let mut field = vec![[PAPER; 3]; FIELD * FIELD];
    for down in 0..(height * FIELD / longest).max(1) {
        for across in 0..(width * FIELD / longest).max(1) {
            let covered = |place: usize, length: usize| {
                let start = (place * longest / FIELD).min(length - 1);
                start..((place + 1) * longest / FIELD).clamp(start + 1, length)
            };
            let mean = |channel: usize| {
                let (rows, columns) = (covered(down, height), covered(across, width));
                let count = rows.len() * columns.len();
                let sum: usize = rows
                    .map(|y| columns.clone().map(|x| sample(x, y, channel)).sum::<usize>())
                    .sum();
                (sum / count) as u8
            };
            field[down * FIELD + across] =
                if channels < 3 { [mean(0); 3] } else { [mean(0), mean(1), mean(2)] };
        }
    }
    field
}

fn crossed() -> Field {
    let is_line = |at: usize| at % FIELD == at / FIELD || at % FIELD + at / FIELD == FIELD - 1;
    (0..FIELD * FIELD).map(|at| if is_line(at) { [200, 0, 0] } else { [PAPER; 3] }).collect()
}

fn laid_out(fields: &[Field]) -> Result<Picture, cccd_pictures::Error> {
    let step = FIELD + GAP;
    let (width, height) = (COLUMNS * step + GAP, fields.len().div_ceil(COLUMNS) * step + GAP);
    let mut sheet = vec![[255_u8; 3]; width * height];
    for (number, field) in fields.iter().enumerate() {
        let (left, top) = (GAP + number % COLUMNS * step, GAP + number / COLUMNS * step);
        for (row, colours) in field.chunks(FIELD).enumerate() {
            let start = (top + row) * width + left;
            sheet[start..start + FIELD].copy_from_slice(colours);
        }
    }
    Picture::new(width as u32, height as u32, 3, Samples::Eight(sheet.concat()))
}
