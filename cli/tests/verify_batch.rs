//! `cccd verify-batch`: many stored reads, and again when trust has changed.

mod support;

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
};

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use cccd_simulator::{
    CardOptions, Issuer, IssuerOptions, Person, Personalisation, personalisation::file,
};
use parquet::arrow::ArrowWriter;
use support::{DAY, ID_NUMBER, Ran, run};

const FILES: [(&str, u16); 6] = [
    ("sod", file::SOD),
    ("dg1", file::DG1),
    ("dg2", file::DG2),
    ("dg13", file::DG13),
    ("dg14", file::DG14),
    ("dg15", file::DG15),
];

struct Workshop {
    folder: tempfile::TempDir,
    cards: Vec<Personalisation>,
}

impl Workshop {
    /// One good card, one altered, one of an authority that is not trusted; the trusted one as `csca.der`.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let issuer = Issuer::new(IssuerOptions::default());
        fs::write(folder.path().join("csca.der"), issuer.csca_certificate()).unwrap();
        let stranger = Issuer::new(IssuerOptions {
            seed: 2,
            csca_name: "CSCA Stranger".to_owned(),
            ..IssuerOptions::default()
        });
        fs::write(folder.path().join("stranger.der"), stranger.csca_certificate()).unwrap();
        let card = |issuer: &Issuer| issuer.personalise(&Person::sample(), &CardOptions::default());
        let mut altered = card(&issuer);
        altered.flip_bit(file::DG13, 99);
        Self { folder, cards: vec![card(&issuer), altered, card(&stranger)] }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// The cards in this order as `reads.parquet`.
    fn write(&self, cards: &[usize]) {
        let keys = cards.iter().enumerate().map(|(row, _)| format!("row {row}"));
        let keys: ArrayRef = Arc::new(StringArray::from_iter_values(keys));
        let columns = FILES.map(|(name, number)| {
            let cells = cards.iter().map(|card| &self.cards[*card].files[&number]);
            (name, Arc::new(BinaryArray::from_iter_values(cells)) as ArrayRef)
        });
        let batch = RecordBatch::try_from_iter([("doc_key", keys)].into_iter().chain(columns));
        let (batch, file) = (batch.unwrap(), File::create(self.path("reads.parquet")).unwrap());
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn verify(&self, input: &str, more: &[&str]) -> Ran {
        let (input, out) = (self.path(input), self.path("results.parquet"));
        run(&[&["verify-batch", &input, "--out", &out, "--at", DAY], more].concat())
    }
}

#[test]
fn a_file_of_good_reads_is_all_verified() {
    let workshop = Workshop::new();
    workshop.write(&[0; 20]);
    let csca = workshop.path("csca.der");
    let ran = workshop.verify("reads.parquet", &["--trust", &csca, "--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    assert_eq!(object["outcome"], "verified");
    assert_eq!((&object["documents"], &object["verified"]), (&20.into(), &20.into()));
    assert_eq!(object["outcomes"]["verified"], 20);
    assert!(Path::new(&workshop.path("results.parquet")).exists());
    assert!(!ran.stdout.contains(ID_NUMBER));
}

#[test]
fn refusals_are_counted_by_outcome_and_issuer_and_give_a_status_of_their_own() {
    let workshop = Workshop::new();
    workshop.write(&[0, 1, 2, 0, 2, 2]);
    let csca = workshop.path("csca.der");
    for threads in ["1", "2", "3"] {
        let arguments = ["--trust", &csca, "--json", "--threads", threads];
        let ran = workshop.verify("reads.parquet", &arguments);
        assert_eq!(ran.status, 27);
        let object = ran.json();
        assert_eq!(object["outcome"], "refused");
        assert_eq!(object["outcomes"]["verified"], 2);
        assert_eq!(object["outcomes"]["not_authentic.digest_mismatch"], 1);
        assert_eq!(object["outcomes"]["not_authentic.unknown_issuer"], 3);
        let issuers = object["issuers"].as_array().unwrap();
        let of = |name: &str| {
            issuers.iter().find(|it| it["issuer"].as_str().unwrap().contains(name)).unwrap()
        };
        assert_eq!(
            (&of("Stranger")["documents"], &of("Stranger")["verified"]),
            (&3.into(), &0.into())
        );
        assert_eq!(
            (&of("Simulator")["documents"], &of("Simulator")["verified"]),
            (&3.into(), &2.into())
        );
        assert_eq!(object["error"], serde_json::Value::Null);
    }
    let words = workshop.verify("reads.parquet", &["--trust", &csca]);
    assert_eq!(words.status, 27);
    for part in
        ["NOT ALL VERIFIED", "Theo kết luận · By outcome", "2 of 3 verified", "CN=CSCA Stranger"]
    {
        assert!(words.stdout.contains(part), "{part}: {}", words.stdout);
    }
}

#[test]
fn trust_that_changed_changes_the_verdicts_without_the_documents() {
    let workshop = Workshop::new();
    workshop.write(&[0, 1, 2, 0, 2, 2]);
    let path = |name| workshop.path(name);
    let (csca, stranger, signers) =
        (path("csca.der"), path("stranger.der"), path("signers.parquet"));
    let ran =
        workshop.verify("reads.parquet", &["--trust", &csca, "--signers", &signers, "--json"]);
    assert_eq!(ran.json()["verified"], 2);
    fs::remove_file(path("reads.parquet")).unwrap();
    let (results, out) = (path("results.parquet"), path("again.parquet"));
    let again = |trust: &[&str], out: &str| {
        let fixed = ["verify-batch", "--again", &results, "--signers", &signers, "--out", out];
        run(&[&fixed[..], &["--at", DAY, "--json"], trust].concat())
    };
    let both = again(&["--trust", &csca, &stranger], &out).json();
    assert_eq!((&both["documents"], &both["verified"]), (&6.into(), &5.into()));
    assert_eq!(both["metrics"]["signers_examined_again"], 2);
    // In place: the results appear under their name only when they are complete.
    let nobody = again(&[], &results);
    assert_eq!(nobody.status, 27);
    assert_eq!(nobody.json()["verified"], 0);
    let ours = again(&["--trust", &csca], &out).json();
    assert_eq!(ours["verified"], 2);
    let other_day = run(&[
        "verify-batch",
        "--again",
        &results,
        "--signers",
        &signers,
        "--out",
        &out,
        "--at",
        "2027-01-01",
        "--json",
    ]);
    assert_eq!(
        (other_day.status, &other_day.json()["error"]["code"]),
        (25, &"misuse.other_day".into())
    );
}

#[test]
fn a_tree_of_folders_is_verified_as_well() {
    let workshop = Workshop::new();
    for (number, card) in workshop.cards.iter().enumerate() {
        let folder = workshop.folder.path().join(format!("reads/2026/{number}"));
        fs::create_dir_all(&folder).unwrap();
        for (_, file) in FILES {
            fs::write(folder.join(format!("{file:04X}.bin")), &card.files[&file]).unwrap();
        }
    }
    let csca = workshop.path("csca.der");
    let ran = workshop.verify("reads", &["--trust", &csca, "--json"]);
    assert_eq!(ran.status, 27);
    assert_eq!((&ran.json()["documents"], &ran.json()["verified"]), (&3.into(), &1.into()));
}

#[test]
fn a_file_that_was_cut_off_and_a_demand_for_chip_proof_are_refused() {
    let workshop = Workshop::new();
    workshop.write(&[0, 0]);
    let refused = workshop.verify("reads.parquet", &["--policy", "bank", "--json"]);
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (25, &"misuse.chip_proof".into())
    );
    let path = workshop.path("reads.parquet");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let ran = workshop.verify("reads.parquet", &["--json"]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (23, &"file.input".into()));
    let ran = workshop.verify("reads.parquet", &[]);
    assert!(ran.stderr.contains("reads.parquet"), "{}", ran.stderr);
    assert!(!Path::new(&workshop.path("results.parquet")).exists());
    let nothing = run(&["verify-batch", "--out", "x"]);
    assert_eq!(nothing.status, 2);
}
