//! The members of lists over a time, not on one day: who takes part when in a question about many days.

use super::list::{Universe, embedded_list};
use super::members::Memberships;

/// When each symbol of a universe is a member of the embedded lists among the words that it was made of; one that
/// never was, because it was named otherwise, always is. `None`: of none of the lists that is known.
#[must_use]
pub fn memberships_of(lists: &[String], universe: &Universe) -> Option<Memberships> {
    let mut members = Memberships::default();
    let mut is_known = false;
    for list in lists.iter().filter_map(|word| embedded_list(word)) {
        is_known |= members.add_list(list);
    }
    for symbol in universe.symbols() {
        if members.spells(symbol).is_empty() {
            members.add_always(symbol);
        }
    }
    is_known.then_some(members)
}
