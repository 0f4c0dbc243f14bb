//! `volume-screen`: the tickers whose last volume is unusual.

use clap::Args;

use super::screen::screen_list;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::view::CHOICES;
use crate::cli::args::volume::VolumeArgs;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::usage;
use crate::cli::settings::screen::{decide_volume, volume_sessions};

const EXAMPLES: &str = "\
Examples:
  screener volume-screen nasdaq100               twice the usual volume
  screener volume-screen sp500 --multiplier 3 --direction up
  screener volume-screen sp500 -f csv -o hits.csv";

/// Show tickers whose last volume is unusually high
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("shard", |arg| {
    arg.conflicts_with_all(CHOICES).conflicts_with("n")
}), mut_arg("preset", |arg| arg.hide(true)))]
pub(crate) struct VolumeScreenArgs {
    #[command(flatten)]
    volume: VolumeArgs,

    #[command(flatten)]
    screen: ScreenArgs,
}

pub(super) fn volume_screen(args: VolumeScreenArgs, context: &Context) -> CommandResult {
    if let Some(preset) = args.screen.view.choice.preset.first() {
        let error = usage(format!("volume-screen does not take the preset {}", preset.name));
        return Err(error.hinted("presets are for top, momentum and portfolio"));
    }
    let volume = decide_volume(&args.volume)?;
    let limit = args.volume.n;
    let choice = &args.screen.view.choice;
    let texts = choice.filter.iter().chain(&choice.columns).chain(&choice.sort);
    let sessions = volume_sessions(&volume, texts);
    let criteria = Criteria::Volume(volume);
    screen_list(args.screen, sessions, context, |_| Ok(Screen { limit, ..Screen::new(criteria) }))
}
