//! Reading a file of a stranger. Sizes, counts and vocabularies are bounded; what passes is written again and
//! compared, so that no key stands twice or out of order and no number is longer than it must be.

use std::collections::BTreeMap;

use super::{
    AccessClaim, Evidence, MAX_EVIDENCE, PaceClaim, PolicyClaim, TerminalClaim,
    cbor::{Input, malformed},
    encode, is_rfc3339,
};
use crate::{
    access::Password,
    chip::{ActiveAuthenticationTranscript, Challenge, ChipAuthenticationTranscript},
    crypto::DomainParameters,
    error::{Error, Result, Unsupported},
    lds::{KeyAgreement, KeyReference, Mapping, SessionCipher},
    policy::{ChipProofDemand, RevocationDemand},
    sensitive::Personal,
};

/// As long as the longest file that an inspection reads.
const LONGEST_FILE: usize = 1 << 20;
const LONGEST_CARD_ACCESS: usize = 4096;
const LONGEST_COM: usize = 1024;
/// RSA of 16,384 bits, four times what any document has.
const LONGEST_SIGNATURE: usize = 2048;
const LONGEST_TEXT: usize = 128;
const LONGEST_NAME: usize = 64;
const MOST_NAMES: u64 = 64;
const MOST_KEYS: u64 = 18;

pub(super) fn evidence(bytes: &[u8]) -> Result<Evidence> {
    if bytes.len() > MAX_EVIDENCE {
        return Err(malformed(0, "an evidence file of at most 16 MiB"));
    }
    let mut input = Input::new(bytes);
    let mut evidence = Evidence::from_files(Vec::new(), BTreeMap::new());
    let mut versioned = false;
    input.map(MOST_KEYS, |key, input| {
        // The version says what every other key means.
        if versioned == (key == 0) {
            return Err(input.malformed("the version first and once"));
        }
        versioned = true;
        entry(&mut evidence, key, input)
    })?;
    let written = encode::evidence(&evidence);
    if written != bytes {
        let at = written.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
        return Err(malformed(
            at,
            "every key that is due, once and in order, in the shortest encoding, and nothing after it",
        ));
    }
    Ok(evidence)
}

fn entry(evidence: &mut Evidence, key: u8, input: &mut Input<'_>) -> Result<()> {
    let claims = &mut evidence.claims;
    match key {
        0 => {
            if input.number()? != u64::from(encode::VERSION) {
                return Err(Error::Unsupported(Unsupported::Structure(
                    "an evidence file of another version than 2",
                )));
            }
        }
        1 => evidence.sod = Personal::new(input.bytes(LONGEST_FILE)?.to_vec()),
        2 => input.map(16, |group, input| {
            if !(1..=16).contains(&group) {
                return Err(input.malformed("group numbers 1 to 16"));
            }
            let raw = Personal::new(input.bytes(LONGEST_FILE)?.to_vec());
            evidence.groups.insert(group, raw);
            Ok(())
        })?,
        3 => evidence.card_access = Some(input.bytes(LONGEST_CARD_ACCESS)?.to_vec()),
        4 => evidence.com = Some(input.bytes(LONGEST_COM)?.to_vec()),
        5 => evidence.card_security = Some(Personal::new(input.bytes(LONGEST_FILE)?.to_vec())),
        6 => evidence.active = Some(active_authentication(input)?),
        7 => claims.access = Some(access(input)?),
        8 => claims.chip_authentication = Some(chip_authentication(input)?),
        9 => {
            let mut named = None;
            input.map(1, |key, input| match key {
                0 => group(input).map(|name| named = Some(name)),
                _ => Err(input.malformed("the key 0")),
            })?;
            claims.chip_authentication_mapping = Some(required(named, input)?);
        }
        10 => claims.terminal_authentication = Some(terminal(input)?),
        11 => {
            let day = input.text(LONGEST_TEXT)?.parse();
            claims.read_on = Some(day.map_err(|_| input.malformed("a day, ISO 8601"))?);
        }
        12 => {
            let time = input.text(LONGEST_TEXT)?;
            if !is_rfc3339(time) {
                return Err(input.malformed("a time of RFC 3339"));
            }
            claims.read_at = Some(time.to_owned());
        }
        13 => claims.library = Some(input.text(LONGEST_TEXT)?.to_owned()),
        14 => claims.reader = Some(input.text(LONGEST_TEXT)?.to_owned()),
        15 => claims.policy = Some(policy(input)?),
        16 => input.array(MOST_NAMES, |input| {
            let mut pair = Vec::new();
            input.array(2, |input| name(input).map(|name| pair.push(name)))?;
            let pair = <[String; 2]>::try_from(pair);
            let [check, code] = pair.map_err(|_| input.malformed("a check and its code"))?;
            claims.outcomes.push((check, code));
            Ok(())
        })?,
        17 => claims.deviations = names(input)?,
        _ => return Err(input.malformed("a known key")),
    }
    Ok(())
}

