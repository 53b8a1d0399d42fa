//! How a chip differs from the book.

/// What READ BINARY and INTERNAL AUTHENTICATE answer when more is asked, or more is to be said, than the chip or the
/// command's Le can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// Fewer bytes than asked for, and 9000.
    Short,
    /// 6700.
    WrongLength,
    /// 6Cxx: "ask again with Le = xx".
    ExactLe,
    /// 9000 without any data, as seen in the field.
    Nothing,
}

/// What READ BINARY answers when the offset is inside the file and Le reaches beyond its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfFile {
    /// The rest of the file and 9000.
    Data,
    /// The rest of the file and 6282.
    Warning,
    /// 6B00 and no data.
    Refuse,
    /// 6Cxx and no data: xx bytes are left.
    ExactLe,
}

/// What the chip answers to a wrong MRZ or CAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongPassword {
    /// 6300, as often as one likes.
    Plain,
    /// 63Cx: x tries are left; at zero the access is blocked with 6983. A right password fills the counter up again.
    Counter {
        /// Tries at the beginning, 1 to 15.
        tries: u8,
    },
    /// 6982, as some chips answer EXTERNAL AUTHENTICATE.
    SecurityStatus,
    /// 6985.
    Conditions,
}

/// How an error inside secure messaging (a missing file, a refused access) reaches the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorProtection {
    /// As DO 99 and DO 8E: the channel goes on.
    Protected,
    /// The bare status word; the send sequence counter was advanced for command and answer, the channel goes on.
    PlainCounted,
    /// The bare status word; the send sequence counter stands where it stood before the command.
    PlainUncounted,
    /// The bare status word, and the session is over.
    PlainEndsSession,
}

/// What a chip that is no honest one does in PACE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceForgery {
    /// The mapping key is a point off the curve, or p − 1.
    MappingKeyOutsideGroup,
    /// The mapping key is the one that the reader sent.
    MappingKeyEchoed,
    /// The agreement key is a point off the curve, or p − 1.
    AgreementKeyOutsideGroup,
    /// The agreement key is the one that the reader sent.
    AgreementKeyEchoed,
    /// One bit of the chip's token is wrong.
    WrongToken,
    /// Chip authentication mapping without its data.
    NoChipAuthenticationData,
    /// CA_IC is a random number.
    RandomChipAuthenticationData,
    /// CA_IC belongs to another key than the signed one.
    ChipAuthenticationDataOfAnotherKey,
}

