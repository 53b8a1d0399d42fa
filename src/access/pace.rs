//! One run of PACE `[9303-11 §4.4]`: generic, integrated and chip-authentication mapping, over elliptic
//! curves and over integers modulo a prime.
//!
//! ```text
//!  IFD                                                        IC
//!   MSE:Set AT (protocol, password [, parameters])         ──►
//!   GENERAL AUTHENTICATE 7C {}                             ──►
//!   ◄──                              80 z = E(K_pi, s)
//!   GM, CAM:  81 PK_Map,IFD                                ──►
//!   ◄──                              82 PK_Map,IC
//!        H = SK_Map · PK_Map'     G~ = s·G + H
//!   IM:       81 t                                         ──►
//!   ◄──                              nothing
//!        G~ = f(R(s, t))
//!   GENERAL AUTHENTICATE 83 PK_DH,IFD = SK·G~              ──►
//!   ◄──                              84 PK_DH,IC
//!        K = SK_DH · PK_DH'       KS_enc, KS_mac = KDF(K)
//!   GENERAL AUTHENTICATE 85 T_IFD = MAC(KS_mac, PK_DH,IC)  ──►
//!   ◄──                              86 T_IC = MAC(KS_mac, PK_DH,IFD)
//!                         CAM:       8A E(KS_enc, CA_IC)
//! ```
//!
//! **Proves** that both sides knew the password; an eavesdropper learns nothing to guess with. What
//! chip-authentication mapping proves beyond that is decided in `chip`, where the signed key is known.

use super::{
    AccessKey, PaceOffer, PaceRules,
    integrated_mapping::pseudo_random,
    refusal::{Setback, denied, refused},
};
use crate::{
    apdu::{Command, Line, Response, StatusWord},
    crypto::{AgreementKey, BlockCipher, DomainParameters, Group, Random},
    error::{Error, PolicyRefusal, Result},
    lds::Mapping,
    secure_messaging::{Channel, KeyPurpose, Session, derive_key, pad, unpad},
    sensitive::Secret,
    tlv::{self, Reader},
};

const FILE: &str = "PACE";

/// What a successful run leaves.
pub(super) struct Opened {
    pub(super) channel: Channel,
    pub(super) pk_dh_ifd: AgreementKey,
    pub(super) pk_dh_ic: AgreementKey,
    pub(super) mapping: Option<MappingTranscript>,
}

/// What chip-authentication mapping leaves: whether it proves anything depends on the signed key.
pub(crate) struct MappingTranscript {
    pub(crate) domain: DomainParameters,
    /// The number of the domain parameters in the PACEInfo, which is that of the key as well.
    pub(crate) parameter_id: Option<u64>,
    /// PK_Map,IC
    pub(crate) pk_map_ic: AgreementKey,
    /// CA_IC
    pub(crate) ca_ic: Secret,
}

type Step<T> = core::result::Result<T, Setback>;

