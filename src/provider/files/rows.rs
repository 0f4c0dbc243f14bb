//! Rows sorted by symbol as they are read: what is outside the window is dropped at once, what cannot be a bar
//! is counted.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::iter::{Either, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::checks::{BILLION, are_billionths, conflicting_closes};
use super::chunk::{Chunk, ChunkColumns, split};
use super::range::DayRange;
use crate::bars::{Bar, Bars, Events, PriceBasis, Split, is_price};
use crate::provider::local::{LocalBars, LocalSeries};
use crate::universe::Symbol;

/// Rows collected so far, by symbol.
#[derive(Default)]
pub(super) struct SymbolRows {
    series: Vec<Series>,
    /// Where each name's series is.
    places: HashMap<String, usize>,
}

/// Rows of a chunk that are bars as they stand.
struct SoundRows {
    columns: Arc<ChunkColumns>,
    rows: Range<usize>,
}

#[derive(Default)]
struct Series {
    name: String,
    /// Bars that were sound as they stood in a file, as long as there is nothing else.
    sound: Option<SoundRows>,
    bars: Vec<Bar>,
    /// The last day with a price.
    last: Option<NaiveDate>,
    /// Rows without a date, or dated in the future.
    bad_rows: usize,
    /// Its splits, as far as they stand in rows taken one by one.
    splits: Vec<Split>,
    /// Whether one of its files had no adjusted closes: then none are used, for one series has one basis.
    is_unadjusted: bool,
    /// Whether one of its files had no splits: then they are not known of all days.
    lacks_splits: bool,
    /// What its prices are quoted in, where a file says so.
    currency: Option<Arc<str>>,
    /// Whether its rows are of times within days: then a day has many, and the last one counts.
    is_intraday: bool,
}

/// A series that has two prices for a day, again and again: it is several.
pub(super) struct Conflict {
    pub(super) name: String,
    pub(super) date: NaiveDate,
    pub(super) closes: [f64; 2],
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
        self.series.push(Series { name: key.clone().into_owned(), ..Series::default() });
        self.places.insert(key.into_owned(), place);
        place
    }

    /// Notes what the files of the series at `place` lack.
    pub(super) fn note_lacks(&mut self, place: usize, adjusted: bool, splits: bool) {
        let series = &mut self.series[place];
        series.is_unadjusted |= adjusted;
        series.lacks_splits |= splits;
    }

    /// Notes what the prices of the series at `place` are quoted in; the first word on it counts.
    pub(super) fn note_currency(&mut self, place: usize, name: Option<&str>) {
        let currency = &mut self.series[place].currency;
        if let Some(name) = name.filter(|name| currency.is_none() && !name.is_empty()) {
            *currency = Some(name.into());
        }
    }

    /// Notes that the rows of the series at `place` are of times within days.
    pub(super) fn note_times(&mut self, place: usize, has_times: bool) {
        self.series[place].is_intraday |= has_times;
    }

    /// Divides prices that are kept as whole numbers of billionths. Returns whose they are.
    pub(super) fn divide_billionths(&mut self) -> Vec<String> {
        let mut divided = Vec::new();
        for series in self.series.iter_mut().filter(|series| series.is_in_billionths()) {
            series.divide_billionths();
            divided.push(series.name.clone());
        }
        divided
    }

    /// The first series that has other prices for the same days.
    pub(super) fn conflict(&self) -> Option<Conflict> {
        self.series.par_iter().find_map_first(Series::conflict)
    }

    /// Takes one row of the series at `place`, and its ratio of a split; `bar` makes it, if it is wanted.
    pub(super) fn push(
        &mut self,
        place: usize,
        range: DayRange,
        date: Option<NaiveDate>,
        ratio: Option<f64>,
        bar: impl FnOnce(NaiveDate) -> Bar,
    ) {
        let series = &mut self.series[place];
        series.take_apart();
        match date.filter(|date| *date <= range.today) {
            None => series.bad_rows += 1,
            Some(date) if date < range.from || date > range.last => {}
            Some(date) => {
                let bar = bar(date);
                if is_price(bar.close) {
                    series.last = series.last.max(Some(date));
                }
                series.bars.push(bar);
                series.splits.extend(ratio.and_then(|ratio| split(date, ratio)));
            }
        }
    }

    /// The rows of a chunk of a frame; without a symbol column all are of the symbol `name`.
    pub(super) fn of_chunk(chunk: &Chunk, range: DayRange, name: &str) -> Self {
        let mut rows = Self::default();
        let mut start = 0;
        let columns = &chunk.columns;
        while start < columns.dates.len() {
            let (symbol, run) = chunk.run(start, name); // a symbol's rows mostly stand together
            start = run.end;
            let place = rows.place(symbol);
            rows.note_lacks(place, columns.is_unadjusted(), columns.lacks_splits());
            rows.note_currency(place, chunk.currency(run.start));
            rows.note_times(place, columns.has_times);
            let series = &mut rows.series[place];
            if series.is_empty()
                && let Some(sound) = columns.sound_rows(run.clone(), range)
            {
                series.last = columns.last_day(&sound);
                series.sound = Some(SoundRows { columns: Arc::clone(columns), rows: sound });
                continue;
            }
            for row in run {
                let date = columns.dates[row];
                rows.push(place, range, date, columns.split_of(row), |date| columns.bar(row, date));
            }
        }
        rows
    }

    /// Appends later rows.
    pub(super) fn append(&mut self, later: Self) {
        for mut series in later.series {
            let place = self.place(&series.name);
            let all = &mut self.series[place];
            all.last = all.last.max(series.last);
            all.bad_rows += series.bad_rows;
            all.is_intraday |= series.is_intraday;
            all.is_unadjusted |= series.is_unadjusted;
            all.lacks_splits |= series.lacks_splits;
            all.currency = all.currency.take().or(series.currency.take());
            if all.is_empty() {
                (all.sound, all.bars, all.splits) = (series.sound, series.bars, series.splits);
            } else {
                all.take_apart();
                series.take_apart();
                all.bars.extend(series.bars);
                all.splits.extend(series.splits);
            }
        }
    }

    /// The last day of each series.
    pub(super) fn lasts(&self) -> Vec<NaiveDate> {
        self.series.iter().filter_map(|series| series.last).collect()
    }

    /// The bars from `from` on up to `session`; later ones are left out.
    pub(super) fn into_local_bars(self, from: NaiveDate, session: NaiveDate) -> LocalBars {
        let is_later = |series: &&Series| series.last.is_some_and(|last| last > session);
        let later = self.series.iter().filter(is_later).map(|series| series.name.clone()).collect();
        let checked = |series: Series| match Symbol::parse(&series.name) {
            Ok(symbol) => Either::Left((symbol, series.into_local(from, session))),
            Err(bad) => Either::Right(bad.to_string()),
        };
        let (bars, mut unreadable): (Vec<_>, Vec<_>) =
            self.series.into_par_iter().partition_map(checked);
        unreadable.sort();
        LocalBars::lazily("files", bars.into_iter().collect())
            .without(unreadable)
            .cut_at(session, later)
    }
}

