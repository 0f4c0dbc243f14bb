//! What the program says about itself: its settings, a shell's completions, its manual.

use clap::Command;

use crate::cli::CommandError;
use crate::cli::Exit;
use crate::cli::args::ConfigCommand;
use crate::cli::settings::layers::Config;
use crate::cli::terminal::destination::Destination;

/// The `config` commands.
pub(in crate::cli) fn config(
    asked: ConfigCommand,
    config: &Config,
    mut command: Command,
) -> anyhow::Result<Exit> {
    let text = match asked {
        ConfigCommand::Path => config.path()?,
        ConfigCommand::Show => {
            command.build();
            let mut parsed = Vec::new();
            for name in ["top", "volume-screen", "compare"] {
                let words = ["screener", name, "AAPL"];
                let matches = match command.try_get_matches_from_mut(words) {
                    Ok(matches) => matches,
                    Err(error) => {
                        let words: Vec<_> = words.iter().map(Into::into).collect();
                        let told = config.told(&error, &command, &words);
                        let told = told.unwrap_or_else(|| error.render().to_string());
                        let told = told.trim_start_matches("error: ");
                        return Err(CommandError::new(told).into());
                    }
                };
                parsed.push((name, matches));
            }
            let parsed: Vec<_> = parsed
                .iter()
                .filter_map(|(name, matches)| {
                    Some((command.find_subcommand(name)?, matches.subcommand_matches(name)?))
                })
                .collect();
            config.shown(&parsed)
        }
    };
    Destination::open(None)?.write(text.as_bytes())?;
    Ok(Exit::Reported)
}

/// Prints a shell's completions.
pub(in crate::cli) fn completions(
    shell: clap_complete::Shell,
    mut command: Command,
) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "screener", &mut text);
    Destination::open(None)?.write(&text)?;
    Ok(Exit::Reported)
}

/// Prints the manual page of the program, or of one of its commands.
pub(in crate::cli) fn man(name: Option<&str>, mut command: Command) -> anyhow::Result<Exit> {
    command.build();
    let page = match name.map(|name| name.strip_prefix("screener-").unwrap_or(name)) {
        None | Some("screener") => command,
        Some(name) => {
            let Some(sub) = command.find_subcommand(name) else {
                let names = command.get_subcommands().map(Command::get_name);
                let names = names.filter(|name| *name != "help").collect::<Vec<_>>().join(", ");
                let error = CommandError::new(format!("there is no command {name:?}"));
                return Err(error.hint(format!("the commands are {names}")).into());
            };
            sub.clone().name(format!("screener-{name}"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    Destination::open(None)?.write(&text)?;
    Ok(Exit::Reported)
}
