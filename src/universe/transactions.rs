//! Tables of transactions: which column tells what was done, which rows count, and in which order they happened.

use chrono::{NaiveDate, NaiveTime};

use super::holdings_columns::{ACTIONS, DONE, JUDGEMENTS, UNDONE, direction, plain};
use super::lot::{Lot, TableError};
use crate::table::{DateOrder, date_of_text, time_of_text};

/// The column of actions: a named one with a verb in it; where rows have dates, one in which most cells are verbs.
pub(super) fn action_column(
    names: &[String],
    rows: &[(u64, Vec<String>)],
    has_dates: bool,
) -> Option<usize> {
    let mut best = None;
    for (place, name) in names.iter().enumerate() {
        let (mut verbs, mut filled) = (0, 0);
        for cell in rows.iter().filter_map(|(_, row)| row.get(place)) {
            verbs += usize::from(direction(cell).is_some());
            filled += usize::from(!cell.is_empty());
        }
        let is_named = ACTIONS.contains(&name.as_str());
        let is_seen =
            has_dates && verbs * 2 >= filled && !JUDGEMENTS.iter().any(|word| name.contains(word));
        let rank = (is_named, verbs);
        if verbs > 0 && (is_named || is_seen) && best.is_none_or(|(_, other)| rank > other) {
            best = Some((place, rank));
        }
    }
    best.map(|(place, _)| place)
}

/// Whether an order with such a status was carried out. `None`: the word tells neither.
pub(super) fn is_done(status: &str) -> Option<bool> {
    let status = plain(status);
    if DONE.contains(&status.as_str()) {
        Some(true)
    } else if UNDONE.iter().any(|word| status.contains(word)) {
        Some(false)
    } else {
        None
    }
}

/// Transactions as they happened. Without dates that can be read they stay in the order of the file.
pub(super) fn as_they_happened(
    lots: Vec<Lot>,
    order: Option<DateOrder>,
) -> Result<Vec<Lot>, TableError> {
    let seen = match order {
        Some(order) => Ok(Some(order)),
        None => DateOrder::of(lots.iter().map(|lot| lot.date.as_str())),
    };
    let places = if let Ok(order) = seen {
        sequence(&lots, order)?
    } else {
        let places = sequence(&lots, Some(DateOrder::DayFirst))?;
        if places != sequence(&lots, Some(DateOrder::MonthFirst))? {
            return Err(TableError::UnclearDates);
        }
        places
    };
    let mut lots: Vec<Option<Lot>> = lots.into_iter().map(Some).collect();
    Ok(places.into_iter().filter_map(|place| lots[place].take()).collect())
}

/// The places of lots in the order of their dates and times. Within a day without times, what was bought comes first; else
/// what stands first, or last in a file that runs backwards.
fn sequence(lots: &[Lot], order: Option<DateOrder>) -> Result<Vec<usize>, TableError> {
    let moments: Vec<_> = lots.iter().map(|lot| moment(&lot.date, order)).collect();
    let mut places: Vec<usize> = (0..lots.len()).collect();
    let known: Vec<_> = moments.iter().flatten().collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return Ok(places) };
    let runs_backwards = first.0 > last.0;
    let mut bad = Vec::new();
    for (lot, moment) in lots.iter().zip(&moments) {
        if moment.is_none() {
            bad.push((lot.line, lot.symbol.to_string(), format!("date {:?} is no date", lot.date)));
        }
    }
    if !bad.is_empty() {
        return Err(TableError::BadCells(bad));
    }
    if runs_backwards {
        places.reverse();
    }
    places.sort_by_key(|place| {
        let is_late_sale = moments[*place].is_some_and(|(_, time)| time.is_none())
            && lots[*place].holding.shares < 0.0;
        (moments[*place], is_late_sale)
    });
    Ok(places)
}

/// A date and the time of day behind it; midnight says that no time is known.
fn moment(text: &str, order: Option<DateOrder>) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let time = time_of_text(text).filter(|time| *time != NaiveTime::MIN);
    Some((date_of_text(text, order)?, time))
}
