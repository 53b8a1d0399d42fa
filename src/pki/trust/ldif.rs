//! What the ICAO Public Key Directory hands out: LDIF (RFC 2849), the content form.
//!
//! ```text
//! dn: cn=…,o=dsc,c=VN,dc=data,dc=download,dc=pkd,dc=icao,dc=int
//! userCertificate;binary:: MIID…        a line that begins with a space goes on with the one before
//! ```
//!
//! | attribute (options such as `;binary` do not matter) | what it is |
//! |---|---|
//! | `userCertificate` | a document signer; never trusted, also if it claims to be an authority |
//! | `cACertificate` | may stand on a path; a directory vouches for nobody |
//! | `certificateRevocationList` | a list of revoked certificates |
//! | `pkdMasterListContent`, `CscaMasterListData`, any name with "masterlist" or "deviationlist" in it | signed data; their content says what they are |
//!
//! The directory itself is not signed: what counts is what its entries prove. Changes (`changetype: delete`)
//! are refused by name, URLs (`:<`) are never followed.

use core::ops::ControlFlow;

use super::base64;
use super::container::{Entry, Found, Item};
use super::loaded::{EntryKind, Refused};
use crate::error::{Error, Unsupported};

const FILE: &str = "LDIF";
/// The directory has about thirty thousand.
const MAX_ENTRIES: usize = 200_000;
/// The longest value is a master list of about a megabyte.
const MAX_VALUE: usize = 32 << 20;
const MAX_NAME: usize = 512;

/// Whether text begins as LDIF does: with a version or a name, after comments.
pub(super) fn is_ldif(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let first = text
        .split(|byte| *byte == b'\n')
        .take(1000)
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty() && !line.starts_with(b"#"));
    first.is_some_and(|line| {
        let lower = line.get(..8.min(line.len())).unwrap_or_default().to_ascii_lowercase();
        lower.starts_with(b"dn:") || lower.starts_with(b"version:")
    })
}

/// Every entry that may matter to trust, and those that cannot be read.
pub(super) fn entries(text: &[u8]) -> Vec<Found> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut found = Vec::new();
    let (mut index, mut record) = (0, Record::default());
    // The file's end closes its last record as an empty line would.
    for line in text.split(|byte| *byte == b'\n').chain([&[][..]]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            if record.close(index, &mut found).is_break() {
                return found;
            }
            index += usize::from(core::mem::take(&mut record).name.is_some());
        } else {
            record.line(line);
        }
    }
    found
}

#[derive(Default)]
struct Record {
    /// The attribute that is being read, with its folded value so far.
    open: Option<(Attribute, Vec<u8>)>,
    name: Option<String>,
    conformance: Option<Box<str>>,
    change: bool,
    values: Vec<(Attribute, Option<Vec<u8>>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Name,
    Conformance,
    ChangeType,
    UserCertificate,
    AuthorityCertificate,
    RevocationList,
    SignedList,
    Other,
}

impl Attribute {
    fn of(name: &[u8]) -> Self {
        let name = name.split(|byte| *byte == b';').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let contains = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        match name.as_slice() {
            b"dn" => Self::Name,
            b"pkdconformancetext" => Self::Conformance,
            b"changetype" => Self::ChangeType,
            b"usercertificate" => Self::UserCertificate,
            b"cacertificate" => Self::AuthorityCertificate,
            b"certificaterevocationlist" | b"authorityrevocationlist" => Self::RevocationList,
            _ if contains(b"masterlist") || contains(b"deviationlist") => Self::SignedList,
            _ => Self::Other,
        }
    }
}

impl Record {
    fn line(&mut self, line: &[u8]) {
        if let Some(rest) = line.strip_prefix(b" ") {
            if let Some((attribute, value)) = &mut self.open
                && *attribute != Attribute::Other
                && value.len() + rest.len() <= MAX_VALUE
            {
                value.extend_from_slice(rest);
            }
            return;
        }
        self.finish_value();
        if line.starts_with(b"#") {
            // A comment may be folded as well; its further lines belong to nothing.
            self.open = Some((Attribute::Other, Vec::new()));
        } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            let (name, value) = line.split_at(colon);
            self.open = Some((Attribute::of(name), value.get(1..).unwrap_or_default().to_vec()));
        }
    }

    /// `:: base64`, `:< URL` or `: text`.
    fn finish_value(&mut self) {
        let Some((attribute, value)) = self.open.take() else { return };
        let decoded = match value.first() {
            Some(b':') => base64::decode(value.get(1..).unwrap_or_default()),
            Some(b'<') => None,
            _ => Some(value.trim_ascii().to_vec()),
        };
        let text = |most: usize| {
            let bytes = decoded.as_deref().unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            text.chars().filter(|c| !c.is_control()).take(most).collect::<String>()
        };
        match attribute {
            Attribute::Other => {}
            Attribute::Name => self.name = Some(text(MAX_NAME)),
            Attribute::Conformance => self.conformance = Some(text(MAX_NAME).into_boxed_str()),
            Attribute::ChangeType => self.change |= !text(MAX_NAME).eq_ignore_ascii_case("add"),
            _ => {
                // Cut off, it would not be what somebody signed.
                let whole = value.len() < MAX_VALUE;
                self.values.push((attribute, decoded.filter(|_| whole)));
            }
        }
    }

