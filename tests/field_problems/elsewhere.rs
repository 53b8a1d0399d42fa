pub(super) const PROBLEMS: &[(u8, &str)] = &[];
