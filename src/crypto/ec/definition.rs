//! The six curves without a crate, defined on `primeorder` and `primefield`.
//!
//! Their arithmetic is that of the crates: Montgomery multiplication and complete addition
//! formulas in constant time. Here stand only the numbers that select it.

// The crates' macros write public items without docs.
#![allow(missing_docs, unreachable_pub, clippy::semicolon_if_nothing_returned)]

use core::str;

use primefield::bigint::{U192, U256, U384, U512};

use super::domain;

/// Hexadecimal filled up with zeros on the left, because moduli are read at the width of their integer.
const fn pad<const DIGITS: usize>(hex: &str) -> [u8; DIGITS] {
    let hex = hex.as_bytes();
    let mut padded = [b'0'; DIGITS];
    let mut rest: &[u8] = hex;
    while let [head @ .., last] = rest {
        // Evaluated by the compiler only: a number too long for its integer does not build.
        #[allow(clippy::indexing_slicing)]
        {
            padded[DIGITS - hex.len() + head.len()] = *last;
        }
        rest = head;
    }
    padded
}

/// Defines a curve as RustCrypto's traits want it.
///
/// `integer` is the smallest one of whole 64-bit words that holds p; `length` counts the bytes of
/// a coordinate; the generators are non-squares modulo p and n, from which roots are computed.
macro_rules! curve {
    (
        $(#[$doc:meta])*
        $name:ident in $module:ident {
            domain: $domain:expr,
            integer: $integer:ident,
            length: $length:ident,
            equation: $equation:ident,
            field_generator: $field_generator:literal,
            order_generator: $order_generator:literal,
        }
    ) => {
        $(#[$doc])*
        #[derive(Copy, Clone, Debug, Default, Eq, PartialEq, PartialOrd, Ord)]
        pub struct $name;

        mod $module {
            use elliptic_curve::bigint::Odd;
            use elliptic_curve::consts::$length;
            use elliptic_curve::hazmat::FieldArithmetic;
            use primeorder::{PrimeCurveParams, mul_backend::VariableOnly, point_arithmetic};

            use super::*;
            pub use field::FieldElement;
            pub use order::Scalar;

            const DIGITS: usize = $integer::BITS as usize / 4;

            /// The bytes of a hexadecimal number as text again.
            const fn text(digits: &'static [u8; DIGITS]) -> &'static str {
                match str::from_utf8(digits) {
                    Ok(text) => text,
                    Err(_) => "",
                }
            }

            const P: &str = text(&pad::<DIGITS>($domain.p));
            const N: &str = text(&pad::<DIGITS>($domain.n));
            const ORDER: Odd<$integer> = Odd::<$integer>::from_be_hex(N);

            mod field {
                use elliptic_curve::ff::PrimeField;
                use elliptic_curve::ops::BatchInvert;
                use elliptic_curve::subtle::{Choice, ConstantTimeEq, CtOption};

                use super::{$integer, P};

                primefield::monty_field_params! {
                    name: FieldParams,
                    modulus: P,
                    uint: $integer,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $field_generator,
                    doc: "The prime of the field"
                }
                primefield::monty_field_element! {
                    name: FieldElement,
                    params: FieldParams,
                    uint: $integer,
                    doc: "Coordinate"
                }
                primefield::monty_field_arithmetic! {
                    name: FieldElement,
                    params: FieldParams,
                    uint: $integer
                }
                impl BatchInvert for FieldElement {}
            }

            mod order {
                use elliptic_curve::FieldBytes;
                use elliptic_curve::ff::PrimeField;
                use elliptic_curve::field::bytes_to_uint;
                use elliptic_curve::ops::Reduce;
                use elliptic_curve::scalar::{FromUintUnchecked, IsHigh};
                use elliptic_curve::subtle::{
                    Choice, ConstantTimeEq, ConstantTimeGreater, CtOption,
                };
                use primeorder::wnaf;

                use super::{$integer, N, ORDER};
                use super::super::$name;

                primefield::monty_field_params! {
                    name: ScalarParams,
                    modulus: N,
                    uint: $integer,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $order_generator,
                    doc: "The order of the group"
                }
                primefield::monty_field_element! {
                    name: Scalar,
                    params: ScalarParams,
                    uint: $integer,
                    doc: "Integer modulo the order"
                }
                primefield::monty_field_arithmetic! {
                    name: Scalar,
                    params: ScalarParams,
                    uint: $integer
                }
                elliptic_curve::scalar_impls!($name, Scalar);
                wnaf::impl_wnaf_size_for_scalar!(Scalar);

                // By hand: the macro's version takes the integer to be as long as the order.
                impl Reduce<$integer> for Scalar {
                    fn reduce(integer: &$integer) -> Self {
                        Self(primefield::MontyFieldElement::<
                            ScalarParams,
                            { ScalarParams::LIMBS },
                        >::reduce(integer))
                    }
                }
                impl Reduce<FieldBytes<$name>> for Scalar {
                    fn reduce(bytes: &FieldBytes<$name>) -> Self {
                        <Self as Reduce<$integer>>::reduce(&bytes_to_uint::<$name>(bytes))
                    }
                }
                impl AsRef<Scalar> for Scalar {
                    fn as_ref(&self) -> &Scalar {
                        self
                    }
                }
                impl FromUintUnchecked for Scalar {
                    type Uint = $integer;
                    fn from_uint_unchecked(integer: $integer) -> Self {
                        Self::from_uint_unchecked(integer)
                    }
                }
                impl IsHigh for Scalar {
                    fn is_high(&self) -> Choice {
                        const HALF: $integer = ORDER.as_ref().shr_vartime(1);
                        self.to_canonical().ct_gt(&HALF)
                    }
                }
            }

            impl elliptic_curve::Curve for $name {
                type FieldBytesSize = $length;
                type Uint = $integer;
                const ORDER: Odd<$integer> = ORDER;
            }
            impl elliptic_curve::PrimeCurve for $name {}
            impl elliptic_curve::point::PointCompression for $name {
                const COMPRESS_POINTS: bool = false;
            }
            impl elliptic_curve::CurveArithmetic for $name {
                type AffinePoint = primeorder::AffinePoint<$name>;
                type ProjectivePoint = primeorder::ProjectivePoint<$name>;
                type Scalar = Scalar;
            }
            impl elliptic_curve::PrimeCurveArithmetic for $name {
                type CurveGroup = primeorder::ProjectivePoint<$name>;
            }
            impl FieldArithmetic for $name {
                type FieldElement = FieldElement;
            }
            impl PrimeCurveParams for $name {
                type PointArithmetic = point_arithmetic::$equation;
                type Backend = VariableOnly;
                const EQUATION_A: FieldElement = FieldElement::from_hex_vartime($domain.a);
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($domain.b);
                const GENERATOR: (FieldElement, FieldElement) = (
                    FieldElement::from_hex_vartime($domain.x),
                    FieldElement::from_hex_vartime($domain.y),
                );
            }
            impl ecdsa::EcdsaCurve for $name {
                // Documents carry signatures with s in the upper half: FIPS 186-5 §6.4.2 knows no other rule than s < n.
                const NORMALIZE_S: bool = false;
            }
        }
    };
}

curve! {
    /// FIPS 186-4 §D.1.2.1.
    Secp192r1 in secp192r1 {
        domain: domain::SECP192R1,
        integer: U192,
        length: U24,
        equation: EquationAIsMinusThree,
        field_generator: 11,
        order_generator: 3,
    }
}

curve! {
    /// RFC 5639 §3.1.
    BrainpoolP192r1 in brainpool_p192r1 {
        domain: domain::BRAINPOOL_P192R1,
        integer: U192,
        length: U24,
        equation: EquationAIsGeneric,
        field_generator: 3,
        order_generator: 7,
    }
}

curve! {
    /// FIPS 186-4 §D.1.2.2.
    Secp224r1 in secp224r1 {
        domain: domain::SECP224R1,
        integer: U256,
        length: U28,
        equation: EquationAIsMinusThree,
        field_generator: 22,
        order_generator: 2,
    }
}

curve! {
    /// RFC 5639 §3.2.
    BrainpoolP224r1 in brainpool_p224r1 {
        domain: domain::BRAINPOOL_P224R1,
        integer: U256,
        length: U28,
        equation: EquationAIsGeneric,
        field_generator: 3,
        order_generator: 3,
    }
}

curve! {
    /// RFC 5639 §3.4.
    BrainpoolP320r1 in brainpool_p320r1 {
        domain: domain::BRAINPOOL_P320R1,
        integer: U384,
        length: U40,
        equation: EquationAIsGeneric,
        field_generator: 5,
        order_generator: 3,
    }
}

curve! {
    /// RFC 5639 §3.6.
    BrainpoolP512r1 in brainpool_p512r1 {
        domain: domain::BRAINPOOL_P512R1,
        integer: U512,
        length: U64,
        equation: EquationAIsGeneric,
        field_generator: 2,
        order_generator: 7,
    }
}
