//! One row for each field of the file. A field without a row fails the test, and so does a row without a field.

use std::collections::BTreeSet;

use cccd::{document::Evidence, findings::Check};
use coset::cbor::value::Value;

use super::{EVIDENCE, challenge, kiosk, known};
use crate::common::{Desk, ended};

/// What comes of an altered field.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    /// The file is not read: the error's code.
    NotRead(&'static str),
    /// The verdict is no: the error's code.
    Refused(&'static str),
    /// The verdict is yes, and the report tells of this tolerance.
    Tolerated(&'static str),
    /// A claim: the verdict stays as it is to the last word.
    Unheard,
}

use Then::{NotRead, Refused, Tolerated, Unheard};

type Alter = fn(&mut Value);

fn flip_last(value: &mut Value) {
    *value.as_bytes_mut().unwrap().last_mut().unwrap() ^= 1;
}
fn flip_middle(value: &mut Value) {
    let bytes = value.as_bytes_mut().unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}
/// The parameters of PACE become those of another curve.
fn other_curve(value: &mut Value) {
    let bytes = value.as_bytes_mut().unwrap();
    let at = bytes.windows(3).rposition(|window| window == [0x02, 0x01, 0x0D]).unwrap();
    bytes[at + 2] = 0x0C;
}
/// DG13 is not listed any more.
fn shorter_list(value: &mut Value) {
    let bytes = value.as_bytes_mut().unwrap();
    let at = bytes.iter().rposition(|byte| *byte == 0x6D).unwrap();
    bytes[at] = 0x6B;
}
fn version_1(value: &mut Value) {
    *value = 1.into();
}
fn version_3(value: &mut Value) {
    *value = 3.into();
}
fn not(value: &mut Value) {
    *value = (!value.as_bool().unwrap()).into();
}
fn more(value: &mut Value) {
    *value = 7.into();
}
fn other_status(value: &mut Value) {
    *value = 0x6300.into();
}
fn no_status(value: &mut Value) {
    *value = 0x1_0000.into();
}
fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}
fn rubbish(value: &mut Value) {
    *value = text("Zyxwut 0");
}

/// Every field, how it is altered, and what must come of it.
const ROWS: &[(&str, Alter, Then)] = &[
    ("0", version_1, NotRead("unsupported.structure")),
    ("0", version_3, NotRead("unsupported.structure")),
    ("1", flip_last, Refused("not_authentic.sod_signature")),
    ("2.1", flip_last, Refused("not_authentic.digest_mismatch")),
    ("2.2", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("2.3", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("2.4", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("2.13", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("2.14", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("2.15", flip_middle, Refused("not_authentic.digest_mismatch")),
    ("3", other_curve, Refused("not_authentic.card_access_differs")),
    ("4", shorter_list, Tolerated("com_differs")),
    ("5", flip_last, Refused("not_authentic.card_security_signature")),
    ("6.0", flip_last, Refused("not_genuine.active_authentication")),
    ("6.0", |value| *value = Value::Bytes(vec![7; 8]), NotRead("malformed.structure")),
    ("6.1", flip_middle, Refused("not_genuine.active_authentication")),
    ("7.0", |value| *value = text("mrz"), Unheard),
    ("7.0", rubbish, NotRead("malformed.structure")),
    ("7.1", |value| *value = text("GM"), Unheard),
    ("7.1", rubbish, NotRead("malformed.structure")),
    ("7.2", |value| *value = text("DH"), Unheard),
    ("7.2", rubbish, NotRead("malformed.structure")),
    ("7.3", |value| *value = text("secp521r1"), Unheard),
    ("7.3", rubbish, NotRead("malformed.structure")),
    ("7.4", |value| *value = text("AES-256"), Unheard),
    ("7.4", rubbish, NotRead("malformed.structure")),
    ("7.5", more, Unheard),
    ("7.6", not, Unheard),
    ("8.0", |value| *value = text("0.4.0.127.0.7.2.2.3.2.4"), Unheard),
    ("8.0", rubbish, NotRead("malformed.structure")),
    ("8.1", |value| *value = text("DH 4096"), Unheard),
    ("8.1", rubbish, NotRead("malformed.structure")),
    ("8.2", |value| *value = text("AES-256"), Unheard),
    ("8.2", rubbish, NotRead("malformed.structure")),
    ("8.3", more, Unheard),
    ("8.4", flip_middle, Unheard),
    ("8.5", other_status, Unheard),
    ("8.5", no_status, NotRead("malformed.structure")),
    ("9.0", |value| *value = text("secp521r1"), Unheard),
    ("9.0", rubbish, NotRead("malformed.structure")),
    ("10.0", flip_last, Unheard),
    ("10.1", flip_last, Unheard),
    ("10.1", |value| *value = Value::Bytes(vec![0; 9]), NotRead("malformed.structure")),
    ("10.2", |value| *value = Value::Array(vec![1.into()]), Unheard),
    ("10.2", |value| *value = Value::Array(vec![17.into()]), NotRead("malformed.structure")),
    // A day long after the signer's certificate: the verifier has a day of its own.
    ("11", |value| *value = text("2096-11-21"), Unheard),
    ("11", rubbish, NotRead("malformed.structure")),
    ("12", |value| *value = text("2096-11-21T09:30:00Z"), Unheard),
    ("12", rubbish, NotRead("malformed.structure")),
    ("13", |value| *value = text("another library 9"), Unheard),
    ("14", |value| *value = text("another reader"), Unheard),
    ("14", |value| *value = text("two\nlines"), NotRead("malformed.structure")),
    ("15.0", |value| *value = text("lax"), Unheard),
    ("15.1", not, Unheard),
    ("15.2", not, Unheard),
    ("15.3", not, Unheard),
    ("15.4", not, Unheard),
    ("15.5", |value| *value = text("required"), Unheard),
    ("15.5", rubbish, NotRead("malformed.structure")),
    ("15.6", not, Unheard),
    ("15.7", not, Unheard),
    ("15.8", not, Unheard),
    ("15.9", |value| *value = text("fresh"), Unheard),
    ("15.9", rubbish, NotRead("malformed.structure")),
    ("15.10", |value| *value = Value::Array(vec![text("ber_encoding")]), Unheard),
    ("15.11", |value| *value = Value::Array(vec![text("wrong_key_usage")]), Unheard),
    (
        "16",
        |value| *value = Value::Array(vec![Value::Array(vec![text("access"), text("offline")])]),
        Unheard,
    ),
    (
        "16",
        |value| *value = Value::Array(vec![Value::Array(vec![text("access")])]),
        NotRead("malformed.structure"),
    ),
    ("17", |value| *value = Value::Array(vec![text("sha1")]), Unheard),
    ("17", |value| *value = Value::Array(vec![text("Hằnz")]), NotRead("malformed.structure")),
];

/// Nothing needs a tolerance on a good card, so the field is not there.
const NOT_IN_A_GOOD_READ: [&str; 1] = ["17"];
/// Lists whose elements are of one kind.
const LISTS: [&str; 5] = ["10.2", "15.10", "15.11", "16", "17"];

fn file() -> Value {
    let mut file: Value = coset::cbor::de::from_reader(EVIDENCE.to_bytes().as_slice()).unwrap();
    let entries = file.as_map_mut().unwrap();
    for (key, path) in NOT_IN_A_GOOD_READ.iter().map(|path| (path.parse::<u64>().unwrap(), path)) {
        assert!(entries.iter().all(|(there, _)| *there != key.into()), "{path} is there");
        entries.push((key.into(), Value::Array(vec![text("trailing_bytes")])));
    }
    file
}

fn bytes(file: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    coset::cbor::ser::into_writer(file, &mut bytes).unwrap();
    bytes
}

/// The paths of all values that are neither map nor array, and of lists.
fn fields(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    let below = |key: String| if path.is_empty() { key } else { format!("{path}.{key}") };
    match value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let key: u64 = key.as_integer().unwrap().try_into().unwrap();
                fields(value, &below(key.to_string()), out);
            }
        }
        Value::Array(values) if !LISTS.contains(&path) => {
            for (at, value) in values.iter().enumerate() {
                fields(value, &below(at.to_string()), out);
            }
        }
        _ => {
            out.insert(path.to_owned());
        }
    }
}

fn field<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(value, |value, key| {
        let key: usize = key.parse().unwrap();
        match value {
            Value::Map(entries) => {
                let named = entries.iter_mut().find(|(there, _)| *there == (key as u64).into());
                &mut named.unwrap_or_else(|| panic!("no key {path}")).1
            }
            Value::Array(values) => &mut values[key],
            other => panic!("{path} leads into {other:?}"),
        }
    })
}

#[test]
fn every_field_has_a_row() {
    let mut there = BTreeSet::new();
    fields(&file(), "", &mut there);
    let rows: BTreeSet<String> = ROWS.iter().map(|(path, ..)| (*path).to_owned()).collect();
    assert_eq!(there, rows);
    // The keys of the schema, so that the sample has every one of them.
    let keys: BTreeSet<u64> =
        there.iter().map(|path| path.split('.').next().unwrap().parse().unwrap()).collect();
    assert_eq!(keys, (0..=17).collect());
}

#[test]
fn an_altered_field_does_what_its_row_says() {
    let system = Desk::new().system;
    let verify = |evidence: &Evidence| system.verify(evidence, Some(challenge()), None);
    let good = Evidence::from_bytes(&bytes(&file())).unwrap();
    let verdict = verify(&good);
    assert!(verdict.document.is_ok(), "{:?}", verdict.document);
    assert!(verdict.report.access().is_none());
    for check in [Check::Access, Check::ChipAuthentication, Check::ChipAuthenticationMapping] {
        assert_eq!(ended(&verdict.report, check), "offline");
    }
    for (path, alter, then) in ROWS {
        let mut altered = file();
        alter(field(&mut altered, path));
        assert_ne!(altered, file(), "{path} was not altered");
        let read = Evidence::from_bytes(&bytes(&altered));
        let came = match &read {
            Err(error) => NotRead(error.code()),
            Ok(evidence) => {
                let verdict_now = verify(evidence);
                match (verdict_now.document, verdict_now.report) {
                    (Err(error), _) => Refused(error.code()),
                    (Ok(_), report) if report == verdict.report => Unheard,
                    (Ok(_), report) => {
                        let new = report
                            .deviations()
                            .find(|it| !verdict.report.deviations().any(|old| old == *it));
                        Tolerated(new.map_or("another report", cccd::findings::Deviation::name))
                    }
                }
            }
        };
        assert_eq!(came, *then, "{path}");
    }
}

/// Under a seal there is no field that can be altered, claims included.
#[test]
fn an_altered_field_breaks_the_seal() {
    let good = Evidence::from_bytes(&bytes(&file())).unwrap();
    let sealed = good.seal(&kiosk()).unwrap();
    assert!(Evidence::open(&sealed, &known()).is_ok());
    let (head, signature) = {
        let payload = bytes(&file());
        let at = sealed.windows(payload.len()).position(|window| window == payload).unwrap();
        (&sealed[..at - 5], &sealed[at + payload.len()..])
    };
    for (path, alter, _) in ROWS {
        let mut altered = file();
        alter(field(&mut altered, path));
        let payload = bytes(&altered);
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        // A byte string of this length takes three or five bytes of head.
        let (head, head_of_payload) = if payload.len() < 0x1_0000 {
            (&sealed[..head.len() + 2], [&[0x59][..], &length[2..]].concat())
        } else {
            (head, [&[0x5A][..], &length].concat())
        };
        let forged = [head, &head_of_payload, &payload, signature].concat();
        let refused = Evidence::open(&forged, &known()).map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), "not_authentic.seal", "{path}");
    }
}

