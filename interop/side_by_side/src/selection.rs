//! Which cards are read on every change, and which are known not to be read.

/// Every mapping, every group and every cipher of PACE, every group and cipher of Chip Authentication, every key and
/// digest of Active Authentication at least once; every password.
pub(crate) const REPRESENTATIVE: [&str; 5] = [
    "cccd",
    "bac",
    "pin",
    "puk",
    "pace-ecdh-gm-3des-secp192r1",
];

/// A card that a reader does not read.
pub(crate) struct Limit {
    /// How the profiles' names begin and end.
    profiles: (&'static str, &'static str),
    /// A part of what the reader says.
    pub(crate) shows: &'static str,
    /// Why, in words.
    pub(crate) reason: &'static str,
}

const THEIRS: [Limit; 0] = [];

const OURS: [Limit; 1] = [Limit {
    profiles: ("pace-explicit-dh-", "-modp-2048-safe"),
    shows: "unsupported.algorithm",
    reason: "a group of the chip's own: whoever could make us use a weak one would learn the password",
}];

pub(crate) fn their_limit(profile: &str) -> Option<&'static Limit> {
    limit(&THEIRS, profile)
}

pub(crate) fn our_limit(profile: &str) -> Option<&'static Limit> {
    limit(&OURS, profile)
}

fn limit(limits: &'static [Limit], profile: &str) -> Option<&'static Limit> {
    limits.iter().find(|limit| {
        profile.starts_with(limit.profiles.0) && profile.ends_with(limit.profiles.1)
    })
}
