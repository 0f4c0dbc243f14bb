//! From queries to bars: what is at hand, else what the cache keeps, else fetch, read and keep.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Days;

use crate::bars::Bars;
use crate::cache::{Cache, Lookup};
use crate::fetch::{Client, Counts, Fault, FaultKind, RateLimit, Response, StopReason};
use crate::provider::{LocalBars, Page, Provider, Query, days_of};

/// What came of one query.
pub type Outcome = Result<Bars, Fault>;

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
        kept: Option<CacheLayer>,
    },
    /// Bars loaded before the run.
    Local(Arc<LocalBars>),
}

/// A cache in front of a vendor, and how often it helped.
pub struct CacheLayer {
    cache: Cache,
    offline: bool,
    asked: AtomicUsize,
    hits: AtomicUsize,
}

impl CacheLayer {
    /// A cache; `offline` is for using nothing else.
    #[must_use]
    pub fn new(cache: Cache, offline: bool) -> Self {
        Self { cache, offline, asked: AtomicUsize::new(0), hits: AtomicUsize::new(0) }
    }

    fn known(&self, queries: &[Query]) -> Vec<Option<Outcome>> {
        self.asked.fetch_add(queries.len(), Ordering::Relaxed);
        let answers = self.cache.look_up(queries);
        let hits = answers.iter().filter(|answer| !matches!(answer, Lookup::Miss)).count();
        self.hits.fetch_add(hits, Ordering::Relaxed);
        let outcome = |answer| match answer {
            Lookup::Bars(bars) => Some(Ok(bars)),
            Lookup::Unknown(fault) => Some(Err(fault)),
            Lookup::Miss => self.offline.then(|| {
                Err(Fault::new(
                    FaultKind::Offline,
                    "not in the cache, and --offline asks nobody else",
                ))
            }),
        };
        answers.into_iter().map(outcome).collect()
    }

    fn keep(&self, query: &Query, outcome: &Outcome) {
        match outcome {
            Ok(bars) => self.cache.keep(query, bars),
            // Some vendors are silent about a symbol that had no bars in those days, too.
            Err(fault) if fault.kind == FaultKind::NotFound && query.as_of.is_none() => {
                self.cache.keep_unknown(query, fault);
            }
            Err(_) => {}
        }
    }
}

impl Source {
    /// What is known of symbols without asking a vendor: one outcome for each, or none.
    #[must_use]
    pub fn known(&self, queries: &[Query]) -> Vec<Option<Outcome>> {
        match self {
            Self::Remote { kept: Some(kept), .. } => kept.known(queries),
            Self::Remote { .. } => vec![None; queries.len()],
            Self::Local(local) => queries.iter().map(|query| Some(at_hand(local, query))).collect(),
        }
    }

    /// How many symbols are best looked up at once.
    #[must_use]
    pub fn lookup_batch(&self) -> usize {
        match self {
            Self::Remote { kept: Some(kept), .. } => kept.cache.batch_size(),
            _ => 1,
        }
    }

    /// Asks for a batch of symbols, at most [`Source::batch_size`]: one outcome for each, in order.
    #[must_use]
    pub fn fetch(&self, batch: &[Query]) -> Vec<Outcome> {
        match self {
            Self::Remote { client, provider, kept } => {
                let outcomes = ask(client, &**provider, batch);
                if let Some(kept) = kept {
                    batch.iter().zip(&outcomes).for_each(|(query, got)| kept.keep(query, got));
                }
                outcomes
            }
            Self::Local(local) => batch.iter().map(|query| at_hand(local, query)).collect(),
        }
    }

    /// Symbols that one request can carry.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        match self {
            Self::Remote { provider, .. } => provider.batch_size(),
            Self::Local(_) => 1,
        }
    }

    /// Calendar days to ask for that hold so many sessions.
    #[must_use]
    pub fn days_of(&self, sessions: usize) -> Days {
        match self {
            Self::Remote { provider, .. } => provider.days_of(sessions),
            Self::Local(_) => days_of(sessions),
        }
    }

    /// The same vendor's server through another of its doors, past any cache.
    #[must_use]
    pub fn through(&self, provider: Box<dyn Provider>) -> Option<Self> {
        let client = Arc::clone(self.client()?);
        Some(Self::Remote { client, provider, kept: None })
    }

    /// Whether what is fetched is kept, so that it is worth fetching what any screen needs.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Remote { kept: Some(kept), .. } if kept.cache.keeps_bars())
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

    /// A quantile of the times of requests, where there were any.
    #[must_use]
    pub fn latency(&self, quantile: f64) -> Option<Duration> {
        self.client()?.latency(quantile)
    }

    /// How fast requests may be sent, where any are.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        Some(self.client()?.rate_limit())
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
    pub fn stopped(&self) -> Option<StopReason> {
        self.client()?.stopped()
    }
}

fn at_hand(local: &LocalBars, query: &Query) -> Outcome {
    let unknown = || Fault::new(FaultKind::NotFound, format!("not in the {} data", local.name()));
    local.get(&query.symbol).cloned().ok_or_else(unknown)
}

/// Follows the pages of an answer to their end. A batch that is refused as a whole is asked for in halves,
/// so that one symbol the vendor cannot read does not cost the others.
fn ask(client: &Client, provider: &dyn Provider, batch: &[Query]) -> Vec<Outcome> {
    let mut found: Vec<Option<Outcome>> = vec![None; batch.len()];
    let (mut page, mut seen) = (None, HashSet::new());
    loop {
        let request = provider.request(batch, page.as_deref());
        let read = |response: &Response| provider.read(batch, response);
        match client.get(&request, read) {
            Ok(Page { answers, next }) => {
                found.iter_mut().zip(answers).for_each(|(all, more)| join(all, more));
                let Some(token) = next else { break };
                if !seen.insert(token.clone()) {
                    let fault = Fault::new(FaultKind::BadData, "the answer's pages go in a circle");
                    return vec![Err(fault); batch.len()];
                }
                page = Some(token);
            }
            Err(fault) if batch.len() > 1 && may_be_one_symbol(&fault) => {
                let (one, other) = batch.split_at(batch.len() / 2);
                return [ask(client, provider, one), ask(client, provider, other)].concat();
            }
            Err(fault) => return vec![Err(fault); batch.len()],
        }
    }
    let unknown = || {
        let fault = Fault::new(FaultKind::NotFound, "not found, it may be delisted");
        Err(Fault { attempts: 1, http_status: Some(200), ..fault })
    };
    found.into_iter().map(|outcome| outcome.unwrap_or_else(unknown)).collect()
}

fn may_be_one_symbol(fault: &Fault) -> bool {
    matches!(fault.http_status, Some(400 | 422)) || fault.kind == FaultKind::TooLarge
}

/// Puts together what two pages say of a symbol: a series may go on over their border.
fn join(all: &mut Option<Outcome>, more: Option<Outcome>) {
    *all = match (all.take(), more) {
        (Some(Ok(first)), Some(Ok(rest))) => Some(Ok(first.followed_by(&rest))),
        (Some(Err(fault)), _) => Some(Err(fault)),
        (_, Some(more)) => Some(more),
        (first, None) => first,
    };
}
