//! Showing the chip who we are, where the caller can `[9303-11 §7.1]`.

use super::{Phase, opening::OpenChip, procedure::Procedure};
use crate::{
    apdu::{Command, Response, StatusWord},
    error::{Error, Result},
    findings::Check,
    lds::{Cvca, Dg14, TerminalAuthenticationInfo},
    secure_messaging::Channel,
    terminal::{AccessRights, TerminalContext, terminal_authentication},
};

/// EF.CVCA: the authorities whom the chip trusts, and where the document says that it is.
pub(super) struct CvcaFile {
    identifier: u16,
    /// `None` if it has to be selected.
    short_identifier: Option<u8>,
}

impl CvcaFile {
    /// In the application these are the numbers that EF.CardAccess has in the master file
    /// `[TR-03110-3 §A.7.2.4]`.
    const DEFAULT: Self = Self { identifier: 0x011C, short_identifier: Some(0x1C) };
    /// The file is no data object, so its length is that of the standard.
    const LENGTH: usize = 36;

    fn announced(info: &TerminalAuthenticationInfo) -> Self {
        match (info.cvca_file, info.cvca_short_identifier) {
            (None, None) => Self::DEFAULT,
            // A file of another number has a short identifier only if the document says which.
            (file, short_identifier) => {
                Self { identifier: file.unwrap_or(Self::DEFAULT.identifier), short_identifier }
            }
        }
    }

    async fn read(&mut self, channel: &mut Channel) -> Result<Cvca> {
        // Forgotten before the exchange that may lose the channel: the next attempt selects the file.
        if let Some(short) = self.short_identifier.take() {
            let command = Command::read_binary_sfi(short, 0, Self::LENGTH);
            let response = channel.transmit(&command).await?;
            if let Some(contents) = contents(&response) {
                self.short_identifier = Some(short);
                return Cvca::parse(contents);
            }
        }
        let command = Command::select_file(self.identifier);
        let response = channel.transmit(&command).await?;
        response.success(command.name())?;
        let command = Command::read_binary(0, Self::LENGTH)?;
        let response = channel.transmit(&command).await?;
        let refused = Error::CardRefused { command: command.name(), status: response.status().0 };
        Cvca::parse(contents(&response).ok_or(refused)?)
    }
}

fn contents(response: &Response) -> Option<&[u8]> {
    let read = matches!(response.status(), StatusWord::SUCCESS | StatusWord::END_OF_FILE);
    (read && !response.data().is_empty()).then_some(response.data())
}

impl Procedure {
    /// Runs Terminal Authentication if the caller has certificates for it and the document offers it.
    pub(super) async fn open_protected_groups(
        &mut self,
        chip: &mut OpenChip,
        dg14: Option<&[u8]>,
    ) -> Result<()> {
        let offered = match announced(dg14) {
            Ok(offered) => offered,
            Err(error) => return Err(self.failed(Check::TerminalAuthentication, error)),
        };
        let unwanted = self.system.excused(AccessRights::ALL);
        let (code, reason) = match offered {
            _ if self.options.terminal.is_none() => {
                ("not_asked", "the caller has no certificates for it")
            }
            _ if AccessRights::ALL.groups().all(|group| unwanted.contains(&group.number())) => {
                ("not_asked", "the caller wants none of the groups that it opens")
            }
            None => ("not_offered", "the signed files do not offer it"),
            Some(_) if chip.binding.ephemeral.is_none() => (
                "not_possible",
                "the chip has not proven itself before, so there is no key to sign",
            ),
            Some(info) => {
                self.phase(Phase::TerminalAuthentication);
                // What was learned about the file before the chip was opened again still holds.
                chip.cvca.get_or_insert_with(|| CvcaFile::announced(&info));
                let run = self.show_certificates(chip).await;
                return run.map_err(|error| self.failed(Check::TerminalAuthentication, error));
            }
        };
        self.verification.terminal_not_authenticated(code, reason);
        Ok(())
    }

    async fn show_certificates(&mut self, chip: &mut OpenChip) -> Result<()> {
        chip.rights = AccessRights::NONE;
        chip.terminal = None;
        let (Some(file), Some(ephemeral)) = (&mut chip.cvca, &chip.binding.ephemeral) else {
            return Ok(());
        };
        let Some(terminal) = self.options.terminal.as_deref_mut() else { return Ok(()) };
        if !chip.files.by_short_identifier {
            file.short_identifier = None;
        }
        // Each time anew: link certificates change whom the chip trusts.
        let trusted = file.read(&mut chip.channel).await?;
        let context = TerminalContext {
            id_picc: chip.binding.id_picc.clone(),
            ephemeral: ephemeral.clone(),
            at: self.system.at,
        };
        let run = terminal_authentication(&mut chip.channel, &trusted, terminal, &context).await?;
        chip.rights = run.rights();
        self.verification.terminal_authenticated(&run);
        chip.terminal = Some(run);
        Ok(())
    }
}

/// What the signed DG14 says of version 1.
fn announced(dg14: Option<&[u8]>) -> Result<Option<TerminalAuthenticationInfo>> {
    let Some(dg14) = dg14.map(Dg14::parse).transpose()? else { return Ok(None) };
    let mut offered = dg14.security_infos().terminal_authentication();
    Ok(offered.find(|info| info.version == 1).cloned())
}
