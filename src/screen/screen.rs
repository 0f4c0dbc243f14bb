//! A screen as data, and how one symbol is measured by it.

use std::sync::Arc;

use super::benchmark::YearOfCloses;
use super::breadth;
use super::calendar::Calendar;
use super::columns::{Column, ExtraColumn};
use super::criteria::Criteria;
use super::doubt;
use super::earlier;
use super::fields::Field as F;
use super::filter::Filter;
use super::groups::Grouping;
use super::market::MarketCondition;
use super::quality;
use super::ranks::Sort;
use super::row::{History, Row};
use super::series::{Indicators, Series};
use super::session_days::SessionDays;
use super::wanted::FieldSet;
use crate::bars::Bars;
use crate::universe::{Symbol, Universe};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What is asked of every symbol.
    pub criteria: Criteria,
    /// Show at most this many rows; of each group, when they are ranked by group.
    pub limit: Option<usize>,
    /// Show only rows that pass it.
    pub filter: Option<Filter>,
    /// Order by this instead of the criteria's own order.
    pub sort: Option<Sort>,
    /// Rank within groups.
    pub by: Option<Grouping>,
    /// Compare rows with these symbols instead of with each other.
    pub rank_among: Option<Universe>,
    /// Keep what charts are drawn from.
    pub with_history: bool,
    /// Report run statistics, too.
    pub with_stats: bool,
    /// Report the state of the market, too.
    pub with_breadth: bool,
    /// Show these columns in tables, CSV and NDJSON instead of the criteria's own.
    pub columns: Option<Vec<Column>>,
    /// Columns of the user's own, beside the criteria's.
    pub extra: Vec<Arc<ExtraColumn>>,
    /// Rank doubtful rows, too.
    pub include_suspect: bool,
    /// Report nothing unless the market is in this state.
    pub only_if: Option<MarketCondition>,
    /// Fields that are worked out besides those that the answer depends on.
    pub wanted: FieldSet,
}

impl Screen {
    /// A screen that shows every answer to the criteria, with every number.
    #[must_use]
    pub fn new(criteria: Criteria) -> Self {
        Self {
            criteria,
            limit: None,
            filter: None,
            sort: None,
            by: None,
            rank_among: None,
            with_history: false,
            with_stats: false,
            with_breadth: false,
            columns: None,
            extra: Vec::new(),
            include_suspect: false,
            only_if: None,
            wanted: FieldSet::ALL,
        }
    }

    /// The same screen, which works out no more than these columns, and what it is asked itself, need.
    #[must_use]
    pub fn showing<'a>(self, columns: impl IntoIterator<Item = &'a Column>) -> Self {
        let mut wanted = FieldSet::default();
        let mut want = |column: &Column| column.visit_fields(&mut |field| wanted.add(field));
        columns.into_iter().for_each(&mut want);
        self.columns.iter().flatten().for_each(&mut want);
        self.sort.iter().for_each(|sort| want(&sort.column));
        let filtered = self.filter.iter().flat_map(Filter::columns);
        filtered.for_each(|(column, _)| want(&column));
        if self.reports_breadth() {
            wanted.extend(breadth::INPUTS);
        }
        if self.by.is_some() {
            wanted.add(F::RsRating);
        }
        if self.marks_newcomers() {
            wanted.add(F::Rank1w);
        }
        Self { wanted, ..self }
    }

    /// Whether the state of the market is worked out.
    #[must_use]
    pub fn reports_breadth(&self) -> bool {
        self.with_breadth || self.only_if.is_some()
    }

    /// The columns of a row in JSON: the criteria's and the user's own.
    #[must_use]
    pub fn all_columns(&self) -> Vec<Column> {
        let mut columns = self.criteria.columns();
        columns.extend(self.extra.iter().cloned().map(Column::Extra));
        columns
    }

    /// Whether it shows a number of the best of all, so that some of them may be new among the best.
    #[must_use]
    pub fn marks_newcomers(&self) -> bool {
        let is_plain = self.filter.is_none() && self.sort.is_none() && self.by.is_none();
        self.criteria.is_ranked() && self.limit.is_some() && is_plain
    }

    /// The fields that are worked out.
    pub(super) fn fields(&self) -> FieldSet {
        self.criteria.inputs().and(self.wanted)
    }

    /// Works out one symbol's numbers.
    #[must_use]
    pub fn measure(&self, symbol: &Symbol, bars: &Bars) -> Row {
        let fields = self.fields();
        let series = Series::new(bars);
        let mut row = Row::new(symbol.clone());
        row.bars = bars.len();
        row.calendar = Calendar::of(bars.dates());
        row.as_of = bars.dates().last().copied();
        row.bad_rows = bars.bad_rows();
        row.hours = bars.hours().copied();
        row.session_days = SessionDays::of(bars.dates());
        row.currency = bars.currency().cloned();
        row.notes = quality::notes(bars);
        for doubt in doubt::doubts(bars) {
            row.doubt(doubt);
        }
        let keeps_history = self.with_history || self.criteria.portfolio().is_some();
        row.history = keeps_history.then(|| Arc::new(history(bars, &series)));
        self.criteria.measure(&mut row, bars, &series, fields);
        if self.criteria.benchmark().is_some() && fields.contains(F::SessionsSinceRsHigh) {
            row.year_of_closes = YearOfCloses::of(bars);
        }
        if let Some(momentum) = self.criteria.momentum() {
            earlier::measure(&mut row, bars, &series, momentum, fields);
        }
        row
    }

    /// Works out what rows need the benchmark's bars for; without them it stays undefined.
    pub fn compare_with_benchmark(&self, rows: &mut [Row], benchmark: Option<&Bars>) {
        for row in rows {
            if let Some(year) = row.year_of_closes.take() {
                let sessions = benchmark.and_then(|bars| year.sessions_since_rs_high(bars));
                row.set(F::SessionsSinceRsHigh, sessions);
            }
        }
    }
}

/// What charts are drawn from, on the basis of the last day's price.
fn history(bars: &Bars, series: &Series<'_>) -> History {
    let volumes = bars.volume().map(<[f64]>::to_vec);
    let basis = Indicators::at(series, bars.len()).price_basis().unwrap_or(1.0);
    let closes = bars.adjusted().iter().map(|close| close * basis).collect();
    History { dates: bars.dates().to_vec(), closes, volumes }
}
