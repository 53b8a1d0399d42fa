//! A small issuer of CV certificates for tests. Keys sign with the simulator's arithmetic, which shares
//! nothing with the library's.

use cccd_simulator::{
    CurveName, DigestName,
    arithmetic::{curve::Point, ecdsa, rsa::RsaKey},
    random::Random,
};

use crate::tlv::write;

/// A key that is the same in every run.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Ec(CurveName, DigestName, u64),
    Pkcs1(DigestName, fn() -> RsaKey),
    Pss(DigestName, fn() -> RsaKey),
}

/// On the curve of the CCCD.
pub(super) const fn ec(seed: u64) -> Key {
    Key::Ec(CurveName::BrainpoolP256r1, DigestName::Sha256, seed)
}

impl Key {
    /// The last two arcs below id-TA.
    fn arcs(self) -> [u8; 2] {
        use DigestName::{Sha1, Sha224, Sha256, Sha384, Sha512};
        match self {
            Self::Pkcs1(Sha1, _) => [1, 1],
            Self::Pkcs1(Sha256, _) => [1, 2],
            Self::Pss(Sha1, _) => [1, 3],
            Self::Pss(Sha256, _) => [1, 4],
            Self::Pkcs1(Sha512, _) => [1, 5],
            Self::Pss(Sha512, _) => [1, 6],
            Self::Ec(_, Sha1, _) => [2, 1],
            Self::Ec(_, Sha224, _) => [2, 2],
            Self::Ec(_, Sha256, _) => [2, 3],
            Self::Ec(_, Sha384, _) => [2, 4],
            Self::Ec(_, Sha512, _) => [2, 5],
            Self::Pkcs1(..) | Self::Pss(..) => [9, 9],
        }
    }

    /// Object identifier and the numbers of the key, each with its tag.
    pub(super) fn objects(self, domain: bool) -> Vec<Vec<u8>> {
        let id_ta = [&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02][..], &self.arcs()].concat();
        let mut objects = vec![write(0x06, &id_ta)];
        match self {
            Self::Ec(name, _, seed) => {
                let curve = name.curve();
                let private = Random::from_seed(seed).below(&curve.n);
                let encode = |point: &Point| curve.encode(point);
                if domain {
                    objects.push(write(0x81, &curve.p.to_bytes_be()));
                    objects.push(write(0x82, &curve.a.to_bytes_be()));
                    objects.push(write(0x83, &curve.b.to_bytes_be()));
                    objects.push(write(0x84, &encode(&curve.generator)));
                    objects.push(write(0x85, &curve.n.to_bytes_be()));
                }
                objects.push(write(0x86, &encode(&curve.public_key(&private))));
                if domain {
                    objects.push(write(0x87, &[1]));
                }
            }
            Self::Pkcs1(_, key) | Self::Pss(_, key) => {
                let key = key();
                objects.push(write(0x81, &key.modulus.to_bytes_be()));
                objects.push(write(0x82, &key.public_exponent.to_bytes_be()));
            }
        }
        objects
    }

    pub(super) fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ec(name, digest, seed) => {
                let curve = name.curve();
                let mut random = Random::from_seed(seed);
                let private = random.below(&curve.n);
                let digest = digest.hash(message);
                ecdsa::sign(&curve, &private, &digest, &mut random).plain(&curve)
            }
            Self::Pkcs1(digest, key) => key().sign_pkcs1(digest, message),
            Self::Pss(digest, key) => key().sign_pss(digest, message, &vec![7; digest.length()]),
        }
    }
}

/// Roles in the first two bits, rights in the last two.
pub(super) const CVCA: u8 = 0b1100_0011;
pub(super) const DOMESTIC_DV: u8 = 0b1000_0011;
pub(super) const FOREIGN_DV: u8 = 0b0100_0011;
pub(super) const TERMINAL: u8 = 0b0000_0011;

/// A certificate before it is signed; tests change the fields they are about.
#[derive(Clone)]
pub(super) struct Template {
    pub(super) profile: Vec<u8>,
    pub(super) authority: Vec<u8>,
    pub(super) key: Vec<Vec<u8>>,
    pub(super) holder: Vec<u8>,
    /// The last arc: 1 inspection system, 2 authentication, 3 signature terminal.
    pub(super) terminal_type: u8,
    pub(super) bits: Vec<u8>,
    pub(super) effective: &'static str,
    pub(super) expiration: &'static str,
    pub(super) extensions: Vec<u8>,
}

impl Template {
    fn new(authority: &str, holder: &str, key: Vec<Vec<u8>>, bits: u8) -> Self {
        Self {
            profile: vec![0],
            authority: authority.into(),
            key,
            holder: holder.into(),
            terminal_type: 1,
            bits: vec![bits],
            effective: "260101",
            expiration: "281231",
            extensions: Vec::new(),
        }
    }

    pub(super) fn cvca(authority: &str, holder: &str, key: Key) -> Self {
        Self::new(authority, holder, key.objects(true), CVCA)
    }

    pub(super) fn verifier(authority: &str, holder: &str, key: Key) -> Self {
        Self::new(authority, holder, key.objects(false), DOMESTIC_DV)
    }

    pub(super) fn terminal(authority: &str, holder: &str, key: Key) -> Self {
        Self::new(authority, holder, key.objects(false), TERMINAL)
    }

    pub(super) fn bits(mut self, bits: u8) -> Self {
        self.bits = vec![bits];
        self
    }

    pub(super) fn valid(mut self, effective: &'static str, expiration: &'static str) -> Self {
        (self.effective, self.expiration) = (effective, expiration);
        self
    }

    pub(super) fn body(&self) -> Vec<u8> {
        let id_roles = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, self.terminal_type];
        let date = |text: &str| text.bytes().map(|digit| digit - b'0').collect::<Vec<_>>();
        let fields = [
            write(0x5F29, &self.profile),
            write(0x42, &self.authority),
            write(0x7F49, &self.key.concat()),
            write(0x5F20, &self.holder),
            write(0x7F4C, &[write(0x06, &id_roles), write(0x53, &self.bits)].concat()),
            write(0x5F25, &date(self.effective)),
            write(0x5F24, &date(self.expiration)),
            self.extensions.clone(),
        ];
        write(0x7F4E, &fields.concat())
    }

    pub(super) fn sign(&self, by: Key) -> Vec<u8> {
        let body = self.body();
        write(0x7F21, &[&body[..], &write(0x5F37, &by.sign(&body))].concat())
    }
}
