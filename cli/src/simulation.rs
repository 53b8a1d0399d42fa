//! The simulated card that `read --simulated` reads and `simulate` lays on a virtual reader.

use std::{path::PathBuf, thread, time::Duration};

use cccd::{
    crypto::Random as _,
    error::{Error, Result as LibraryResult},
    files,
    transport::{Limits, SystemRandom, Transport, Until},
};
use cccd_simulator::{
    Chip, Issuer, IssuerOptions, Link, Person, Profile,
    person::PersonError,
    personalisation::{Personalisation, file},
    reference::Reference,
    timing::Elapsed,
};
use clap::{Args, ValueEnum};

use crate::{card::Card, failure::Failure, profile, reference, save};

/// Who is simulated, and what is wrong with the card.
#[derive(Args)]
#[command(next_help_heading = "Thẻ mô phỏng · Simulated card")]
pub(crate) struct SimulationArguments {
    /// Loại thẻ theo tên trong `cccd simulate --list` [mặc định: cccd] · The kind of card, by its name in
    /// `cccd simulate --list` [default: cccd]
    #[arg(long, value_name = "NAME", value_parser = profile::name)]
    profile: Option<String>,
    /// Thay cho loại thẻ, dùng thẻ chuẩn có độ dài tệp luôn như nhau: pace hoặc bac, rồi lượng dữ liệu mỗi trả lời, ví dụ
    /// pace-2048, bac-short, pace-extended · In place of a profile the reference card, whose files always have the same
    /// lengths: pace or bac, and what one answer carries, such as pace-2048, bac-short, pace-extended
    #[arg(long, value_name = "ACCESS-BUFFER", value_parser = reference::named,
          conflicts_with_all = ["profile", "person", "seed", "tamper"])]
    reference: Option<Reference>,
    /// Chủ thẻ, theo tệp TOML hoặc theo tên; không ai có thật: dang-van-duc, card-of-2024, child-of-13, child-under-6,
    /// long-address, long-name, minority-name, month-of-birth, year-of-birth [mặc định: nguyen-thi-thu-ha] · The holder, by
    /// a TOML file or a name, none of them real: dang-van-duc, card-of-2024, child-of-13, child-under-6, long-address,
    /// long-name, minority-name, month-of-birth, year-of-birth [default: nguyen-thi-thu-ha]
    #[arg(long, value_name = "FILE|NAME")]
    person: Option<PathBuf>,
    /// Tạo khóa của cơ quan cấp và của thẻ từ số này [mặc định: số ngẫu nhiên] · Make the authority and the card's keys
    /// from this number [default: a random one]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Lưu chứng thư của cơ quan cấp mô phỏng, dùng cho --trust · Save the simulated authority's certificate, for --trust
    #[arg(long, value_name = "FILE")]
    trust_out: Option<PathBuf>,
    /// Thẻ bị giả mạo thế nào · What a forger did to the card
    #[arg(long, value_enum, value_name = "HOW")]
    tamper: Option<Tampering>,
    /// Rút thẻ sau số lượt trao đổi này · Take the card away after this many exchanges
    #[arg(long, value_name = "EXCHANGES")]
    pub(crate) remove_after: Option<usize>,
    /// Đặt lại thẻ đã rút sau số mili giây này · Put the card that was taken away back after this many milliseconds
    #[arg(long, value_name = "MILLISECONDS", requires = "remove_after")]
    pub(crate) put_back_after: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tampering {
    /// Một bit trong thông tin của chủ thẻ bị sửa · One bit of the holder's text fields is altered
    Dg13,
    /// Tệp đúng trên một chip không có khóa bí mật · Right files on a chip without the private keys
    Clone,
    /// Mọi thứ do một cơ quan mạo danh ký · Everything is signed by an authority that only borrowed the name
    Stranger,
    /// Chip giấu khóa xác thực chip (CA) · The chip hides the key for Chip Authentication
    WithholdDg14,
    /// Chip giấu khóa xác thực chủ động (AA) · The chip hides the key for Active Authentication
    WithholdDg15,
}

/// A card, its holder, and the certificate of the authority that it claims to come from.
pub(crate) struct Simulated {
    pub(crate) profile: Profile,
    pub(crate) person: Person,
    pub(crate) csca: Vec<u8>,
    /// The chip in the field, with what goes wrong there.
    pub(crate) link: Link,
    /// What the reader carries.
    pub(crate) limits: Limits,
}

impl SimulationArguments {
    /// Whether any of these options was given.
    pub(crate) const fn any(&self) -> bool {
        self.profile.is_some()
            || self.reference.is_some()
            || self.person.is_some()
            || self.seed.is_some()
            || self.trust_out.is_some()
            || self.tamper.is_some()
            || self.remove_after.is_some()
    }

    /// Makes the card.
    pub(crate) fn card(&self) -> Result<Simulated, Failure> {
        let card = match self.reference {
            Some(card) => reference::card(card),
            None => self.issued()?,
        };
        if let Some(path) = &self.trust_out {
            save::public(path, &card.csca).map_err(|error| files::io_error(path, &error))?;
        }
        Ok(card)
    }

