//! What layers of settings ask of a command's options.

use clap::builder::Resettable;
use clap::{Arg, Command};

/// Every option of a command and of the commands below it.
pub(super) fn all_arguments(command: &Command) -> Vec<&Arg> {
    let mut arguments: Vec<&Arg> = command.get_arguments().collect();
    for sub in command.get_subcommands() {
        arguments.extend(all_arguments(sub));
    }
    arguments
}

pub(super) fn without_variables(command: Command) -> Command {
    let without = |sub: Command| without_variables(sub.mut_args(|arg| arg.env(Resettable::Reset)));
    command.mut_subcommands(without)
}

pub(super) fn variable_of(argument: &Arg) -> Option<String> {
    Some(argument.get_env()?.to_string_lossy().into_owned())
}

/// Whether an option's value is never shown.
pub(super) fn is_secret(argument: &Arg) -> bool {
    argument.is_hide_env_values_set()
}

/// The same option, whose help names its variable.
pub(super) fn with_variable_in_help(arg: Arg, variable: &str) -> Arg {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help} [env: {variable}]")).long_help(format!("{help}\n\n[env: {variable}]"))
}
