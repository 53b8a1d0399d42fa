use core::fmt;

use super::{
    AccessRights, CvCertificate, Role, TerminalAlgorithm, TerminalType, key::VerificationKey,
};
use crate::{
    crypto::Curve,
    date::Date,
    error::{Error, NotAuthorised, Result},
    lds::{Cvca, KeyReference},
    tlv::Reader,
};

/// Certificates that a chain may have. An authority renews its key every few years and a document is
/// valid for ten, so real chains have two to five.
const MAX_LENGTH: usize = 8;

/// The certificates that a terminal holds: authorities, links between their keys, document verifiers and
/// the terminal's own. Order does not matter, and those for other states do no harm. Those of another
/// terminal do: nobody here can know whose key it is until something was signed.
///
/// The certificate of the authority itself belongs here as well: the chip does not need it, but without
/// it nobody can check the chain beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CvCertificates(Vec<CvCertificate>);

impl CvCertificates {
    /// No certificates.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one certificate or several, one after the other; returns how many were new.
    ///
    /// # Errors
    /// As [`CvCertificate::parse`]; then none was added.
    pub fn add(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut reader = Reader::new(bytes);
        let mut found: Vec<CvCertificate> = Vec::new();
        while let Some(certificate) = CvCertificate::next(&mut reader)? {
            if !self.0.contains(&certificate) && !found.contains(&certificate) {
                found.push(certificate);
            }
        }
        let new = found.len();
        self.0.extend(found);
        Ok(new)
    }

    /// The certificates, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &CvCertificate> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The chain from an authority that the chip trusts to a terminal, checked as the chip would check it
    /// on the day `at`: names, signatures, dates, roles `[9303-11 §7.1.4.3]`. Of several, the one that
    /// grants most, then the one from the more recent authority.
    ///
    /// A chip has no clock. It knows the newest effective date that it was shown and may take a
    /// certificate that has expired since; this check does not.
    ///
    /// # Errors
    /// `NotAuthorised`: what is wrong with the chain that came nearest, or that there is none.
    /// `Malformed` if the key of a certificate in it is not on its authority's curve.
    pub fn chain(&self, trusted: &Cvca, at: Date) -> Result<TerminalChain> {
        let mut search = Search { pool: &self.0, trusted, at, found: Vec::new(), refused: None };
        for reference in trusted.references() {
            for anchor in search.authorities(reference) {
                search.from(anchor);
            }
        }
        // The first of the best.
        let mut best: Option<TerminalChain> = None;
        for chain in search.found {
            let groups = |chain: &TerminalChain| chain.rights.groups().count();
            if best.as_ref().is_none_or(|best| groups(best) < groups(&chain)) {
                best = Some(chain);
            }
        }
        let nearest = search.refused.map(|(_, why)| why);
        best.ok_or(nearest.unwrap_or(Error::NotAuthorised(NotAuthorised::NoChain)))
    }
}

/// Certificates that lead, checked one by one, from an authority that the chip trusts to a terminal.
#[derive(Clone)]
pub struct TerminalChain {
    authority: KeyReference,
    certificates: Vec<CvCertificate>,
    /// Of the last certificate.
    terminal: CvCertificate,
    key: VerificationKey,
    rights: AccessRights,
}

impl TerminalChain {
    /// The authority that the chip trusts.
    #[must_use]
    pub const fn authority(&self) -> &KeyReference {
        &self.authority
    }

    /// The certificates for the chip, in its order: links, document verifier, terminal.
    #[must_use]
    pub fn certificates(&self) -> &[CvCertificate] {
        &self.certificates
    }

    /// The last one.
    #[must_use]
    pub const fn terminal(&self) -> &CvCertificate {
        &self.terminal
    }

    /// What all of them grant together.
    #[must_use]
    pub const fn rights(&self) -> AccessRights {
        self.rights
    }

    /// How the terminal signs.
    #[must_use]
    pub const fn algorithm(&self) -> TerminalAlgorithm {
        self.terminal.algorithm()
    }

    /// Whether the terminal's key made the signature.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(message, signature)
    }

    pub(super) fn describe(&self) -> String {
        self.key.describe()
    }
}

impl fmt::Debug for TerminalChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TerminalChain({}", self.authority)?;
        for certificate in &self.certificates {
            write!(f, " → {}", certificate.holder())?;
        }
        write!(f, ", {})", self.rights)
    }
}

/// A certificate on the way whose key is known in full.
#[derive(Clone)]
struct Step<'a> {
    certificate: &'a CvCertificate,
    key: VerificationKey,
    rights: AccessRights,
}

struct Search<'a> {
    pool: &'a [CvCertificate],
    trusted: &'a Cvca,
    at: Date,
    found: Vec<TerminalChain>,
    /// What stopped the search, and how far it had come.
    refused: Option<(usize, Error)>,
}

