use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use cccd::inspection::InspectionSystem;
use cccd::pki::TrustStore;
use cccd::vietnam::{CitizenRecord, RecordField};
use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person, personalisation::file};

use super::{Citizens, Columns, Counts, Differences, FoundBy, Match, Records, Written, run};
use crate::BatchError;

/// The citizens of cards with these changes to the sample person.
fn citizens(changes: &[fn(&mut Person)]) -> Citizens {
    let issuer = Issuer::new(IssuerOptions::default());
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "test").unwrap();
    let system = InspectionSystem::new(trust, "2026-11-21".parse().unwrap());
    let mut citizens = Citizens::new();
    for change in changes {
        let mut person = Person::sample();
        change(&mut person);
        let card = issuer.personalise(&person, &CardOptions::default());
        let groups =
            [(1, file::DG1), (2, file::DG2), (13, file::DG13), (14, file::DG14), (15, file::DG15)]
                .map(|(number, id)| (number, card.files[&id].clone().into()));
        let evidence =
            cccd::document::Evidence::from_files(card.files[&file::SOD].clone(), groups.into());
        let document = system.verify(&evidence, None, None).document.unwrap();
        citizens.insert(CitizenRecord::from_document(&document).unwrap());
    }
    citizens
}

fn sample(_: &mut Person) {}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Key, match, who was found by what, and the relations, of every row.
fn told(path: &Path, columns: Columns, citizens: &Citizens) -> (Vec<String>, Counts) {
    let mut lines = Vec::new();
    let mut records = Records::open(path, columns).unwrap();
    let threads = NonZeroUsize::new(3).unwrap();
    let counts = run(&mut records, citizens, threads, |checked| {
        let by = match &checked.found {
            Match::Citizen { by, .. } => by.code(),
            other => other.code(),
        };
        let relations: Vec<_> = checked
            .differences()
            .map(|difference| format!("{}={}", difference.field.name(), difference.relation.code()))
            .collect();
        let repeats = checked.repeats.map(|row| format!(" repeats {row}")).unwrap_or_default();
        lines.push(format!("{} {by} {}{repeats}", checked.row.key, relations.join(" ")));
        Ok(())
    });
    (lines, counts.unwrap())
}

#[test]
fn whatever_separates_the_columns_the_records_are_the_same() {
    let (folder, citizens) = (Folder::new(), citizens(&[sample]));
    let expected = vec![
        "BN1 id_number id_number=equal full_name=equal date_of_birth=incomplete".to_owned(),
        "BN2 no_card ".to_owned(),
    ];
    let text = "Mã BN,Số CCCD,Họ và tên,NGAY_SINH,Ghi chú\r\n\
                BN1,000195001234,\"Nguyễn Thị Thu Hà\",1995,x\r\n\
                BN2,000195009999,Trần Văn A,1990,\r\n";
    for (name, bytes) in [
        ("a.csv", text.to_owned()),
        ("b.csv", format!("\u{feff}{text}")),
        ("c.csv", text.replace(',', ";")),
        ("d.txt", text.replace(',', "\t").replace("\r\n", "\n")),
    ] {
        let (lines, counts) = told(&folder.with(name, bytes), Columns::default(), &citizens);
        assert_eq!(lines, expected, "{name}");
        assert_eq!((counts.records, counts.compared, counts.clean, counts.no_card), (2, 1, 0, 1));
        assert_eq!(counts.found_by, [(FoundBy::IdNumber, 1)].into());
        assert_eq!(counts.relations[&(RecordField::DateOfBirth, "incomplete")], 1);
    }
}

