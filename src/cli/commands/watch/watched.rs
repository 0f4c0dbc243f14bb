//! What is watched, and how that is told from what another watch is about.

use serde_json::json;

use super::args::TimeArgs;
use crate::ask::Criteria;
use crate::ask::Screen;
use crate::cli::args::model::ModelArgs;
use crate::cli::args::store::ScreenName;
use crate::cli::args::view::ChoiceArgs;
use crate::cli::args::volume::VolumeArgs;
use crate::cli::error::CommandError;
use crate::cli::settings::run::RunSettings;
use crate::cli::settings::screen::{decide_momentum, decide_volume, volume_sessions};
use crate::cli::settings::view::choose;
use crate::measure::calendar::SESSIONS;
use crate::universe::{Symbol, Universe};

/// The best that a momentum watch is about, unless another number is asked for.
const DEFAULT_COUNT: usize = 20;

pub(super) fn screen_of(
    times: &TimeArgs,
    model: &ModelArgs,
    volume: &VolumeArgs,
    run: &mut RunSettings,
) -> Result<Screen, CommandError> {
    let screen = match times.screen {
        ScreenName::Volume => {
            Screen { limit: volume.n, ..Screen::new(Criteria::Volume(decide_volume(volume)?)) }
        }
        ScreenName::Momentum => Screen {
            limit: Some(volume.n.unwrap_or(DEFAULT_COUNT)),
            ..Screen::new(Criteria::Top(decide_momentum(model, run)?))
        },
    };
    let filter = times.filter.clone();
    let choice = ChoiceArgs { filter, doubt: times.doubt, ..ChoiceArgs::default() };
    let screen = choose(screen, &choice, run.universe.industries(), &run.output.messages)?;
    let columns = screen.all_columns();
    Ok(screen.showing(&columns))
}

/// Sessions that a screen uses.
pub(super) fn sessions_of(times: &TimeArgs, volume: &VolumeArgs) -> Result<usize, CommandError> {
    Ok(match times.screen {
        ScreenName::Volume => volume_sessions(&decide_volume(volume)?, times.filter.iter()),
        ScreenName::Momentum => SESSIONS,
    })
}

/// Everything that is asked and of which provider, so that another watch's signals are not taken for this one's.
pub(super) fn definition(
    screen: &Screen,
    filter: &str,
    universe: &Universe,
    provider: &str,
) -> String {
    let parameters = match &screen.criteria {
        Criteria::Volume(volume) => json!(volume),
        criteria => json!(criteria.momentum().map(|momentum| {
            (momentum.model.name, momentum.benchmark.as_ref().map(ToString::to_string))
        })),
    };
    let mut definition = json!({
        "screen": screen.criteria.name(),
        "parameters": parameters,
        "count": screen.limit,
        "filter": Some(filter).filter(|filter| !filter.is_empty()),
        "provider": provider,
    });
    // Which are the best depends on what is in the list; whose volume is high does not.
    if screen.limit.is_some() {
        let mut symbols: Vec<&str> = universe.symbols().iter().map(Symbol::as_str).collect();
        symbols.sort_unstable();
        definition["tickers"] =
            json!([symbols.len(), crc32fast::hash(symbols.join(",").as_bytes())]);
    }
    definition.to_string()
}
