//! The rows of one row group, and the bars of those that need no mending, which are made when they are asked for.

use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::columns::{ColumnPlaces, ColumnRole};
use super::dates::{dates, has_times};
use super::range::DayRange;
use crate::bars::{Bar, Bars, Events, PriceBasis, Split, is_price, price_or_nan};
use crate::table::Decimal;
use crate::table::parquet::{Numbers, Texts, Values};

/// The rows of one row group.
pub(super) struct Chunk {
    /// Each row's symbol, where there is such a column.
    symbols: Option<Texts>,
    currencies: Option<Texts>,
    pub(super) columns: Arc<ChunkColumns>,
}

/// The columns of a file that were read, row group by row group.
pub(super) struct PriceColumns<'a> {
    pub(super) places: &'a ColumnPlaces,
    /// All names of the file, by which a role's place is known.
    pub(super) names: &'a [String],
    /// The names of the columns that were read.
    pub(super) read: &'a [String],
    pub(super) groups: &'a [Vec<Values>],
}

impl<'a> PriceColumns<'a> {
    /// The rows of each group.
    pub(super) fn chunks(&self) -> Vec<Chunk> {
        let marks: Vec<Decimal> = (0..self.read.len()).map(|i| self.decimal(i)).collect();
        self.groups.par_iter().map(|values| self.chunk(values, &marks)).collect()
    }

    /// Where the column of a role is among those that were read.
    fn place(&self, role: ColumnRole) -> Option<usize> {
        let name = &self.names[self.places.of(role)?];
        self.read.iter().position(|read| read == name)
    }

    /// The decimal mark of a column's texts, where they are to be numbers; else it does not matter.
    fn decimal(&self, place: usize) -> Decimal {
        let words = [ColumnRole::Symbol, ColumnRole::Date, ColumnRole::Currency];
        if words.into_iter().any(|role| self.place(role) == Some(place)) {
            return Decimal::Point;
        }
        let texts = self.groups.iter().filter_map(|values| match &values[place] {
            Values::Texts(texts) => Some(texts.iter().flatten()),
            _ => None,
        });
        Decimal::of(texts.flatten(), b',').unwrap_or(Decimal::Point)
    }

    fn chunk(&self, values: &'a [Values], marks: &[Decimal]) -> Chunk {
        let numbers = |role| self.place(role).map(|i| values[i].numbers(marks[i]));
        let texts = |role| self.place(role).map(|i| values[i].as_texts());
        let date = self.place(ColumnRole::Date).map(|i| dates(&values[i], None));
        let adjusted = numbers(ColumnRole::Adjusted);
        let adjusted_volume = numbers(ColumnRole::AdjustedVolume).filter(|_| adjusted.is_some());
        let columns = ChunkColumns {
            dates: date.unwrap_or_default(),
            open: numbers(ColumnRole::Open),
            high: numbers(ColumnRole::High),
            low: numbers(ColumnRole::Low),
            close: numbers(ColumnRole::Close).unwrap_or_else(|| Box::new(Vec::new())),
            adjusted,
            volume: adjusted_volume.or_else(|| numbers(ColumnRole::Volume)),
            split: numbers(ColumnRole::Split),
            has_times: self.place(ColumnRole::Date).is_some_and(|i| has_times(&values[i])),
        };
        let (symbols, currencies) = (texts(ColumnRole::Symbol), texts(ColumnRole::Currency));
        Chunk { symbols, currencies, columns: Arc::new(columns) }
    }
}

/// The columns of a chunk but its symbols.
pub(super) struct ChunkColumns {
    pub(super) dates: Vec<Option<NaiveDate>>,
    open: Option<Numbers>,
    high: Option<Numbers>,
    low: Option<Numbers>,
    close: Numbers,
    adjusted: Option<Numbers>,
    volume: Option<Numbers>,
    /// New shares for an old one; 1 or 0 where there is no split.
    split: Option<Numbers>,
    /// Whether rows are of times within days.
    pub(super) has_times: bool,
}

impl Chunk {
    /// What stands in a row's column of currencies.
    pub(super) fn currency(&self, row: usize) -> Option<&str> {
        self.currencies.as_ref()?.get(row)
    }

    /// The last day with a price, up to `until`, of each symbol; `name` where there is no such column.
    pub(super) fn lasts(&self, until: NaiveDate, name: &str) -> Vec<(String, NaiveDate)> {
        let mut lasts = Vec::new();
        let mut start = 0;
        while start < self.columns.dates.len() {
            let (symbol, run) = self.run(start, name);
            start = run.end;
            let is_sound = |row: &usize| {
                self.columns.close[*row] > 0.0
                    && self.columns.dates[*row].is_some_and(|date| date <= until)
            };
            // Mostly in order: the last row with a price has the last day.
            if let Some(day) = run.rev().find(is_sound).and_then(|row| self.columns.dates[row]) {
                lasts.push((symbol.to_owned(), day));
            }
        }
        lasts
    }

    /// The rows from `start` on that are of one symbol, and the symbol; `name` where there is no such column.
    pub(super) fn run<'b>(&'b self, start: usize, name: &'b str) -> (&'b str, Range<usize>) {
        let end = self.columns.dates.len();
        let Some(symbols) = &self.symbols else { return (name, start..end) };
        let symbol = symbols.get(start).unwrap_or_default();
        let is_same = symbols.equal_to(start);
        let same = (start + 1..end).take_while(|row| is_same(*row)).count();
        (symbol, start..start + 1 + same)
    }
}

