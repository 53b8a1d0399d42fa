//! Secure messaging under every cipher: what somebody without the keys can do, and somebody with them.

use cccd_simulator::{
    personalisation::{RecordEdition, dg2},
    portrait::PortraitOptions,
    symmetric::{self, BlockCipher, KeyUse},
};

use super::*;

const CURVE: CurveName = CurveName::BrainpoolP256r1;

/// A card whose channel has this cipher, without the proofs of the chip.
fn card_of(cipher: CipherName) -> Personalisation {
    personalise(&CardOptions {
        pace: vec![PaceOption::new(Mapping::Generic, CURVE, cipher)],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    })
}

/// Reads and lets `change` alter the protected answer with the number `nth`; it gets those before as well.
/// Returns the run and how many protected commands were sent.
fn altered(
    card: Personalisation,
    nth: usize,
    mut change: impl FnMut(&[Vec<u8>], Vec<u8>) -> Vec<u8>,
) -> (Run, Vec<Vec<u8>>) {
    let mut chip = Chip::new(card, 7);
    let mut protected: Vec<Vec<u8>> = Vec::new();
    let options = InspectionOptions::new(can(), seeded(1));
    let run = Desk::new().read_over(options, |command| {
        let answer = chip.process(command);
        if command[0] & 0x0C != 0x0C {
            return Ok(answer);
        }
        protected.push(answer.clone());
        let (last, before) = protected.split_last().unwrap();
        Ok(if before.len() == nth { change(before, last.clone()) } else { answer })
    });
    (run, protected)
}

/// Gets the answers before and the answer itself.
type Change<'a> = &'a dyn Fn(&[Vec<u8>], Vec<u8>) -> Vec<u8>;

/// What the channel says to an altered answer, after which nothing more may be sent.
#[track_caller]
fn assert_broken(cipher: CipherName, nth: usize, name: &str, code: &str, change: Change<'_>) {
    let (run, protected) = altered(card_of(cipher), nth, change);
    assert_eq!(run.error().code(), code, "{name} under {cipher:?}: {:?}", run.error());
    assert_eq!(run.ended(Check::SecureMessaging), code, "{name} under {cipher:?}");
    assert_eq!(run.error().advice().as_str(), "present_again");
    assert_eq!(protected.len(), nth + 1, "{name} under {cipher:?}: more was sent");
}

/// The protected answers of a whole session with other keys.
fn of_another_session(cipher: CipherName) -> Vec<Vec<u8>> {
    let mut chip = Chip::new(card_of(cipher), 8);
    let options = InspectionOptions::new(can(), seeded(2));
    Desk::new().read_chip(&mut chip, options).verified();
    let protected = chip.trace().iter().filter(|exchange| exchange.plain_command.is_some());
    protected.map(|exchange| exchange.response.clone()).collect()
}

const MAC: &str = "channel_broken.mac";
const STRUCTURE: &str = "channel_broken.structure";

