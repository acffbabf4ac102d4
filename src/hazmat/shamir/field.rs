//! GF(256) with Rijndael's polynomial (SLIP-39, "Shamir's secret sharing scheme"), and polynomials over it.
//!
//! Which shares there are (the x of a point) is public; what they hold (its y) is secret. No table is indexed by either, and
//! nothing branches on a value.

use zeroize::Zeroizing;

/// A share of some bytes: where the polynomials were evaluated, and what each gave.
#[derive(Clone, Copy)]
pub(super) struct Point<'a> {
    pub(super) x: u8,
    pub(super) y: &'a [u8],
}

/// What the polynomials of least degree through the points give at `x`: one for each byte. The points have different x and
/// equally many bytes.
pub(super) fn interpolate(points: &[Point<'_>], x: u8) -> Zeroizing<Vec<u8>> {
    let length = points.first().map_or(0, |point| point.y.len());
    let mut out = Zeroizing::new(vec![0; length]);
    for point in points {
        let others = points.iter().filter(|other| other.x != point.x);
        let (above, below) = others.fold((1, 1), |(above, below), other| {
            (mul(above, x ^ other.x), mul(below, point.x ^ other.x))
        });
        let factor = mul(above, inverse(below));
        for (sum, byte) in out.iter_mut().zip(point.y) {
            *sum ^= mul(*byte, factor);
        }
    }
    out
}

/// The product, by eight steps whatever the factors are.
fn mul(a: u8, b: u8) -> u8 {
    let (mut product, mut doubled) = (0, a);
    for bit in 0..8 {
        product ^= doubled & all_ones_if(b >> bit);
        doubled = (doubled << 1) ^ (0x1b & all_ones_if(doubled >> 7));
    }
    product
}

/// a^254; of 0, 0.
fn inverse(a: u8) -> u8 {
    let (mut out, mut power) = (1, a);
    for _ in 0..7 {
        power = mul(power, power);
        out = mul(out, power);
    }
    out
}

/// A mask of the lowest bit.
const fn all_ones_if(bit: u8) -> u8 {
    (bit & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_field_of_the_standard() {
        // FIPS 197 §4.2's example.
        assert_eq!(mul(0x57, 0x83), 0xc1);
        for a in 0..=255_u8 {
            assert_eq!(mul(a, inverse(a)), u8::from(a != 0));
            for b in 0..=255 {
                assert_eq!(mul(a, b), mul(b, a));
                assert_eq!(mul(a, b ^ 0x5a), mul(a, b) ^ mul(a, 0x5a));
            }
        }
    }

    #[test]
    fn a_polynomial_goes_through_its_points() {
        let points = [
            Point { x: 0, y: &[7, 8] },
            Point { x: 3, y: &[0, 255] },
            Point { x: 255, y: &[9, 1] },
        ];
        for point in points {
            assert_eq!(*interpolate(&points, point.x), point.y);
        }
        let fourth = interpolate(&points, 12);
        let others = [points[0], points[2], Point { x: 12, y: &fourth }];
        assert_eq!(*interpolate(&others, 3), points[1].y);
    }
}
