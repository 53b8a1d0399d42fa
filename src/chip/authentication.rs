//! Chip Authentication version 1, over elliptic curves and modulo a prime `[9303-11 §6.2]`.
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

use core::{cmp::Reverse, fmt};

use crate::{
    apdu::{Command, StatusWord, reference},
    crypto::{AgreementKey, BlockCipher, Random},
    error::{Error, NotGenuine, PolicyRefusal, ReaderFault, Result, Unsupported},
    lds::{
        ChipAuthenticationInfo, ChipAuthenticationPublicKeyInfo, Dg14, KeyAgreement, SecurityInfos,
        SessionCipher,
    },
    passive::Authenticated,
    secure_messaging::Channel,
    tlv,
};

const FAILED: Error = Error::NotGenuine(NotGenuine::ChipAuthentication);

/// A key and protocol with which the chip says it can prove itself.
#[derive(Clone)]
pub(crate) struct ChipAuthenticationOffer {
    key: AgreementKey,
    agreement: KeyAgreement,
    key_id: Option<u64>,
    /// `None` if ChipAuthenticationInfo is missing: 3DES is what the standard means then.
    info: Option<ChipAuthenticationInfo>,
}

impl ChipAuthenticationOffer {
    /// The strongest pair of key and protocol in DG14; `None` if DG14 has no key.
    ///
    /// # Errors
    /// `Unsupported` or `Malformed` if there are keys but none that this library can use; `PolicyRefused`
    /// if 3DES is all there is and not wanted.
    pub(crate) fn from_security_infos(
        infos: &SecurityInfos,
        aes_only: bool,
    ) -> Result<Option<Self>> {
        let mut refused = None;
        let mut offers = Vec::new();
        for public in infos.chip_authentication_keys() {
            match AgreementKey::from_spki(&public.spki) {
                Ok(key) => match Self::with_key(&key, public, infos) {
                    Ok(with_key) => offers.extend(with_key),
                    Err(error) => refused = Some(error),
                },
                Err(error) => refused = Some(error.in_file("DG14")),
            }
        }
        if aes_only && offers.iter().any(Self::is_weak) {
            offers.retain(|offer| !offer.is_weak());
            refused = Some(Error::PolicyRefused(PolicyRefusal::WeakAlgorithm("3DES")));
        }
        // The first of equals, as the file has them.
        match (offers.into_iter().min_by_key(|offer| Reverse(offer.strength())), refused) {
            (Some(offer), _) => Ok(Some(offer)),
            (None, refused) => refused.map_or(Ok(None), Err),
        }
    }

    /// Every protocol for one key. A key without any is meant for 3DES `[9303-11 §6.2]`.
    fn with_key(
        key: &AgreementKey,
        public: &ChipAuthenticationPublicKeyInfo,
        infos: &SecurityInfos,
    ) -> Result<Vec<Self>> {
        let agreement = public.agreement;
        if key.is_elliptic() != (agreement == KeyAgreement::Ecdh) {
            return Err(
                Error::malformed(0, "a key of the kind that its protocol says").in_file("DG14")
            );
        }
        let of_this_kind = |other: &&ChipAuthenticationPublicKeyInfo| other.agreement == agreement;
        let only = infos.chip_authentication_keys().filter(of_this_kind).count() == 1;
        let protocols: Vec<_> = infos
            .chip_authentication()
            .filter(|info| info.protocol.agreement == agreement)
            // Where there is one key, cards number it in one of the two places only.
            .filter(|info| {
                info.key_id == public.key_id
                    || only && (info.key_id.is_none() || public.key_id.is_none())
            })
            .collect();
        if protocols.is_empty() {
            return Ok(vec![Self {
                key: key.clone(),
                agreement,
                key_id: public.key_id,
                info: None,
            }]);
        }
        let offers: Vec<_> = protocols
            .into_iter()
            // Version 2 comes after Terminal Authentication, version 3 is of pseudonyms.
            .filter(|info| info.version == 1)
            .map(|info| Self {
                key: key.clone(),
                agreement,
                key_id: public.key_id.or(info.key_id),
                info: Some(info.clone()),
            })
            .collect();
        if offers.is_empty() {
            let version = "Chip Authentication of another version than 1";
            return Err(Error::Unsupported(Unsupported::Protocol(version)));
        }
        Ok(offers)
    }

    /// Whether the protocol had to be inferred from the key.
    pub(crate) const fn inferred(&self) -> bool {
        self.info.is_none()
    }

    fn cipher(&self) -> BlockCipher {
        let named = self.info.as_ref().map(|info| info.protocol.cipher);
        named.unwrap_or(SessionCipher::TripleDes).block_cipher()
    }

    fn is_weak(&self) -> bool {
        self.cipher() == BlockCipher::TripleDes
    }