    fn issued(&self) -> Result<Simulated, Failure> {
        let person = self.person()?;
        let seed = match self.seed {
            Some(seed) => seed,
            None => random_seed()?,
        };
        let issuer = Issuer::new(IssuerOptions { seed, ..IssuerOptions::default() });
        let profile = self.profile()?;
        let personalisation = if self.tamper == Some(Tampering::Stranger) {
            let stranger = IssuerOptions { seed: !seed, ..IssuerOptions::default() };
            profile.issue(&Issuer::new(stranger), &person, seed)
        } else {
            self.tampered(profile.issue(&issuer, &person, seed))
        };
        let csca = issuer.csca_certificate().to_vec();
        let chip = Chip::new(personalisation, seed);
        let field = profile.field.as_ref();
        let faults = field.map(|problem| problem.faults.clone()).unwrap_or_default();
        let limits = match field.and_then(|problem| problem.reader) {
            Some((max_command, max_response)) => Limits { max_command, max_response },
            None => Limits::EXTENDED,
        };
        Ok(Simulated { link: Link::with_faults(chip, faults), limits, profile, person, csca })
    }

    /// Where the certificate for `--trust` was written.
    pub(crate) const fn trust_out(&self) -> Option<&PathBuf> {
        self.trust_out.as_ref()
    }

    fn profile(&self) -> Result<Profile, Failure> {
        let name = self.profile.as_deref().unwrap_or("cccd");
        Ok(Profile::named(name).ok_or(Error::Misuse("a profile that does not exist"))?)
    }

    fn person(&self) -> Result<Person, Failure> {
        let Some(path) = &self.person else { return Ok(Person::sample()) };
        if let Some(person) = path.to_str().and_then(Person::named) {
            return Ok(person);
        }
        let text = std::fs::read_to_string(path).map_err(|error| files::io_error(path, &error))?;
        Person::from_toml(&text).map_err(|error| refused(&error, &text))
    }

    fn tampered(&self, mut card: Personalisation) -> Personalisation {
        match self.tamper {
            // In the middle of the file, far from tags and lengths at its ends.
            Some(Tampering::Dg13) => {
                let bits = card.files.get(&file::DG13).map_or(0, |bytes| bytes.len() * 8);
                card.flip_bit(file::DG13, bits / 2);
            }
            Some(Tampering::Clone) => return card.clone_without_private_keys(),
            Some(Tampering::WithholdDg14) => card.withhold(file::DG14),
            Some(Tampering::WithholdDg15) => card.withhold(file::DG15),
            Some(Tampering::Stranger) | None => {}
        }
        card
    }
}

/// A simulated card on a simulated reader. Lost by a fault of its profile it is put back at once; taken away by
/// `--remove-after` it stays away unless somebody was told to put it back.
pub(crate) struct SimulatedReader {
    pub(crate) link: Link,
    pub(crate) limits: Limits,
    /// Exchanges until somebody takes the card away; `None`: nobody does.
    pub(crate) left: Option<usize>,
    /// When it is put back.
    pub(crate) put_back: Option<Duration>,
}

impl Transport for SimulatedReader {
    fn transmit(&mut self, command: &[u8]) -> LibraryResult<Vec<u8>> {
        match &mut self.left {
            Some(0) => return Err(Error::LinkLost),
            Some(left) => *left -= 1,
            None => {}
        }
        self.link.transmit(command).map_err(|_| Error::LinkLost)
    }

    fn reconnect(&mut self, until: &Until) -> LibraryResult<()> {
        if self.left == Some(0) {
            let after = self.put_back.ok_or(Error::LinkLost)?;
            let left = until.left()?;
            thread::sleep(left.min(after));
            if left < after {
                return Err(Error::LinkLost);
            }
            self.left = None;
        }
        self.link.put_back();
        Ok(())
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

impl Card for SimulatedReader {
    fn elapsed(&self) -> Option<Elapsed> {
        Some(self.link.elapsed())
    }
}

/// Why the file cannot be used, without any value from it: somebody may have entered real ones.
fn refused(error: &PersonError, text: &str) -> Failure {
    match error {
        PersonError::Toml(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            // Its first words say what is wrong; what follows a colon or quotation mark may quote.
            let words = error.message().split([':', '"']).next().unwrap_or_default();
            let words = words.trim().trim_end_matches(", expected one of");
            let (reason, reason_vi) = (
                format!("line {line}: {words}"),
                format!("dòng {line} sai cú pháp hoặc sai tên mục"),
            );
            Failure::Person { reason, reason_vi }
        }
        PersonError::Field { field, expected, .. } => Failure::Person {
            reason: format!("{field} must be {expected}"),
            reason_vi: format!("mục {field} không đúng dạng"),
        },
    }
}

fn random_seed() -> Result<u64, Failure> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}
