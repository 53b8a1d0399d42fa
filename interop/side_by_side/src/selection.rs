//! Which cards have a row of their own in the document, and which are known not to be read.

/// Cards with a row of their own: every password, mapping, group and cipher of PACE, every group and cipher of Chip
/// Authentication, every kind of key and every digest of Active Authentication.
pub(crate) const ROWS: [&str; 45] = [
    "cccd",
    "bac",
    "pin",
    "puk",
    "groups",
    "pace-ecdh-gm-3des-secp192r1",
    "pace-ecdh-gm-aes-128-secp224r1",
    "pace-ecdh-gm-aes-192-brainpoolP320r1",
    "pace-ecdh-gm-aes-256-brainpoolP512r1",
    "pace-ecdh-gm-aes-256-secp521r1",
    "pace-ecdh-im-3des-brainpoolP192r1",
    "pace-ecdh-im-aes-128-secp256r1",
    "pace-ecdh-im-aes-192-secp256r1",
    "pace-ecdh-im-aes-256-secp384r1",
    "pace-ecdh-cam-aes-128-brainpoolP256r1",
    "pace-ecdh-cam-aes-192-brainpoolP224r1",
    "pace-ecdh-cam-aes-256-brainpoolP384r1",
    "pace-dh-gm-3des-modp-1024-160",
    "pace-dh-gm-aes-128-modp-2048-224",
    "pace-dh-gm-aes-192-modp-2048-256",
    "pace-dh-gm-aes-256-modp-2048-256",
    "pace-dh-im-3des-modp-1024-160",
    "pace-dh-im-aes-128-modp-2048-224",
    "pace-dh-im-aes-256-modp-2048-256",
    "pace-explicit-ecdh-gm-secp256r1",
    "pace-explicit-ecdh-im-brainpoolP512r1",
    "pace-explicit-ecdh-cam-secp521r1",
    "pace-explicit-dh-gm-modp-2048-256",
    "pace-explicit-dh-im-modp-2048-224",
    "pace-explicit-dh-gm-modp-2048-safe",
    "ca-ecdh-3des-secp192r1",
    "ca-ecdh-aes-128-secp224r1",
    "ca-ecdh-aes-192-brainpoolP320r1",
    "ca-ecdh-aes-256-secp521r1",
    "ca-dh-3des-modp-1024-160",
    "ca-dh-aes-128-modp-2048-224",
    "ca-dh-aes-192-modp-2048-256",
    "ca-dh-aes-256-modp-2048-safe",
    "aa-rsa-2048-sha-1",
    "aa-rsa-2048-sha-224",
    "aa-rsa-2048-sha-512",
    "aa-ecdsa-secp192r1-sha-224",
    "aa-ecdsa-secp256r1-sha-256",
    "aa-ecdsa-brainpoolP384r1-sha-384",
    "aa-ecdsa-secp521r1-sha-512",
];

/// Profiles that one line stands for, by the beginning of their names; each belongs to the first that fits.
pub(crate) const FAMILIES: [(&str, &str); 12] = [
    ("pace-ecdh-gm-", "PACE ECDH-GM"),
    ("pace-ecdh-im-", "PACE ECDH-IM"),
    ("pace-ecdh-cam-", "PACE ECDH-CAM"),
    ("pace-dh-gm-", "PACE DH-GM"),
    ("pace-dh-im-", "PACE DH-IM"),
    ("pace-explicit-ecdh-", "PACE ECDH, parameters written out"),
    ("pace-explicit-dh-", "PACE DH, parameters written out"),
    ("ca-ecdh-", "Chip Authentication ECDH"),
    ("ca-dh-", "Chip Authentication DH"),
    ("aa-rsa-", "Active Authentication RSA"),
    ("aa-ecdsa-", "Active Authentication ECDSA"),
    ("", "`cccd`, `bac`, `pin`, `puk`, `groups`"),
];

/// Cards that a reader does not read, and why.
pub(crate) struct Limit {
    /// How the profiles' names begin, and what they contain.
    pub(crate) profiles: (&'static str, &'static str),
    /// A part of what the reader says.
    pub(crate) shows: &'static str,
    /// Why, in words.
    pub(crate) reason: &'static str,
}

pub(crate) static THEIRS: [Limit; 1] = [Limit {
    profiles: ("pace-", "-im-aes-192-"),
    shows: "mapping nonce step (SW = 0x6A80",
    reason: "its nonce t is as long as s, 256 bits, where the cipher's key has 192 \
             (`PACEProtocol.doPACEStep2IM`); the chip answers `6A80`",
}];

pub(crate) static OURS: [Limit; 1] = [Limit {
    profiles: ("pace-explicit-dh-", "-modp-2048-safe"),
    shows: "unsupported.algorithm",
    reason: "a group of the chip's own is refused: whoever made us use a weak one would learn the password",
}];

/// The limit that a profile falls under.
pub(crate) fn limit(limits: &'static [Limit], profile: &str) -> Option<&'static Limit> {
    limits
        .iter()
        .find(|limit| profile.starts_with(limit.profiles.0) && profile.contains(limit.profiles.1))
}

#[cfg(test)]
mod tests {
    use cccd_simulator::{CipherName, CurveName, ModpName, Profile, profiles};

    use super::*;

    fn some_row(begins: &str, contains: &str) -> bool {
        ROWS.iter().any(|row| row.starts_with(begins) && row.contains(contains))
    }

    #[test]
    fn every_row_is_a_card_of_the_standard() {
        for row in ROWS {
            assert!(Profile::named(row).is_some_and(|profile| profile.field.is_none()), "{row}");
        }
    }

    #[test]
    fn every_family_group_cipher_and_digest_has_a_row() {
        for (begins, _) in FAMILIES {
            assert!(some_row(begins, ""), "{begins}");
        }
        for begins in ["pace-ecdh-gm-", "pace-dh-gm-", "ca-ecdh-", "ca-dh-"] {
            for cipher in CipherName::ALL {
                assert!(some_row(begins, cipher.name()), "{begins} {}", cipher.name());
            }
        }
        for curve in CurveName::ALL {
            assert!(some_row("pace-", curve.name()), "{}", curve.name());
        }
        for group in ModpName::STANDARDISED {
            assert!(some_row("pace-dh-", group.name()) && some_row("ca-dh-", group.name()));
        }
        for digest in ["-sha-1", "-sha-224", "-sha-256", "-sha-384", "-sha-512"] {
            assert!(some_row("aa-", digest), "{digest}");
        }
    }

    #[test]
    fn every_limit_has_cards() {
        for limit_of in [&THEIRS[..], &OURS] {
            for each in limit_of {
                let falls = |profile: &Profile| {
                    profile.name.starts_with(each.profiles.0)
                        && profile.name.contains(each.profiles.1)
                };
                assert!(profiles().any(|profile| falls(&profile)), "{}", each.reason);
            }
        }
        assert!(limit(&THEIRS, "cccd").is_none());
    }
}
