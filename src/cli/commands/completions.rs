//! `completions`: a script by which a shell asks the program for completions.

use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::cli::context::CommandResult;
use crate::cli::error::{Exit, failed};
use crate::cli::terminal::destination::Destination;

const EXAMPLES: &str = "\
Examples:
  source <(screener completions bash)            in ~/.bashrc
  source <(screener completions zsh)             in ~/.zshrc
  screener completions fish > ~/.config/fish/completions/screener.fish";

/// The variable by which the script asks.
const VARIABLE: &str = "COMPLETE";

/// Print a shell's completions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs) -> CommandResult {
    let shells = Shells::builtins();
    let shell = shells.completer(&args.shell.to_string()).ok_or_else(|| failed("no such shell"))?;
    let mut text = Vec::new();
    shell.write_registration(VARIABLE, "screener", "screener", "screener", &mut text)?;
    Destination::Stdout.write(&text)?;
    Ok(Exit::Reported)
}
