//! The vocabulary of a verdict: checks, their outcomes, and named deviations.

use crate::error::Error;

/// What is checked about a document. [`Check::name`] is stable and used in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The chip was opened by BAC or PACE.
    Access,
    /// Every answer after that was authenticated.
    SecureMessaging,
    /// Every group that was read has the digest in the signed list.
    Digests,
    /// The signature over the signed list.
    SodSignature,
    /// The document signer chains to a trusted CSCA.
    SignerPath,
    /// The signer was not revoked.
    Revocation,
    /// Certificates and document are valid at the chosen date.
    Validity,
    /// The certificates of the signer's path and the MRZ name the same state.
    IssuingState,
    /// Chip Authentication.
    ChipAuthentication,
    /// PACE with chip-authentication mapping, against the signed EF.CardSecurity.
    ChipAuthenticationMapping,
    /// Active Authentication.
    ActiveAuthentication,
    /// Terminal Authentication: what this terminal may read. It proves nothing about the document.
    TerminalAuthentication,
    /// Neither access control nor chip proof was weaker than the signed files offer.
    Downgrade,
    /// Printed data (MRZ, QR) agree with the chip.
    PrintedData,
}

impl Check {
    /// All checks, in the order of a report.
    pub const ALL: [Self; 14] = [
        Self::Access,
        Self::SecureMessaging,
        Self::Digests,
        Self::SodSignature,
        Self::SignerPath,
        Self::Revocation,
        Self::Validity,
        Self::IssuingState,
        Self::ChipAuthentication,
        Self::ChipAuthenticationMapping,
        Self::ActiveAuthentication,
        Self::TerminalAuthentication,
        Self::Downgrade,
        Self::PrintedData,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::SecureMessaging => "secure_messaging",
            Self::Digests => "digests",
            Self::SodSignature => "sod_signature",
            Self::SignerPath => "signer_path",
            Self::Revocation => "revocation",
            Self::Validity => "validity",
            Self::IssuingState => "issuing_state",
            Self::ChipAuthentication => "chip_authentication",
            Self::ChipAuthenticationMapping => "chip_authentication_mapping",
            Self::ActiveAuthentication => "active_authentication",
            Self::TerminalAuthentication => "terminal_authentication",
            Self::Downgrade => "downgrade",
            Self::PrintedData => "printed_data",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The check was performed and holds; the words say what exactly was shown.
    Passed(String),
    /// The check was performed and does not hold.
    Failed(Error),
    /// The check was not performed; the code is stable, e.g. `not_offered`.
    NotPerformed {
        /// Stable code.
        code: &'static str,
        /// The reason in words.
        reason: &'static str,
    },
}

impl core::fmt::Display for Outcome {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Passed(words) => write!(f, "passed: {words}"),
            Self::Failed(error) => write!(f, "FAILED: {error}"),
            Self::NotPerformed { reason, .. } => write!(f, "not performed: {reason}"),
        }
    }
}

/// A tolerance that was used for this document. Each has a stable name and can be refused by policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// The CMS uses BER indefinite lengths where DER is due.
    BerEncoding,
    /// `signatureAlgorithm` is bare `rsaEncryption`; the digest was taken from `digestAlgorithm`.
    BareRsaEncryption,
    /// `signatureAlgorithm` is bare `id-ecPublicKey`; the digest was taken from `digestAlgorithm`.
    BareEcPublicKey,
    /// The signer identifier fits no certificate, but there is exactly one.
    SignerIdentifierMismatch,
    /// The signer's name has its RDNs in another order than the certificate.
    SignerNameOrder,
    /// The certificate carries no key usage.
    KeyUsageMissing,
    /// The signer's key usage is there and does not allow signing documents, or an authority's does not
    /// allow signing certificates.
    WrongKeyUsage,
    /// A certificate or document was signed outside the private-key usage period of the key.
    KeyUsagePeriod,
    /// A certificate's serial number is zero or negative.
    SerialNumber,
    /// The CMS has more than one signer.
    SeveralSigners,
    /// The signed attributes stand out of order; the signature is over their sorted form.
    UnsortedAttributes,
    /// A key is shorter than [9303-12 §4.4] allows: RSA below 2048 bits, a curve below 224.
    WeakKey,
    /// A link certificate gives the authority another name.
    LinkName,
    /// The issuer's deviation list names documents of this signer.
    ListedDefect,
    /// EC domain parameters are explicit; they equal a named curve's.
    ExplicitCurveParameters,
    /// Bytes follow the end of a file's outermost object.
    TrailingBytes,
    /// Data groups are listed out of order.
    UnsortedGroups,
    /// EF.CardAccess could not be read; a constant was used in its place.
    CardAccessAssumed,
    /// The SOD lists a group that EF.COM does not, or the other way round.
    ComDiffers,
    /// A group was stored that the SOD does not list; it was left out.
    UnsignedGroup,
    /// ChipAuthenticationInfo is missing; the protocol was inferred from the key.
    ChipAuthenticationInferred,
    /// The chip signed the challenge of Active Authentication in DER where r ‖ s is due.
    ActiveAuthenticationDer,
    /// The SOD's content type is not that of an LDS Security Object, its contents are.
    ContentType,
    /// The signer names its issuer differently from the authority whose key signed it, or a certificate of
    /// its path has the attributes of its issuer's name in another order.
    IssuerNameDiffers,
    /// SHA-1 where a collision would matter.
    Sha1,
    /// The chip answered an error without protection inside secure messaging.
    UnprotectedError,
    /// The chip refused a stronger variant of PACE that it announces; a weaker one was used.
    WeakerPace,
    /// Lengths or counts in a face record of DG2 are off by a few bytes.
    FaceRecordLength,
    /// Another biometric record counts its parts or bytes wrongly, or its group the templates.
    BiometricCounts,
    /// The list or number of a group's fields is not that of the fields that are there.
    FieldList,
    /// A field is not written as [9303-10] has it: a date in BCD, text in ISO/IEC 8859-1, a name outside its place.
    FieldEncoding,
    /// An entry or field of a group could not be read and was kept as it came.
    UnreadableEntry,
}

