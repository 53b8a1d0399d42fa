//! What a certificate allows its holder: the certificate holder authorization template
//! `[TR-03110-3 §C.1.5]`, `[TR-03110-4 §2.1.3.2]`.

use super::CvError;
use crate::der;
use crate::tlv::{self, constructed, node};

/// The kind of terminal that a chain of certificates is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalType {
    /// id-IS: reads travel documents; the only one that an application LDS1 knows.
    InspectionSystem,
    /// id-AT: reads electronic identities.
    AuthenticationTerminal,
    /// id-ST: makes signatures.
    SignatureTerminal,
}

impl TerminalType {
    const ALL: [TerminalType; 3] = [
        TerminalType::InspectionSystem,
        TerminalType::AuthenticationTerminal,
        TerminalType::SignatureTerminal,
    ];

    /// The object identifier under id-roles, in dotted form.
    pub fn object_identifier(self) -> &'static str {
        match self {
            TerminalType::InspectionSystem => "0.4.0.127.0.7.3.1.2.1",
            TerminalType::AuthenticationTerminal => "0.4.0.127.0.7.3.1.2.2",
            TerminalType::SignatureTerminal => "0.4.0.127.0.7.3.1.2.3",
        }
    }

    /// Bytes of the authorization: a bit for each right.
    fn length(self) -> usize {
        match self {
            TerminalType::InspectionSystem | TerminalType::SignatureTerminal => 1,
            TerminalType::AuthenticationTerminal => 5,
        }
    }
}

/// Whose certificate it is: the two highest bits of the authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 11: Country Verifying CA.
    Cvca,
    /// 10: official domestic Document Verifier, whose terminals' dates a chip believes.
    DomesticVerifier,
    /// 01: foreign or not official Document Verifier.
    ForeignVerifier,
    /// 00: terminal.
    Terminal,
}

impl Role {
    fn bits(self) -> u8 {
        match self {
            Role::Cvca => 0xC0,
            Role::DomesticVerifier => 0x80,
            Role::ForeignVerifier => 0x40,
            Role::Terminal => 0x00,
        }
    }

    /// Either kind of Document Verifier.
    pub fn is_verifier(self) -> bool {
        matches!(self, Role::DomesticVerifier | Role::ForeignVerifier)
    }
}

/// The data groups that a certificate opens, as far as the certificates above it agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRights {
    /// DG3.
    pub fingerprints: bool,
    /// DG4.
    pub iris: bool,
}

impl AccessRights {
    /// DG3 and DG4.
    pub const ALL: AccessRights = AccessRights { fingerprints: true, iris: true };
    /// Neither.
    pub const NONE: AccessRights = AccessRights { fingerprints: false, iris: false };

    /// Bit 0 for DG3, bit 1 for DG4.
    pub fn bits(self) -> u8 {
        u8::from(self.fingerprints) | u8::from(self.iris) << 1
    }
}

/// The certificate holder authorization template, 7F4C { 06 terminal type, 53 role and rights }.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The kind of terminal.
    pub terminal_type: TerminalType,
    bits: Vec<u8>,
}

impl Authorization {
    /// For a chain of inspection systems.
    pub fn inspection_system(role: Role, rights: AccessRights) -> Authorization {
        Authorization {
            terminal_type: TerminalType::InspectionSystem,
            bits: vec![role.bits() | rights.bits()],
        }
    }

    /// With every right that this kind of terminal can have.
    pub fn of_type(terminal_type: TerminalType, role: Role) -> Authorization {
        let mut bits = vec![0xFF; terminal_type.length()];
        bits[0] = role.bits() | 0x3F;
        Authorization { terminal_type, bits }
    }

    /// The role.
    pub fn role(&self) -> Role {
        match self.bits[0] & 0xC0 {
            0xC0 => Role::Cvca,
            0x80 => Role::DomesticVerifier,
            0x40 => Role::ForeignVerifier,
            _ => Role::Terminal,
        }
    }

    /// The rights without the role, as bits: for inspection systems bit 0 is DG3, bit 1 DG4. Of other terminals none.
    pub fn rights(&self) -> u8 {
        match self.terminal_type {
            TerminalType::InspectionSystem => self.bits[0] & 0x3F,
            TerminalType::AuthenticationTerminal | TerminalType::SignatureTerminal => 0,
        }
    }

    /// The data object 7F4C.
    pub fn encode(&self) -> Vec<u8> {
        let kind = der::object_identifier(self.terminal_type.object_identifier());
        constructed(0x7F4C, &[kind, node(0x53, &self.bits)])
    }

    /// Read the contents of 7F4C.
    pub(super) fn parse(contents: &[u8]) -> Result<Authorization, CvError> {
        const MALFORMED: CvError = CvError::Malformed("authorization template");
        let nodes = tlv::parse_all(contents).ok_or(MALFORMED)?;
        let [kind, bits] = nodes.as_slice() else {
            return Err(MALFORMED);
        };
        if (kind.tag, bits.tag) != (0x06, 0x53) {
            return Err(MALFORMED);
        }
        let terminal_type = TerminalType::ALL
            .into_iter()
            .find(|known| der::object_identifier(known.object_identifier())[2..] == *kind.value)
            .ok_or(CvError::Unsupported("terminal type"))?;
        if bits.value.len() != terminal_type.length() {
            return Err(MALFORMED);
        }
        Ok(Authorization { terminal_type, bits: bits.value.to_vec() })
    }
}
