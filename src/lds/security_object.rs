//! The LDS Security Object: the list of digests that an issuer signs [9303-10 §4.6.2.3].
//!
//! ```text
//! LDSSecurityObject ::= SEQUENCE {
//!     version                INTEGER { v0(0), v1(1) },
//!     hashAlgorithm          AlgorithmIdentifier,
//!     dataGroupHashValues    SEQUENCE OF SEQUENCE { dataGroupNumber INTEGER, dataGroupHashValue OCTET STRING },
//!     ldsVersionInfo         SEQUENCE { ldsVersion PrintableString, unicodeVersion PrintableString } OPTIONAL }
//! ```

use core::fmt;
use std::collections::BTreeMap;

use crate::crypto::DigestAlgorithm;
use crate::error::{Error, Result, Unsupported};
use crate::tlv::{Reader, Tlv};

/// The signed list of digests, parsed; whether anybody signed it is not known here.
#[derive(Clone, PartialEq, Eq)]
pub struct LdsSecurityObject {
    version: u8,
    digest_algorithm: DigestAlgorithm,
    digests: BTreeMap<u8, Vec<u8>>,
    is_sorted: bool,
    has_trailing_bytes: bool,
    versions: Option<(String, String)>,
}

impl LdsSecurityObject {
    /// Reads the contents that the SOD's CMS carries.
    ///
    /// # Errors
    /// `Malformed` if it is no such list, names a group twice or one outside 1–16, or a digest has
    /// the wrong length; `Unsupported` for a version above 1 or an unknown digest.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::read(bytes).map_err(|error| error.in_file("LDS Security Object"))
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let mut outer = Reader::new(bytes);
        let list = outer.expect(0x30, "an LDS Security Object")?;
        let mut parts = list.children()?;
        let version = small_integer(&parts.expect(0x02, "a version")?)?;
        if version > 1 {
            return Err(Error::Unsupported(Unsupported::Structure(
                "a version of the LDS Security Object above 1",
            )));
        }
        let digest_algorithm = digest_algorithm(&parts.expect(0x30, "a digest algorithm")?)?;
        let mut digests = BTreeMap::new();
        let mut is_sorted = true;
        let values = parts.expect(0x30, "a list of digests")?;
        let mut members = values.children()?;
        while let Some(member) = members.next_object()? {
            if member.tag != 0x30 {
                return Err(member.error("a group's digest"));
            }
            let mut fields = member.children()?;
            let group = fields.expect(0x02, "a group number")?;
            let number = small_integer(&group)?;
            if !(1..=16).contains(&number) {
                return Err(group.error("a group number from 1 to 16"));
            }
            let digest = fields.expect(0x04, "a digest")?;
            fields.finish()?;
            if digest.value.len() != digest_algorithm.output_length() {
                return Err(digest.error("a digest of the algorithm's length"));
            }
            is_sorted &= digests.last_key_value().is_none_or(|(last, _)| *last < number);
            if digests.insert(number, digest.value.to_vec()).is_some() {
                return Err(group.error("every group once"));
            }
        }
        if digests.is_empty() {
            return Err(values.error("at least one digest"));
        }
        let versions = match parts.optional(0x30)? {
            Some(info) => Some(version_info(&info)?),
            None => None,
        };
        parts.finish()?;
        let has_trailing_bytes = outer.finish().is_err();
        Ok(Self { version, digest_algorithm, digests, is_sorted, has_trailing_bytes, versions })
    }

    /// 0, or 1 where the versions of LDS and Unicode are stated.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// How the digests were made.
    #[must_use]
    pub const fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest_algorithm
    }

    /// Group number and digest, by group number.
    pub fn digests(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.digests.iter().map(|(group, digest)| (*group, digest.as_slice()))
    }

    /// The digest of one group.
    #[must_use]
    pub fn digest(&self, group: u8) -> Option<&[u8]> {
        self.digests.get(&group).map(Vec::as_slice)
    }

    /// The group numbers, ascending.
    pub fn groups(&self) -> impl Iterator<Item = u8> {
        self.digests.keys().copied()
    }

    /// Whether the list came in ascending order of group numbers.
    #[must_use]
    pub const fn is_sorted(&self) -> bool {
        self.is_sorted
    }

    /// Whether bytes follow the list.
    #[must_use]
    pub const fn has_trailing_bytes(&self) -> bool {
        self.has_trailing_bytes
    }

    /// Version of the LDS as it is written, e.g. `0107`.
    #[must_use]
    pub fn lds_version(&self) -> Option<&str> {
        self.versions.as_ref().map(|(lds, _)| lds.as_str())
    }

    /// Version of Unicode as it is written, e.g. `040000`.
    #[must_use]
    pub fn unicode_version(&self) -> Option<&str> {
        self.versions.as_ref().map(|(_, unicode)| unicode.as_str())
    }
}

