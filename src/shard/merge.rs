//! Pillars put together: all of one run, each there once.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::facts::{RunFacts, ShardFacts};
use super::{ShardFile, ShardFileError};
use crate::failure::Failure;
use crate::fetch::{Counts, Fault, FaultKind, StopReason};
use crate::pipeline::Gathered;
use crate::report::RunCost;
use crate::screen::row::Row;
use crate::universe::{Shard, Symbol};

/// Rows of a part that tell together of which day it is.
const MIN_ROWS_TO_JUDGE: usize = 5;
/// Missing parts that an error names before it only counts.
const MAX_NAMED: usize = 8;

/// Pillars as the whole that one run would have gathered.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What all of them are parts of.
    pub run: RunFacts,
    /// Their rows and failures, in the order of the list.
    pub gathered: Gathered,
}

/// Why parts do not make a whole.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A file cannot be used.
    #[error("{file}: {why}")]
    Unusable {
        /// Which.
        file: String,
        /// Why.
        why: ShardFileError,
    },
    /// Two parts of different runs.
    #[error("{file} does not go with {other}: {difference}")]
    Mismatch {
        /// The one.
        file: String,
        /// The other: the first that was named.
        other: String,
        /// What the one has that the other has not.
        difference: String,
    },
    /// One part twice.
    #[error("{file} and {other} are both part {shard}")]
    Duplicate {
        /// The later one.
        file: String,
        /// The earlier one.
        other: String,
        /// Which part.
        shard: Shard,
    },
    /// Pillars that are not there.
    #[error("{}: {tickers} of the list's tickers are in no file", missing_parts(shards))]
    Missing {
        /// Which.
        shards: Vec<Shard>,
        /// How many tickers they hold.
        tickers: usize,
    },
    /// Nothing at all.
    #[error("there is no part")]
    Nothing,
}

impl MergeError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unusable { why: ShardFileError::Foreign, .. } | Self::Nothing => {
                "parts are written by --shard: screener top sp500 --shard 0/4 -o part-0.parquet"
            }
            Self::Unusable { .. } => "write it again with the same --shard",
            Self::Mismatch { .. } => {
                "parts go together when list, screen, model and day are the same; --as-of fixes the day"
            }
            Self::Duplicate { .. } => "leave out one of them",
            Self::Missing { .. } => {
                "name all parts, or go on with --allow-missing: their tickers are failures then"
            }
        }
    }
}

/// `part 2/4 is missing`, `parts 1/4 and 2/4 are missing`.
fn missing_parts(shards: &[Shard]) -> String {
    let mut names: Vec<String> = shards.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    if shards.len() > MAX_NAMED {
        names.push(format!("{} more", shards.len() - MAX_NAMED));
    }
    match names.as_slice() {
        [one] => format!("part {one} is missing"),
        [first @ .., last] => format!("parts {} and {last} are missing", first.join(", ")),
        [] => String::new(),
    }
}

/// Puts parts together, each with the name of its file. Tickers of parts that are not there are failures, if
/// `allow_missing`.
///
/// # Errors
/// [`MergeError`] names the files.
pub fn merge(parts: Vec<(String, ShardFile)>, allow_missing: bool) -> Result<Merged, MergeError> {
    let mut of_shard: BTreeMap<Shard, (String, ShardFile)> = BTreeMap::new();
    let mut reference: Option<(String, ShardFacts)> = None;
    for (file, mut part) in parts {
        let shard = part.facts.shard().ok_or(MergeError::Nothing)?;
        match &reference {
            None => reference = Some((file.clone(), part.facts.clone())),
            Some((other, first)) => {
                if let Some(difference) = difference(&part.facts, first, shard) {
                    return Err(MergeError::Mismatch { file, other: other.clone(), difference });
                }
            }
        }
        if let Some((other, _)) = of_shard.get(&shard) {
            return Err(MergeError::Duplicate { file, other: other.clone(), shard });
        }
        part.facts.run.tickers = Vec::new(); // each has the whole list
        of_shard.insert(shard, (file, part));
    }
    let (_, first) = reference.ok_or(MergeError::Nothing)?;
    if let Some(error) = of_another_day(of_shard.values()) {
        return Err(error);
    }
    let shard = first.shard().ok_or(MergeError::Nothing)?;
    let missing: Vec<Shard> = shard.all().filter(|shard| !of_shard.contains_key(shard)).collect();
    let run = first.run;
    let symbols: Vec<Symbol> =
        run.tickers.iter().filter_map(|ticker| Symbol::parse(ticker).ok()).collect();
    let is_missing = |symbol: &&Symbol| missing.contains(&Shard::of(symbol, shard.count()));
    if !missing.is_empty() && !allow_missing {
        let tickers = symbols.iter().filter(is_missing).count();
        return Err(MergeError::Missing { shards: missing, tickers });
    }

    let parts: Vec<ShardFile> = of_shard.into_values().map(|(_, part)| part).collect();
    let stopped = stopped(&parts, &missing);
    let cost = parts.iter().map(|part| part.facts.cost()).reduce(together);
    let benchmark = parts.iter().find_map(|part| part.facts.benchmark());
    let mut gathered = Gathered {
        provider: run.provider.clone(),
        rows: Vec::with_capacity(symbols.len()),
        failures: Vec::new(),
        benchmark,
        stopped,
        cost: cost.ok_or(MergeError::Nothing)?,
    };
    let mut entries: HashMap<Symbol, Result<Row, Failure>> = HashMap::new();
    for part in parts {
        entries.extend(part.rows.into_iter().map(|row| (row.symbol.clone(), Ok(row))));
        let failed = part.failures.into_iter();
        entries.extend(failed.map(|failure| (failure.symbol.clone(), Err(failure))));
    }
    for symbol in symbols {
        match entries.remove(&symbol) {
            Some(Ok(row)) => gathered.rows.push(row),
            Some(Err(failure)) => gathered.failures.push(failure),
            None => {
                let shard = Shard::of(&symbol, shard.count());
                let fault = Fault::new(FaultKind::Missing, format!("part {shard} is missing"));
                gathered.failures.push(Failure { symbol, fault });
            }
        }
    }
    Ok(Merged { run, gathered })
}

