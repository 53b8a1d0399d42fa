//! A drawn portrait: flat shapes and a striped bar across the chest, so that nobody takes it for a photograph of someone.

use jpeg_encoder::{ColorType, Encoder};

/// The picture that DG2 holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portrait {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// The encoded image.
    pub image: Vec<u8>,
}

impl Portrait {
    /// Whether the image is JPEG; if not, DG2 calls it JPEG 2000.
    pub fn is_jpeg(&self) -> bool {
        self.image.starts_with(&[0xFF, 0xD8, 0xFF])
    }
}

/// Which portrait to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortraitOptions {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// How long the image should be, nearly: grain is added, or the quality lowered, until it is close.
    pub target_bytes: usize,
    /// An image to take as it is, instead of drawing one.
    pub image: Option<Vec<u8>>,
}

impl Default for PortraitOptions {
    /// 240 by 320 pixels in about 15 kB.
    fn default() -> PortraitOptions {
        PortraitOptions { width: 240, height: 320, target_bytes: 15_000, image: None }
    }
}

impl PortraitOptions {
    /// The drawn portrait at about this size.
    pub fn of_size(target_bytes: usize) -> PortraitOptions {
        PortraitOptions { target_bytes, ..PortraitOptions::default() }
    }

    /// Draw and encode; the same options give the same bytes.
    ///
    /// # Panics
    /// A picture without pixels cannot be drawn.
    pub fn make(&self) -> Portrait {
        let image = self.image.clone().unwrap_or_else(|| self.draw());
        Portrait { width: self.width, height: self.height, image }
    }

    fn draw(&self) -> Vec<u8> {
        const QUALITY: u8 = 85;
        const NO_GRAIN: Grain = Grain { strength: 0, share: 0 };
        let plain = self.encode(QUALITY, NO_GRAIN);
        if plain.len() > self.target_bytes {
            // Too long: the best quality that fits, or the smallest there is.
            let quality = largest(1, u32::from(QUALITY), |quality| {
                self.encode(quality as u8, NO_GRAIN).len() <= self.target_bytes
            });
            return self.encode(quality as u8, NO_GRAIN);
        }
        // Too short: the weakest grain that is enough, on as many blocks as it takes.
        let strength = [8, 24, 72, 216]
            .into_iter()
            .find(|strength| {
                let grain = Grain { strength: *strength, share: SHARES };
                self.encode(QUALITY, grain).len() >= self.target_bytes
            })
            .unwrap_or(216);
        let share = largest(0, SHARES, |share| {
            self.encode(QUALITY, Grain { strength, share }).len() <= self.target_bytes
        });
        self.encode(QUALITY, Grain { strength, share })
    }

    fn encode(&self, quality: u8, grain: Grain) -> Vec<u8> {
        let (width, height) = (i32::from(self.width), i32::from(self.height));
        let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            for x in 0..width {
                // Shapes are described on a canvas of 240 by 320.
                let colour = colour(x * 240 / width, y * 320 / height);
                let offset = grain.at(x, y);
                pixels.extend(colour.map(|channel| (channel + offset).clamp(0, 255) as u8));
            }
        }
        let mut image = Vec::new();
        Encoder::new(&mut image, quality)
            .encode(&pixels, self.width, self.height, ColorType::Rgb)
            .expect("the picture has pixels, and a Vec takes every byte");
        image
    }
}

/// The largest number for which `fits` holds, if it holds up to some number; `low` if it never does.
fn largest(mut low: u32, mut high: u32, fits: impl Fn(u32) -> bool) -> u32 {
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// The colour of the drawing at a point of the canvas.
fn colour(x: i32, y: i32) -> [i32; 3] {
    const BACKGROUND: [i32; 3] = [205, 222, 235];
    const HAIR: [i32; 3] = [45, 38, 36];
    const SKIN: [i32; 3] = [226, 185, 150];
    const SHIRT: [i32; 3] = [58, 92, 140];
    const WHITE: [i32; 3] = [250, 250, 250];
    const DARK: [i32; 3] = [30, 30, 40];
    const MOUTH: [i32; 3] = [176, 84, 80];

    let bar = (272..300).contains(&y);
    let stripe = (x + y) / 12 % 2 == 0;
    let eye = |centre| ellipse(x, y, centre, 145, 11, 6);
    let pupil = |centre| ellipse(x, y, centre, 145, 4, 4);
    if bar {
        return if stripe { DARK } else { WHITE };
    }
    if pupil(96) || pupil(144) {
        return DARK;
    }
    if eye(96) || eye(144) {
        return WHITE;
    }
    if ellipse(x, y, 120, 196, 20, 5) {
        return MOUTH;
    }
    let fringe = y < 110 && ellipse(x, y, 120, 130, 70, 88);
    if fringe {
        return HAIR;
    }
    let neck = (100..140).contains(&x) && (200..250).contains(&y);
    if ellipse(x, y, 120, 150, 56, 76) || neck {
        return SKIN;
    }
    if ellipse(x, y, 120, 330, 112, 96) {
        return SHIRT;
    }
    if ellipse(x, y, 120, 140, 70, 98) {
        return HAIR;
    }
    BACKGROUND
}

fn ellipse(x: i32, y: i32, centre_x: i32, centre_y: i32, radius_x: i32, radius_y: i32) -> bool {
    let (dx, dy) = ((x - centre_x) * radius_y, (y - centre_y) * radius_x);
    dx * dx + dy * dy <= radius_x * radius_x * radius_y * radius_y
}

/// In how many steps the grain spreads over the picture.
const SHARES: u32 = 1024;

/// Noise on a share of the 8 by 8 blocks: what makes a JPEG longer.
#[derive(Clone, Copy)]
struct Grain {
    strength: i32,
    share: u32,
}

impl Grain {
    fn at(self, x: i32, y: i32) -> i32 {
        if self.strength == 0 || scatter(x / 8, y / 8, 1) % SHARES >= self.share {
            return 0;
        }
        (scatter(x, y, 2) % (2 * self.strength as u32 + 1)) as i32 - self.strength
    }
}

/// A number that looks random and depends on nothing but its arguments.
fn scatter(x: i32, y: i32, salt: u32) -> u32 {
    let mut mixed = (x as u32).wrapping_mul(0x9E37_79B1)
        ^ (y as u32).wrapping_mul(0x85EB_CA77)
        ^ salt.wrapping_mul(0xC2B2_AE3D);
    for _ in 0..2 {
        mixed ^= mixed >> 15;
        mixed = mixed.wrapping_mul(0x2C1B_3C6D);
    }
    mixed ^ mixed >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_close_to_its_target_and_always_the_same() {
        for target in [6_000, 15_000, 40_000, 60_000] {
            let options = PortraitOptions::of_size(target);
            let portrait = options.make();
            assert!(portrait.is_jpeg());
            let length = portrait.image.len();
            assert!(length <= target && length * 20 >= target * 19, "{length} of {target}");
            assert_eq!(portrait, options.make());
        }
    }

    #[test]
    fn an_impossible_target_gives_the_nearest_picture() {
        assert!(PortraitOptions::of_size(10).make().image.len() < 4_000);
    }

    #[test]
    fn a_given_image_is_taken_as_it_is() {
        let options = PortraitOptions {
            image: Some(vec![0xFF, 0x4F, 0xFF, 0x51]),
            ..PortraitOptions::default()
        };
        assert!(!options.make().is_jpeg());
    }
}
