use super::RawObject;
use crate::{
    error::{Error, Result},
    tlv::Reader,
};

/// EF.DIR: the applications on the chip `[9303-10 §3.11.1; ISO/IEC 7816-4 §12.2.3]`. Unsigned.
///
/// ```
/// use cccd::lds::Dir;
/// let dir = Dir::parse(b"\x61\x09\x4F\x07\xA0\x00\x00\x02\x47\x10\x01")?;
/// assert_eq!(dir.applications()[0].identifier, b"\xA0\x00\x00\x02\x47\x10\x01");
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dir {
    applications: Vec<Application>,
    others: Vec<RawObject>,
}

/// One application of EF.DIR.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// The application identifier, up to 16 bytes.
    pub identifier: Vec<u8>,
    /// Its name for people, tag 50.
    pub label: Option<String>,
    /// What else is said of it.
    pub others: Vec<RawObject>,
}

impl Dir {
    /// Reads the file: `61 { 4F identifier, 50 label … } …`, identifiers without a template among them. Zeros may follow.
    ///
    /// # Errors
    /// `Malformed` where it cannot be divided into objects.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("EF.DIR"))
    }

    /// The applications, in the file's order.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// Objects that are no application.
    #[must_use]
    pub fn others(&self) -> &[RawObject] {
        &self.others
    }
}

fn read(bytes: &[u8]) -> Result<Dir> {
    let (mut applications, mut others) = (Vec::new(), Vec::new());
    let mut objects = Reader::new(bytes);
    while bytes.iter().skip(objects.offset()).any(|byte| *byte != 0) {
        let Some(object) = objects.next_object()? else { break };
        match object.tag {
            0x4F => applications.push(Application {
                identifier: identifier(object.value).ok_or(object.error("an identifier"))?,
                label: None,
                others: Vec::new(),
            }),
            0x61 => {
                let (mut found, mut label, mut rest) = (None, None, Vec::new());
                let mut inside = object.children()?;
                while let Some(part) = inside.next_object()? {
                    match part.tag {
                        0x4F => found = identifier(part.value),
                        0x50 => label = Some(String::from_utf8_lossy(part.value).into_owned()),
                        _ => rest.push(RawObject::of(&part)),
                    }
                }
                let identifier = found.ok_or(object.error("an application's identifier"))?;
                applications.push(Application { identifier, label, others: rest });
            }
            _ => others.push(RawObject::of(&object)),
        }
    }
    if applications.is_empty() {
        return Err(Error::malformed(0, "an application"));
    }
    Ok(Dir { applications, others })
}

fn identifier(value: &[u8]) -> Option<Vec<u8>> {
    (1..=16).contains(&value.len()).then(|| value.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    #[test]
    fn applications_are_told_with_their_names() {
        let aid = [0xA0, 0, 0, 2, 0x47, 0x10, 1];
        let entry = [write(0x4F, &aid), write(0x50, b"LDS"), write(0x51, &[1])].concat();
        let file = [write(0x61, &entry), write(0x4F, &[1, 2]), write(0x7F, &[]), vec![0; 5]];
        let file = [&file[0][..], &file[1], &[0x53, 1, 9], &file[3]].concat();
        let dir = Dir::parse(&file).unwrap();
        let [lds, other] = dir.applications() else { panic!("{dir:?}") };
        assert_eq!((&lds.identifier[..], lds.label.as_deref()), (&aid[..], Some("LDS")));
        assert_eq!((lds.others[0].tag, other.identifier.as_slice()), (0x51, &[1, 2][..]));
        assert_eq!(dir.others()[0].tag, 0x53);
    }

    #[test]
    fn a_file_without_an_application_is_malformed() {
        for (file, offset) in [
            (&[][..], 0),
            (&[0; 9], 0),
            (&[0x61, 2, 0x50, 0], 2),
            (&[0x4F, 0], 2),
            (&[0x61, 9, 0x4F], 0),
        ] {
            let Error::Malformed { file: "EF.DIR", offset: found, .. } =
                Dir::parse(file).unwrap_err()
            else {
                panic!()
            };
            assert_eq!(found, offset, "{file:?}");
        }
    }
}