#[test]
fn parquet_is_read_as_csv_is() {
    let (folder, citizens) = (Folder::new(), citizens(&[sample]));
    let path = folder.0.path().join("patients.parquet");
    // 15 June 1995 in days since 1970; the number as a spreadsheet's integer.
    let batch = RecordBatch::try_from_iter([
        ("mabn", Arc::new(Int64Array::from(vec![7, 8])) as ArrayRef),
        ("cccd", Arc::new(Int64Array::from(vec![Some(195_001_234), None])) as ArrayRef),
        ("ho_ten", Arc::new(StringArray::from(vec!["NGUYEN THI THU HA"; 2])) as ArrayRef),
        ("ngay_sinh", Arc::new(Date32Array::from(vec![9_296, 9_297])) as ArrayRef),
    ])
    .unwrap();
    let mut file = crate::output::ParquetFile::create(&path, batch.schema()).unwrap();
    file.write(&batch).unwrap();
    file.finish().unwrap();
    let (lines, _) = told(&path, Columns::default(), &citizens);
    let relations = "id_number=spelling_variant full_name=spelling_variant date_of_birth=equal";
    assert_eq!(lines, [format!("7 id_number {relations}"), "8 no_card ".to_owned()]);
    assert_eq!(Records::open(&path, Columns::default()).unwrap().total(), Some(2));
}

#[test]
fn a_citizen_is_found_by_the_surest_that_a_record_has() {
    let citizens = citizens(&[
        sample,
        // A namesake born on the same day, who had no old card.
        |person| {
            person.id_number = "000195005555".to_owned();
            person.old_id_number = None;
        },
        |person| {
            person.id_number = "000188000001".to_owned();
            person.full_name = "Đặng Thị Ví".to_owned();
            person.old_id_number = None;
        },
    ]);
    let folder = Folder::new();
    let text = "key,cccd,cmnd,name,dob\n\
                a,000195001234,,,\n\
                b,,000123456,,\n\
                c,000123456,,,\n\
                d,,,Nguyen Thi Thu Ha,15/06/1995\n\
                e,999999999999,,ĐẶNG THỊ VÍ,15/06/1995\n\
                f,188000001,,,\n\
                g,,,Dang Thi Vi,1995\n\
                h,,,,\n";
    let (lines, counts) = told(&folder.with("r.csv", text), Columns::default(), &citizens);
    let found: Vec<_> = lines.iter().map(|line| &line[..line.find(' ').unwrap() + 5]).collect();
    assert_eq!(
        found,
        ["a id_n", "b old_", "c old_", "d seve", "e name", "f id_n", "g no_c", "h no_c"]
    );
    assert!(lines[1].ends_with("repeats 1") && lines[5].ends_with("repeats 5"), "{lines:?}");
    assert!(lines[4].contains("id_number=contradictory"));
    assert_eq!((counts.repeated, counts.several, counts.citizens_without_record), (3, 1, 1));
}

#[test]
fn of_two_cards_of_one_person_the_later_counts() {
    let later: fn(&mut Person) = |person| {
        person.issue_date = "01/01/2025".to_owned();
        person.residence = "Số 5 Phố Mới".to_owned();
    };
    let folder = Folder::new();
    let path = folder.with("r.csv", "cccd,dia_chi\n000195001234,Số 5 Phố Mới\n");
    for cards in [[sample, later], [later, sample]] {
        let citizens = citizens(&cards);
        assert_eq!((citizens.len(), citizens.earlier_cards()), (1, 1));
        let (lines, _) = told(&path, Columns::default(), &citizens);
        assert_eq!(lines, ["1 id_number id_number=equal residence=equal"]);
    }
}

#[test]
fn a_bad_row_costs_the_row_and_a_bad_file_says_where() {
    let (folder, citizens) = (Folder::new(), citizens(&[sample]));
    let mut text =
        b"cccd,ho_ten\n000195001234,Nguy\xEAn\n000195001234\n\n000195001234,a,b,c\n".to_vec();
    let (lines, counts) = told(&folder.with("a.csv", &text), Columns::default(), &citizens);
    assert_eq!(
        lines,
        [
            "1 unreadable ",
            "2 id_number id_number=equal full_name=missing_in_record",
            "3 id_number id_number=equal full_name=contradictory repeats 2",
        ]
    );
    assert_eq!(counts.unreadable, 1);

    // A quotation mark that nobody closed: what came before is kept, and memory is not eaten.
    text.extend_from_slice(b"\"000195001234,");
    text.extend(std::iter::repeat_n(b'x', 3 << 20));
    let mut records = Records::open(folder.with("b.csv", &text), Columns::default()).unwrap();
    let mut seen = 0;
    let ended = run(&mut records, &citizens, NonZeroUsize::MIN, |_| {
        seen += 1;
        Ok(())
    });
    assert!(
        matches!(&ended, Err(BatchError::Input { rows: 3, what, .. }) if what.contains("megabyte")),
        "{ended:?}"
    );
    assert_eq!(seen, 3);
}

