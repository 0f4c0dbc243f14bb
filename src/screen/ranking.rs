//! A screen as data, and the rows of a run scored, filtered and ordered by it.

use std::collections::HashMap;
use std::sync::Arc;

use super::benchmark::YearOfCloses;
use super::breadth::{self, Breadth};
use super::columns::{Column, ExtraColumn};
use super::criteria::Criteria;
use super::cross_section::CrossSection;
use super::earlier;
use super::fields::Field as F;
use super::filter::Filter;
use super::groups::Grouping;
use super::market::MarketCondition;
use super::models::TooFewToCompare;
use super::momentum::BenchmarkUsed;
use super::quality;
use super::ranks::Sort;
use super::row::{History, Row};
use super::series::Series;
use super::undefined::{Undefined, check_defined};
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
    /// Report nothing unless the market is in this state.
    pub only_if: Option<MarketCondition>,
    /// Fields that are worked out besides those that the answer depends on.
    pub wanted: FieldSet,
}

/// The rows of a run: those to show, and the rest.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// The rows to show in their order, with their ranks.
    pub shown: Vec<(usize, Row)>,
    /// Every other symbol that brought bars.
    pub rest: Vec<Row>,
    /// How many have a score or pass the screen, the filter included.
    pub matched: usize,
    /// How many of them the filter excluded.
    pub filtered_out: usize,
    /// What returns were compared with.
    pub benchmark: BenchmarkUsed,
    /// How many symbols rows were compared with, where those are others than the rows.
    pub compared_with: Option<usize>,
    /// The state of the market, where it is wanted.
    pub breadth: Option<Breadth>,
    /// Rows as good as the last one shown, where some of them are shown and some are not.
    pub ties: Option<Ties>,
}

/// Rows with the same value, of which only some are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ties {
    /// How many have it.
    pub equal: usize,
    /// How many of them are shown.
    pub shown: usize,
    /// What their order was decided by, before the symbol.
    pub decided_by: Option<F>,
}

