//! A Country Verifying CA that equips terminals.

use super::CvError;
use super::algorithm::TerminalAlgorithm;
use super::authorization::{AccessRights, Authorization, Role, TerminalType};
use super::certificate::{CvBody, CvCertificate};
use super::date::Date;
use super::key::{CvPublicKey, TerminalKey};
use super::trust::{TerminalTrust, TrustPoint};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::rsa::RsaKey;
use crate::random::Random;

/// What can be chosen about a Country Verifying CA.
#[derive(Clone, Debug)]
pub struct CvAuthorityOptions {
    /// Keys on curves derive from it. RSA keys are fixed: an authority with an even seed has another one than an
    /// authority with an odd seed.
    pub seed: u64,
    /// Two letters of the country, a name of up to nine characters, a sequence number of five.
    pub reference: String,
    /// The algorithm of the authority and of all below it.
    pub algorithm: TerminalAlgorithm,
    /// The curve of all keys, if the algorithm is ECDSA.
    pub curve: CurveName,
    /// For which kind of terminals the certificates are.
    pub terminal_type: TerminalType,
    /// The data groups that certificates below can open.
    pub rights: AccessRights,
    /// The day on which the certificate was made.
    pub effective: Date,
    /// The last day on which it holds.
    pub expiration: Date,
}

impl Default for CvAuthorityOptions {
    /// The dates are those of the simulated issuing authority of cards.
    fn default() -> CvAuthorityOptions {
        CvAuthorityOptions {
            seed: 1,
            reference: "VNCVCASIM00001".to_owned(),
            algorithm: TerminalAlgorithm::EcdsaSha256,
            curve: CurveName::BrainpoolP256r1,
            terminal_type: TerminalType::InspectionSystem,
            rights: AccessRights::ALL,
            effective: Date::new(2021, 1, 19),
            expiration: Date::new(2046, 4, 13),
        }
    }
}

/// What can be chosen about a terminal and about the Document Verifier above it.
#[derive(Clone, Debug)]
pub struct TerminalOptions {
    /// The reference of the Document Verifier's key.
    pub verifier_reference: String,
    /// Whether the Document Verifier is foreign: chips do not believe the dates of its terminals.
    pub foreign: bool,
    /// The rights of the Document Verifier.
    pub verifier_rights: AccessRights,
    /// The day on which the Document Verifier's certificate was made.
    pub verifier_effective: Date,
    /// The last day of the Document Verifier's certificate.
    pub verifier_expiration: Date,
    /// The reference of the terminal's key.
    pub reference: String,
    /// The rights of the terminal.
    pub rights: AccessRights,
    /// The day on which the terminal's certificate was made.
    pub effective: Date,
    /// The last day of the terminal's certificate.
    pub expiration: Date,
}

impl Default for TerminalOptions {
    fn default() -> TerminalOptions {
        TerminalOptions {
            verifier_reference: "VNDVSIM00001".to_owned(),
            foreign: false,
            verifier_rights: AccessRights::ALL,
            verifier_effective: Date::new(2021, 7, 1),
            verifier_expiration: Date::new(2036, 6, 1),
            reference: "VNISSIM00001".to_owned(),
            rights: AccessRights::ALL,
            effective: Date::new(2021, 7, 1),
            expiration: Date::new(2036, 6, 1),
        }
    }
}

/// Everything that a terminal needs to authenticate itself to chips that trust its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedTerminal {
    /// From below the trust point down to the terminal: the Document Verifier's certificate, then the terminal's. Put
    /// link certificates in front.
    pub certificates: Vec<Vec<u8>>,
    /// The terminal's private key.
    pub key: TerminalKey,
    /// The terminal's Certificate Holder Reference.
    pub reference: Vec<u8>,
}

impl IssuedTerminal {
    /// A terminal that somebody else equipped: its certificates from below the trust point down to its own, and its key.
    ///
    /// # Errors
    /// There is no certificate, or the last one cannot be read.
    pub fn new(certificates: Vec<Vec<u8>>, key: TerminalKey) -> Result<IssuedTerminal, CvError> {
        let last = certificates.last().ok_or(CvError::Malformed("chain"))?;
        let reference = CvCertificate::parse(last)?.body.holder_reference;
        Ok(IssuedTerminal { certificates, key, reference })
    }
}

/// A Country Verifying CA. The same options give the same bytes. See the [module](super) for an example.
#[derive(Clone, Debug)]
pub struct CvAuthority {
    options: CvAuthorityOptions,
    key: TerminalKey,
    certificate: Vec<u8>,
}

