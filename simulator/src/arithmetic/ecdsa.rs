//! ECDSA over a ready digest: sign, and verify for the tests of this crate.
//!
//! `[TR-03111 §4.2.1]`; signatures for Active Authentication are r || s of fixed length, plain format `[9303-11 §6.1.2.3]`.

use num_bigint::BigUint;
use num_traits::Zero;

use super::curve::{Curve, Point, fixed_length};
use crate::random::Random;

/// The pair (r, s).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The x coordinate of the ephemeral key, modulo n.
    pub r: BigUint,
    /// The proof.
    pub s: BigUint,
}

impl Signature {
    /// `r || s`, each as long as n `[TR-03111 §5.2.1]`.
    pub fn plain(&self, curve: &Curve) -> Vec<u8> {
        let length = curve.order_length();
        let mut bytes = fixed_length(&self.r, length);
        bytes.extend(fixed_length(&self.s, length));
        bytes
    }
}

/// Sign a digest. The ephemeral key comes from `random`.
pub fn sign(curve: &Curve, private: &BigUint, digest: &[u8], random: &mut Random) -> Signature {
    loop {
        let k = random.below(&curve.n);
        if k.is_zero() {
            continue;
        }
        if let Some(signature) = sign_with(curve, private, digest, &k) {
            return signature;
        }
    }
}

/// Sign with a given ephemeral key; `None` in the unusable cases r = 0 and s = 0.
pub fn sign_with(
    curve: &Curve,
    private: &BigUint,
    digest: &[u8],
    k: &BigUint,
) -> Option<Signature> {
    let r = curve.multiply(k, &curve.generator).x()? % &curve.n;
    let e = representative(curve, digest);
    // n is prime, so the inverse of k is k^(n−2).
    let inverse = k.modpow(&(&curve.n - 2u8), &curve.n);
    let s = inverse * (e + &r * private) % &curve.n;
    (!r.is_zero() && !s.is_zero()).then_some(Signature { r, s })
}

/// Whether the signature is right.
pub fn verify(curve: &Curve, public: &Point, digest: &[u8], signature: &Signature) -> bool {
    let Signature { r, s } = signature;
    if !curve.contains(public) || r.is_zero() || s.is_zero() || *r >= curve.n || *s >= curve.n {
        return false;
    }
    let inverse = s.modpow(&(&curve.n - 2u8), &curve.n);
    let u1 = representative(curve, digest) * &inverse % &curve.n;
    let u2 = r * inverse % &curve.n;
    let sum = curve.add(&curve.multiply(&u1, &curve.generator), &curve.multiply(&u2, public));
    sum.x().is_some_and(|x| x % &curve.n == *r)
}