impl Deviation {
    /// All deviations, in the order of a report.
    pub const ALL: [Self; 32] = [
        Self::BerEncoding,
        Self::BareRsaEncryption,
        Self::BareEcPublicKey,
        Self::SignerIdentifierMismatch,
        Self::SignerNameOrder,
        Self::KeyUsageMissing,
        Self::WrongKeyUsage,
        Self::KeyUsagePeriod,
        Self::SerialNumber,
        Self::SeveralSigners,
        Self::UnsortedAttributes,
        Self::WeakKey,
        Self::LinkName,
        Self::ListedDefect,
        Self::ExplicitCurveParameters,
        Self::TrailingBytes,
        Self::UnsortedGroups,
        Self::CardAccessAssumed,
        Self::ComDiffers,
        Self::UnsignedGroup,
        Self::ChipAuthenticationInferred,
        Self::ActiveAuthenticationDer,
        Self::ContentType,
        Self::IssuerNameDiffers,
        Self::Sha1,
        Self::UnprotectedError,
        Self::WeakerPace,
        Self::FaceRecordLength,
        Self::BiometricCounts,
        Self::FieldList,
        Self::FieldEncoding,
        Self::UnreadableEntry,
    ];

    /// The deviation of this stable name.
    ///
    /// ```
    /// use cccd::findings::Deviation;
    /// assert!(Deviation::ALL.into_iter().all(|known| Deviation::from_name(known.name()) == Some(known)));
    /// assert_eq!(Deviation::from_name("no_such_thing"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BerEncoding => "ber_encoding",
            Self::BareRsaEncryption => "bare_rsa_encryption",
            Self::BareEcPublicKey => "bare_ec_public_key",
            Self::SignerIdentifierMismatch => "signer_identifier_mismatch",
            Self::SignerNameOrder => "signer_name_order",
            Self::KeyUsageMissing => "key_usage_missing",
            Self::WrongKeyUsage => "wrong_key_usage",
            Self::KeyUsagePeriod => "key_usage_period",
            Self::SerialNumber => "serial_number",
            Self::SeveralSigners => "several_signers",
            Self::UnsortedAttributes => "unsorted_attributes",
            Self::WeakKey => "weak_key",
            Self::LinkName => "link_name",
            Self::ListedDefect => "listed_defect",
            Self::ExplicitCurveParameters => "explicit_curve_parameters",
            Self::TrailingBytes => "trailing_bytes",
            Self::UnsortedGroups => "unsorted_groups",
            Self::CardAccessAssumed => "card_access_assumed",
            Self::ComDiffers => "com_differs",
            Self::UnsignedGroup => "unsigned_group",
            Self::ChipAuthenticationInferred => "chip_authentication_inferred",
            Self::ActiveAuthenticationDer => "active_authentication_der",
            Self::ContentType => "content_type",
            Self::IssuerNameDiffers => "issuer_name_differs",
            Self::Sha1 => "sha1",
            Self::UnprotectedError => "unprotected_error",
            Self::WeakerPace => "weaker_pace",
            Self::FaceRecordLength => "face_record_length",
            Self::BiometricCounts => "biometric_counts",
            Self::FieldList => "field_list",
            Self::FieldEncoding => "field_encoding",
            Self::UnreadableEntry => "unreadable_entry",
        }
    }
}
