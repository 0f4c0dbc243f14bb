//! `lists`: the embedded ticker lists.

use crate::cli::context::CommandResult;
use crate::cli::error::Exit;
use crate::cli::terminal::destination::Destination;
use crate::universe::{LISTS, Universe};

pub(super) fn lists() -> CommandResult {
    let mut text = String::new();
    for (name, list) in LISTS {
        let mut universe = Universe::default();
        universe.add_list(name, list)?;
        let first_line = list.lines().next().unwrap_or_default();
        let about = first_line.strip_prefix("# ").unwrap_or_default();
        text += &format!("{name:<10} {:>4}  {about}\n", universe.symbols().len());
    }
    Destination::print(&text)?;
    Ok(Exit::Reported)
}