/// What is left out is missed, or was nothing that a verdict depends on.
#[test]
fn a_field_left_out_does_what_its_row_says() {
    let system = Desk::new().system;
    let without = |path: &str| {
        let mut shorter = file();
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = if parent.is_empty() { &mut shorter } else { field(&mut shorter, parent) };
        let key: u64 = key.parse().unwrap();
        parent.as_map_mut().unwrap().retain(|(there, _)| *there != key.into());
        Evidence::from_bytes(&bytes(&shorter))
    };
    let code = |path: &str| match without(path) {
        Err(error) => error.code(),
        Ok(evidence) => match system.verify(&evidence, Some(challenge()), None).document {
            Err(error) => error.code(),
            Ok(_) => "verified",
        },
    };
    for path in ["0", "1", "2"] {
        assert_eq!(code(path), "malformed.structure", "{path}");
    }
    for path in ["2.1", "2.2", "2.13", "2.14", "2.15"] {
        assert_eq!(code(path), "not_authentic.group_withheld", "{path}");
    }
    // DG3 and DG4 are opened by Terminal Authentication only.
    for path in ["2.3", "2.4", "3", "4", "5", "6", "8.0", "8.3"] {
        assert_eq!(code(path), "verified", "{path}");
    }
    for key in 7..=17 {
        assert_eq!(code(&key.to_string()), "verified", "{key}");
    }
    for path in ["7.0", "7.1", "7.4", "8.1", "8.4", "9.0", "10.0", "15.0", "15.1", "15.11"] {
        assert_eq!(code(path), "malformed.structure", "{path}");
    }
}
