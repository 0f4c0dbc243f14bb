//! A screen as data, and how one symbol is measured by it.

use std::sync::Arc;

use super::columns::{Column, ExtraColumn};
use super::criteria::Criteria;
use super::filter::Filter;
use super::market::MarketCondition;
use super::sort::Sort;
use crate::bars::Bars;
use crate::compare::breadth;
use crate::compare::earlier;
use crate::compare::groups::Grouping;
use crate::compare::row::{About, Row, history};
use crate::measure::benchmark::YearOfCloses;
use crate::measure::doubt;
use crate::measure::fields::Field as F;
use crate::measure::quality;
use crate::measure::series::{Indicators, Series};
use crate::measure::wanted::FieldSet;
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
        row.about = About::of(bars);
        row.notes = quality::notes(bars);
        for doubt in doubt::doubts(bars) {
            row.doubt(doubt);
        }
        if self.with_history || self.criteria.portfolio().is_some() {
            let window = Indicators::at(&series, bars.len());
            row.about.history = Some(Arc::new(history(bars, &window)));
        }
        self.criteria.measure(&mut row, bars, &series, fields);
        if self.criteria.benchmark().is_some() && fields.contains(F::SessionsSinceRsHigh) {
            row.about.year_of_closes = YearOfCloses::of(bars);
        }
        if let Some(momentum) = self.criteria.momentum() {
            row.earlier = earlier::cuts(&series, row.now.calendar, momentum, fields);
        }
        row
    }

    /// Works out what rows need the benchmark's bars for; without them it stays undefined.
    pub fn compare_with_benchmark(&self, rows: &mut [Row], benchmark: Option<&Bars>) {
        for row in rows {
            if let Some(year) = row.about.year_of_closes.take() {
                let sessions = benchmark.and_then(|bars| year.sessions_since_rs_high(bars));
                row.set(F::SessionsSinceRsHigh, sessions);
            }
        }
    }
}
