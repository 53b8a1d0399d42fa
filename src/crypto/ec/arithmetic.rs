//! The one place that chooses an implementation by curve.
//!
//! Points travel as their two coordinates, each as long as the field. Scalars that are private are
//! multiplied in constant time; [`verify`] works on public numbers and is not.

use elliptic_curve::array::Array;
use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::group::Group as _;
use elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use elliptic_curve::subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use elliptic_curve::{FieldBytes, Scalar};
use primeorder::{AffinePoint, PrimeCurveParams, PrimeFieldExt, ProjectivePoint};
use zeroize::Zeroizing;

use super::Curve;
use super::definition;

/// Evaluates an expression with `$c` naming the type of the curve.
macro_rules! with_curve {
    ($curve:expr, $c:ident => $body:expr) => {
        with_curve! { @match $curve, $c, $body,
            Secp192r1: definition::Secp192r1,
            BrainpoolP192r1: definition::BrainpoolP192r1,
            Secp224r1: definition::Secp224r1,
            BrainpoolP224r1: definition::BrainpoolP224r1,
            Secp256r1: p256::NistP256,
            BrainpoolP256r1: bp256::BrainpoolP256r1,
            BrainpoolP320r1: definition::BrainpoolP320r1,
            Secp384r1: p384::NistP384,
            BrainpoolP384r1: bp384::BrainpoolP384r1,
            BrainpoolP512r1: definition::BrainpoolP512r1,
            Secp521r1: p521::NistP521,
        }
    };
    (@match $curve:expr, $c:ident, $body:expr, $($variant:ident: $type:ty,)*) => {
        match $curve {
            $( Curve::$variant => {
                type $c = $type;
                $body
            } )*
        }
    };
}

/// x and y, each of the field's length. Wiped, because some points are secret.
pub(super) type Coordinates = Zeroizing<Vec<u8>>;

/// Checks that two coordinates are below p and on the curve.
pub(super) fn is_on_curve(curve: Curve, coordinates: &[u8]) -> bool {
    with_curve!(curve, C => point::<C>(coordinates).is_some())
}

/// Both coordinates of the point with this x, or `None` if there is none.
pub(super) fn decompress(curve: Curve, x: &[u8], y_is_odd: bool) -> Option<Coordinates> {
    with_curve!(curve, C => {
        let x = FieldBytes::<C>::try_from(x).ok()?;
        let point = AffinePoint::<C>::decompress(&x, Choice::from(u8::from(y_is_odd)));
        coordinates::<C>(&Option::<AffinePoint<C>>::from(point)?)
    })
}

/// k · P; the generator of the standard where `base` is `None`.
///
/// `None` if k is no private key or P no point.
pub(super) fn multiply(curve: Curve, k: &[u8], base: Option<&[u8]>) -> Option<Coordinates> {
    with_curve!(curve, C => {
        let k = private_scalar::<C>(k)?;
        let product = match base {
            None => ProjectivePoint::<C>::mul_by_generator(&k),
            Some(base) => ProjectivePoint::<C>::from(point::<C>(base)?) * *k,
        };
        coordinates::<C>(&Zeroizing::new(product).to_affine())
    })
}

/// s · P + H for an integer s of any length; `None` if that is infinity.
pub(super) fn multiply_and_add(
    curve: Curve,
    s: &[u8],
    base: Option<&[u8]>,
    addend: &[u8],
) -> Option<Coordinates> {
    with_curve!(curve, C => {
        let s = Zeroizing::new(reduce::<Scalar<C>>(s));
        let base = match base {
            None => ProjectivePoint::<C>::generator(),
            Some(base) => ProjectivePoint::<C>::from(point::<C>(base)?),
        };
        let sum = Zeroizing::new(base * *s + point::<C>(addend)?);
        coordinates::<C>(&sum.to_affine())
    })
}

/// The point that encodes an integer of any length modulo p `[9303-11 App. B.2]`.
///
/// A chip that follows App. B.3 gets the negative of the point where a(t⁴ - t²) is no square. PACE does
/// not notice: the key comes from the x-coordinate of a multiple.
///
/// `None` for 0, 1 and p - 1, whose formula divides by zero. For curves with p = 3 mod 4 only.
pub(super) fn encode_to_point(curve: Curve, integer: &[u8]) -> Option<Coordinates> {
    with_curve!(curve, C => coordinates::<C>(&encoded_point::<C>(integer)?))
}

