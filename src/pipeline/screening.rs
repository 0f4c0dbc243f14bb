//! A screen run over a universe: its rows gathered, then ranked.

use std::collections::HashMap;
use std::slice::from_mut;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use chrono::NaiveDate;

use super::forecast::Forecast;
use super::gather::{Gathered, Gathering, PipelineError, separate};
use super::plan::{Event, Observer, Plan};
use super::prefilter::{is_covered, prefilter};
use crate::ask::Criteria;
use crate::ask::RankError;
use crate::ask::Ranking;
use crate::ask::Screen;
use crate::bars::Bars;
use crate::compare::row::Row;
use crate::failure::{Failure, Incomplete};
use crate::fetch::{Fault, FaultKind, StopReason};
use crate::portfolio::exchange_rates::{ExchangeRates, Rate};
use crate::report::{Report, RunCost};
use crate::source::Source;
use crate::universe::{Industry, PastList, Shard, Symbol, Universe};

/// What a screen gathered: for every symbol a row, before rows are compared, or a failure.
#[derive(Clone, Debug)]
pub struct GatheredRows {
    /// The provider's name.
    pub provider: String,
    /// Embedded lists that were taken as they were on a past day.
    pub past_lists: Vec<PastList>,
    /// Every symbol with bars, in the order asked for.
    pub rows: Vec<Row>,
    /// Every symbol without, in the order asked for.
    pub failures: Vec<Failure>,
    /// The rows that these are compared with, where that is not each other.
    pub others: Option<Vec<Row>>,
    /// The benchmark's bars, where they could be had.
    pub benchmark: Option<Bars>,
    /// What a portfolio is brought to one currency with.
    pub rates: Option<ExchangeRates>,
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

/// The first half of [`run`], in which no symbol needs another but the benchmark.
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
    let rates = Mutex::new(HashMap::new());
    let make = |symbol: &Symbol, bars: Bars| {
        let mut row = screen.measure(symbol, &bars);
        if is_rate(screen, symbol)
            && let (Some(date), Some(rate)) = (bars.dates().last(), bars.close().last())
            && let Ok(mut rates) = rates.lock()
        {
            rates.insert(symbol.clone(), Rate { rate: *rate, date: *date });
        }
        Industry { sector: row.about.sector, sub_industry: row.about.sub_industry } =
            universe.industry(symbol);
        if screen.criteria.benchmark() == Some(symbol) {
            benchmark_bars.get_or_init(|| bars);
        }
        if let Some(benchmark) = benchmark_bars.get() {
            // Else the row keeps its closes until the benchmark is there.
            screen.compare_with_benchmark(from_mut(&mut row), Some(benchmark));
        }
        row
    };
    let mut gathering = Gathering::begin(universe, beside(screen), source, plan, &make, observer);
    observer.on(Event::Forecast(&forecast_of(&gathering)));
    prefilter(screen, &mut gathering, &|| benchmark_bars.get().cloned())?;
    gathering.fetch_missing()?;
    let wanted = fetch_rates(screen, &mut gathering)?;
    let gathered = gathering.finish();
    let is_outage = gathered.stopped == Some(StopReason::Epidemic);
    if let Some(symbol) = screen.criteria.benchmark().filter(|_| plan.needs_benchmark && !is_outage)
        && let Some(fault) = fault_of(&gathered, symbol)
    {
        return Err(PipelineError::NoBenchmark { symbol: symbol.clone(), why: fault.to_string() });
    }
    let mut rows = GatheredRows::of(screen, gathered, source.name(), benchmark_bars.into_inner());
    rows.past_lists = past_lists(screen, universe);
    rows.rates = wanted.map(|wanted| wanted.with(&rates.into_inner().unwrap_or_default()));
    screen.compare_with_benchmark(&mut rows.rows, rows.benchmark.as_ref());
    Ok(rows)
}

/// The rates that a portfolio needs, and their tickers.
struct WantedRates {
    target: Arc<str>,
    by_currency: Vec<(Arc<str>, Symbol)>,
}

impl WantedRates {
    fn with(self, found: &HashMap<Symbol, Rate>) -> ExchangeRates {
        let mut rates = ExchangeRates::new(self.target);
        for (currency, symbol) in self.by_currency {
            if let Some(rate) = found.get(&symbol) {
                rates.set(currency, *rate);
            }
        }
        rates
    }
}

/// Whether a symbol is an exchange rate that a portfolio is converted with.
fn is_rate(screen: &Screen, symbol: &Symbol) -> bool {
    let target = screen.criteria.portfolio().and_then(|portfolio| portfolio.currency.as_ref());
    target.is_some_and(|target| symbol.as_str().ends_with(&format!("{target}=X")))
}

