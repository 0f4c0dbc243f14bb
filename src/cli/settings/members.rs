//! Who takes part in an evaluation, and when.

use chrono::NaiveDate;

use super::run::Tickers;
use crate::cli::args::tickers::ListArgs;
use crate::cli::error::CommandError;
use crate::report::MembersUsed;
use crate::universe::{ListOptions, Memberships, Symbol, Universe, memberships_of};

/// The tickers of an evaluation, and when each of them is a member.
pub(crate) struct TakingPart {
    pub(crate) tickers: Tickers,
    /// Members that take part beside all that is loaded.
    pub(crate) more: Vec<Symbol>,
    /// When each symbol is a member. `None`: always.
    pub(crate) memberships: Option<Memberships>,
    pub(crate) used: MembersUsed,
}

/// Decides who takes part: `members` is `day`, `today` or a file; `first` the first day of a score.
pub(crate) fn decide_members(
    members: &str,
    list: ListArgs,
    first: Option<NaiveDate>,
    is_local: bool,
) -> Result<TakingPart, CommandError> {
    let since = first.unwrap_or(NaiveDate::MIN);
    let all = |list, used| TakingPart {
        tickers: Tickers::Listed(list),
        more: Vec::new(),
        memberships: None,
        used,
    };
    match members {
        "today" => Ok(all(list, MembersUsed::Today)),
        "day" if list.is_empty() => Ok(all(list, MembersUsed::All)),
        "day" => {
            let options = ListOptions { since: Some(since), ..list.options() };
            let mut stdin = std::io::stdin().lock();
            let universe = Universe::read(&list.lists, &list.tickers, options, &mut stdin)?;
            let memberships = memberships_of(&list.lists, &universe);
            let used = if memberships.is_some() { MembersUsed::OfTheDay } else { MembersUsed::All };
            let tickers = Tickers::Held(universe);
            Ok(TakingPart { tickers, memberships, ..all(ListArgs::default(), used) })
        }
        file => {
            let members = Memberships::read(file)?;
            let mut more = members.since(since);
            let used = MembersUsed::File(file.into());
            let tickers = if list.is_empty() && !is_local {
                Tickers::Held(more.drain(..).collect())
            } else {
                more.retain(|_| list.is_empty());
                Tickers::Listed(list)
            };
            Ok(TakingPart { tickers, more, memberships: Some(members), used })
        }
    }
}
