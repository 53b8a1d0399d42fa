use super::{
    AccessClaim, Claims, Evidence, PolicyClaim, TerminalClaim,
    cbor::{Item, array, bytes, map, number, text, truth},
};
use crate::{
    chip::{ActiveAuthenticationTranscript, ChipAuthenticationTranscript},
    policy::{ChipProofDemand, RevocationDemand},
};

/// Version 1 was never released.
pub(super) const VERSION: u8 = 2;

/// The whole file; the keys are those of `docs/evidence.md`.
pub(super) fn evidence(evidence: &Evidence) -> Item {
    // Every field by name: one that is added has to be stored as well.
    let Evidence { sod, groups, card_access, com, card_security, active, claims } = evidence;
    let Claims {
        access,
        chip_authentication,
        chip_authentication_mapping,
        terminal_authentication,
        read_on,
        read_at,
        library,
        reader,
        policy,
        outcomes,
        deviations,
    } = claims;
    let groups = map(groups.iter().map(|(group, raw)| (*group, Some(bytes(raw.reveal())))));
    let outcomes = (!outcomes.is_empty())
        .then(|| array(outcomes.iter().map(|(check, code)| array([text(check), text(code)]))));
    map([
        (0, Some(number(u64::from(VERSION)))),
        (1, Some(bytes(sod.reveal()))),
        (2, Some(groups)),
        (3, card_access.as_deref().map(bytes)),
        (4, com.as_deref().map(bytes)),
        (5, card_security.as_ref().map(|raw| bytes(raw.reveal()))),
        (6, active.as_ref().map(active_authentication)),
        (7, access.as_ref().map(access_claim)),
        (8, chip_authentication.as_ref().map(chip_authentication_claim)),
        (9, chip_authentication_mapping.as_ref().map(|group| map([(0, Some(text(group)))]))),
        (10, terminal_authentication.as_ref().map(terminal)),
        (11, read_on.map(|day| text(&day.to_string()))),
        (12, read_at.as_deref().map(text)),
        (13, library.as_deref().map(text)),
        (14, reader.as_deref().map(text)),
        (15, policy.as_ref().map(policy_claim)),
        (16, outcomes),
        (17, (!deviations.is_empty()).then(|| names(deviations))),
    ])
}

fn active_authentication(transcript: &ActiveAuthenticationTranscript) -> Item {
    array([bytes(transcript.challenge.as_bytes()), bytes(&transcript.signature)])
}

fn access_claim(claim: &AccessClaim) -> Item {
    let AccessClaim { password, pace, cipher, offers_refused, after_pace_failure } = claim;
    map([
        (0, Some(text(password.name()))),
        (1, pace.as_ref().map(|pace| text(pace.mapping.name()))),
        (2, pace.as_ref().map(|pace| text(pace.agreement.name()))),
        (3, pace.as_ref().map(|pace| text(&pace.group))),
        (4, Some(text(cipher.name()))),
        (5, Some(number(*offers_refused))),
        (6, Some(truth(*after_pace_failure))),
    ])
}

fn chip_authentication_claim(claim: &ChipAuthenticationTranscript) -> Item {
    let ChipAuthenticationTranscript { protocol, group, cipher, key_id, ephemeral, status } = claim;
    map([
        (0, protocol.as_deref().map(text)),
        (1, Some(text(group))),
        (2, Some(text(cipher.name()))),
        (3, key_id.map(number)),
        (4, Some(bytes(ephemeral))),
        (5, Some(number(u64::from(*status)))),
    ])
}

fn terminal(claim: &TerminalClaim) -> Item {
    let TerminalClaim { authority, holder, groups } = claim;
    map([
        (0, Some(bytes(authority.as_bytes()))),
        (1, Some(bytes(holder.as_bytes()))),
        (2, Some(array(groups.iter().map(|group| number(u64::from(*group)))))),
    ])
}

fn policy_claim(claim: &PolicyClaim) -> Item {
    let PolicyClaim {
        name,
        unknown_issuer,
        bac,
        bac_after_pace,
        expired_document,
        chip_proof,
        triple_des,
        last_attempt,
        validity_at_signing,
        revocation,
        refused_deviations,
        allowed_deviations,
        one_chip_proof,
        key_candidates,
    } = claim;
    map([
        (0, Some(text(name))),
        (1, Some(truth(*unknown_issuer))),
        (2, Some(truth(*bac))),
        (3, Some(truth(*bac_after_pace))),
        (4, Some(truth(*expired_document))),
        (5, Some(text(proof_demand(*chip_proof)))),
        (6, Some(truth(*triple_des))),
        (7, Some(truth(*last_attempt))),
        (8, Some(truth(*validity_at_signing))),
        (9, Some(text(revocation_demand(*revocation)))),
        (10, Some(names(refused_deviations))),
        (11, Some(names(allowed_deviations))),
        (12, one_chip_proof.then(|| truth(true))),
        (13, (*key_candidates != 1).then(|| number(u64::from(*key_candidates)))),
    ])
}

fn names(names: &[String]) -> Item {
    array(names.iter().map(|name| text(name)))
}

// ---- the words of the file ------------------------------------------------------------------------

pub(super) const fn proof_demand(demand: ChipProofDemand) -> &'static str {
    match demand {
        ChipProofDemand::IfOffered => "if_offered",
        ChipProofDemand::Required => "required",
        ChipProofDemand::Fresh => "fresh",
    }
}

pub(super) const fn revocation_demand(demand: RevocationDemand) -> &'static str {
    match demand {
        RevocationDemand::IfKnown => "if_known",
        RevocationDemand::Listed => "listed",
        RevocationDemand::Fresh => "fresh",
    }
}