impl Series {
    /// Whether it has no bar yet.
    fn is_empty(&self) -> bool {
        self.sound.is_none() && self.bars.is_empty()
    }

    /// What shows that it is several series. `None`: it is one, as far as can be seen.
    fn conflict(&self) -> Option<Conflict> {
        let (date, closes) = (!self.is_intraday).then(|| conflicting_closes(&self.bars))??;
        Some(Conflict { name: self.name.clone(), date, closes })
    }

    fn is_in_billionths(&self) -> bool {
        match &self.sound {
            Some(SoundRows { columns, rows }) => {
                are_billionths(rows.clone().map(|row| columns.close(row)))
            }
            None => are_billionths(self.bars.iter().map(|bar| bar.close)),
        }
    }

    fn divide_billionths(&mut self) {
        self.take_apart();
        for bar in &mut self.bars {
            for price in
                [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close, &mut bar.adjusted]
            {
                *price /= BILLION;
            }
        }
    }

    /// Sound bars as rows, for there are others to put among them.
    fn take_apart(&mut self) {
        if let Some(SoundRows { columns, rows }) = self.sound.take() {
            for row in rows {
                if let Some(date) = columns.dates[row] {
                    self.bars.push(columns.bar(row, date));
                    self.splits.extend(columns.split_of(row).and_then(|ratio| split(date, ratio)));
                }
            }
        }
    }

    /// The bars from `from` on up to `to`; those of sound rows are made when they are asked for.
    fn into_local(self, from: NaiveDate, to: NaiveDate) -> LocalSeries {
        let Some(SoundRows { columns, rows }) = self.sound else {
            return LocalSeries::Loaded(self.into_bars(from, to).into());
        };
        let last = columns.last_day_to(&rows, to).filter(|last| *last >= from);
        let (basis, bad_rows, currency) = (columns.basis(), self.bad_rows, self.currency);
        let make = move || {
            let bars = columns.bars(rows.clone(), from, to);
            let bars = bars.unwrap_or_else(|| Bars::new(Vec::new(), basis, false));
            bars.with_bad_rows(bad_rows).quoted_in(currency.as_deref())
        };
        LocalSeries::Lazy { last, basis, make: Arc::new(make) }
    }

    fn into_bars(mut self, from: NaiveDate, to: NaiveDate) -> Bars {
        self.bars.retain(|bar| (from..=to).contains(&bar.date));
        // Where none has one, the adjusted closes are as good as not there.
        let has_none = !self.bars.is_empty() && !self.bars.iter().any(|bar| is_price(bar.adjusted));
        self.is_unadjusted |= has_none;
        if self.is_unadjusted {
            for bar in &mut self.bars {
                bar.adjusted = bar.close;
            }
        }
        let basis = if self.is_unadjusted { PriceBasis::Unadjusted } else { PriceBasis::Adjusted };
        self.splits.retain(|split| split.date >= from);
        self.splits.sort_by_key(|split| split.date);
        self.splits.dedup_by_key(|split| split.date);
        let splits = (!self.lacks_splits).then_some(self.splits);
        Bars::new(self.bars, basis, false)
            .with_events(Events { splits, dividends: None })
            .with_bad_rows(self.bad_rows)
            .quoted_in(self.currency.as_deref())
    }
}
