//! A vendor and how to ask it: its servers, its speed, its cache, what is shared with other processes.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::folders::cache_folder;
use super::layers::variable;
use super::vendor::Vendor;
use crate::cache::{Cache, CacheMode, CachePolicy, Namespace};
use crate::cli::args::fetch::FetchArgs;
use crate::cli::error::{CommandError, usage};
use crate::cli::terminal::messages::Messages;
use crate::fetch::{
    Client, ClientConfig, Endpoint, Fault, PROXY_VARIABLES, RateLimit, Secret, SharedQuota,
    check_proxy, is_spared,
};
use crate::provider::Query;
use crate::shared::{RedisAddress, Seal, SharedServer, Trouble};
use crate::source::{CacheLayer, Remote, Source};
use crate::universe::Symbol;

/// The benchmark unless another is named; every vendor has it.
pub(crate) const BENCHMARK: &str = "SPY";
/// Requests at once when the provider's limits are not known.
const SLOW_BURST: u32 = 3;
/// While the shared server is away, each process may use this fraction of the rate: one in so many.
const FALLBACK_SHARE: f64 = 16.0;

/// Only the first one that is set is used.
fn reject_bad_proxy() -> Result<(), CommandError> {
    for name in PROXY_VARIABLES {
        let Some(value) = variable(name)? else { continue };
        return check_proxy(name, &value).map_err(|why| {
            usage(why).hinted("write a proxy as http://host:3128 or socks5://host:1080")
        });
    }
    Ok(())
}

/// Whether `NO_PROXY` names the host of every endpoint.
fn are_spared(endpoints: &[Endpoint]) -> Result<bool, CommandError> {
    for name in ["NO_PROXY", "no_proxy"] {
        let Some(list) = variable(name)? else { continue };
        return Ok(endpoints.iter().all(|endpoint| is_spared(host_of(&endpoint.origin), &list)));
    }
    Ok(false)
}

/// The host of an origin such as `http://127.0.0.1:8080`.
fn host_of(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A vendor and how to ask it.
pub(crate) struct RemoteSettings {
    pub(super) vendor: Vendor,
    config: ClientConfig,
    burst: Option<u32>,
    slow_start: bool,
    started: Instant,
    /// Whether requests go to the vendor itself.
    pub(crate) is_live: bool,
    /// How a cache is used. `None`: there is none.
    pub(super) policy: Option<CachePolicy>,
    pub(super) offline: bool,
    sharing: Option<Sharing>,
}

/// What is shared with other processes, and the rate to keep without it.
struct Sharing {
    /// Whose entries are believed. `None`: anybody's.
    key: Option<Secret>,
    address: RedisAddress,
    fallback: f64,
}

/// A source, and the warning that came with its cache.
pub(crate) struct OpenSource {
    pub(crate) source: Source,
    pub(crate) warning: Option<String>,
}

/// What came of one request.
pub(crate) struct Probed {
    pub(crate) provider: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) latency: Duration,
    pub(crate) answer: Result<(), Fault>,
    /// The server's time, and ours when it was asked.
    pub(crate) date: Option<DateTime<Utc>>,
    pub(crate) now: DateTime<Utc>,
}

impl RemoteSettings {
    pub(super) fn decide(vendor: Vendor, fetch: FetchArgs) -> Result<Self, CommandError> {
        reject_bad_proxy()?;
        let rate = fetch.rate.unwrap_or_else(|| vendor.rate());
        let is_plain_http = fetch.base_url.iter().any(|url| url.starts_with("http:"));
        let mode = if fetch.refresh { CacheMode::Refresh } else { CacheMode::Fresh };
        let policy = CachePolicy {
            ttl: TimeDelta::from_std(fetch.cache_ttl).unwrap_or(TimeDelta::MAX),
            mode,
            batch_size: fetch.batch_size.into(),
        };
        let endpoints = vendor.endpoints(&fetch.base_url, fetch.user_agent.as_deref());
        let direct = (vendor.has_keys() && is_plain_http) || are_spared(&endpoints)?;
        Ok(Self {
            is_live: fetch.base_url.is_empty(),
            config: ClientConfig {
                endpoints,
                rate_limit: RateLimit { rate, burst: 1 },
                timeout: fetch.timeout,
                retries: fetch.retries,
                max_wait: fetch.max_wait,
                max_time: fetch.max_time,
                connections: 1,
                quota: None,
                unstated: vendor.unstated_limits(false),
                direct,
            },
            burst: fetch.burst,
            // What is asked for by hand is kept to from the first request.
            slow_start: fetch.rate.is_none() && fetch.burst.is_none() && fetch.shared.is_none(),
            started: Instant::now(),
            policy: (!fetch.no_cache).then_some(policy),
            offline: fetch.offline,
            sharing: fetch.shared.map(|address| Sharing {
                key: fetch.shared_key,
                address,
                fallback: fetch.shared_fallback.unwrap_or(rate / FALLBACK_SHARE),
            }),
            vendor,
        })
    }

    /// The servers whose answers may stand for each other: a vendor's own are one, those that are named are what they are.
    fn origins(&self) -> String {
        let origins = self.config.endpoints.iter().map(|endpoint| endpoint.origin.as_str());
        let mut all: Vec<&str> = origins.collect();
        all.dedup();
        if self.is_live { all[0].to_owned() } else { all.join(" ") }
    }