    /// AES before 3DES, then the longer key, then what is named before what is inferred, then the stronger
    /// group, then curves.
    fn strength(&self) -> (bool, usize, bool, usize, bool) {
        let (key_length, named) = (self.cipher().key_length(), !self.inferred());
        (!self.is_weak(), key_length, named, self.key.strength(), self.key.is_elliptic())
    }

    fn key_reference(&self) -> Vec<u8> {
        self.key_id.map(reference).unwrap_or_default()
    }

    /// What ran, in words.
    pub(crate) fn describe(&self) -> String {
        let agreement = match self.agreement {
            KeyAgreement::Dh => "",
            KeyAgreement::Ecdh => "ECDH ",
        };
        format!("{agreement}{}, {}", self.key.describe(), self.cipher().name())
    }
}

/// The new channel stands; nothing is proven until an answer under its keys was authenticated.
#[must_use]
pub(crate) struct PendingChipAuthentication {
    offer: ChipAuthenticationOffer,
    ephemeral: AgreementKey,
}

/// The chip holds the private key of the authenticated DG14.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticated {
    description: String,
    transcript: ChipAuthenticationTranscript,
}

/// What went over the line in Chip Authentication and is no secret.
///
/// Convinces nobody who was not there: the terminal could have made all of it without the chip.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChipAuthenticationTranscript {
    /// The protocol's object identifier in dotted form; `None` if it was inferred from the key.
    pub protocol: Option<String>,
    /// The group of the chip's key: a curve, or `DH` and the bits of the prime.
    pub group: String,
    /// The cipher of the new channel.
    pub cipher: SessionCipher,
    /// The number of the chip's key in DG14.
    pub key_id: Option<u64>,
    /// PK_IFD, the terminal's ephemeral public key, as it was sent.
    pub ephemeral: Vec<u8>,
    /// SW1-SW2 of the first answer under the new keys.
    pub status: u16,
}

impl fmt::Debug for ChipAuthenticationTranscript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipAuthenticationTranscript({}, {:04X})", self.group, self.status)
    }
}

impl ChipAuthenticated {
    /// Curve and cipher that ran.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What went over the line.
    #[must_use]
    pub const fn transcript(&self) -> &ChipAuthenticationTranscript {
        &self.transcript
    }
}

/// Runs Chip Authentication and puts the channel under the new keys.
///
/// # Errors
/// `NotGenuine` if the chip refuses its own key; `Reader` if the device cannot carry ours; what the channel
/// reports otherwise.
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
    if commands.iter().any(|command| !channel.carries(command.data().len())) {
        return Err(Error::Reader(ReaderFault::TooLong));
    }
    for command in commands {
        let response = channel.transmit(&command).await?;
        if response.status() != StatusWord::SUCCESS {
            return Err(FAILED);
        }
    }
    channel.rekey(offer.cipher(), &ephemeral.agree(&offer.key)?);
    Ok(PendingChipAuthentication { offer, ephemeral: ephemeral.public() })
}

impl PendingChipAuthentication {
    /// Comp(PK_IFD), over which a terminal that authenticates itself signs `[TR-03110-3 §A.2.2.3]`.
    pub(crate) fn compressed_key(&self) -> Vec<u8> {
        self.ephemeral.compressed()
    }

    /// Turns the transcript into a proof.
    ///
    /// # Errors
    /// `NotGenuine` unless the channel was confirmed under the new keys and the key that was used is in
    /// the authenticated DG14.
    pub(crate) fn confirm(
        &self,
        channel: &Channel,
        authenticated: &Authenticated,
    ) -> Result<ChipAuthenticated> {
        let dg14 = authenticated.group(14).ok_or(FAILED)?;
        let dg14 = Dg14::parse(dg14)?;
        let signed = dg14.security_infos();
        let same = signed
            .chip_authentication_keys()
            .any(|key| AgreementKey::from_spki(&key.spki).is_ok_and(|key| key == self.offer.key));
        match channel.first_status() {
            Some(status) if same => Ok(ChipAuthenticated {
                description: self.offer.describe(),
                transcript: self.transcript(status),
            }),
            _ => Err(FAILED),
        }
    }

    fn transcript(&self, status: StatusWord) -> ChipAuthenticationTranscript {
        let info = self.offer.info.as_ref();
        ChipAuthenticationTranscript {
            protocol: info.map(|info| info.oid.to_string()),
            group: self.offer.key.describe(),
            cipher: info.map_or(SessionCipher::TripleDes, |info| info.protocol.cipher),
            key_id: self.offer.key_id,
            ephemeral: self.ephemeral.encode(),
            status: status.0,
        }
    }
}

#[cfg(test)]
mod tests;
