//! parse ∘ build = id: whatever the simulator writes, at random, is what the parsers find. The two share no code.

use cccd::{
    findings::Deviation,
    lds::{
        AtrInfo, BiometricRecord, Com, DataGroup, Dg2, Dg3, Dg4, Dg5, Dg7, Dg11, Dg12, Dg16,
        FieldText, Image, IssuerDefined, RecordFormat, Shows,
    },
};
use cccd_simulator::personalisation::{
    self as written, BiometricImage, DetailEncoding, DocumentDetails, Modality, PersonToNotify,
    PersonalDetails, RecordEdition, biometric_group, displayed_images, issuer_features,
};
use cccd_simulator::random::Random;

/// Runs of each property.
const RUNS: u64 = 300;

// ---- a seeded generator -------------------------------------------------------------------------

struct Any(Random);

impl Any {
    fn new(run: u64, label: &str) -> Self {
        Self(Random::from_label(run, label))
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(u32::from_be_bytes(self.0.array())).unwrap() % bound
    }

    fn byte(&mut self) -> u8 {
        self.0.bytes(1)[0]
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Letters of Vietnam, of Europe and of elsewhere, with fillers between them; never empty.
    fn text(&mut self) -> String {
        const LETTERS: [char; 20] = [
            'A', 'b', '0', '9', '<', ' ', '-', '/', 'ễ', 'Đ', 'ư', 'é', 'Ü', 'ß', 'Ω', 'Я', '阮',
            '𝄞', ',', '+',
        ];
        (0..=self.below(40)).map(|_| self.one_of(&LETTERS)).collect()
    }

    /// Of ISO/IEC 8859-1, with a letter that is no UTF-8 by itself.
    fn latin(&mut self) -> String {
        const LETTERS: [char; 6] = ['A', 'z', '<', ' ', 'ü', 'É'];
        let text: String = (0..=self.below(40)).map(|_| self.one_of(&LETTERS)).collect();
        format!("é{text}a")
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| make(self))
    }

    fn date(&mut self) -> String {
        format!("{:04}{:02}{:02}", self.below(10_000), 1 + self.below(12), 1 + self.below(31))
    }

    fn image(&mut self) -> Vec<u8> {
        let start: &[u8] = self.one_of(&[
            &[0xFF, 0xD8, 0xFF, 0xE0][..],
            &[0xFF, 0x4F, 0xFF, 0x51],
            b"\0\0\0\x0CjP  \r\n\x87\n",
            b"\x89PNG\r\n\x1A\n",
            &[0xFF, 0xA0, 0xFF, 0xA4],
        ]);
        let length = self.one_of(&[0, 1, 100, 200, 1000, 70_000]);
        [start, &self.0.bytes(length)].concat()
    }
}

// ---- biometrics ---------------------------------------------------------------------------------

fn assert_images(
    images: &[Image],
    records: &[BiometricRecord],
    deviations: &[Deviation],
    built: &[Vec<BiometricImage>],
    (modality, edition): (Modality, RecordEdition),
) {
    let format = match (modality, edition) {
        (Modality::Face, RecordEdition::First) => RecordFormat::Iso19794_5_2005,
        (Modality::Face, RecordEdition::Second) => RecordFormat::Iso19794_5_2011,
        (Modality::Face, RecordEdition::Tagged) => RecordFormat::Iso39794_5,
        (Modality::Finger, RecordEdition::First) => RecordFormat::Iso19794_4_2005,
        (Modality::Finger, RecordEdition::Second) => RecordFormat::Iso19794_4_2011,
        (Modality::Finger, RecordEdition::Tagged) => RecordFormat::Iso39794_4,
        (Modality::Iris, RecordEdition::First) => RecordFormat::Iso19794_6_2005,
        (Modality::Iris, RecordEdition::Second) => RecordFormat::Iso19794_6_2011,
        (Modality::Iris, RecordEdition::Tagged) => RecordFormat::Iso39794_6,
    };
    assert!(records.iter().all(|record| record.format == format && record.unread.is_none()));
    assert_eq!((records.len(), deviations), (built.len(), &[][..]));
    let flat: Vec<(usize, &BiometricImage)> = built
        .iter()
        .enumerate()
        .flat_map(|(record, images)| images.iter().map(move |image| (record, image)))
        .collect();
    assert_eq!(images.len(), flat.len());
    for (image, (record, built)) in images.iter().zip(flat) {
        assert_eq!((image.record, image.image.reveal()), (record, &built.image));
        let part = match image.shows {
            Shows::Face => 0,
            Shows::Finger(position) => position.0,
            Shows::Iris(eye) => eye as u16,
            other => panic!("{other:?}"),
        };
        assert_eq!(part, u16::from(built.part));
        // Records of 2005 have one size for all images; only faces of ISO/IEC 39794 have any.
        let size = match (modality, edition) {
            (Modality::Finger | Modality::Iris, RecordEdition::Tagged) => None,
            _ => Some((built.width, built.height)),
        };
        assert_eq!(image.width.zip(image.height), size);
        let score = image.facts.quality.first().and_then(|quality| quality.score);
        let judged =
            modality != Modality::Face || edition != RecordEdition::First || built.quality != 0;
        assert_eq!(score, judged.then_some(built.quality));
    }
}

