/// Where the read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Opening the chip by BAC or PACE.
    Access,
    /// The card was lost and has to be brought back.
    CardLost,
    /// Reading a file.
    Reading,
    /// Verifying the signed list of digests.
    SecurityObject,
    /// Chip Authentication.
    ChipAuthentication,
    /// Active Authentication.
    ActiveAuthentication,
    /// Terminal Authentication.
    TerminalAuthentication,
}

impl Phase {
    /// A stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::CardLost => "card_lost",
            Self::Reading => "reading",
            Self::SecurityObject => "security_object",
            Self::ChipAuthentication => "chip_authentication",
            Self::ActiveAuthentication => "active_authentication",
            Self::TerminalAuthentication => "terminal_authentication",
        }
    }
}

/// How far a read has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The phase.
    pub phase: Phase,
    /// The file being read, by its standard name; empty outside [`Phase::Reading`].
    pub file: &'static str,
    /// Bytes of that file read so far.
    pub bytes_read: usize,
    /// Bytes of that file, 0 before its length is known.
    pub bytes_total: usize,
}
