//! `man`: the manual page of the program, or of one of its commands.

use clap::{Args, Command};

use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, Exit, usage};
use crate::cli::terminal::destination::Destination;

/// Print the manual page of the program or of a command
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command, such as top or screener-top
    command: Option<String>,
}

pub(super) fn man(args: &ManArgs, context: &Context) -> CommandResult {
    let mut command = context.layers.apply(context.command.clone());
    command.build();
    let page = match args.command.as_deref() {
        None | Some("screener") => command,
        Some(name) => page_of(name, &command)?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    // The generator has no name for what follows the options; here it is the examples.
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA", ".SH EXAMPLES");
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn page_of(name: &str, program: &Command) -> Result<Command, CommandError> {
    let name = name.strip_prefix("screener-").unwrap_or(name);
    let Some(command) = program.find_subcommand(name) else {
        let names = program.get_subcommands().map(Command::get_name);
        let names: Vec<&str> = names.filter(|name| *name != "help").collect();
        let error = usage(format!("there is no command {name:?}"));
        return Err(error.hinted(format!("the commands are {}", names.join(", "))));
    };
    Ok(command.clone().name(format!("screener-{name}")))
}
