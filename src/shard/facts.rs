//! What is to be known of a run to put its parts together.

use std::collections::HashSet;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{ShardFileError, VERSION};
use crate::bars::{Bar, Bars, PriceBasis};
use crate::fetch::Counts;
use crate::pipeline::{Gathered, Plan};
use crate::report::RunCost;
use crate::screen::models::Model;
use crate::screen::momentum::Momentum;
use crate::screen::volume::Volume;
use crate::screen::{Criteria, Screen};
use crate::universe::{Shard, Symbol, Universe, printable};

/// What all parts of a run have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The program that measured: another version may measure differently.
    pub program: String,
    /// The screen's name.
    pub screen: String,
    /// The momentum model's name, where there is one.
    pub model: Option<String>,
    /// The benchmark that was asked for.
    pub benchmark: Option<String>,
    /// What counts as unusual volume, where that is the question.
    pub parameters: Option<Volume>,
    /// Where the bars came from.
    pub provider: String,
    /// The last session that was asked for: a date, or none for the newest.
    pub as_of: Option<String>,
    /// Whether the bar of a session still open was used.
    pub include_partial: bool,
    /// Every ticker of the whole list, in its order.
    pub tickers: Vec<String>,
}

/// What is to be known of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardFacts {
    /// The version of the layout.
    pub screener_part: u32,
    /// Which part: `3/16`.
    pub shard: String,
    /// What it is a part of.
    pub run: RunFacts,
    /// The day on which it was asked for, in UTC.
    pub asked_on: String,
    /// The newest bar of most of its tickers.
    pub session: Option<String>,
    /// Why it ended before every ticker was asked for, if it did.
    pub incomplete: Option<String>,
    /// The benchmark's adjusted closes, where they could be had.
    pub benchmark_closes: Option<Closes>,
    /// Time and requests.
    pub cost: Cost,
}

/// A series of closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closes {
    dates: Vec<String>,
    adjusted: Vec<Exact>,
}

/// What a part cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    elapsed_seconds: f64,
    requests: usize,
    retries: usize,
    throttled: usize,
    bytes: u64,
    cached: Option<usize>,
}

/// A number that is read as it was written: `serde_json` by itself may be one off in the last digit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(transparent)]
struct Exact(f64);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?;
        text.get().parse().map(Self).map_err(D::Error::custom)
    }
}

impl RunFacts {
    fn of(screen: &Screen, universe: &Universe, plan: &Plan, provider: &str) -> Self {
        let momentum = screen.criteria.momentum();
        Self {
            program: program(),
            screen: screen.name().into(),
            model: momentum.map(|momentum| momentum.model.name().into()),
            benchmark: screen.benchmark().map(ToString::to_string),
            parameters: match &screen.criteria {
                Criteria::Volume(volume) => Some(volume.clone()),
                _ => None,
            },
            provider: provider.into(),
            as_of: plan.as_of.map(|date| date.to_string()),
            include_partial: screen.include_partial,
            tickers: universe.symbols().iter().map(ToString::to_string).collect(),
        }
    }

    /// What was asked.
    ///
    /// # Errors
    /// [`ShardFileError`] when it is nothing that is asked in parts.
    pub fn criteria(&self) -> Result<Criteria, ShardFileError> {
        let unknown =
            || ShardFileError::Damaged(format!("nothing known is asked ({})", self.screen));
        let momentum = || {
            let model =
                Model::ALL.into_iter().find(|model| Some(model.name()) == self.model.as_deref());
            let benchmark = self.benchmark.as_deref().map(Symbol::parse).transpose();
            Ok(Momentum {
                model: model.ok_or_else(unknown)?,
                benchmark: benchmark.map_err(|_| unknown())?,
            })
        };
        match (self.screen.as_str(), &self.parameters) {
            ("momentum", None) => Ok(Criteria::Momentum(momentum()?)),
            ("top", None) => Ok(Criteria::Top(momentum()?)),
            ("volume-screen", Some(volume)) => Ok(Criteria::Volume(volume.clone())),
            _ => Err(unknown()),
        }
    }

