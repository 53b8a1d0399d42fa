//! The files of `simulator/timings/`: what is in them, and which there are.

use serde::Deserialize;

/// Every file, one line each.
const FILES: [&str; 10] = [
    include_str!("../../timings/host-phone.toml"),
    include_str!("../../timings/host-desk.toml"),
    include_str!("../../timings/host-desk-271.toml"),
    include_str!("../../timings/radio-106.toml"),
    include_str!("../../timings/radio-212.toml"),
    include_str!("../../timings/radio-424.toml"),
    include_str!("../../timings/radio-848.toml"),
    include_str!("../../timings/chip-fast.toml"),
    include_str!("../../timings/chip-mid.toml"),
    include_str!("../../timings/chip-old.toml"),
];

/// The version of the files' form.
const VERSION: u64 = 1;

/// One file. What the fields mean and where their values are from stands in the files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Profile {
    Host(Host),
    Radio(Radio),
    Chip(Computation),
}

/// Phone or desk.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Host {
    version: u64,
    pub(super) name: String,
    pub(super) exchange_ns: u64,
    pub(super) max_command: usize,
    pub(super) max_response: usize,
    /// Hosts without USB have neither of these two.
    pub(super) ccid_message: Option<usize>,
    #[serde(default)]
    pub(super) message_ns: u64,
}

/// Bit rate, frames and waiting times.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Radio {
    version: u64,
    pub(super) name: String,
    pub(super) divisor: u64,
    pub(super) bits_per_byte: u64,
    pub(super) frame_bits: u64,
    pub(super) sync_cycles: u64,
    pub(super) block_bytes: usize,
    pub(super) fsd: usize,
    pub(super) fsc: usize,
    pub(super) frame_delay_cycles: u64,
    pub(super) fwi: u32,
    pub(super) sfgi: u32,
    pub(super) activation_ns: u64,
    pub(super) retransmissions: u64,
}

/// The chip's arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Computation {
    version: u64,
    pub(super) name: String,
    pub(super) dispatch_ns: u64,
    pub(super) aes_256_bytes_ns: u64,
    pub(super) triple_des_256_bytes_ns: u64,
    pub(super) ec_key_generation_ns: u64,
    pub(super) ec_agreement_ns: u64,
    pub(super) ecdsa_signature_ns: u64,
    pub(super) ecdsa_verification_ns: u64,
    pub(super) rsa_signature_ns: u64,
    pub(super) rsa_verification_ns: u64,
    pub(super) modp_exponentiation_ns: u64,
    pub(super) application_selection_ns: u64,
    pub(super) challenge_ns: u64,
    pub(super) bac_ns: u64,
    pub(super) chip_authentication_ns: u64,
}

impl Profile {
    /// Why a text is no such file, in words.
    fn parse(text: &str) -> Result<Profile, String> {
        let profile: Profile = toml::from_str(text).map_err(|error| error.to_string())?;
        let (name, version) = match &profile {
            Profile::Host(host) => (&host.name, host.version),
            Profile::Radio(radio) => (&radio.name, radio.version),
            Profile::Chip(chip) => (&chip.name, chip.version),
        };
        if version != VERSION {
            return Err(format!("{name}: version {version}, not {VERSION}"));
        }
        if let Profile::Radio(radio) = &profile {
            // With less room than this a frame carries nothing; a greater FWI or SFGI is reserved [ISO/IEC 14443-4].
            let carries = radio.fsd.min(radio.fsc) > radio.block_bytes;
            if !carries || radio.divisor == 0 || radio.fwi > 14 || radio.sfgi > 14 {
                return Err(format!("{name}: frames that carry nothing, or a reserved value"));
            }
        }
        if let Profile::Host(host) = &profile
            && host.ccid_message.is_some_and(|message| message <= super::CCID_HEADER)
        {
            return Err(format!("{name}: CCID messages that carry nothing"));
        }
        Ok(profile)
    }
}

/// What the files say.
pub(super) fn all() -> impl Iterator<Item = Profile> {
    FILES.iter().map(|text| {
        Profile::parse(text).unwrap_or_else(|error| panic!("a file of simulator/timings: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_named_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/timings");
        let mut texts: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        let mut named = FILES.map(str::to_owned).to_vec();
        texts.sort();
        named.sort();
        assert!(texts == named, "FILES and simulator/timings differ");
        assert_eq!(all().count(), FILES.len());
    }

    #[test]
    fn wrong_files_are_refused() {
        let good = include_str!("../../timings/radio-424.toml");
        assert!(Profile::parse(good).is_ok());
        for (from, to, expected) in [
            ("version = 1", "version = 2", "version 2, not 1"),
            ("fwi = 8", "fwi = 15", "reserved"),
            ("fsd = 256", "fsd = 3", "carry nothing"),
            ("divisor = 4", "divisor = 0", "carry nothing"),
            ("fwi = 8", "fwj = 8", "fwj"),
            ("fwi = 8", "", "missing field `fwi`"),
            ("kind = \"radio\"", "kind = \"wire\"", "wire"),
        ] {
            let text = good.replace(from, to);
            assert_ne!(text, good);
            let error = Profile::parse(&text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        let desk = include_str!("../../timings/host-desk-271.toml");
        let error = Profile::parse(&desk.replace("= 271", "= 10")).unwrap_err();
        assert!(error.contains("CCID"), "{error}");
    }
}
