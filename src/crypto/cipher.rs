use aes::cipher::{
    Array, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
    block_padding::NoPadding,
};
use cmac::Mac as _;

use crate::error::{Error, Result};

/// A block cipher in the two modes that secure messaging needs: CBC without padding, and a MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BlockCipher {
    /// Two-key triple DES (FIPS 46-3, keying option 2) with the retail MAC.
    TripleDes,
    /// AES (FIPS 197) with CMAC.
    Aes128,
    Aes192,
    Aes256,
}

const MISFIT: Error = Error::Misuse("a key, IV or message that does not fit the cipher");

impl BlockCipher {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TripleDes => "3DES",
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
        }
    }

    pub(crate) const fn block_length(self) -> usize {
        match self {
            Self::TripleDes => 8,
            _ => 16,
        }
    }

    pub(crate) const fn key_length(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// CBC over whole blocks (SP 800-38A).
    pub(crate) fn encrypt_cbc(self, key: &[u8], iv: &[u8], message: &[u8]) -> Result<Vec<u8>> {
        macro_rules! run {
            ($cipher:ty) => {
                cbc::Encryptor::<$cipher>::new_from_slices(key, iv)
                    .map_err(|_| MISFIT)?
                    .encrypt_padded_vec::<NoPadding>(message)
            };
        }
        if !message.len().is_multiple_of(self.block_length()) {
            return Err(MISFIT);
        }
        Ok(match self {
            Self::TripleDes => run!(des::TdesEde2),
            Self::Aes128 => run!(aes::Aes128),
            Self::Aes192 => run!(aes::Aes192),
            Self::Aes256 => run!(aes::Aes256),
        })
    }

    /// The inverse of [`BlockCipher::encrypt_cbc`].
    pub(crate) fn decrypt_cbc(self, key: &[u8], iv: &[u8], message: &[u8]) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        self.decrypt_cbc_onto(key, iv, message, &mut plain)?;
        Ok(plain)
    }

    /// As [`BlockCipher::decrypt_cbc`], behind what is there already: the plain text is written where it stays.
    pub(crate) fn decrypt_cbc_onto(
        self,
        key: &[u8],
        iv: &[u8],
        message: &[u8],
        plain: &mut Vec<u8>,
    ) -> Result<()> {
        macro_rules! run {
            ($cipher:ty, $out:expr) => {
                cbc::Decryptor::<$cipher>::new_from_slices(key, iv)
                    .map_err(|_| MISFIT)?
                    .decrypt_padded_b2b::<NoPadding>(message, $out)
                    .map_err(|_| MISFIT)?
            };
        }
        if !message.len().is_multiple_of(self.block_length()) {
            return Err(MISFIT);
        }
        let start = plain.len();
        plain.resize(start + message.len(), 0);
        let out = plain.get_mut(start..).unwrap_or_default();
        match self {
            Self::TripleDes => run!(des::TdesEde2, out),
            Self::Aes128 => run!(aes::Aes128, out),
            Self::Aes192 => run!(aes::Aes192, out),
            Self::Aes256 => run!(aes::Aes256, out),
        };
        Ok(())
    }

    /// One block in place, as AES secure messaging encrypts its counter `[9303-11 §9.8.6.1]`.
    pub(crate) fn encrypt_block(self, key: &[u8], block: &mut [u8]) -> Result<()> {
        macro_rules! run {
            ($cipher:ty) => {{
                let block = <&mut Array<u8, _>>::try_from(block).map_err(|_| MISFIT)?;
                <$cipher>::new_from_slice(key).map_err(|_| MISFIT)?.encrypt_block(block);
            }};
        }
        match self {
            Self::TripleDes => run!(des::TdesEde2),
            Self::Aes128 => run!(aes::Aes128),
            Self::Aes192 => run!(aes::Aes192),
            Self::Aes256 => run!(aes::Aes256),
        }
        Ok(())
    }

    /// Eight bytes of MAC over a message that the protocol has padded where it must.
    ///
    /// Retail MAC (ISO/IEC 9797-1 algorithm 3, no padding of its own) or CMAC (SP 800-38B) cut to eight bytes.
    pub(crate) fn mac(self, key: &[u8], message: &[u8]) -> Result<[u8; 8]> {
        self.mac_of_parts(key, &[message])
    }

    /// As [`BlockCipher::mac`], over a message that lies in several places.
    pub(crate) fn mac_of_parts(self, key: &[u8], parts: &[&[u8]]) -> Result<[u8; 8]> {
        self.whole_mac(key, parts)?.first_chunk().copied().ok_or(MISFIT)
    }

    /// The MAC before it is cut: 16 bytes of CMAC; the 8 of the retail MAC, and zeros.
    pub(super) fn whole_mac(self, key: &[u8], parts: &[&[u8]]) -> Result<[u8; 16]> {
        macro_rules! run {
            ($mac:ty) => {{
                let mut mac = <$mac>::new_from_slice(key).map_err(|_| MISFIT)?;
                parts.iter().for_each(|part| mac.update(part));
                let tag = mac.finalize().into_bytes();
                let mut whole = [0; 16];
                whole.iter_mut().zip(tag).for_each(|(byte, of_tag)| *byte = of_tag);
                Ok(whole)
            }};
        }
        match self {
            Self::TripleDes => {
                // The crate would zero-pad an incomplete block; protocols never send one.
                let length: usize = parts.iter().map(|part| part.len()).sum();
                if !length.is_multiple_of(8) {
                    return Err(MISFIT);
                }
                run!(retail_mac::RetailMac<des::Des>)
            }
            Self::Aes128 => run!(cmac::Cmac<aes::Aes128>),
            Self::Aes192 => run!(cmac::Cmac<aes::Aes192>),
            Self::Aes256 => run!(cmac::Cmac<aes::Aes256>),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn cbc_round_trips_for_every_cipher() {
        for cipher in
            [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256]
        {
            let key: Vec<u8> = (1..=32).take(cipher.key_length()).collect();
            let iv = vec![9; cipher.block_length()];
            let message = vec![0x42; 48];
            let sealed = cipher.encrypt_cbc(&key, &iv, &message).unwrap();
            assert_ne!(sealed, message);
            assert_eq!(cipher.decrypt_cbc(&key, &iv, &sealed).unwrap(), message);
            assert!(cipher.encrypt_cbc(&key, &iv, &message[..47]).is_err());
            assert!(cipher.decrypt_cbc(&key, &iv, &sealed[..47]).is_err());
            assert!(cipher.encrypt_cbc(&key[1..], &iv, &message).is_err());
        }
    }

    #[test]
    fn aes_cmac_of_sp_800_38b() {
        let message = hex("6bc1bee22e409f96e93d7e117393172a");
        for (cipher, key, mac) in [
            (BlockCipher::Aes128, "2b7e151628aed2a6abf7158809cf4f3c", "070a16b46b4d4144"),
            (
                BlockCipher::Aes192,
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                "9e99a7bf31e71090",
            ),
            (
                BlockCipher::Aes256,
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "28a7023f452e8f82",
            ),
        ] {
            assert_eq!(cipher.mac(&hex(key), &message).unwrap()[..], hex(mac));
        }
    }

    #[test]
    fn retail_mac_of_the_worked_example() {
        // [9303-11 App. D.3] M_IFD over the padded EIFD of EXTERNAL AUTHENTICATE.
        let key = hex("7962D9ECE03D1ACD4C76089DCE131543");
        let mut message = hex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2");
        message.extend(hex("8000000000000000"));
        let mac = BlockCipher::TripleDes.mac(&key, &message).unwrap();
        assert_eq!(mac[..], hex("5F1448EEA8AD90A7"));
    }
}