/// ECDSA verification (FIPS 186-5 §6.4.2): r and s have the field's length, the digest any.
///
/// A digest longer than n is cut to its leftmost bits.
pub(super) fn verify(curve: Curve, key: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> bool {
    with_curve!(curve, C => {
        let Some(key) = point::<C>(key) else { return false };
        let (Ok(r), Ok(s)) = (FieldBytes::<C>::try_from(r), FieldBytes::<C>::try_from(s)) else {
            return false;
        };
        // Refuses r and s outside 1 to n - 1.
        let Ok(signature) = ecdsa::Signature::<C>::from_scalars(r, s) else { return false };
        ecdsa::hazmat::verify_prehashed::<C>(&key.into(), digest, &signature).is_ok()
    })
}

fn point<C: PrimeCurveParams>(coordinates: &[u8]) -> Option<AffinePoint<C>> {
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
    let (x, y) = (Array::try_from(x).ok()?, Array::try_from(y).ok()?);
    AffinePoint::<C>::from_coordinates(&x, &y).into()
}

fn coordinates<C: PrimeCurveParams>(point: &AffinePoint<C>) -> Option<Coordinates> {
    if bool::from(point.is_identity()) {
        return None;
    }
    Some(Zeroizing::new([&point.x()[..], &point.y()[..]].concat()))
}

fn private_scalar<C: PrimeCurveParams>(bytes: &[u8]) -> Option<Zeroizing<Scalar<C>>> {
    let bytes = Zeroizing::new(FieldBytes::<C>::try_from(bytes).ok()?);
    let scalar = Option::<Scalar<C>>::from(Scalar::<C>::from_repr(*bytes)).map(Zeroizing::new)?;
    (!bool::from(scalar.is_zero())).then_some(scalar)
}

/// An integer of any length modulo the order or p, byte by byte.
///
/// PACE nonces may be longer than the order, whose integer type could not hold them.
fn reduce<F: PrimeField>(bytes: &[u8]) -> F {
    let radix = F::from(256);
    bytes.iter().fold(F::ZERO, |sum, byte| sum * radix + F::from(u64::from(*byte)))
}

/// The steps of `[9303-11 App. B.2]` with its names, in constant time.
fn encoded_point<C: PrimeCurveParams>(integer: &[u8]) -> Option<AffinePoint<C>> {
    let (a, b) = (C::EQUATION_A, C::EQUATION_B);
    let t: C::FieldElement = reduce(integer);
    let alpha = -t.square();
    let sum = alpha + alpha.square();
    let inverse = Option::<C::FieldElement>::from(Field::invert(&(a * sum)))?;
    let x2 = -b * (sum + C::FieldElement::ONE) * inverse;
    let x3 = alpha * x2;
    let h2 = (x2.square() + a) * x2 + b;
    let u = t.square() * t * h2;
    // h2^(p - 1 - (p + 1)/4): that exponent is 3 (p - 3)/4 + 1.
    let power = quarter_power(h2);
    let inverse_root = power.square() * power * h2;

    let is_square = (inverse_root.square() * h2).ct_eq(&C::FieldElement::ONE);
    let x = C::FieldElement::conditional_select(&x3, &x2, is_square);
    let y = inverse_root * C::FieldElement::conditional_select(&u, &h2, is_square);
    AffinePoint::<C>::from_coordinates(&x.to_repr(), &y.to_repr()).into()
}

/// base^((p - 3) / 4); the exponent is public.
fn quarter_power<F: PrimeFieldExt>(base: F) -> F {
    // Modulo p, where p = 3 mod 4, dividing -3 by 4 leaves no remainder.
    let exponent = (-(F::from(3) * F::TWO_INV.square())).to_be_repr();
    let bits = exponent.as_ref().iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
    bits.fold(F::ONE, |power, bit| if bit == 1 { power.square() * base } else { power.square() })
}
