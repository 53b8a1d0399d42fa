use core::fmt;

use crate::{
    crypto,
    error::{Error, Result, Unsupported},
    lds::DataGroup,
    tlv::Tlv,
};

/// What a terminal is for `[TR-03110-4 §2]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TerminalType {
    /// Reads travel documents and ID cards: id-IS.
    InspectionSystem,
    /// Reads the eID application: id-AT.
    AuthenticationTerminal,
    /// Makes the card sign: id-ST.
    SignatureTerminal,
}

impl TerminalType {
    fn from_oid(oid: &str) -> Option<Self> {
        match oid {
            "0.4.0.127.0.7.3.1.2.1" => Some(Self::InspectionSystem),
            "0.4.0.127.0.7.3.1.2.2" => Some(Self::AuthenticationTerminal),
            "0.4.0.127.0.7.3.1.2.3" => Some(Self::SignatureTerminal),
            _ => None,
        }
    }

    /// Bytes of the bit map.
    const fn length(self) -> usize {
        match self {
            Self::AuthenticationTerminal => 5,
            Self::InspectionSystem | Self::SignatureTerminal => 1,
        }
    }
}

/// The place of a certificate's holder in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Country verifying certification authority.
    Cvca,
    /// Document verifier of the issuing state.
    DomesticDocumentVerifier,
    /// Document verifier of another state, or not an official one.
    ForeignDocumentVerifier,
    /// A terminal.
    Terminal,
}

impl Role {
    /// Whether a holder of this role may issue a certificate to a holder of that one.
    pub(super) const fn may_issue_to(self, holder: Self) -> bool {
        match self {
            Self::Cvca => !matches!(holder, Self::Terminal),
            Self::DomesticDocumentVerifier | Self::ForeignDocumentVerifier => {
                matches!(holder, Self::Terminal)
            }
            Self::Terminal => false,
        }
    }
}

/// Certificate Holder Authorization Template: what the issuer allows the holder `[TR-03110-3 §C.1.5]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    terminal_type: TerminalType,
    role: Role,
    bits: Vec<u8>,
}

impl Authorization {
    pub(super) fn parse(template: &Tlv<'_>) -> Result<Self> {
        let mut objects = template.children()?;
        let oid = crypto::oid(&objects.expect(0x06, "the type of a terminal")?)?;
        let bits = objects.expect(0x53, "the authorization's bits")?;
        objects.finish()?;
        let terminal_type = TerminalType::from_oid(&oid)
            .ok_or(Error::Unsupported(Unsupported::Structure("an unknown type of terminal")))?;
        let [first, ..] = bits.value else {
            return Err(bits.error("the authorization's bits"));
        };
        if bits.value.len() != terminal_type.length() {
            return Err(bits.error("as many bits as this type of terminal has"));
        }
        let role = match first >> 6 {
            0b11 => Role::Cvca,
            0b10 => Role::DomesticDocumentVerifier,
            0b01 => Role::ForeignDocumentVerifier,
            _ => Role::Terminal,
        };
        Ok(Self { terminal_type, role, bits: bits.value.to_vec() })
    }

    /// What the terminals of this hierarchy are for.
    #[must_use]
    pub const fn terminal_type(&self) -> TerminalType {
        self.terminal_type
    }

    /// The holder's place.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The groups that this certificate by itself would open; none unless it is for inspection systems.
    #[must_use]
    pub fn rights(&self) -> AccessRights {
        match (self.terminal_type, &self.bits[..]) {
            (TerminalType::InspectionSystem, [bits]) => AccessRights(bits & AccessRights::ALL.0),
            _ => AccessRights::NONE,
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} {:02X?}", self.terminal_type, self.role, self.bits)
    }
}

/// The protected groups that an inspection system may read `[TR-03110-4 §2.1.3.2]`. Prints as
/// `DG3, DG4` or `none`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessRights(u8);

impl AccessRights {
    const GROUPS: [(DataGroup, u8); 2] = [(DataGroup::DG3, 0b01), (DataGroup::DG4, 0b10)];
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// DG3 and DG4.
    pub const ALL: Self = Self(0b11);

    /// Whether this group may be read.
    #[must_use]
    pub fn allows(self, group: DataGroup) -> bool {
        self.groups().any(|allowed| allowed == group)
    }

    /// The groups, in order.
    pub fn groups(self) -> impl Iterator<Item = DataGroup> {
        Self::GROUPS.into_iter().filter(move |(_, bit)| self.0 & bit != 0).map(|(group, _)| group)
    }

    /// Whether there is no group.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What both grant.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Display for AccessRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.groups().map(DataGroup::name).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(", "))
    }
}

impl fmt::Debug for AccessRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessRights({self})")
    }
}