/// What part `shard` has that the first has not, if they are of different runs.
fn difference(own: &ShardFacts, other: &ShardFacts, shard: Shard) -> Option<String> {
    if let Some(difference) = own.run.difference(&other.run) {
        return Some(difference);
    }
    let count = other.shard().map_or(0, Shard::count);
    if shard.count() != count {
        return Some(format!("it is one of {} parts, not of {count}", shard.count()));
    }
    None
}

/// A part whose newest bars are older than another's, as if it had been asked for on another day: those of
/// hardly any ticker are of the other's session. Says who, and how it differs.
fn of_another_day<'a>(
    parts: impl Iterator<Item = &'a (String, ShardFile)> + Clone,
) -> Option<MergeError> {
    let (other, newest) = parts.clone().max_by_key(|(_, part)| part.facts.session.clone())?;
    let (facts, session) = (&newest.facts, newest.facts.session.clone()?);
    if facts.run.as_of.is_some() {
        return None; // the day is what was asked for
    }
    let day: NaiveDate = session.parse().ok()?;
    let (file, part) = parts.into_iter().find(|(_, part)| {
        let is_behind = part.facts.session.as_ref().is_some_and(|own| *own < session);
        let has_its_bars = |row: &Row| row.as_of == Some(day);
        // Of a few tickers, all may be of an exchange that was closed that day.
        let is_telling =
            part.rows.len() >= MIN_ROWS_TO_JUDGE || part.facts.asked_on != facts.asked_on;
        is_behind && is_telling && !part.rows.iter().any(has_its_bars)
    })?;
    let own = part.facts.session.clone().unwrap_or_default();
    let difference = format!(
        "asked for on {}, its newest bars are of {own}, not {session}",
        part.facts.asked_on
    );
    Some(MergeError::Mismatch { file: file.clone(), other: other.clone(), difference })
}

/// Why the whole is not whole, if it is not.
fn stopped(parts: &[ShardFile], missing: &[Shard]) -> Option<StopReason> {
    let cut = parts.iter().filter_map(|part| {
        let why = part.facts.incomplete.as_ref()?;
        Some(format!("part {}: {why}", part.facts.shard))
    });
    let cut: Vec<String> = cut.collect();
    match (cut.is_empty(), missing.is_empty()) {
        (true, true) => None,
        (true, false) => Some(StopReason::Missing(missing_parts(missing))),
        (false, true) => Some(StopReason::Part(cut.join("; "))),
        (false, false) => {
            Some(StopReason::Part(format!("{}; {}", cut.join("; "), missing_parts(missing))))
        }
    }
}

/// The cost of two parts that ran side by side.
fn together(one: RunCost, other: RunCost) -> RunCost {
    let (a, b) = (one.counts, other.counts);
    let cached = a.cached.into_iter().chain(b.cached).reduce(|a, b| a + b);
    RunCost {
        elapsed: one.elapsed.max(other.elapsed),
        counts: Counts {
            requests: a.requests + b.requests,
            retries: a.retries + b.retries,
            throttled: a.throttled + b.throttled,
            bytes: a.bytes + b.bytes,
            cached,
        },
        latency: None,
    }
}
