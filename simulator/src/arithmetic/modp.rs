//! The groups of numbers modulo a prime that Doc 9303 names for Diffie-Hellman, and one that it does not name.
//!
//! Standardised domain parameters 0, 1 and 2 `[9303-11 §9.5.1]`: `[RFC 5114 §2]`. A fourth group, of `[RFC 3526 §3]`, can
//! only be written out: it stands for the many primes that issuers made themselves.

use num_bigint::BigUint;
use num_traits::One;

use super::curve::fixed_length;
use super::domain::number;

/// A group modulo a prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModpName {
    /// 1024 bits with a subgroup of 160, standardised parameters 0.
    Modp1024_160,
    /// 2048 bits with a subgroup of 224, standardised parameters 1.
    Modp2048_224,
    /// 2048 bits with a subgroup of 256, standardised parameters 2.
    Modp2048_256,
    /// Group 14 of RFC 3526: 2048 bits, (p − 1) / 2 is prime, generator 2. It has no standardised number.
    Modp2048Safe,
}

/// p, the generator g, and its prime order q.
#[derive(Clone, Debug)]
pub struct ModpGroup {
    /// The prime.
    pub p: BigUint,
    /// The generator.
    pub g: BigUint,
    /// The generator's order.
    pub q: BigUint,
}

struct Numbers {
    name: &'static str,
    parameter_id: Option<u8>,
    p: &'static str,
    g: &'static str,
    q: &'static str,
}

impl ModpName {
    /// Every group; the three with a standardised number come first.
    pub const ALL: [ModpName; 4] = [
        ModpName::Modp1024_160,
        ModpName::Modp2048_224,
        ModpName::Modp2048_256,
        ModpName::Modp2048Safe,
    ];

    /// The three groups with a standardised number.
    pub const STANDARDISED: [ModpName; 3] =
        [ModpName::Modp1024_160, ModpName::Modp2048_224, ModpName::Modp2048_256];

    /// The group's name here, such as `modp-2048-256`.
    pub fn name(self) -> &'static str {
        self.numbers().name
    }

    /// The identifier of the standardised domain parameters `[9303-11 §9.5.1]`.
    pub fn parameter_id(self) -> Option<u8> {
        self.numbers().parameter_id
    }

    /// The group of a name.
    pub fn from_name(name: &str) -> Option<ModpName> {
        ModpName::ALL.into_iter().find(|group| group.name() == name)
    }

    /// The numbers.
    pub fn group(self) -> ModpGroup {
        let numbers = self.numbers();
        ModpGroup { p: number(numbers.p), g: number(numbers.g), q: number(numbers.q) }
    }

    fn numbers(self) -> Numbers {
        match self {
            ModpName::Modp1024_160 => Numbers {
                name: "modp-1024-160",
                parameter_id: Some(0),
                p: concat!(
                    "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B61",
                    "6073E28675A23D189838EF1E2EE652C013ECB4AEA906112324975C3CD49B83BF",
                    "ACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0",
                    "A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371",
                ),
                g: concat!(
                    "A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31",
                    "266FEA1E5C41564B777E690F5504F213160217B4B01B886A5E91547F9E2749F4",
                    "D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A",
                    "D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5",
                ),
                q: "F518AA8781A8DF278ABA4E7D64B7CB9D49462353",
            },
            ModpName::Modp2048_224 => Numbers {
                name: "modp-2048-224",
                parameter_id: Some(1),
                p: concat!(
                    "AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75",
                    "E6FA141DF95A56DBAF9A3C407BA1DF15EB3D688A309C180E1DE6B85A1274A0A6",
                    "6D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207",
                    "C9F98D11ED34DBF6C6BA0B2C8BBC27BE6A00E0A0B9C49708B3BF8A3170918836",
                    "81286130BC8985DB1602E714415D9330278273C7DE31EFDC7310F7121FD5A074",
                    "15987D9ADC0A486DCDF93ACC44328387315D75E198C641A480CD86A1B9E587E8",
                    "BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29",
                    "E3FB73C16B8E75B97EF363E2FFA31F71CF9DE5384E71B81C0AC4DFFE0C10E64F",
                ),
                g: concat!(
                    "AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3",
                    "A6824A4E10B9A6F0DD921F01A70C4AFAAB739D7700C29F52C57DB17C620A8652",
                    "BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98A",
                    "E247150422EA1ED409939D54DA7460CDB5F6C6B250717CBEF180EB34118E98D1",
                    "19529A45D6F834566E3025E316A330EFBB77A86F0C1AB15B051AE3D428C8F8AC",
                    "B70A8137150B8EEB10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381",
                    "B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD",
                    "7B5A0F1C71CFFF4C19C418E1F6EC017981BC087F2A7065B384B890D3191F2BFA",
                ),
                q: "801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB",
            },
            ModpName::Modp2048_256 => Numbers {
                name: "modp-2048-256",
                parameter_id: Some(2),
                p: concat!(
                    "87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00",
                    "E00DF8F1D61957D4FAF7DF4561B2AA3016C3D91134096FAA3BF4296D830E9A7C",
                    "209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B",
                    "6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76",
                    "B63ACAE1CAA6B7902D52526735488A0EF13C6D9A51BFA4AB3AD8347796524D8E",
                    "F6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026",
                    "C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103",
                    "A4B54330C198AF126116D2276E11715F693877FAD7EF09CADB094AE91E1A1597",
                ),
                g: concat!(
                    "3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA125",
                    "10DBC15077BE463FFF4FED4AAC0BB555BE3A6C1B0C6B47B1BC3773BF7E8C6F62",
                    "901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B",
                    "777DE62AAAB8A8628AC376D282D6ED3864E67982428EBC831D14348F6F2F9193",
                    "B5045AF2767164E1DFC967C1FB3F2E55A4BD1BFFE83B9C80D052B985D182EA0A",
                    "DB2A3B7313D3FE14C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915",
                    "B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C3",
                    "2F63078490F00EF8D647D148D47954515E2327CFEF98C582664B4C0F6CC41659",
                ),
                q: "8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3",
            },
            ModpName::Modp2048Safe => Numbers {
                name: "modp-2048-safe",
                parameter_id: None,
                p: concat!(
                    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
                    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
                    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
                    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
                    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
                    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
                    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
                    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
                ),
                g: "02",
                q: concat!(
                    "7FFFFFFFFFFFFFFFE487ED5110B4611A62633145C06E0E68948127044533E63A",
                    "0105DF531D89CD9128A5043CC71A026EF7CA8CD9E69D218D98158536F92F8A1B",
                    "A7F09AB6B6A8E122F242DABB312F3F637A262174D31BF6B585FFAE5B7A035BF6",
                    "F71C35FDAD44CFD2D74F9208BE258FF324943328F6722D9EE1003E5C50B1DF82",
                    "CC6D241B0E2AE9CD348B1FD47E9267AFC1B2AE91EE51D6CB0E3179AB1042A95D",
                    "CF6A9483B84B4B36B3861AA7255E4C0278BA3604650C10BE19482F23171B671D",
                    "F1CF3B960C074301CD93C1D17603D147DAE2AEF837A62964EF15E5FB4AAC0B8C",
                    "1CCAA4BE754AB5728AE9130C4C7D02880AB9472D455655347FFFFFFFFFFFFFFF",
                ),
            },
        }
    }
}

