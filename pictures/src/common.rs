//! JPEG and PNG, by the crate `image`.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader};

use crate::{Error, Limits, Picture, Result, Samples};

pub(crate) fn decode(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Picture> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.longest_side);
    allowed.max_image_height = Some(limits.longest_side);
    // Two bytes a sample, and as much again for the decoder itself.
    allowed.max_alloc = Some(limits.samples.saturating_mul(4));
    reader.limits(allowed);
    let image = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => {
            Error::TooLarge("the decoder needs more memory than allowed")
        }
        image::ImageError::Unsupported(_) => Error::Unsupported("this kind of JPEG or PNG"),
        _ => Error::Malformed("JPEG or PNG data that its decoder refuses"),
    })?;
    let (width, height) = (image.width(), image.height());
    let (channels, samples) = match image {
        DynamicImage::ImageLuma8(image) => (1, Samples::Eight(image.into_raw())),
        DynamicImage::ImageLumaA8(image) => (2, Samples::Eight(image.into_raw())),
        DynamicImage::ImageRgb8(image) => (3, Samples::Eight(image.into_raw())),
        DynamicImage::ImageRgba8(image) => (4, Samples::Eight(image.into_raw())),
        DynamicImage::ImageLuma16(image) => (1, Samples::Sixteen(image.into_raw())),
        DynamicImage::ImageLumaA16(image) => (2, Samples::Sixteen(image.into_raw())),
        DynamicImage::ImageRgb16(image) => (3, Samples::Sixteen(image.into_raw())),
        DynamicImage::ImageRgba16(image) => (4, Samples::Sixteen(image.into_raw())),
        _ => return Err(Error::Unsupported("a picture of other samples than 8 or 16 bits")),
    };
    Picture::new(width, height, channels, samples)
}
