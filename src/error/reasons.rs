//! The reasons inside an [`Error`](super::Error): each with a stable code and an English sentence.

use super::Advice;

/// Defines an enum of reasons whose code and sentence stand beside each variant.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident, $prefix:literal {
        $( $(#[$variant_doc:meta])* $variant:ident $( { $($(#[$field_doc:meta])* $field:ident : $ty:ty),* } )? $( ( $inner:ty ) )?
            = $code:literal, $text:literal ; )*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_doc])* #[error($text)] $variant $( { $($(#[$field_doc])* $field : $ty),* } )? $( ( $inner ) )?, )*
        }

        impl $name {
            /// The stable code.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $( Self::$variant { .. } => concat!($prefix, ".", $code), )* }
            }
        }
    };
}

reasons! {
    /// Why printed data cannot be an access key.
    InvalidKey, "invalid_key" {
        /// Nothing was given.
        Empty = "empty", "nothing was given";
        /// A CAN is six digits.
        CanLayout = "can_layout", "a card access number has six digits";
        /// A PIN is five or six digits.
        PinLayout = "pin_layout", "a PIN has five or six digits";
        /// A PUK is ten digits.
        PukLayout = "puk_layout", "a PUK has ten digits";
        /// The chip has suspended a PIN or PUK after wrong tries.
        Suspended = "suspended", "the chip has suspended this PIN or PUK; its holder resumes it with the issuer's software and the card access number";
        /// The chip has deactivated a PIN or PUK.
        Deactivated = "deactivated", "this PIN or PUK is deactivated";
        /// An ID number is twelve digits.
        IdNumberLayout = "id_number_layout", "an ID number has twelve digits";
        /// The text has not the lines of an MRZ.
        MrzLayout = "mrz_layout", "this is not an MRZ of two or three lines";
        /// A check digit of the MRZ is wrong: a misread character.
        MrzCheckDigit { /// The field it protects.
            field: &'static str } = "mrz_check_digit", "the check digit of the MRZ's {field} is wrong";
        /// A date that does not exist.
        DateLayout = "date_layout", "a date is not a calendar date";
        /// The text is not the QR code of a CCCD.
        NotACccdQr = "not_a_cccd_qr", "the QR text is not that of a citizen ID card";
        /// The text is the QR code of a paper health-insurance card.
        InsuranceCardQr = "insurance_card_qr", "this is the QR code of a health-insurance card; scan the one on the citizen ID card";
        /// The text begins like the QR code of a CCCD, and fields are missing or unreadable.
        SpoiltQr = "spoilt_qr", "the QR text begins like that of a citizen ID card and is incomplete; scan it again, and set the scanner to UTF-8 and to a serial port instead of a keyboard";
        /// This protocol cannot run with that key.
        WrongKind = "wrong_kind", "the card offers no access protocol for this kind of key";
    }
}

reasons! {
    /// Why no card can be reached.
    ReaderFault, "reader" {
        /// The PC/SC service does not run.
        ServiceNotRunning = "service_not_running", "the PC/SC service is not running (Linux: `systemctl enable --now pcscd.socket`, or start pcscd; Windows: connect a reader, which starts the service Smart Card; macOS: disconnect the reader and connect it again)";
        /// The PC/SC service ended or was restarted while it was used.
        ServiceStopped = "service_stopped", "the PC/SC service stopped in the middle (Linux: `systemctl restart pcscd`, and `journalctl -u pcscd` tells why; Windows: connect the reader again, without one the service Smart Card ends; macOS: disconnect the reader and connect it again)";
        /// This program may not use the PC/SC service.
        NoAccess = "no_access", "this user may not use card readers (Linux: polkit has to allow org.debian.pcsc-lite.access_pcsc and access_card, which it does for whoever sits at the machine; Windows: run in the session at the machine, not as a service or over remote desktop; macOS: a sandboxed program needs the entitlement com.apple.security.smartcard)";
        /// No reader is connected.
        NoReader = "no_reader", "no card reader is connected (if one is: Linux: install its driver, libccid for most, and look at `pcsc_scan`; Windows: look for it in the Device Manager under Smart card readers; macOS: look for it in System Information under USB)";
        /// No reader of that name.
        NoSuchReader = "no_such_reader", "there is no reader of that name";
        /// The reader was there and is not any more.
        Unplugged = "unplugged", "the card reader was unplugged or lost its power; connect it again, best without a hub (Linux: `journalctl -k` tells of power and cable; Windows: forbid the computer to turn the USB device off, in the Device Manager; macOS: connect it to the computer itself)";
        /// The reader is empty.
        NoCard = "no_card", "there is no card on the reader";
        /// The card does not answer to a reset.
        MuteCard = "mute_card", "the card on the reader does not answer";
        /// Another program holds the card.
        InUse = "in_use", "another program is using the card";
        /// The reader cannot carry a command of this length.
        TooLong = "too_long", "the reader cannot carry a command or answer of this length";
        /// Any other failure, by the PC/SC error code.
        Other(u32) = "other", "the reader's software reports error {0:08X}";
    }
}

impl ReaderFault {
    pub(super) const fn advice(self) -> Advice {
        match self {
            Self::NoCard => Advice::PresentCard,
            Self::MuteCard | Self::InUse => Advice::PresentAgain,
            _ => Advice::FixReader,
        }
    }
}

reasons! {
    /// Why secure messaging ended.
    ChannelFault, "channel_broken" {
        /// The MAC does not fit: the answer was altered or belongs to another exchange.
        Mac = "mac", "the answer's MAC is wrong";
        /// An answer without protection where protection is due.
        Unprotected = "unprotected", "an unprotected answer carries data";
        /// The chip said that it lost the session.
        SessionLost = "session_lost", "the chip gave up the session";
        /// Objects missing, repeated or out of order.
        Structure = "structure", "the answer's secure-messaging objects are malformed";
        /// Wrong padding after decryption.
        Padding = "padding", "the answer's padding is wrong";
        /// The protected status word and the outer one differ.
        StatusWord = "status_word", "the protected and the outer status word differ";
    }
}

reasons! {
    /// Why the data are not authentic.
    NotAuthentic, "not_authentic" {
        /// A group's digest is not the signed one.
        DigestMismatch { /// Data group number.
            group: u8 } = "digest_mismatch", "the contents of DG{group} are not what was signed";
        /// A group that was signed is not on the chip.
        GroupWithheld { /// Data group number.
            group: u8 } = "group_withheld", "DG{group} was signed but the chip does not deliver it";
        /// A group that is needed is not in the signed list.
        GroupNotSigned { /// Data group number.
            group: u8 } = "group_not_signed", "DG{group} is not in the signed list";
        /// The chip has no EF.SOD: nothing is signed.
        NoSecurityObject = "no_security_object", "the chip has no signed list of digests (EF.SOD)";
        /// The signature over the list of digests is wrong.
        SodSignature = "sod_signature", "the signature over the list of digests is wrong";
        /// The signature over EF.CardSecurity is wrong.
        CardSecuritySignature = "card_security_signature", "the signature over EF.CardSecurity is wrong";
        /// No certificate fits the signer that the SOD names.
        NoSigner = "no_signer", "the certificate of the signer is missing";
        /// The document signer does not chain to an anchor that the caller trusts.
        UnknownIssuer = "unknown_issuer", "the signer's issuer is not among the trusted ones";
        /// A CSCA of that name exists but did not sign the certificate.
        SignerNotSignedByIssuer = "signer_path", "the signer's certificate was not signed by the issuer it names";
        /// The certificate may not sign documents.
        SignerKeyUsage = "signer_key_usage", "the signer's certificate may not sign documents";
        /// A certificate of the path was not valid at the chosen date.
        SignerNotValidAt = "signer_validity", "a certificate of the signer's path is not valid at that date";
        /// The document itself has expired.
        DocumentExpired = "document_expired", "the document has expired";
        /// A certificate of the path has a critical extension with an unknown meaning.
        CriticalExtension = "critical_extension", "a certificate of the path has a critical extension that is not understood";
        /// The certificate is not that of an authority, so it cannot be trusted as one.
        NotACsca = "not_a_csca", "the certificate may not sign other certificates";
        /// The certificate's key usage does not allow signing lists of revoked certificates.
        MayNotRevoke = "may_not_revoke", "the certificate may not sign lists of revoked certificates";
        /// The signature over a master list is wrong.
        MasterListSignature = "master_list_signature", "the signature over the master list is wrong";
        /// The signature over a list of revoked certificates is wrong.
        RevocationListSignature = "revocation_list_signature", "the signature over the list of revoked certificates is wrong";
        /// The signature over a deviation list is wrong.
        DeviationListSignature = "deviation_list_signature", "the signature over the deviation list is wrong";
        /// An authority stands on the path that may not have another one below it.
        PathLength = "path_length", "the path has more authorities than one of them allows";
        /// The seal over a file is wrong, or was made by another key.
        Seal = "seal", "the seal over the file is not that of the key it should be";
        /// The signer was revoked.
        SignerRevoked = "signer_revoked", "the signer's certificate was revoked";
        /// Certificates and MRZ name different states.
        IssuingState = "issuing_state", "the signer and the document name different states";
        /// EF.CardAccess promised other protocols than the signed DG14.
        CardAccessDiffers = "card_access_differs", "EF.CardAccess and the signed DG14 name different protocols";
        /// Two groups of one document contradict each other.
        GroupsDisagree = "groups_disagree", "signed groups of the document contradict each other";
    }
}

reasons! {
    /// Why a chip is not proven genuine.
    NotGenuine, "not_genuine" {
        /// Chip Authentication ended without a working channel.
        ChipAuthentication = "chip_authentication", "Chip Authentication failed: the chip lacks the signed private key";
        /// The data that PACE with chip-authentication mapping ended with do not fit the signed key.
        ChipAuthenticationMapping = "chip_authentication_mapping", "the chip-authentication mapping of PACE failed: the chip lacks the signed private key";
        /// EF.CardSecurity has no key, or no single one, for the mapping that ran.
        NoMappingKey = "no_mapping_key", "the signed EF.CardSecurity has no key for the chip-authentication mapping that ran";
        /// The signature over our challenge is wrong.
        ActiveAuthentication = "active_authentication", "Active Authentication failed: the chip lacks the signed private key";
        /// The policy demands a proof and the document offers none.
        NoProof = "no_proof", "the policy demands a proof that the chip is genuine, and none was given";
        /// The challenge is not the one that the caller issued.
        Challenge = "challenge", "the proof was not made over the challenge that was issued";
    }
}

reasons! {
    /// Why this terminal may not read what the chip protects from others (Terminal Authentication).
    NotAuthorised, "not_authorised" {
        /// No certificate leads from an authority that the chip names to a terminal.
        NoChain = "no_chain", "no chain of certificates leads from an authority that the chip trusts to this terminal";
        /// A certificate of the chain is not valid any more.
        CertificateExpired = "certificate_expired", "a certificate of the terminal's chain has expired";
        /// A certificate of the chain is not valid yet; the chip would set its clock by it.
        CertificateNotYetValid = "certificate_not_yet_valid", "a certificate of the terminal's chain is not valid yet";
        /// The signature of a certificate was not made by the key that it names.
        CertificateSignature = "certificate_signature", "the signature of a certificate in the terminal's chain does not fit";
        /// A certificate stands where its holder's role does not belong, or is not for inspection systems.
        RoleOrder = "role_order", "the roles in the terminal's chain of certificates are out of order";
        /// The chain grants neither DG3 nor DG4.
        RightMissing = "right_missing", "the terminal's chain of certificates grants no right to read DG3 or DG4";
        /// What the terminal signed does not fit its certificate: another key was used.
        TerminalKey = "terminal_key", "the terminal's signature does not fit its certificate";
        /// The terminal's key, or the module that holds it, cannot be used. For implementations of `Terminal`.
        KeyUnavailable = "key_unavailable", "the terminal's key cannot be used";
        /// The chip refused a certificate or the terminal's signature.
        Refused { /// The command's name in ISO/IEC 7816-4.
            command: &'static str, /// SW1-SW2.
            status: u16 } = "refused", "the chip refused the terminal with {status:04X} to {command}";
    }
}

reasons! {
    /// What is valid but not implemented, or another kind of document.
    Unsupported, "unsupported" {
        /// The card has no application A0000002471001.
        NotAnIcaoChip = "not_an_icao_chip", "this card carries no ICAO application, so it is no chip-based ID card or passport";
        /// An ICAO document, but not a CCCD.
        NotACccd = "not_a_cccd", "this is not a Vietnamese citizen ID card";
        /// A CCCD whose chip does not say where its holder lives.
        NoResidence = "no_residence", "the chip of this card names no place of residence";
        /// An algorithm.
        Algorithm(&'static str) = "algorithm", "algorithm {0}";
        /// A protocol.
        Protocol(&'static str) = "protocol", "protocol {0}";
        /// A structure or version.
        Structure(&'static str) = "structure", "{0}";
    }
}

reasons! {
    /// Which rule of our own refused.
    PolicyRefusal, "policy_refused" {
        /// Only BAC was possible and the policy wants PACE.
        Downgrade = "downgrade", "the chip was opened by BAC and the policy demands PACE";
        /// PACE failed although the chip announces it, and the policy forbids BAC after that.
        PaceFailed = "pace_failed", "PACE failed and the policy forbids falling back to BAC";
        /// An algorithm that the policy calls weak.
        WeakAlgorithm(&'static str) = "weak_algorithm", "the algorithm {0} is too weak";
        /// A named deviation that the policy does not accept.
        Deviation(&'static str) = "deviation", "the deviation {0} is not accepted";
        /// Printed data disagree with the chip.
        PrintedData = "printed_data", "the printed data and the chip disagree";
        /// The chip said that one more wrong key blocks it.
        LastAttempt = "last_attempt", "one attempt is left before the chip blocks this key, and the policy spares it";
        /// No list of revoked certificates says anything about a signer, and the policy demands one.
        RevocationUnknown = "revocation_unknown", "no list of revoked certificates of the issuer is loaded";
        /// The newest list of revoked certificates is out of date, and the policy demands a fresh one.
        RevocationStale = "revocation_stale", "the issuer's list of revoked certificates is out of date";
        /// The work allowed for one document was used up.
        Budget(&'static str) = "budget", "more {0} than one document may cost";
    }
}

reasons! {
    /// Why a file that the caller named cannot be used.
    FileFault, "file" {
        /// There is none.
        NotFound = "not_found", "there is no such file or folder";
        /// It may not be read.
        PermissionDenied = "permission_denied", "it may not be read";
        /// It is longer than any file of this kind.
        TooLong = "too_long", "it is longer than any file of this kind";
        /// The folder has no EF.SOD.
        NoSod = "no_sod", "no EF.SOD was found there";
        /// The folder has two files for one EF.
        Twice = "twice", "there are two files for the same elementary file";
        /// A folder is expected.
        NotAFolder = "not_a_folder", "it is not a folder";
        /// Any other failure.
        Other = "other", "it cannot be read";
    }
}
