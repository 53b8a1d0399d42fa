//! Elliptic curves over a prime field, by the textbooks.
//!
//! Nothing here takes constant time and nothing needs to: the keys are test keys. What matters is that it shares no line
//! with the constant-time curve crates of the library, so that a mistake on either side shows.
//! Encodings: TR-03111 §3.2 (uncompressed points, coordinates of fixed length).

use num_bigint::BigUint;
use num_traits::Zero;

pub use super::domain::CurveName;
use super::domain::number;
use super::scalar;

/// A point of a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// The neutral element.
    Infinity,
    /// A point with affine coordinates.
    Affine {
        /// The x coordinate, below p.
        x: BigUint,
        /// The y coordinate, below p.
        y: BigUint,
    },
}

/// Domain parameters: y² = x³ + ax + b over the field of p elements, generator of prime order n, cofactor 1.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Which curve it is.
    pub name: CurveName,
    /// The field's prime.
    pub p: BigUint,
    /// The coefficient a.
    pub a: BigUint,
    /// The coefficient b.
    pub b: BigUint,
    /// The generator.
    pub generator: Point,
    /// The generator's order.
    pub n: BigUint,
    /// Bytes of one coordinate.
    pub field_length: usize,
}

impl Point {
    /// The x coordinate; none of the point at infinity.
    pub fn x(&self) -> Option<&BigUint> {
        match self {
            Point::Infinity => None,
            Point::Affine { x, .. } => Some(x),
        }
    }

    /// The y coordinate; none of the point at infinity.
    pub fn y(&self) -> Option<&BigUint> {
        match self {
            Point::Infinity => None,
            Point::Affine { y, .. } => Some(y),
        }
    }
}

impl CurveName {
    /// The domain parameters.
    pub fn curve(self) -> Curve {
        Curve::by_name(self)
    }

    /// The curve with exactly these numbers; the generator in its encoded form.
    pub fn from_numbers(
        p: &BigUint,
        a: &BigUint,
        b: &BigUint,
        generator: &[u8],
        n: &BigUint,
    ) -> Option<CurveName> {
        CurveName::ALL.into_iter().find(|name| {
            let curve = name.curve();
            (&curve.p, &curve.a, &curve.b, &curve.n) == (p, a, b, n)
                && curve.encode(&curve.generator) == generator
        })
    }
}

impl Curve {
    /// The domain parameters of a named curve.
    pub fn by_name(name: CurveName) -> Curve {
        let domain = name.domain();
        Curve {
            name,
            p: number(domain.p),
            a: number(domain.a),
            b: number(domain.b),
            generator: Point::Affine { x: number(domain.x), y: number(domain.y) },
            n: number(domain.n),
            field_length: domain.field_length,
        }
    }

    /// Bytes of a scalar: the length of n.
    pub fn order_length(&self) -> usize {
        self.n.bits().div_ceil(8) as usize
    }

    /// Whether the point is one of the curve's, with coordinates below p. The point at infinity is not accepted:
    /// no protocol may use it as a public key.
    pub fn contains(&self, point: &Point) -> bool {
        let Point::Affine { x, y } = point else {
            return false;
        };
        if *x >= self.p || *y >= self.p {
            return false;
        }
        let left = y * y % &self.p;
        let right = ((x * x + &self.a) * x + &self.b) % &self.p;
        left == right
    }

    /// The sum of two points.
    pub fn add(&self, left: &Point, right: &Point) -> Point {
        let (Point::Affine { x: x1, y: y1 }, Point::Affine { x: x2, y: y2 }) = (left, right) else {
            return if *left == Point::Infinity { right.clone() } else { left.clone() };
        };
        let p = &self.p;
        let (rise, run) = if x1 != x2 {
            (self.subtract(y2, y1), self.subtract(x2, x1))
        } else if ((y1 + y2) % p).is_zero() {
            return Point::Infinity;
        } else {
            ((x1 * x1 * 3u8 + &self.a) % p, y1 * 2u8 % p)
        };
        let slope = rise * self.invert(&run) % p;
        let x = self.subtract(&(&slope * &slope % p), &((x1 + x2) % p));
        let y = self.subtract(&(slope * self.subtract(x1, &x) % p), y1);
        Point::Affine { x, y }
    }

