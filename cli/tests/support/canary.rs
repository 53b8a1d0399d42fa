//! A holder whose every field is known if it turns up where it must not.

#[path = "../../../tests/leaks/searcher.rs"]
mod searcher;

use std::collections::BTreeSet;

use cccd_simulator::{CardOptions, DigestName, Issuer, IssuerOptions, Person, Profile};
use searcher::{Canary, found, text_canary};

/// For `--seed`: the card whose files are searched for.
pub(crate) const SEED: &str = "3";

/// Nobody: the prefix 000 is not assigned, and every field has a word that exists nowhere else.
const CANARY: &str = r#"
id_number = "000987654321"
full_name = "Quyềng Thị Zyxwut Hằnz"
date_of_birth = "17/09/1957"
sex = "Nữ"
nationality = "Việt Nam Zqnation"
ethnicity = "Zqethnic Mường"
religion = "Zqreligion Phật"
place_of_origin = "Xã Zqorigin, Tỉnh Thử"
residence = "Số 7 Đường Zqresidence, Tỉnh Thử"
identifying_marks = "Nốt ruồi Zqmarks"
issue_date = "19/08/2022"
expiry_date = "23/11/2043"
father_name = "Quyềng Zqfather"
mother_name = "Lưu Zqmother"
spouse_name = "Trầnq Zqspouse"
old_id_number = "987612345"
chip_id = "C0FFEE0DDBA11AD5"
"#;

fn canaries(person: &Person, profile: &str) -> Vec<Canary> {
    let seed = SEED.parse().unwrap();
    let issuer = Issuer::new(IssuerOptions { seed, ..IssuerOptions::default() });
    let options = Profile::named(profile).unwrap().options;
    let card = issuer.personalise(person, &CardOptions { seed, ..options });
    let words = [
        "000987654321",
        "987654321",
        "654321",
        "Zyxwut",
        "Hằnz",
        "Zqnation",
        "Zqethnic",
        "Zqreligion",
        "Zqorigin",
        "Zqresidence",
        "Zqmarks",
        "Zqfather",
        "Zqmother",
        "Zqspouse",
        "987612345",
        "C0FFEE0DDBA11AD5",
        "17/09/1957",
        "1957-09-17",
        "570917",
        "19/08/2022",
        "2022-08-19",
        "23/11/2043",
        "2043-11-23",
        "431123",
    ];
    let mut canaries: Vec<Canary> = words.map(|word| text_canary(word, word)).into();
    canaries.extend(person.mrz().iter().map(|line| text_canary("MRZ", line.trim_end_matches('<'))));
    for bytes in card.files.values() {
        let (middle, end) = (bytes.len() / 2, bytes.len());
        // The end of DG14, DG15 and EF.SOD is a key or a signature, that of DG1 and DG13 the holder's.
        canaries.push(Canary { name: "digest", bytes: DigestName::Sha256.hash(bytes) });
        if end > 60 {
            canaries.push(Canary { name: "end of a file", bytes: bytes[end - 12..].to_vec() });
        }
        if end > 4000 {
            canaries.push(Canary { name: "portrait", bytes: bytes[middle..middle + 12].to_vec() });
        }
    }
    let turned: Vec<Canary> = canaries
        .iter()
        .map(|it| Canary { name: it.name, bytes: it.bytes.iter().rev().copied().collect() })
        .collect();
    canaries.extend(turned);
    canaries
}

/// The holder, in a file for `--person`.
pub(crate) struct Holder {
    file: tempfile::NamedTempFile,
    person: Person,
}

impl Holder {
    pub(crate) fn new() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, CANARY).unwrap();
        Self { file, person: Person::from_toml(CANARY).unwrap() }
    }

    pub(crate) fn file(&self) -> &str {
        self.file.path().to_str().unwrap()
    }

    /// What a text holds of him and of his card of this profile, and in which notation.
    pub(crate) fn found(
        &self,
        text: &str,
        profile: &str,
    ) -> BTreeSet<(&'static str, &'static str)> {
        found(text, &canaries(&self.person, profile))
    }
}
