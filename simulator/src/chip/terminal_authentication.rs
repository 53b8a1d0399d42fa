//! Terminal Authentication version 1, the chip's side `[TR-03110-3 §A.7, §B.3]`.
//!
//! ```text
//! IFD                                                    IC
//!      MSE:Set DST (83: CAR)                       ─►         for each certificate, from below the trust point
//!      PSO:VERIFY CERTIFICATE (7F4E, 5F37)         ─►         down to the terminal
//!      MSE:Set AT (83: CHR of the terminal)        ─►
//!      GET CHALLENGE                               ─►   ◄─    r_PICC
//!      EXTERNAL AUTHENTICATE (signature over
//!        ID_PICC || r_PICC || Comp(PK_DH,IFD))     ─►   ◄─    9000: DG3 and DG4 are open, as far as all
//!                                                             certificates of the chain allow
//! ```
//! ID_PICC is the document number with its check digit after BAC, and Comp(PK_DH,IC) of PACE after PACE. PK_DH,IFD is the
//! terminal's newest key of Chip Authentication or of PACE with chip authentication mapping `[9303-11 §7.1.2]`.
//!
//! It proves that the terminal holds a key for which the chip's own country vouches, and, by Comp(PK_DH,IFD), that the
//! terminal is the other end of the channel of one of these two protocols, without which it is refused. It does not prove
//! what day it is: the chip has no clock and believes the most recent date that it was shown.
//!
//! Skipped: version 2, authorization extensions.

use super::command::{Answer, Command};
use super::dispatch::{EXTERNAL_AUTHENTICATE, Outcome, Refusal};
use super::{Chip, status};
use crate::cv_certificate::{
    CvBody, CvCertificate, CvError, CvPublicKey, Date, Role, TerminalTrust, TerminalType,
    TrustPoint,
};
use crate::digest::DigestName;
use crate::personalisation::file;
use crate::tlv;

/// What a session knows about the terminal at its other end. It ends with the session's keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Terminal {
    /// Comp(PK_DH,IC) of PACE; after BAC there is none.
    chip_key: Option<Vec<u8>>,
    /// Comp(PK_DH,IFD) of Chip Authentication, or of PACE with chip authentication mapping; before either there is none.
    reader_key: Option<Vec<u8>>,
    /// The reference that MSE:Set DST chose.
    verification_key: Option<Vec<u8>>,
    /// The key of the certificate that was accepted last, if it was a Document Verifier's or a terminal's.
    imported: Option<ImportedKey>,
    /// MSE:Set AT chose the imported key.
    selected: bool,
    /// r_PICC, good for the next command only.
    challenge: Option<Vec<u8>>,
    /// The parts of a chain of commands, and their instruction.
    chain: Option<(u8, Vec<u8>)>,
    /// The effective rights of the terminal that proved itself.
    granted: Option<u8>,
}

/// A public key that can verify, with what the chain of certificates says about its holder.
#[derive(Clone, Debug)]
struct ImportedKey {
    reference: Vec<u8>,
    public_key: CvPublicKey,
    role: Role,
    /// The rights that every certificate down to here grants.
    rights: u8,
    /// Trust points may be used beyond it for link certificates only.
    expiration: Date,
}

impl Terminal {
    /// A terminal that opened the chip by PACE; with its key if the chip proved itself by that.
    pub(super) fn after_pace(chip_key: Vec<u8>, reader_key: Option<Vec<u8>>) -> Terminal {
        Terminal { chip_key: Some(chip_key), reader_key, ..Terminal::default() }
    }

    /// The same terminal under the new keys: whatever it had shown before, it shows again.
    pub(super) fn after_chip_authentication(&self, reader_key: Vec<u8>) -> Terminal {
        Terminal {
            chip_key: self.chip_key.clone(),
            reader_key: Some(reader_key),
            ..Terminal::default()
        }
    }

    /// Forget what holds for one kind of command only.
    pub(super) fn before(&mut self, instruction: u8) {
        if instruction != EXTERNAL_AUTHENTICATE {
            self.challenge = None;
        }
        self.chain.take_if(|(of, _)| *of != instruction);
    }

    /// The data of a command and of the links before it; `None` while more are to come.
    fn joined(&mut self, command: &Command) -> Option<Vec<u8>> {
        let (_, mut data) = self.chain.take().unwrap_or_default();
        data.extend_from_slice(&command.data);
        if command.chained() {
            self.chain = Some((command.instruction, data));
            return None;
        }
        Some(data)
    }
}

