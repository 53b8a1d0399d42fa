use super::{
    BiometricRecord, Image, RawObject,
    biometrics::{self, Biometrics, Modality},
};
use crate::{error::Result, findings::Deviation};

/// DG2: the holder's face, one or several images `[9303-10 §4.7.2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg2(Biometrics);

/// DG3: fingerprints `[9303-10 §4.7.3]`. It may be empty, and may hold minutiae in place of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg3(Biometrics);

/// DG4: irises `[9303-10 §4.7.4]`. It may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg4(Biometrics);

impl Dg2 {
    /// Reads the group with all its records and images. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed` if there is no group of templates, or if no image can be read: then of the first template.
    /// `Unsupported` if the only faces are of three dimensions.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let group = biometrics::read(bytes, (0x75, "the tag 75 of DG2"), Modality::Face);
        match group.map_err(|error| error.in_file("DG2"))? {
            (group, Some(failure)) if group.images.is_empty() => Err(failure.in_file("DG2")),
            (group, None) if group.images.is_empty() => {
                Err(crate::Error::malformed(0, "a biometric template (tag 7F60)").in_file("DG2"))
            }
            (group, _) => Ok(Self(group)),
        }
    }

    /// Every face image, in the file's order; never empty.
    #[must_use]
    pub fn faces(&self) -> &[Image] {
        &self.0.images
    }
}

impl Dg3 {
    /// Reads the group with all its records and images. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed` if there is no group of templates.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        biometrics::read(bytes, (0x63, "the tag 63 of DG3"), Modality::Finger)
            .map(|(group, _)| Self(group))
            .map_err(|error| error.in_file("DG3"))
    }

    /// Every finger image, in the file's order.
    #[must_use]
    pub fn fingers(&self) -> &[Image] {
        &self.0.images
    }
}

impl Dg4 {
    /// Reads the group with all its records and images. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed` if there is no group of templates.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        biometrics::read(bytes, (0x76, "the tag 76 of DG4"), Modality::Iris)
            .map(|(group, _)| Self(group))
            .map_err(|error| error.in_file("DG4"))
    }

    /// Every iris image, in the file's order.
    #[must_use]
    pub fn irises(&self) -> &[Image] {
        &self.0.images
    }
}

macro_rules! shared {
    ($($group:ident)*) => {$(
        impl $group {
            /// The records, in the file's order; [`Image::record`] counts them.
            #[must_use]
            pub fn records(&self) -> &[BiometricRecord] {
                &self.0.records
            }

            /// Objects beside the records, the filler of an empty group among them.
            #[must_use]
            pub fn others(&self) -> &[RawObject] {
                &self.0.others
            }

            /// Tolerances that were used.
            #[must_use]
            pub fn deviations(&self) -> &[Deviation] {
                &self.0.deviations
            }
        }
    )*};
}

shared!(Dg2 Dg3 Dg4);
