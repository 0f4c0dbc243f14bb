//! `portfolio`: what is held, valued and scored.

use std::sync::Arc;

use clap::{Args, ValueEnum, ValueHint};

use super::screen::screen_tickers;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::fetch::{RunArgs, WorkerArgs};
use crate::cli::args::model::{ModelArgs, RankArgs};
use crate::cli::args::output::{FormatArgs, OutputArgs};
use crate::cli::args::view::ViewArgs;
use crate::cli::context::{CommandResult, Context};
use crate::cli::settings::run::{RunRequest, Tickers};
use crate::cli::settings::screen::{
    decide_momentum, decide_rank_among, read_holdings, with_preset,
};
use crate::measure::calendar::SESSIONS;
use crate::portfolio::portfolio::Portfolio;
use crate::universe::{CostKind, Holdings, HoldingsOptions, major_unit};

const EXAMPLES: &str = "\
Examples:
  screener portfolio holdings.csv                ticker, shares, cost_basis
  screener portfolio AAPL=100 NVDA=50            without a file
  screener portfolio mine.csv --worst-first      the lowest scores first
  screener portfolio mine.csv --against 60-40.csv";

/// Value what you hold, and score it: total, weights, gains, concentration
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PortfolioArgs {
    /// A CSV with the columns ticker, shares and perhaps `cost_basis` (of one share), or words like AAPL=100
    #[arg(required = true, value_name = "HOLDINGS|TICKER=SHARES|-", value_hint = ValueHint::FilePath)]
    holdings: Vec<String>,

    /// A second portfolio to compare with
    #[arg(long, value_name = "HOLDINGS", value_hint = ValueHint::FilePath)]
    against: Option<String>,

    /// Whether costs are per share or in total, if the file does not tell
    #[arg(long, value_enum, value_name = "KIND")]
    cost: Option<CostName>,

    /// Convert all amounts to this currency at the provider's rates, such as EURUSD=X [default: each in its own]
    #[arg(long, value_name = "USD", value_parser = parse_currency)]
    currency: Option<String>,

    /// Sort by score, the lowest first, instead of by value
    #[arg(long, conflicts_with = "sort")]
    worst_first: bool,

    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    rank: RankArgs,

    #[command(flatten)]
    view: ViewArgs,

    #[command(flatten)]
    workers: WorkerArgs,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// What a cost is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CostName {
    PerShare,
    Total,
}

impl From<CostName> for CostKind {
    fn from(name: CostName) -> Self {
        match name {
            CostName::PerShare => Self::PerShare,
            CostName::Total => Self::Total,
        }
    }
}

/// A currency's name: `USD`.
fn parse_currency(text: &str) -> Result<String, String> {
    let name = text.to_ascii_uppercase();
    let is_one = major_unit(&name).is_some_and(|(major, _)| *major == *name);
    is_one.then_some(name).ok_or_else(|| "write a currency in three letters, such as USD".into())
}

pub(super) fn portfolio(args: PortfolioArgs, context: &Context) -> CommandResult {
    let rank_among = decide_rank_among(&args.rank, args.run.list_day())?;
    let options = HoldingsOptions {
        decimal: args.run.fetch.decimal.map(Into::into),
        date_order: args.run.fetch.date_format.map(Into::into),
        cost: args.cost.map(Into::into),
    };
    let currency = args.currency.as_deref().map(Arc::from);
    let holdings = read_holdings(&args.holdings, options)?;
    let against = match &args.against {
        Some(word) => Some(read_holdings(std::slice::from_ref(word), options)?),
        None => None,
    };
    let request = RunRequest {
        tickers: Tickers::Held(holdings.universe(against.as_ref())),
        sessions: SESSIONS,
        from: None,
        workers: args.workers.workers,
        run: args.run,
        format: args.format.format,
        output: args.output,
        typed: &context.typed,
    };
    let mut view = args.view;
    if args.worst_first {
        view.choice.sort = Some("score:asc".into());
    }
    let model = with_preset(args.model, &view.choice, &context.typed);
    screen_tickers(request, &view, |run| {
        for sentence in holdings.told().iter().chain(against.iter().flat_map(Holdings::told)) {
            run.output.messages.note(sentence);
        }
        let momentum = decide_momentum(&model, run)?;
        let criteria =
            Criteria::Portfolio(Portfolio { momentum, holdings, against, currency, rates: None });
        Ok(Screen { rank_among, ..Screen::new(criteria) })
    })
}