/// Comp(PK): the x coordinate of a point in its encoded form, SHA-1 of a number as it was sent `[TR-03110-3 §A.2.2.3]`.
pub(super) fn compressed(public_key: &[u8], is_point: bool) -> Vec<u8> {
    if is_point {
        public_key[1..=(public_key.len() - 1) / 2].to_vec()
    } else {
        DigestName::Sha1.hash(public_key)
    }
}

impl From<&TrustPoint> for ImportedKey {
    fn from(point: &TrustPoint) -> ImportedKey {
        ImportedKey {
            reference: point.reference.clone(),
            public_key: point.public_key.clone(),
            role: Role::Cvca,
            rights: point.authorization.rights(),
            expiration: point.expiration,
        }
    }
}

impl Chip {
    /// Whether GET CHALLENGE and EXTERNAL AUTHENTICATE mean a terminal: in a session, on a chip that trusts somebody.
    pub(super) fn judges_terminals(&self) -> bool {
        self.personalisation.terminal_trust.is_some() && self.volatile.session.is_some()
    }

    pub(super) fn takes_chains_of_terminals(&self) -> bool {
        self.judges_terminals() && self.personalisation.behaviour.certificate_chaining
    }

    /// Whether the terminal proved that it may read this protected file.
    pub(super) fn terminal_may_read(&self, identifier: u16) -> bool {
        let right = match identifier {
            file::DG3 => 1,
            file::DG4 => 2,
            _ => return false,
        };
        let session = self.volatile.session.as_ref();
        session.and_then(|session| session.terminal.granted).is_some_and(|bits| bits & right != 0)
    }

    /// The terminal and the chip's trust, after the chip has proved itself.
    fn terminal(&mut self) -> Result<(&mut Terminal, &mut TerminalTrust), Refusal> {
        let session = self.volatile.session.as_mut();
        let terminal = session
            .map(|session| &mut session.terminal)
            .filter(|terminal| terminal.reader_key.is_some());
        match (terminal, self.personalisation.terminal_trust.as_mut()) {
            (Some(terminal), Some(trust)) => Ok((terminal, trust)),
            _ => Err(Refusal::Fault(
                status::SECURITY_STATUS,
                "Terminal Authentication before Chip Authentication or its mapping [9303-11 §7.1.2]",
            )),
        }
    }

    /// MSE:Set DST 81B6: the key that verifies the next certificate.
    pub(super) fn set_verification_key(&mut self, command: &Command) -> Outcome {
        self.terminal()?;
        self.discourage_le(command, "MSE:Set DST has no answer data, so no Le")?;
        let reference = key_reference(&command.data)?;
        let (terminal, trust) = self.terminal()?;
        if verification_key(terminal, trust, reference).is_none() {
            return Err(status::REFERENCE_NOT_FOUND.into());
        }
        terminal.verification_key = Some(reference.to_vec());
        Ok(Answer::success())
    }

    /// PSO:VERIFY CERTIFICATE 00BE.
    pub(super) fn verify_certificate(&mut self, command: &Command) -> Outcome {
        self.terminal()?;
        command.require_parameters(0x00BE)?;
        self.discourage_le(command, "PSO:VERIFY CERTIFICATE has no answer data, so no Le")?;
        let (terminal, trust) = self.terminal()?;
        let Some(data) = terminal.joined(command) else { return Ok(Answer::success()) };
        let reference = terminal.verification_key.clone().ok_or(Refusal::Fault(
            status::CONDITIONS_OF_USE,
            "PSO:VERIFY CERTIFICATE without MSE:Set DST before it [TR-03110-3 §B.3]",
        ))?;
        let issuer = verification_key(terminal, trust, &reference)
            .ok_or(Refusal::Refused(status::REFERENCE_NOT_FOUND))?;
        let certificate = CvCertificate::parse_parts(&data).map_err(refusal)?;
        let body = &certificate.body;
        if body.authority_reference != issuer.reference {
            return Err(Refusal::Fault(
                status::REFERENCE_NOT_FOUND,
                "the certificate names another authority than MSE:Set DST [TR-03110-3 §C.1.2]",
            ));
        }
        require_place_in_chain(body, issuer.role)?;
        let public_key = import(body, &issuer)?;
        self.work.verify(issuer.public_key.algorithm.is_rsa());
        if !certificate.is_signed_by(&issuer.public_key) {
            return Err(status::AUTHENTICATION_FAILED.into());
        }
        let (terminal, trust) = self.terminal()?;
        accept(terminal, trust, body, public_key, &issuer)?;
        // Steps 1 and 2 are repeated for every certificate [TR-03110-3 §B.3].
        terminal.verification_key = None;
        Ok(Answer::success())
    }