impl fmt::Debug for LdsSecurityObject {
    /// Without the digests: the one of DG1 can be guessed from printed data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdsSecurityObject")
            .field("version", &self.version)
            .field("digest_algorithm", &self.digest_algorithm)
            .field("groups", &self.digests.keys())
            .finish_non_exhaustive()
    }
}

fn small_integer(object: &Tlv<'_>) -> Result<u8> {
    match object.value {
        [number @ 0..=0x7F] | [0, number] => Ok(*number),
        _ => Err(object.error("a small INTEGER")),
    }
}

fn digest_algorithm(sequence: &Tlv<'_>) -> Result<DigestAlgorithm> {
    let oid = sequence.children()?.expect(0x06, "an algorithm's object identifier")?;
    let dotted = der::asn1::ObjectIdentifier::from_bytes(oid.value)
        .map_err(|_| oid.error("an object identifier"))?;
    DigestAlgorithm::from_oid(&dotted.to_string())
        .ok_or(Error::Unsupported(Unsupported::Algorithm("of the group digests")))
}

fn version_info(info: &Tlv<'_>) -> Result<(String, String)> {
    let mut parts = info.children()?;
    let mut text = |what| -> Result<String> {
        let object = parts.next_object()?.ok_or_else(|| info.error(what))?;
        Ok(object.value.iter().copied().map(char::from).filter(char::is_ascii_graphic).collect())
    };
    Ok((text("an LDS version")?, text("a Unicode version")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    const SHA256: [u8; 11] = [0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

    fn entry(group: u8, digest: &[u8]) -> Vec<u8> {
        write(0x30, &[write(0x02, &[group]), write(0x04, digest)].concat())
    }

    fn list(version: u8, entries: &[Vec<u8>], more: &[u8]) -> Vec<u8> {
        let parts = [
            write(0x02, &[version]),
            write(0x30, &SHA256),
            write(0x30, &entries.concat()),
            more.to_vec(),
        ];
        write(0x30, &parts.concat())
    }

    #[test]
    fn both_versions_are_read() {
        let info = write(0x30, &[write(0x13, b"0107"), write(0x13, b"040000")].concat());
        let entries = [entry(1, &[1; 32]), entry(13, &[13; 32])];
        let object = LdsSecurityObject::parse(&list(1, &entries, &info)).unwrap();
        assert_eq!(object.groups().collect::<Vec<_>>(), [1, 13]);
        assert_eq!(object.digest(13), Some(&[13; 32][..]));
        assert_eq!(
            (object.lds_version(), object.unicode_version()),
            (Some("0107"), Some("040000"))
        );
        assert!(object.is_sorted() && !object.has_trailing_bytes());
        let old = LdsSecurityObject::parse(&list(0, &entries, &[])).unwrap();
        assert_eq!((old.version(), old.lds_version()), (0, None));
        assert!(!format!("{old:?}").contains("13, 13"));
    }

    #[test]
    fn tolerances_are_visible() {
        let entries = [entry(2, &[2; 32]), entry(1, &[1; 32])];
        let mut bytes = list(0, &entries, &[]);
        bytes.push(0);
        let object = LdsSecurityObject::parse(&bytes).unwrap();
        assert!(!object.is_sorted() && object.has_trailing_bytes());
    }

    #[test]
    fn ambiguous_and_impossible_lists_are_refused() {
        for (entries, what) in [
            (vec![entry(1, &[1; 32]), entry(1, &[2; 32])], "every group once"),
            (vec![entry(0, &[1; 32])], "a group number from 1 to 16"),
            (vec![entry(17, &[1; 32])], "a group number from 1 to 16"),
            (vec![entry(0x81, &[1; 32])], "a small INTEGER"),
            (vec![entry(1, &[1; 31])], "a digest of the algorithm's length"),
            (vec![], "at least one digest"),
            (vec![write(0x31, &[])], "a group's digest"),
        ] {
            let error = LdsSecurityObject::parse(&list(0, &entries, &[])).unwrap_err();
            assert!(
                matches!(error, Error::Malformed { what: found, .. } if found == what),
                "{error}"
            );
        }
        let error = LdsSecurityObject::parse(&list(2, &[entry(1, &[1; 32])], &[])).unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)));
        let error = LdsSecurityObject::parse(&list(0, &[entry(1, &[1; 32])], &[5, 0])).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }));
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = list(0, &[entry(1, &[1; 32]), entry(2, &[2; 32])], &[]);
        for end in 0..bytes.len() {
            assert!(LdsSecurityObject::parse(&bytes[..end]).is_err(), "{end}");
        }
    }
}
