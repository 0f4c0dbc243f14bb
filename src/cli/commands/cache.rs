//! `cache`: where the price cache is, what it holds, to fill it and to remove it.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand};

use super::run::run_and_write;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cache::{self, CacheStats, MAX_BYTES, Pruning};
use crate::cli::args::list_run::ListRunArgs;
use crate::cli::args::shard::ShardArgs;
use crate::cli::args::values::{parse_duration, parse_format, parse_size};
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, failed, usage};
use crate::cli::settings::folders::cache_folder;
use crate::cli::settings::remote::BENCHMARK;
use crate::cli::settings::run::RunSettings;
use crate::cli::settings::shard::decide_shard;
use crate::cli::terminal::destination::Destination;
use crate::compare::momentum::Momentum;
use crate::models::composite;
use crate::table::{Format, plural};
use crate::universe::Symbol;

const EXAMPLES: &str = "\
Examples:
  screener cache warm sp500                      fetch before the day begins
  screener cache stats
  screener cache prune --older-than 30d --max-size 500mb";

/// Manage the price cache
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
enum CacheCommand {
    /// Print the path of the cache
    Path,
    /// Print what the cache holds
    Stats,
    /// Remove old prices: those fetched long ago, or the oldest until the rest is small enough
    Prune(PruneArgs),
    /// Delete the cache
    Clear,
    /// Download missing prices for these tickers; print no report
    Warm(WarmArgs),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct PruneArgs {
    /// Remove prices downloaded longer ago than this, such as 30d
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    older_than: Option<Duration>,

    /// Remove the oldest prices until the cache is no larger than this, such as 500mb
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_size: Option<u64>,
}

#[derive(Debug, Args)]
struct WarmArgs {
    #[command(flatten)]
    shard: ShardArgs,

    #[command(flatten)]
    run: ListRunArgs,

    // There is no report to format; the option is known as in every run.
    #[arg(short, long, hide = true, value_parser = parse_format(&Format::ALL))]
    format: Option<Format>,
}

pub(super) fn cache(args: CacheArgs, context: &Context) -> CommandResult {
    let text = match args.command {
        CacheCommand::Warm(args) => return warm(args, context),
        CacheCommand::Path => format!("{}\n", folder()?.display()),
        CacheCommand::Prune(args) => {
            let age = args.older_than.and_then(|age| TimeDelta::from_std(age).ok());
            let pruning = Pruning {
                before: age.and_then(|age| Utc::now().checked_sub_signed(age)),
                max_bytes: args.max_size,
            };
            match cache::prune(&folder()?, pruning).map_err(failed)? {
                None => format!("empty: {}\n", folder()?.display()),
                Some(rows) => format!("removed {}\n", plural(rows, "row")),
            }
        }
        CacheCommand::Clear => {
            let removed = cache::clear(&folder()?).map_err(failed)?;
            let what = if removed == 0 { "there was nothing to remove" } else { "removed" };
            format!("{what}: {}\n", folder()?.display())
        }
        CacheCommand::Stats => match cache::stats(&folder()?, Utc::now()).map_err(failed)? {
            None => format!("empty: {}\n", folder()?.display()),
            Some(stats) => describe(&stats),
        },
    };
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn folder() -> Result<PathBuf, CommandError> {
    cache_folder().map_err(failed)
}

/// A run that makes nothing of the bars it fetches but the footer.
fn warm(args: WarmArgs, context: &Context) -> CommandResult {
    let shard = args.shard.shard.map(decide_shard).transpose()?;
    let mut run = RunSettings::of_list(args.run, args.format, &context.typed)?;
    if let Some(shard) = shard {
        run.universe = run.universe.shard(shard);
    }
    if !run.source.has_cache() {
        let hint = "prices of files and the sample are not cached; --no-cache turns the cache off";
        return Err(usage("there is no cache to warm").hinted(hint));
    }
    if run.output.file.is_some() {
        let error = usage("cache warm writes no report");
        return Err(error.hinted("leave out -o; screener cache stats prints what the cache holds"));
    }
    let benchmark = Symbol::parse(BENCHMARK).ok(); // other runs will need it
    let momentum = Momentum { model: composite::MODEL, benchmark };
    let screen = Screen::new(Criteria::Momentum(momentum)).showing(&[]);
    run_and_write(&run, &screen, |_, _| Ok(()))
}

fn describe(stats: &CacheStats) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size")]
    let megabytes = stats.bytes as f64 / 1e6;
    let mut text = format!("tickers    {}\nunknown    {}\n", stats.entries, stats.unknown);
    text += &format!("size       {megabytes:.1} MB\n");
    text += &format!("bound      {} MB, beyond it the oldest go\n", MAX_BYTES / 1_000_000);
    if let Some((oldest, newest)) = stats.ages {
        text += &format!("age        {} to {}\n", age(newest), age(oldest));
    }
    if let Some(session) = stats.newest_session {
        text += &format!("newest     {session}\n");
    }
    if let Some((hits, asked)) = stats.last_run {
        text += &format!("last run   {hits} of {asked} from the cache\n");
    }
    text
}

/// `40 s`, `3 min`, `5 h`, `2 d`.
fn age(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}
