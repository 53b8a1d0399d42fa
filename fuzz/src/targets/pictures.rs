//! Pictures, before and in their decoders. A panic that `decode` contains stops the fuzzer all the same.

use cccd_pictures::{Error, Format, Header, Limits, decode};

use super::super::check;

/// Small, so that many are decoded in a second.
const LIMITS: Limits = Limits { longest_side: 512, samples: 1 << 17 };

/// JPEG, JPEG 2000, PNG.
pub fn picture(data: &[u8]) {
    decoded(data);
}

/// WSQ, whatever the first bytes are.
pub fn wsq(data: &[u8]) {
    let mut data = data.to_vec();
    if let Some(start) = data.first_chunk_mut() {
        *start = [0xFF, 0xA0, 0xFF];
    }
    decoded(&data);
}

fn decoded(data: &[u8]) {
    let header = Header::read(data);
    let picture = decode(data, &LIMITS);
    check::shown(&(&header, &picture));
    let (header, picture) = match (header, picture) {
        (Err(error), outcome) => {
            assert_eq!(outcome.err(), Some(error));
            return told(error);
        }
        (Ok(header), Err(error)) => {
            assert!(LIMITS.admit(&header).is_ok() || LIMITS.admit(&header) == Err(error));
            return told(error);
        }
        (Ok(header), Ok(picture)) => (header, picture),
    };
    assert_eq!((picture.width(), picture.height()), (header.width, header.height));
    assert_eq!(Format::of(data), Some(header.format));
    assert!(LIMITS.admit(&header).is_ok());
    assert_eq!(picture.luma().len(), picture.width() as usize * picture.height() as usize);
    let png = picture.to_png().unwrap();
    assert!(decode(&png, &Limits::DOCUMENT) == Ok(picture), "another picture as PNG");
}

fn told(error: Error) {
    assert!(!error.to_string().is_empty() && !error.message_vi().is_empty());
}
