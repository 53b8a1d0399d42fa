//! A card whose holder is a canary: whatever the library prints of itself, in a good read or a hostile
//! one, neither a field of the holder nor a key of the session is in it, in any notation.

mod common;
#[path = "leaks/doors.rs"]
mod doors;
#[path = "leaks/holder.rs"]
mod holder;
#[path = "leaks/searcher.rs"]
mod searcher;

use std::{collections::BTreeSet, fmt::Write as _};

use cccd::{
    Error,
    access::AccessKey,
    apdu::Response,
    document::Evidence,
    inspection::{InspectionOptions, Step},
    lds::{
        DataGroup, Dg2, Dg3, Dg4, Dg5, Dg7, Dg11, Dg12, Dg14, Dg15, Dg16, IssuerDefined,
        SecurityInfos,
    },
    mrz::{Mrz, MrzKey},
    passive,
    policy::Policy,
    tlv::Reader,
    transport::Limits,
    vietnam::{CitizenRecord, Dg13, IdNumber, PrintedDataComparison, QrText},
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, CurveName, DigestName, Exchange, Fault, Issuer, IssuerOptions,
    Link, Mapping, PaceForgery, PaceOption, Person, Personalisation,
    personalisation::file,
    random::Random,
    symmetric::{BlockCipher, CipherName, KeyUse, derive_key},
    tlv,
};
use common::{Desk, TestTerminal, issuer, options, seeded, trusting};
use holder::{canary, holder};
use searcher::{Canary, found, hex, text_canary};

// ---- what must not be printed -------------------------------------------------------------------

/// Keys that printed data yield.
fn printed_keys(person: &Person) -> Vec<Canary> {
    let digest = DigestName::Sha1.hash(person.mrz_information().as_bytes());
    let (seed, can) = (&digest[..16], person.can());
    let mut canaries = vec![
        Canary { name: "K_seed", bytes: seed.to_vec() },
        Canary { name: "PACE password", bytes: digest.clone() },
    ];
    for (name, cipher, secret, key_use) in [
        ("K_enc", CipherName::TripleDes, seed, KeyUse::Encryption),
        ("K_mac", CipherName::TripleDes, seed, KeyUse::Authentication),
        ("K_pi of the MRZ", CipherName::Aes128, &digest[..], KeyUse::Password),
        ("K_pi of the CAN", CipherName::Aes128, can.as_bytes(), KeyUse::Password),
    ] {
        let key = derive_key(cipher, secret, key_use);
        canaries.push(Canary { name, bytes: with_parity(&key, cipher) });
        canaries.push(Canary { name, bytes: key });
    }
    canaries
}

fn with_parity(key: &[u8], cipher: CipherName) -> Vec<u8> {
    if cipher != CipherName::TripleDes {
        return key.to_vec();
    }
    key.iter().map(|byte| byte & 0xFE | u8::from((byte >> 1).count_ones() % 2 == 0)).collect()
}

fn session_keys(cipher: CipherName, secret: &[u8]) -> Vec<Canary> {
    let key = |key_use| with_parity(&derive_key(cipher, secret, key_use), cipher);
    vec![
        Canary { name: "shared secret", bytes: secret.to_vec() },
        Canary { name: "KS_enc", bytes: key(KeyUse::Encryption) },
        Canary { name: "KS_mac", bytes: key(KeyUse::Authentication) },
    ]
}

/// Both nonces and the session keys of BAC, from what an eavesdropper who knows the MRZ would see.
fn keys_of_bac(person: &Person, trace: &[Exchange]) -> Vec<Canary> {
    let exchange = trace.iter().find(|exchange| exchange.command[1] == 0x82).unwrap();
    let digest = DigestName::Sha1.hash(person.mrz_information().as_bytes());
    let k_enc = derive_key(CipherName::TripleDes, &digest[..16], KeyUse::Encryption);
    let cipher = BlockCipher::new(CipherName::TripleDes, &k_enc);
    let s = cipher.cbc_decrypt(&[0; 8], &exchange.command[5..37]);
    let r = cipher.cbc_decrypt(&[0; 8], &exchange.response[..32]);
    let seed: Vec<u8> = s[16..].iter().zip(&r[16..]).map(|(ifd, ic)| ifd ^ ic).collect();
    let mut canaries = session_keys(CipherName::TripleDes, &seed);
    canaries.push(Canary { name: "K.IFD", bytes: s[16..].to_vec() });
    canaries
}

