//! `models`: the momentum models.

use crate::cli::context::CommandResult;
use crate::cli::error::Exit;
use crate::cli::terminal::destination::Destination;
use crate::screen::models::Model;

pub(super) fn models() -> CommandResult {
    let mut text = String::new();
    for model in Model::ALL {
        text += &format!("{:<18} {:>3} bars  {}\n", model.name(), model.bars(), model.meaning());
    }
    Destination::print(&text)?;
    Ok(Exit::Reported)
}