/// How this chip differs from the book. [`Behaviour::default`] is the CCCD.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// The answer to SELECT of the master file. Vietnamese cards answer 6D00; 9000 selects it.
    pub select_mf: u16,
    /// Whether EF.CardAccess can be read by its short identifier 1C.
    pub card_access_by_sfi: bool,
    /// Whether EF.CardAccess can be selected.
    pub card_access_by_select: bool,
    /// Whether READ BINARY takes short identifiers inside the application; 6A82 if not.
    pub sfi_reads: bool,
    /// Whether the chip understands extended APDUs; 6700 if not.
    pub extended_length: bool,
    /// The longest command the chip's buffer takes, as a whole APDU; 6700 above that.
    pub max_command: usize,
    /// The longest answer the chip's buffer takes, as a whole APDU, its status word included.
    pub max_response: usize,
    /// How much plain data one answer carries at most.
    pub max_response_data: usize,
    /// What happens above that.
    pub too_long: TooLong,
    /// What happens at the end of a file.
    pub end_of_file: EndOfFile,
    /// Whether the field has the application selected already, as iOS does.
    pub application_preselected: bool,
    /// Answer to reset as a contactless reader makes it up `[PC/SC part 3]`.
    pub atr: Vec<u8>,
    /// The answer to a wrong password.
    pub answer_to_wrong_password: WrongPassword,
    /// Plain answers longer than the command's Le are offered by 61xx and fetched with GET RESPONSE.
    pub get_response: bool,
    /// How errors travel inside secure messaging.
    pub error_protection: ErrorProtection,
    /// PACE: MSE:Set AT without the domain parameter reference (DO 84) is refused with 6A80.
    pub parameter_reference_required: bool,
    /// Passwords that PACE takes: the MRZ (reference 01).
    pub pace_mrz: bool,
    /// Passwords that PACE takes: the CAN (reference 02).
    pub pace_can: bool,
    /// PACE: how this chip cheats.
    pub pace_forgery: Option<PaceForgery>,
    /// PACE: the data of the answer to integrated mapping. The book has an empty DO 82.
    pub integrated_mapping_answer: Vec<u8>,
    /// Public keys modulo a prime are sent, and stand in tokens, with leading zeros up to the prime's length.
    pub full_length_integers: bool,
    /// A Le field on SELECT with P2 = 0C or on MSE is answered 6700, as some German documents do.
    pub superfluous_le_refused: bool,
    /// The answer to selecting or reading EF.CardAccess while the application is selected; 9000 allows it.
    pub card_access_in_application: u16,
    /// Active Authentication with ECDSA answers the DER form of r and s instead of the plain one, as was seen.
    pub ecdsa_signature_der: bool,
    /// Active Authentication with RSA answers the smaller of σ and n − σ: the scheme of ISO/IEC 9796-2 B.4, which chips
    /// should not use and readers should know `[9303-11 §6.1.2.2]`.
    pub rsa_smaller_signature: bool,
    /// READ BINARY with odd INS B1 is known; 6D00 if not.
    pub odd_read_binary: bool,
    /// Certificates and signatures of terminals may come in a chain of commands, though chaining is for GENERAL
    /// AUTHENTICATE only `[TR-03110-3 §B.13]`: what a reader without extended length hopes for.
    pub certificate_chaining: bool,
    /// The answer to selecting EF.DIR (2F00), which no reader of travel documents needs. 6A82: there is none.
    pub directory: u16,
    /// The first protected command after power-up is answered 6988, and the session is over. The next one lasts.
    pub first_session_fails: bool,
    /// Files read for the first time since power-up end in the data objects of an error, 99 02 67 00, in place of their
    /// own last bytes: a chip that takes its own error for data.
    pub error_in_file: Option<u16>,
    /// READ BINARY inside a session is answered in plain, data and all.
    pub plain_data_in_session: bool,
}

impl Behaviour {
    /// A chip with the same buffers that does everything else by the book: what a misbehaving one is compared with.
    /// `short` is what a protected answer of 256 bytes carries, all that a chip without extended length has.
    pub fn well_behaved(&self, short: usize) -> Behaviour {
        let longest = if self.extended_length { usize::MAX } else { short };
        Behaviour {
            max_response_data: self.max_response_data.min(longest),
            max_command: self.max_command,
            max_response: self.max_response,
            get_response: self.get_response,
            ..Behaviour::default()
        }
    }
}

impl Default for Behaviour {
    fn default() -> Behaviour {
        Behaviour {
            select_mf: 0x6D00,
            card_access_by_sfi: true,
            card_access_by_select: true,
            sfi_reads: true,
            extended_length: true,
            max_command: usize::MAX,
            max_response: usize::MAX,
            max_response_data: 2048,
            too_long: TooLong::Short,
            end_of_file: EndOfFile::Data,
            application_preselected: false,
            // TS, T0, T=1 after T=0, one historical byte 80, check byte 80: an ISO 14443-4 type A card with no more to say.
            atr: vec![0x3B, 0x81, 0x80, 0x01, 0x80, 0x80],
            answer_to_wrong_password: WrongPassword::Plain,
            get_response: false,
            error_protection: ErrorProtection::Protected,
            parameter_reference_required: false,
            pace_mrz: true,
            pace_can: true,
            pace_forgery: None,
            integrated_mapping_answer: vec![0x7C, 0x02, 0x82, 0x00],
            full_length_integers: false,
            superfluous_le_refused: false,
            card_access_in_application: 0x6A82,
            ecdsa_signature_der: false,
            rsa_smaller_signature: false,
            odd_read_binary: true,
            certificate_chaining: false,
            directory: 0x6A82,
            first_session_fails: false,
            error_in_file: None,
            plain_data_in_session: false,
        }
    }
}
