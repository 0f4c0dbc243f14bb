//! What a shell completes: commands, options and their words, and beyond them lists, tickers of the cache, topics.
//!
//! The shell runs the program for it, so that what is completed is what there is.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command};
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use clap_complete::env::CompleteEnv;

use super::program::command;
use super::settings::folders::cache_folder;
use crate::ask::columns::Column;
use crate::cache::known_symbols;
use crate::guide::{TOPICS, Topic};
use crate::universe::LISTS;

/// Tickers of the cache that are offered at most.
const MAX_TICKERS: usize = 2_000;

/// Answers a shell that asks what may stand where its cursor is. Returns whether one asked.
pub(super) fn answer(words: &[OsString]) -> bool {
    let asked = CompleteEnv::with_factory(|| with_candidates(command()));
    let folder = std::env::current_dir().ok();
    // What cannot be answered is not shown by a shell either.
    asked.try_complete(words.to_vec(), folder.as_deref()).unwrap_or(true)
}

fn with_candidates(command: Command) -> Command {
    command.mut_args(with_candidate).mut_subcommands(with_candidates)
}

fn with_candidate(argument: Arg) -> Arg {
    match argument.get_id().as_str() {
        "lists" | "rank_among" => argument.add(ArgValueCompleter::new(list_or_ticker)),
        "list" => argument.add(ArgValueCandidates::new(lists)),
        "tickers" | "ticker" => argument.add(ArgValueCandidates::new(tickers)),
        "columns" | "names" | "sort" => argument.add(ArgValueCompleter::new(columns)),
        "command" => argument.add(ArgValueCandidates::new(commands)),
        "topic" => argument.add(ArgValueCandidates::new(topics)),
        _ => argument,
    }
}

fn lists() -> Vec<CompletionCandidate> {
    LISTS.iter().map(|(name, _)| CompletionCandidate::new(name)).collect()
}

/// A column after what stands before the last comma.
fn columns(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let (before, last) = begun.split_at(begun.rfind(',').map_or(0, |comma| comma + 1));
    let is_meant = |column: &Column| column.name().starts_with(last);
    let candidate = |column: Column| {
        let name = format!("{before}{}", column.name());
        CompletionCandidate::new(name).help(Some(column.meaning().to_owned().into()))
    };
    let mut candidates: Vec<CompletionCandidate> =
        Column::all().filter(is_meant).map(candidate).collect();
    if let Some(column) = begun.strip_suffix(':') {
        let way = |way: &str| CompletionCandidate::new(format!("{column}:{way}"));
        candidates.extend(["asc", "desc"].map(way)); // of --sort
    }
    candidates
}

fn commands() -> Vec<CompletionCandidate> {
    command().get_subcommands().map(|sub| CompletionCandidate::new(sub.get_name())).collect()
}

fn topics() -> Vec<CompletionCandidate> {
    let candidate =
        |topic: &Topic| CompletionCandidate::new(topic.name).help(Some(topic.subject().into()));
    TOPICS.iter().map(candidate).collect()
}

fn tickers() -> Vec<CompletionCandidate> {
    let folder = cache_folder().unwrap_or_default();
    known_symbols(&folder, MAX_TICKERS).into_iter().map(CompletionCandidate::new).collect()
}

/// An embedded list, a ticker of the cache or a file.
fn list_or_ticker(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun_text = begun.to_string_lossy();
    let mut candidates = lists();
    if !begun_text.is_empty() {
        candidates.extend(tickers());
    }
    candidates.retain(|candidate| {
        candidate.get_value().to_string_lossy().starts_with(begun_text.as_ref())
    });
    if Path::new(begun).parent().is_some() || begun.is_empty() {
        candidates.extend(PathCompleter::any().complete(begun));
    }
    candidates
}
