//! From a query to bars: read what is at hand, or else fetch and read the answer.

use std::sync::Arc;
use std::time::Duration;

use crate::bars::Bars;
use crate::fetch::{Client, Counts, Fault, Kind, Pace, Stop};
use crate::provider::{Local, Provider, Query};

/// Where bars come from.
#[expect(clippy::large_enum_variant, reason = "a run has one")]
pub enum Source {
    /// A vendor over HTTP.
    Remote {
        /// How its bytes come.
        client: Client,
        /// What its bytes mean.
        provider: Box<dyn Provider>,
    },
    /// Bars loaded before the run.
    Local(Arc<Local>),
}

impl Source {
    /// The bars of one symbol.
    ///
    /// # Errors
    /// A [`Fault`] that says why there are none.
    pub fn bars(&self, query: &Query) -> Result<Bars, Fault> {
        match self {
            Self::Remote { client, provider } => {
                client.get(&provider.request(query), |response| provider.read(query, response))
            }
            Self::Local(local) => local.get(&query.symbol).cloned().ok_or_else(|| {
                Fault::new(Kind::NotFound, format!("not in the {} data", local.name()))
            }),
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
            Self::Remote { client, .. } => client.counts(),
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

    /// Why no more can be fetched, if so.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        match self {
            Self::Remote { client, .. } => client.stopped(),
            Self::Local(_) => None,
        }
    }
}