impl CvAuthority {
    /// Make the key and the self-signed certificate.
    pub fn new(options: CvAuthorityOptions) -> CvAuthority {
        let rsa = if options.seed.is_multiple_of(2) {
            RsaKey::test_next_cvca()
        } else {
            RsaKey::test_cvca()
        };
        let key = generate(&options, "cvca key", rsa);
        let certificate = body(&options, &options.reference, key.public()).sign(&key);
        CvAuthority { options, key, certificate }
    }

    /// The self-signed certificate.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The authority's private key, to sign a [`CvBody`] that the authority itself would not.
    pub fn key(&self) -> &TerminalKey {
        &self.key
    }

    /// The options that this authority was made with.
    pub fn options(&self) -> &CvAuthorityOptions {
        &self.options
    }

    /// What is written to chips that shall trust this authority.
    pub fn trust_point(&self) -> TrustPoint {
        let options = &self.options;
        TrustPoint {
            reference: options.reference.as_bytes().to_vec(),
            public_key: self.key.public(),
            authorization: authorization(options, Role::Cvca, options.rights),
            effective: options.effective,
            expiration: options.expiration,
        }
    }

    /// The memory of a chip that was personalised on 28 June 2021 and trusts this authority alone.
    pub fn trust(&self) -> TerminalTrust {
        TerminalTrust::new(self.trust_point(), Date::new(2021, 6, 28))
    }

    /// The certificate by which this authority vouches for the key of the next one, with its domain parameters.
    pub fn link_certificate(&self, next: &CvAuthority) -> Vec<u8> {
        body(&next.options, &self.options.reference, next.key.public()).sign(&self.key)
    }

    /// The private key of the Document Verifier with this reference, to sign a [`CvBody`] that it would not.
    pub fn verifier_key(&self, terminal: &TerminalOptions) -> TerminalKey {
        let label = format!("document verifier {}", terminal.verifier_reference);
        generate(&self.options, &label, RsaKey::test_document_verifier())
    }

    /// Equip a terminal: a Document Verifier, the terminal below it, and the terminal's key.
    pub fn issue(&self, terminal: &TerminalOptions) -> IssuedTerminal {
        let options = &self.options;
        let verifier_key = self.verifier_key(terminal);
        let label = format!("terminal {}", terminal.reference);
        let key = generate(options, &label, RsaKey::test_terminal());

        let role = if terminal.foreign { Role::ForeignVerifier } else { Role::DomesticVerifier };
        let verifier = CvBody {
            authority_reference: options.reference.as_bytes().to_vec(),
            public_key: verifier_key.public_without_parameters(),
            holder_reference: terminal.verifier_reference.as_bytes().to_vec(),
            authorization: authorization(options, role, terminal.verifier_rights),
            effective: terminal.verifier_effective,
            expiration: terminal.verifier_expiration,
            extensions: None,
        };
        let inspection_system = CvBody {
            authority_reference: verifier.holder_reference.clone(),
            public_key: key.public_without_parameters(),
            holder_reference: terminal.reference.as_bytes().to_vec(),
            authorization: authorization(options, Role::Terminal, terminal.rights),
            effective: terminal.effective,
            expiration: terminal.expiration,
            extensions: None,
        };
        IssuedTerminal {
            certificates: vec![verifier.sign(&self.key), inspection_system.sign(&verifier_key)],
            key,
            reference: inspection_system.holder_reference,
        }
    }
}

fn generate(options: &CvAuthorityOptions, label: &str, rsa: RsaKey) -> TerminalKey {
    let mut random = Random::from_label(options.seed, label);
    TerminalKey::generate(options.algorithm, options.curve, rsa, &mut random)
}

/// The certificate of an authority, signed by itself or by the one before it.
fn body(holder: &CvAuthorityOptions, authority: &str, public_key: CvPublicKey) -> CvBody {
    CvBody {
        authority_reference: authority.as_bytes().to_vec(),
        public_key,
        holder_reference: holder.reference.as_bytes().to_vec(),
        authorization: authorization(holder, Role::Cvca, holder.rights),
        effective: holder.effective,
        expiration: holder.expiration,
        extensions: None,
    }
}

/// Other terminals than inspection systems get every right of their kind, none of which opens a travel document.
fn authorization(options: &CvAuthorityOptions, role: Role, rights: AccessRights) -> Authorization {
    match options.terminal_type {
        TerminalType::InspectionSystem => Authorization::inspection_system(role, rights),
        other => Authorization::of_type(other, role),
    }
}
