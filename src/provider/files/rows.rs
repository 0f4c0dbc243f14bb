//! Rows sorted by symbol as they are read: what is outside the window is dropped at once, what cannot be a bar
//! is counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use csv::StringRecord;
use rayon::iter::{Either, IntoParallelIterator, ParallelIterator};

use super::columns::{Chunk, ColumnPlaces, ColumnRole};
use crate::bars::{Bar, Bars, PriceBasis};
use crate::provider::local::LocalBars;
use crate::universe::Symbol;

/// Room for the rows of a window; a longer series grows.
const USUAL_SESSIONS: usize = 320;

/// The days that rows may be of.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayRange {
    /// The first that can matter.
    pub(super) from: NaiveDate,
    /// The last that is wanted.
    pub(super) last: NaiveDate,
    /// After this day there are no sessions yet.
    pub(super) today: NaiveDate,
}

/// One row of a CSV file.
pub(super) struct CsvRow<'a> {
    pub(super) places: &'a ColumnPlaces,
    pub(super) record: &'a StringRecord,
}

impl CsvRow<'_> {
    pub(super) fn field(&self, role: ColumnRole) -> Option<&str> {
        self.record.get(self.places.of(role)?)
    }

    /// The number in a column; NaN where there is none.
    pub(super) fn number(&self, role: ColumnRole) -> f64 {
        self.field(role).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
    }

    pub(super) fn bar(&self, date: NaiveDate) -> Bar {
        let close = self.number(ColumnRole::Close);
        let is_adjusted = self.places.of(ColumnRole::Adjusted).is_some();
        Bar {
            date,
            open: self.number(ColumnRole::Open),
            high: self.number(ColumnRole::High),
            low: self.number(ColumnRole::Low),
            close,
            adjusted: if is_adjusted { self.number(ColumnRole::Adjusted) } else { close },
            volume: self.number(ColumnRole::Volume),
        }
    }
}

/// Rows collected so far, by symbol.
#[derive(Default)]
pub(super) struct SymbolRows {
    series: Vec<Series>,
    /// Where each name's series is.
    places: HashMap<String, usize>,
}

#[derive(Default)]
struct Series {
    name: String,
    bars: Vec<Bar>,
    /// Rows without a date, or dated in the future.
    bad_rows: usize,
    /// Whether one of its files had no adjusted closes: then none are used, for one series has one basis.
    is_unadjusted: bool,
}

impl SymbolRows {
    pub(super) fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    pub(super) fn bad_rows(&self) -> usize {
        self.series.iter().map(|series| series.bad_rows).sum()
    }

    /// The place of a name's series, without regard to case.
    pub(super) fn place(&mut self, name: &str) -> usize {
        let is_plain = !name.bytes().any(|b| b.is_ascii_lowercase() || b.is_ascii_whitespace());
        let key =
            if is_plain { Cow::Borrowed(name) } else { name.trim().to_ascii_uppercase().into() };
        if let Some(place) = self.places.get(key.as_ref()) {
            return *place;
        }
        let place = self.series.len();
        let bars = Vec::with_capacity(USUAL_SESSIONS);
        self.series.push(Series { name: key.clone().into_owned(), bars, ..Series::default() });
        self.places.insert(key.into_owned(), place);
        place
    }

    /// Takes one row of the series at `place`; `bar` makes it, if it is wanted.
    pub(super) fn push(
        &mut self,
        place: usize,
        range: DayRange,
        date: Option<NaiveDate>,
        is_unadjusted: bool,
        bar: impl FnOnce(NaiveDate) -> Bar,
    ) {
        let series = &mut self.series[place];
        series.is_unadjusted |= is_unadjusted;
        match date.filter(|date| *date <= range.today) {
            None => series.bad_rows += 1,
            Some(date) if date < range.from || date > range.last => {}
            Some(date) => series.bars.push(bar(date)),
        }
    }

    /// The rows of a chunk of a frame; without a symbol column all are of the symbol `name`.
    pub(super) fn of_chunk(chunk: &Chunk<'_>, range: DayRange, name: &str) -> Self {
        let mut rows = Self::default();
        let mut last: Option<(&str, usize)> = None; // a symbol's rows mostly stand together
        for (i, date) in chunk.dates.iter().enumerate() {
            let symbol = match chunk.symbols {
                Some(symbols) => symbols.get(i).unwrap_or_default(),
                None => name,
            };
            let place = match last {
                Some((before, place)) if before == symbol => place,
                _ => rows.place(symbol),
            };
            last = Some((symbol, place));
            rows.push(place, range, *date, chunk.is_unadjusted(), |date| chunk.bar(i, date));
        }
        rows
    }

    /// Appends later rows.
    pub(super) fn append(&mut self, later: Self) {
        for series in later.series {
            let place = self.place(&series.name);
            let all = &mut self.series[place];
            if all.bars.is_empty() {
                all.bars = series.bars;
            } else {
                all.bars.extend(series.bars);
            }
            all.bad_rows += series.bad_rows;
            all.is_unadjusted |= series.is_unadjusted;
        }
    }

    /// The bars from `from` on.
    pub(super) fn into_local_bars(self, from: NaiveDate) -> LocalBars {
        let checked = |series: Series| match Symbol::parse(&series.name) {
            Ok(symbol) => Either::Left((symbol, series.into_bars(from))),
            Err(bad) => Either::Right(bad.to_string()),
        };
        let (bars, mut unreadable): (Vec<_>, Vec<_>) =
            self.series.into_par_iter().partition_map(checked);
        unreadable.sort();
        let bars: BTreeMap<Symbol, Bars> = bars.into_iter().collect();
        LocalBars::new("files", bars).without(unreadable)
    }
}

impl Series {
    fn into_bars(mut self, from: NaiveDate) -> Bars {
        self.bars.retain(|bar| bar.date >= from);
        if self.is_unadjusted {
            for bar in &mut self.bars {
                bar.adjusted = bar.close;
            }
        }
        let basis = if self.is_unadjusted { PriceBasis::Unadjusted } else { PriceBasis::Adjusted };
        Bars::new(self.bars, basis, false).with_bad_rows(self.bad_rows)
    }
}
