//! `presets`: screens by name, as text to copy and change.

use clap::Args;

use crate::ask::presets::{PRESETS, Preset};
use crate::cli::args::values::parse_preset;
use crate::cli::context::CommandResult;
use crate::cli::error::Exit;
use crate::cli::terminal::destination::Destination;

const EXAMPLES: &str = "\
Examples:
  screener presets                               every preset
  screener presets trend-template                one as options to copy
  screener top sp500 --preset trend-template";

/// List the presets, or print one as options to copy
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PresetsArgs {
    /// Only this one, in full
    #[arg(value_name = "NAME", value_parser = parse_preset())]
    name: Option<&'static Preset>,
}

pub(super) fn presets(args: &PresetsArgs) -> CommandResult {
    let text = match args.name {
        Some(preset) => full(preset),
        None => PRESETS.iter().map(line).collect(),
    };
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn line(preset: &Preset) -> String {
    format!("{:<16} {}\n", preset.name, preset.meaning)
}

fn full(preset: &Preset) -> String {
    let mut text = format!("# {}: {}\n", preset.name, preset.meaning);
    if let Some(model) = preset.model {
        text += &format!("--model {} \\\n", model.name);
    }
    text += &format!("--filter '{}' \\\n", preset.filter);
    if let Some(sort) = preset.sort {
        text += &format!("--sort {sort} \\\n");
    }
    text + &format!("--columns '{}'\n", preset.columns)
}
