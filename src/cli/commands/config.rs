//! `config`: the settings and where they come from.

use std::collections::HashSet;

use clap::{Args, Subcommand};

use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::terminal::destination::Destination;

const EXAMPLES: &str = "\
Examples:
  screener config show                           every setting and its source
  screener config path";

/// Commands that together have every setting.
const WITH_SETTINGS: [&str; 4] = ["top", "volume-screen", "compare", "watch"];

/// Show the settings
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum ConfigCommand {
    /// Print every setting with its value and where it comes from
    Show,
    /// Print the path of the configuration file
    Path,
}

pub(super) fn config(args: &ConfigArgs, context: &Context) -> CommandResult {
    let text = match args.command {
        ConfigCommand::Path => context.layers.path_line()?,
        ConfigCommand::Show => show(context)?,
    };
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

/// Every setting once, with the value that a command finds.
pub(super) fn show(context: &Context) -> Result<String, CommandError> {
    let Context { layers, command, .. } = context;
    let mut text = layers.head();
    let mut seen = HashSet::new();
    for name in WITH_SETTINGS {
        let words = ["screener", name, "AAPL"];
        let matches =
            layers.apply(command.clone()).try_get_matches_from(words).map_err(|error| {
                layers
                    .explain(&error, command, &words.map(Into::into))
                    .unwrap_or_else(|| usage(error.to_string().trim_start_matches("error: ")))
            })?;
        let found = command.find_subcommand(name).zip(matches.subcommand_matches(name));
        let Some((command, matches)) = found else { continue };
        for argument in command.get_arguments() {
            if seen.insert(argument.get_long())
                && let Some(line) = layers.line(argument, matches)
            {
                text += &line;
                text.push('\n');
            }
        }
    }
    text.extend(layers.screens_line());
    Ok(text)
}
