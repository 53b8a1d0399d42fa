//! The proof inside PACE with chip-authentication mapping `[9303-11 §4.4.3.5]`.
//!
//! ```text
//!  during PACE   PK_Map,IC = SK_Map,IC · G      in clear, fresh in every run
//!                CA_IC = SK_Map,IC / SK_IC      under the new keys
//!  afterwards    EF.CardSecurity ─► signature, signer, path to a CSCA ─► PK_IC
//!                PK_Map,IC = CA_IC · PK_IC ?
//! ```
//!
//! **Proves**, once PK_IC is known to be signed, that the chip at the other end of the channel holds the
//! private key SK_IC. The numbers convince nobody else: whoever reads may choose CA_IC and PK_Map,IC together.

use crate::{
    access::MappingTranscript,
    crypto::AgreementKey,
    error::{Error, NotGenuine, Result},
    passive::SignedSecurityInfos,
};

const FAILED: Error = Error::NotGenuine(NotGenuine::ChipAuthenticationMapping);
const NO_KEY: Error = Error::NotGenuine(NotGenuine::NoMappingKey);

/// PACE ran with chip-authentication mapping; nothing is proven until the chip's key is known to be signed.
#[must_use]
pub(crate) struct PendingMapping(MappingTranscript);

/// The chip holds the private key of the signed EF.CardSecurity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipMapped {
    description: String,
}

impl ChipMapped {
    /// The group that it ran in.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl PendingMapping {
    /// Takes up what PACE left.
    pub(crate) const fn new(transcript: MappingTranscript) -> Self {
        Self(transcript)
    }

    /// Turns the numbers into a proof.
    ///
    /// # Errors
    /// `NotGenuine` if EF.CardSecurity has no key for this mapping, or the numbers do not fit it.
    pub(crate) fn confirm(self, signed: &SignedSecurityInfos) -> Result<ChipMapped> {
        let pk_ic = self.key(signed)?;
        let group = self.0.domain.group();
        let mapped = group
            .key_pair(self.0.ca_ic.expose())
            .and_then(|ca_ic| ca_ic.agree_element(&pk_ic))
            .map_err(|_| FAILED)?;
        if mapped == self.0.pk_map_ic {
            Ok(ChipMapped { description: format!("ECDH-CAM {}", pk_ic.describe()) })
        } else {
            Err(FAILED)
        }
    }

    /// The signed key in the domain parameters of this run. Of several in the same parameters it is the
    /// one whose number is that of the PACEInfo's parameters; a number means nothing where there is but
    /// one key, and eID cards number that one as they like.
    fn key(&self, signed: &SignedSecurityInfos) -> Result<AgreementKey> {
        let group = self.0.domain.group();
        let candidates: Vec<_> = signed
            .infos()
            .chip_authentication_keys()
            .filter_map(|info| Some((info.key_id, AgreementKey::from_spki(&info.spki).ok()?)))
            .filter(|(_, key)| key.group() == group)
            .collect();
        if let [(_, only)] = candidates.as_slice() {
            return Ok(only.clone());
        }
        let mut named =
            candidates.into_iter().filter(|(id, _)| id.is_some() && *id == self.0.parameter_id);
        match (named.next(), named.next()) {
            (Some((_, key)), None) => Ok(key),
            _ => Err(NO_KEY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DomainParameters;
    use crate::passive::examine_card_security;
    use crate::pki::TrustStore;
    use crate::pki::test_issuer::{Cms, Key, Template, oid, sequence};
    use crate::policy::Policy;
    use crate::sensitive::Secret;
    use crate::tlv::write;

    const SECURITY_OBJECT: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];
    /// id-PK-ECDH
    const PK_ECDH: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];
    /// standardizedDomainParameters
    const STANDARDISED: [u8; 7] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];

