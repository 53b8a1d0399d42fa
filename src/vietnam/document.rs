//! Where the national card meets the inspection: keys, the holder's record, printed data.

use super::{CitizenRecord, IdNumber, KeyCandidates, PrintedDataComparison, QrText};
use crate::{
    access::AccessKey,
    document::{PrintedData, VerifiedDocument, VerifiedIdentity},
    error::{Error, PolicyRefusal, Result},
    findings::Outcome,
    passive::Authenticated,
};

impl IdNumber {
    /// The key to the chip: its last six digits are the card access number.
    #[must_use]
    pub fn access_key(&self) -> AccessKey {
        AccessKey::from_digits(self.can())
    }
}

impl QrText {
    /// The key to the chip. The QR code carries no date of expiry, so it yields the card access number
    /// for PACE and no key for BAC.
    #[must_use]
    pub fn access_key(&self) -> AccessKey {
        self.id_number().access_key()
    }

    /// That key, and those for a chip without PACE, for which the date of expiry is estimated; `None` if
    /// a date of birth or of issue is missing.
    #[must_use]
    pub fn key_candidates(&self) -> Option<KeyCandidates> {
        let (birth, issued) = (self.date_of_birth()?, self.issue_date()?);
        Some(KeyCandidates::new(self.id_number().clone()).issued(*birth.reveal(), *issued.reveal()))
    }
}

impl CitizenRecord {
    /// The holder of a verified CCCD.
    ///
    /// # Errors
    /// * [`Unsupported::NotACccd`](crate::error::Unsupported::NotACccd) for another document.
    /// * [`NotAuthentic::GroupsDisagree`](crate::error::NotAuthentic::GroupsDisagree) if DG1 and DG13
    ///   name another number, date of birth or date of expiry.
    /// * `Malformed` if a group breaks its definition although it was signed.
    pub fn from_document(document: &VerifiedDocument) -> Result<Self> {
        Self::from_authenticated(document.authenticated())
    }

    /// The citizen of a CCCD whose portrait was not read yet.
    ///
    /// # Errors
    /// As [`CitizenRecord::from_document`].
    pub fn from_identity(identity: &VerifiedIdentity) -> Result<Self> {
        Self::from_authenticated(identity.authenticated())
    }

    fn from_authenticated(authenticated: &Authenticated) -> Result<Self> {
        Self::from_groups(authenticated.require(1)?, authenticated.group(13))
    }
}

impl PrintedData for QrText {
    fn compare(&self, authenticated: &Authenticated) -> Outcome {
        compare(authenticated, |record| PrintedDataComparison::with_qr(self, record))
    }
}

impl PrintedData for IdNumber {
    fn compare(&self, authenticated: &Authenticated) -> Outcome {
        compare(authenticated, |record| PrintedDataComparison::with_id_number(self, record))
    }
}

fn compare(
    authenticated: &Authenticated,
    with: impl FnOnce(&CitizenRecord) -> PrintedDataComparison,
) -> Outcome {
    match CitizenRecord::from_authenticated(authenticated) {
        Err(error) => Outcome::Failed(error),
        Ok(record) => {
            let comparison = with(&record);
            if comparison.agrees() {
                Outcome::Passed(format!("{} agree", comparison.compared().join(", ")))
            } else {
                Outcome::Failed(Error::PolicyRefused(PolicyRefusal::PrintedData))
            }
        }
    }
}
