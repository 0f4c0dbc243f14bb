//! Where bars come from: a vendor over HTTP, perhaps behind a cache, or what was loaded before the run.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Days;

use super::cache_layer::{CacheLayer, Outcome};
use super::unknown::{UnknownSymbols, as_outage};
use crate::fetch::{Client, Counts, Fault, FaultKind, RateLimit, StopReason};
use crate::provider::{LocalBars, Page, Provider, Query, calendar_days};

/// Where bars come from.
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub enum Source {
    /// A vendor over HTTP.
    Remote(Remote),
    /// Bars loaded before the run.
    Local(Arc<LocalBars>),
}

/// A vendor over HTTP.
pub struct Remote {
    /// Sends the requests.
    pub client: Arc<Client>,
    /// Reads the answers.
    pub provider: Box<dyn Provider>,
    /// Keeps the bars. `None`: there is no cache.
    pub cache: Option<CacheLayer>,
    /// `None`: what this protocol does not mention is asked for by another.
    unknown: Option<UnknownSymbols>,
}

impl Remote {
    /// A vendor that is asked by a client, perhaps behind a cache.
    #[must_use]
    pub fn new(
        client: Arc<Client>,
        provider: Box<dyn Provider>,
        cache: Option<CacheLayer>,
    ) -> Self {
        Self { client, provider, cache, unknown: Some(UnknownSymbols::default()) }
    }

    /// Takes note of what came of a query.
    fn note(&self, query: &Query, outcome: &Outcome) {
        match (outcome, &self.cache) {
            (Ok(bars), Some(cache)) => cache.keep(query, bars),
            (Err(fault), cache) if fault.kind == FaultKind::NotFound => {
                let earlier = cache.as_ref().map(|cache| cache.earlier(&query.symbol));
                let had_bars = earlier.is_some_and(|earlier| earlier.had_bars);
                let unknown = self.unknown.as_ref();
                if unknown.is_some_and(|unknown| unknown.add(query, fault, had_bars)) {
                    self.client.stop(StopReason::Epidemic);
                }
            }
            _ => {}
        }
    }
}

impl Source {
    /// What is known of each query without a request. `None`: a request is needed.
    #[must_use]
    pub fn look_up(&self, queries: &[Query]) -> Vec<Option<Outcome>> {
        match self {
            Self::Remote(Remote { cache: Some(cache), .. }) => cache.look_up(queries),
            Self::Remote(_) => vec![None; queries.len()],
            Self::Local(local) => queries.iter().map(|query| Some(loaded(local, query))).collect(),
        }
    }

    /// How many symbols are best looked up at once.
    #[must_use]
    pub fn lookup_batch(&self) -> usize {
        match self {
            Self::Remote(Remote { cache: Some(cache), .. }) => cache.batch_size(),
            _ => 1,
        }
    }

    /// Fetches a batch of symbols, at most [`Source::batch_size`]: one outcome for each, in order.
    #[must_use]
    pub fn fetch(&self, batch: &[Query]) -> Vec<Outcome> {
        match self {
            Self::Remote(remote) => {
                let outcomes = fetch_pages(&remote.client, &*remote.provider, batch);
                for (query, outcome) in batch.iter().zip(&outcomes) {
                    remote.note(query, outcome);
                }
                outcomes
            }
            Self::Local(local) => batch.iter().map(|query| loaded(local, query)).collect(),
        }
    }

    /// The run will fetch so many more symbols.
    pub fn expect(&self, symbols: usize) {
        if let Self::Remote(Remote { unknown: Some(unknown), .. }) = self {
            unknown.expect(symbols);
        }
    }

    /// Ends a run: unknown symbols are remembered, unless the vendor was failing.
    pub fn conclude(&self) {
        if let Self::Remote(Remote { unknown: Some(unknown), cache, .. }) = self {
            for (query, fault) in unknown.take() {
                if let Some(cache) = cache {
                    cache.keep_unknown(&query, &fault);
                }
            }
        }
    }

    /// A failure as it is to be reported: of a vendor that is failing, that it does not know a symbol says nothing.
    #[must_use]
    pub fn judged(&self, fault: Fault) -> Fault {
        let is_said_now = fault.kind == FaultKind::NotFound && fault.attempts > 0;
        if is_said_now && self.stopped() == Some(StopReason::Epidemic) {
            return as_outage(&fault);
        }
        fault
    }