const NONCE: [u8; 16] = *b"\x01nonce of pace!!";
const MAPPING: u128 = 0x2122_2324_2526_2728_292A_2B2C_2D2E_2F30;
const AGREEMENT: u128 = 0x4142_4344_4546_4748_494A_4B4C_4D4E_4F50;

/// The nonce and the session keys of PACE on a chip whose random numbers are known.
fn keys_of_pace(trace: &[Exchange]) -> Vec<Canary> {
    let curve = CurveName::BrainpoolP256r1.curve();
    let sent = trace
        .iter()
        .filter(|exchange| exchange.command[..2] == [0x10, 0x86])
        .find_map(|exchange| {
            let data = tlv::parse_only(&exchange.command[5..exchange.command.len() - 1], 0x7C)?;
            tlv::parse_only(data, 0x83)
        })
        .unwrap();
    let shared = curve.multiply(&AGREEMENT.into(), &curve.decode(sent).unwrap());
    let secret = curve.encode_x(&shared).unwrap();
    let mut canaries = session_keys(CipherName::Aes128, &secret);
    canaries.push(Canary { name: "nonce of PACE", bytes: NONCE.to_vec() });
    canaries
}

/// Each canary of a real card would be seen, were it printed.
#[test]
fn every_canary_of_the_card_would_be_found() {
    let card = personalised(false);
    let mut canaries = holder(&canary(), &card);
    canaries.extend(printed_keys(&canary()));
    for canary in &canaries {
        for text in [format!("{:?}", canary.bytes), hex(&canary.bytes)] {
            assert!(found(&text, &canaries).iter().any(|(name, _)| *name == canary.name));
        }
    }
    // The groups themselves, printed as a careless `Debug` would.
    for (file, name) in [(file::DG1, "MRZ line 1"), (file::DG13, "religion"), (file::DG2, "DG2")] {
        let text = format!("{:#?}", card.files[&file]);
        assert!(found(&text, &canaries).contains(&(name, "decimal bytes")));
    }
}

// ---- collecting ---------------------------------------------------------------------------------