    /// The server that is asked first.
    pub(crate) fn host(&self) -> &str {
        let origin = &self.config.endpoints[0].origin;
        origin.split("://").last().unwrap_or(origin)
    }

    /// Sends one request for a ticker that there is, to the first server, and nothing more.
    pub(crate) fn probe(&self) -> Probed {
        let config = self.client_config(1, None, false);
        let endpoint = config.endpoints[0].clone();
        let client = Client::new(&ClientConfig {
            endpoints: vec![endpoint.clone()],
            retries: 0,
            max_wait: Duration::ZERO,
            ..config
        });
        let provider = self.vendor.provider();
        let now = Utc::now();
        let queries: Vec<Query> = Symbol::parse(BENCHMARK)
            .into_iter()
            .map(|symbol| {
                let (from, until) = (now.date_naive() - Days::new(7), now.date_naive());
                Query { symbol, from, until, as_of: None, include_partial: true, now }
            })
            .collect();
        let date = Cell::new(None);
        let asked = Instant::now();
        let answer = client.get(&provider.request(&queries, None), |response| {
            date.set(response.date);
            provider.read(&queries, response)
        });
        Probed {
            provider: provider.name(),
            endpoint,
            latency: asked.elapsed(),
            answer: answer.map(drop),
            date: date.get(),
            now,
        }
    }

    /// Connects to the server that is shared with other processes, if there is one. One warning is given when it
    /// is away.
    pub(crate) fn share(&self, messages: &Messages) -> Option<SharedServer> {
        let Sharing { address, fallback, .. } = self.sharing.as_ref()?;
        let (place, fallback) = (address.to_string(), *fallback);
        let shown = messages.clone();
        let warn_bucket = move |Trouble { why, is_refusal }: &Trouble| {
            let (state, until) =
                if *is_refusal { ("", "that is put right") } else { (" is away", "it is back") };
            shown.warning(&format!(
                "{place}{state}: {why}; until {until} this process sends {fallback} requests per second by itself"
            ));
        };
        let (place, shown) = (address.to_string(), messages.clone());
        let warn_store = move |Trouble { why, .. }: &Trouble| {
            shown.warning(&format!("{place} gives no prices: {why}; they are fetched again"));
        };
        let (place, shown) = (address.to_string(), messages.clone());
        let warn_foreign = move |Trouble { why, .. }: &Trouble| {
            shown.warning(&format!("{place}: {why}; those prices are fetched again"));
        };
        let key = self.sharing.as_ref().and_then(|sharing| sharing.key.as_ref());
        let seal = key.map(|key| key.feed(Seal::new));
        Some(SharedServer::open(
            address,
            seal,
            Box::new(warn_bucket),
            Box::new(warn_store),
            Box::new(warn_foreign),
        ))
    }

    /// A source with nothing under way and no connection open, past any cache, at its whole speed from the start.
    pub(crate) fn uncached(&self, workers: usize, server: Option<&SharedServer>) -> Remote {
        let client = Client::new(&self.client_config(workers, server, false));
        Remote::new(Arc::new(client), self.vendor.provider(), None)
    }

    fn client_config(
        &self,
        workers: usize,
        server: Option<&SharedServer>,
        slow_start: bool,
    ) -> ClientConfig {
        let unstated = self.vendor.unstated_limits(slow_start);
        let starts_slowly = unstated.is_some_and(|limits| limits.slow_start);
        let workers_burst = u32::try_from(workers).unwrap_or(u32::MAX);
        let usual = if starts_slowly { SLOW_BURST.min(workers_burst) } else { workers_burst };
        let burst = self.burst.unwrap_or(usual);
        let rate_limit = RateLimit { burst, ..self.config.rate_limit };
        // The time is that of the whole command, however many clients it takes.
        let max_time = self.config.max_time.map(|time| time.saturating_sub(self.started.elapsed()));
        // One provider and one key have one quota, whichever process asks.
        let quota = match (server, &self.sharing) {
            (Some(server), Some(sharing)) => {
                let account = self.vendor.account(&self.config.endpoints[0].origin);
                Some(SharedQuota::new(server, &account, rate_limit, sharing.fallback))
            }
            _ => None,
        };
        let config = self.config.clone();
        ClientConfig { rate_limit, max_time, quota, unstated, connections: workers, ..config }
    }

    /// The same with the cache.
    pub(super) fn open(&self, workers: usize, messages: &Messages) -> OpenSource {
        let server = self.share(messages);
        let config = self.client_config(workers, server.as_ref(), self.slow_start);
        let shown = messages.clone();
        let client = Client::new(&config).telling(Box::new(move |pause| {
            shown.note(&format!(
                "the provider asks to slow down: one pause of {} s, then one request alone",
                pause.as_secs()
            ));
        }));
        let provider = self.vendor.provider();
        let mut remote = Remote::new(Arc::new(client), provider, None);
        let mut warning = None;
        if let Some(policy) = self.policy {
            // Answers of one server are never served for another.
            let origin = self.origins();
            let namespace = Namespace { provider: remote.provider.name(), origin };
            let shared = server.as_ref().map(SharedServer::store);
            match Cache::open(cache_folder(), shared, namespace, policy) {
                Ok((cache, opened_with)) => {
                    remote.cache = Some(CacheLayer::new(cache, self.offline));
                    warning = opened_with;
                }
                Err(why) => warning = Some(why),
            }
        }
        OpenSource { source: Source::Remote(remote), warning }
    }
}
