//! What happened to a share besides trade, as the source of its bars tells it: splits, dividends, the last price.

use chrono::NaiveDate;

/// A split: from its day on there are `ratio` shares for one, and each is worth as much less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// The first session of the new shares.
    pub date: NaiveDate,
    /// New shares for an old one: 4 for 4:1, 0.1 for a reverse split of 1:10.
    pub ratio: f64,
}

/// A dividend in cash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dividend {
    /// The first session without it.
    pub date: NaiveDate,
    /// What one share was paid, in the currency's major unit, adjusted for later splits.
    pub amount: f64,
}

/// The events of a series, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// Its splits, perhaps none. `None`: the source does not state them.
    pub splits: Option<Vec<Split>>,
    /// Its dividends, perhaps none. `None`: the source does not state them.
    pub dividends: Option<Vec<Dividend>>,
}

/// The last price as the source states it beside the bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LastPrice {
    /// The session it is of.
    pub date: NaiveDate,
    /// The price, in the currency's major unit.
    pub price: f64,
    /// Whether that session was over.
    pub is_final: bool,
}

impl Events {
    /// Those of the days from `first` to `last`, both included.
    #[must_use]
    pub(super) fn within(self, first: NaiveDate, last: NaiveDate) -> Self {
        let days = first..=last;
        Self {
            splits: self.splits.map(|mut splits| {
                splits.retain(|split| days.contains(&split.date));
                splits
            }),
            dividends: self.dividends.map(|mut dividends| {
                dividends.retain(|dividend| days.contains(&dividend.date));
                dividends
            }),
        }
    }

    /// These and those of a later part of the series; stated only where both parts state them.
    #[must_use]
    pub(super) fn followed_by(self, later: Self) -> Self {
        Self {
            splits: joined(self.splits, later.splits, |split| split.date),
            dividends: joined(self.dividends, later.dividends, |dividend| dividend.date),
        }
    }
}

fn joined<T>(
    earlier: Option<Vec<T>>,
    later: Option<Vec<T>>,
    date: impl Fn(&T) -> NaiveDate,
) -> Option<Vec<T>> {
    let (mut all, later) = (earlier?, later?);
    all.extend(later);
    all.sort_by_key(|event| date(event));
    all.dedup_by_key(|event| date(event));
    Some(all)
}
