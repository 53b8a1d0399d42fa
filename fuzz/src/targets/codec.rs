//! Data objects and answers.

use cccd::{
    apdu::{Response, StatusWord},
    tlv::{self, Header, Reader},
};

use super::super::check;

pub fn tlv(data: &[u8]) {
    walk(Reader::new(data), data);
    // What a header says of a cut file it says of the whole one.
    if let Ok(Some(header)) = Header::parse(data) {
        let whole = &data[..header.header_length];
        assert_eq!(Header::parse(whole), Ok(Some(header)));
        assert!((0..whole.len()).all(|cut| Header::parse(&whole[..cut]) == Ok(None)));
    }
}

fn walk(mut reader: Reader<'_>, data: &[u8]) {
    loop {
        let before = reader.offset();
        match reader.next_object() {
            Ok(None) => return assert_eq!(reader.finish(), Ok(())),
            Err(error) => return check::told(&error),
            Ok(Some(object)) => {
                check::shown(&object);
                assert_eq!(&data[before..reader.offset()], object.raw);
                assert_eq!(&data[object.offset..][..object.value.len()], object.value);
                let written = tlv::write(object.tag, object.value);
                assert!(written.len() <= object.raw.len());
                let mut again = Reader::new(&written);
                assert_eq!(again.expect(object.tag, "").unwrap().value, object.value);
                assert_eq!(again.finish(), Ok(()));
                if let Some(children) = check_children(&object) {
                    walk(children, data);
                }
            }
        }
    }
}

fn check_children<'a>(object: &tlv::Tlv<'a>) -> Option<Reader<'a>> {
    object.children().inspect_err(check::told).ok()
}

pub fn response(data: &[u8]) {
    let Some(response) = check::read(Response::parse(data)) else {
        return assert!(data.len() < 2);
    };
    let status = response.status();
    assert_eq!([response.data(), &status.bytes()].concat(), data);
    assert_eq!(StatusWord(u16::from_be_bytes(status.bytes())), status);
    assert!(!status.to_string().is_empty() && !status.meaning().is_empty());
    let counts = [status.more_data(), status.exact_le(), status.attempts_left().map(usize::from)];
    assert!(counts.iter().flatten().count() <= 1);
    match response.success("READ BINARY") {
        Ok(found) => assert_eq!((found, status), (response.data(), StatusWord::SUCCESS)),
        Err(error) => check::told(&error),
    }
}
