//! `completions`: a script for a shell.

use clap::Args;

use crate::cli::context::{CommandResult, Context};
use crate::cli::error::Exit;
use crate::cli::terminal::destination::Destination;

/// Print a shell's completions
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &CompletionsArgs, context: &Context) -> CommandResult {
    let mut command = context.layers.apply(context.command.clone());
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "screener", &mut text);
    Destination::Stdout.write(&text)?;
    Ok(Exit::Reported)
}
