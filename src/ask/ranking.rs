//! The rows of a run scored, filtered and ordered as a screen asks.

use std::collections::HashMap;
use std::sync::Arc;

use super::screen::Screen;
use super::sort::Sort;
use super::undefined::{Undefined, check_defined};
use crate::bars::Bars;
use crate::compare::breadth::Breadth;
use crate::compare::cross_section::{Compared, CrossSection};
use crate::compare::earlier;
use crate::compare::eligible;
use crate::compare::groups::Grouping;
use crate::compare::momentum::BenchmarkUsed;
use crate::compare::row::Row;
use crate::measure::fields::Field as F;
use crate::models::TooFewToCompare;
use crate::table::Cell;

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

impl Ties {
    /// Those of two groups together.
    fn of_both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
        Some(Self {
            equal: one.equal + other.equal,
            shown: one.shown + other.shown,
            decided_by: one.decided_by,
        })
    }
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

/// The rows that may be compared.
fn entries(rows: &mut [Row]) -> Vec<Compared<'_>> {
    let compared = rows.iter_mut().filter(|row| !row.is_set_aside);
    compared.map(|row| (&row.symbol, &mut row.now)).collect()
}

impl Screen {
    /// Scores, filters and orders the measured rows, which are compared with each other; `benchmark` are the
    /// benchmark's bars, where they could be had.
    ///
    /// # Errors
    /// Those of [`Screen::rank_among`].
    pub fn rank(&self, rows: Vec<Row>, benchmark: Option<&Bars>) -> Result<Ranking, RankError> {
        self.rank_among(rows, None, benchmark)
    }

    /// The same; `others` are the rows that they are compared with, where that is not each other.
    ///
    /// # Errors
    /// [`RankError`] when the model compares symbols and there are too few, or when the filter or the order asks
    /// for a number that no row has.
    pub fn rank_among(
        &self,
        mut rows: Vec<Row>,
        mut others: Option<Vec<Row>>,
        benchmark: Option<&Bars>,
    ) -> Result<Ranking, RankError> {
        self.compare_with_benchmark(&mut rows, benchmark);
        let no_others: &mut [Row] = &mut [];
        let compared = others.as_mut().map_or(no_others, |others| others);
        eligible::set_aside(&mut rows, compared, self.include_suspect);
        let mut ranking = Ranking::default();
        if let Some(momentum) = self.criteria.momentum() {
            let fields = self.fields();
            let compared = others.as_mut().map(|others| entries(others));
            let mut section = CrossSection::of(entries(&mut rows), compared);
            ranking.benchmark = section.score(momentum, fields, benchmark)?;
            for row in rows.iter_mut().filter(|row| !row.is_set_aside) {
                row.notes.extend(momentum.model.gaps(&row.now));
            }
            earlier::rank(&mut rows, others.as_mut(), momentum, fields, benchmark);
            ranking.compared_with = others.as_ref().map(Vec::len);
        }
        if let Some(portfolio) = self.criteria.portfolio() {
            portfolio.weigh(&mut rows);
        }
        ranking.breadth = self.reports_breadth().then(|| Breadth::of(&rows, benchmark));
        check_defined(self.filter.as_ref(), self.sort.as_ref(), &rows, benchmark.is_some())?;
        let group_order =
            self.by.map(|by| by.in_order(rows.iter().filter(|row| !row.is_set_aside)));
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
        if matches!(sort.column.of(last, 0), Cell::Null) {
            return None; // without a value none is as good as another
        }
        let (shown, beyond) = rows.split_at(limit);
        let beyond =
            beyond.iter().take_while(|row| sort.compare_by_column(row, last).is_eq()).count();
        let shown =
            shown.iter().rev().take_while(|row| sort.compare_by_column(row, last).is_eq()).count();
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
        let mut rest = rows.into_iter().peekable();
        while let Some(first) = rest.next() {
            let group = place(&first);
            let mut members = vec![first];
            while let Some(next) = rest.next_if(|row| place(row) == group) {
                members.push(next);
            }
            let mut own = Ranking::default();
            self.number(members, &mut own);
            ranking.shown.extend(own.shown);
            ranking.rest.extend(own.rest);
            ranking.ties = Ties::of_both(ranking.ties, own.ties);
        }
    }
}
