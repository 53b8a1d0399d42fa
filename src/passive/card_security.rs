use core::fmt;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::lds::{CardSecurity, SecurityInfos};
use crate::pki::{AnchorInfo, SignedData, TrustStore};
use crate::policy::Policy;

use super::examination::Examination;
use super::signer_findings::{Signer, SignerFindings};

const FILE: &str = "EF.CardSecurity";
/// id-SecurityObject [TR-03110-3 §A.1.2.5]
const SECURITY_OBJECT: &str = "0.4.0.127.0.7.3.2.1";

/// Proof that an issuer which the policy accepts signed these `SecurityInfos`.
///
/// Only [`Examination::accept`] of an EF.CardSecurity makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedSecurityInfos {
    content: CardSecurity,
    signer: Arc<SignerFindings>,
}

impl SignedSecurityInfos {
    /// What was signed.
    #[must_use]
    pub const fn infos(&self) -> &SecurityInfos {
        self.content.security_infos()
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        self.signer.signer()
    }

    /// The anchor that the signer chains to; `None` only if the policy allowed an unknown issuer.
    #[must_use]
    pub fn anchor(&self) -> Option<&AnchorInfo> {
        self.signer.path().ok()
    }
}

impl fmt::Debug for SignedSecurityInfos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedSecurityInfos")
            .field("content", &self.content)
            .field("anchor", &self.anchor())
            .finish_non_exhaustive()
    }
}

/// Examines an EF.CardSecurity as [`examine`](super::examine) does an EF.SOD.
///
/// `file` is the whole file; `at` is the day for which the verdict shall hold.
///
/// # Errors
/// `Malformed` or `Unsupported`, only if the file cannot be read as an EF.CardSecurity.
pub fn examine_card_security(
    file: &[u8],
    trust: &TrustStore,
    at: Date,
) -> Result<Examination<CardSecurity>> {
    let signed_data = SignedData::parse(file).map_err(|error| error.in_file(FILE))?;
    // No card is known to name another type, and a document signer signs more than this file.
    if signed_data.content_type()? != SECURITY_OBJECT {
        return Err(Error::Unsupported(Unsupported::Structure(
            "an EF.CardSecurity whose content is no security object",
        )));
    }
    let content = CardSecurity::parse(signed_data.content()?)?;
    let deviations: BTreeSet<_> = content.deviations().iter().copied().collect();
    let wrong = NotAuthentic::CardSecuritySignature;
    let findings = |der: &[u8]| SignerFindings::of(der, trust, at).map(Arc::new);
    Ok(Examination::of(&signed_data, content, wrong, deviations, findings))
}

impl Examination<CardSecurity> {
    /// What the file says, signed or not.
    #[must_use]
    pub const fn infos(&self) -> &SecurityInfos {
        self.content().security_infos()
    }

