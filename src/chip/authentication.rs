//! Chip Authentication version 1 over elliptic curves `[9303-11 §6.2]`.
//!
//! ```text
//!  IFD                                                  IC
//!   3DES:  MSE:Set KAT 91 PK_IFD [84 key id]         ──►
//!   AES:   MSE:Set AT  80 protocol [84 key id]       ──►
//!          GENERAL AUTHENTICATE 7C {80 PK_IFD}       ──►
//!          K = SK_IFD · PK_IC     new KS_enc, KS_mac, SSC = 0
//!   first protected command under the new keys       ──►
//!   ◄──                       an answer whose MAC fits
//! ```
//!
//! **Proves**, once an answer under the new keys was authenticated, that the chip holds the private key
//! of DG14, and restarts the channel with fresh keys. The transcript convinces nobody else: we could
//! have made it ourselves.

use crate::{
    apdu::{Command, StatusWord},
    crypto::{AgreementKey, BlockCipher, Random},
    error::{Error, NotGenuine, Result},
    lds::{ChipAuthenticationInfo, KeyAgreement, SecurityInfos, SessionCipher},
    passive::Authenticated,
    secure_messaging::Channel,
    tlv,
};

const FAILED: Error = Error::NotGenuine(NotGenuine::ChipAuthentication);

/// A key and protocol with which the chip says it can prove itself.
#[derive(Clone)]
pub(crate) struct ChipAuthenticationOffer {
    key: AgreementKey,
    key_id: Option<u64>,
    /// `None` if ChipAuthenticationInfo is missing: 3DES is what the standard means then.
    info: Option<ChipAuthenticationInfo>,
}

impl ChipAuthenticationOffer {
    /// The first key of DG14 that has a usable protocol; `None` if DG14 has no key.
    ///
    /// # Errors
    /// `Unsupported` if there are keys but none that this library can use.
    pub(crate) fn from_security_infos(infos: &SecurityInfos) -> Result<Option<Self>> {
        let mut refused = None;
        for public in infos.chip_authentication_keys() {
            match AgreementKey::from_spki(&public.spki) {
                Ok(key) => {
                    let fits = |info: &&ChipAuthenticationInfo| {
                        info.key_id == public.key_id
                            && info.protocol.agreement == KeyAgreement::Ecdh
                    };
                    let info = infos.chip_authentication().find(fits).cloned();
                    return Ok(Some(Self { key, key_id: public.key_id, info }));
                }
                Err(error) => refused = Some(error.in_file("DG14")),
            }
        }
        refused.map_or(Ok(None), Err)
    }

    /// Whether the protocol had to be inferred from the key.
    pub(crate) const fn inferred(&self) -> bool {
        self.info.is_none()
    }

    fn cipher(&self) -> BlockCipher {
        let named = self.info.as_ref().map(|info| info.protocol.cipher);
        named.unwrap_or(SessionCipher::TripleDes).block_cipher()
    }

    fn key_reference(&self) -> Vec<u8> {
        self.key_id.map_or_else(Vec::new, |id| {
            let bytes = id.to_be_bytes();
            let zeros = bytes.iter().take(7).take_while(|byte| **byte == 0).count();
            tlv::write(0x84, bytes.get(zeros..).unwrap_or_default())
        })
    }

    /// What ran, in words.
    pub(crate) fn describe(&self) -> String {
        format!("ECDH {}, {}", self.key.describe(), self.cipher().name())
    }
}

/// The new channel stands; nothing is proven until an answer under its keys was authenticated.
#[must_use]
pub(crate) struct PendingChipAuthentication {
    offer: ChipAuthenticationOffer,
}

/// The chip holds the private key of the authenticated DG14.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticated {
    description: String,
}

impl ChipAuthenticated {
    /// Curve and cipher that ran.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// Runs Chip Authentication and puts the channel under the new keys.
///
/// # Errors
/// `NotGenuine` if the chip refuses its own key; what the channel reports otherwise.
pub(crate) async fn chip_authentication(
    channel: &mut Channel,
    offer: ChipAuthenticationOffer,
    random: &mut dyn Random,
) -> Result<PendingChipAuthentication> {
    let ephemeral = offer.key.group().generate(random)?;
    let public = ephemeral.public().encode();
    let commands = match &offer.info {
        Some(info) if info.protocol.cipher != SessionCipher::TripleDes => {
            let data = [tlv::write(0x80, info.oid.as_bytes()), offer.key_reference()].concat();
            vec![
                Command::manage_security_environment(0x41, 0xA4, &data),
                Command::general_authenticate(&tlv::write(0x80, &public), true),
            ]
        }
        _ => {
            let data = [tlv::write(0x91, &public), offer.key_reference()].concat();
            vec![Command::manage_security_environment(0x41, 0xA6, &data)]
        }
    };
    for command in commands {
        let response = channel.transmit(&command).await?;
        if response.status() != StatusWord::SUCCESS {
            return Err(FAILED);
        }
    }
    channel.rekey(offer.cipher(), &ephemeral.agree(&offer.key)?);
    Ok(PendingChipAuthentication { offer })
}

impl PendingChipAuthentication {
    /// Turns the transcript into a proof.
    ///
    /// # Errors
    /// `NotGenuine` unless the channel was confirmed under the new keys and the key that was used is in
    /// the authenticated DG14.
    pub(crate) fn confirm(
        self,
        channel: &Channel,
        authenticated: &Authenticated,
    ) -> Result<ChipAuthenticated> {
        let dg14 = authenticated.group(14).ok_or(FAILED)?;
        let signed = crate::lds::Dg14::parse(dg14)?;
        let offered = ChipAuthenticationOffer::from_security_infos(signed.security_infos())?;
        let same = offered.is_some_and(|offer| offer.key == self.offer.key);
        if channel.confirmed() && same {
            Ok(ChipAuthenticated { description: self.offer.describe() })
        } else {
            Err(FAILED)
        }
    }
}
