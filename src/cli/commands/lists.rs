//! `lists`: the embedded ticker lists, and the tickers of one.

use chrono::NaiveDate;
use clap::Args;

use crate::cli::args::output::LogFormat;
use crate::cli::args::values::parse_day;
use crate::cli::context::CommandResult;
use crate::cli::error::{Exit, usage};
use crate::cli::terminal::destination::Destination;
use crate::cli::terminal::messages::Messages;
use crate::universe::{LISTS, Universe};

const EXAMPLES: &str = "\
Examples:
  screener lists                                 their names and sizes
  screener lists sp500                           a ticker a line
  screener lists sp500 --as-of 2024-06-28        its members on that day";

/// Show the embedded ticker lists, or the tickers of one
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ListsArgs {
    /// The list whose tickers to print, one a line
    #[arg(value_name = "LIST")]
    list: Option<String>,

    /// The members on a past day: a date, yesterday, friday, -5d
    #[arg(long, value_name = "DAY", value_parser = parse_day, allow_hyphen_values = true,
          requires = "list")]
    as_of: Option<NaiveDate>,
}

pub(super) fn lists(args: &ListsArgs) -> CommandResult {
    match &args.list {
        Some(name) => members(name, args.as_of),
        None => overview(),
    }
}

fn overview() -> CommandResult {
    let mut text = String::new();
    for (name, list) in LISTS {
        let mut universe = Universe::default();
        universe.add_list(name, list)?;
        let first_line = list.lines().next().unwrap_or_default();
        let about = first_line.strip_prefix("# ").unwrap_or_default();
        text += &format!("{name:<10} {:>4}  {about}\n", universe.symbols().len());
    }
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn members(name: &str, on: Option<NaiveDate>) -> CommandResult {
    let universe = Universe::embedded(name, on)?;
    let Some(universe) = universe else {
        let names = LISTS.map(|(name, _)| name).join(", ");
        let error = usage(format!("there is no embedded list {name:?}"));
        return Err(error.hinted(format!("embedded lists are {names}")));
    };
    let mut text = String::new();
    for symbol in universe.symbols() {
        text += &format!("{symbol}\n");
    }
    Destination::print(&text)?;
    for past in universe.past_lists() {
        Messages::new(false, LogFormat::Text).note(&past.to_string());
    }
    Ok(Exit::Reported)
}