fn active_authentication(input: &mut Input<'_>) -> Result<ActiveAuthenticationTranscript> {
    let mut parts = Vec::new();
    input.array(2, |input| input.bytes(LONGEST_SIGNATURE).map(|part| parts.push(part)))?;
    let [challenge, signature] = parts.as_slice() else {
        return Err(input.malformed("a challenge and a signature"));
    };
    let challenge = <[u8; 8]>::try_from(*challenge)
        .map_err(|_| input.malformed("a challenge of eight bytes"))?;
    let challenge =
        Challenge::from_bytes(challenge).map_err(|_| input.malformed("a random challenge"))?;
    Ok(ActiveAuthenticationTranscript { challenge, signature: signature.to_vec() })
}

fn access(input: &mut Input<'_>) -> Result<AccessClaim> {
    const PASSWORDS: [Password; 4] = [Password::Mrz, Password::Can, Password::Pin, Password::Puk];
    let (mut password, mut mapping, mut agreement, mut named) = (None, None, None, None);
    let (mut cipher, mut offers_refused, mut after_pace_failure) = (None, None, None);
    input.map(7, |key, input| {
        match key {
            0 => password = Some(word(input, PASSWORDS, Password::name)?),
            1 => {
                const ALL: [Mapping; 3] =
                    [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
                mapping = Some(word(input, ALL, Mapping::name)?);
            }
            2 => {
                const ALL: [KeyAgreement; 2] = [KeyAgreement::Dh, KeyAgreement::Ecdh];
                agreement = Some(word(input, ALL, KeyAgreement::name)?);
            }
            3 => named = Some(group(input)?),
            4 => cipher = Some(self::cipher(input)?),
            5 => offers_refused = Some(input.number()?),
            6 => after_pace_failure = Some(input.truth()?),
            _ => return Err(input.malformed("a key from 0 to 6")),
        }
        Ok(())
    })?;
    let pace = match (mapping, agreement, named) {
        (Some(mapping), Some(agreement), Some(group)) => {
            Some(PaceClaim { mapping, agreement, group })
        }
        (None, None, None) => None,
        _ => return Err(input.malformed("mapping, agreement and group together")),
    };
    Ok(AccessClaim {
        password: required(password, input)?,
        pace,
        cipher: required(cipher, input)?,
        offers_refused: required(offers_refused, input)?,
        after_pace_failure: required(after_pace_failure, input)?,
    })
}

fn chip_authentication(input: &mut Input<'_>) -> Result<ChipAuthenticationTranscript> {
    let (mut protocol, mut named, mut cipher) = (None, None, None);
    let (mut key_id, mut ephemeral, mut status) = (None, None, None);
    input.map(6, |key, input| {
        match key {
            0 => {
                let oid = input.text(LONGEST_NAME)?;
                if !oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
                    return Err(input.malformed("an object identifier"));
                }
                protocol = Some(oid.to_owned());
            }
            1 => named = Some(group(input)?),
            2 => cipher = Some(self::cipher(input)?),
            3 => key_id = Some(input.number()?),
            4 => ephemeral = Some(input.bytes(LONGEST_SIGNATURE)?.to_vec()),
            5 => {
                let word = u16::try_from(input.number()?);
                status = Some(word.map_err(|_| input.malformed("a status word"))?);
            }
            _ => return Err(input.malformed("a key from 0 to 5")),
        }
        Ok(())
    })?;
    Ok(ChipAuthenticationTranscript {
        protocol,
        group: required(named, input)?,
        cipher: required(cipher, input)?,
        key_id,
        ephemeral: required(ephemeral, input)?,
        status: required(status, input)?,
    })
}

fn terminal(input: &mut Input<'_>) -> Result<TerminalClaim> {
    let (mut authority, mut holder, mut groups) = (None, None, None);
    let reference = |input: &mut Input<'_>| {
        let bytes = input.bytes(LONGEST_NAME)?;
        KeyReference::new(bytes).ok_or_else(|| input.malformed("the name of a terminal's key"))
    };
    input.map(3, |key, input| {
        match key {
            0 => authority = Some(reference(input)?),
            1 => holder = Some(reference(input)?),
            2 => {
                let mut numbers = Vec::new();
                input.array(16, |input| match input.small()? {
                    group @ 1..=16 => {
                        numbers.push(group);
                        Ok(())
                    }
                    _ => Err(input.malformed("group numbers 1 to 16")),
                })?;
                groups = Some(numbers);
            }
            _ => return Err(input.malformed("a key from 0 to 2")),
        }
        Ok(())
    })?;
    Ok(TerminalClaim {
        authority: required(authority, input)?,
        holder: required(holder, input)?,
        groups: required(groups, input)?,
    })
}