impl ModpGroup {
    /// Bytes of p, and of a shared secret.
    pub fn length(&self) -> usize {
        self.p.bits().div_ceil(8) as usize
    }

    /// `base` to the power `exponent`.
    pub fn power(&self, base: &BigUint, exponent: &BigUint) -> BigUint {
        base.modpow(exponent, &self.p)
    }

    /// Whether the number may be a public key: neither 0, 1 nor p − 1, and of order q `[RFC 2631 §2.1.5]`.
    pub fn contains(&self, public: &BigUint) -> bool {
        let one = BigUint::one();
        *public > one && *public < &self.p - &one && self.power(public, &self.q) == one
    }

    /// The number in bytes as long as p.
    pub fn encode_full(&self, element: &BigUint) -> Vec<u8> {
        fixed_length(element, self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Miller's test to a few bases: a wrong digit does not pass it.
    fn is_prime(candidate: &BigUint) -> bool {
        let one = BigUint::one();
        let last = candidate - &one;
        let twos = last.trailing_zeros().unwrap();
        let odd = &last >> twos;
        [2u8, 3, 5, 7, 11, 13, 17, 19].iter().all(|base| {
            let mut power = BigUint::from(*base).modpow(&odd, candidate);
            power == one
                || (0..twos).any(|_| {
                    let found = power == last;
                    power = &power * &power % candidate;
                    found
                })
        })
    }

    #[test]
    fn the_numbers_make_groups_of_prime_order() {
        assert!(!is_prime(&BigUint::from(561u32)));
        for name in ModpName::ALL {
            let ModpGroup { p, g, q } = name.group();
            assert!(is_prime(&p) && is_prime(&q), "{name:?}");
            assert_eq!((&p - 1u8) % &q, BigUint::from(0u8));
            assert!(name.group().contains(&g));
            assert_eq!(ModpName::from_name(name.name()), Some(name));
        }
        assert_eq!(ModpName::STANDARDISED.map(ModpName::parameter_id), [Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn elements_outside_the_subgroup_are_no_public_keys() {
        for name in ModpName::ALL {
            let group = name.group();
            let one = BigUint::one();
            let last = &group.p - &one;
            for outside in [BigUint::from(0u8), one, last.clone(), &last + 1u8, &last + 2u8] {
                assert!(!group.contains(&outside), "{name:?}");
            }
            // Of order 2q: inside the range, but its square only is in the subgroup.
            let twice = &group.p - &group.g;
            assert!(!group.contains(&twice), "{name:?}");
            assert!(group.contains(&group.power(&twice, &BigUint::from(2u8))));
        }
    }
}
