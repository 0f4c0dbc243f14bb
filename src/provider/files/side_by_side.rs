//! Tables of several tickers side by side: columns that name a ticker and a field, or one column of closes a ticker.

use super::columns::{ColumnPlaces, ColumnRole};
use crate::table::Decimal;
use crate::universe::Symbol;

/// A series in a table: its ticker, where no column holds it, and its columns.
pub(super) struct SeriesColumns {
    pub(super) ticker: Option<String>,
    pub(super) places: ColumnPlaces,
}

/// The columns of a Parquet file that has several for each ticker, or one: `AAPL.Close`, or as pandas writes names of two
/// parts, `('Close', 'AAPL')`; a table of closes by ticker.
pub(super) fn by_names(names: &[String]) -> Option<Vec<SeriesColumns>> {
    let pairs: Vec<(&str, &str)> = names.iter().filter_map(|name| two_parts(name)).collect();
    let of_two = pairs.iter().filter(|(_, other)| !other.is_empty());
    // Decided once: C and V are tickers, too.
    let field_is_first = of_two.clone().all(|(one, _)| ColumnPlaces::role_of(one).is_some());
    let field_is_last = of_two.clone().all(|(_, other)| ColumnPlaces::role_of(other).is_some());
    if field_is_first == field_is_last && of_two.count() > 0 {
        return None;
    }
    let mut plain = Vec::with_capacity(names.len());
    for name in names {
        plain.push(match two_parts(name) {
            None => name.clone(),
            Some((one, "")) => one.into(),
            Some((field, ticker)) if field_is_first => format!("{ticker}.{field}"),
            Some((ticker, field)) => format!("{ticker}.{field}"),
        });
    }
    let capitals = plain.iter().filter(|name| **name == name.to_uppercase()).count();
    prefixed(&plain).or_else(|| matrix(&plain, None).filter(|_| capitals + 1 >= plain.len()))
}

/// The parts of `('Close', 'AAPL')`. `None`: a name is of one part.
fn two_parts(name: &str) -> Option<(&str, &str)> {
    let inner = name.strip_prefix('(')?.strip_suffix(')')?;
    let (one, other) = inner.split_once(',')?;
    let [one, other] = [one, other].map(|part| part.trim().trim_matches(['\'', '"']));
    Some((one, other))
}

/// A column of dates, and columns that name a ticker and a field: `AAPL.Close`, as quantmod writes them.
pub(super) fn prefixed(names: &[String]) -> Option<Vec<SeriesColumns>> {
    let date =
        names.iter().position(|name| ColumnPlaces::role_of(name) == Some(ColumnRole::Date))?;
    let mut columns = Vec::new();
    for (place, name) in names.iter().enumerate().filter(|(place, _)| *place != date) {
        let (ticker, field) = name.rsplit_once('.').filter(|(ticker, _)| is_name(ticker))?;
        columns.push((place, field, ticker));
    }
    by_ticker(date, columns.into_iter())
}

/// The columns of each ticker that has closes: where they are, their fields, their tickers.
pub(super) fn by_ticker<'a>(
    date: usize,
    columns: impl Iterator<Item = (usize, &'a str, &'a str)>,
) -> Option<Vec<SeriesColumns>> {
    let mut series: Vec<SeriesColumns> = Vec::new();
    for (place, field, ticker) in columns {
        let role = ColumnPlaces::role_of(field)?;
        if let Some(own) = series.iter_mut().find(|own| own.ticker.as_deref() == Some(ticker)) {
            own.places.set(role, place);
        } else {
            let mut places = ColumnPlaces::of_date(date);
            places.set(role, place);
            series.push(SeriesColumns { ticker: Some(ticker.into()), places });
        }
    }
    series.retain(|own| own.places.of(ColumnRole::Close).is_some());
    (!series.is_empty()).then_some(series)
}

/// A column of dates and one of closes for each ticker.
pub(super) fn matrix(names: &[String], first: Option<&[String]>) -> Option<Vec<SeriesColumns>> {
    let date =
        names.iter().position(|name| ColumnPlaces::role_of(name) == Some(ColumnRole::Date))?;
    let others = names.iter().enumerate().filter(|(place, _)| *place != date);
    let is_number = |place: usize| {
        let cell = first.and_then(|cells| cells.get(place)).map_or("", String::as_str);
        cell.is_empty() || Decimal::Point.number(cell).is_some()
    };
    let are_closes = names.len() > 1
        && others.clone().all(|(place, name)| is_name(name) && is_number(place))
        && names.iter().filter(|name| ColumnPlaces::role_of(name).is_some()).count() == 1;
    are_closes.then(|| {
        let series = others.map(|(place, name)| {
            let mut places = ColumnPlaces::of_date(date);
            places.set(ColumnRole::Close, place);
            SeriesColumns { ticker: Some(name.clone()), places }
        });
        series.collect()
    })
}

/// Whether a cell can be a ticker's name, and no number.
pub(super) fn is_name(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && Symbol::parse(cell).is_ok()
}
