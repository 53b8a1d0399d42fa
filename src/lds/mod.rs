//! The files of [9303-10], parsed. Nothing here is verified.

mod security_object;

pub use security_object::LdsSecurityObject;