    /// `scalar` times `point`.
    pub fn multiply(&self, scalar: &BigUint, point: &Point) -> Point {
        match self.p.bits().div_ceil(64) {
            0..=3 => scalar::multiply::<3>(self, scalar, point),
            4 => scalar::multiply::<4>(self, scalar, point),
            5 => scalar::multiply::<5>(self, scalar, point),
            6 => scalar::multiply::<6>(self, scalar, point),
            7 | 8 => scalar::multiply::<8>(self, scalar, point),
            _ => scalar::multiply::<9>(self, scalar, point),
        }
    }

    /// The public key of a private key.
    pub fn public_key(&self, private: &BigUint) -> Point {
        self.multiply(private, &self.generator)
    }

    /// `04 || x || y` with coordinates of the field's full length; a single `00` for infinity `[TR-03111 §3.2.1]`.
    pub fn encode(&self, point: &Point) -> Vec<u8> {
        let Point::Affine { x, y } = point else {
            return vec![0];
        };
        let mut bytes = vec![4];
        bytes.extend(fixed_length(x, self.field_length));
        bytes.extend(fixed_length(y, self.field_length));
        bytes
    }

    /// The reverse of [`Curve::encode`]: `None` unless the form is uncompressed, of the exact length, and on the curve.
    pub fn decode(&self, bytes: &[u8]) -> Option<Point> {
        let (form, coordinates) = bytes.split_first()?;
        if *form != 4 || coordinates.len() != 2 * self.field_length {
            return None;
        }
        let (x, y) = coordinates.split_at(self.field_length);
        let point = Point::Affine { x: BigUint::from_bytes_be(x), y: BigUint::from_bytes_be(y) };
        self.contains(&point).then_some(point)
    }

    /// The x coordinate as the shared secret of a key agreement: fixed length `[TR-03111 §3.1.3]`.
    pub fn encode_x(&self, point: &Point) -> Option<Vec<u8>> {
        point.x().map(|x| fixed_length(x, self.field_length))
    }

    /// left − right in the field; both below p.
    pub(super) fn subtract(&self, left: &BigUint, right: &BigUint) -> BigUint {
        if left >= right { left - right } else { left + &self.p - right }
    }

    /// The inverse of a number below p, by Fermat's little theorem.
    pub(super) fn invert(&self, value: &BigUint) -> BigUint {
        value.modpow(&(&self.p - 2u8), &self.p)
    }
}

