//! `cccd reconcile`: records beside evidence files.

mod support;

use std::path::{Path, PathBuf};

use support::{DAY, ID_NUMBER, Ran, read_simulated, run};

/// A folder with an evidence file in a folder, its certificate, and records.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(records: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("evidence/day")).unwrap();
        let desk = Self { folder };
        let (evidence, csca) = (desk.text("evidence/day/1.cbor"), desk.text("csca.der"));
        let ran = read_simulated(&["--evidence", &evidence, "--trust-out", &csca]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        std::fs::write(desk.path("patients.csv"), records).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn reconcile(&self, arguments: &[&str]) -> Ran {
        let [records, evidence, csca, out] =
            ["patients.csv", "evidence", "csca.der", "out.csv"].map(|name| self.text(name));
        let named = ["reconcile", "--records", &records, "--evidence", &evidence, "--out", &out];
        run(&[&named[..], &["--trust", &csca, "--at", DAY], arguments].concat())
    }

    fn out(&self) -> String {
        std::fs::read_to_string(self.path("out.csv")).unwrap()
    }
}

const RECORDS: &str = "ma,so_cccd,ten_bn,phai,dia chi\n\
                       1,000195001234,NGUYEN THI THU HA,2,Số 9 Phố Khác\n\
                       2,000000000009,Trần Văn A,1,\n";

#[test]
fn differences_are_written_and_counted() {
    let desk = Desk::new(RECORDS);
    let ran = desk.reconcile(&["--json", "--column", "sex=phai"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    assert_eq!(object["outcome"], "compared");
    assert_eq!(object["columns"]["full_name"], "ten_bn");
    assert_eq!(object["evidence"]["citizens"], 1);
    for (count, expected) in [
        ("records", 2),
        ("compared", 1),
        ("clean", 0),
        ("no_card", 1),
        ("citizens_without_record", 0),
    ] {
        assert_eq!(object[count], expected, "{count}");
    }
    assert_eq!(object["fields"]["full_name"]["spelling_variant"], 1);
    assert_eq!(object["fields"]["sex"]["typography"], 1);
    assert_eq!(object["found_by"]["id_number"], 1);
    let out = desk.out();
    let lines: Vec<_> = out.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            "row,key,match,found_by,field,relation,how,in_words",
            "1,1,compared,id_number,full_name,spelling_variant,unmarked,\"cùng nội dung nhưng viết khác, nên sửa\"",
            "1,1,compared,id_number,residence,contradictory,different,mâu thuẫn với thẻ",
        ]
    );
}

#[test]
fn nothing_of_a_person_is_said_unless_asked() {
    let desk = Desk::new(RECORDS);
    let page = desk.reconcile(&[]);
    assert_eq!(page.status, 0);
    for said in [&page.stdout, &page.stderr, &desk.out()] {
        for personal in [ID_NUMBER, "Nguyễn", "NGUYEN", "Phố Khác"] {
            assert!(!said.contains(personal), "{said}");
        }
    }
    assert!(page.stdout.contains("ĐÃ ĐỐI CHIẾU · COMPARED"));
    assert_eq!(desk.reconcile(&["--values"]).status, 0);
    let out = desk.out();
    assert!(out.contains("NGUYEN THI THU HA,Nguyễn Thị Thu Hà"), "{out}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = desk.path("out.csv").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn evidence_that_is_refused_is_named_and_brings_nobody() {
    let desk = Desk::new(RECORDS);
    let mut bytes = std::fs::read(desk.path("evidence/day/1.cbor")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.path("evidence/2.cbor"), bytes).unwrap();
    std::fs::write(desk.path("evidence/notes.txt"), "not evidence").unwrap();
    let ran = desk.reconcile(&["--json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("2.cbor") && !ran.stderr.contains("notes"), "{}", ran.stderr);
    let evidence = &ran.json()["evidence"];
    assert_eq!((&evidence["files"], &evidence["citizens"]), (&2.into(), &1.into()));
    let refused: u64 = evidence["refused"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(refused, 1);
}

#[test]
fn what_cannot_be_compared_is_refused_before_any_evidence() {
    let desk = Desk::new("a,b\n1,2\n");
    let ran = desk.reconcile(&["--json"]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (23, &"file.column_missing".into()));
    assert!(!Path::new(&desk.path("out.csv")).exists());
    let ran = desk.reconcile(&["--column", "shoe_size=a"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("id_number"), "{}", ran.stderr);
    let gone = desk.reconcile(&["--json", "--records", "/nowhere/at/all.csv"]);
    assert_ne!(gone.status, 0);
}
