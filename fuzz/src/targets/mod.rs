//! The targets. Each takes any bytes, and asserts more than that nothing panics where there is more to assert.

mod codec;
mod files;
mod groups;
mod kept;
mod pictures;
mod printed;
#[cfg(fuzzing)]
mod private;
mod procedure;
mod trust;

/// One target: its name, which is that of its corpus, and what it does with bytes.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// The target of a name.
pub fn named(name: &str) -> Option<Target> {
    TARGETS.iter().copied().find(|target| target.name == name)
}

macro_rules! targets {
    ($($(#[$condition:meta])? $room:ident::$name:ident,)*) => {
        /// All of them.
        pub const TARGETS: &[Target] =
            &[$($(#[$condition])? Target { name: stringify!($name), run: $room::$name },)*];
    };
}

targets! {
    codec::tlv,
    codec::response,
    #[cfg(fuzzing)] private::line,
    #[cfg(fuzzing)] private::secure_messaging,
    printed::mrz,
    printed::qr,
    files::com,
    files::cvca,
    files::card_access,
    files::card_security,
    files::dg1,
    files::dg2,
    files::dg13,
    files::dg14,
    files::dg15,
    groups::biometrics,
    groups::details,
    groups::other_files,
    files::sod,
    files::lds_security_object,
    trust::certificate,
    trust::crl,
    trust::master_list,
    trust::deviation_list,
    #[cfg(fuzzing)] private::list_contents,
    trust::ldif,
    trust::certificates,
    trust::cv_certificate,
    kept::trust_store,
    kept::evidence,
    kept::sealed,
    pictures::picture,
    pictures::wsq,
    procedure::chip,
    procedure::altered_answers,
}
