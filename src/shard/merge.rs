//! Shards merged: all of one run, each there once.

use std::collections::{BTreeMap, HashMap};

use super::error::ShardFileError;
use super::facts::{RunFacts, ShardFacts};
use super::file::ShardFile;
use chrono::NaiveDate;

use crate::compare::row::Row;
use crate::failure::{Failure, FailureReason, Incomplete};
use crate::fetch::Counts;
use crate::pipeline::GatheredRows;
use crate::report::RunCost;
use crate::universe::{Shard, Symbol};

/// Rows that together show of which day a shard is.
const MIN_ROWS_TO_JUDGE: usize = 5;
/// Missing shards that an error names before it only counts.
const MAX_NAMED: usize = 8;

/// Shards as the whole that one run would have gathered.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What all of them are shards of.
    pub run: RunFacts,
    /// Their rows and failures, in the order of the list.
    pub gathered: GatheredRows,
}

/// Why shards cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A file cannot be used.
    #[error("{file}: {why}")]
    Unusable {
        /// The file.
        file: String,
        /// Why it cannot be used.
        why: ShardFileError,
    },
    /// Two shards of different runs.
    #[error("{file} does not go with {other}: {difference}")]
    Mismatch {
        /// The one file.
        file: String,
        /// The other: the first that was named.
        other: String,
        /// What the one has that the other has not.
        difference: String,
    },
    /// One shard twice.
    #[error("{file} and {other} are both shard {shard}")]
    Duplicate {
        /// The later file.
        file: String,
        /// The earlier file.
        other: String,
        /// The shard that both are.
        shard: Shard,
    },
    /// Shards that are not there.
    #[error("{}: {tickers} of the list's tickers are in no file", missing_shards(shards))]
    Missing {
        /// The missing shards.
        shards: Vec<Shard>,
        /// How many tickers they hold.
        tickers: usize,
    },
    /// Nothing at all.
    #[error("there is no shard to merge")]
    Nothing,
}

impl MergeError {
    /// The way out.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unusable { why: ShardFileError::Foreign, .. } | Self::Nothing => {
                "--shard writes shard files: screener top sp500 --shard 1/4 -o shard-1.ndjson"
            }
            Self::Unusable { .. } => "write it again with the same --shard",
            Self::Mismatch { .. } => {
                "shards go together when list, screen, model and day are the same; --as-of fixes the day"
            }
            Self::Duplicate { .. } => "leave out one of them",
            Self::Missing { .. } => {
                "name all shards, or go on with --allow-missing: their tickers are failures then"
            }
        }
    }
}

/// `shard 2/4 is missing`, `shards 1/4 and 2/4 are missing`.
fn missing_shards(shards: &[Shard]) -> String {
    let mut names: Vec<String> = shards.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    if shards.len() > MAX_NAMED {
        names.push(format!("{} more", shards.len() - MAX_NAMED));
    }
    match names.as_slice() {
        [one] => format!("shard {one} is missing"),
        [first @ .., last] => format!("shards {} and {last} are missing", first.join(", ")),
        [] => String::new(),
    }
}

/// A shard and the file it was read from.
struct Named {
    file: String,
    shard: ShardFile,
}

/// Merges shards, each with the name of its file. Tickers of shards that are not there are failures, if
/// `allow_missing`.
///
/// # Errors
/// [`MergeError`] names the files.
pub fn merge(files: Vec<(String, ShardFile)>, allow_missing: bool) -> Result<Merged, MergeError> {
    let shards = by_number(files)?;
    let first = shards.values().next().ok_or(MergeError::Nothing)?.shard.facts.clone();
    let missing: Vec<Shard> =
        first.shard.all().filter(|shard| !shards.contains_key(shard)).collect();
    if !missing.is_empty() && !allow_missing {
        let is_missing = |symbol: &&Symbol| missing.iter().any(|shard| shard.holds(symbol));
        let tickers = first.run.tickers.iter().filter(is_missing).count();
        return Err(MergeError::Missing { shards: missing, tickers });
    }
    let shards: Vec<ShardFile> = shards.into_values().map(|named| named.shard).collect();
    let gathered = put_together(shards, &first, &missing);
    Ok(Merged { run: first.run, gathered })
}

/// The shards of one run by their numbers.
fn by_number(files: Vec<(String, ShardFile)>) -> Result<BTreeMap<Shard, Named>, MergeError> {
    let mut shards: BTreeMap<Shard, Named> = BTreeMap::new();
    let mut reference: Option<(String, ShardFacts)> = None;
    for (file, shard) in files {
        let (other, first) = reference.get_or_insert_with(|| (file.clone(), shard.facts.clone()));
        if let Some(difference) = difference(&shard.facts, first) {
            return Err(MergeError::Mismatch { file, other: other.clone(), difference });
        }
        let number = shard.facts.shard;
        if let Some(earlier) = shards.get(&number) {
            let other = earlier.file.clone();
            return Err(MergeError::Duplicate { file, other, shard: number });
        }
        shards.insert(number, Named { file, shard });
    }
    match of_another_day(&shards) {
        Some(error) => Err(error),
        None => Ok(shards),
    }
}