impl<'a> Search<'a> {
    /// Certificates of inspection authorities for the key of this name.
    fn authorities(&self, name: &KeyReference) -> Vec<&'a CvCertificate> {
        let is_authority = |certificate: &&CvCertificate| {
            let authorization = certificate.authorization();
            certificate.holder() == name
                && authorization.role() == Role::Cvca
                && authorization.terminal_type() == TerminalType::InspectionSystem
        };
        self.pool.iter().filter(is_authority).collect()
    }

    /// The curve of an authority's key: its own, or that of the authority before it, because link
    /// certificates may leave it out `[TR-03110-3 §D.3.3]`.
    fn curve(&self, certificate: &CvCertificate, depth: usize) -> Option<Curve> {
        certificate.key().curve().or_else(|| {
            let depth = depth.checked_sub(1)?;
            let before = self.authorities(certificate.authority());
            before.into_iter().find_map(|authority| self.curve(authority, depth))
        })
    }

    fn from(&mut self, anchor: &'a CvCertificate) {
        match anchor.key().complete(self.curve(anchor, MAX_LENGTH)) {
            Ok(key) => {
                let rights = anchor.authorization().rights();
                self.extend(&mut vec![Step { certificate: anchor, key, rights }]);
            }
            Err(error) => self.refuse(0, error.in_file("CV certificate")),
        }
    }

    /// Goes on from the last certificate of the path; the first is the authority that the chip trusts.
    fn extend(&mut self, path: &mut Vec<Step<'a>>) {
        let Some(issuer) = path.last().cloned() else { return };
        if path.len() > MAX_LENGTH {
            return;
        }
        for candidate in self.pool {
            // Chips refuse a key that they have already [9303-11 §7.1.4.3.7].
            let known = self.trusted.references().contains(candidate.holder())
                || path.iter().any(|step| step.certificate.holder() == candidate.holder());
            if candidate.authority() != issuer.certificate.holder() || known {
                continue;
            }
            match self.step(&issuer, candidate) {
                Ok(step) => {
                    path.push(step);
                    if candidate.authorization().role() == Role::Terminal {
                        self.arrive(path);
                    } else {
                        self.extend(path);
                    }
                    path.pop();
                }
                Err(error) => self.refuse(path.len(), error),
            }
        }
    }

    /// One certificate, as the chip checks it.
    fn step(&self, issuer: &Step<'a>, candidate: &'a CvCertificate) -> Result<Step<'a>> {
        let refused = |why| Err(Error::NotAuthorised(why));
        let (above, below) = (issuer.certificate.authorization(), candidate.authorization());
        if below.terminal_type() != above.terminal_type()
            || !above.role().may_issue_to(below.role())
        {
            return refused(NotAuthorised::RoleOrder);
        }
        if !issuer.key.verify(candidate.body(), candidate.signature()) {
            return refused(NotAuthorised::CertificateSignature);
        }
        // A chip sets its date by the newest effective date it is shown: one that lies ahead would shut
        // out everybody else until then [9303-11 §7.1.4.3.3].
        if candidate.effective() > self.at {
            return refused(NotAuthorised::CertificateNotYetValid);
        }
        // Links are good for ever; but the key of an expired authority signs nothing except links
        // [9303-11 §7.1.4.3.4].
        let link = below.role() == Role::Cvca;
        let expired = |certificate: &CvCertificate| certificate.expiration() < self.at;
        if !link && (expired(candidate) || expired(issuer.certificate)) {
            return refused(NotAuthorised::CertificateExpired);
        }
        let key = candidate.key().complete(issuer.key.curve());
        Ok(Step {
            certificate: candidate,
            key: key.map_err(|error| error.in_file("CV certificate"))?,
            rights: issuer.rights.and(below.rights()),
        })
    }

    /// The path has reached a terminal.
    fn arrive(&mut self, path: &[Step<'a>]) {
        let [anchor, rest @ ..] = path else { return };
        let Some(last) = rest.last() else { return };
        if last.rights.is_empty() {
            return self.refuse(path.len(), Error::NotAuthorised(NotAuthorised::RightMissing));
        }
        self.found.push(TerminalChain {
            authority: anchor.certificate.holder().clone(),
            certificates: rest.iter().map(|step| step.certificate.clone()).collect(),
            terminal: last.certificate.clone(),
            key: last.key.clone(),
            rights: last.rights,
        });
    }

    /// Remembers what stopped the path that came farthest.
    fn refuse(&mut self, length: usize, why: Error) {
        if self.refused.as_ref().is_none_or(|(longest, _)| *longest < length) {
            self.refused = Some((length, why));
        }
    }
}
