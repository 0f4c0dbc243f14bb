//! From what clap matched to what was meant: options that do not go together, and settings that give way.

use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches};

use crate::cli::CommandError;
use crate::cli::args::watch::ScreenName;
use crate::cli::args::{Cli, Command, ProviderName};

/// What was typed, unless its options do not go together. What is only a setting gives way: it may stand
/// there for another day.
pub(in crate::cli) fn understood(matches: &ArgMatches) -> anyhow::Result<Cli> {
    let mut cli = Cli::from_arg_matches(matches)?;
    let Some((name, mut typed)) = matches.subcommand() else { return Ok(cli) };
    if let Some((_, deeper)) = typed.subcommand() {
        typed = deeper;
    }
    let is_typed = |id: &str| {
        let by_hand = Some(ValueSource::CommandLine);
        typed.try_contains_id(id).is_ok_and(|there| there) && typed.value_source(id) == by_hand
    };
    if is_typed("shard") {
        refuse_choice(&is_typed)?;
    }
    if let Command::Merge(merge) = &mut cli.command {
        merge.is_n_typed = is_typed("n");
    }
    if name == "watch" {
        refuse_idle(&cli, &is_typed)?;
    }
    let Some(run) = cli.run_mut() else { return Ok(cli) };
    let is_local = matches!(run.fetch.provider, ProviderName::Sample | ProviderName::Files);
    if is_local && is_typed("base_url") {
        return Err(CommandError::new("--base-url is for --provider yahoo and alpaca").into());
    }
    if is_local && is_typed("shared") {
        return Err(CommandError::new("--shared is for --provider yahoo and alpaca").into());
    }
    if run.fetch.shared.is_none() && is_typed("shared_fallback") {
        return Err(CommandError::new("--shared-fallback is for --shared")
            .hint("--shared redis://HOST:6379/0 names the server that processes share")
            .into());
    }
    if run.fetch.provider != ProviderName::Files && is_typed("data") {
        return Err(CommandError::new("--data is for --provider files").into());
    }
    if is_typed("no_cache") && (run.fetch.refresh || run.fetch.offline) {
        let error = CommandError::new("--no-cache goes with neither --refresh nor --offline");
        return Err(error.hint("leave out one of them").into());
    }
    if run.fetch.refresh || run.fetch.offline {
        run.fetch.no_cache = false;
    }
    if is_typed("allow_failures") && !is_typed("strict") {
        run.output.strict = false;
    }
    if !matches!(name, "momentum" | "top" | "volume-screen" | "portfolio" | "merge") {
        run.output.usual_format = None; // that is how a screen is written
    }
    Ok(cli)
}

/// Options that choose among rows, of which a part holds all.
fn refuse_choice(is_typed: &dyn Fn(&str) -> bool) -> Result<(), CommandError> {
    const CHOICE: [(&str, &str); 6] = [
        ("n", "-n"),
        ("filter", "--filter"),
        ("sort", "--sort"),
        ("columns", "--columns"),
        ("by", "--by"),
        ("html", "--html"),
    ];
    if is_typed("prefilter") {
        return Err(CommandError::new("--shard does not go with --prefilter")
            .hint("a part holds every row, and the best are known when all parts are there"));
    }
    match CHOICE.iter().find(|(id, _)| is_typed(id)) {
        Some((_, option)) => Err(CommandError::new(format!("--shard does not go with {option}"))
            .hint("a part holds every row; screener merge chooses among them")),
        None => Ok(()),
    }
}

/// Options of the screen that is not watched, and of reports, which a watch does not write.
fn refuse_idle(cli: &Cli, is_typed: &dyn Fn(&str) -> bool) -> Result<(), CommandError> {
    const MOMENTUM: [&str; 2] = ["model", "benchmark"];
    const VOLUME: [&str; 8] = [
        "min_volume",
        "multiplier",
        "lookback",
        "baseline",
        "direction",
        "min_price",
        "max_price",
        "min_dollar_volume",
    ];
    const REPORTS: [&str; 3] = ["strict", "allow_failures", "stats"];
    let Command::Watch { watch, .. } = &cli.command else { return Ok(()) };
    let (idle, other): (&[&str], _) = match watch.screen {
        ScreenName::Volume => (&MOMENTUM, "--screen momentum"),
        ScreenName::Momentum => (&VOLUME, "--screen volume"),
    };
    let option = |id: &str| format!("--{}", id.replace('_', "-"));
    if let Some(id) = idle.iter().find(|id| is_typed(id)) {
        return Err(CommandError::new(format!("{} is for {other}", option(id))));
    }
    match REPORTS.iter().find(|id| is_typed(id)) {
        Some(id) => Err(CommandError::new(format!("watch takes no {}", option(id)))
            .hint("its status lines and its store tell how each cycle went")),
        None => Ok(()),
    }
}