/// Rows and failures in the order of the list.
fn put_together(shards: Vec<ShardFile>, first: &ShardFacts, missing: &[Shard]) -> GatheredRows {
    let mut gathered = GatheredRows {
        rates: None,
        provider: first.run.provider.clone(),
        past_lists: first.run.past_lists.clone(),
        rows: Vec::with_capacity(first.run.tickers.len()),
        failures: Vec::new(),
        others: None,
        benchmark: shards.iter().find_map(|shard| shard.facts.benchmark()),
        incomplete: incomplete(&shards, missing),
        cost: total_cost(&shards),
    };
    let mut rows: HashMap<Symbol, Row> = HashMap::new();
    let mut failures: HashMap<Symbol, Failure> = HashMap::new();
    for shard in shards {
        rows.extend(shard.rows.into_iter().map(|row| (row.symbol.clone(), row)));
        for failure in shard.failures {
            failures.insert(failure.symbol.clone(), failure);
        }
    }
    for symbol in &first.run.tickers {
        if let Some(row) = rows.remove(symbol) {
            gathered.rows.push(row);
        } else if let Some(failure) = failures.remove(symbol) {
            gathered.failures.push(failure);
        } else {
            let reason = FailureReason::MissingShard(Shard::of(symbol, first.shard.count()));
            gathered.failures.push(Failure { symbol: symbol.clone(), reason });
        }
    }
    gathered
}

/// What a shard has that the first has not, if they are of different runs.
fn difference(own: &ShardFacts, first: &ShardFacts) -> Option<String> {
    if let Some(difference) = own.run.difference(&first.run) {
        return Some(difference);
    }
    if own.benchmark_closes.is_some() != first.benchmark_closes.is_some() {
        let symbol = own.run.benchmark.as_ref().map(ToString::to_string).unwrap_or_default();
        let has = if own.benchmark_closes.is_some() { "has" } else { "lacks" };
        return Some(format!("it {has} the prices of the benchmark {symbol}"));
    }
    let (own, first) = (own.shard.count(), first.shard.count());
    (own != first).then(|| format!("it is one of {own} shards, not of {first}"))
}

/// A shard whose newest bars are older than another's, as if it had been gathered on another day: hardly any of
/// its tickers has a bar of the other's session.
fn of_another_day(shards: &BTreeMap<Shard, Named>) -> Option<MergeError> {
    let newest = shards.values().max_by_key(|named| named.shard.facts.session)?;
    let facts = &newest.shard.facts;
    let session = facts.session?;
    if facts.run.as_of.is_some() {
        return None; // the day was asked for
    }
    let older = shards.values().find(|named| is_of_another_day(&named.shard, facts, session))?;
    let difference = format!(
        "gathered on {}, its newest bars are of {}, not {session}",
        older.shard.facts.asked_on,
        older.shard.facts.session.map(|day| day.to_string()).unwrap_or_default(),
    );
    let (file, other) = (older.file.clone(), newest.file.clone());
    Some(MergeError::Mismatch { file, other, difference })
}

fn is_of_another_day(shard: &ShardFile, newest: &ShardFacts, session: NaiveDate) -> bool {
    let is_behind = shard.facts.session.is_some_and(|own| own < session);
    // Of a few tickers, all may be of an exchange that was closed that day.
    let can_be_judged =
        shard.rows.len() >= MIN_ROWS_TO_JUDGE || shard.facts.asked_on != newest.asked_on;
    let has_its_bars = shard.rows.iter().any(|row| row.now.as_of == Some(session));
    is_behind && can_be_judged && !has_its_bars
}

/// Why the merged run does not cover every ticker, if so.
fn incomplete(shards: &[ShardFile], missing: &[Shard]) -> Option<Incomplete> {
    let mut stopped = Vec::new();
    for shard in shards {
        if let Some(why) = &shard.facts.incomplete {
            stopped.push(format!("shard {}: {why}", shard.facts.shard));
        }
    }
    match (stopped.is_empty(), missing.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Incomplete::ShardsMissing(missing_shards(missing))),
        (false, is_whole) => {
            if !is_whole {
                stopped.push(missing_shards(missing));
            }
            Some(Incomplete::ShardsStopped(stopped.join("; ")))
        }
    }
}

/// The cost of shards that ran side by side.
fn total_cost(shards: &[ShardFile]) -> RunCost {
    let mut total =
        RunCost { elapsed: std::time::Duration::ZERO, counts: Counts::default(), latency: None };
    for shard in shards {
        let cost = shard.facts.cost();
        total.elapsed = total.elapsed.max(cost.elapsed);
        total.counts.requests += cost.counts.requests;
        total.counts.retries += cost.counts.retries;
        total.counts.throttled += cost.counts.throttled;
        total.counts.bytes += cost.counts.bytes;
        if let Some(cached) = cost.counts.cached {
            *total.counts.cached.get_or_insert(0) += cached;
        }
    }
    total
}
