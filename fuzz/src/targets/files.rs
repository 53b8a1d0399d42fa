//! Every file of the card. A target for each, so that a real file is a good first input as it is.

use std::collections::BTreeSet;

use cccd::{
    Result,
    findings::Deviation,
    lds::{
        CardSecurity, Com, Cvca, DataGroup, Dg1, Dg2, Dg14, Dg15, KeyReference, LdsSecurityObject,
        SecurityInfos,
    },
    mrz::Mrz,
    passive::{Examination, examine, examine_card_security},
    policy::Policy,
    vietnam::{Dg13, Expiry, Field},
};
use cccd_simulator::personalisation::file;

use super::super::{check, world::WORLD};

pub fn com(data: &[u8]) {
    let Some(com) = check::read(Com::parse(data)) else { return };
    check::shown(&(com.lds_version(), com.unicode_version()));
    each_once(com.deviations());
    let groups: BTreeSet<_> = com.groups().map(DataGroup::number).collect();
    assert!(groups.len() <= com.tags().len());
}

pub fn cvca(data: &[u8]) {
    let Some(cvca) = check::read(Cvca::parse(data)) else { return };
    assert!((1..=2).contains(&cvca.references().len()));
    for reference in cvca.references() {
        let parts =
            [reference.country(), reference.mnemonic(), reference.sequence_number()].concat();
        assert_eq!(reference.to_string(), parts);
        assert_eq!(KeyReference::new(reference.as_bytes()).as_ref(), Some(reference));
    }
}

pub fn card_access(data: &[u8]) {
    if let Some(infos) = check::read(SecurityInfos::parse(data)) {
        all_of(&infos);
    }
}

pub fn card_security(data: &[u8]) {
    if let Some(content) = check::read(CardSecurity::parse(data)) {
        all_of(content.security_infos());
        each_once(content.deviations());
    }
    let examination = examine_card_security(data, &WORLD.trust, WORLD.today);
    let Some(examination) = check::read(examination) else { return };
    all_of(examination.infos());
    let trusted = examined(&examination);
    // Our authority signed none with these contents but the one in the seeds.
    let infos = examination.infos().clone();
    if let Some(signed) = check::read(examination.accept(&Policy::standard())) {
        assert!(trusted.is_ok() && signed.infos() == &infos);
        let genuine = WORLD.cards.iter().find_map(|card| card.card_security.as_ref()).unwrap();
        let genuine = examine_card_security(genuine, &WORLD.trust, WORLD.today);
        assert_eq!(&infos, genuine.unwrap().infos(), "an altered EF.CardSecurity was accepted");
    }
}

pub fn dg1(data: &[u8]) {
    let Some(dg1) = check::read(Dg1::parse(data)) else { return };
    let text = dg1.mrz().text().reveal();
    assert_eq!(Mrz::from_field(text.as_bytes()).as_ref(), Ok(dg1.mrz()));
    each_once(dg1.deviations());
}

pub fn dg2(data: &[u8]) {
    let Some(dg2) = check::read(Dg2::parse(data)) else { return };
    each_once(dg2.deviations());
    assert!(!dg2.faces().is_empty());
    for face in dg2.faces() {
        let image = face.image.reveal();
        assert!(image.is_empty() || data.windows(image.len()).any(|part| part == image));
        assert!(!face.format.media_type().is_empty() && !face.format.extension().is_empty());
    }
}

pub fn dg13(data: &[u8]) {
    let Some(dg13) = check::read(Dg13::parse(data)) else { return };
    each_once(dg13.deviations());
    for number in 0..=u8::MAX {
        for text in dg13.texts(number).iter().flatten() {
            let (raw, words) = (text.raw().reveal(), text.text().reveal());
            assert!(!text.is_damaged() || words.contains(char::REPLACEMENT_CHARACTER));
            assert!(data.windows(raw.len().max(1)).any(|part| part == raw) || raw.is_empty());
            check::shown(&Expiry::from_vietnamese(words));
        }
    }
    for field in [Field::IdNumber, Field::MotherName, Field::ChipNumber] {
        assert!(dg13.field(field).is_none_or(|text| !text.text().reveal().trim().is_empty()));
    }
    check::shown(&dg13.extras());
}

