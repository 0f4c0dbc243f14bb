//! `history` and `signals`: what `watch` has seen.

use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use etcetera::{BaseStrategy, choose_base_strategy};

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::watch::{PastArgs, StoreArgs};
use crate::cli::terminal::destination::Destination;
use crate::report::{HistoryTable, write_history};
use crate::universe::Symbol;
use crate::watch::WatchStore;

pub(in crate::cli) fn history(ticker: &str, args: &PastArgs) -> anyhow::Result<Exit> {
    let symbol = symbol(ticker)?;
    let store = open(&args.store)?;
    let past = store.history(&symbol, since(args), args.n).context("cannot read the store")?;
    if past.rows.is_empty() {
        let known = store.knows(&symbol).context("cannot read the store")?;
        let what = if known { "was not seen since then" } else { "was never seen" };
        return Err(CommandError::new(format!("{symbol} {what}"))
            .hint("screener watch LIST stores what it sees")
            .into());
    }
    write(&past, args)
}

pub(in crate::cli) fn signals(ticker: Option<&str>, args: &PastArgs) -> anyhow::Result<Exit> {
    let symbol = ticker.map(symbol).transpose()?;
    let store = open(&args.store)?;
    let past = store.signals(symbol.as_ref(), since(args), args.n);
    write(&past.context("cannot read the store")?, args)
}

fn symbol(ticker: &str) -> Result<Symbol, CommandError> {
    Symbol::parse(ticker).map_err(|bad| CommandError::new(format!("{bad} is no ticker")))
}

fn since(args: &PastArgs) -> Option<DateTime<Utc>> {
    Utc::now().checked_sub_signed(TimeDelta::from_std(args.since?).ok()?)
}

fn write(past: &HistoryTable, args: &PastArgs) -> anyhow::Result<Exit> {
    let mut document = Vec::new();
    write_history(past, args.format, &mut document)?;
    Destination::open(None)?.write(&document)?;
    Ok(Exit::Reported)
}

fn open(args: &StoreArgs) -> anyhow::Result<WatchStore> {
    let path = path(args)?;
    if !path.exists() {
        return Err(CommandError::new(format!("there is no store at {}", path.display()))
            .hint("screener watch makes one; --store names another")
            .into());
    }
    WatchStore::existing(&path).with_context(|| format!("cannot use the store {}", path.display()))
}

/// Where what is seen is kept: `--store`, else in the user's data folder.
pub(in crate::cli) fn path(args: &StoreArgs) -> anyhow::Result<PathBuf> {
    if let Some(path) = &args.store {
        return Ok(path.clone());
    }
    let folders = choose_base_strategy().map_err(|_| {
        CommandError::new("there is no home folder to keep a store in").hint("--store names a file")
    })?;
    Ok(folders.data_dir().join("screener").join("watch.db"))
}
