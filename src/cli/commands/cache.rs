//! The `cache` commands.

use anyhow::anyhow;
use chrono::Utc;

use crate::cache::{Stats, clear, stats};
use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::shard::ShardChoice;
use crate::cli::args::{CacheCommand, ListArgs, ModelArgs, RunArgs, WorkerArgs};
use crate::cli::commands::merge as parts;
use crate::cli::commands::run::run_and_write;
use crate::cli::log_to_stderr;
use crate::cli::settings::source::{SourceSettings, cache_folder};
use crate::cli::settings::{Asked, Settings};
use crate::cli::terminal::destination::Destination;
use crate::screen::models::Model;

pub(in crate::cli) fn cache(command: CacheCommand) -> anyhow::Result<Exit> {
    let folder = || cache_folder().map_err(|why| anyhow!(why));
    let text = match command {
        CacheCommand::Warm { workers, shard, list, run } => {
            return warm(&workers, shard.shard, list, run);
        }
        CacheCommand::Path => format!("{}\n", folder()?.display()),
        CacheCommand::Clear => {
            let files = clear(&folder()?).map_err(|why| anyhow!(why))?;
            let what = if files == 0 { "there was nothing to remove" } else { "removed" };
            format!("{what}: {}\n", folder()?.display())
        }
        CacheCommand::Stats => match stats(&folder()?, Utc::now()).map_err(|why| anyhow!(why))? {
            None => format!("empty: {}\n", folder()?.display()),
            Some(stats) => told(&stats),
        },
    };
    Destination::open(None)?.write(text.as_bytes())?;
    Ok(Exit::Reported)
}

/// A momentum run that shows nothing but its footer.
fn warm(
    workers: &WorkerArgs,
    shard: Option<ShardChoice>,
    list: ListArgs,
    run: RunArgs,
) -> anyhow::Result<Exit> {
    log_to_stderr(&run.output);
    let asked = Asked::Momentum(ModelArgs { model: Model::Composite, benchmark: None }, list);
    let shard = shard.map(parts::shard).transpose()?;
    let mut settings = Settings::decide(asked, None, workers.workers, run, Utc::now())?;
    if let Some(shard) = shard {
        settings.universe = settings.universe.part(shard);
    }
    if !matches!(&settings.source, SourceSettings::Remote { caching: Some(_), .. }) {
        return Err(CommandError::new("there is no cache to warm")
            .hint("prices of files and the sample are not cached; --no-cache turns the cache off")
            .into());
    }
    if settings.output.file.is_some() {
        return Err(CommandError::new("cache warm writes no report")
            .hint("leave out -o; screener cache stats tells what there is")
            .into());
    }
    run_and_write(&settings, |_, _, _| Ok(()))
}

fn told(stats: &Stats) -> String {
    let mut text = format!("tickers    {}\nunknown    {}\n", stats.entries, stats.unknown);
    text += &format!("size       {:.1} MB\n", megabytes(stats.bytes));
    if let Some((oldest, newest)) = stats.ages {
        text += &format!("age        {} to {}\n", age(newest), age(oldest));
    }
    if let Some((hits, asked)) = stats.last_run {
        text += &format!("last run   {hits} of {asked} from the cache\n");
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "a size")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
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
