use super::{Face, asn1, face_record, outermost};
use crate::{error::Result, findings::Deviation};

/// DG2: the holder's face, one or several images `[9303-10 §4.7.2]`.
///
/// ```text
/// 75 { 7F61 { 02 count, 7F60 { A1 header, 5F2E or 7F2E record } … } }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg2 {
    faces: Vec<Face>,
    deviations: Vec<Deviation>,
}

impl Dg2 {
    /// Reads the group with all its records and images. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for records of ISO/IEC 39794-5 and of ISO/IEC 19794-5:2011.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG2"))
    }

    /// Every face image, in the file's order; never empty.
    #[must_use]
    pub fn faces(&self) -> &[Face] {
        &self.faces
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

fn read(bytes: &[u8]) -> Result<Dg2> {
    let mut deviations = Vec::new();
    let mut faces = Vec::new();
    let outer = outermost(bytes, 0x75, "the tag 75 of DG2", &mut deviations)?;
    let group = outer.children()?.expect(0x7F61, "a biometric group template (tag 7F61)")?;
    let mut templates = group.children()?;
    let count =
        asn1::unsigned(&templates.expect(asn1::INTEGER, "the number of biometric templates")?)?;
    let mut found = 0_u64;
    while let Some(template) = templates.next_object()? {
        if template.tag != 0x7F60 {
            return Err(template.error("something else than a biometric template (tag 7F60)"));
        }
        found += 1;
        let mut record = None;
        let mut objects = template.children()?;
        while let Some(object) = objects.next_object()? {
            // The header A1 and what else may come says nothing that the record does not.
            if matches!(object.tag, 0x5F2E | 0x7F2E) {
                record = Some(object);
            }
        }
        let record = record.ok_or(template.error("no biometric data (tag 5F2E or 7F2E)"))?;
        face_record::read(&record, &mut faces, &mut deviations)?;
    }
    if found == 0 || found != count {
        return Err(group.error("not as many biometric templates as announced"));
    }
    Ok(Dg2 { faces, deviations })
}
