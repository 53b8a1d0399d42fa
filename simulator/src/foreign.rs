//! Other people's test data, for tests: they stay outside the repository.

/// A file under the folder that `CCCD_FOREIGN` names; `None`, and a line that says so, where it is unset.
pub(crate) fn read(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped {path}: CCCD_FOREIGN is not set");
        return None;
    };
    let path = std::path::Path::new(&folder).join(path);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
