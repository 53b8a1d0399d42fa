//! Is the chip genuine, and who is its holder: what can be said of the groups that were read.

use std::collections::{BTreeMap, BTreeSet};

use super::{InspectionOptions, Phase, opening::OpenChip, procedure::Procedure};
use crate::{
    chip::{self, ActiveAuthenticationTranscript, Challenge, ChipAuthenticationOffer},
    document::{
        ActiveAuthenticationResult, ChipAuthenticationResult, ChipResults, Evidence, MappingResult,
        Verification, VerifiedIdentity,
    },
    error::{Error, ReaderFault, Result},
    findings::{Check, Deviation},
    lds::{DataGroup, Dg14, SecurityInfos},
    passive::{Authenticated, SignedDigests},
};

/// Why Chip Authentication did not run.
#[derive(Clone, Copy)]
pub(super) enum Unproven {
    NotOffered,
    NotCarried,
}

/// Everything that can be said of the groups that were read; the chip is not asked any more.
pub(super) fn judge(
    verification: &mut Verification,
    chip: &OpenChip,
    signed: SignedDigests,
    excused: &BTreeSet<u8>,
    unproven: Unproven,
    active: ActiveAuthenticationResult,
) -> Result<(Authenticated, ChipResults)> {
    let authenticated = verification.authenticate(signed, excused)?;
    let chip_authentication = match &chip.chip_authentication {
        None => match unproven {
            Unproven::NotOffered => ChipAuthenticationResult::NotOffered,
            Unproven::NotCarried => ChipAuthenticationResult::NotCarried,
        },
        Some(pending) => pending
            .confirm(&chip.channel, &authenticated)
            .map(ChipAuthenticationResult::Proven)
            .map_err(|error| verification.failed(Check::ChipAuthentication, error))?,
    };
    let card_access = chip.card_access.as_deref().map(SecurityInfos::parse).transpose()?;
    let (card_security, mapped) =
        chip.mapped.as_ref().map(|(signed, proof)| (signed, proof)).unzip();
    let assumed = chip.announced();
    verification.downgrade(card_access.as_ref(), assumed, &authenticated, card_security)?;
    let mapping = match mapped {
        Some(mapped) => MappingResult::Proven(mapped.clone()),
        None => MappingResult::NotOffered,
    };
    Ok((authenticated, ChipResults { chip: chip_authentication, mapping, active }))
}

impl Procedure {
    /// Runs Chip Authentication if DG14, already compared with its signed digest, holds a key for it.
    pub(super) async fn authenticate_chip(
        &mut self,
        chip: &mut OpenChip,
        dg14: &[u8],
    ) -> Result<()> {
        let parsed = Dg14::parse(dg14)?;
        let aes_only = !self.verification.policy().accepts_triple_des();
        let offer =
            ChipAuthenticationOffer::from_security_infos(parsed.security_infos(), aes_only)?;
        let Some(offer) = offer else { return Ok(()) };
        if offer.inferred() {
            self.verification.deviate(Deviation::ChipAuthenticationInferred)?;
        }
        self.phase(Phase::ChipAuthentication);
        let random = &mut *self.options.random;
        let pending = chip::chip_authentication(&mut chip.channel, offer, random).await?;
        // The new cipher may leave less room in an answer.
        chip.files.fit(&chip.channel);
        chip.binding.ephemeral = Some(pending.compressed_key());
        chip.chip_authentication = Some(pending);
        chip.authenticated_before = true;
        Ok(())
    }

    /// Has the chip sign the challenge, if DG15 was signed.
    pub(super) async fn authenticate_actively(
        &mut self,
        chip: &mut OpenChip,
        signed: &mut SignedDigests,
    ) -> Result<Option<ActiveAuthenticationTranscript>> {
        self.read_group(chip, signed, DataGroup::DG15).await?;
        let Some(dg15) = signed.group(15) else { return Ok(None) };
        self.phase(Phase::ActiveAuthentication);
        let InspectionOptions { challenge, random, .. } = &mut self.options;
        let challenge = match challenge {
            Some(challenge) => *challenge,
            None => Challenge::fresh(&mut **random)?,
        };
        let longest = chip.files.longest_answer();
        let channel = &mut chip.channel;
        let run = chip::active_authentication(channel, dg15, challenge, longest).await;
        match run {
            // A device too short for the signature is no reason to doubt a chip that has another
            // proof; a policy that needs this one will miss it.
            Err(Error::Reader(ReaderFault::TooLong))
                if chip.chip_authentication.is_some() || chip.mapped.is_some() =>
            {
                Ok(None)
            }
            run => run.map(Some).map_err(|error| self.failed(Check::ActiveAuthentication, error)),
        }
    }

    pub(super) fn judge_active(
        &mut self,
        transcript: Option<&ActiveAuthenticationTranscript>,
        signed: &SignedDigests,
    ) -> Result<ActiveAuthenticationResult> {
        Ok(match transcript {
            None if signed.group(15).is_some() => ActiveAuthenticationResult::NotCarried,
            None => ActiveAuthenticationResult::NotOffered,
            Some(transcript) => {
                let signed = chip::verify_active_authentication(transcript, signed)
                    .map_err(|error| self.failed(Check::ActiveAuthentication, error))?;
                ActiveAuthenticationResult::Proven { signed, fresh: true }
            }
        })
    }

    /// Whether the chip has proven itself as far as anybody wants it.
    pub(super) fn is_content_with(&self, chip: &OpenChip) -> bool {
        let proven = chip.chip_authentication.is_some() || chip.mapped.is_some();
        let enough = self.verification.policy().accepts_one_chip_proof();
        proven && enough && self.options.challenge.is_none()
    }

    /// The identity, if every check holds for what was read so far. That is tried out on copies: the
    /// verdict is the end's.
    pub(super) fn identity(
        &self,
        chip: &OpenChip,
        signed: &SignedDigests,
        unproven: Unproven,
        active: ActiveAuthenticationResult,
    ) -> Option<VerifiedIdentity> {
        let mut verification = self.verification.clone();
        let read: Vec<u8> = signed.admitted().keys().copied().collect();
        let needed = [14, 15].into_iter().filter(|number| {
            *number == 14 || !matches!(active, ActiveAuthenticationResult::NotAsked)
        });
        let needed: Vec<u8> = needed.chain(read).collect();
        let excused = DataGroup::all().map(DataGroup::number);
        let excused = excused.filter(|number| !needed.contains(number)).collect();
        let (authenticated, proofs) =
            judge(&mut verification, chip, signed.clone(), &excused, unproven, active).ok()?;
        let printed = self.options.printed.as_deref();
        let nothing = Evidence::from_files(Vec::new(), BTreeMap::new());
        let verdict = verification.finish(authenticated, proofs, printed, nothing);
        verdict.document.ok().map(VerifiedIdentity::new)
    }
}
