//! A scalar times a point: Jacobian coordinates, four bits of the scalar at a time.
//!
//! x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. The formulas are the textbooks', for any coefficient a.

use num_bigint::BigUint;

use super::curve::{Curve, Point};
use super::field::{Element, Field};

const WINDOW: u64 = 4;

struct Jacobian<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
}

impl<const N: usize> Clone for Jacobian<N> {
    fn clone(&self) -> Self {
        Jacobian { x: self.x, y: self.y, z: self.z }
    }
}

struct Arithmetic<const N: usize> {
    field: Field<N>,
    a: Element<N>,
}

/// `scalar` times `point`, in a field of N words.
pub(super) fn multiply<const N: usize>(curve: &Curve, scalar: &BigUint, point: &Point) -> Point {
    let Point::Affine { x, y } = point else {
        return Point::Infinity;
    };
    let field = Field::<N>::new(&curve.p);
    let a = field.enter(&curve.a);
    let one = field.enter(&BigUint::from(1u8));
    let base = Jacobian { x: field.enter(x), y: field.enter(y), z: one };
    let infinity = Jacobian { x: one, y: one, z: [0; N] };
    let arithmetic = Arithmetic { field, a };

    // 0, 1, … 15 times the point.
    let mut multiples = vec![infinity.clone(), base.clone()];
    while multiples.len() < 1 << WINDOW {
        let next = arithmetic.add(&multiples[multiples.len() - 1], &base);
        multiples.push(next);
    }
    let mut sum = infinity;
    for window in (0..scalar.bits().div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            sum = arithmetic.double(&sum);
        }
        let digit = (0..WINDOW)
            .map(|bit| usize::from(scalar.bit(window * WINDOW + bit)) << bit)
            .sum::<usize>();
        sum = arithmetic.add(&sum, &multiples[digit]);
    }
    arithmetic.affine(&sum, &curve.p)
}

impl<const N: usize> Arithmetic<N> {
    fn double(&self, point: &Jacobian<N>) -> Jacobian<N> {
        let field = &self.field;
        let twice = |element: &Element<N>| field.add(element, element);
        let yy = field.square(&point.y);
        let s = twice(&twice(&field.multiply(&point.x, &yy)));
        let xx = field.square(&point.x);
        let zzzz = field.square(&field.square(&point.z));
        let m = field.add(&field.add(&twice(&xx), &xx), &field.multiply(&self.a, &zzzz));
        let x = field.subtract(&field.square(&m), &twice(&s));
        let yyyy8 = twice(&twice(&twice(&field.square(&yy))));
        let y = field.subtract(&field.multiply(&m, &field.subtract(&s, &x)), &yyyy8);
        // Zero, and so infinity, for infinity and for points with y = 0.
        let z = twice(&field.multiply(&point.y, &point.z));
        Jacobian { x, y, z }
    }

    fn add(&self, left: &Jacobian<N>, right: &Jacobian<N>) -> Jacobian<N> {
        let field = &self.field;
        if left.z == [0; N] {
            return right.clone();
        }
        if right.z == [0; N] {
            return left.clone();
        }
        let zz1 = field.square(&left.z);
        let zz2 = field.square(&right.z);
        let u1 = field.multiply(&left.x, &zz2);
        let u2 = field.multiply(&right.x, &zz1);
        let s1 = field.multiply(&left.y, &field.multiply(&zz2, &right.z));
        let s2 = field.multiply(&right.y, &field.multiply(&zz1, &left.z));
        let h = field.subtract(&u2, &u1);
        let r = field.subtract(&s2, &s1);
        if h == [0; N] && r == [0; N] {
            return self.double(left);
        }
        // Opposite points have h = 0 and r ≠ 0, which makes Z zero.
        let hh = field.square(&h);
        let hhh = field.multiply(&hh, &h);
        let v = field.multiply(&u1, &hh);
        let x = field.subtract(&field.subtract(&field.subtract(&field.square(&r), &hhh), &v), &v);
        let y = field
            .subtract(&field.multiply(&r, &field.subtract(&v, &x)), &field.multiply(&s1, &hhh));
        let z = field.multiply(&field.multiply(&left.z, &right.z), &h);
        Jacobian { x, y, z }
    }

    fn affine(&self, point: &Jacobian<N>, p: &BigUint) -> Point {
        if point.z == [0; N] {
            return Point::Infinity;
        }
        let field = &self.field;
        // Fermat's little theorem.
        let inverse = field.enter(&field.leave(&point.z).modpow(&(p - 2u8), p));
        let square = field.square(&inverse);
        Point::Affine {
            x: field.leave(&field.multiply(&point.x, &square)),
            y: field.leave(&field.multiply(&point.y, &field.multiply(&square, &inverse))),
        }
    }
}