    /// Symbols that one request can carry.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        match self {
            Self::Remote(remote) => remote.provider.batch_size(),
            Self::Local(_) => 1,
        }
    }

    /// Calendar days to ask for that hold this many sessions.
    #[must_use]
    pub fn days_of(&self, sessions: usize) -> Days {
        match self {
            Self::Remote(remote) => remote.provider.days_of(sessions),
            Self::Local(_) => calendar_days(sessions),
        }
    }

    /// The same client with another of the vendor's protocols, past any cache. `None`: there is no client.
    #[must_use]
    pub fn with_provider(&self, provider: Box<dyn Provider>) -> Option<Self> {
        let client = Arc::clone(self.client()?);
        let remote = Remote::new(client, provider, None);
        Some(Self::Remote(Remote { unknown: None, ..remote }))
    }

    /// Whether what is fetched is kept, so that it pays to fetch what any screen needs.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match self {
            Self::Remote(Remote { cache: Some(cache), .. }) => cache.keeps_bars(),
            _ => false,
        }
    }

    /// Ends it: what is to be kept is written. Returns what went wrong with that, if anything did.
    #[must_use]
    pub fn close(self) -> Option<String> {
        match self {
            Self::Remote(Remote { cache: Some(layer), .. }) => layer.close(),
            _ => None,
        }
    }

    /// The provider's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Remote(remote) => remote.provider.name(),
            Self::Local(local) => local.name(),
        }
    }

    /// What was sent so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        match self {
            Self::Remote(Remote { client, cache, .. }) => {
                let cached = cache.as_ref().map(CacheLayer::hits);
                Counts { cached, ..client.counts() }
            }
            Self::Local(_) => Counts::default(),
        }
    }

    /// A quantile of the times of requests, where there were any.
    #[must_use]
    pub fn latency(&self, quantile: f64) -> Option<Duration> {
        self.client()?.latency(quantile)
    }

    /// How fast requests may be sent. `None`: there is no network.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        Some(self.client()?.rate_limit())
    }

    /// The client. `None`: there is no network.
    #[must_use]
    pub fn client(&self) -> Option<&Arc<Client>> {
        match self {
            Self::Remote(remote) => Some(&remote.client),
            Self::Local(_) => None,
        }
    }

    /// Why no more can be fetched, if so.
    #[must_use]
    pub fn stopped(&self) -> Option<StopReason> {
        self.client()?.stopped()
    }
}

fn loaded(local: &LocalBars, query: &Query) -> Outcome {
    let bars = local.get(&query.symbol).map(Cow::into_owned);
    let place = if local.name() == "files" { "in the files" } else { "in the sample data" };
    bars.ok_or_else(|| Fault::new(FaultKind::NotFound, format!("not {place}")))
}

/// A symbol that no page of an answer mentions.
fn not_mentioned() -> Fault {
    let fault = Fault::new(FaultKind::NotFound, "not found, it may be delisted");
    Fault { attempts: 1, http_status: Some(200), ..fault }
}

/// Follows the pages of an answer to their end. A batch that is refused as a whole is fetched in halves, so that
/// one symbol the vendor cannot read does not cost the others.
fn fetch_pages(client: &Client, provider: &dyn Provider, batch: &[Query]) -> Vec<Outcome> {
    let mut found: Vec<Option<Outcome>> = vec![None; batch.len()];
    let mut token: Option<String> = None;
    let mut seen = HashSet::new();
    loop {
        let request = provider.request(batch, token.as_deref());
        let page = client.get(&request, |response| provider.read(batch, response));
        let Page { answers, next } = match page {
            Ok(page) => page,
            Err(fault) if batch.len() > 1 && may_be_one_symbol(&fault) => {
                let (first, second) = batch.split_at(batch.len() / 2);
                let mut outcomes = fetch_pages(client, provider, first);
                outcomes.extend(fetch_pages(client, provider, second));
                return outcomes;
            }
            Err(fault) => return vec![Err(fault); batch.len()],
        };
        for (known, more) in found.iter_mut().zip(answers) {
            *known = join(known.take(), more);
        }
        let Some(next) = next else { break };
        if !seen.insert(next.clone()) {
            let fault = Fault::new(FaultKind::BadData, "the answer's pages repeat");
            return vec![Err(fault); batch.len()];
        }
        token = Some(next);
    }
    found.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(not_mentioned()))).collect()
}

fn may_be_one_symbol(fault: &Fault) -> bool {
    matches!(fault.http_status, Some(400 | 422)) || fault.kind == FaultKind::TooLarge
}

/// Joins what two pages say of a symbol: a series may go on over their border.
fn join(known: Option<Outcome>, more: Option<Outcome>) -> Option<Outcome> {
    match (known, more) {
        (Some(Ok(first)), Some(Ok(rest))) => Some(Ok(first.followed_by(&rest))),
        (Some(Err(fault)), _) => Some(Err(fault)),
        (_, Some(more)) => Some(more),
        (first, None) => first,
    }
}
