//! Where the 64 subbands lie in the plane of coefficients, and which regions are joined in which order
//! (IAFIS-IC-0110, the subband structure).

/// A rectangle of the plane that one filtering step has left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    /// A highpass filter and the halving after it mirror the spectrum, so that in its own split high comes first.
    pub(super) horizontally_inverted: bool,
    pub(super) vertically_inverted: bool,
}

impl Region {
    pub(super) const fn area(&self) -> usize {
        self.width.saturating_mul(self.height)
    }

    /// The parts of the plane's rows that lie in the region.
    pub(super) fn rows<'a>(
        &self,
        plane: &'a mut [f32],
        stride: usize,
    ) -> impl Iterator<Item = &'a mut [f32]> {
        let (x, end) = (self.x, self.x.saturating_add(self.width));
        plane
            .chunks_mut(stride.max(1))
            .skip(self.y)
            .take(self.height)
            .filter_map(move |row| row.get_mut(x..end))
    }

    /// Upper left, upper right, lower left, lower right.
    fn quarters(&self) -> [Self; 4] {
        let [left, right] = halves(self.width, self.horizontally_inverted);
        let [upper, lower] = halves(self.height, self.vertically_inverted);
        let quarter = |is_right: bool, is_lower: bool| Self {
            x: self.x.saturating_add(if is_right { left } else { 0 }),
            y: self.y.saturating_add(if is_lower { upper } else { 0 }),
            width: if is_right { right } else { left },
            height: if is_lower { lower } else { upper },
            horizontally_inverted: is_right,
            vertically_inverted: is_lower,
        };
        [quarter(false, false), quarter(true, false), quarter(false, true), quarter(true, true)]
    }
}

/// The lowpass half has one more where the length is odd; it comes first unless the spectrum is mirrored.
const fn halves(length: usize, inverted: bool) -> [usize; 2] {
    let (high, low) = (length / 2, length.div_ceil(2));
    if inverted { [high, low] } else { [low, high] }
}

/// All regions of one image.
pub(super) struct Layout {
    /// Subbands 0 to 59, in the order in which they are coded. The four above them are never coded.
    pub(super) subbands: Vec<Region>,
    /// Regions whose quarters are joined, innermost first.
    pub(super) splits: Vec<Region>,
}

impl Layout {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let image = Region {
            x: 0,
            y: 0,
            width,
            height,
            horizontally_inverted: false,
            vertically_inverted: false,
        };
        let [low1, right1, lower1, _] = image.quarters();
        let [low2, right2, lower2, corner2] = low1.quarters();
        let [low3, right3, lower3, corner3] = low2.quarters();
        let [low4, right4, lower4, corner4] = low3.quarters();

        let mut subbands = Vec::from(low4.quarters());
        subbands.extend([right4, lower4, corner4]);
        subbands.extend([right3, lower3, corner3].iter().flat_map(Region::quarters));
        let sixteenths = [right2, lower2].map(|region| region.quarters());
        subbands.extend(sixteenths.iter().flatten().flat_map(Region::quarters));
        subbands.push(corner2);
        subbands.extend([right1, lower1].iter().flat_map(Region::quarters));

        let mut splits = vec![low4, low3, right3, lower3, corner3, low2];
        splits.extend(sixteenths.iter().flatten());
        splits.extend([right2, lower2, low1, right1, lower1, image]);
        Self { subbands, splits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every coefficient belongs to one subband, or to the uncoded corner.
    #[test]
    fn subbands_cover_the_plane_once() {
        for (width, height) in [(64, 64), (545, 622), (33, 47), (1, 1), (1, 90), (7, 5)] {
            let layout = Layout::new(width, height);
            assert_eq!((layout.subbands.len(), layout.splits.len()), (60, 20));
            let mut plane = vec![0.0; width * height];
            for region in &layout.subbands {
                region.rows(&mut plane, width).flatten().for_each(|place| *place += 1.0);
            }
            let corner =
                |at: usize| at % width >= width.div_ceil(2) && at / width >= height.div_ceil(2);
            for (at, times) in plane.iter().enumerate() {
                assert_eq!(*times, if corner(at) { 0.0 } else { 1.0 }, "{width}×{height}: {at}");
            }
        }
    }
}
