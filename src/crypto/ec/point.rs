use core::fmt;

use zeroize::Zeroizing;

use crate::crypto::random::{self, Random};
use crate::error::{Error, Result, Unsupported};
use crate::sensitive::Secret;

use super::Curve;
use super::arithmetic::{self, Coordinates};

/// A public key: a point of the curve that is not infinity, checked when it was made.
///
/// The cofactor of every curve here is 1, so such a point has the group's order.
/// Wiped and redacted: some are derived from secrets, and a card's own key identifies its holder.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EcPublicKey {
    curve: Curve,
    coordinates: Coordinates,
}

impl EcPublicKey {
    /// Reads a point as SEC 1 §2.3.4 encodes it: `04 x y`, `02 x` or `03 x`, of the field's length.
    ///
    /// # Errors
    /// `Malformed` for infinity, hybrid forms, another length and points that are not on the curve.
    pub(crate) fn from_sec1(curve: Curve, encoded: &[u8]) -> Result<Self> {
        let length = curve.field_length();
        let coordinates = match encoded {
            [0x04, coordinates @ ..] if coordinates.len() == 2 * length => {
                Some(Zeroizing::new(coordinates.to_vec()))
                    .filter(|coordinates| arithmetic::is_on_curve(curve, coordinates))
            }
            [form @ (0x02 | 0x03), x @ ..] if x.len() == length => {
                arithmetic::decompress(curve, x, *form == 0x03)
            }
            _ => return Err(Error::malformed(0, "an encoded point of the curve's length")),
        };
        let coordinates = coordinates.ok_or(Error::malformed(0, "a point on the curve"))?;
        Ok(Self { curve, coordinates })
    }

    /// `04 x y`, both coordinates with leading zeros `[9303-11 §9.4.4]`.
    pub(crate) fn to_sec1(&self) -> Vec<u8> {
        [&[0x04], self.coordinates.as_slice()].concat()
    }

    /// The x-coordinate with leading zeros.
    pub(crate) fn x(&self) -> &[u8] {
        self.coordinates.get(..self.curve.field_length()).unwrap_or_default()
    }

    pub(crate) const fn curve(&self) -> Curve {
        self.curve
    }

    /// ECDSA verification; r and s have the field's length each.
    pub(in crate::crypto) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        arithmetic::verify(self.curve, &self.coordinates, digest, r, s)
    }
}

impl fmt::Debug for EcPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcPublicKey({})", self.curve.name())
    }
}

/// Domain parameters: a standardized curve with its own generator or a mapped one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EcGroup {
    curve: Curve,
    /// `None` is the generator of the standard.
    generator: Option<EcPublicKey>,
}

impl EcGroup {
    pub(crate) const fn standard(curve: Curve) -> Self {
        Self { curve, generator: None }
    }

    pub(super) const fn with_generator(generator: EcPublicKey) -> Self {
        Self { curve: generator.curve, generator: Some(generator) }
    }

    pub(crate) const fn curve(&self) -> Curve {
        self.curve
    }

    /// Generic mapping `[9303-11 §4.4.3.3.1]`: the generator becomes s · G + H.
    ///
    /// # Errors
    /// `Malformed` if H lies on another curve or the new generator would be infinity.
    pub(crate) fn map_generic(&self, nonce: &Secret, shared: &EcPublicKey) -> Result<Self> {
        require_same_curve(self.curve, shared)?;
        let coordinates = arithmetic::multiply_and_add(
            self.curve,
            nonce.expose(),
            self.generator_coordinates(),
            &shared.coordinates,
        )
        .ok_or(Error::malformed(0, "a mapped generator other than infinity"))?;
        Ok(Self::with_generator(EcPublicKey { curve: self.curve, coordinates }))
    }

    /// Integrated mapping `[9303-11 §4.4.3.3.2, App. B]`: the generator becomes the point that encodes
    /// the number.
    ///
    /// # Errors
    /// `Malformed` for the few numbers that encode no point; `Unsupported` on secp224r1.
    pub(crate) fn map_integrated(&self, pseudo_random: &Secret) -> Result<Self> {
        // The method needs p = 3 mod 4 [9303-11 §9.5.1].
        if self.curve == Curve::Secp224r1 {
            return Err(Error::Unsupported(Unsupported::Algorithm(
                "integrated mapping on secp224r1",
            )));
        }
        let coordinates = arithmetic::encode_to_point(self.curve, pseudo_random.expose())
            .ok_or(Error::malformed(0, "a mapped generator other than infinity"))?;
        Ok(Self::with_generator(EcPublicKey { curve: self.curve, coordinates }))
    }

    fn generator_coordinates(&self) -> Option<&[u8]> {
        self.generator.as_ref().map(|generator| generator.coordinates.as_slice())
    }
}

/// A private key, wiped when dropped, and its public key.
#[derive(Debug, Clone)]
pub(crate) struct EcKeyPair {
    private: Secret,
    public: EcPublicKey,
}

impl EcKeyPair {
    /// Draws a private key uniformly from 1 to n - 1 (FIPS 186-5 §A.2.2).
    ///
    /// Each candidate takes as many bytes as the field is long, so a source of fixed bytes
    /// yields the private key of a worked example.
    ///
    /// # Errors
    /// The source's own; `Misuse` if it yields no candidate in the range.
    pub(crate) fn generate(group: &EcGroup, random: &mut dyn Random) -> Result<Self> {
        random::draw(random, group.curve.bits(), |candidate| {
            Self::from_private(group, candidate).ok()
        })
    }

    /// The key pair of a known private key, for worked examples.
    ///
    /// # Errors
    /// `Misuse` if the key is not from 1 to n - 1 or longer than the field.
    pub(crate) fn from_private(group: &EcGroup, private: &[u8]) -> Result<Self> {
        const UNFIT: Error = Error::Misuse("a private key outside 1 to n - 1");
        let curve = group.curve;
        let zeros = curve.field_length().checked_sub(private.len()).ok_or(UNFIT)?;
        let private = Secret::new([&vec![0; zeros], private].concat());
        let coordinates =
            arithmetic::multiply(curve, private.expose(), group.generator_coordinates())
                .ok_or(UNFIT)?;
        Ok(Self { private, public: EcPublicKey { curve, coordinates } })
    }

    pub(crate) const fn public(&self) -> &EcPublicKey {
        &self.public
    }

    /// Elliptic curve Diffie-Hellman (BSI TR-03111 §4.3): the x-coordinate of the shared point.
    ///
    /// It always has the field's length; dropping leading zeros breaks one run in some hundred.
    ///
    /// # Errors
    /// `Malformed` if the other key lies on another curve.
    pub(crate) fn agree(&self, other: &EcPublicKey) -> Result<Secret> {
        Ok(Secret::new(self.agree_point(other)?.x().to_vec()))
    }

    /// The whole shared point, which generic mapping needs.
    ///
    /// # Errors
    /// `Malformed` if the other key lies on another curve.
    pub(crate) fn agree_point(&self, other: &EcPublicKey) -> Result<EcPublicKey> {
        let curve = self.public.curve;
        require_same_curve(curve, other)?;
        let coordinates =
            arithmetic::multiply(curve, self.private.expose(), Some(&other.coordinates))
                .ok_or(Error::malformed(0, "a shared point other than infinity"))?;
        Ok(EcPublicKey { curve, coordinates })
    }
}

fn require_same_curve(curve: Curve, other: &EcPublicKey) -> Result<()> {
    if other.curve == curve {
        Ok(())
    } else {
        Err(Error::malformed(0, "a point of the expected curve"))
    }
}