/// A number in big-endian bytes, padded with zeros on the left. A number that does not fit keeps its low bytes;
/// callers pass reduced numbers.
pub fn fixed_length(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let kept = bytes.len().min(length);
    let mut padded = vec![0; length - kept];
    padded.extend_from_slice(&bytes[bytes.len() - kept..]);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generators_are_on_their_curves_and_have_order_n() {
        for name in CurveName::ALL {
            let curve = name.curve();
            assert!(curve.contains(&curve.generator), "{name:?}");
            assert_eq!(curve.p.bits().div_ceil(8) as usize, curve.field_length);
            assert_eq!(curve.multiply(&curve.n, &curve.generator), Point::Infinity, "{name:?}");
            // The last multiple is the generator's negative, so adding the generator gives infinity.
            let last = curve.multiply(&(&curve.n - 1u8), &curve.generator);
            assert_eq!(last.x(), curve.generator.x());
            assert_eq!(curve.add(&last, &curve.generator), Point::Infinity);
        }
    }

    #[test]
    fn multiples_are_sums() {
        for name in CurveName::ALL {
            let curve = name.curve();
            let mut sum = Point::Infinity;
            for scalar in 0..40u8 {
                assert_eq!(curve.public_key(&BigUint::from(scalar)), sum, "{name:?}");
                sum = curve.add(&sum, &curve.generator);
            }
        }
    }

    /// Curve, private key, its public key, another public key, the shared secret: made with OpenSSL 3
    /// (`openssl ecparam -genkey`, `openssl pkeyutl -derive`).
    #[rustfmt::skip]
    const OPENSSL: [(CurveName, &str, &str, &str, &str); 11] = [
    (CurveName::Secp192r1,
        "C1DE7D7093C7343C9441DD228F1CD052957653BE19BB6008",
        "04DC425116E4A06C3BDCD8737E03F253BC1F2B4DF058521C318FA81B3B3DC23EB8D06A8639088D13CDBCC7C08ECFD78EA8",
        "04D52BFE7142FA8943118CC5B507FEF2739FAEDF246A9E6F295692403F56C6C072A6FF32B32EB1B45723D15C609620E048",
        "15E32DA9698EF5F1CD71B5C45E93D8F20A2B27A656FAA1C0"),
    (CurveName::BrainpoolP192r1,
        "A3234E5D61C4F6723D3943AAF551FE5B2C293F4B6BFCEE3E",
        "042A5D5B028FBC885EFB72564B02429E984B9DC66D2FC914947D0947F3BDB640D71A3521AE8E4489825A4ABEEC89735FF9",
        "04407E44E89E979FD9DDF8D20BBF800ECF959AC6EAF20FFA2E14078D5754F2446EB73C801540432A9BAF80F432FCE4A964",
        "31AA690DDE4583164F0E4CE50E02C636720283B44DA77171"),
    (CurveName::Secp224r1,
        "971F78B28F2AD81A13B537768B4C0047FD09950490EE0E5B454308AF",
        "040BA346BF69CB74968EAC1C0B4FFEE475005575AAA561BB7A1021FD6F1184F5AF40E758E3C1058958342D0ADB2065C488261DD306263F2FAE",
        "045D431A1F711EE0D89F6155CD30DA0E7AB31933ABD0D7A3027CA39CF627A2212931AAE67ECEAF8797CCD42174B886E3943321F29CB33C239C",
        "78C4B1382BE6909941899D86B1762F1C71395B22C0944B9F5CCA007B"),
    (CurveName::BrainpoolP224r1,
        "2C0FF042E1DA218359EA600F8FA2642951637E54C0FBB71C46590540",
        "04AAFD36FB554355AA27A30A5AAD955737AA035A6AF240B943BCD1FAD18A40D0B9192A3D8C64A54414FD77E131173EE773BAA5206B4744CAAD",
        "04541B224E8F45F27D034586F1620479D9F6FAFA67827C0F0052ED4D3777813E31DC26121664D001EC475C57C49C5E5F1A5D969D982C2ADD62",
        "C9D1397A40190B05077B61A0BB7CCF7F95D906C03B0E1F680A6F48E8"),
    (CurveName::Secp256r1,
        "0775674636D9DC4BCB531D0AE1B3132E732B0FAE6BE1120005962633771F8B07",
        "04E7674E040E5CAA2817EC47784D54954C7836A63AF15BC25EF99C88047337EB73ED47019F075C09E498A3F1CC5F41B1F08E9991CE45007838C6CEB8329F105A0A",
        "043EBFBFBEE3D3D4DD2C900D4E60A399DA36AF74893095D7A2533F1659415B755FB1980072B2DE652C9C8E52907F5D4C5B37BEE8DCE6B7461BC23C14E17CA69603",
        "87B19842606792408A4309F46487748C6C9FC0D57B9E8EEDA0057E70A0BEBBCB"),
    (CurveName::BrainpoolP256r1,
        "A4948BBA4F07BFE0DBB3D65092C51B79521463956CF78298B483A587DAB69D8F",
        "040D0A05A955D25F82F2DE7D0E70B4BF95C4C09AE53EA1760828242BB7C3A3FE074918FD73BAE7B82615407B0C84772706CB4101CDE1EDC579FB79443E0F3DE846",
        "0469D315933CC70BE9DCE39376F7B5ADD57F319310AEEA7E19001D3674EFFEE0A69E5276FF9719A19053461EA50A274B561DCE8E5289BA653E8AE7AA9E85608383",
        "87619BD61C45D75CF8DFAB162FA83BCA80EC385E1489828AC05FEE97BBDF3EC2"),
    (CurveName::BrainpoolP320r1,
        "17A15D074F4BA9E18ABC8156043E3517422114C60B6A299F8043C6315957EB7FCF6C8A73D3DB93C8",
        "048B8840C6D9FDE27587D19AFCDD50CF8017A32336744F21BEEC808B09F89E753CA751F319A38C59CA276BDE63DC15EB07831E0CD832773A9096D3CFAA3046FEBC0FF1489B298C2196BA7151A03B25B634",
        "042025DE73F40A881230C10C06741773B132784F2ED113F8ADB022898A94FAC5CFF84B14DF4ED4B39991CBE68F3625DB8C271069DB68D6B8E70CF9FF88D91F8CF76F1A9A53E8AA1EF59734FF02D3CB7D9B",
        "A12A67407A9FF75FAF21286FD4CCA1EB62818EBD8F03975F65BDBBDC2FDCF63E5D1B0EBD58AD5C2D"),
    (CurveName::Secp384r1,
        "FE902D2582C438B34FD5C2FF9E7F4C66DC70DE15F02DD2FEA1938D4D4465EE53EDE76EBFF21D530C35B11691FA8CA2C6",
        "047E61EADC48002BCA25D1152A337365997B121B4ACFED469464BD219053F47055AC75B772450BC52DA4D5C925A7DD64D0B146859F6B30DE83866C271A5B4F4816EBDB0CDBDEC907E19789AF6E0F2251E86B03C7F21CD906E0168364D94F5D3536",
        "0428D3DAFA9405C4977C47172085A205EC9DB5BD9CA693522BDD5D34A02CE14BC61E26BC4639541A20441F897C6F826746D21E606AAB04132ACEC3C43A64E6C4404FEABA556AEFA883A085F4B1C96929CD603E1473A9F5458D9CB4A640D66A354A",
        "EBE83C87EF5CC100FF4AAFB5F589EAB2274EA6EF0B6DEDBFD031632EBA7F3FAD3F395820B2651DB493C5227028EF77B2"),
    (CurveName::BrainpoolP384r1,
        "2657D46FE102182A47F7F63E58FC68273056B75421C3E38EC3BBE3DF7144C4B43AB8F1B42564847C2CCFC9EAED39384B",
        "040318E45311C4395CF8788FE9969C37CF59597BBAD64593D6BF316FB552296BC290CF7D74546EC85357CB4BE07EA8B60405FE7A0A4AF8803397DE39AE4073612940D76C61A86128280A1015451340044C2B846031645A3FBAB7E1A9E78CAA79CB",
        "0449074618CA28AE4E6DAAEE8B00B19D00B40310E4B2C297DB656C8A12E2592B520216C395997D68A350BE3F7868AD8D6B4C7EBE8AAC22C9A88CD110125F5A007CF844CF45B1CE5A1597E8E31B7E5FF63E709A0DDC8DBC7B6BD407E70738E602B2",
        "85088419520EC0D4B864819596B6582DF39F296A0D2930F721CD150FA2D471C4058B9C46CB30A0739EFA25C64BB1FD58"),
    (CurveName::BrainpoolP512r1,
        "362E35C3DF0DBC33CA172D6AA8E321C7E8D6145D9E65EC9C1433E545C30FB437B6C2F274A6256BCEE1CC2D35C282F8C893077B31CBA987F9DE19483E2B63284E",
        "044A9FC0750C9783D107E31C3E07BA2930D957828B1461AFC4E44BDABEB3EC0383CEF7DFEC325EF3EA4FFB6B82BF78D11B67B4DAC72CE8F6FF749909E2FB52ED3706ABEF90CA07451A6B6A1BB7171BF0EDFF71A920569BFF63698517C13EF07C48648B0178006A986E3C4DEF61BBC260EF3CE8BA549F0F2CC19417ED01FB86329D",
        "046297709B87DC4556E4A782AC1BE66D27EEB0A14171389B2DB2D2FB3265373A0A1EB5ED812AFF31AA91F293B8DFDE92462CBCF5BAD76D121BDD0784852A3A1F6F022D23AF668BBC6A7ED94DEE29CA1F01F6FBDF818F9BA4F51D9E3F0CDFEC81F59E45B4DBDA63C44004D96ED10CE2B5B55E2B83AADBA7D503D82929123932AC33",
        "3B388B236F5A50D6014AFBA688ABDEECAE577253F68E24F9A49CBFF1FDB0BD5BF070E65CA738FB36BDA591B28F9CF0CE1AB9A1CDC4BA1BA17B5E2FD491168668"),
    (CurveName::Secp521r1,
        "01A20C63EF97B9F0537FEEDE3CEDB8F7615D056AE57B900166A9A71A3832A05EA7838E78EE26427DD1174157B1B7551944467DD73D27237C3C01A9008D625024BD13",
        "040183A9B7B68EED0AA95E484A9CFE10473335AEAA5EBF4D5A9B02BEA395C2ED0EBBDD09A10AF22C8396767F3EF8ED3E65DAFA372A82BA57E6DB3FCE4EE514FFD99FB900993D16CCF49E6A06351902E0181A49678933BD3E77D2A42E73E225EC557FF35F237FD576C161F9683C8F7B2E34CF64C75DB97BE6D4EE60A4D97BE29FFA083EC0E4",
        "040052A270543089E43FD960F4C80B00D65B87C5062C2B3C620AA5AAB0FD02D1FB73CB7DB1ADFBC62833E39211626A41277C0965DD50BD15C48160AA03C919AF1916D90145E90C106AAEDA67CE1941E46A81089E3A6263FE0556E4B41C060FD7F51477397DEF2BC0275E3B424F54B2C4268619B576B7A624286BB497902967C98D9323EFC4",
        "00179C755F17C3152CA0A02B991BEAED7CE233E976485DD277574D04CC0EF359F944B94439A48106E5705656C4ABF97C3D9CACDB38E3F1A223F997183E2F77A7FEAD"),
    ];

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        (0..hexadecimal.len() / 2)
            .map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn public_keys_and_shared_secrets_agree_with_openssl() {
        for (name, private, public, other, secret) in OPENSSL {
            let curve = name.curve();
            let private = BigUint::from_bytes_be(&bytes(private));
            assert_eq!(curve.encode(&curve.public_key(&private)), bytes(public), "{name:?}");
            let other = curve.decode(&bytes(other)).unwrap();
            let shared = curve.multiply(&private, &other);
            assert_eq!(curve.encode_x(&shared).unwrap(), bytes(secret), "{name:?}");
        }
    }

    #[test]
    fn addition_is_what_multiplication_says() {
        for name in CurveName::ALL {
            let curve = name.curve();
            let five = curve.public_key(&BigUint::from(5u8));
            let seven = curve.public_key(&BigUint::from(7u8));
            let twelve = curve.public_key(&BigUint::from(12u8));
            assert_eq!(curve.add(&five, &seven), twelve);
            assert_eq!(curve.add(&five, &five), curve.public_key(&BigUint::from(10u8)));
            assert_eq!(curve.add(&five, &Point::Infinity), five);
            assert_eq!(curve.add(&Point::Infinity, &five), five);
        }
    }

    #[test]
    fn decoding_refuses_what_is_not_a_point() {
        let curve = CurveName::BrainpoolP256r1.curve();
        let good = curve.encode(&curve.generator);
        assert_eq!(curve.decode(&good).as_ref(), Some(&curve.generator));
        let mut wrong = good.clone();
        wrong[64] ^= 1;
        assert_eq!(curve.decode(&wrong), None);
        assert_eq!(curve.decode(&good[..64]), None);
        assert_eq!(curve.decode(&[0]), None);
        assert_eq!(curve.decode(&[]), None);
        let mut compressed = good;
        compressed[0] = 2;
        assert_eq!(curve.decode(&compressed), None);
        // A coordinate that equals another one modulo p is not below p.
        let mut unreduced = vec![4];
        unreduced.extend([0xFF; 64]);
        assert_eq!(curve.decode(&unreduced), None);
    }
}
