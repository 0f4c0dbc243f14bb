//! From what was typed to what is done: everything decided, nothing left to interpret.

pub(in crate::cli) mod conflicts;
pub(in crate::cli) mod layers;
pub(in crate::cli) mod source;
pub(in crate::cli) mod vendor;
pub(in crate::cli) mod view;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, Utc};

use crate::cli::CommandError;
use crate::cli::args::values::FailureLimit;
use crate::cli::args::{
    BaselineName, DirectionName, ListArgs, ModelArgs, OutputArgs, PortfolioArgs, RunArgs, ViewArgs,
    VolumeArgs, When,
};
use crate::cli::settings::source::SourceSettings;
use crate::pipeline::Plan;
use crate::pipeline::prefilter::Prefilter;
use crate::report::{Format, Style};
use crate::screen::models::Model;
use crate::screen::momentum::{Momentum, SESSIONS};
use crate::screen::portfolio::Portfolio;
use crate::screen::volume::{Baseline, Direction, Volume};
use crate::screen::{Criteria, Screen};
use crate::universe::{Holdings, Symbol, Universe};

const HOLDINGS_HINT: &str = "holdings are a CSV with the columns ticker, shares and perhaps cost_basis \
                             (of one share), or words like AAPL=100";

/// A run, decided.
pub(in crate::cli) struct Settings {
    pub(in crate::cli) universe: Universe,
    pub(in crate::cli) source: SourceSettings,
    pub(in crate::cli) screen: Screen,
    pub(in crate::cli) plan: Plan,
    pub(in crate::cli) output: Output,
    /// Said before the run.
    pub(in crate::cli) notice: Option<String>,
    pub(in crate::cli) dry_run: bool,
}

/// Where the report and the words beside it go.
pub(in crate::cli) struct Output {
    pub(in crate::cli) format: Format,
    pub(in crate::cli) file: Option<PathBuf>,
    pub(in crate::cli) style: Style,
    pub(in crate::cli) progress: bool,
    pub(in crate::cli) quiet: bool,
    /// Failures that still are a success; none is any number.
    pub(in crate::cli) allowed: Option<FailureLimit>,
}

/// What is asked, before it is known where prices come from.
pub(in crate::cli) enum Asked {
    Momentum(ModelArgs, ListArgs),
    Top { n: usize, prefilter: bool, model: ModelArgs, list: ListArgs },
    Volume(VolumeArgs, ListArgs),
    Portfolio { holdings: Holdings, against: Option<Holdings>, model: ModelArgs },
}

impl Asked {
    fn sessions(&self) -> usize {
        match self {
            Self::Volume(args, _) => usize::from(args.lookback) + 1,
            _ => SESSIONS,
        }
    }

    /// What was named.
    fn universe(&self) -> Result<Universe, CommandError> {
        match self {
            Self::Portfolio { holdings, against, .. } => Ok(holdings.universe(against.as_ref())),
            Self::Momentum(_, list) | Self::Top { list, .. } | Self::Volume(_, list) => {
                let mut stdin = std::io::stdin().lock();
                Ok(Universe::read(&list.lists, &list.tickers, &mut stdin)?)
            }
        }
    }

    /// The tickers that were named; none are all that are at hand.
    fn tickers(&self) -> Option<&ListArgs> {
        match self {
            Self::Momentum(_, list) | Self::Top { list, .. } | Self::Volume(_, list) => Some(list),
            Self::Portfolio { .. } => None,
        }
    }
}

impl Settings {
    pub(in crate::cli) fn decide(
        asked: Asked,
        view: Option<&ViewArgs>,
        workers: u16,
        args: RunArgs,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let RunArgs { as_of, include_partial, dry_run, fetch, output } = args;
        // East of Greenwich it may be tomorrow already.
        let today = now.date_naive() + Days::new(1);
        if let Some(date) = as_of.filter(|date| *date > today) {
            return Err(CommandError::new(format!("--as-of {date} is in the future")).into());
        }
        let with_stats = output.stats;
        let output = Output::decide(output)?;
        let mut universe = asked.universe()?;
        let source = SourceSettings::decide(fetch, as_of, asked.sessions(), today)?;
        if asked.tickers().is_some_and(|list| list.lists.is_empty() && list.tickers.is_empty()) {
            source.symbols().for_each(|symbol| universe.add(symbol.clone()));
        }
        if universe.symbols().is_empty() {
            return Err(CommandError::new("no tickers given")
                .hint("name a list (sp500), tickers (-t AAPL,MSFT) or - for standard input")
                .into());
        }
        let prefilter = match &asked {
            Asked::Top { n, prefilter: true, model, .. } => {
                Some(prefilter(*n, model.model, view, &source)?)
            }
            _ => None,
        };
        let (criteria, limit) = match asked {
            Asked::Momentum(args, _) => (Criteria::Momentum(momentum(&args, &source)?), None),
            Asked::Top { n, model, .. } => (Criteria::Top(momentum(&model, &source)?), Some(n)),
            Asked::Volume(args, _) => (Criteria::Volume(volume(&args)?), args.n),
            Asked::Portfolio { holdings, against, model } => {
                let momentum = momentum(&model, &source)?;
                (Criteria::Portfolio(Portfolio { momentum, holdings, against }), None)
            }
        };
        let screen = Screen { limit, include_partial, with_stats, ..Screen::new(criteria) };
        let screen = match view {
            Some(args) => {
                view::apply(&args.choice, Screen { with_history: args.html.is_some(), ..screen })?
            }
            None => screen,
        };
        let notice = source.notice();
        let plan = Plan { workers: workers.into(), as_of, now, prefilter };
        Ok(Self { universe, source, screen, plan, output, notice, dry_run })
    }
}