/// Everything that was printed.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug(&mut self, value: &impl core::fmt::Debug) {
        writeln!(self.0, "{value:?}\n{value:#?}\n{value:x?}").unwrap();
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        writeln!(self.0, "{error}\n{}\n{}", error.message_vi(), error.code()).unwrap();
        writeln!(self.0, "{}\n{:?}", error.advice().as_str(), error.advice()).unwrap();
        let mut source = std::error::Error::source(error);
        while let Some(error) = source {
            writeln!(self.0, "{error}\n{error:?}").unwrap();
            source = error.source();
        }
    }

    fn result<T: core::fmt::Debug>(&mut self, result: &Result<T, Error>) {
        match result {
            Ok(value) => self.debug(value),
            Err(error) => self.error(error),
        }
    }

    /// Reads and prints everything that comes by, at every step.
    fn read(
        &mut self,
        desk: &Desk,
        options: InspectionOptions,
        mut transmit: impl FnMut(&[u8]) -> Result<Vec<u8>, Error>,
    ) {
        let mut inspection = desk.system.inspect(options);
        inspection.set_limits(desk.limits);
        loop {
            self.debug(&inspection);
            let step = inspection.poll();
            self.result(&step);
            match step {
                Ok(Step::Transmit(command)) => {
                    writeln!(self.0, "{}", command.name()).unwrap();
                    match transmit(command.as_bytes()) {
                        Ok(answer) => {
                            self.result(&Response::parse(&answer));
                            inspection.receive(&answer);
                        }
                        Err(error) => inspection.lost(error),
                    }
                }
                Ok(Step::Progress(_)) => {}
                Ok(Step::Identity(identity)) => {
                    self.debug(&identity);
                    self.debug(&(identity.chip_proofs(), identity.report()));
                }
                Ok(Step::CardLost) => inspection.lost(Error::LinkLost),
                Ok(Step::Done(document)) => {
                    self.document(desk, &document);
                    break;
                }
                Err(_) => break,
            }
        }
        self.debug(&inspection);
        let report = inspection.report();
        self.debug(&report);
        if let Some(access) = report.access() {
            self.debug(access);
            self.debug(&(access.name(), access.details(), access.password(), access.group()));
        }
        self.debug(&inspection.metrics());
        self.debug(&inspection.files());
        self.debug(&desk.system);
    }

    fn document(&mut self, desk: &Desk, document: &cccd::document::VerifiedDocument) {
        self.debug(document);
        self.debug(document.authenticated());
        self.debug(document.authenticated().signed());
        self.debug(document.evidence());
        self.debug(document.report());
        self.debug(&document.chip_proofs());
        for proof in document.chip_proofs() {
            let words = (proof.name(), proof.description(), proof.does_not_prove());
            self.debug(&words);
        }
        for (_, outcome) in document.report().checks() {
            self.debug(outcome);
        }
        self.result(&document.dg1());
        self.result(&document.dg2());
        if let Ok(dg1) = document.dg1() {
            self.debug(dg1.mrz());
            self.debug(dg1.mrz().key());
            self.debug(&AccessKey::from(dg1.mrz().key().clone()));
        }
        if let Ok(dg2) = document.dg2() {
            self.debug(&dg2.faces());
        }
        let record = CitizenRecord::from_document(document);
        self.result(&record);
        if let Ok(record) = &record {
            self.debug(&record.fields());
            self.debug(&record.remarks());
        }
        let stored = Evidence::from_bytes(&document.evidence().to_bytes());
        self.result(&stored);
        let verdict = desk.system.verify(&stored.unwrap(), None, None);
        self.debug(&verdict);
        let group = |number| document.authenticated().group(number).unwrap_or_default();
        self.result(&Dg13::parse(group(13)));
        self.result(&Dg14::parse(group(14)));
        self.result(&Dg15::parse(group(15)));
        for number in document.authenticated().groups() {
            self.result(&Reader::new(group(number)).next_object());
        }
        let sod = document.evidence().sod().reveal();
        self.result(&passive::examine(sod, &trusting(issuer()), common::date(common::TODAY)));
    }

    #[track_caller]
    fn assert_silent(&self, canaries: &[Canary]) {
        assert!(self.0.len() > 100, "nothing was printed");
        let found = found(&self.0, canaries);
        let example = found.iter().next().and_then(|(name, _)| {
            let canary = canaries.iter().find(|canary| canary.name == *name)?;
            let text = String::from_utf8_lossy(&canary.bytes).to_lowercase();
            self.0.lines().find(|line| line.to_lowercase().contains(&text))
        });
        assert!(found.is_empty(), "{found:?}, for example in {example:?}");
    }
}

fn personalised(pace: bool) -> Personalisation {
    let pace = pace.then(|| CurveName::BrainpoolP256r1.into()).into_iter().collect();
    issuer().personalise(&canary(), &CardOptions { pace, ..options() })
}

fn can_key() -> AccessKey {
    AccessKey::from_can(&canary().can()).unwrap()
}

fn mrz_key() -> AccessKey {
    AccessKey::from_mrz(&canary().mrz().join("\n")).unwrap()
}

// ---- the tests ----------------------------------------------------------------------------------

#[test]
fn a_happy_read_prints_nothing_of_the_holder_and_no_key() {
    for (pace, key) in [(true, can_key()), (true, mrz_key()), (false, mrz_key())] {
        let card = personalised(pace);
        let mut chip = Chip::new(card.clone(), 7);
        if pace {
            for random in [&NONCE[..], &MAPPING.to_be_bytes(), &AGREEMENT.to_be_bytes()] {
                chip.give_random(random);
            }
        }
        let qr = QrText::parse(&canary().qr_2024()).unwrap();
        let mut printed = Printed::default();
        let options = InspectionOptions::new(key, seeded(1)).printed(qr);
        printed.read(&Desk::new(), options, |command| Ok(chip.process(command)));
        assert!(printed.0.contains("VerifiedDocument"), "the read failed");

        let mut canaries = holder(&canary(), &card);
        canaries.extend(printed_keys(&canary()));
        canaries.extend(if pace {
            keys_of_pace(chip.trace())
        } else {
            keys_of_bac(&canary(), chip.trace())
        });
        // The signature of Active Authentication shows that the card was here.
        let signature = chip.trace().iter().find_map(|exchange| {
            let plain = exchange.plain_command.as_ref()?;
            (plain[1] == 0x88).then(|| exchange.plain_response.clone())?
        });
        let signature = signature.unwrap()[..16].to_vec();
        canaries.push(Canary { name: "signature of the chip", bytes: signature });
        printed.assert_silent(&canaries);
    }
}