/// Runs PACE once; `named` says whether DO 84 names the parameters.
pub(super) async fn run(
    line: &Line,
    offer: &PaceOffer,
    named: bool,
    key: &AccessKey,
    rules: PaceRules,
    random: &mut dyn Random,
) -> Step<Opened> {
    select(line, offer, named, key, rules).await?;
    let chain = Chain { line, key };
    let z = chain.step(None, 0x80).await?;
    let nonce = decrypt_nonce(offer.cipher(), key, &z)?;
    let Mapped { group, keys } = chain.map(offer, &nonce, random).await?;

    let ephemeral = group.generate(random)?;
    let answer = chain.step(Some((0x83, &ephemeral.public().encode())), 0x84).await?;
    let known = [&keys[..], &[ephemeral.public()]].concat();
    let pk_dh_ic = public_key(&group, &answer, &known)?;
    let secret = ephemeral.agree(&pk_dh_ic).map_err(|error| error.in_file(FILE))?;
    let session = Session::from_shared_secret(offer.cipher(), &secret);

    let t_ifd = token(&session, offer, &pk_dh_ic)?;
    let expected = token(&session, offer, &ephemeral.public())?;
    let command = Command::general_authenticate(&tlv::write(0x85, &t_ifd), true);
    let response = line.transmit(&command).await?;
    if response.status() != StatusWord::SUCCESS {
        return Err(Setback::Final(denied(&response, command.name())));
    }
    let t_ic = dynamic_data(&response, 0x86)?;
    if Secret::new(expected.to_vec()) != Secret::new(t_ic) {
        // The chip accepted our token and could not make its own: it does not know the password.
        return Err(Setback::Final(Error::AccessDenied { attempts_left: None }));
    }
    let mapping = match (offer.protocol().mapping, keys.last()) {
        (Mapping::ChipAuthentication, Some(pk_map_ic)) => Some(MappingTranscript {
            domain: offer.domain(),
            parameter_id: offer.parameter_id(),
            pk_map_ic: pk_map_ic.clone(),
            ca_ic: chip_authentication_data(offer.cipher(), &secret, &response)?,
        }),
        _ => None,
    };
    let channel = Channel::new(line.clone(), session);
    Ok(Opened { channel, pk_dh_ifd: ephemeral.public(), pk_dh_ic, mapping })
}

/// MSE:Set AT. A counter that is not at its initial value comes as a warning `[TR-03110-3 §B.14.1]`.
async fn select(
    line: &Line,
    offer: &PaceOffer,
    named: bool,
    key: &AccessKey,
    rules: PaceRules,
) -> Step<()> {
    let response = line.transmit(&offer.select(key, named)).await?;
    match response.status().attempts_left() {
        Some(0) => Err(Error::AccessDenied { attempts_left: Some(0) }.into()),
        Some(1) if rules.spare_last_attempt => {
            Err(Error::PolicyRefused(PolicyRefusal::LastAttempt).into())
        }
        Some(_) => Ok(()),
        None if response.status() == StatusWord::SUCCESS => Ok(()),
        None => Err(refused(&response, "MSE:Set AT", key.password(), Setback::NotSelected)),
    }
}

/// The generator is mapped.
struct Mapped {
    group: Group,
    /// Our mapping key and the chip's, in this order; none with integrated mapping.
    keys: Vec<AgreementKey>,
}

/// The steps of the chain, up to the token.
struct Chain<'a> {
    line: &'a Line,
    key: &'a AccessKey,
}

impl Chain<'_> {
    /// One GENERAL AUTHENTICATE: sends an object, returns the contents of the answer's.
    async fn step(&self, object: Option<(u32, &[u8])>, answer: u32) -> Step<Vec<u8>> {
        let response = self.exchange(object).await?;
        Ok(dynamic_data(&response, answer)?)
    }

    async fn exchange(&self, object: Option<(u32, &[u8])>) -> Step<Response> {
        let data = object.map(|(tag, value)| tlv::write(tag, value)).unwrap_or_default();
        let command = Command::general_authenticate(&data, false);
        let response = self.line.transmit(&command).await?;
        if response.status() == StatusWord::SUCCESS {
            return Ok(response);
        }
        Err(refused(&response, command.name(), self.key.password(), Setback::NotTried))
    }

    async fn map(
        &self,
        offer: &PaceOffer,
        nonce: &Secret,
        random: &mut dyn Random,
    ) -> Step<Mapped> {
        let group = offer.domain().group();
        if offer.protocol().mapping == Mapping::Integrated {
            // [9303-11 §4.4.3.3.2] t is as long as a key of the cipher.
            let mut t = vec![0; offer.cipher().key_length()];
            random.fill(&mut t)?;
            let response = self.exchange(Some((0x81, &t))).await?;
            expect_no_mapping_data(&response)?;
            let random = pseudo_random(offer.cipher(), nonce.expose(), &t, group.modulus_bits());
            let mapped = random.and_then(|random| group.map_integrated(&random));
            let mapped = mapped.map_err(|error| error.in_file(FILE))?;
            return Ok(Mapped { group: mapped, keys: Vec::new() });
        }
        let own = group.generate(random)?;
        let answer = self.step(Some((0x81, &own.public().encode())), 0x82).await?;
        let pk_map_ic = public_key(&group, &answer, &[own.public()])?;
        let shared = own.agree_element(&pk_map_ic).map_err(|error| error.in_file(FILE))?;
        let mapped = group.map_generic(nonce, &shared).map_err(|error| error.in_file(FILE))?;
        Ok(Mapped { group: mapped, keys: vec![own.public(), pk_map_ic] })
    }
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