    fn example(name: &str) -> Vec<u8> {
        let text = include_str!("../../test-vectors/icao9303/appendix-g-h-i-pace.json");
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let text = match name {
            "pk_map_ic" => {
                let answer = &vectors["examples"]["I.1"]["exchanges"][2]["response"];
                // 7C 43 82 41 before, 9000 after.
                answer.as_str().unwrap()[8..138].to_owned()
            }
            name => vectors["examples"]["I.1"][name].as_str().unwrap().to_owned(),
        };
        let digits = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digits).collect()
    }

    fn brainpool() -> DomainParameters {
        DomainParameters::from_parameter_id(13).unwrap()
    }

    /// What PACE of Doc 9303-11 App. I leaves, with another CA_IC or parameter number.
    fn pending(ca_ic: &[u8], parameter_id: Option<u64>) -> PendingMapping {
        let domain = brainpool();
        PendingMapping::new(MappingTranscript {
            domain,
            parameter_id,
            pk_map_ic: domain.group().public_key(&example("pk_map_ic")).unwrap(),
            ca_ic: Secret::new(ca_ic.to_vec()),
        })
    }

    /// A ChipAuthenticationPublicKeyInfo in standardised parameters.
    fn key_info(parameters: u8, point: &[u8], key_id: Option<u8>) -> Vec<u8> {
        let algorithm = sequence(&[oid(&STANDARDISED), write(0x02, &[parameters])]);
        let spki = sequence(&[algorithm, write(0x03, &[&[0], point].concat())]);
        let mut fields = vec![oid(&PK_ECDH), spki];
        fields.extend(key_id.map(|id| write(0x02, &[id])));
        sequence(&fields)
    }

    /// The point of App. I's key.
    fn pk_ic() -> Vec<u8> {
        let info = example("chip_authentication_public_key_info");
        let at = info.windows(4).position(|window| window == [0x03, 0x42, 0, 4]).unwrap();
        info[at + 3..at + 68].to_vec()
    }

    fn other_key(parameters: u8) -> Vec<u8> {
        let domain = DomainParameters::from_parameter_id(parameters).unwrap();
        domain.group().key_pair(&[7]).unwrap().public().encode()
    }

    fn signed(infos: &[Vec<u8>]) -> SignedSecurityInfos {
        let (csca, signer) = (Key::new(1), Key::new(3));
        let mut trust = TrustStore::empty();
        let certificate = Template::authority("VN", "CSCA", &csca).sign(&csca);
        trust.add_certificate(&certificate, "t").unwrap();
        let template = Template::signer("VN", "CSCA", &signer, &csca);
        let content = write(0x31, &infos.concat());
        let file = Cms::new(&SECURITY_OBJECT, &content, &template, &csca).sign(&signer);
        let examined = examine_card_security(&file, &trust, "2026-11-21".parse().unwrap());
        examined.unwrap().accept(&Policy::standard()).unwrap()
    }

    /// The numbers of Doc 9303-11 App. I, with the SecurityInfo that it prints.
    #[test]
    fn the_worked_example_is_proven() {
        let signed = signed(&[example("chip_authentication_public_key_info")]);
        let ca_ic = example("chip_authentication_data");
        let proof = pending(&ca_ic, Some(13)).confirm(&signed).unwrap();
        assert_eq!(proof.description(), "ECDH-CAM brainpoolP256r1");
    }

    #[test]
    fn another_key_or_other_data_prove_nothing() {
        let ca_ic = example("chip_authentication_data");
        let other = signed(&[key_info(13, &other_key(13), None)]);
        assert_eq!(pending(&ca_ic, Some(13)).confirm(&other).unwrap_err(), FAILED);
        let right = signed(&[key_info(13, &pk_ic(), None)]);
        for bit in 0..256 {
            let mut altered = ca_ic.clone();
            altered[bit / 8] ^= 0x80 >> (bit % 8);
            assert_eq!(pending(&altered, Some(13)).confirm(&right).unwrap_err(), FAILED, "{bit}");
        }
        for wrong in [vec![], vec![0; 32], vec![0xFF; 32], [&[0], &ca_ic[..]].concat()] {
            assert_eq!(pending(&wrong, Some(13)).confirm(&right).unwrap_err(), FAILED);
        }
    }

    #[test]
    fn of_several_keys_the_one_with_the_number_of_the_parameters_counts() {
        let ca_ic = example("chip_authentication_data");
        let (right, wrong) = (pk_ic(), other_key(13));
        let elsewhere = key_info(12, &other_key(12), Some(13));
        // Alone in its parameters, whatever its number.
        for id in [None, Some(0x45)] {
            let file = signed(&[elsewhere.clone(), key_info(13, &right, id)]);
            pending(&ca_ic, Some(13)).confirm(&file).unwrap();
        }
        for (right_id, wrong_id, expected) in [
            (Some(13), Some(1), Ok(())),
            (Some(13), None, Ok(())),
            (Some(1), Some(13), Err(FAILED)),
            (Some(1), Some(2), Err(NO_KEY)),
            (None, None, Err(NO_KEY)),
            (Some(13), Some(13), Err(NO_KEY)),
        ] {
            let mut infos = vec![key_info(13, &right, right_id), key_info(13, &wrong, wrong_id)];
            for _ in 0..2 {
                let confirmed = pending(&ca_ic, Some(13)).confirm(&signed(&infos));
                assert_eq!(confirmed.map(|_| ()), expected, "{right_id:?} {wrong_id:?}");
                infos.reverse();
            }
            let nameless = pending(&ca_ic, None).confirm(&signed(&infos));
            assert_eq!(nameless.unwrap_err(), NO_KEY);
        }
    }

    #[test]
    fn without_a_key_in_these_parameters_there_is_no_proof() {
        let ca_ic = example("chip_authentication_data");
        let unreadable = key_info(13, &[4; 65], Some(13));
        for infos in [vec![], vec![key_info(12, &other_key(12), Some(13))], vec![unreadable]] {
            let confirmed = pending(&ca_ic, Some(13)).confirm(&signed(&infos));
            assert_eq!(confirmed.unwrap_err(), NO_KEY);
        }
    }
}