    /// MSE:Set AT 81A4: the terminal's own key.
    pub(super) fn set_terminal_key(&mut self, command: &Command) -> Outcome {
        self.terminal()?;
        self.discourage_le(command, "MSE:Set AT has no answer data, so no Le")?;
        let reference = key_reference(&command.data)?;
        let (terminal, _) = self.terminal()?;
        let imported = terminal.imported.as_ref();
        terminal.selected =
            imported.is_some_and(|key| key.role == Role::Terminal && key.reference == reference);
        if terminal.selected {
            Ok(Answer::success())
        } else {
            Err(status::REFERENCE_NOT_FOUND.into())
        }
    }

    /// GET CHALLENGE of Terminal Authentication.
    pub(super) fn get_terminal_challenge(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        if !command.data.is_empty() || command.expected != Some(8) {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "GET CHALLENGE has no data and Le = 08 [TR-03110-3 §B.14.6]",
            ));
        }
        if !self.terminal()?.0.selected {
            return Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "GET CHALLENGE without MSE:Set AT before it [TR-03110-3 §B.3]",
            ));
        }
        let challenge = self.entropy.bytes(8);
        self.work.challenges += 1;
        self.terminal()?.0.challenge = Some(challenge.clone());
        Ok(Answer::data(challenge))
    }

    /// EXTERNAL AUTHENTICATE of Terminal Authentication.
    pub(super) fn authenticate_terminal(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        self.terminal()?;
        self.discourage_le(
            command,
            "EXTERNAL AUTHENTICATE of a terminal has no answer data, so no Le",
        )?;
        let document_number = self.document_number().to_vec();
        let (terminal, _) = self.terminal()?;
        let Some(signature) = terminal.joined(command) else { return Ok(Answer::success()) };
        if terminal.granted.is_some() {
            return Err(Refusal::Fault(
                status::SECURITY_STATUS,
                "Terminal Authentication was already performed [TR-03110-3 §B.14.7]",
            ));
        }
        let (Some(key), Some(challenge), Some(reader_key), true) = (
            terminal.imported.as_ref(),
            terminal.challenge.take(),
            terminal.reader_key.as_ref(),
            terminal.selected,
        ) else {
            return Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "EXTERNAL AUTHENTICATE without GET CHALLENGE just before it [TR-03110-3 §B.3]",
            ));
        };
        let id_picc = terminal.chip_key.as_ref().unwrap_or(&document_number);
        let message = [id_picc.as_slice(), &challenge, reader_key].concat();
        let genuine = key.public_key.verify(&message, &signature);
        let (rsa, rights) = (key.public_key.algorithm.is_rsa(), key.rights);
        self.work.verify(rsa);
        if !genuine {
            return Err(status::AUTHENTICATION_FAILED.into());
        }
        let (terminal, _) = self.terminal()?;
        terminal.granted = Some(rights);
        terminal.imported = None;
        terminal.selected = false;
        self.proofs.terminal_authentications += 1;
        Ok(Answer::success())
    }

    /// The document number with its check digit: what stands before both dates, of seven characters each.
    fn document_number(&self) -> &[u8] {
        let information = self.personalisation.mrz_information.as_bytes();
        &information[..information.len().saturating_sub(14)]
    }
}

/// The one data object 83 of MSE.
fn key_reference(data: &[u8]) -> Result<&[u8], Refusal> {
    tlv::parse_only(data, 0x83).filter(|reference| !reference.is_empty()).ok_or(Refusal::Fault(
        status::WRONG_DATA,
        "MSE for Terminal Authentication names one key in DO 83 [TR-03110-3 §B.3]",
    ))
}

