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

/// Offers that one read tries. A chip that refuses three ways which it announced itself will refuse the
/// fourth.
const MAX_OFFERS: usize = 3;

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
/// deactivated or not on the card; `Unsupported` without an offer that can be run; what the strongest
/// offer was refused with.
pub(crate) async fn pace(
    line: &Line,
    infos: &SecurityInfos,
    key: &AccessKey,
    rules: PaceRules,
    random: &mut dyn Random,
) -> Result<PaceOpened> {
    let limits = line.limits();
    let offers = offers(infos, rules.aes_only)?.into_iter();
    let offers = offers.filter(|offer| offer.fits(limits)).take(MAX_OFFERS);
    let mut first = None;
    // Some chips want the parameters named even where they are clear; one try shows it.
    let mut naming_may_help = true;
    for (offers_refused, offer) in offers.enumerate() {
        let mut named = offer.is_ambiguous();
        loop {
            let setback = match run(line, &offer, named, key, rules, random).await {
                Ok(Opened { channel, pk_dh_ifd, pk_dh_ic, mapping }) => {
                    let used = AccessUsed::pace(&offer, key, offers_refused);
                    return Ok(PaceOpened { channel, used, pk_dh_ifd, pk_dh_ic, mapping });
                }
                Err(setback) => setback,
            };
            let again =
                !named && naming_may_help && offer.can_be_named() && setback.asks_for_names();
            match setback {
                Setback::Final(error) => return Err(error),
                Setback::NotSelected(error) | Setback::NotTried(error) => {
                    first.get_or_insert(error);
                }
            }
            if !again {
                break;
            }
            (named, naming_may_help) = (true, false);
        }
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
