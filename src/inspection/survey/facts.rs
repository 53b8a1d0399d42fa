//! What a survey tells: numbers, names of algorithms and institutions, and nothing of the holder.

use crate::{
    apdu::StatusWord,
    error::{Error, Result},
    tlv::Tag,
};

/// Everything that was seen of one card. See [`survey`](super::survey) for what is never in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survey {
    /// Why it ended before its end; `None` if it did not.
    pub stopped: Option<Stopped>,
    /// Commands and what the card answered, in the order in which they were sent.
    pub probes: Vec<Probe>,
    /// EF.CardAccess as the card delivered it.
    pub card_access: Option<SecurityInfoFacts>,
    /// Whether EF.CardAccess is, byte for byte, what this library assumes of a CCCD that hides it.
    pub card_access_as_assumed: Option<bool>,
    /// What MSE:Set AT said to each variant and password. No password was sent.
    pub passwords: Vec<PasswordProbe>,
    /// Doors that were tried, in order.
    pub doors: Vec<Door>,
    /// EF.ATR/INFO.
    pub atr_info: Option<AtrInfo>,
    /// Identifiers of applications in EF.DIR, in hexadecimal.
    pub applications: Vec<String>,
    /// Authorities for Terminal Authentication that EF.CVCA names.
    pub terminal_authorities: Vec<String>,
    /// EF.CardSecurity: what it announces, and who signed it.
    pub card_security: Option<SecurityInfoFacts>,
    /// Who signed EF.CardSecurity.
    pub card_security_signature: Option<SignatureFacts>,
    /// EF.COM.
    pub com: Option<ComFacts>,
    /// EF.SOD.
    pub sod: Option<SodFacts>,
    /// Every file that was asked for.
    pub files: Vec<FileFacts>,
    /// The MRZ of DG1.
    pub mrz: Option<MrzFacts>,
    /// The faces of DG2.
    pub faces: Vec<FaceFacts>,
    /// DG13, if it is built as that of a CCCD.
    pub dg13: Option<Dg13Facts>,
    /// DG14.
    pub dg14: Option<SecurityInfoFacts>,
    /// The key in DG15, in words; the code of an error if it cannot be used.
    pub dg15_key: Option<String>,
    /// What came of Chip Authentication.
    pub chip_authentication: Option<ProofFacts>,
    /// What came of Active Authentication.
    pub active_authentication: Option<ProofFacts>,
    /// How much one READ BINARY brings.
    pub block_sizes: Vec<BlockSize>,
    /// Errors that came without protection inside secure messaging.
    pub unprotected_errors: usize,
    /// How often the channel broke and was opened again.
    pub reopenings: usize,
    /// Every status word on the line, by command, with how often it came.
    pub status_words: Vec<StatusCount>,
}

/// Where a survey, or the part of it that is inside the chip, ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What it was at.
    pub part: Part,
    /// Why.
    pub error: Error,
}

/// The parts of a survey, in order; a caller with a clock adds up the times of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// What the master file shows before access.
    MasterFile,
    /// Opening the chip.
    Access,
    /// The master file behind the door.
    MasterFileInside,
    /// Reading the files of the application.
    Reading,
    /// Active Authentication.
    ActiveAuthentication,
    /// Chip Authentication.
    ChipAuthentication,
    /// Which commands, sizes and further files the application knows.
    Habits,
    /// What the application shows before access.
    Closed,
    /// The doors that had not been used.
    OtherDoors,
    /// Other applications.
    OtherApplications,
}

impl Part {
    /// A stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MasterFile => "master_file",
            Self::Access => "access",
            Self::MasterFileInside => "master_file_inside",
            Self::Reading => "reading",
            Self::ActiveAuthentication => "active_authentication",
            Self::ChipAuthentication => "chip_authentication",
            Self::Habits => "habits",
            Self::Closed => "closed",
            Self::OtherDoors => "other_doors",
            Self::OtherApplications => "other_applications",
        }
    }
}

/// One command and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// When it was sent.
    pub part: Part,
    /// What was sent, by a stable name: `select_mf`, `sfi_1c`.
    pub name: String,
    /// SW1-SW2.
    pub status: StatusWord,
    /// Bytes of data that came with it.
    pub length: usize,
}

