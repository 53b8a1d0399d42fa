//! Basic Access Control `[9303-11 §4.3]`.
//!
//! ```text
//!  IFD                                              IC
//!   GET CHALLENGE                                ──►
//!   ◄──                                          RND.IC
//!   S = RND.IFD ‖ RND.IC ‖ K.IFD
//!   E_IFD = E(K_enc, S)   M_IFD = MAC(K_mac, E_IFD)
//!   EXTERNAL AUTHENTICATE E_IFD ‖ M_IFD          ──►
//!   ◄──                     E_IC ‖ M_IC,  R = RND.IC ‖ RND.IFD ‖ K.IC
//!   K_seed = K.IFD ⊕ K.IC
//!   SSC = RND.IC[4..8] ‖ RND.IFD[4..8]
//! ```
//!
//! The key comes from birth date, expiry and document number: guessable, and a recorded session can be
//! broken offline. PACE is the better door wherever the chip has one.

use super::refusal::refusal;
use crate::{
    apdu::{Command, Line, StatusWord},
    crypto::{BlockCipher, Random},
    error::{Error, Result},
    secure_messaging::{Channel, KeyPurpose, Session, derive_key, pad},
    sensitive::Secret,
};

const CIPHER: BlockCipher = BlockCipher::TripleDes;

/// Runs BAC; the application must have been selected.
pub(crate) async fn basic_access_control(
    line: Line,
    k_seed: &Secret,
    random: &mut dyn Random,
) -> Result<Channel> {
    let malformed = Error::Malformed { file: "BAC", offset: 0, what: "an answer of fixed length" };
    let k_enc = derive_key(CIPHER, k_seed.expose(), KeyPurpose::Encryption);
    let k_mac = derive_key(CIPHER, k_seed.expose(), KeyPurpose::Authentication);

    let response = line.transmit(&Command::get_challenge()).await?;
    let rnd_ic: [u8; 8] =
        response.success("GET CHALLENGE")?.try_into().map_err(|_| malformed.clone())?;

    let mut rnd_ifd = [0; 8];
    random.fill(&mut rnd_ifd)?;
    let mut k_ifd = vec![0; 16];
    random.fill(&mut k_ifd)?;
    let k_ifd = Secret::new(k_ifd);

    let s = Secret::new([&rnd_ifd[..], &rnd_ic, k_ifd.expose()].concat());
    let e_ifd = CIPHER.encrypt_cbc(k_enc.expose(), &[0; 8], s.expose())?;
    let m_ifd = CIPHER.mac(k_mac.expose(), &pad(&e_ifd, 8))?;
    let command = Command::external_authenticate(&[&e_ifd[..], &m_ifd].concat());
    let response = line.transmit(&command).await?;
    if response.status() != StatusWord::SUCCESS {
        return Err(refusal(&response, command.name()));
    }

    let (e_ic, m_ic) = response.data().split_at_checked(32).ok_or(malformed.clone())?;
    let expected = CIPHER.mac(k_mac.expose(), &pad(e_ic, 8))?;
    if Secret::new(expected.to_vec()) != Secret::new(m_ic.to_vec()) {
        return Err(Error::AccessDenied { attempts_left: None });
    }
    let r = Secret::new(CIPHER.decrypt_cbc(k_enc.expose(), &[0; 8], e_ic)?);
    let (nonces, k_ic) = r.expose().split_at_checked(16).ok_or(malformed)?;
    // Both challenges must come back, else the answer is an old one.
    if nonces != [rnd_ic, rnd_ifd].concat() {
        return Err(Error::AccessDenied { attempts_left: None });
    }

    let seed = Secret::new(k_ifd.expose().iter().zip(k_ic).map(|(ifd, ic)| ifd ^ ic).collect());
    let [.., a, b, c, d] = rnd_ic;
    let [.., e, f, g, h] = rnd_ifd;
    let session = Session::from_shared_secret(CIPHER, &seed);
    Ok(Channel::new(line, session.with_counter(&[a, b, c, d, e, f, g, h])))
}