#[test]
fn hostile_reads_print_nothing_of_the_holder_and_no_key() {
    let mut printed = Printed::default();
    let stranger = Issuer::new(IssuerOptions { seed: 5, ..IssuerOptions::default() });
    let plain = personalised(false);
    let mut cards =
        vec![card_of_stranger(&stranger), personalised(true).clone_without_private_keys()];
    for group in [file::DG1, file::DG2, file::DG13, file::DG14, file::DG15, file::SOD] {
        let mut withheld = plain.clone();
        withheld.withhold(group);
        cards.push(withheld);
        for place in [1, 3, 4, 40, 60] {
            let mut flipped = plain.clone();
            flipped.flip_bit(group, 8 * place + 3);
            cards.push(flipped.clone());
            // Signed all the same: the parsers get to see it.
            issuer().sign_again(&mut flipped);
            cards.push(flipped);
        }
        let mut cut = plain.clone();
        cut.files.get_mut(&group).unwrap().truncate(50);
        cards.push(cut);
    }
    for card in &cards {
        let mut chip = Chip::new(card.clone(), 7);
        let options = InspectionOptions::new(mrz_key(), seeded(1));
        printed.read(&Desk::new(), options, |command| Ok(chip.process(command)));
    }
    let mut canaries = holder(&canary(), &plain);
    canaries.extend(printed_keys(&canary()));
    printed.assert_silent(&canaries);
}

fn card_of_stranger(stranger: &Issuer) -> Personalisation {
    stranger.personalise(&canary(), &options())
}

#[test]
fn broken_links_print_nothing_of_the_holder_and_no_key() {
    let card = personalised(false);
    let exchanges = {
        let run = Desk::new().read(card.clone(), mrz_key());
        run.verified();
        run.metrics.apdus
    };
    let mut printed = Printed::default();
    for exchange in 0..exchanges {
        for fault in [
            Fault::LostAfter(exchange),
            Fault::FlipBit { exchange, bit: 13 },
            Fault::FlipBit { exchange, bit: usize::MAX - 100 },
            Fault::Truncate { exchange, keep: 9 },
            Fault::Repeat { exchange },
        ] {
            let mut link = Link::with_fault(Chip::new(card.clone(), 7), fault);
            let options = InspectionOptions::new(mrz_key(), seeded(1));
            printed.read(&Desk::new().limits(Limits::EXTENDED), options, |command| {
                link.transmit(command).map_err(|_| Error::LinkLost)
            });
        }
    }
    let mut canaries = holder(&canary(), &card);
    canaries.extend(printed_keys(&canary()));
    printed.assert_silent(&canaries);
}

/// Plain answers from a chip that says the holder's data where they do not belong.
#[test]
fn a_chip_that_shouts_is_not_repeated() {
    let person = canary();
    let shout = [person.id_number.as_bytes(), person.mrz().concat().as_bytes()].concat();
    let mut printed = Printed::default();
    for (prefix, status) in [
        (&[0x31, 0x20][..], [0x90, 0]),
        (&[0x7C, 0x20], [0x90, 0]),
        (&[], [0x63, 0xC2]),
        (&[], [0x6A, 0x80]),
    ] {
        let answer = [prefix, &shout, &status].concat();
        for key in [can_key(), mrz_key()] {
            let options = InspectionOptions::new(key, seeded(1));
            printed.read(&Desk::new(), options, |_| Ok(answer.clone()));
        }
    }
    for cut in 0..shout.len() {
        printed.result(&SecurityInfos::parse(&shout[cut..]));
        printed.result(&Dg13::parse(&shout[cut..]));
        printed.result(&Evidence::from_bytes(&shout[cut..]));
        printed.result(&Reader::new(&shout[cut..]).next_object());
    }
    printed.assert_silent(&holder(&person, &personalised(false)));
}

