//! What has to be known of a run to merge its shards.

use std::collections::HashSet;
use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::error::{ShardFileError, VERSION};
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::ask::volume::Volume;
use crate::bars::{Bar, Bars, PriceBasis};
use crate::compare::eligible::usual_date;
use crate::compare::momentum::Momentum;
use crate::fetch::Counts;
use crate::models::Model;
use crate::pipeline::{GatheredRows, Plan};
use crate::report::RunCost;
use crate::table::{Exact, printable};
use crate::universe::{PastList, Shard, Symbol, Universe};

/// The program and its version.
const PROGRAM: &str = concat!("screener ", env!("CARGO_PKG_VERSION"));

/// What all shards of a run have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The program that measured: another version may measure differently.
    pub program: String,
    /// The screen's name.
    pub screen: String,
    /// The momentum model's name, where there is one.
    pub model: Option<String>,
    /// The benchmark that was asked for.
    pub benchmark: Option<Symbol>,
    /// What counts as unusual volume, where that is asked.
    pub parameters: Option<Volume>,
    /// The provider's name.
    pub provider: String,
    /// The last session that was asked for. `None`: the newest.
    pub as_of: Option<NaiveDate>,
    /// Whether the bar of a session still open was used.
    pub include_partial: bool,
    /// Embedded lists that were taken as they were on a past day.
    pub past_lists: Vec<PastList>,
    /// Every ticker of the whole list, in its order.
    pub tickers: Vec<Symbol>,
}

/// What has to be known of a shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardFacts {
    /// The version of the layout.
    pub screener_shard: u32,
    /// The shard: `3/16`.
    pub shard: Shard,
    /// What it is a shard of.
    pub run: RunFacts,
    /// The day on which it was gathered, in UTC.
    pub asked_on: NaiveDate,
    /// The newest bar of most of its tickers.
    pub session: Option<NaiveDate>,
    /// Why it ended before every ticker was fetched, if it did.
    pub incomplete: Option<String>,
    /// The benchmark's adjusted closes, where they could be had.
    pub benchmark_closes: Option<BenchmarkCloses>,
    /// Time and requests.
    pub cost: ShardCost,
}

/// A series of closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkCloses {
    dates: Vec<NaiveDate>,
    adjusted: Vec<Exact>,
}

/// What a shard cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardCost {
    elapsed_seconds: f64,
    requests: usize,
    retries: usize,
    throttled: usize,
    bytes: u64,
    cached: Option<usize>,
}

/// The only member that is read of a file of unknown version.
#[derive(Deserialize)]
struct Version {
    screener_shard: u64,
}

impl RunFacts {
    fn of(screen: &Screen, universe: &Universe, plan: &Plan, provider: &str) -> Self {
        let momentum = screen.criteria.momentum();
        Self {
            program: PROGRAM.into(),
            screen: screen.criteria.name().into(),
            model: momentum.map(|momentum| momentum.model.name.into()),
            benchmark: screen.criteria.benchmark().cloned(),
            parameters: screen.criteria.volume().cloned(),
            provider: provider.into(),
            as_of: plan.as_of,
            include_partial: plan.include_partial,
            past_lists: universe.past_lists().to_vec(),
            tickers: universe.symbols().to_vec(),
        }
    }

    /// What was asked.
    ///
    /// # Errors
    /// [`ShardFileError`] when it is nothing that is asked in shards.
    pub fn criteria(&self) -> Result<Criteria, ShardFileError> {
        match (self.screen.as_str(), &self.parameters) {
            ("momentum", None) => Ok(Criteria::Momentum(self.momentum()?)),
            ("top", None) => Ok(Criteria::Top(self.momentum()?)),
            ("volume-screen", Some(volume)) => Ok(Criteria::Volume(volume.clone())),
            _ => Err(self.unknown()),
        }
    }

    fn momentum(&self) -> Result<Momentum, ShardFileError> {
        let model = self.model.as_deref().and_then(Model::find).ok_or_else(|| self.unknown())?;
        Ok(Momentum { model, benchmark: self.benchmark.clone() })
    }

    fn unknown(&self) -> ShardFileError {
        ShardFileError::Damaged(format!("its screen is not known ({})", self.screen))
    }