/// What the card says to a password before it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordProbe {
    /// `mrz` or `can`.
    pub password: &'static str,
    /// The protocol's object identifier.
    pub protocol: String,
    /// The number of the domain parameters.
    pub parameter_id: Option<u64>,
    /// The answer to MSE:Set AT. `63Cx` would tell the tries that are left.
    pub status: StatusWord,
}

/// A door, and whether it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// `pace-mrz`, `pace-can` or `bac`.
    pub name: &'static str,
    /// Whether the key was the caller's, or was read from DG1 of this card.
    pub key: KeySource,
    /// What ran; the error otherwise.
    pub outcome: Result<String>,
}

/// Where a key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// From the caller.
    Given,
    /// Out of DG1 of this card: it cannot be wrong.
    ReadFromCard,
}

/// `SecurityInfos` of EF.CardAccess, EF.CardSecurity or DG14.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfoFacts {
    /// The entries in the file's order; as many as could be read.
    pub infos: Vec<InfoFacts>,
    /// Whether more entries or bytes follow that were not read.
    pub complete: bool,
}

/// One `SecurityInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfoFacts {
    /// The protocol's object identifier.
    pub oid: String,
    /// What it is called; `None` if it is not known here.
    pub name: Option<String>,
    /// The version, where the entry has one.
    pub version: Option<u64>,
    /// The number of domain parameters or key.
    pub id: Option<u64>,
    /// Curve, group, key or algorithm.
    pub detail: Option<String>,
}

/// EF.ATR/INFO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtrInfo {
    /// Tags and lengths.
    pub objects: Vec<Node>,
    /// DO 7F66: longest command and longest answer in bytes.
    pub buffers: Option<(u64, u64)>,
}

/// A data object: how deep it lies, its tag and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// 0 for the outermost.
    pub depth: u8,
    /// The tag.
    pub tag: Tag,
    /// The length of its contents.
    pub length: Size,
}

/// A number of bytes, exact only where it says nothing of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// So many.
    Exactly(usize),
    /// So many or fewer.
    UpTo(usize),
}

impl core::fmt::Display for Size {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Exactly(bytes) => write!(f, "{bytes}"),
            Self::UpTo(bytes) => write!(f, "≤{bytes}"),
        }
    }
}

/// EF.COM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComFacts {
    /// Version of the LDS.
    pub lds_version: String,
    /// Version of Unicode.
    pub unicode_version: String,
    /// The tags that it lists.
    pub tags: Vec<u8>,
    /// Whether it lists the groups that EF.SOD does; `None` if one of the two could not be read.
    pub agrees_with_sod: Option<bool>,
}

/// EF.SOD, without digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SodFacts {
    /// The content type, dotted.
    pub content_type: String,
    /// Version of the LDS Security Object.
    pub version: Option<u8>,
    /// How the digests were made.
    pub digest_algorithm: Option<String>,
    /// The numbers of the groups in the order of the list; unknown ones too.
    pub groups: Vec<u64>,
    /// Versions of LDS and Unicode, in version 1.
    pub lds_version: Option<String>,
    /// Who signed it, and how.
    pub signature: SignatureFacts,
}

/// A signature and its signer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignatureFacts {
    /// How it was made.
    pub scheme: Option<String>,
    /// Whether it is right under the signer's certificate; nobody was asked whether that is to be trusted.
    pub correct: Option<bool>,
    /// Whether a signing time is stated. It is near the card's day of issue, so it is not told.
    pub has_signing_time: bool,
    /// Stable names of the tolerances that reading needed.
    pub deviations: Vec<&'static str>,
    /// Certificates that came along.
    pub certificates: usize,
    /// The signer's certificate.
    pub signer: Option<SignerFacts>,
}

