//! Rows sorted by symbol as they are read: what is outside the window is dropped at once, what cannot be a
//! bar is counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rayon::iter::{Either, IntoParallelIterator, ParallelIterator};

use super::columns::Chunk;
use crate::bars::{Bar, Bars, PriceBasis};
use crate::provider::LocalBars;
use crate::universe::Symbol;

/// Room for the rows of a window; a longer series grows.
const USUAL: usize = 320;

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

/// Rows collected so far.
#[derive(Default)]
pub(super) struct SymbolRows {
    series: Vec<OneSymbol>,
    /// Where each name's series is.
    places: HashMap<String, usize>,
}

#[derive(Default)]
struct OneSymbol {
    name: String,
    bars: Vec<Bar>,
    /// Rows without a date, or dated in the future.
    bad_rows: usize,
    /// Whether a file of it had no adjusted closes: then none are used, for one series has one basis.
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
        let bars = Vec::with_capacity(USUAL);
        self.series.push(OneSymbol {
            name: key.clone().into_owned(),
            bars,
            ..OneSymbol::default()
        });
        self.places.insert(key.into_owned(), place);
        place
    }

    /// Takes one row of the series at `place`; `bar` makes it, if it is wanted.
    pub(super) fn push(
        &mut self,
        place: usize,
        days: DayRange,
        date: Option<NaiveDate>,
        is_unadjusted: bool,
        bar: impl FnOnce(NaiveDate) -> Bar,
    ) {
        let series = &mut self.series[place];
        series.is_unadjusted |= is_unadjusted;
        match date.filter(|date| *date <= days.today) {
            None => series.bad_rows += 1,
            Some(date) if date < days.from || date > days.last => {}
            Some(date) => series.bars.push(bar(date)),
        }
    }

    /// The rows of a part of a frame; without a symbol column they are `name`'s.
    pub(super) fn of_part(part: &Chunk<'_>, days: DayRange, name: &str) -> Self {
        let mut rows = Self::default();
        let mut run: Option<(&str, usize)> = None; // a symbol's rows mostly stand together
        for (i, date) in part.dates.iter().enumerate() {
            let symbol = part.symbols.map_or(Some(name), |symbols| symbols.get(i));
            let symbol = symbol.unwrap_or_default();
            let place = match run {
                Some((before, place)) if before == symbol => place,
                _ => rows.place(symbol),
            };
            run = Some((symbol, place));
            rows.push(place, days, *date, part.is_unadjusted(), |date| part.bar(i, date));
        }
        rows
    }

    /// These rows and later ones.
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
    pub(super) fn into_local(self, from: NaiveDate) -> LocalBars {
        let checked = |series: OneSymbol| match Symbol::parse(&series.name) {
            Ok(symbol) => Either::Left((symbol, series.into_bars(from))),
            Err(bad) => Either::Right(bad.to_string()),
        };
        let (bars, mut unreadable_names): (Vec<_>, Vec<_>) =
            self.series.into_par_iter().partition_map(checked);
        unreadable_names.sort();
        let bars: BTreeMap<Symbol, Bars> = bars.into_iter().collect();
        LocalBars::new("files", bars).without(unreadable_names)
    }
}

impl OneSymbol {
    fn into_bars(mut self, from: NaiveDate) -> Bars {
        self.bars.retain(|bar| bar.date >= from);
        let basis = if self.is_unadjusted { PriceBasis::Unadjusted } else { PriceBasis::Adjusted };
        if self.is_unadjusted {
            self.bars.iter_mut().for_each(|bar| bar.adjusted = bar.close);
        }
        Bars::new(self.bars, basis, false).with_bad_rows(self.bad_rows)
    }
}
