//! Where things are kept that the user did not name a place for.

use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};

use super::layers::is_set;

/// Where the cache is: `SCREENER_CACHE_DIR`, else below the user's cache folder.
pub(crate) fn cache_folder() -> Result<PathBuf, String> {
    if let Some(folder) = std::env::var_os("SCREENER_CACHE_DIR").filter(|value| !value.is_empty()) {
        return Ok(at_home(folder.into()));
    }
    let has_home = is_set("HOME") || is_set("XDG_CACHE_HOME");
    match choose_base_strategy() {
        Ok(folders) if has_home || !cfg!(unix) => Ok(folders.cache_dir().join("screener")),
        _ => Err("no cache: there is no home folder; SCREENER_CACHE_DIR names another".into()),
    }
}

/// A path whose `~` no shell has replaced, below the home folder.
fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), choose_base_strategy()) {
        (Ok(rest), Ok(folders)) if is_set("HOME") => folders.home_dir().join(rest),
        _ => path,
    }
}
