//! Records of fixed fields, ISO/IEC 19794-4, -5 and -6, of 2005 and 2011.

use super::{BiometricImage, Coding, Modality, RecordEdition};

/// Fields one after the other, big-endian.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn bytes(mut self, bytes: &[u8]) -> Fields {
        self.0.extend_from_slice(bytes);
        self
    }

    fn one(self, number: u8) -> Fields {
        self.bytes(&[number])
    }

    fn two(self, number: u16) -> Fields {
        self.bytes(&number.to_be_bytes())
    }

    fn length(self, length: usize) -> Fields {
        self.bytes(&(length as u32).to_be_bytes())
    }

    fn zeros(self, count: usize) -> Fields {
        self.bytes(&vec![0; count])
    }
}

pub(super) fn record(
    modality: Modality,
    edition: RecordEdition,
    images: &[BiometricImage],
) -> Vec<u8> {
    match (modality, edition) {
        (Modality::Face, RecordEdition::First) => faces_2005(images),
        (Modality::Finger, RecordEdition::First) => fingers_2005(images),
        (Modality::Iris, RecordEdition::First) => irises_2005(images),
        (Modality::Face, _) => faces_2011(images),
        (Modality::Finger, _) => fingers_2011(images),
        (Modality::Iris, _) => irises_2011(images),
    }
}

// ---- 2005 ---------------------------------------------------------------------------------------

/// ISO/IEC 19794-5:2005 §5: facial record header (14 bytes), then for each face facial information (20), image
/// information (12), image.
fn faces_2005(images: &[BiometricImage]) -> Vec<u8> {
    let mut blocks = Vec::new();
    for face in images {
        let coding = if Coding::of(&face.image) == Coding::Jpeg { 0 } else { 1 };
        let block = Fields::default()
            .length(20 + 12 + face.image.len())
            .two(0) // feature points
            .zeros(3) // sex, eye colour, hair colour: unspecified
            .zeros(3) // feature mask: nothing specified
            .two(0) // expression: unspecified
            .zeros(6) // pose angles and their uncertainty: unspecified
            .one(1) // full frontal
            .one(coding) // JPEG or JPEG 2000
            .two(face.width)
            .two(face.height)
            .one(1) // 24-bit RGB
            .one(0) // source: unspecified
            .two(0) // device: unspecified
            .two(u16::from(face.quality))
            .bytes(&face.image);
        blocks.extend(block.0);
    }
    Fields::default()
        .bytes(b"FAC\x00010\x00")
        .length(14 + blocks.len())
        .two(images.len() as u16)
        .bytes(&blocks)
        .0
}

/// ISO/IEC 19794-4:2005 §7: general header (32 bytes), then for each view a header (14) and the image.
fn fingers_2005(images: &[BiometricImage]) -> Vec<u8> {
    let mut views = Vec::new();
    for (index, finger) in images.iter().enumerate() {
        let same = |other: &&BiometricImage| other.part == finger.part;
        let earlier = images[..index].iter().filter(same).count();
        let view = Fields::default()
            .length(14 + finger.image.len())
            .one(finger.part)
            .one(images.iter().filter(same).count() as u8)
            .one(earlier as u8 + 1)
            .one(finger.quality)
            .one(0) // live, plain
            .two(finger.width)
            .two(finger.height)
            .one(0)
            .bytes(&finger.image);
        views.extend(view.0);
    }
    let coding = match images.first().map(|finger| Coding::of(&finger.image)) {
        Some(Coding::Wsq) => 2,
        Some(Coding::Jpeg) => 3,
        Some(Coding::Jpeg2000) => 4,
        Some(Coding::Png) => 5,
        _ => 0,
    };
    let mut positions: Vec<u8> = images.iter().map(|finger| finger.part).collect();
    positions.sort_unstable();
    positions.dedup();
    Fields::default()
        .bytes(b"FIR\x00010\x00")
        .zeros(2) // the length has six bytes
        .length(32 + views.len())
        .two(0) // device: unspecified
        .two(31) // image acquisition level
        .one(positions.len() as u8)
        .one(1) // per inch
        .two(500)
        .two(500) // of the scan
        .two(500)
        .two(500) // of the image
        .one(8) // bits
        .one(coding)
        .zeros(2)
        .bytes(&views)
        .0
}

/// ISO/IEC 19794-6:2005: record header (45 bytes), then for each eye three bytes, and for each of its images eleven.
fn irises_2005(images: &[BiometricImage]) -> Vec<u8> {
    let mut eyes = Vec::new();
    let mut count = 0;
    for row in images.chunk_by(|one, other| one.part == other.part) {
        count += 1;
        let mut eye = Fields::default().one(row[0].part).two(row.len() as u16);
        for (index, iris) in row.iter().enumerate() {
            eye = eye
                .two(index as u16 + 1)
                .one(iris.quality)
                .two(0xFFFF) // rotation: undefined
                .two(0xFFFF)
                .length(iris.image.len())
                .bytes(&iris.image);
        }
        eyes.extend(eye.0);
    }
    let first = images.first();
    let coding = match first.map(|iris| Coding::of(&iris.image)) {
        Some(Coding::Jpeg) => 6,
        Some(Coding::Jpeg2000) => 14,
        _ => 2,
    };
    Fields::default()
        .bytes(b"IIR\x00010\x00")
        .length(45 + eyes.len())
        .two(0) // device: unspecified
        .one(count)
        .two(45)
        .two(0) // properties: undefined
        .two(0) // diameter
        .two(coding)
        .two(first.map_or(0, |iris| iris.width))
        .two(first.map_or(0, |iris| iris.height))
        .one(8) // bits
        .one(0) // no transformation
        .zeros(16) // the device's number
        .bytes(&eyes)
        .0
}

