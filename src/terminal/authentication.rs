//! The protocol with the chip `[9303-11 §7.1.2, §7.1.5]`.
//!
//! ```text
//!  IFD                                                             IC
//!   for each certificate, links first, the terminal's last:
//!     MSE:Set DST 83 authority                                ──►
//!     PSO:VERIFY CERTIFICATE 7F4E body 5F37 signature         ──►
//!   MSE:Set AT 83 holder                                      ──►
//!   GET CHALLENGE                                             ──►
//!   ◄──                                                r_PICC
//!   s = Sign(SK, ID_PICC ‖ r_PICC ‖ Comp(PK_DH,IFD))
//!   EXTERNAL AUTHENTICATE s                                   ──►
//! ```
//!
//! Chip Authentication comes first: the signature covers the key that the terminal made for it, and the
//! chip opens the groups for that channel alone.

use zeroize::Zeroizing;

use super::{AccessRights, Terminal, TerminalChain};
use crate::{
    apdu::{Command, StatusWord},
    date::Date,
    error::{Error, NotAuthorised, Result},
    lds::{Cvca, KeyReference},
    secure_messaging::Channel,
};

/// What the signature covers beside the challenge, and the day.
pub(crate) struct TerminalContext {
    /// After BAC the document number of the MRZ with its check digit; after PACE Comp(PK_DH,IC), the
    /// chip's ephemeral key `[9303-11 §7.1.2]`.
    pub(crate) id_picc: Vec<u8>,
    /// Comp(PK_DH,IFD): the newest key that we made for Chip Authentication or for PACE with
    /// chip-authentication mapping, there that of the key agreement and not that of the mapping.
    pub(crate) ephemeral: Vec<u8>,
    /// Today.
    pub(crate) at: Date,
}

/// The chip accepted the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalAuthenticated {
    authority: KeyReference,
    holder: KeyReference,
    rights: AccessRights,
    description: String,
}

impl TerminalAuthenticated {
    fn new(chain: &TerminalChain) -> Self {
        Self {
            authority: chain.authority().clone(),
            holder: chain.terminal().holder().clone(),
            rights: chain.rights(),
            description: format!("{}, {}", chain.terminal().holder(), chain.describe()),
        }
    }

    /// The authority that the chip trusts.
    #[must_use]
    pub const fn authority(&self) -> &KeyReference {
        &self.authority
    }

    /// The terminal's key.
    #[must_use]
    pub const fn holder(&self) -> &KeyReference {
        &self.holder
    }

    /// What the certificates grant together; the chip may know better.
    #[must_use]
    pub const fn rights(&self) -> AccessRights {
        self.rights
    }

    /// Terminal, algorithm and key in words.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// Shows the chip who we are. A chip takes this once a session; the channel stays up if it fails.
///
/// # Errors
/// `NotAuthorised` if there is no good chain, if the terminal's signature does not fit its certificate
/// (neither reaches the chip), or if the chip refuses; what the terminal's key, device and channel report.
pub(crate) async fn terminal_authentication(
    channel: &mut Channel,
    trusted: &Cvca,
    terminal: &mut dyn Terminal,
    context: &TerminalContext,
) -> Result<TerminalAuthenticated> {
    let chain = terminal.certificates().chain(trusted, context.at)?;
    for certificate in chain.certificates() {
        let authority = certificate.authority().as_bytes();
        send(channel, &Command::set_verification_key(authority)).await?;
        send(channel, &Command::verify_certificate(certificate.contents())).await?;
    }
    send(channel, &Command::set_terminal_key(chain.terminal().holder().as_bytes())).await?;

    let r_picc = send(channel, &Command::get_challenge()).await?;
    let r_picc: [u8; 8] = r_picc.try_into().map_err(|_| Error::Malformed {
        file: "Terminal Authentication",
        offset: 0,
        what: "a challenge of eight bytes",
    })?;
    // It may begin with the document number.
    let message = [&context.id_picc[..], &r_picc, &context.ephemeral].concat();
    let message = Zeroizing::new(message);
    let signature = terminal.sign(chain.terminal(), &message)?;
    if !chain.verify(&message, &signature) {
        return Err(Error::NotAuthorised(NotAuthorised::TerminalKey));
    }
    send(channel, &Command::authenticate_terminal(&signature)).await?;
    Ok(TerminalAuthenticated::new(&chain))
}

/// One command, whose refusal is a judgement on us.
async fn send(channel: &mut Channel, command: &Command) -> Result<Vec<u8>> {
    let response = channel.transmit_long(command).await?;
    match response.status() {
        StatusWord::SUCCESS => Ok(response.data().to_vec()),
        StatusWord(status) => {
            let command = command.name();
            Err(Error::NotAuthorised(NotAuthorised::Refused { command, status }))
        }
    }
}
