//! The members of lists over a time, not on one day: who takes part when in a question about many days.

use std::io::Read;

use super::error::UniverseError;
use super::list::{ListOptions, Universe, embedded_list};
use super::members::Memberships;

/// When each symbol of some words is a member: of an embedded list while it was in it, else always. `None`: of none of
/// the lists that is known.
///
/// # Errors
/// [`UniverseError`] names the word that is wrong.
pub fn memberships_of(
    lists: &[String],
    tickers: &[String],
    options: ListOptions,
    stdin: &mut dyn Read,
) -> Result<Option<Memberships>, UniverseError> {
    let mut members = Memberships::default();
    let mut others = Vec::with_capacity(lists.len());
    for word in lists {
        if !embedded_list(word).is_some_and(|list| members.add_list(list)) {
            others.push(word.clone());
        }
    }
    if others.len() == lists.len() {
        return Ok(None);
    }
    let others = Universe::read(&others, tickers, options, stdin)?;
    others.symbols().iter().for_each(|symbol| members.add_always(symbol));
    Ok(Some(members))
}