/// Why rows cannot be ranked as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RankError {
    /// See [`TooFewToCompare`].
    #[error(transparent)]
    TooFew(#[from] TooFewToCompare),
    /// See [`Undefined`].
    #[error(transparent)]
    Undefined(#[from] Undefined),
}

impl Ranking {
    /// Rows that were not compared.
    #[must_use]
    pub fn of_unranked(rows: Vec<Row>) -> Self {
        Self { rest: rows, ..Self::default() }
    }

    /// Every symbol with bars, those to show first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.shown.iter().map(|(_, row)| row).chain(&self.rest)
    }
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
    fn fields(&self) -> FieldSet {
        let mut fields = self.criteria.inputs();
        fields.extend(self.wanted.iter());
        fields
    }

    /// Works out one symbol's numbers.
    #[must_use]
    pub fn measure(&self, symbol: &Symbol, bars: &Bars) -> Row {
        let fields = self.fields();
        let series = Series::new(bars);
        let mut row = Row::new(symbol.clone());
        row.bars = bars.len();
        row.as_of = bars.dates().last().copied();
        row.bad_rows = bars.bad_rows();
        row.hours = bars.hours().copied();
        row.notes = quality::notes(bars);
        row.history = self.with_history.then(|| Arc::new(history(bars)));
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

    /// Scores, filters and orders the measured rows. `others` are the rows that they are compared with, where that
    /// is not each other; `benchmark` are the benchmark's bars, where they could be had.
    ///
    /// # Errors
    /// [`RankError`] when the model compares symbols and there are too few, or when the filter or the order asks
    /// for a number that no row has.
    pub fn rank(
        &self,
        mut rows: Vec<Row>,
        mut others: Option<Vec<Row>>,
        benchmark: Option<&Bars>,
    ) -> Result<Ranking, RankError> {
        self.compare_with_benchmark(&mut rows, benchmark);
        let usual = quality::usual_date(rows.iter().chain(others.iter().flatten()));
        quality::note_stale(&mut rows, usual);
        others.iter_mut().for_each(|others| quality::note_stale(others, usual));
        let mut ranking = Ranking::default();
        if let Some(momentum) = self.criteria.momentum() {
            let fields = self.fields();
            let mut section = CrossSection::of(&mut rows, others.as_mut());
            ranking.benchmark = section.score(momentum, fields, benchmark)?;
            earlier::rank(&mut rows, others.as_mut(), momentum, fields, benchmark);
            ranking.compared_with = others.as_ref().map(Vec::len);
        }
        if let Some(portfolio) = self.criteria.portfolio() {
            portfolio.weigh(&mut rows);
        }
        ranking.breadth = self.reports_breadth().then(|| Breadth::of(&rows, benchmark));
        check_defined(self.filter.as_ref(), self.sort.as_ref(), &rows, benchmark.is_some())?;
        let group_order = self.by.map(|by| by.in_order(rows.iter().filter(|row| !row.is_stale())));
        let mut passing = self.split(rows, &mut ranking);
        if let Some(sort) = self.order() {
            sort.apply(&mut passing);
        }
        match (self.by, group_order) {
            (Some(by), Some(order)) => self.number_by_group(passing, by, &order, &mut ranking),
            _ => self.number(passing, &mut ranking),
        }
        Ok(ranking)
    }

    fn order(&self) -> Option<Sort> {
        self.sort.clone().or_else(|| self.criteria.order())
    }

    /// The rows that answer the question and pass the filter; the others go to the rest.
    fn split(&self, rows: Vec<Row>, ranking: &mut Ranking) -> Vec<Row> {
        let mut passing = Vec::with_capacity(rows.len());
        let mut filtered = Vec::new();
        for row in rows {
            if !self.criteria.is_answer(&row) {
                ranking.rest.push(row);
            } else if self.filter.as_ref().is_none_or(|filter| filter.matches(&row)) {
                passing.push(row);
            } else {
                filtered.push(row);
            }
        }
        ranking.matched = passing.iter().filter(|row| self.criteria.is_match(row)).count();
        ranking.filtered_out = filtered.len();
        ranking.rest.extend(filtered);
        passing
    }

    /// Numbers ordered rows; those beyond the limit go to the rest.
    fn number(&self, mut rows: Vec<Row>, ranking: &mut Ranking) {
        let limit = self.limit.unwrap_or(rows.len()).min(rows.len());
        ranking.ties = self.ties(&rows, limit);
        ranking.rest.extend(rows.split_off(limit));
        ranking.shown = (1..).zip(rows).collect();
    }

    /// Rows as good as the last one before the limit, if there are some beyond it.
    fn ties(&self, rows: &[Row], limit: usize) -> Option<Ties> {
        let sort = self.order()?;
        let last = rows.get(limit.checked_sub(1)?)?;
        let is_equal = |row: &&Row| sort.compare_by_column(row, last).is_eq();
        let beyond = rows[limit..].iter().take_while(is_equal).count();
        let shown = rows[..limit].iter().rev().take_while(is_equal).count();
        let decided_by = sort.tie_breaker;
        (beyond > 0).then_some(Ties { equal: shown + beyond, shown, decided_by })
    }

    /// Numbers ordered rows within each group, the strongest group first; rows of no known group come last.
    fn number_by_group(
        &self,
        mut rows: Vec<Row>,
        by: Grouping,
        order: &[Arc<str>],
        ranking: &mut Ranking,
    ) {
        let places: HashMap<&str, usize> =
            order.iter().enumerate().map(|(place, name)| (&**name, place)).collect();
        let place = |row: &Row| {
            by.of(row)
                .map_or(usize::MAX, |name| places.get(&**name).copied().unwrap_or(order.len()))
        };
        rows.sort_by_key(place); // stable: within a group the order stays
        let mut last = None;
        let mut rank = 0;
        for row in rows {
            let group = Some(place(&row));
            rank = if last == group { rank + 1 } else { 1 };
            last = group;
            if self.limit.is_none_or(|limit| rank <= limit) {
                ranking.shown.push((rank, row));
            } else {
                ranking.rest.push(row);
            }
        }
    }
}

/// What charts are drawn from, on the basis of the last day's price.
fn history(bars: &Bars) -> History {
    let volumes = bars.volume().map_or_else(|| vec![0.0; bars.len()], <[f64]>::to_vec);
    let basis = match (bars.close().last(), bars.adjusted().last()) {
        (Some(traded), Some(adjusted)) => traded / adjusted,
        _ => 1.0,
    };
    let closes = bars.adjusted().iter().map(|close| close * basis).collect();
    History { dates: bars.dates().to_vec(), closes, volumes }
}