/// Fetches the rates of the currencies that were found. `None`: nothing is to be converted.
fn fetch_rates(
    screen: &Screen,
    gathering: &mut Gathering<'_, Row>,
) -> Result<Option<WantedRates>, PipelineError> {
    let Some(portfolio) = screen.criteria.portfolio() else { return Ok(None) };
    let Some(target) = portfolio.currency.clone() else { return Ok(None) };
    let mut by_currency = Vec::new();
    for currency in portfolio.currencies_to_convert(gathering.made()) {
        if let Some(symbol) = ExchangeRates::symbol(&target, &currency) {
            by_currency.push((currency, symbol));
        }
    }
    gathering.fetch_beside(by_currency.iter().map(|(_, symbol)| symbol.clone()))?;
    Ok(Some(WantedRates { target, by_currency }))
}

/// The embedded lists of a run as they were on a past day, each once.
fn past_lists(screen: &Screen, universe: &Universe) -> Vec<PastList> {
    let mut past_lists = universe.past_lists().to_vec();
    for past in screen.rank_among.iter().flat_map(Universe::past_lists) {
        if !past_lists.contains(past) {
            past_lists.push(past.clone());
        }
    }
    past_lists
}

/// What is fetched with a universe: the benchmark, and what its symbols are compared with.
fn beside(screen: &Screen) -> Vec<Symbol> {
    let mut beside: Vec<Symbol> = screen.criteria.benchmark().cloned().into_iter().collect();
    if let Some(others) = &screen.rank_among {
        beside.extend_from_slice(others.symbols());
    }
    beside
}

/// Why a symbol has no bars, unless it was only not asked for in time.
fn fault_of<'a>(gathered: &'a Gathered<Row>, symbol: &Symbol) -> Option<&'a Fault> {
    let mut all = gathered.beside.iter().chain(&gathered.entries);
    let (_, outcome) = all.find(|(own, _)| own == symbol)?;
    outcome.as_ref().err().filter(|fault| fault.kind != FaultKind::Stopped)
}

/// What a run would take, without a request.
#[must_use]
pub fn forecast(screen: &Screen, universe: &Universe, source: &Source, plan: &Plan) -> Forecast {
    let make = |symbol: &Symbol, bars: Bars| screen.measure(symbol, &bars);
    let ignore = |_: Event<'_, Row>| {};
    let gathering = Gathering::begin(universe, beside(screen), source, plan, &make, &ignore);
    Forecast { past_lists: past_lists(screen, universe), ..forecast_of(&gathering) }
}

fn forecast_of(gathering: &Gathering<'_, Row>) -> Forecast {
    let mut forecast = gathering.forecast();
    if let Some(prefilter) = gathering.plan.prefilter
        && is_covered(gathering)
    {
        let missing = gathering.missing();
        let beside = missing.iter().filter(|symbol| gathering.is_beside(symbol)).count();
        if let Some(requests) = prefilter.requests(missing.len() - beside) {
            forecast.requests = requests + beside;
        }
    }
    forecast
}

impl GatheredRows {
    fn of(
        screen: &Screen,
        gathered: Gathered<Row>,
        provider: &str,
        benchmark: Option<Bars>,
    ) -> Self {
        let others = screen.rank_among.as_ref().map(|others| rows_of(others, &gathered));
        let (rows, failures) = separate(gathered.entries);
        Self {
            provider: provider.into(),
            past_lists: Vec::new(),
            rows,
            failures,
            others,
            benchmark,
            rates: None,
            incomplete: gathered.stopped.map(Incomplete::Stopped),
            cost: gathered.cost,
        }
    }

    /// The other half: the rows scored, filtered and ordered.
    ///
    /// # Errors
    /// [`RankError`].
    pub fn rank(self, screen: &Screen) -> Result<Report, RankError> {
        let as_of = self.as_of();
        let mut screen = screen.clone();
        if let Criteria::Portfolio(portfolio) = &mut screen.criteria {
            portfolio.rates.clone_from(&self.rates);
        }
        let start = Instant::now();
        let ranking = screen.rank_among(self.rows, self.others, self.benchmark.as_ref())?;
        let elapsed = self.cost.elapsed + start.elapsed();
        Ok(Report {
            screen,
            shard: None,
            provider: self.provider,
            as_of,
            past_lists: self.past_lists,
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
            past_lists: self.past_lists,
            ranking: Ranking::of_unranked(self.rows),
            failures: self.failures,
            incomplete: self.incomplete,
            cost: self.cost,
        }
    }

    /// The newest bar used.
    fn as_of(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.now.as_of).max()
    }
}

/// The rows of those symbols of a universe that brought bars.
fn rows_of(universe: &Universe, gathered: &Gathered<Row>) -> Vec<Row> {
    let all = gathered.beside.iter().chain(&gathered.entries);
    let own = all.filter(|(symbol, _)| universe.contains(symbol));
    own.filter_map(|(_, outcome)| outcome.as_ref().ok().cloned()).collect()
}