#[test]
fn biometric_groups() {
    for run in 0..RUNS {
        for modality in [Modality::Face, Modality::Finger, Modality::Iris] {
            for edition in RecordEdition::ALL {
                let mut any = Any::new(run, "biometrics");
                let size = (any.below(65_536), any.below(65_536));
                let size = (u16::try_from(size.0).unwrap(), u16::try_from(size.1).unwrap());
                let parts = match modality {
                    Modality::Face => 1,
                    Modality::Finger => 11,
                    Modality::Iris => 3,
                };
                let records: Vec<Vec<BiometricImage>> = (0..1 + any.below(3))
                    .map(|_| {
                        let image = |any: &mut Any| BiometricImage {
                            image: any.image(),
                            width: size.0,
                            height: size.1,
                            part: u8::try_from(any.below(parts)).unwrap(),
                            quality: u8::try_from(any.below(101)).unwrap(),
                        };
                        (0..1 + any.below(3)).map(|_| image(&mut any)).collect()
                    })
                    .collect();
                let group = biometric_group(modality, edition, &records);
                let written = (modality, edition);
                match modality {
                    Modality::Face => {
                        let dg2 = Dg2::parse(&group).unwrap();
                        assert_images(
                            dg2.faces(),
                            dg2.records(),
                            dg2.deviations(),
                            &records,
                            written,
                        );
                    }
                    Modality::Finger => {
                        let dg3 = Dg3::parse(&group).unwrap();
                        assert_images(
                            dg3.fingers(),
                            dg3.records(),
                            dg3.deviations(),
                            &records,
                            written,
                        );
                    }
                    Modality::Iris => {
                        let dg4 = Dg4::parse(&group).unwrap();
                        assert_images(
                            dg4.irises(),
                            dg4.records(),
                            dg4.deviations(),
                            &records,
                            written,
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn displayed_images_and_features() {
    for run in 0..RUNS {
        let mut any = Any::new(run, "displayed");
        let images: Vec<Vec<u8>> = (0..any.below(4)).map(|_| any.image()).collect();
        let dg5 = Dg5::parse(&displayed_images(5, &images)).unwrap();
        let dg7 = Dg7::parse(&displayed_images(7, &images)).unwrap();
        let found = |images: &[Image]| -> Vec<Vec<u8>> {
            images.iter().map(|image| image.image.reveal().clone()).collect()
        };
        assert_eq!((found(dg5.images()), found(dg7.images())), (images.clone(), images.clone()));
        assert_eq!((dg5.deviations(), dg7.deviations()), (&[][..], &[][..]));
        for number in 8..=10 {
            let group = DataGroup::new(number).unwrap();
            let parsed = IssuerDefined::parse(group, &issuer_features(number, &images)).unwrap();
            let objects: Vec<_> =
                parsed.objects().iter().map(|it| it.value.reveal().clone()).collect();
            assert_eq!((parsed.count(), objects), (Some(images.len() as u64), images.clone()));
        }
    }
}

// ---- details ------------------------------------------------------------------------------------

fn encoding(any: &mut Any) -> DetailEncoding {
    DetailEncoding {
        packed_dates: any.flag(),
        names_without_group: any.flag(),
        latin_1: any.flag(),
    }
}

fn text(any: &mut Any, encoding: DetailEncoding) -> String {
    if encoding.latin_1 { any.latin() } else { any.text() }
}

fn written(text: Option<&FieldText>) -> Option<String> {
    text.map(|text| text.as_written().reveal().clone())
}

fn digits(moment: Option<cccd::lds::Moment>) -> Option<String> {
    moment.map(|moment| moment.to_string().replace(['-', ':', 'T'], ""))
}

fn bytes(image: Option<&Image>) -> Option<Vec<u8>> {
    image.map(|image| image.image.reveal().clone())
}

fn expected_deviations(found: &[Deviation], odd: bool) {
    let expected: &[Deviation] = if odd { &[Deviation::FieldEncoding] } else { &[] };
    assert_eq!(found, expected);
}

#[test]
fn personal_details() {
    for run in 0..RUNS {
        let mut any = Any::new(run, "DG11");
        let encoding = encoding(&mut any);
        let some = |any: &mut Any| any.maybe(|any| text(any, encoding));
        let built = PersonalDetails {
            full_name: some(&mut any),
            personal_number: some(&mut any),
            place_of_birth: some(&mut any),
            permanent_address: some(&mut any),
            telephone: some(&mut any),
            profession: some(&mut any),
            title: some(&mut any),
            personal_summary: some(&mut any),
            other_document_numbers: some(&mut any),
            custody_information: some(&mut any),
            other_names: (0..any.below(3)).map(|_| text(&mut any, encoding)).collect(),
            date_of_birth: any.maybe(Any::date),
            proof_of_citizenship: any.maybe(Any::image),
        };
        let dg11 = Dg11::parse(&written::dg11(&built, encoding)).unwrap();
        let found = PersonalDetails {
            full_name: written(dg11.full_name()),
            personal_number: written(dg11.personal_number()),
            place_of_birth: written(dg11.place_of_birth()),
            permanent_address: written(dg11.permanent_address()),
            telephone: written(dg11.telephone()),
            profession: written(dg11.profession()),
            title: written(dg11.title()),
            personal_summary: written(dg11.personal_summary()),
            other_document_numbers: written(dg11.other_document_numbers()),
            custody_information: written(dg11.custody_information()),
            other_names: dg11.other_names().filter_map(|name| written(Some(name))).collect(),
            date_of_birth: digits(dg11.date_of_birth()),
            proof_of_citizenship: bytes(dg11.proof_of_citizenship()),
        };
        assert_eq!(found, built);
        let texts = [
            &built.full_name,
            &built.personal_number,
            &built.place_of_birth,
            &built.permanent_address,
            &built.telephone,
            &built.profession,
            &built.title,
            &built.personal_summary,
            &built.other_document_numbers,
            &built.custody_information,
        ];
        let names = !built.other_names.is_empty();
        let odd = encoding.packed_dates && built.date_of_birth.is_some()
            || encoding.names_without_group && names
            || encoding.latin_1 && (names || texts.iter().any(|text| text.is_some()));
        expected_deviations(dg11.deviations(), odd);
        assert!(dg11.unknown().is_empty());
    }
}

#[test]
fn document_details() {
    for run in 0..RUNS {
        let mut any = Any::new(run, "DG12");
        let encoding = DetailEncoding { latin_1: false, ..encoding(&mut any) };
        let built = DocumentDetails {
            issuing_authority: any.maybe(Any::text),
            date_of_issue: any.maybe(Any::date),
            other_people: (0..any.below(3)).map(|_| any.text()).collect(),
            endorsements: any.maybe(Any::text),
            tax_or_exit_requirements: any.maybe(Any::text),
            image_of_front: any.maybe(Any::image),
            image_of_rear: any.maybe(Any::image),
            personalised: any.maybe(|any| {
                let time = (any.below(24), any.below(60), any.below(60));
                format!("{}{:02}{:02}{:02}", any.date(), time.0, time.1, time.2)
            }),
            personalisation_system: any.maybe(Any::text),
        };
        let dg12 = Dg12::parse(&written::dg12(&built, encoding)).unwrap();
        let found = DocumentDetails {
            issuing_authority: written(dg12.issuing_authority()),
            date_of_issue: digits(dg12.date_of_issue()),
            other_people: dg12.other_people().filter_map(|name| written(Some(name))).collect(),
            endorsements: written(dg12.endorsements()),
            tax_or_exit_requirements: written(dg12.tax_or_exit_requirements()),
            image_of_front: bytes(dg12.image_of_front()),
            image_of_rear: bytes(dg12.image_of_rear()),
            personalised: digits(dg12.personalised()),
            personalisation_system: written(dg12.personalisation_system()),
        };
        assert_eq!(found, built);
        let dates = built.date_of_issue.is_some() || built.personalised.is_some();
        let odd = encoding.packed_dates && dates
            || encoding.names_without_group && !built.other_people.is_empty();
        expected_deviations(dg12.deviations(), odd);
    }
}

#[test]
fn persons_to_notify() {
    for run in 0..RUNS {
        let mut any = Any::new(run, "DG16");
        let encoding = DetailEncoding { latin_1: false, ..encoding(&mut any) };
        let built: Vec<PersonToNotify> = (0..any.below(16))
            .map(|_| PersonToNotify {
                recorded: any.date(),
                name: any.text(),
                telephone: any.text(),
                address: any.text(),
            })
            .collect();
        let dg16 = Dg16::parse(&written::dg16(&built, encoding)).unwrap();
        let found: Vec<PersonToNotify> = dg16
            .persons()
            .iter()
            .map(|person| PersonToNotify {
                recorded: digits(person.recorded.as_ref().map(|it| *it.reveal())).unwrap(),
                name: written(person.name.as_ref()).unwrap(),
                telephone: written(person.telephone.as_ref()).unwrap(),
                address: written(person.address.as_ref()).unwrap(),
            })
            .collect();
        assert_eq!(found, built);
        expected_deviations(dg16.deviations(), encoding.packed_dates && !built.is_empty());
    }
}

// ---- files of the card --------------------------------------------------------------------------

#[test]
fn lists_and_lengths() {
    for run in 0..RUNS {
        let mut any = Any::new(run, "EF.COM, EF.ATR/INFO");
        let groups: Vec<u8> = (1..=16).filter(|_| any.flag()).collect();
        let files = groups.iter().map(|group| written::file::of_group(*group));
        let com = Com::parse(&written::com(files, written::LdsVersion::V1_8)).unwrap();
        assert_eq!(com.groups().map(DataGroup::number).collect::<Vec<_>>(), groups);
        assert_eq!((com.lds_version(), com.unicode_version()), ("0108", "040000"));
        let lengths = (any.below(1 << 20), any.below(1 << 20));
        let info = AtrInfo::parse(&written::atr_info(lengths.0, lengths.1)).unwrap();
        assert_eq!(info.extended_length(), Some(lengths));
    }
}