/// With integrated mapping the chip has nothing to say in the second step. Chips say it in three ways:
/// no data as in `[9303-11 App. H]`, an empty `7C`, and a `7C` with an empty `82`.
fn expect_no_mapping_data(response: &Response) -> Result<()> {
    match response.data() {
        [] | [0x7C, 0] | [0x7C, 2, 0x82, 0] => Ok(()),
        _ => Err(Error::Malformed { file: FILE, offset: 0, what: "no mapping data" }),
    }
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

/// The chip's public key: of the group, and none that was sent before by either side. Were it our own,
/// our token would be the chip's as well, and could be sent back `[9303-11 §4.4.1]`.
fn public_key(group: &Group, encoded: &[u8], known: &[AgreementKey]) -> Result<AgreementKey> {
    // The token is over the uncompressed point [9303-11 §9.4.4], so nobody who follows it sends another form.
    if matches!(group, Group::Ec(_)) && encoded.first() != Some(&0x04) {
        return Err(Error::Malformed { file: FILE, offset: 0, what: "an uncompressed point" });
    }
    let key = group.public_key(encoded).map_err(|error| error.in_file(FILE))?;
    if known.contains(&key) {
        let what = "a public key that was not sent before";
        return Err(Error::Malformed { file: FILE, offset: 0, what });
    }
    Ok(key)
}

/// The token over a public key data object `[9303-11 §4.4.3.4, §9.4.5]`.
fn token(session: &Session, offer: &PaceOffer, key: &AgreementKey) -> Result<[u8; 8]> {
    let tag = if offer.domain().is_elliptic() { 0x86 } else { 0x84 };
    let object = [tlv::write(0x06, offer.oid().as_bytes()), tlv::write(tag, &key.encode())];
    let object = tlv::write(0x7F49, &object.concat());
    match session.cipher() {
        // The retail MAC works on whole blocks; CMAC pads by itself.
        BlockCipher::TripleDes => session.mac(&pad(&object, 8)),
        _ => session.mac(&object),
    }
}

/// CA_IC out of DO 8A: CBC under KS_enc with the IV E(KS_enc, -1), padded `[9303-11 §4.4.3.5]`.
fn chip_authentication_data(
    cipher: BlockCipher,
    secret: &Secret,
    response: &Response,
) -> Result<Secret> {
    let malformed = Error::Malformed {
        file: FILE,
        offset: 0,
        what: "encrypted chip authentication data of whole blocks, padded",
    };
    let encrypted = dynamic_data(response, 0x8A).map_err(|_| malformed.clone())?;
    let ks_enc = derive_key(cipher, secret.expose(), KeyPurpose::Encryption);
    let mut iv = vec![0xFF; cipher.block_length()];
    cipher.encrypt_block(ks_enc.expose(), &mut iv)?;
    let padded = cipher.decrypt_cbc(ks_enc.expose(), &iv, &encrypted).map(Secret::new);
    let padded = padded.map_err(|_| malformed.clone())?;
    unpad(padded.expose()).map(|data| Secret::new(data.to_vec())).ok_or(malformed)
}