    /// How it differs from another one, if it does: what this one has, and what the other.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
        let partial = |run: &Self| if run.include_partial { "used" } else { "not used" }.to_owned();
        let parameters = |run: &Self| serde_json::to_string(&run.parameters).unwrap_or_default();
        let facts = |run: &Self| {
            [
                ("program", run.program.clone()),
                ("screen", run.screen.clone()),
                ("model", word(&run.model)),
                ("benchmark", word(&run.benchmark)),
                ("parameters", parameters(run)),
                ("provider", run.provider.clone()),
                ("--as-of", word(&run.as_of)),
                ("open session's bar", partial(run)),
            ]
        };
        let differing = facts(self).into_iter().zip(facts(other)).find(|(own, other)| own != other);
        if let Some(((name, own), (_, other))) = differing {
            return Some(format!("its {name} is {own}, not {other}"));
        }
        (self.tickers != other.tickers).then(|| match (self.tickers.len(), other.tickers.len()) {
            (own, others) if own != others => {
                format!("its list has {own} tickers, not {others}")
            }
            _ => "its list has other tickers, or another order".into(),
        })
    }
}

impl ShardFacts {
    /// Of a part of `universe` that was gathered according to `plan`.
    #[must_use]
    pub fn of(
        screen: &Screen,
        universe: &Universe,
        shard: Shard,
        plan: &Plan,
        gathered: &Gathered,
    ) -> Self {
        let counts = gathered.cost.counts;
        Self {
            screener_part: VERSION,
            shard: shard.to_string(),
            run: RunFacts::of(screen, universe, plan, &gathered.provider),
            asked_on: plan.now.date_naive().to_string(),
            session: crate::screen::quality::usual_date(&gathered.rows).map(|d| d.to_string()),
            incomplete: gathered.stopped.as_ref().map(ToString::to_string),
            benchmark_closes: gathered.benchmark.as_ref().map(|bars| Closes {
                dates: bars.dates().iter().map(ToString::to_string).collect(),
                adjusted: bars.adjusted().iter().map(|close| Exact(*close)).collect(),
            }),
            cost: Cost {
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
        #[derive(Deserialize)]
        struct Version {
            screener_part: u64,
        }
        let version: Version = serde_json::from_str(text).map_err(|_| ShardFileError::Foreign)?;
        if version.screener_part != u64::from(VERSION) {
            return Err(ShardFileError::OtherVersion(version.screener_part));
        }
        let mut facts: Self =
            serde_json::from_str(text).map_err(|e| ShardFileError::damaged(&e))?;
        facts.shard.parse::<Shard>().map_err(|e| ShardFileError::damaged(&e))?;
        let mut seen = HashSet::new();
        for ticker in &facts.run.tickers {
            let symbol = Symbol::parse(ticker).map_err(|bad| {
                ShardFileError::Damaged(format!("{bad} in its list is no ticker"))
            })?;
            if !seen.insert(symbol) {
                return Err(ShardFileError::Damaged(format!("{ticker} is twice in its list")));
            }
        }
        let run = &mut facts.run;
        let texts = [&mut run.program, &mut run.screen, &mut run.provider, &mut facts.asked_on];
        let perhaps = [
            &mut run.model,
            &mut run.benchmark,
            &mut run.as_of,
            &mut facts.session,
            &mut facts.incomplete,
        ];
        for text in texts.into_iter().chain(perhaps.into_iter().flatten()) {
            *text = printable(text);
        }
        Ok(facts)
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Which part it is.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        self.shard.parse().ok()
    }

    /// The tickers of the list that are this part's.
    pub(super) fn own_tickers(&self) -> impl Iterator<Item = Symbol> {
        let shard = self.shard();
        let symbols = self.run.tickers.iter().filter_map(|ticker| Symbol::parse(ticker).ok());
        symbols.filter(move |symbol| {
            shard.is_some_and(|shard| Shard::of(symbol, shard.count()) == shard)
        })
    }

    /// The benchmark as bars of which only the adjusted closes are known: rows are compared with nothing
    /// else.
    pub(super) fn benchmark(&self) -> Option<Bars> {
        let Closes { dates, adjusted } = self.benchmark_closes.as_ref()?;
        let bar = |(date, Exact(close)): (&String, &Exact)| {
            Some(Bar {
                date: date.parse().ok()?,
                high: *close,
                low: *close,
                close: *close,
                adjusted: *close,
                volume: 0.0,
            })
        };
        let rows = dates.iter().zip(adjusted).map(bar).collect::<Option<Vec<Bar>>>()?;
        Some(Bars::new(rows, PriceBasis::Adjusted, false))
    }

    pub(super) fn cost(&self) -> RunCost {
        let Cost { elapsed_seconds, requests, retries, throttled, bytes, cached } = self.cost;
        RunCost {
            elapsed: Duration::try_from_secs_f64(elapsed_seconds).unwrap_or_default(),
            counts: Counts { requests, retries, throttled, bytes, cached },
            latency: None,
        }
    }
}

/// The program and its version.
fn program() -> String {
    concat!("screener ", env!("CARGO_PKG_VERSION")).into()
}