// ---- 2011 ---------------------------------------------------------------------------------------

/// Length, 2021-06-28 13:05:09, device, one judgement of the quality; what the part of the standard has; the image with
/// its length.
fn representation(image: &BiometricImage, own: &Fields) -> Vec<u8> {
    let before = Fields::default()
        .two(2021)
        .bytes(&[6, 28, 13, 5, 9])
        .two(0) // milliseconds
        .zeros(5) // device: unspecified
        .one(1)
        .one(image.quality)
        .two(0x0101)
        .two(1);
    Fields::default()
        .length(4 + before.0.len() + own.0.len() + 4 + image.image.len())
        .bytes(&before.0)
        .bytes(&own.0)
        .length(image.image.len())
        .bytes(&image.image)
        .0
}

fn faces_2011(images: &[BiometricImage]) -> Vec<u8> {
    let all: Vec<u8> = images
        .iter()
        .flat_map(|face| {
            let coding = match Coding::of(&face.image) {
                Coding::Jpeg => 0,
                Coding::Png => 3,
                _ => 1,
            };
            let own = Fields::default()
                .two(0) // landmarks
                .zeros(3) // sex, eye colour, hair colour: unspecified
                .one(0) // height: unspecified
                .zeros(3)
                .two(0)
                .zeros(6)
                .one(1) // full frontal
                .one(coding)
                .two(face.width)
                .two(face.height)
                .one(0) // sampling rate
                .two(0) // processing
                .one(0) // cross reference
                .one(1); // 24-bit RGB
            representation(face, &own)
        })
        .collect();
    Fields::default()
        .bytes(b"FAC\x00030\x00")
        .length(17 + all.len())
        .two(images.len() as u16)
        .one(0) // no certification
        .two(0) // temporal semantics
        .bytes(&all)
        .0
}

fn fingers_2011(images: &[BiometricImage]) -> Vec<u8> {
    let all: Vec<u8> = images
        .iter()
        .enumerate()
        .flat_map(|(index, finger)| {
            let coding = match Coding::of(&finger.image) {
                Coding::Bare => 0,
                Coding::Wsq => 2,
                Coding::Jpeg => 3,
                Coding::Jpeg2000 => 4,
                Coding::Png => 6,
            };
            let own = Fields::default()
                .one(finger.part)
                .one(index as u8)
                .one(2) // per centimetre
                .two(197)
                .two(197)
                .two(197)
                .two(197)
                .one(8) // bits
                .one(coding)
                .one(0) // live, plain
                .two(finger.width)
                .two(finger.height);
            representation(finger, &own)
        })
        .collect();
    let mut positions: Vec<u8> = images.iter().map(|finger| finger.part).collect();
    positions.sort_unstable();
    positions.dedup();
    Fields::default()
        .bytes(b"FIR\x00020\x00")
        .length(16 + all.len())
        .two(images.len() as u16)
        .one(0) // no certification
        .one(positions.len() as u8)
        .bytes(&all)
        .0
}

fn irises_2011(images: &[BiometricImage]) -> Vec<u8> {
    let all: Vec<u8> = images
        .iter()
        .enumerate()
        .flat_map(|(index, iris)| {
            let coding = match Coding::of(&iris.image) {
                Coding::Jpeg => 6,
                Coding::Jpeg2000 => 10,
                Coding::Png => 14,
                _ => 2,
            };
            let own = Fields::default()
                .two(index as u16 + 1)
                .one(iris.part)
                .one(1) // uncropped
                .one(coding)
                .one(0) // orientation, compression: undefined
                .two(iris.width)
                .two(iris.height)
                .one(8) // bits
                .two(0) // range: unassigned
                .two(0xFFFF)
                .two(0xFFFF) // roll: undefined
                .zeros(8 + 4); // centre, diameter: undefined
            representation(iris, &own)
        })
        .collect();
    let mut eyes: Vec<u8> = images.iter().map(|iris| iris.part).collect();
    eyes.sort_unstable();
    eyes.dedup();
    Fields::default()
        .bytes(b"IIR\x00020\x00")
        .length(16 + all.len())
        .two(images.len() as u16)
        .one(0) // no certification
        .one(eyes.len() as u8)
        .bytes(&all)
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_the_lengths_of_the_standard() {
        let image = BiometricImage { image: Vec::new(), width: 1, height: 2, part: 1, quality: 3 };
        for (modality, first, second) in [
            (Modality::Face, 14 + 32, 17 + 4 + 15 + 5 + 17 + 11 + 4),
            (Modality::Finger, 32 + 14, 16 + 4 + 15 + 5 + 18 + 4),
            (Modality::Iris, 45 + 3 + 11, 16 + 4 + 15 + 5 + 2 + 27 + 4),
        ] {
            for (edition, length) in
                [(RecordEdition::First, first), (RecordEdition::Second, second)]
            {
                let record = record(modality, edition, std::slice::from_ref(&image));
                assert_eq!(record.len(), length, "{modality:?} {edition:?}");
            }
        }
    }
}