#[test]
fn printed_data_are_not_repeated() {
    let person = canary();
    let mut printed = Printed::default();
    let mrz = person.mrz().join("\n");
    for cut in 0..mrz.len() {
        let mut altered = mrz.clone().into_bytes();
        altered[cut] = if altered[cut] == b'7' { b'1' } else { b'7' };
        let altered = String::from_utf8(altered).unwrap();
        for text in [&mrz[..cut], &mrz[cut..], &altered] {
            printed.result(&Mrz::parse(text));
            printed.result(&AccessKey::from_mrz(text));
            printed.result(&AccessKey::from_can(text));
        }
    }
    let number = &person.id_number;
    for cut in 0..=number.len() {
        for text in
            [number[..cut].to_owned(), format!("{number}{}", &number[cut..]), format!("{number}x")]
        {
            printed.result(&text.parse::<IdNumber>());
            printed.result(&AccessKey::from_can(&text));
            printed.result(&MrzKey::from_fields(&text, "570917", "431123"));
            printed.result(&MrzKey::from_fields("987654321", &text, "431123"));
        }
    }
    for qr in [person.qr_2021(), person.qr_2024()] {
        for (cut, _) in qr.char_indices() {
            printed.result(&QrText::parse(&qr[..cut]));
            printed.result(&QrText::parse(&qr[cut..]));
        }
        let text = QrText::parse(&qr).unwrap();
        printed.debug(&text);
        printed.debug(&text.access_key());
        printed.debug(&text.id_number().hints());
        let card = personalised(false);
        let run = Desk::new().read(card, mrz_key());
        let record = CitizenRecord::from_document(run.verified()).unwrap();
        printed.debug(&PrintedDataComparison::with_qr(&text, &record));
        printed.debug(&record);
    }
    let mut canaries = holder(&person, &personalised(false));
    canaries.extend(printed_keys(&person));
    printed.assert_silent(&canaries);
}

#[test]
fn groups_of_other_states_print_nothing_of_the_holder() {
    let options = CardOptions { further_groups: true, iris: true, ..options() };
    let card = issuer().personalise(&canary(), &options);
    let group = |number| card.files[&file::of_group(number)].as_slice();
    let mut printed = Printed::default();
    printed.result(&Dg3::parse(group(3)));
    printed.result(&Dg4::parse(group(4)));
    printed.result(&Dg5::parse(group(5)));
    printed.result(&Dg7::parse(group(7)));
    printed.result(&IssuerDefined::parse(DataGroup::new(8).unwrap(), group(8)));
    printed.result(&Dg11::parse(group(11)));
    printed.result(&Dg12::parse(group(12)));
    printed.result(&Dg16::parse(group(16)));
    // As text, and as other groups.
    for (tag, number) in [(0x6C, 11), (0x70, 11), (0x6B, 16), (0x75, 3), (0x63, 5)] {
        let mut other = group(number).to_vec();
        other[0] = tag;
        printed.result(&Dg11::parse(&other));
        printed.result(&Dg12::parse(&other));
        printed.result(&Dg16::parse(&other));
        printed.result(&Dg2::parse(&other));
        printed.result(&Dg3::parse(&other));
    }
    printed.assert_silent(&holder(&canary(), &card));
}

#[test]
fn policies_stores_and_cards_of_others_print_nothing_either() {
    let mut printed = Printed::default();
    printed.debug(&Policy::bank());
    printed.debug(&trusting(issuer()));
    printed.debug(&issuer_of_canary_is_public());
    let mut random = Random::from_seed(1);
    for _ in 0..200 {
        printed.result(&Response::parse(&random.bytes(300)));
    }
    printed.assert_silent(&holder(&canary(), &personalised(false)));
}

/// Names of certificates are public and may be printed; the test would be blind if they were not.
fn issuer_of_canary_is_public() -> String {
    let run = Desk::new().read(personalised(false), mrz_key());
    let report = format!("{:?}", run.report);
    assert!(report.contains("CSCA Simulator"), "{report}");
    report
}

/// The command line tool, where it was built: what it writes beside its output is silent too.
#[test]
fn the_command_line_tool_is_silent_beside_its_output() {
    let mut tool = std::env::current_exe().unwrap();
    tool.pop();
    tool.pop();
    tool.push(format!("cccd{}", std::env::consts::EXE_SUFFIX));
    if !tool.exists() {
        println!("skipped: {} is not built", tool.display());
        return;
    }
    let person = Person::sample();
    for arguments in [
        &["read", "--simulated"][..],
        &["read", "--simulated", "--json"],
        &["read", "--simulated", "--can", "999999"],
    ] {
        let output = std::process::Command::new(&tool)
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let canaries = [
            text_canary("ID number", &person.id_number),
            text_canary("document number", &person.id_number[3..]),
            text_canary("name", &person.full_name),
            text_canary("residence", &person.residence),
            text_canary("MRZ", &person.mrz()[1]),
        ];
        assert_eq!(found(&stderr, &canaries), BTreeSet::new(), "{arguments:?}: {stderr}");
    }
}