#[test]
fn answers_altered_by_somebody_without_the_keys() {
    for cipher in CipherName::ALL {
        let other = of_another_session(cipher);
        for nth in [1, 3] {
            let flip = |from_end: usize| {
                move |_: &[Vec<u8>], mut answer: Vec<u8>| {
                    let at = answer.len() - from_end;
                    answer[at] ^= 1;
                    answer
                }
            };
            let changes: [(&str, &str, Change<'_>); 16] = [
                ("a wrong MAC", MAC, &flip(3)),
                ("data altered", MAC, &flip(40)),
                ("no MAC", STRUCTURE, &|_, answer| {
                    [&answer[..answer.len() - 12], &answer[answer.len() - 2..]].concat()
                }),
                ("an empty MAC", MAC, &|_, answer| {
                    [&answer[..answer.len() - 12], &[0x8E, 0, 0x90, 0]].concat()
                }),
                ("the MAC of the answer before", MAC, &|before, answer| {
                    let old = before.last().unwrap();
                    let (end, old_end) = (answer.len() - 12, old.len() - 12);
                    [&answer[..end], &old[old_end..]].concat()
                }),
                ("the answer before once more", MAC, &|before, _| before.last().unwrap().clone()),
                ("the first answer once more", MAC, &|before, _| before[0].clone()),
                ("the answer of another session", MAC, &|_, _| other[nth].clone()),
                ("another status word inside", MAC, &|_, mut answer| {
                    let at = answer.len() - 13;
                    answer[at] = 0x82;
                    answer
                }),
                ("another status word outside", "channel_broken.status_word", &|_, mut answer| {
                    let at = answer.len() - 2;
                    answer[at] = 0x62;
                    answer
                }),
                ("plain data", STRUCTURE, &|_, _| {
                    [tlv::node(0x61, &[7; 30]), vec![0x90, 0]].concat()
                }),
                ("9000 alone", "channel_broken.unprotected", &|_, _| vec![0x90, 0]),
                ("DO 87 as DO 85", MAC, &|_, mut answer| {
                    assert_eq!(answer[0], 0x87);
                    answer[0] = 0x85;
                    answer
                }),
                ("DO 87 and a DO 85", STRUCTURE, &|_, answer| {
                    [tlv::node(0x85, &[0; 16]), answer].concat()
                }),
                ("DO 87 twice", STRUCTURE, &|_, answer| {
                    let object = tlv::parse(&answer).unwrap().0.value;
                    [tlv::node(0x87, object), answer].concat()
                }),
                ("no DO 87", MAC, &|_, answer| answer[answer.len() - 16..].to_vec()),
            ];
            for (name, code, change) in changes {
                assert_broken(cipher, nth, name, code, change);
            }
        }
    }
}

/// Files beyond 32 KiB are read by the odd instruction, whose answers have DO 85.
#[test]
fn answers_to_the_odd_instruction() {
    for cipher in CipherName::ALL {
        let mut card = card_of(cipher);
        let portrait = PortraitOptions::of_size(34_000).make();
        card.files.insert(file::DG2, dg2(&portrait, RecordEdition::First));
        issuer().sign_again(&mut card);
        let (run, answers) = altered(card.clone(), usize::MAX, |_, answer| answer);
        run.assert_same_groups(&card);
        let nth = answers.iter().position(|answer| answer[0] == 0x85).unwrap();
        for (code, change) in [
            (MAC, (|answer| [&[0x87], &answer[1..]].concat()) as fn(Vec<u8>) -> Vec<u8>),
            (MAC, |answer| {
                let (object, rest) = tlv::parse(&answer).unwrap();
                [tlv::node(0x87, &[&[1], object.value].concat()), rest.to_vec()].concat()
            }),
            (MAC, |mut answer| {
                answer[9] ^= 1;
                answer
            }),
            (STRUCTURE, |answer| [&answer[..answer.len() - 12], &[0x90, 0]].concat()),
            (STRUCTURE, |_| [tlv::node(0x53, &[7; 30]), vec![0x90, 0]].concat()),
            ("channel_broken.unprotected", |_| vec![0x90, 0]),
        ] {
            let (run, sent) = altered(card.clone(), nth, |_, answer| change(answer));
            assert_eq!(run.error().code(), code, "{cipher:?}: {:?}", run.error());
            assert_eq!(sent.len(), nth + 1);
        }
    }
}

const NONCE: [u8; 32] = *b"the chip's nonce of these tests.";
const MAPPING: u128 = 0x2122_2324_2526_2728_292A_2B2C_2D2E_2F30;
const AGREEMENT: u128 = 0x4142_4344_4546_4748_494A_4B4C_4D4E_4F50;

/// Somebody who holds the session keys: a broken or hostile chip.
struct Insider {
    cipher: CipherName,
    secret: Vec<u8>,
    /// The send sequence counter of the answer.
    counter: u128,
}

impl Insider {
    fn counter(&self) -> Vec<u8> {
        let bytes = self.counter.to_be_bytes();
        bytes[16 - self.cipher.block_length()..].to_vec()
    }

    fn encrypt(&self, padded: &[u8]) -> Vec<u8> {
        let key = symmetric::derive_key(self.cipher, &self.secret, KeyUse::Encryption);
        let cipher = BlockCipher::new(self.cipher, &key);
        let mut iv = self.counter();
        match self.cipher {
            CipherName::TripleDes => iv.fill(0),
            _ => cipher.encrypt_block(&mut iv),
        }
        cipher.cbc_encrypt(&iv, padded)
    }

    /// An answer with these objects and the right MAC.
    fn seal(&self, objects: &[Vec<u8>], status: [u8; 2]) -> Vec<u8> {
        let key = symmetric::derive_key(self.cipher, &self.secret, KeyUse::Authentication);
        let objects = objects.concat();
        let message = match self.cipher {
            CipherName::TripleDes => objects.clone(),
            cipher => symmetric::pad(&objects, cipher.block_length()),
        };
        let message = [self.counter(), message].concat();
        let code = symmetric::authentication_code(self.cipher, &key, &message);
        [objects, tlv::node(0x8E, &code), status.to_vec()].concat()
    }
}

/// Reads from a chip whose protected answer `nth` is exchanged by somebody who has its keys.
fn with_insider(
    cipher: CipherName,
    nth: usize,
    answer: impl Fn(&Insider, Vec<u8>) -> Vec<u8>,
) -> Run {
    let mut chip = Chip::new(card_of(cipher), 7);
    chip.give_random(&NONCE[..cipher.key_length().next_multiple_of(cipher.block_length())]);
    chip.give_random(&MAPPING.to_be_bytes());
    chip.give_random(&AGREEMENT.to_be_bytes());
    let mut insider = Insider { cipher, secret: Vec::new(), counter: 0 };
    let options = InspectionOptions::new(can(), seeded(1));
    Desk::new().read_over(options, |command| {
        let good = chip.process(command);
        if let Some((0x83, key)) = pace_object(command) {
            let curve = CURVE.curve();
            let shared = curve.multiply(&AGREEMENT.into(), &curve.decode(&key).unwrap());
            insider.secret = curve.encode_x(&shared).unwrap();
        }
        if command[0] & 0x0C != 0x0C {
            return Ok(good);
        }
        insider.counter += 2;
        let due = insider.counter == 2 * (nth as u128 + 1);
        Ok(if due { answer(&insider, good) } else { good })
    })
}

#[test]
fn answers_with_the_right_mac_and_wrong_contents() {
    const SUCCESS: [u8; 2] = [0x90, 0];
    let status = || tlv::node(0x99, &SUCCESS);
    for cipher in CipherName::ALL {
        let block = cipher.block_length();
        // The keys are the right ones: a sealed answer is taken.
        let run = with_insider(cipher, 1, |insider, good| {
            let object = tlv::parse(&good).unwrap().0.value.to_vec();
            insider.seal(&[tlv::node(0x87, &object), status()], SUCCESS)
        });
        assert!(run.outcome.is_ok(), "{cipher:?}: {:?}", run.outcome);

        let text = symmetric::pad(&[7; 20], block);
        type Forge<'a> = &'a dyn Fn(&Insider, Vec<u8>) -> Vec<u8>;
        let forgeries: [(&str, &str, Forge<'_>); 10] = [
            ("no padding", "channel_broken.padding", &|insider, _| {
                let data = insider.encrypt(&vec![7; 2 * block]);
                insider.seal(&[tlv::node(0x87, &[&[1], &data[..]].concat()), status()], SUCCESS)
            }),
            ("nothing but zeros", "channel_broken.padding", &|insider, _| {
                let data = insider.encrypt(&vec![0; block]);
                insider.seal(&[tlv::node(0x87, &[&[1], &data[..]].concat()), status()], SUCCESS)
            }),
            ("another indicator of padding", STRUCTURE, &|insider, _| {
                let data = insider.encrypt(&text);
                insider.seal(&[tlv::node(0x87, &[&[2], &data[..]].concat()), status()], SUCCESS)
            }),
            ("no indicator of padding", STRUCTURE, &|insider, _| {
                let data = [&[9], &insider.encrypt(&text)[1..]].concat();
                insider.seal(&[tlv::node(0x87, &data), status()], SUCCESS)
            }),
            ("an empty DO 87", STRUCTURE, &|insider, _| {
                insider.seal(&[tlv::node(0x87, &[]), status()], SUCCESS)
            }),
            ("a part of a block", STRUCTURE, &|insider, _| {
                let data = [&[1], &insider.encrypt(&text)[1..]].concat();
                insider.seal(&[tlv::node(0x87, &data), status()], SUCCESS)
            }),
            ("no DO 99", STRUCTURE, &|insider, _| insider.seal(&[], SUCCESS)),
            ("a long DO 99", STRUCTURE, &|insider, _| {
                insider.seal(&[tlv::node(0x99, &[0x90, 0, 0])], SUCCESS)
            }),
            ("a status word that differs", "channel_broken.status_word", &|insider, _| {
                insider.seal(&[tlv::node(0x99, &[0x6A, 0x82])], SUCCESS)
            }),
            ("the counter of the answer after", MAC, &|insider, good| {
                let counter = insider.counter + 2;
                let object = tlv::parse(&good).unwrap().0.value.to_vec();
                let later = Insider { counter, secret: insider.secret.clone(), cipher };
                later.seal(&[tlv::node(0x87, &object), status()], SUCCESS)
            }),
        ];
        for (name, code, forge) in forgeries {
            let run = with_insider(cipher, 1, forge);
            assert_eq!(run.error().code(), code, "{name} under {cipher:?}: {:?}", run.error());
            assert_eq!(run.ended(Check::SecureMessaging), code, "{name} under {cipher:?}");
        }
    }
}