/// The key that a reference means: a trust point, or the Document Verifier whose certificate was accepted last.
fn verification_key(
    terminal: &Terminal,
    trust: &TerminalTrust,
    reference: &[u8],
) -> Option<ImportedKey> {
    let trusted = trust.trust_points.iter().find(|point| point.reference == reference);
    trusted.map(ImportedKey::from).or_else(|| {
        let imported = terminal.imported.as_ref();
        imported.filter(|key| key.reference == reference && key.role.is_verifier()).cloned()
    })
}

fn refusal(error: CvError) -> Refusal {
    Refusal::Fault(
        status::WRONG_DATA,
        match error {
            CvError::Malformed(_) | CvError::NotSelfSigned => {
                "a certificate that is not as the profile has it [TR-03110-3 §C.1]"
            }
            CvError::Unsupported(_) => "a certificate of a kind that this chip does not know",
        },
    )
}

/// CVCA → CVCA or Document Verifier → terminal, all of them for inspection systems.
fn require_place_in_chain(body: &CvBody, issuer: Role) -> Result<(), Refusal> {
    let role = body.authorization.role();
    let right_order = match issuer {
        Role::Cvca => role == Role::Cvca || role.is_verifier(),
        Role::DomesticVerifier | Role::ForeignVerifier => role == Role::Terminal,
        Role::Terminal => false,
    };
    if !right_order {
        return Err(Refusal::Fault(
            status::CONDITIONS_OF_USE,
            "a certificate out of order: CVCA, Document Verifier, terminal [TR-03110-3 §2.5]",
        ));
    }
    if body.authorization.terminal_type != TerminalType::InspectionSystem {
        return Err(Refusal::Fault(
            status::CONDITIONS_OF_USE,
            "a certificate for another terminal than an inspection system [TR-03110-4 §2.1.2]",
        ));
    }
    Ok(())
}

/// The key of a certificate, on the curve of its authority. Only a CVCA may change algorithm and curve
/// `[TR-03110-3 §2.3, §D.3.3]`.
fn import(body: &CvBody, issuer: &ImportedKey) -> Result<CvPublicKey, Refusal> {
    let public_key = body.public_key.inherit(&issuer.public_key);
    if !public_key.is_complete() {
        return Err(Refusal::Fault(
            status::WRONG_DATA,
            "the public key of a certificate is no point of its authority's curve",
        ));
    }
    let is_authority = body.authorization.role() == Role::Cvca;
    if !is_authority && body.public_key.has_domain_parameters() {
        return Err(Refusal::Fault(
            status::WRONG_DATA,
            "domain parameters in a certificate below a CVCA [TR-03110-3 §D.3.3]",
        ));
    }
    if !is_authority && public_key.algorithm != issuer.public_key.algorithm {
        return Err(Refusal::Fault(
            status::WRONG_DATA,
            "a chain of certificates with two algorithms [TR-03110-3 §2.3]",
        ));
    }
    Ok(public_key)
}

/// What follows a right signature: the date, then the key `[TR-03110-3 §2.5]`.
fn accept(
    terminal: &mut Terminal,
    trust: &mut TerminalTrust,
    body: &CvBody,
    public_key: CvPublicKey,
    issuer: &ImportedKey,
) -> Result<(), Refusal> {
    let role = body.authorization.role();
    let is_authority = role == Role::Cvca;
    // Link certificates are accepted however old they and their keys are; nothing else is.
    let expired = body.expiration < trust.current_date
        || issuer.role == Role::Cvca && issuer.expiration < trust.current_date;
    let known = trust.trust_points.iter().any(|point| point.reference == body.holder_reference);
    if expired && !is_authority || known {
        return Err(status::CONDITIONS_OF_USE.into());
    }
    // Terminals of foreign and unofficial Document Verifiers are not a trusted source of time.
    if role != Role::Terminal || issuer.role == Role::DomesticVerifier {
        trust.current_date = trust.current_date.max(body.effective);
    }
    if is_authority {
        trust.enable(TrustPoint {
            reference: body.holder_reference.clone(),
            public_key,
            authorization: body.authorization.clone(),
            effective: body.effective,
            expiration: body.expiration,
        });
    } else {
        terminal.imported = Some(ImportedKey {
            reference: body.holder_reference.clone(),
            public_key,
            role,
            rights: issuer.rights & body.authorization.rights(),
            expiration: body.expiration,
        });
        terminal.selected = false;
    }
    Ok(())
}
