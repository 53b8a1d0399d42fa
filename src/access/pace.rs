//! PACE with generic mapping over elliptic curves `[9303-11 §4.4]`.
//!
//! ```text
//!  IFD                                                        IC
//!   MSE:Set AT (protocol, password)                        ──►
//!   GENERAL AUTHENTICATE 7C {}                             ──►
//!   ◄──                              80 z = E(K_pi, s)
//!   GENERAL AUTHENTICATE 81 PK_Map,IFD                     ──►
//!   ◄──                              82 PK_Map,IC
//!        H = SK_Map · PK_Map'     G~ = s·G + H
//!   GENERAL AUTHENTICATE 83 PK_DH,IFD = SK·G~              ──►
//!   ◄──                              84 PK_DH,IC
//!        K = SK_DH · PK_DH'       KS_enc, KS_mac = KDF(K)
//!   GENERAL AUTHENTICATE 85 T_IFD = MAC(KS_mac, PK_DH,IC)  ──►
//!   ◄──                              86 T_IC = MAC(KS_mac, PK_DH,IFD)
//! ```
//!
//! **Proves** that both sides knew the password; an eavesdropper learns nothing to guess with.

use super::{AccessKey, refusal};
use crate::{
    apdu::{Command, Line, Response, StatusWord},
    crypto::{AgreementKey, BlockCipher, DomainParameters, Group, Random},
    error::{Error, Result, Unsupported},
    lds::{KeyAgreement, Mapping, ObjectIdentifier, PaceInfo, SecurityInfos},
    secure_messaging::{Channel, KeyPurpose, Session, derive_key},
    sensitive::Secret,
    tlv::{self, Reader},
};

const FILE: &str = "PACE";

/// One way to run PACE, as a PACEInfo announces it and this library implements it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PaceParameters {
    oid: ObjectIdentifier,
    pub(crate) cipher: BlockCipher,
    pub(crate) domain: DomainParameters,
    parameter_id: u8,
    /// Whether DO 84 must say which parameters are meant: several infos share a protocol.
    ambiguous: bool,
}

impl PaceParameters {
    /// The strongest variant on offer that this library implements.
    ///
    /// # Errors
    /// `Unsupported` if there is none.
    pub(crate) fn choose(infos: &SecurityInfos) -> Result<Self> {
        let mut refused = Error::Unsupported(Unsupported::Protocol("PACE without PACEInfo"));
        let mut best: Option<Self> = None;
        for info in infos.pace() {
            let ambiguous = infos.pace().filter(|other| other.oid == info.oid).count() > 1;
            match Self::new(info, ambiguous) {
                Ok(offer) if best.is_none_or(|best| offer.strength() > best.strength()) => {
                    best = Some(offer);
                }
                Ok(_) => {}
                Err(error) => refused = error,
            }
        }
        best.ok_or(refused)
    }

    /// Names the parameters even where they are clear, as the worked example does.
    #[cfg(test)]
    pub(super) const fn with_reference(mut self) -> Self {
        self.ambiguous = true;
        self
    }

    fn new(info: &PaceInfo, ambiguous: bool) -> Result<Self> {
        let unsupported = |what| Error::Unsupported(Unsupported::Protocol(what));
        match (info.protocol.agreement, info.protocol.mapping) {
            (KeyAgreement::Ecdh, Mapping::Generic) => {}
            (KeyAgreement::Dh, _) => return Err(unsupported("PACE-DH")),
            (_, Mapping::Integrated) => return Err(unsupported("PACE-IM")),
            (_, Mapping::ChipAuthentication) => return Err(unsupported("PACE-CAM")),
        }
        let parameter_id = info.parameter_id.and_then(|id| u8::try_from(id).ok());
        let parameter_id = parameter_id.ok_or(unsupported("PACE without standardised curve"))?;
        let domain = DomainParameters::from_parameter_id(parameter_id)
            .filter(|domain| domain.is_elliptic())
            .ok_or(unsupported("PACE without standardised curve"))?;
        let cipher = info.protocol.cipher.block_cipher();
        Ok(Self { oid: info.oid, cipher, domain, parameter_id, ambiguous })
    }

    /// AES before 3DES, then the longer key, then the larger field.
    fn strength(&self) -> (bool, usize, usize) {
        let aes = self.cipher != BlockCipher::TripleDes;
        (aes, self.cipher.key_length(), self.domain.strength())
    }
}

