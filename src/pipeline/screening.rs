//! A screen run over a universe: its rows gathered, then ranked.

use std::sync::OnceLock;
use std::time::Instant;

use chrono::NaiveDate;

use super::forecast::Forecast;
use super::gather::{Gathered, Gathering, PipelineError, separate};
use super::plan::{Event, Observer, Plan};
use super::prefilter::{is_covered, prefilter};
use crate::bars::Bars;
use crate::failure::{Failure, Incomplete};
use crate::report::{Report, RunCost};
use crate::screen::row::Row;
use crate::screen::{Ranking, Screen, TooFewToCompare};
use crate::source::Source;
use crate::universe::{Shard, Symbol, Universe};

/// What a screen gathered: for every symbol a row, before rows are compared, or a failure.
#[derive(Clone, Debug)]
pub struct GatheredRows {
    /// The provider's name.
    pub provider: String,
    /// Every symbol with bars, in the order asked for.
    pub rows: Vec<Row>,
    /// Every symbol without, in the order asked for.
    pub failures: Vec<Failure>,
    /// The benchmark's bars, where they could be had.
    pub benchmark: Option<Bars>,
    /// Why not every symbol was fetched, if so.
    pub incomplete: Option<Incomplete>,
    /// Time and requests.
    pub cost: RunCost,
}

/// Runs a screen over a universe. Every symbol ends up in the report: as a row or as a failure.
///
/// # Errors
/// [`PipelineError`] when the run could not be made; what goes wrong with a symbol is in the report.
pub fn run(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    observer: &dyn Observer<Row>,
) -> Result<Report, PipelineError> {
    Ok(gather_rows(screen, universe, source, plan, observer)?.rank(screen)?)
}

/// The first half of [`run`], in which no symbol needs another.
///
/// # Errors
/// [`PipelineError`] when the run could not be made.
pub fn gather_rows(
    screen: &Screen,
    universe: &Universe,
    source: &Source,
    plan: &Plan,
    observer: &dyn Observer<Row>,
) -> Result<GatheredRows, PipelineError> {
    observer.on(Event::Planned(universe.symbols().len()));
    let benchmark_bars = OnceLock::new();
    let make = |symbol: &Symbol, bars: Bars| {
        let mut row = screen.measure(symbol, &bars);
        row.sector = universe.sector(symbol);
        if screen.criteria.benchmark() == Some(symbol) {
            benchmark_bars.get_or_init(|| bars);
        }
        row
    };
    let benchmark = screen.criteria.benchmark();
    let mut gathering = Gathering::begin(universe, benchmark, source, plan, &make, observer);
    observer.on(Event::Forecast(&forecast_of(&gathering)));
    prefilter(screen, &mut gathering, &|| benchmark_bars.get().cloned())?;
    gathering.fetch_missing()?;
    let gathered = gathering.finish();
    Ok(GatheredRows::of(gathered, source.name(), benchmark_bars.into_inner()))
}

/// What a run would take, without a request.
#[must_use]
pub fn forecast(screen: &Screen, universe: &Universe, source: &Source, plan: &Plan) -> Forecast {
    let make = |symbol: &Symbol, bars: Bars| screen.measure(symbol, &bars);
    let ignore = |_: Event<'_, Row>| {};
    let benchmark = screen.criteria.benchmark();
    forecast_of(&Gathering::begin(universe, benchmark, source, plan, &make, &ignore))
}

fn forecast_of(gathering: &Gathering<'_, Row>) -> Forecast {
    let mut forecast = gathering.forecast();
    if let Some(prefilter) = gathering.plan.prefilter
        && is_covered(gathering)
    {
        let missing = gathering.missing();
        let extra = usize::from(gathering.extra().is_some_and(|symbol| missing.contains(symbol)));
        if let Some(requests) = prefilter.requests(missing.len() - extra) {
            forecast.requests = requests + extra;
        }
    }
    forecast
}

impl GatheredRows {
    fn of(gathered: Gathered<Row>, provider: &str, benchmark: Option<Bars>) -> Self {
        let (rows, failures) = separate(gathered.entries);
        Self {
            provider: provider.into(),
            rows,
            failures,
            benchmark,
            incomplete: gathered.stopped.map(Incomplete::Stopped),
            cost: gathered.cost,
        }
    }

    /// The other half: the rows scored, filtered and ordered.
    ///
    /// # Errors
    /// [`TooFewToCompare`].
    pub fn rank(self, screen: &Screen) -> Result<Report, TooFewToCompare> {
        let as_of = self.as_of();
        let start = Instant::now();
        let ranking = screen.rank(self.rows, self.benchmark.as_ref())?;
        let elapsed = self.cost.elapsed + start.elapsed();
        Ok(Report {
            screen: screen.clone(),
            shard: None,
            provider: self.provider,
            as_of,
            ranking,
            failures: self.failures,
            incomplete: self.incomplete,
            cost: RunCost { elapsed, ..self.cost },
        })
    }

    /// A report on one shard, in which nothing is compared.
    #[must_use]
    pub fn unranked(self, screen: &Screen, shard: Shard) -> Report {
        Report {
            as_of: self.as_of(),
            screen: screen.clone(),
            shard: Some(shard),
            provider: self.provider,
            ranking: Ranking::of_unranked(self.rows),
            failures: self.failures,
            incomplete: self.incomplete,
            cost: self.cost,
        }
    }

    /// The newest bar used.
    fn as_of(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.as_of).max()
    }
}