    /// Turns the results into proof, if they satisfy the policy, as for an EF.SOD.
    ///
    /// # Errors
    /// The first result that the policy does not accept; `PolicyRefused` for a deviation.
    pub fn accept(self, policy: &Policy) -> Result<SignedSecurityInfos> {
        let (content, signer) = self.proven(policy)?;
        Ok(SignedSecurityInfos { content, signer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Deviation;
    use crate::pki::test_issuer::*;
    use crate::tlv::write;

    const TYPE: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];

    fn today() -> Date {
        "2026-11-21".parse().unwrap()
    }

    /// PACE-ECDH-CAM-AES-128 with brainpoolP256r1.
    fn infos() -> Vec<u8> {
        let pace = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x06, 0x02];
        write(0x31, &sequence(&[oid(&pace), write(0x02, &[2]), write(0x02, &[13])]))
    }

    fn cms(content_type: &[u8], content: &[u8]) -> Cms {
        let signer = Template::signer("VN", "CSCA", &Key::new(3), &Key::new(1));
        Cms::new(content_type, content, &signer, &Key::new(1))
    }

    fn file() -> Vec<u8> {
        cms(&TYPE, &infos()).sign(&Key::new(3))
    }

    fn trust() -> TrustStore {
        let (mut trust, csca) = (TrustStore::empty(), Key::new(1));
        let certificate = Template::authority("VN", "CSCA", &csca).sign(&csca);
        trust.add_certificate(&certificate, "t").unwrap();
        trust
    }

    #[test]
    fn a_signed_file_gives_proof() {
        let examination = examine_card_security(&file(), &trust(), today()).unwrap();
        assert_eq!(examination.issuing_state(), Some("VN"));
        assert_eq!(examination.deviations().count(), 0);
        let infos = examination.infos().clone();
        let signed = examination.accept(&Policy::standard()).unwrap();
        assert_eq!(signed.infos(), &infos);
        assert_eq!(infos.pace().next().unwrap().parameter_id, Some(13));
        assert_eq!(signed.signer().subject, "C=VN, CN=Document Signer");
        assert_eq!(signed.anchor().unwrap().subject, "C=VN, CN=CSCA");
    }

    #[test]
    fn the_path_is_as_strict_as_that_of_a_security_object() {
        let unknown = examine_card_security(&file(), &TrustStore::empty(), today()).unwrap();
        let refused = unknown.clone().accept(&Policy::standard()).unwrap_err();
        assert_eq!(refused, Error::NotAuthentic(NotAuthentic::UnknownIssuer));
        let allowing = Policy::standard().allow_unknown_issuer();
        assert_eq!(unknown.accept(&allowing).unwrap().anchor(), None);
        let late = examine_card_security(&file(), &trust(), "2035-01-02".parse().unwrap()).unwrap();
        let refused = late.accept(&Policy::standard()).unwrap_err();
        assert_eq!(refused, Error::NotAuthentic(NotAuthentic::SignerNotValidAt));
        let mut trailing = file();
        trailing.push(0);
        let refusing = Policy::standard().refuse_deviation(Deviation::TrailingBytes);
        let examination = examine_card_security(&trailing, &trust(), today()).unwrap();
        examination.clone().accept(&Policy::standard()).unwrap();
        assert_eq!(examination.accept(&refusing).unwrap_err().kind(), "policy_refused");
    }

    #[test]
    fn a_wrong_signature_is_named_after_the_file() {
        let forged = cms(&TYPE, &infos()).sign(&Key::new(9));
        let examination = examine_card_security(&forged, &trust(), today()).unwrap();
        let wrong = Error::NotAuthentic(NotAuthentic::CardSecuritySignature);
        assert_eq!(examination.signature().unwrap_err(), wrong);
        assert_eq!(examination.accept(&Policy::standard()).unwrap_err(), wrong);
    }

    #[test]
    fn other_signed_data_are_not_taken_for_it() {
        let sod = cms(&LDS_SECURITY_OBJECT, &infos()).sign(&Key::new(3));
        let error = examine_card_security(&sod, &trust(), today()).unwrap_err();
        assert_eq!(error.kind(), "unsupported");
        let sequence = cms(&TYPE, &write(0x30, &[])).sign(&Key::new(3));
        let error = examine_card_security(&sequence, &trust(), today()).unwrap_err();
        assert!(matches!(error, Error::Malformed { file: FILE, .. }), "{error}");
    }

    #[test]
    fn no_flipped_bit_yields_other_infos() {
        let good = file();
        let trust = trust();
        let accepted = |file: &[u8]| {
            let examination = examine_card_security(file, &trust, today()).ok()?;
            examination.accept(&Policy::standard()).ok()
        };
        let expected = accepted(&good).unwrap();
        for bit in 0..good.len() * 8 {
            let mut flipped = good.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            assert!(accepted(&flipped).is_none_or(|signed| signed == expected), "bit {bit}");
        }
        for end in 0..good.len() {
            assert!(examine_card_security(&good[..end], &trust, today()).is_err(), "{end}");
        }
    }

    /// Each with what `openssl cms -verify -noverify` 3.0 says about it. It agrees on all but the last,
    /// which was made for a test: the signer signed no attributes, and RFC 5652 §5.3 allows that for
    /// plain data alone. OpenSSL lets it pass.
    #[test]
    fn foreign_files_have_known_outcomes() {
        let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
            println!("skipped: CCCD_FOREIGN is not set");
            return;
        };
        let folder = std::path::PathBuf::from(folder).join("files/EF.CardSecurity");
        let wrong = Err(Error::NotAuthentic(NotAuthentic::CardSecuritySignature));
        let table = [
            ("AusweisApp__711f28e0472a", Some(0x45), Ok(())),
            ("AusweisApp__7e2a0f610c72", Some(0x41), Ok(())),
            ("AusweisApp__c66cfd7c3d87", Some(0x29), Ok(())),
            ("jmrtd__8068981d77c0", None, wrong),
        ];
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), table.len());
        for (name, key_id, signature) in table {
            let file = std::fs::read(folder.join(format!("{name}.bin"))).unwrap();
            let examination = examine_card_security(&file, &TrustStore::empty(), today()).unwrap();
            assert_eq!(examination.signature(), signature, "{name}");
            let unknown = Error::NotAuthentic(NotAuthentic::UnknownIssuer);
            assert_eq!(examination.path().unwrap_err(), unknown, "{name}");
            let key = examination.infos().chip_authentication_keys().next().unwrap();
            assert_eq!(key.key_id, key_id, "{name}");
            let mut mutations = Mutations(4);
            for _ in 0..300 {
                let _ = examine_card_security(&mutations.mutate(&file), &trust(), today());
            }
        }
    }
}