#[test]
fn columns_are_named_recognised_or_missed() {
    let folder = Folder::new();
    let path = folder.with("a.csv", "cot1,cot2,ngaysinh\n1,000195001234,1995\n");
    let open = |columns| Records::open(&path, columns).map(|records| records.columns().clone());
    assert_eq!(
        open(Columns::default()).err(),
        Some(BatchError::MissingColumn("id_number".to_owned()))
    );
    let columns = Columns::default().with(RecordField::IdNumber, "cot2").with_key("cot1");
    let found = open(columns).unwrap();
    let named = [("id_number", "cot2"), ("date_of_birth", "ngaysinh"), ("key", "cot1")];
    assert_eq!(found.named(), named);
    let missing = open(Columns::default().with(RecordField::Sex, "phai")).err();
    assert_eq!(missing, Some(BatchError::MissingColumn("phai".to_owned())));
    for (name, bytes) in
        [("b.csv", &b"\xFF\xFEc\0c\0"[..]), ("c.csv", b"S\xF4 CCCD\n"), ("d.parquet", b"x")]
    {
        let refused = Records::open(folder.with(name, bytes), Columns::default()).err();
        assert!(matches!(refused, Some(BatchError::Input { rows: 0, .. })), "{name} {refused:?}");
    }
}

fn written(path: &Path, citizens: &Citizens, what: Written) -> String {
    let mut out = Vec::new();
    let mut differences = Differences::new(&mut out, what).unwrap();
    let mut records = Records::open(path, Columns::default()).unwrap();
    run(&mut records, citizens, NonZeroUsize::MIN, |checked| {
        differences.write(&checked).unwrap();
        Ok(())
    })
    .unwrap();
    differences.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_file_of_differences_holds_what_was_asked_for() {
    let (folder, citizens) = (Folder::new(), citizens(&[sample]));
    let path = folder.with(
        "r.csv",
        "mabn,cccd,ho_ten\n=1+1,000195001234,=HYPERLINK(1)\n2,000195001234,NGUYỄN THỊ THU HÀ\n3,000100000000,x\n",
    );
    let english = Written { english: true, ..Written::default() };
    assert_eq!(
        written(&path, &citizens, english),
        "\u{feff}row,key,match,found_by,field,relation,how,in_words\n\
         1,'=1+1,compared,id_number,full_name,contradictory,different,they contradict each other\n\
         2,2,compared,id_number,,repeated,row 1,another record of the same citizen\n"
    );
    let all = Written { values: true, everything: true, english: false };
    assert_eq!(
        written(&path, &citizens, all),
        "\u{feff}row,key,match,found_by,field,relation,how,in_words,on_file,on_card\n\
         1,'=1+1,compared,id_number,id_number,equal,,trùng khớp,000195001234,000195001234\n\
         1,'=1+1,compared,id_number,full_name,contradictory,different,mâu thuẫn với thẻ,'=HYPERLINK(1),Nguyễn Thị Thu Hà\n\
         2,2,compared,id_number,,repeated,row 1,trùng với hồ sơ khác của cùng một người,,\n\
         2,2,compared,id_number,id_number,equal,,trùng khớp,000195001234,000195001234\n\
         2,2,compared,id_number,full_name,typography,typography,\"trùng khớp, chỉ khác cách trình bày\",NGUYỄN THỊ THU HÀ,Nguyễn Thị Thu Hà\n\
         3,3,no_card,,,,,chưa đọc thẻ của người này,,\n"
    );
}