/// The certificate of a document signer, without its serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerFacts {
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The key in words.
    pub key: Option<String>,
    /// Whether the curve is written out.
    pub explicit_curve: bool,
    /// How the authority signed it.
    pub signed_with: Option<String>,
    /// First day of validity.
    pub not_before: String,
    /// Last day of validity.
    pub not_after: String,
    /// Bytes of the serial number.
    pub serial_length: usize,
    /// The authority's key, by its identifier in hexadecimal: tells one CSCA key from the next.
    pub authority_key_id: Option<String>,
    /// The extensions' object identifiers, `!` before critical ones.
    pub extensions: Vec<String>,
    /// Uses that the key usage names.
    pub key_usage: Vec<&'static str>,
    /// Document types that the certificate is for.
    pub document_types: Vec<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its standard name, or `SFI 11`.
    pub name: String,
    /// Whether it was read.
    pub outcome: FileOutcome,
    /// Its size.
    pub size: Option<Size>,
    /// Whether its digest is that in EF.SOD; `None` if none is listed.
    pub digest_matches: Option<bool>,
    /// Tags and lengths. In groups of the holder's own, lengths are classes.
    pub structure: Vec<Node>,
    /// Whether more objects follow, or what is there is no data object.
    pub structure_complete: bool,
}

/// Whether a file could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcome {
    /// Whole.
    Read,
    /// Not asked for beyond its first bytes: fingerprints and irises, and files nobody knows.
    NotRead,
    /// The card has none.
    Absent,
    /// Refused with this status word.
    Refused(StatusWord),
    /// Ended with the error of this code.
    Failed(&'static str),
}

/// The MRZ, without a character of the holder's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MrzFacts {
    /// `TD1`, `TD2` or `TD3`.
    pub format: &'static str,
    /// The first two characters.
    pub document_code: String,
    /// The issuing state.
    pub issuing_state: String,
    /// Document number: runs of digits, letters and fillers, such as `d9`.
    pub document_number: String,
    /// Optional data of the first line, likewise.
    pub optional_data_1: String,
    /// Whether optional data 1 begin with twelve digits of which the document number is the end.
    pub number_is_end_of_twelve_digits: Option<bool>,
    /// Whether the twelve digits are followed by fillers and their own check digit.
    pub own_check_digit: Option<bool>,
    /// Whether the CAN that opened the card is the end of the twelve digits.
    pub can_is_end_of_twelve_digits: Option<bool>,
    /// Whether the name fills its field, and may have been cut.
    pub name_fills_field: bool,
}

/// One face of DG2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaceFacts {
    /// The media type.
    pub media_type: &'static str,
    /// Width and height in pixels, if the record gives them.
    pub pixels: Option<(u16, u16)>,
    /// Bytes of the image, rounded up to whole KiB.
    pub size: Size,
}

/// DG13 of a CCCD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg13Facts {
    /// The version in front of the entries.
    pub version: Option<u64>,
    /// The object identifier in front of the entries.
    pub encoding: Option<String>,
    /// Entries, in the file's order; those whose presence tells of the holder are left out.
    pub fields: Vec<FieldFacts>,
    /// Whether the entries come in the order of their numbers.
    pub in_order: bool,
    /// Entry 13: `one_sequence` or `several_sequences`; `None` if it is not there or built otherwise.
    pub parents: Option<&'static str>,
    /// Entry 2: `upper` or `mixed`.
    pub name_case: Option<&'static str>,
}

/// One entry of DG13.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFacts {
    /// Its number.
    pub number: u64,
    /// The tags of its values.
    pub types: Vec<Tag>,
    /// Its form: `digits:12`, `hex:16`, `date` or `text`.
    pub form: String,
    /// The length of its values together.
    pub length: Size,
}

/// Whether the chip proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFacts {
    /// What ran; the error's code otherwise.
    pub outcome: core::result::Result<String, &'static str>,
    /// Bytes of the signature, for Active Authentication.
    pub signature_length: Option<usize>,
    /// Whether an ECDSA signature came in DER where r ‖ s is due.
    pub der: Option<bool>,
}

/// One READ BINARY of a certain length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockSize {
    /// Bytes asked for.
    pub asked: usize,
    /// Bytes that came.
    pub got: usize,
    /// With this status word.
    pub status: StatusWord,
}

/// A status word on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusCount {
    /// The command.
    pub command: &'static str,
    /// SW1-SW2.
    pub status: StatusWord,
    /// How often it came.
    pub count: usize,
}
