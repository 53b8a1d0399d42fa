//! The groups that a CCCD does not have or does not show, and the files beside them. The first tag says which it is, so that
//! a real file is a good first input as it is.

use std::collections::BTreeSet;

use cccd::{
    findings::Deviation,
    lds::{
        AtrInfo, DataGroup, Dg2, Dg3, Dg4, Dg5, Dg7, Dg11, Dg12, Dg16, Dir, Field, FieldText,
        FieldValue, Image, IssuerDefined, RawObject,
    },
};

use super::super::check;

/// DG3 and DG4; everything else as DG2.
pub fn biometrics(data: &[u8]) {
    macro_rules! group {
        ($parsed:expr, $images:ident) => {{
            let Some(group) = check::read($parsed) else { return };
            each_once(group.deviations());
            images(data, group.$images(), group.records().len());
            kept(data, group.others());
            for record in group.records() {
                kept(data, record.kept.iter().chain(&record.unread).chain(&record.header.others));
                assert!(!record.format.name().is_empty());
            }
            // A record is read, or kept as it came.
            let read: BTreeSet<usize> = group.$images().iter().map(|image| image.record).collect();
            for (place, record) in group.records().iter().enumerate() {
                assert_eq!(read.contains(&place), record.unread.is_none());
            }
        }};
    }
    match data.first() {
        Some(0x63) => group!(Dg3::parse(data), fingers),
        Some(0x76) => group!(Dg4::parse(data), irises),
        _ => group!(Dg2::parse(data), faces),
    }
}

/// DG12 and DG16; everything else as DG11.
pub fn details(data: &[u8]) {
    match data.first() {
        Some(0x6C) => {
            let Some(dg12) = check::read(Dg12::parse(data)) else { return };
            each_once(dg12.deviations());
            fields(data, dg12.fields(), dg12.unknown());
        }
        Some(0x70) => {
            let Some(dg16) = check::read(Dg16::parse(data)) else { return };
            each_once(dg16.deviations());
            for person in dg16.persons() {
                let texts = [&person.name, &person.telephone, &person.address];
                texts.into_iter().flatten().for_each(text);
                kept(data, &person.others);
            }
            kept(data, dg16.others());
        }
        _ => {
            let Some(dg11) = check::read(Dg11::parse(data)) else { return };
            each_once(dg11.deviations());
            fields(data, dg11.fields(), dg11.unknown());
        }
    }
}

/// DG5 to DG10; everything else as EF.DIR and EF.ATR/INFO.
pub fn other_files(data: &[u8]) {
    match data.first() {
        Some(0x65) => {
            let Some(dg5) = check::read(Dg5::parse(data)) else { return };
            each_once(dg5.deviations());
            images(data, dg5.images(), 1);
        }
        Some(0x67) => {
            let Some(dg7) = check::read(Dg7::parse(data)) else { return };
            each_once(dg7.deviations());
            images(data, dg7.images(), 1);
        }
        Some(tag @ (0x66 | 0x68..=0x6A)) => {
            let group = DataGroup::from_tag(u32::from(*tag)).unwrap();
            let Some(group) = check::read(IssuerDefined::parse(group, data)) else { return };
            kept(data, group.objects());
        }
        _ => {
            if let Some(dir) = check::read(Dir::parse(data)) {
                assert!(!dir.applications().is_empty());
                kept(data, dir.others());
            }
            let beginning = AtrInfo::beginning(data);
            check::shown(&(beginning.allows_extended_length(), beginning.extended_length()));
            if let Some(info) = check::read(AtrInfo::parse(data)) {
                assert_eq!(info, beginning);
                kept(data, info.others());
            }
        }
    }
}

fn images(data: &[u8], images: &[Image], records: usize) {
    for image in images {
        let bytes = image.image.reveal();
        assert!(within(data, bytes) && image.record < records.max(1));
        assert!(!image.format.media_type().is_empty() && !image.shows.name().is_empty());
        assert!(image.facts.quality.iter().all(|it| it.score.is_none_or(|score| score <= 100)));
        kept(data, &image.facts.kept);
    }
}

fn fields(data: &[u8], fields: &[Field], unknown: &[RawObject]) {
    for field in fields {
        assert!(within(data, field.raw.reveal()) && !field.name.is_empty());
        match &field.value {
            FieldValue::Text(written) => text(written),
            FieldValue::Moment(moment) => assert!(moment.reveal().to_string().len() >= 4),
            FieldValue::Image(image) => assert_eq!(image.image.reveal(), field.raw.reveal()),
            FieldValue::Empty => assert!(field.raw.reveal().is_empty()),
            _ => {}
        }
    }
    kept(data, unknown);
}

fn text(text: &FieldText) {
    let written = text.as_written().reveal();
    let (primary, secondary) = text.name();
    for part in text.parts().iter().chain([&primary, &secondary]) {
        assert!(!part.reveal().contains('<') && part.reveal().len() <= written.len());
    }
}

fn kept<'a>(data: &[u8], objects: impl IntoIterator<Item = &'a RawObject>) {
    assert!(objects.into_iter().all(|object| within(data, object.value.reveal())));
}

fn within(data: &[u8], part: &[u8]) -> bool {
    part.is_empty() || data.windows(part.len()).any(|window| window == part)
}

fn each_once(deviations: &[Deviation]) {
    let different: BTreeSet<_> = deviations.iter().collect();
    assert_eq!(different.len(), deviations.len());
}
