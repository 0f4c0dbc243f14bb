//! Where a watch keeps what it sees.

use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};

use crate::cli::args::store::StoreArgs;
use crate::cli::error::{CommandError, failed, usage};
use crate::watch::{WatchStore, WatchStoreError};

/// `--store`, else below the user's data folder.
pub(crate) fn store_path(args: &StoreArgs) -> Result<PathBuf, CommandError> {
    if let Some(path) = &args.store {
        return Ok(path.clone());
    }
    let folders = choose_base_strategy()
        .map_err(|_| usage("there is no home folder for a store").hinted("--store names a file"))?;
    Ok(folders.data_dir().join("screener").join("watch.db"))
}

/// The store that a watch wrote.
pub(crate) fn existing_store(args: &StoreArgs) -> Result<WatchStore, CommandError> {
    let path = store_path(args)?;
    if !path.exists() {
        let error = usage(format!("there is no store at {}", path.display()));
        return Err(error.hinted("screener watch creates one; --store names another"));
    }
    WatchStore::existing(&path)
        .map_err(|error| failed(format!("cannot use the store {}: {error}", path.display())))
}

pub(crate) fn cannot_read(error: &WatchStoreError) -> CommandError {
    failed(format!("cannot read the store: {error}"))
}