/// What is held, and what it is set beside.
pub(in crate::cli) fn held(
    args: &PortfolioArgs,
) -> Result<(Holdings, Option<Holdings>), CommandError> {
    let mut stdin = std::io::stdin().lock();
    let mut read = |words: &[String]| {
        Holdings::read(words, &mut stdin)
            .map_err(|e| CommandError::new(e.to_string()).hint(HOLDINGS_HINT))
    };
    let holdings = read(&args.holdings)?;
    let against = args.against.as_ref().map(|word| read(std::slice::from_ref(word))).transpose()?;
    Ok((holdings, against))
}

/// Closes can rank by a model; they know nothing of the other columns.
fn prefilter(
    n: usize,
    model: Model,
    view: Option<&ViewArgs>,
    source: &SourceSettings,
) -> anyhow::Result<Prefilter> {
    if model.compares_tickers() {
        let error =
            CommandError::new(format!("--prefilter does not go with --model {}", model.name()));
        return Err(error.hint("its scores need the bars of all tickers").into());
    }
    if !source.has_prefilter() {
        let error = CommandError::new("--prefilter is for --provider yahoo");
        return Err(error.hint("the other providers do not need it").into());
    }
    let choice = view.map(|view| &view.choice);
    if choice.is_some_and(|view| view.filter.is_some() || view.sort.is_some() || view.by.is_some())
    {
        let error = CommandError::new("--prefilter ranks by the model alone");
        return Err(error.hint("leave out --filter, --sort and --by, or --prefilter").into());
    }
    Ok(Prefilter { n })
}

fn momentum(args: &ModelArgs, source: &SourceSettings) -> anyhow::Result<Momentum> {
    let benchmark = match (args.benchmark.as_deref(), source) {
        (Some("none"), _) | (None, SourceSettings::Local(_)) => None,
        (Some(symbol), _) => Some(
            Symbol::parse(symbol)
                .map_err(|bad| CommandError::new(format!("--benchmark {bad} is no ticker")))?,
        ),
        (None, SourceSettings::Remote { .. }) => Some(Symbol::parse("SPY")?),
    };
    Ok(Momentum { model: args.model, benchmark })
}

fn volume(args: &VolumeArgs) -> anyhow::Result<Volume> {
    if let (Some(least), Some(most)) = (args.min_price, args.max_price)
        && least > most
    {
        let message = format!("--min-price {least} is above --max-price {most}: nothing can pass");
        return Err(CommandError::new(message).into());
    }
    Ok(Volume {
        min_volume: args.min_volume,
        multiplier: args.multiplier,
        lookback: args.lookback.into(),
        baseline: match args.baseline {
            BaselineName::Mean => Baseline::Mean,
            BaselineName::Median => Baseline::Median,
        },
        direction: match args.direction {
            DirectionName::Up => Direction::Up,
            DirectionName::Down => Direction::Down,
            DirectionName::Any => Direction::Any,
        },
        min_price: args.min_price,
        max_price: args.max_price,
        min_dollar_volume: args.min_dollar_volume,
    })
}

impl Output {
    pub(in crate::cli) fn decide(args: OutputArgs) -> anyhow::Result<Self> {
        let file = args.output.filter(|file| file.as_os_str() != "-");
        let format = match (args.format, &file) {
            (Some(format), _) => format,
            (None, Some(file)) => format_of(file)?,
            (None, None) => args.usual_format.unwrap_or(Format::Table),
        };
        let to_terminal = file.is_none() && std::io::stdout().is_terminal();
        if format == Format::Parquet && to_terminal {
            return Err(CommandError::new("a terminal cannot show Parquet")
                .hint("-o report.parquet writes it to a file")
                .into());
        }
        let plain = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let forced = std::env::var_os("CLICOLOR_FORCE").unwrap_or_default();
        let forced = file.is_none() && !forced.is_empty() && forced != "0";
        let color = match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto if set("NO_COLOR") => false,
            When::Auto => forced || (to_terminal && !plain),
        };
        let width =
            to_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
        let unwanted =
            args.no_progress || args.quiet || args.verbose > 0 || (set("NO_COLOR") && plain);
        let allowed =
            if args.strict { Some(FailureLimit::Tickers(0)) } else { args.allow_failures };
        Ok(Self {
            format,
            file,
            style: Style { width, color },
            progress: std::io::stderr().is_terminal() && !unwanted,
            quiet: args.quiet,
            allowed,
        })
    }
}

impl FailureLimit {
    /// Whether `failed` of `requested` is more than is allowed.
    pub(in crate::cli) fn is_exceeded(self, failed: usize, requested: usize) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
        match self {
            Self::Tickers(most) => failed > most,
            Self::Percent(most) => failed as f64 * 100.0 > most * requested as f64,
        }
    }
}

fn format_of(file: &Path) -> anyhow::Result<Format> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Format::of_ending(ending).ok_or_else(|| {
        CommandError::new(format!("the ending of {} names no format", file.display()))
            .hint("say which with -f table, csv, json, ndjson, markdown or parquet")
            .into()
    })
}

/// Whether an environment variable is set to anything but nothing.
fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
