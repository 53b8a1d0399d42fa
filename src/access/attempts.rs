use std::collections::VecDeque;

use super::{
    AccessKey, AccessUsed,
    offer::offers,
    pace::{MappingTranscript, Opened, run},
    refusal::Setback,
};
use crate::{
    apdu::Line,
    crypto::{AgreementKey, Random},
    error::{Error, InvalidKey, ReaderFault, Result},
    lds::SecurityInfos,
    secure_messaging::Channel,
};

/// Runs that one read may cost. A chip that refuses three ways which it announced itself will refuse
/// the fourth.
const MAX_RUNS: usize = 3;

/// What the caller wants of PACE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PaceRules {
    /// No 3DES, whatever the chip offers.
    pub(crate) aes_only: bool,
    /// No try where the chip says that one more wrong password blocks it.
    pub(crate) spare_last_attempt: bool,
}

/// The chip, opened by PACE.
pub(crate) struct PaceOpened {
    pub(crate) channel: Channel,
    /// What ran.
    pub(crate) used: AccessUsed,
    /// PK_DH,IFD, which Terminal Authentication signs if no Chip Authentication follows.
    pub(crate) pk_dh_ifd: AgreementKey,
    /// PK_DH,IC, whose compressed form Terminal Authentication takes for the chip's name ID_PICC.
    pub(crate) pk_dh_ic: AgreementKey,
    /// What chip-authentication mapping left to be compared with the signed key.
    pub(crate) mapping: Option<MappingTranscript>,
}

/// Opens the chip by PACE in the master file; afterwards the application is selected through the channel.
///
/// The strongest offer runs first. The next follows only where the chip refused before it could try the
/// password: a wrong password is never sent twice, because chips count.
///
/// # Errors
/// `AccessDenied` for a wrong password; `PolicyRefused`; `InvalidKey` for a PIN that is suspended,
/// deactivated or not on the card; `Unsupported` without an offer that can be run; what the strongest offer was refused with.
pub(crate) async fn pace(
    line: &Line,
    infos: &SecurityInfos,
    key: &AccessKey,
    rules: PaceRules,
    random: &mut dyn Random,
) -> Result<PaceOpened> {
    let limits = line.limits();
    let offers = offers(infos, rules.aes_only)?.into_iter();
    let mut plan: VecDeque<_> = offers
        .filter(|offer| offer.fits(limits))
        .map(|offer| (offer, offer.is_ambiguous()))
        .collect();
    let mut first = None;
    let mut offers_refused = 0;
    for _ in 0..MAX_RUNS {
        let Some((offer, named)) = plan.pop_front() else { break };
        let refused = match run(line, &offer, named, key, rules, random).await {
            Ok(Opened { channel, pk_dh_ifd, pk_dh_ic, mapping }) => {
                let used = AccessUsed::pace(&offer, key, offers_refused);
                return Ok(PaceOpened { channel, used, pk_dh_ifd, pk_dh_ic, mapping });
            }
            Err(Setback::Final(error)) => return Err(error),
            // Some chips want the parameters named even where they are clear. One that does not know the
            // command at all says something else, and naming them would not help.
            Err(Setback::NotSelected(
                error @ Error::CardRefused { status: 0x6985 | 0x6A80 | 0x6A88 | 0x6F00, .. },
            )) if !named && offer.parameter_id().is_some() => {
                plan.push_front((offer, true));
                error
            }
            Err(Setback::NotSelected(error) | Setback::NotTried(error)) => {
                offers_refused += 1;
                error
            }
        };
        first.get_or_insert(refused);
    }
    Err(match first {
        // Password or domain parameters are missing [TR-03110-3 §B.14.1]. The chip announced the
        // parameters; a PIN or PUK is what not every card has.
        Some(Error::CardRefused { status: 0x6A88, .. }) if key.password().can_be_suspended() => {
            Error::InvalidKey(InvalidKey::WrongKind)
        }
        Some(error) => error,
        None => Error::Reader(ReaderFault::TooLong),
    })
}