fn policy(input: &mut Input<'_>) -> Result<PolicyClaim> {
    const PROOFS: [ChipProofDemand; 3] =
        [ChipProofDemand::IfOffered, ChipProofDemand::Required, ChipProofDemand::Fresh];
    const REVOCATIONS: [RevocationDemand; 3] =
        [RevocationDemand::IfKnown, RevocationDemand::Listed, RevocationDemand::Fresh];
    let mut switches: BTreeMap<u8, bool> = BTreeMap::new();
    let (mut preset, mut chip_proof, mut revocation) = (None, None, None);
    let (mut refused, mut allowed) = (None, None);
    let (mut one_chip_proof, mut key_candidates) = (false, 1);
    input.map(14, |key, input| {
        match key {
            0 => preset = Some(name(input)?),
            5 => chip_proof = Some(word(input, PROOFS, encode::proof_demand)?),
            9 => revocation = Some(word(input, REVOCATIONS, encode::revocation_demand)?),
            10 => refused = Some(names(input)?),
            11 => allowed = Some(names(input)?),
            12 => {
                one_chip_proof = input.truth()?;
                // There is one way to say no: to leave it out.
                if !one_chip_proof {
                    return Err(input.malformed("true"));
                }
            }
            13 => {
                key_candidates = input.small()?;
                // Here too.
                if key_candidates == 1 {
                    return Err(input.malformed("another number than one"));
                }
            }
            1..=8 => {
                switches.insert(key, input.truth()?);
            }
            _ => return Err(input.malformed("a key from 0 to 13")),
        }
        Ok(())
    })?;
    let switch = |key: u8| required(switches.get(&key).copied(), input);
    Ok(PolicyClaim {
        name: required(preset, input)?,
        unknown_issuer: switch(1)?,
        bac: switch(2)?,
        bac_after_pace: switch(3)?,
        expired_document: switch(4)?,
        chip_proof: required(chip_proof, input)?,
        triple_des: switch(6)?,
        last_attempt: switch(7)?,
        validity_at_signing: switch(8)?,
        revocation: required(revocation, input)?,
        refused_deviations: required(refused, input)?,
        allowed_deviations: required(allowed, input)?,
        one_chip_proof,
        key_candidates,
    })
}

fn required<T>(value: Option<T>, input: &Input<'_>) -> Result<T> {
    value.ok_or_else(|| input.malformed("a key that is missing"))
}

/// One of a closed list of words.
fn word<T: Copy>(
    input: &mut Input<'_>,
    all: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'static str,
) -> Result<T> {
    let text = input.text(LONGEST_NAME)?;
    let found = all.into_iter().find(|value| name(*value) == text);
    found.ok_or_else(|| input.malformed("a known word"))
}

fn cipher(input: &mut Input<'_>) -> Result<SessionCipher> {
    const ALL: [SessionCipher; 4] = [
        SessionCipher::TripleDes,
        SessionCipher::Aes128,
        SessionCipher::Aes192,
        SessionCipher::Aes256,
    ];
    word(input, ALL, SessionCipher::name)
}

/// A standardised group, or a Diffie-Hellman group by the bits of its prime.
fn group(input: &mut Input<'_>) -> Result<String> {
    let text = input.text(LONGEST_NAME)?;
    let standard = (0..32_u8)
        .filter_map(DomainParameters::from_parameter_id)
        .any(|parameters| parameters.name() == text);
    let by_length = text.strip_prefix("DH ").is_some_and(|bits| {
        (3..=5).contains(&bits.len()) && bits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if standard || by_length {
        Ok(text.to_owned())
    } else {
        Err(input.malformed("the name of a group"))
    }
}

/// A stable name or code: letters in lower case, with no room for a number of a person.
fn name(input: &mut Input<'_>) -> Result<String> {
    let text = input.text(LONGEST_NAME)?;
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if !text.is_empty() && text.bytes().all(plain) && digits <= 3 {
        Ok(text.to_owned())
    } else {
        Err(input.malformed("a stable name"))
    }
}

fn names(input: &mut Input<'_>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    input.array(MOST_NAMES, |input| name(input).map(|name| names.push(name)))?;
    Ok(names)
}