    /// How it differs from another run, if it does: what this one has, and what the other.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        for ((name, own), (_, others)) in self.described().into_iter().zip(other.described()) {
            if own != others {
                return Some(format!("its {name} is {own}, not {others}"));
            }
        }
        if self.tickers == other.tickers {
            return None;
        }
        let (own, others) = (self.tickers.len(), other.tickers.len());
        Some(if own == others {
            "its list has other tickers, or another order".into()
        } else {
            format!("its list has {own} tickers, not {others}")
        })
    }

    /// Everything but the list, as a person reads it.
    fn described(&self) -> [(&'static str, String); 8] {
        let partial = if self.include_partial { "used" } else { "not used" };
        [
            ("program", self.program.clone()),
            ("screen", self.screen.clone()),
            ("model", or_none(self.model.as_ref())),
            ("benchmark", or_none(self.benchmark.as_ref())),
            ("parameters", serde_json::to_string(&self.parameters).unwrap_or_default()),
            ("provider", self.provider.clone()),
            ("--as-of", or_none(self.as_of.as_ref())),
            ("open session's bar", partial.into()),
        ]
    }
}

fn or_none(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| "none".into(), ToString::to_string)
}

impl ShardFacts {
    /// Of a shard of `universe` that was gathered according to `plan`.
    #[must_use]
    pub fn of(
        screen: &Screen,
        universe: &Universe,
        shard: Shard,
        plan: &Plan,
        gathered: &GatheredRows,
    ) -> Self {
        let counts = gathered.cost.counts;
        Self {
            screener_shard: VERSION,
            shard,
            run: RunFacts::of(screen, universe, plan, &gathered.provider),
            asked_on: plan.now.date_naive(),
            session: usual_date(&gathered.rows),
            incomplete: gathered.incomplete.as_ref().map(ToString::to_string),
            benchmark_closes: gathered.benchmark.as_ref().map(BenchmarkCloses::of),
            cost: ShardCost {
                elapsed_seconds: gathered.cost.elapsed.as_secs_f64(),
                requests: counts.requests,
                retries: counts.retries,
                throttled: counts.throttled,
                bytes: counts.bytes,
                cached: counts.cached,
            },
        }
    }

    /// Reads them, and refuses those of another layout.
    pub(super) fn read(text: &str) -> Result<Self, ShardFileError> {
        let version: Version = serde_json::from_str(text).map_err(|_| ShardFileError::Foreign)?;
        if version.screener_shard != u64::from(VERSION) {
            return Err(ShardFileError::OtherVersion(version.screener_shard));
        }
        let mut facts: Self =
            serde_json::from_str(text).map_err(|error| ShardFileError::damaged(&error))?;
        let mut seen = HashSet::new();
        for ticker in &facts.run.tickers {
            if !seen.insert(ticker) {
                return Err(ShardFileError::Damaged(format!("{ticker} is twice in its list")));
            }
        }
        let run = &mut facts.run;
        for text in [&mut run.program, &mut run.screen, &mut run.provider] {
            *text = printable(text);
        }
        for past in &mut run.past_lists {
            past.list = printable(&past.list);
            past.day = printable(&past.day);
        }
        for text in [&mut run.model, &mut facts.incomplete].into_iter().flatten() {
            *text = printable(text);
        }
        Ok(facts)
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The tickers of the list that belong to this shard.
    pub(super) fn own_tickers(&self) -> impl Iterator<Item = &Symbol> {
        self.run.tickers.iter().filter(|symbol| self.shard.holds(symbol))
    }

    /// The benchmark as bars of which only the adjusted closes are known: rows are compared with nothing else.
    pub(super) fn benchmark(&self) -> Option<Bars> {
        self.benchmark_closes.as_ref().map(BenchmarkCloses::bars)
    }

    pub(super) fn cost(&self) -> RunCost {
        let ShardCost { elapsed_seconds, requests, retries, throttled, bytes, cached } = self.cost;
        RunCost {
            elapsed: Duration::try_from_secs_f64(elapsed_seconds).unwrap_or_default(),
            counts: Counts { requests, retries, throttled, bytes, cached },
            latency: None,
        }
    }
}

impl BenchmarkCloses {
    fn of(bars: &Bars) -> Self {
        Self {
            dates: bars.dates().to_vec(),
            adjusted: bars.adjusted().iter().map(|close| Exact(*close)).collect(),
        }
    }

    fn bars(&self) -> Bars {
        let mut rows = Vec::with_capacity(self.dates.len());
        for (date, Exact(close)) in self.dates.iter().zip(&self.adjusted) {
            rows.push(Bar::of_close(*date, *close));
        }
        Bars::new(rows, PriceBasis::Adjusted, false)
    }
}