pub fn dg14(data: &[u8]) {
    let Some(dg14) = check::read(Dg14::parse(data)) else { return };
    each_once(dg14.deviations());
    all_of(dg14.security_infos());
}

pub fn dg15(data: &[u8]) {
    let Some(dg15) = check::read(Dg15::parse(data)) else { return };
    each_once(dg15.deviations());
    assert!(data.windows(dg15.spki().len()).any(|part| part == dg15.spki()));
}

pub fn sod(data: &[u8]) {
    let Some(mut examination) = check::read(examine(data, &WORLD.trust, WORLD.today)) else {
        return;
    };
    let trusted = examined(&examination);
    object(examination.security_object());
    let digests = |examination: &Examination| -> Vec<_> {
        let object = examination.security_object();
        object.digests().map(|(group, digest)| (group, digest.to_vec())).collect()
    };
    let altered = {
        let found = digests(&examination);
        WORLD.cards.iter().all(|card| {
            let genuine = examine(&card.files[&file::SOD], &WORLD.trust, WORLD.today).unwrap();
            digests(&genuine) != found
        })
    };
    assert!(!(altered && trusted.is_ok()), "an altered EF.SOD satisfies the standard policy");
    for (number, group) in WORLD.evidence[0].groups() {
        let same = examination.check(*number, group.reveal());
        let admitted = examination.admit(*number, group.clone());
        assert_eq!(same.is_ok(), admitted.is_ok());
        check::read(same);
    }
    if let Some(signed) = check::read(examination.accept(&Policy::standard())) {
        assert!(trusted.is_ok());
        check::shown(&(signed.signer(), signed.anchor(), signed.digest_algorithm()));
        check::read(signed.complete(&BTreeSet::new()));
    }
}

pub fn lds_security_object(data: &[u8]) {
    if let Some(found) = check::read(LdsSecurityObject::parse(data)) {
        object(&found);
    }
}

fn object(object: &LdsSecurityObject) {
    let length = object.digest_algorithm().output_length();
    let groups: Vec<_> = object.groups().collect();
    assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), groups.len(), "a group twice");
    for (group, digest) in object.digests() {
        assert_eq!(digest.len(), length);
        assert_eq!(object.digest(group), Some(digest));
        assert!((1..=16).contains(&group));
    }
    check::shown(&(object.version(), object.is_sorted(), object.has_trailing_bytes()));
    assert_eq!(object.lds_version().is_some(), object.unicode_version().is_some());
}

/// Every question that an examination answers; whether it satisfies the standard policy.
fn examined<T>(examination: &Examination<T>) -> Result<()> {
    let outcomes = [
        examination.signature(),
        examination.path().map(drop),
        examination.validity(),
        examination.satisfies(&Policy::standard()),
    ];
    outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).for_each(check::told);
    check::shown(&(examination.signer(), examination.findings(), examination.revocation()));
    check::shown(&(examination.scheme(), examination.signing_time(), examination.issuing_state()));
    each_once(&examination.document_deviations().collect::<Vec<_>>());
    let [signature, path, _, satisfied] = outcomes;
    // The standard policy asks for both.
    assert!(satisfied.is_err() || signature.is_ok() && path.is_ok());
    satisfied
}

fn all_of(infos: &SecurityInfos) {
    assert!(infos.as_slice().iter().all(|info| infos.contains(info)));
    each_once(infos.deviations());
    let known = infos.pace().count()
        + infos.pace_domain_parameters().count()
        + infos.chip_authentication().count()
        + infos.chip_authentication_keys().count()
        + infos.terminal_authentication().count()
        + usize::from(infos.active_authentication().is_some());
    assert!(known <= infos.as_slice().len());
    for info in infos.as_slice() {
        check::shown(info);
    }
}

fn each_once(deviations: &[Deviation]) {
    let once: BTreeSet<_> = deviations.iter().map(|deviation| deviation.name()).collect();
    assert_eq!(once.len(), deviations.len(), "a deviation is reported twice");
}
