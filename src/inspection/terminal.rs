//! Showing the chip who we are, where the caller can `[9303-11 §7.1]`.

use super::{Phase, opening::OpenChip, procedure::Procedure};
use crate::{
    apdu::{Command, Response, StatusWord},
    error::{Error, Result},
    findings::Check,
    lds::{Cvca, Dg14, SecurityInfo, TerminalAuthenticationInfo},
    secure_messaging::Channel,
    terminal::{TerminalContext, terminal_authentication},
};

/// EF.CVCA `[TR-03110-3 §A.7.2.4]`: in the application it has the numbers that EF.CardAccess has in the
/// master file.
const CVCA_FILE: u16 = 0x011C;
const CVCA_SHORT_IDENTIFIER: u8 = 0x1C;
const CVCA_LENGTH: usize = 36;

impl Procedure {
    /// Runs Terminal Authentication if the caller has certificates for it and the document offers it.
    pub(super) async fn open_protected_groups(
        &mut self,
        chip: &mut OpenChip,
        dg14: Option<&[u8]>,
    ) -> Result<()> {
        let refused =
            |procedure: &mut Self, error| procedure.failed(Check::TerminalAuthentication, error);
        let offered = announced(dg14).map_err(|error| refused(self, error))?;
        let (code, reason) = match offered {
            _ if self.options.terminal.is_none() => {
                ("not_asked", "the caller has no certificates for it")
            }
            None => ("not_offered", "the signed files do not offer it"),
            Some(_) if chip.binding.ephemeral.is_none() => (
                "not_possible",
                "the chip has not proven itself before, so there is no key to sign",
            ),
            Some(info) => {
                self.phase(Phase::TerminalAuthentication);
                let trusted = read_cvca(&mut chip.channel, &info).await;
                chip.trusted = Some(trusted.map_err(|error| refused(self, error))?);
                return self
                    .authenticate_terminal(chip)
                    .await
                    .map_err(|error| refused(self, error));
            }
        };
        self.verification.terminal_not_authenticated(code, reason);
        Ok(())
    }

    /// The protocol itself, also when the chip was opened again: rights end with the session.
    pub(super) async fn authenticate_terminal(&mut self, chip: &mut OpenChip) -> Result<()> {
        let (Some(trusted), Some(ephemeral)) = (&chip.trusted, &chip.binding.ephemeral) else {
            return Ok(());
        };
        let Some(terminal) = self.options.terminal.as_deref_mut() else { return Ok(()) };
        let context = TerminalContext {
            id_picc: chip.binding.id_picc.clone(),
            ephemeral: ephemeral.clone(),
            at: self.system.at,
        };
        let run = terminal_authentication(&mut chip.channel, trusted, terminal, &context).await?;
        chip.rights = run.rights();
        self.verification.terminal_authenticated(&run);
        Ok(())
    }
}

/// What the signed DG14 says of version 1.
fn announced(dg14: Option<&[u8]>) -> Result<Option<TerminalAuthenticationInfo>> {
    let Some(dg14) = dg14.map(Dg14::parse).transpose()? else { return Ok(None) };
    Ok(dg14.security_infos().as_slice().iter().find_map(|info| match info {
        SecurityInfo::TerminalAuthentication(info) if info.version == 1 => Some(info.clone()),
        _ => None,
    }))
}

/// Whom the chip trusts. The file is no data object, so its length is that of the standard.
async fn read_cvca(channel: &mut Channel, info: &TerminalAuthenticationInfo) -> Result<Cvca> {
    // A file of another number has a short identifier only if the document says which.
    let short = match (info.cvca_file, info.cvca_short_identifier) {
        (None, None) => Some(CVCA_SHORT_IDENTIFIER),
        (_, short) => short,
    };
    if let Some(short) = short {
        let command = Command::read_binary_sfi(short, 0, CVCA_LENGTH);
        let response = channel.transmit(&command).await?;
        if let Some(contents) = contents(&response) {
            return Cvca::parse(contents);
        }
    }
    let command = Command::select_file(info.cvca_file.unwrap_or(CVCA_FILE));
    let response = channel.transmit(&command).await?;
    response.success(command.name())?;
    let command = Command::read_binary(0, CVCA_LENGTH)?;
    let response = channel.transmit(&command).await?;
    let refused = Error::CardRefused { command: command.name(), status: response.status().0 };
    Cvca::parse(contents(&response).ok_or(refused)?)
}

fn contents(response: &Response) -> Option<&[u8]> {
    let read = matches!(response.status(), StatusWord::SUCCESS | StatusWord::END_OF_FILE);
    (read && !response.data().is_empty()).then_some(response.data())
}