impl ChunkColumns {
    /// Of some rows of one symbol those in the window, if they are bars as they stand: dates in order and none of the
    /// future, a price in each. `None`: they need mending, or there are none.
    pub(super) fn sound_rows(&self, rows: Range<usize>, range: DayRange) -> Option<Range<usize>> {
        let days = &self.dates[rows.clone()];
        let is_ordered = days.is_sorted_by(|a, b| a < b) && days.first()?.is_some();
        if !is_ordered || days.last()?.is_some_and(|last| last > range.today) {
            return None;
        }
        let first = days.partition_point(|day| *day < Some(range.from));
        let end = days.partition_point(|day| *day <= Some(range.last));
        let rows = rows.start + first..rows.start + end;
        let are_prices = |column: &[f64]| column[rows.clone()].iter().all(|price| is_price(*price));
        let is_volume = |volume: &f64| volume.is_finite() && *volume >= 0.0;
        let are_volumes = |column: &Numbers| column[rows.clone()].iter().all(is_volume);
        let is_sound = !rows.is_empty()
            && are_prices(&self.close)
            && self.adjusted.as_ref().is_none_or(|adjusted| are_prices(adjusted))
            && self.volume.as_ref().is_none_or(are_volumes);
        is_sound.then_some(rows)
    }

    /// The bars of sound rows, from a day on up to another.
    pub(super) fn bars(&self, rows: Range<usize>, from: NaiveDate, to: NaiveDate) -> Option<Bars> {
        let days = &self.dates[rows.clone()];
        let start = days.partition_point(|day| *day < Some(from));
        let end = days.partition_point(|day| *day <= Some(to)).max(start);
        let rows = rows.start + start..rows.start + end;
        let some = |column: &Option<Numbers>, number: fn(f64) -> f64| match column {
            Some(values) => values[rows.clone()].iter().map(|value| number(*value)).collect(),
            None => vec![f64::NAN; rows.len()],
        };
        let columns = [
            some(&self.open, price_or_nan),
            some(&self.high, price_or_nan),
            some(&self.low, price_or_nan),
            self.close[rows.clone()].to_vec(),
            self.adjusted.as_ref().unwrap_or(&self.close)[rows.clone()].to_vec(),
            some(&self.volume, |volume| volume),
        ];
        let days = self.dates[rows.clone()].iter().copied().collect::<Option<Vec<_>>>()?;
        let bars = Bars::of_checked(days, columns, self.basis(), false)?;
        Some(bars.with_events(Events { splits: self.splits(rows), dividends: None }))
    }

    /// The splits among some rows. `None`: there is no such column.
    fn splits(&self, rows: Range<usize>) -> Option<Vec<Split>> {
        self.split.as_ref()?;
        Some(rows.filter_map(|row| split(self.dates[row]?, self.split_of(row)?)).collect())
    }

    /// What stands in a row's column of splits. `None`: there is no such column.
    pub(super) fn split_of(&self, row: usize) -> Option<f64> {
        Some(self.split.as_ref()?[row])
    }

    /// The last day of some rows.
    pub(super) fn last_day(&self, rows: &Range<usize>) -> Option<NaiveDate> {
        self.dates[rows.clone()].last().copied().flatten()
    }

    /// The last day of some rows in order that is not after `to`.
    pub(super) fn last_day_to(&self, rows: &Range<usize>, to: NaiveDate) -> Option<NaiveDate> {
        let days = &self.dates[rows.clone()];
        let end = days.partition_point(|day| *day <= Some(to));
        days[..end].last().copied().flatten()
    }

    pub(super) fn basis(&self) -> PriceBasis {
        if self.is_unadjusted() { PriceBasis::Unadjusted } else { PriceBasis::Adjusted }
    }

    /// The newest date up to `last` that has a price.
    pub(super) fn newest(&self, last: NaiveDate) -> Option<NaiveDate> {
        let mut newest = None;
        for (date, close) in self.dates.iter().zip(self.close.iter()) {
            if *close > 0.0 {
                newest = newest.max(date.filter(|date| *date <= last));
            }
        }
        newest
    }

    /// The first date that has a price.
    pub(super) fn first(&self) -> Option<NaiveDate> {
        let priced = self.dates.iter().zip(self.close.iter()).filter(|(_, close)| **close > 0.0);
        priced.filter_map(|(date, _)| *date).min()
    }

    /// The close of a row.
    pub(super) fn close(&self, row: usize) -> f64 {
        self.close[row]
    }

    pub(super) fn is_unadjusted(&self) -> bool {
        self.adjusted.is_none()
    }

    pub(super) fn lacks_splits(&self) -> bool {
        self.split.is_none()
    }

    pub(super) fn bar(&self, row: usize, date: NaiveDate) -> Bar {
        let value =
            |column: &Option<Numbers>| column.as_ref().map_or(f64::NAN, |values| values[row]);
        let close = self.close[row];
        Bar {
            date,
            open: value(&self.open),
            high: value(&self.high),
            low: value(&self.low),
            close,
            adjusted: self.adjusted.as_ref().map_or(close, |adjusted| adjusted[row]),
            volume: value(&self.volume),
        }
    }
}

/// The split that a column's ratio tells of: 1, as 0 and nothing at all, means that there was none.
pub(super) fn split(date: NaiveDate, ratio: f64) -> Option<Split> {
    (is_price(ratio) && ratio.to_bits() != 1_f64.to_bits()).then_some(Split { date, ratio })
}
