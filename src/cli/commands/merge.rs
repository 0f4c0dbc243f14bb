//! `merge`: shards ranked as one run.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;

use super::run::finish;
use super::top::DEFAULT_COUNT;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::output::{FormatArgs, OutputArgs};
use crate::cli::args::values::parse_at_least_one;
use crate::cli::args::view::{ChoiceArgs, MarketArgs};
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, failed, usage};
use crate::cli::settings::output::Output;
use crate::cli::settings::view::{choose, market_condition};
use crate::cli::terminal::destination::Destination;
use crate::report;
use crate::shard::{self, MergeError, Merged, SHARD_LIMIT, ShardFile};
use crate::universe::IndustryNames;

const EXAMPLES: &str = "\
Examples:
  screener top sp500 --shard 1/2 -o shard-1.ndjson   on one machine
  screener top sp500 --shard 2/2 -o shard-2.ndjson   on another
  screener merge shard-*.ndjson -n 20                as one run would rank";

/// Merge shard files and rank them as one run
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MergeArgs {
    /// Files that --shard wrote
    #[arg(required = true, value_name = "SHARD")]
    shards: Vec<PathBuf>,

    /// Show N rows [default: 10 of top, all hits of volume-screen]
    #[arg(short, long = "count", value_name = "N", env = "SCREENER_COUNT",
          value_parser = parse_at_least_one)]
    n: Option<usize>,

    /// Accept missing shards; their tickers become failures
    #[arg(long)]
    allow_missing: bool,

    #[command(flatten)]
    choice: ChoiceArgs,

    #[command(flatten)]
    market: MarketArgs,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn merge(args: MergeArgs, context: &Context) -> CommandResult {
    let output = Output::decide(args.output, args.format.format, &context.typed)?;
    let merged = shard::merge(read(&args.shards)?, args.allow_missing)?;
    let criteria = merged.run.criteria()?;
    reject_other_model(&criteria, &args.choice)?;
    let limit = match (&criteria, args.n) {
        (Criteria::Top(_), n) => Some(n.unwrap_or(DEFAULT_COUNT)),
        (Criteria::Volume(_), n) => n,
        _ if !context.typed.has("n") => None,
        _ => {
            let error = usage("-n is for shards of top and volume-screen");
            return Err(error.hinted("momentum shows every ticker, in the order given"));
        }
    };
    let screen = Screen { limit, with_stats: output.with_stats, ..Screen::new(criteria) };
    let industries = industries(&merged);
    let screen = choose(screen, &args.choice, industries, &output.messages)?;
    let has_breadth = screen.criteria.reports_breadth();
    let has_benchmark = merged.gathered.benchmark.is_some();
    let only_if = market_condition(args.market.only_if.as_deref(), has_benchmark)?;
    let screen = Screen { with_breadth: has_breadth, only_if, ..screen };
    let target = Destination::open(output.file.as_deref())?;
    let report = merged.gathered.rank(&screen)?;
    finish(&report, &output, target, |report, document| {
        report::write(report, output.format, output.style, document)
    })
}

/// A preset's model cannot be had of rows that were measured for another.
fn reject_other_model(criteria: &Criteria, choice: &ChoiceArgs) -> Result<(), CommandError> {
    let own = criteria.momentum().map(|momentum| momentum.model);
    for preset in &choice.preset {
        if let Some(model) = preset.model.filter(|model| Some(*model) != own) {
            let error = usage(format!("the preset {} ranks by {}", preset.name, model.name));
            return Err(error.hinted(format!("write the shards with --model {}", model.name)));
        }
    }
    Ok(())
}

/// The sectors and sub-industries that the rows can have, those of the user's own list among them.
fn industries(merged: &Merged) -> IndustryNames {
    let mut names = IndustryNames::embedded();
    for row in &merged.gathered.rows {
        names.sectors.extend(row.about.sector.clone());
        names.sub_industries.extend(row.about.sub_industry.clone());
    }
    names
}

fn read(paths: &[PathBuf]) -> Result<Vec<(String, ShardFile)>, CommandError> {
    let mut shards = Vec::with_capacity(paths.len());
    for path in paths {
        let file = path.display().to_string();
        let unreadable = |error: io::Error| failed(format!("cannot read {file}: {error}"));
        let mut bytes = Vec::new();
        File::open(path)
            .map_err(unreadable)?
            .take(SHARD_LIMIT.max() + 1) // one byte more is refused
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        match ShardFile::read(&bytes) {
            Ok(shard) => shards.push((file, shard)),
            Err(why) => return Err(MergeError::Unusable { file, why }.into()),
        }
    }
    Ok(shards)
}
