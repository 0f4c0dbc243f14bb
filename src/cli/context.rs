//! What a command knows besides its own arguments.

use super::error::CommandError;
use super::error::Exit;
use super::settings::layers::Layers;
use super::settings::typed::Typed;

/// What a command knows besides its own arguments.
pub(crate) struct Context {
    /// What the environment and the configuration file set.
    pub(crate) layers: Layers,
    /// Every command and option there is, those settings among them.
    pub(crate) command: clap::Command,
    /// The options that were typed.
    pub(crate) typed: Typed,
}

/// How a command ends.
pub(crate) type CommandResult = Result<Exit, CommandError>;
