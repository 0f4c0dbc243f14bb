//! The result of a run, as every format finds it.

use std::time::Duration;

use chrono::NaiveDate;

use crate::ask::Ranking;
use crate::ask::Screen;
use crate::ask::columns::Column;
use crate::ask::criteria::Count;
use crate::compare::row::Row;
use crate::failure::{Failure, Incomplete};
use crate::fetch::Counts;
use crate::measure::fields::Field;
use crate::measure::note::Note;
use crate::universe::{PastList, Shard};

/// The result of a run. Requested = rows + failures, always.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub screen: Screen,
    /// The shard of the list that it is about, where it is not all of it.
    pub shard: Option<Shard>,
    /// The provider's name.
    pub provider: String,
    /// The newest bar used.
    pub as_of: Option<NaiveDate>,
    /// Embedded lists that were taken as they were on a past day.
    pub past_lists: Vec<PastList>,
    /// Every symbol with bars: those to show and the rest.
    pub ranking: Ranking,
    /// Every symbol without, in the order asked for.
    pub failures: Vec<Failure>,
    /// Why not every symbol was fetched, if so.
    pub incomplete: Option<Incomplete>,
    /// Time and requests.
    pub cost: RunCost,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunCost {
    /// Wall time.
    pub elapsed: Duration,
    /// Requests and throttles.
    pub counts: Counts,
    /// Median and 95th percentile of a request's time.
    pub latency: Option<(Duration, Duration)>,
}

impl RunCost {
    /// Of a run without requests.
    #[must_use]
    pub fn of(elapsed: Duration) -> Self {
        Self { elapsed, counts: Counts::default(), latency: None }
    }
}

impl Report {
    /// Every symbol with bars, those to show first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.ranking.rows()
    }

    /// Symbols with bars.
    #[must_use]
    pub fn successful(&self) -> usize {
        self.ranking.shown.len() + self.ranking.rest.len()
    }

    /// Symbols asked for.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.successful() + self.failures.len()
    }

    /// How many symbols there are of a kind.
    #[must_use]
    pub fn count(&self, of: Count) -> usize {
        match of {
            Count::Requested => self.requested(),
            Count::Successful => self.successful(),
            Count::Failed => self.failures.len(),
            Count::Shown => self.ranking.shown.len(),
            Count::Matched => self.ranking.matched,
        }
    }

    /// The rows that are not compared with the others: stale and doubtful ones.
    pub fn set_aside(&self) -> impl Iterator<Item = &Row> {
        self.rows().filter(|row| row.is_set_aside)
    }

    /// Symbols whose bars were not fetched, because their closes did not promise enough.
    #[must_use]
    pub fn judged_on_closes(&self) -> usize {
        self.rows().filter(|row| row.has_note(Note::ClosesOnly)).count()
    }

    /// Why the run ended early, unless the user allowed it to.
    #[must_use]
    pub fn cut_short(&self) -> Option<&Incomplete> {
        self.incomplete.as_ref().filter(|incomplete| !incomplete.is_allowed())
    }

    /// The rows to show with their ranks.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.ranking.shown.iter().map(|(rank, row)| (*rank, row))
    }

    /// Rows of failures, where they are listed all the same: holdings that have no price.
    pub(super) fn unpriced(&self) -> Vec<Row> {
        match self.screen.criteria.portfolio() {
            Some(portfolio) if self.screen.filter.is_none() => {
                self.failures.iter().map(|failure| portfolio.unpriced(&failure.symbol)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The row of a failure: its ticker, and what is held of it.
    pub(super) fn row_of_failure(&self, failure: &Failure) -> Row {
        match self.screen.criteria.portfolio() {
            Some(portfolio) => portfolio.unpriced(&failure.symbol),
            None => Row::new(failure.symbol.clone()),
        }
    }

    /// The rows to show, then those of [`Report::unpriced`].
    pub(super) fn listed<'a>(
        &'a self,
        unpriced: &'a [Row],
    ) -> impl Iterator<Item = (usize, &'a Row)> {
        let next = self.ranking.shown.len() + 1;
        self.shown().chain((next..).zip(unpriced))
    }

    /// Whether a row that is shown was not among as many best a week earlier. Where no row was ranked then, none is
    /// new.
    #[must_use]
    pub fn is_newcomer(&self, row: &Row) -> bool {
        let Some(limit) = self.screen.limit.filter(|_| self.screen.marks_newcomers()) else {
            return false;
        };
        let was_ranked = |row: &Row| row.get(Field::Rank1w).is_some();
        #[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
        let was_among = row.get(Field::Rank1w).is_some_and(|rank| rank <= limit as f64);
        !was_among && self.rows().any(was_ranked)
    }

    /// How many rows that are shown are new among them.
    #[must_use]
    pub fn newcomers(&self) -> usize {
        self.shown().filter(|(_, row)| self.is_newcomer(row)).count()
    }

    /// The columns of formats in which they can be chosen.
    pub(super) fn columns(&self) -> Vec<Column> {
        self.screen.columns.clone().unwrap_or_else(|| self.screen.all_columns())
    }
}