/// The leftmost bits of the digest, as many as n has.
fn representative(curve: &Curve, digest: &[u8]) -> BigUint {
    let bits = digest.len() as u64 * 8;
    BigUint::from_bytes_be(digest) >> bits.saturating_sub(curve.n.bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::curve::CurveName;

    #[test]
    fn a_signature_verifies_and_a_changed_one_does_not() {
        let mut random = Random::from_seed(7);
        for name in CurveName::ALL {
            let curve = name.curve();
            let private = random.below(&curve.n);
            let public = curve.public_key(&private);
            // 64 bytes: longer than n on most of these curves, so that cutting is exercised.
            let digest = random.bytes(64);
            let signature = sign(&curve, &private, &digest, &mut random);
            assert!(verify(&curve, &public, &digest, &signature), "{name:?}");
            let mut other = digest.clone();
            other[0] ^= 0x80;
            assert!(!verify(&curve, &public, &other, &signature), "{name:?}");
        }
    }

    /// Curve, public key, r and s over the SHA-512 digest of the four letters `cccd`: made with OpenSSL 3
    /// (`openssl dgst -sha512 -sign`).
    #[rustfmt::skip]
    const OPENSSL: [(CurveName, &str, &str, &str); 11] = [
    (CurveName::Secp192r1,
        "04A313C3170582FFFC29A00AA39ABCC55835485B95E2E8DF837003F9F90C9D6AB83BE3F803E54E2FA69A7F70E36054846C",
        "5B91F1396FFA5CD82B815EB059FC62D9782EE8917F745C16",
        "00DCFD6C5E85FC3CCFC485C20539A6671BAF0AD70240A4EE4B"),
    (CurveName::BrainpoolP192r1,
        "04019B268CA1B7DFF2F31B40D15F5651EEE602A9ECB3B7B7A2559716DE414C96975C0D3D9E9D430D0C39494172BEAA35D4",
        "10A4C89BE63CCBC48AD8068EF12B51F747E061253144137C",
        "73EF514C57CE7BD46B933480E5D6B89BFA051AC57AC25C27"),
    (CurveName::Secp224r1,
        "04FF8B9EC0649AB5E8E215037883DCA289053AE762E7FBCAEC4CFAE105D07DC7BA3EE4A1BB4D0B7D79031C4CD8F213134F70459B6A6890890B",
        "30758B2836A03F84C3CB67ED20876837978DCB682DBD25AEDD891F99",
        "7DD4EB0FBC864018EF6C45F6F2F4B7845C2A96E189E20FE0883BBD6A"),
    (CurveName::BrainpoolP224r1,
        "04B5906827E2A099CD4BB1CC6FE0899905DB84662D0290DA7DC6D9AB765C0592A03EEB7725AD3F258970F81DAE01684A3F31F12BE9CC1AF40C",
        "009FB5FA9699284955A3FEA3CF429EEE5655F1CAA3B39D162DFC15431F",
        "00B30C59FE3F6DED093AEC13D3B342A8F3818328FDCBAF912FA75F5E71"),
    (CurveName::Secp256r1,
        "0445B28D6EAFFC29915609DF24FCE6F92CED5B3A8A777DC00420F87BB15C18BCA6C9D8CA42AB8BA39A23074EF31BC416D3A43F1A7830122C04E65EEC349B6374C9",
        "1B3F3C063A4F6E5A670215FC3302A90A7248CC0734A6C241BB8D197E71C7DA2D",
        "00E46D3DDDCEC3300FB0F37CD446417F0E4D28C065382E89410942F08D25773ADF"),
    (CurveName::BrainpoolP256r1,
        "042D5E29A4BC66D78D7FE4E4DD19E23CCE692970409EC8EA370252FEF0B0705675856BDF6392131F632507CFDD6DD658F4DE11FE15ACF22AC489D18C2163B8936B",
        "17EEA6B8AD628C9092399CA078843153D09212F31186BDF43B2766AF14D4B281",
        "4BCFCB87C1236622784A2C85F5096CC69277A4961E3DCFD0CBB49B765AB71D46"),
    (CurveName::BrainpoolP320r1,
        "04660CE9BEF66BBD434B3F66558CFED6719756245A87D21F308DE254FD45A22441EFB5933EEBC662AFA488C8D415AD84D5FD774E69ACDC18A577014F9BD3558B90467609F268EE7EBB0BAEDDF8D5695050",
        "00B88D35934C43D9AA8CE7D82F8ED8B0B33E5D753A824E563FD3EB87CBBEB049D9931E744D5B7EEF10",
        "0DD56CD7018DD5FAFB475E968152AA4AD150B53C3C66499D35AF8702A543EB22B5440603CBC7E776"),
    (CurveName::Secp384r1,
        "04BE8561848DC8338D50101E1BCB6EB3686E87BBA4074A62B812739C7A14D143C3C1D09C088F99E6EC7CAF217D0E986A0F6F65EA57F5E47B79D6861E86FE13567C594F76ABA6CD8730EA1EE5F7193DE800DFCF6172DD7AB6B43ECC4A3176C45B61",
        "4F75B0FC4E4C32C30E97B7E5297EB30037B4649BD521DB5541A2F67582162CC0E6DF30D5990A0DFAE1E42861166FD6A1",
        "0C8B6938EE279503EA92B7EE5752A9CB6F5C201893CD1F40416D9B7D84C75FF1B84E7782CBA37CA49BE3FC0EE8C137C7"),
    (CurveName::BrainpoolP384r1,
        "041905C67D8230A4B359F900B6D6324DCE736ACB3012217A49925E0C1F32F07BCF041F1225E61923E915F4D967E75ACC137F902CB634AF8A0B10BCCBDDDC9252145DCC94B104B7252104E89B0703BF8C5EBA2E65DF1CE1487CC3C4763B21124E7F",
        "5F92F1C893926C93B0FC87628675E1DADD3734D38300CE5B1BBE5D7041824FD3DE576A9109E0CF73F7D418710B99A5C3",
        "30D95C09E7AE32F3CA3716DA2E5CCFCF919A586FA28C283E125847352A713BC657A1A64A27AFD3073CEB7F23A89F5D01"),
    (CurveName::BrainpoolP512r1,
        "047B16A5356D5FF1D431B5F0A8B46D8759452E9D6BD4F7BCDB72F906C14B8E5AE3278A60786C32C338F042259DE2AA6599EFAA97973D11B7BDFD934FB6CC020AE29D32397C61AE242D106F4C7B32A35F761B86B55289B4A53F334C16C45FDCA6D26B354E709D6AD0CF555FF98407810CE8EA3081E1EBB0D22DB391B1A31B881480",
        "6688D1CBA135878789DB310183D28AA4F39624526DC22108F0ECA476EBE4DA5CB07C9943FF73367AE76423D2DBD9C9F9F2F9EC4471A54D42B7578AA9737CD32D",
        "5B020CB1168061FBE4C7BDA7DAEE83777C344591DE4FE30854D7CFE7DF884D16510F872B4B60782D44C9D083496E6E54A92AC8055EEFAA1A763B4ACD63125768"),
    (CurveName::Secp521r1,
        "04002AAA44B8B4337C4ABB027F5372C1F1D07B85908E70D6A6952CACFD97AFEA92B83509C935C1844C318297E8C63DE9A14970C9959461E71846A8302735A7174030170128FBE87B790DEC031C9DBFFD36CFFF2780A5D006B4550F1FA728378CF854F82B31BE290E2C6AB17B6321CAF41A1530026C87E2154C6D9DCDA279199F770E3E9EF9",
        "352948204A53C28E28159A4F5AFB05EA5EB8AD33B0742843A606BAECF9C4B65978C76E6039721B599A2E956BC0927B20EA2AFB7C46DE72A0235133E88120104BDB",
        "00FE39CF795C4FBDC0F8189B520A83C68C02EB50288EF2E464F1E2E24C0FF2D09A3857A67BB9EC90A73B0F429AC31EFA282762249E978E8B1B43116F682EABC77287"),
    ];

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        (0..hexadecimal.len() / 2)
            .map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn signatures_of_openssl_verify() {
        use sha2::Digest;
        let digest = sha2::Sha512::digest(b"cccd");
        for (name, public, r, s) in OPENSSL {
            let curve = name.curve();
            let public = curve.decode(&bytes(public)).unwrap();
            let number = |text: &str| BigUint::from_bytes_be(&bytes(text));
            let signature = Signature { r: number(r), s: number(s) };
            assert!(verify(&curve, &public, &digest, &signature), "{name:?}");
        }
    }
}
