//! From a query to bars: what is at hand, else what the cache keeps, else fetch, read and keep.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::bars::Bars;
use crate::cache::{Answer, Cache};
use crate::fetch::{Client, Counts, Fault, Kind, Pace, Stop};
use crate::provider::{Local, Provider, Query};

/// Where bars come from.
#[expect(clippy::large_enum_variant, reason = "a run has one")]
pub enum Source {
    /// A vendor over HTTP.
    Remote {
        /// How its bytes come.
        client: Arc<Client>,
        /// What its bytes mean.
        provider: Box<dyn Provider>,
        /// What is kept of them.
        kept: Option<Shelf>,
    },
    /// Bars loaded before the run.
    Local(Arc<Local>),
}

/// A cache in front of a vendor, and how often it helped.
pub struct Shelf {
    cache: Cache,
    offline: bool,
    asked: AtomicUsize,
    hits: AtomicUsize,
}

impl Shelf {
    /// A cache; `offline` is for using nothing else.
    #[must_use]
    pub fn new(cache: Cache, offline: bool) -> Self {
        Self { cache, offline, asked: AtomicUsize::new(0), hits: AtomicUsize::new(0) }
    }

    fn bars(
        &self,
        query: &Query,
        fetch: impl FnOnce() -> Result<Bars, Fault>,
    ) -> Result<Bars, Fault> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.cache.look_up(query);
        if !matches!(answer, Answer::Miss) {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        match answer {
            Answer::Bars(bars) => return Ok(bars),
            Answer::Unknown(fault) => return Err(fault),
            Answer::Miss if self.offline => {
                return Err(Fault::new(
                    Kind::Offline,
                    "not in the cache, and --offline asks nobody else",
                ));
            }
            Answer::Miss => {}
        }
        let fetched = fetch();
        match &fetched {
            Ok(bars) => self.cache.keep(query, bars),
            Err(fault) if fault.kind == Kind::NotFound => self.cache.keep_unknown(query, fault),
            Err(_) => {}
        }
        fetched
    }
}

impl Source {
    /// The bars of one symbol.
    ///
    /// # Errors
    /// A [`Fault`] that says why there are none.
    pub fn bars(&self, query: &Query) -> Result<Bars, Fault> {
        match self {
            Self::Remote { client, provider, kept } => {
                let fetch = || {
                    client.get(&provider.request(query), |response| provider.read(query, response))
                };
                match kept {
                    Some(kept) => kept.bars(query, fetch),
                    None => fetch(),
                }
            }
            Self::Local(local) => local.get(&query.symbol).cloned().ok_or_else(|| {
                Fault::new(Kind::NotFound, format!("not in the {} data", local.name()))
            }),
        }
    }

    /// Whether what is fetched is kept, so that it is worth fetching what any screen needs.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Remote { kept: Some(_), .. })
    }

    /// Ends it: what is to be kept is written. Says what went wrong with that, if anything did.
    #[must_use]
    pub fn close(self) -> Option<String> {
        match self {
            Self::Remote { kept: Some(kept), .. } => {
                kept.cache.close(kept.hits.into_inner(), kept.asked.into_inner())
            }
            _ => None,
        }
    }

    /// The provider's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Remote { provider, .. } => provider.name(),
            Self::Local(local) => local.name(),
        }
    }

    /// What was sent so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        match self {
            Self::Remote { client, kept, .. } => Counts {
                cached: kept.as_ref().map(|kept| kept.hits.load(Ordering::Relaxed)),
                ..client.counts()
            },
            Self::Local(_) => Counts::default(),
        }
    }

    /// The median time of a request, where there were any.
    #[must_use]
    pub fn median_latency(&self) -> Option<Duration> {
        match self {
            Self::Remote { client, .. } => client.median_latency(),
            Self::Local(_) => None,
        }
    }

    /// How fast requests may be sent, where any are.
    #[must_use]
    pub fn pace(&self) -> Option<Pace> {
        match self {
            Self::Remote { client, .. } => Some(client.pace()),
            Self::Local(_) => None,
        }
    }

    /// The client, where there is a network.
    #[must_use]
    pub fn client(&self) -> Option<&Arc<Client>> {
        match self {
            Self::Remote { client, .. } => Some(client),
            Self::Local(_) => None,
        }
    }

    /// Why no more can be fetched, if so.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        match self {
            Self::Remote { client, .. } => client.stopped(),
            Self::Local(_) => None,
        }
    }
}