    fn close(&mut self, index: usize, found: &mut Vec<Found>) -> ControlFlow<()> {
        self.finish_value();
        let Some(name) = &self.name else { return ControlFlow::Continue(()) };
        let refuse =
            |kind, reason| Err(Refused::new(index, kind, reason).named(Some(name.clone())));
        if self.change {
            let what = Unsupported::Structure("a change to a directory in place of its contents");
            found.push(refuse(EntryKind::Unknown, Error::Unsupported(what)));
            return ControlFlow::Continue(());
        }
        for (attribute, value) in self.values.drain(..) {
            let item = match attribute {
                Attribute::UserCertificate => {
                    let apart = is_among_nonconforming(name).then(|| "not conforming".into());
                    Item::Signer { nonconformity: self.conformance.clone().or(apart) }
                }
                Attribute::AuthorityCertificate => Item::Intermediate,
                Attribute::RevocationList => Item::RevocationList,
                _ => Item::Signed,
            };
            if found.len() >= MAX_ENTRIES {
                let reason = Error::malformed(0, "at most 200000 entries").in_file(FILE);
                found.push(refuse(item.kind(), reason));
                return ControlFlow::Break(());
            }
            found.push(match value {
                Some(der) => Ok(Entry { index, name: Some(name.clone()), item, der }),
                None => {
                    refuse(item.kind(), Error::malformed(0, "a value in base 64").in_file(FILE))
                }
            });
        }
        ControlFlow::Continue(())
    }
}

/// Whether a name lies below `dc=nc-data`, where the directory keeps what breaks the standard.
fn is_among_nonconforming(name: &str) -> bool {
    name.split(',').any(|part| part.trim().eq_ignore_ascii_case("dc=nc-data"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (usize, String, &'static str, Vec<u8>);

    fn read(text: &str) -> Vec<Result<Read, &'static str>> {
        let entry = |entry: Found| match entry {
            Ok(Entry { index, name, item, der }) => {
                Ok((index, name.unwrap(), item.kind().name(), der))
            }
            Err(refused) => Err(refused.reason.code()),
        };
        entries(text.as_bytes()).into_iter().map(entry).collect()
    }

    #[test]
    fn folded_lines_comments_options_and_renamed_attributes_are_read() {
        let text = "version: 1\r\n\r\n# a comment\n  that goes on\n: x\n\ndn: cn=a,o=dsc,c=V\n N\n\
            objectClass: top\nuserCertificate;binary:: A\n QI=\ncACertificate;binary::AQ==\n\n\n\
            DN:: Y249Yg==\nCSCAMasterListData:: Aw==\npkdMasterListContent;x-y:: BA==\n\
            certificateRevocationList;binary:: BQ==\nxDeviationListContent:: Bg==";
        let entry = |index, name: &str, kind, byte: &[u8]| {
            Ok((index, name.to_owned(), kind, byte.to_vec()))
        };
        assert_eq!(
            read(text),
            [
                entry(0, "cn=a,o=dsc,c=VN", "signer", &[1, 2]),
                entry(0, "cn=a,o=dsc,c=VN", "intermediate", &[1]),
                entry(1, "cn=b", "master_list", &[3]),
                entry(1, "cn=b", "master_list", &[4]),
                entry(1, "cn=b", "revocation_list", &[5]),
                entry(1, "cn=b", "master_list", &[6]),
            ]
        );
        assert!(is_ldif(text.as_bytes()) && is_ldif(b"\xEF\xBB\xBF# x\n\nDN: c=VN"));
        assert!(!is_ldif(b"") && !is_ldif(b"# dn:") && !is_ldif(b"cn=x\ndn: y"));
    }

    #[test]
    fn urls_changes_and_broken_values_are_named_and_hide_nothing() {
        let text = "dn: c=1\nuserCertificate:< file:///anchor.cer\n\n\
            dn: c=2\nchangetype: delete\nuserCertificate:: AQ==\n\n\
            dn: c=3\nuserCertificate:: A!==\n\n\
            dn: c=4\nchangetype: add\nuserCertificate:: AQ==\n\nuserCertificate:: AQ==\n";
        let (malformed, change) = (Err("malformed.structure"), Err("unsupported.structure"));
        let last = Ok((3, "c=4".to_owned(), "signer", vec![1]));
        assert_eq!(read(text), [malformed.clone(), change, malformed, last]);
    }

    #[test]
    fn what_the_directory_calls_nonconforming_is_remembered() {
        let text = "dn: cn=a,o=dsc,c=VN,dc=NC-Data,dc=pkd\nuserCertificate:: AQ==\n\
            \ndn: cn=b\npkdConformanceText: bad\n  key\nuserCertificate:: AQ==";
        let said: Vec<_> = entries(text.as_bytes())
            .into_iter()
            .map(|entry| match entry.unwrap().item {
                Item::Signer { nonconformity } => nonconformity.unwrap(),
                _ => panic!("a signer"),
            })
            .collect();
        assert_eq!(said, ["not conforming".into(), "bad key".into()] as [Box<str>; 2]);
    }
}
