//! What a source of bars is made from, decided once for as many runs as there are.

use std::sync::Arc;

use anyhow::Context;
use chrono::{Days, NaiveDate};

use super::remote::{OpenSource, RemoteSettings};
use super::typed::Typed;
use super::vendor::Vendor;
use crate::cache::CacheMode;
use crate::cli::args::fetch::{FetchArgs, ProviderName};
use crate::cli::error::{CommandError, usage};
use crate::cli::terminal::messages::Messages;
use crate::provider::{FilesOptions, LocalBars, files, sample};
use crate::source::Source;
use crate::universe::Symbol;

/// What a source is made from.
pub(crate) enum SourceSettings {
    Remote(Box<RemoteSettings>),
    Local(Arc<LocalBars>),
}

impl SourceSettings {
    pub(crate) fn decide(
        fetch: FetchArgs,
        as_of: Option<NaiveDate>,
        days: Days,
        today: NaiveDate,
        typed: &Typed,
    ) -> Result<Self, CommandError> {
        reject_conflicts(&fetch, typed)?;
        match fetch.provider {
            ProviderName::Sample => {
                let local = sample().context("the embedded sample is damaged")?;
                if let (Some(day), Some(first)) = (as_of, local.first_session())
                    && day < first
                {
                    let error = usage(format!("--as-of {day}: the data begin on {first}"));
                    return Err(error.hinted("ask for that day or a later one"));
                }
                Ok(Self::Local(Arc::new(local)))
            }
            ProviderName::Files => {
                let Some(path) = fetch.data else {
                    let hint = "--data names a CSV or Parquet file, or a folder of them";
                    return Err(usage("--provider files needs --data").hinted(hint));
                };
                let options = FilesOptions {
                    date_order: fetch.date_format.map(Into::into),
                    decimal: fetch.decimal.map(Into::into),
                    symbol_column: fetch.symbol_column,
                    limit: FilesOptions::limit(fetch.max_bytes),
                };
                let local = files(&path, as_of, days, today, &options)?;
                Ok(Self::Local(Arc::new(local)))
            }
            ProviderName::Yahoo => {
                RemoteSettings::decide(Vendor::Yahoo, fetch).map(Self::of_remote)
            }
            ProviderName::Alpaca => {
                let key = fetch.apca_api_key_id.clone();
                let secret = fetch.apca_api_secret_key.clone();
                let vendor = Vendor::alpaca(&fetch.base_url, key, secret)?;
                RemoteSettings::decide(vendor, fetch).map(Self::of_remote)
            }
        }
    }

    fn of_remote(remote: RemoteSettings) -> Self {
        Self::Remote(Box::new(remote))
    }

    /// The vendor and how to ask it. `None`: the bars are loaded already.
    pub(crate) fn remote(&self) -> Option<&RemoteSettings> {
        match self {
            Self::Remote(remote) => Some(remote),
            Self::Local(_) => None,
        }
    }

    /// A source with its cache, for this many workers.
    pub(crate) fn open(&self, workers: usize, messages: &Messages) -> OpenSource {
        match self {
            Self::Local(local) => {
                OpenSource { source: Source::Local(Arc::clone(local)), warning: None }
            }
            Self::Remote(remote) => remote.open(workers, messages),
        }
    }

    /// Whether no request may be sent.
    pub(crate) fn is_offline(&self) -> bool {
        self.remote().is_some_and(|remote| remote.policy.is_some() && remote.offline)
    }

    /// Whether there is a cache.
    pub(crate) fn has_cache(&self) -> bool {
        self.remote().is_some_and(|remote| remote.policy.is_some())
    }

    /// Whether closes of many symbols a request can be had.
    pub(crate) fn has_prefilter(&self) -> bool {
        self.remote().is_some_and(|remote| matches!(remote.vendor, Vendor::Yahoo))
    }

    /// Fetches bars in every run: the cache only says which symbols are unknown.
    pub(crate) fn without_cached_bars(mut self) -> Self {
        if let Self::Remote(remote) = &mut self
            && let Some(policy) = &mut remote.policy
        {
            policy.mode = CacheMode::UnknownOnly;
        }
        self
    }

    /// The symbols that are loaded; none of a vendor's.
    pub(crate) fn symbols(&self) -> Vec<Symbol> {
        match self {
            Self::Local(local) => local.symbols().cloned().collect(),
            Self::Remote(_) => Vec::new(),
        }
    }
}

/// Options that do not go with the provider. What is only a setting gives way: it may be for another provider.
fn reject_conflicts(fetch: &FetchArgs, typed: &Typed) -> Result<(), CommandError> {
    if fetch.provider.is_local()
        && let Some(option) = typed.first_of(&["base_url", "shared"])
    {
        return Err(usage(format!("{option} is for --provider yahoo and alpaca")));
    }
    if fetch.shared.is_none() && typed.has("shared_fallback") {
        let hint = "--shared redis://HOST:6379/0 names the server that processes share";
        return Err(usage("--shared-fallback is for --shared").hinted(hint));
    }
    if fetch.provider != ProviderName::Files && typed.has("data") {
        return Err(usage("--data is for --provider files"));
    }
    Ok(())
}