/// Runs PACE in the master file; afterwards the application is selected through the channel.
pub(crate) async fn pace(
    line: Line,
    parameters: PaceParameters,
    key: &AccessKey,
    random: &mut dyn Random,
) -> Result<Channel> {
    let response = line.transmit(&set_authentication_template(parameters, key)?).await?;
    match response.status() {
        StatusWord::SUCCESS => {}
        // The password is blocked already; nothing was tried.
        StatusWord::BLOCKED => return Err(refusal(&response, "MSE:Set AT")),
        status => return Err(Error::CardRefused { command: "MSE:Set AT", status: status.0 }),
    }

    let z = step(&line, None, 0x80).await?;
    let group = parameters.domain.group();
    let nonce = decrypt_nonce(parameters.cipher, key, &z)?;

    let mapping = group.generate(random)?;
    let answer = step(&line, Some((0x81, &mapping.public().encode())), 0x82).await?;
    let pk_map_ic = public_key(&group, &answer, &mapping.public())?;
    let mapped = group.map_generic(&nonce, &mapping.agree_element(&pk_map_ic)?)?;

    let ephemeral = mapped.generate(random)?;
    let answer = step(&line, Some((0x83, &ephemeral.public().encode())), 0x84).await?;
    let pk_dh_ic = public_key(&mapped, &answer, &ephemeral.public())?;
    let session = Session::from_shared_secret(parameters.cipher, &ephemeral.agree(&pk_dh_ic)?);

    let t_ifd = token(&session, &parameters.oid, &pk_dh_ic)?;
    let expected = token(&session, &parameters.oid, &ephemeral.public())?;
    let command = Command::general_authenticate(&tlv::write(0x85, &t_ifd), true);
    let response = line.transmit(&command).await?;
    if response.status() != StatusWord::SUCCESS {
        return Err(refusal(&response, command.name()));
    }
    let t_ic = dynamic_data(&response, 0x86)?;
    if Secret::new(expected.to_vec()) != Secret::new(t_ic) {
        // The chip accepted our token and could not make its own: it does not know the password.
        return Err(Error::AccessDenied { attempts_left: None });
    }
    Ok(Channel::new(line, session))
}

/// MSE:Set AT with P1-P2 `C1A4` `[9303-11 §4.4.4.1]`.
fn set_authentication_template(parameters: PaceParameters, key: &AccessKey) -> Result<Command> {
    let mut data = tlv::write(0x80, parameters.oid.as_bytes());
    data.extend(tlv::write(0x83, &[key.reference() as u8]));
    if parameters.ambiguous {
        data.extend(tlv::write(0x84, &[parameters.parameter_id]));
    }
    Ok(Command::manage_security_environment(0xC1, 0xA4, &data))
}

/// One GENERAL AUTHENTICATE of the chain: sends an object, returns the contents of the answer's.
async fn step(line: &Line, object: Option<(u32, &[u8])>, answer: u32) -> Result<Vec<u8>> {
    let data = object.map(|(tag, value)| tlv::write(tag, value)).unwrap_or_default();
    let command = Command::general_authenticate(&data, false);
    let response = line.transmit(&command).await?;
    response.success(command.name())?;
    dynamic_data(&response, answer)
}

/// The object with this tag inside the dynamic authentication data `7C`.
fn dynamic_data(response: &Response, tag: u32) -> Result<Vec<u8>> {
    let find = || {
        let mut objects = Reader::new(response.data())
            .expect(0x7C, "dynamic authentication data 7C")?
            .children()?;
        while let Some(object) = objects.next_object()? {
            if object.tag == tag {
                return Ok(object.value.to_vec());
            }
        }
        Err(Error::malformed(objects.offset(), "the object that this step of PACE answers"))
    };
    find().map_err(|error| error.in_file(FILE))
}

/// s = D(K_pi, z), zero IV `[9303-11 §4.4.3.2]`.
fn decrypt_nonce(cipher: BlockCipher, key: &AccessKey, z: &[u8]) -> Result<Secret> {
    let malformed = Error::Malformed { file: FILE, offset: 0, what: "a nonce of whole blocks" };
    if z.is_empty() {
        return Err(malformed);
    }
    let k_pi = derive_key(cipher, key.pace_password().expose(), KeyPurpose::Password);
    let iv = vec![0; cipher.block_length()];
    cipher.decrypt_cbc(k_pi.expose(), &iv, z).map(Secret::new).map_err(|_| malformed)
}

/// The chip's public key: on the curve, and not our own sent back `[9303-11 §4.4.3.4]`.
fn public_key(group: &Group, encoded: &[u8], own: &AgreementKey) -> Result<AgreementKey> {
    let key = group.public_key(encoded).map_err(|error| error.in_file(FILE))?;
    if key == *own {
        return Err(Error::Malformed {
            file: FILE,
            offset: 0,
            what: "a public key other than ours",
        });
    }
    Ok(key)
}

/// The token over a public key data object `[9303-11 §4.4.3.4, §9.4.5]`.
fn token(session: &Session, oid: &ObjectIdentifier, key: &AgreementKey) -> Result<[u8; 8]> {
    let object = [tlv::write(0x06, oid.as_bytes()), tlv::write(0x86, &key.encode())];
    let object = tlv::write(0x7F49, &object.concat());
    match session.cipher() {
        // The retail MAC works on whole blocks; CMAC pads by itself.
        BlockCipher::TripleDes => session.mac(&crate::secure_messaging::pad(&object, 8)),
        _ => session.mac(&object),
    }
}
