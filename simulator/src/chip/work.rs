//! What a chip computes that takes it time, counted where it is done. What it costs, [`crate::timing`] knows.

use std::ops::Sub;

use crate::arithmetic::group::Group;
use crate::symmetric::CipherName;

/// Operations since the chip was made. Hashing, key derivation and encoding a point in integrated mapping are not
/// counted: they are short beside these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// SELECT of the application.
    pub application_selections: u64,
    /// Random numbers for GET CHALLENGE.
    pub challenges: u64,
    /// Commands EXTERNAL AUTHENTICATE of Basic Access Control that were examined.
    pub bac_authentications: u64,
    /// Chip Authentications that ended with new keys, beside their agreement.
    pub chip_authentications: u64,
    /// Ephemeral keys on curves. PACE makes two, one with integrated mapping.
    pub ec_key_generations: u64,
    /// Products of a point and a private key. PACE computes two, one with integrated mapping; Chip Authentication one.
    pub ec_agreements: u64,
    /// Signatures of Active Authentication.
    pub ecdsa_signatures: u64,
    /// Certificates and signatures of terminals.
    pub ecdsa_verifications: u64,
    /// Signatures of Active Authentication.
    pub rsa_signatures: u64,
    /// Certificates and signatures of terminals.
    pub rsa_verifications: u64,
    /// Powers modulo a prime: ephemeral keys, agreements and integrated mapping in such groups.
    pub modp_exponentiations: u64,
    /// Data inside commands and answers protected by 3DES, before padding.
    pub triple_des_bytes: u64,
    /// Data inside commands and answers protected by AES, before padding.
    pub aes_bytes: u64,
}

impl Work {
    pub(super) fn generate_key(&mut self, group: Group) {
        match group {
            Group::Curve(_) => self.ec_key_generations += 1,
            Group::Modp(_) => self.modp_exponentiations += 1,
        }
    }

    pub(super) fn agree(&mut self, group: Group) {
        match group {
            Group::Curve(_) => self.ec_agreements += 1,
            Group::Modp(_) => self.modp_exponentiations += 1,
        }
    }

    pub(super) fn map_integrated(&mut self, group: Group) {
        if let Group::Modp(_) = group {
            self.modp_exponentiations += 1;
        }
    }

    pub(super) fn verify(&mut self, rsa: bool) {
        if rsa {
            self.rsa_verifications += 1;
        } else {
            self.ecdsa_verifications += 1;
        }
    }

    pub(super) fn protect(&mut self, cipher: CipherName, bytes: usize) {
        match cipher {
            CipherName::TripleDes => self.triple_des_bytes += bytes as u64,
            CipherName::Aes128 | CipherName::Aes192 | CipherName::Aes256 => {
                self.aes_bytes += bytes as u64;
            }
        }
    }
}

impl Sub for Work {
    type Output = Work;

    fn sub(self, earlier: Work) -> Work {
        Work {
            application_selections: self.application_selections - earlier.application_selections,
            challenges: self.challenges - earlier.challenges,
            bac_authentications: self.bac_authentications - earlier.bac_authentications,
            chip_authentications: self.chip_authentications - earlier.chip_authentications,
            ec_key_generations: self.ec_key_generations - earlier.ec_key_generations,
            ec_agreements: self.ec_agreements - earlier.ec_agreements,
            ecdsa_signatures: self.ecdsa_signatures - earlier.ecdsa_signatures,
            ecdsa_verifications: self.ecdsa_verifications - earlier.ecdsa_verifications,
            rsa_signatures: self.rsa_signatures - earlier.rsa_signatures,
            rsa_verifications: self.rsa_verifications - earlier.rsa_verifications,
            modp_exponentiations: self.modp_exponentiations - earlier.modp_exponentiations,
            triple_des_bytes: self.triple_des_bytes - earlier.triple_des_bytes,
            aes_bytes: self.aes_bytes - earlier.aes_bytes,
        }
    }
}
