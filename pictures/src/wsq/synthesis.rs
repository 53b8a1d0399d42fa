//! The synthesis filters: two half-rate signals become one again.

use crate::{Error, Result};

/// Both synthesis filters, from the centre outwards to both sides.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filters {
    low: Vec<f32>,
    high: Vec<f32>,
    /// Taps on each side of the centre, of the longer filter.
    reach: usize,
}

impl Filters {
    /// From the right halves of the analysis filters, centre first, as DTT has them. The synthesis lowpass is the
    /// analysis highpass with alternating signs, and the other way round.
    ///
    /// # Errors
    ///
    /// A filter without a tap.
    pub(super) fn new(analysis_low: &[f32], analysis_high: &[f32]) -> Result<Self> {
        if analysis_low.is_empty() || analysis_high.is_empty() {
            return Err(Error::Malformed("a WSQ filter without a tap"));
        }
        let reach = analysis_low.len().max(analysis_high.len()).saturating_sub(1);
        let full = |half: &[f32]| -> Vec<f32> {
            let tap = |distance: usize| {
                let tap = half.get(distance).copied().unwrap_or_default();
                if distance.is_multiple_of(2) { tap } else { -tap }
            };
            (0..=reach).rev().chain(1..=reach).map(tap).collect()
        };
        Ok(Self { low: full(analysis_high), high: full(analysis_low), reach })
    }

    /// Replaces a line of lowpass samples followed by highpass samples (or, inverted, highpass first) by the line
    /// that they were made from. Beyond its ends a line is mirrored about its first and its last sample.
    pub(super) fn join(&self, line: &mut [f32], inverted: bool) {
        let length = line.len();
        let (low, high) = if inverted {
            let (high, low) = line.split_at(length / 2);
            (low, high)
        } else {
            line.split_at(length.div_ceil(2))
        };
        let at = |place: usize| {
            let half = if place.is_multiple_of(2) { low } else { high };
            half.get(place / 2).copied().unwrap_or_default()
        };
        let before = (1..=self.reach).rev().map(|distance| at(mirrored(distance, length)));
        let inside_and_after =
            (0..length.saturating_add(self.reach)).map(|place| at(mirrored(place, length)));
        let extended: Vec<f32> = before.chain(inside_and_after).collect();

        let window = self.reach.saturating_mul(2).saturating_add(1);
        for (place, (sample, around)) in line.iter_mut().zip(extended.windows(window)).enumerate() {
            // Lowpass first, each from left to right: the order in which the reference adds.
            let first_is_low = place.wrapping_add(self.reach).is_multiple_of(2);
            let terms = |taps: &[f32], skipped: usize, sum: f32| {
                let terms = around.iter().zip(taps).skip(skipped).step_by(2);
                terms.fold(sum, |sum, (sample, tap)| sum + sample * tap)
            };
            let low = terms(&self.low, usize::from(!first_is_low), 0.0);
            *sample = terms(&self.high, usize::from(first_is_low), low);
        }
    }
}

/// The place inside a line of this length that stands for one at this distance from its first sample.
const fn mirrored(distance: usize, length: usize) -> usize {
    let Some(period) = length.saturating_sub(1).checked_mul(2) else { return 0 };
    let Some(distance) = distance.checked_rem(period) else { return 0 };
    if distance < length { distance } else { period.saturating_sub(distance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_mirrored_about_their_ends() {
        let line = |length| (0..9).map(|distance| mirrored(distance, length)).collect::<Vec<_>>();
        assert_eq!(line(4), [0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert_eq!(line(2), [0, 1, 0, 1, 0, 1, 0, 1, 0]);
        assert_eq!(line(1), [0; 9]);
        assert_eq!(line(0), [0; 9]);
    }

    /// A flat line has only lowpass samples; what both filters were given by.
    #[test]
    fn the_standard_filters_keep_a_flat_line_flat() {
        let filters = Filters::new(
            &[0.852_698_7, 0.377_402_86, -0.110_624_4, -0.023_849_465, 0.037_828_457],
            &[0.788_485_6, -0.418_092_28, -0.040_689_42, 0.064_538_88],
        )
        .unwrap();
        for length in [2, 3, 8, 17] {
            for inverted in [false, true] {
                let mut line = vec![0.0; length];
                let low = if inverted { length / 2..length } else { 0..length.div_ceil(2) };
                line[low].fill(2.0_f32.sqrt());
                filters.join(&mut line, inverted);
                assert!(line.iter().all(|sample| (sample - 1.0).abs() < 1e-5), "{line:?}");
            }
        }
    }
}
