//! A screen as data, and the rows of a run scored, filtered and ordered by it.

use std::sync::Arc;

use super::columns::Column;
use super::criteria::Criteria;
use super::cross_section::CrossSection;
use super::filter::Filter;
use super::models::TooFewToCompare;
use super::momentum::BenchmarkUsed;
use super::quality;
use super::ranks::Sort;
use super::row::{History, Row};
use crate::bars::Bars;
use crate::universe::Symbol;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What is asked of every symbol.
    pub criteria: Criteria,
    /// Show at most this many rows; of each sector, when they are ranked by sector.
    pub limit: Option<usize>,
    /// Show only rows that pass it.
    pub filter: Option<Filter>,
    /// Order by this instead of the criteria's own order.
    pub sort: Option<Sort>,
    /// Rank within sectors.
    pub by_sector: bool,
    /// Keep what charts are drawn from.
    pub with_history: bool,
    /// Report run statistics, too.
    pub with_stats: bool,
    /// Show these columns in tables, CSV and NDJSON instead of the criteria's own.
    pub columns: Option<Vec<Column>>,
}

/// The rows of a run: those to show, and the rest.
#[derive(Clone, Debug)]
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
}

impl Ranking {
    /// Rows that were not compared.
    #[must_use]
    pub fn of_unranked(rows: Vec<Row>) -> Self {
        let benchmark = BenchmarkUsed::Nothing;
        Self { shown: Vec::new(), rest: rows, matched: 0, filtered_out: 0, benchmark }
    }

    /// Every symbol with bars, those to show first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.shown.iter().map(|(_, row)| row).chain(&self.rest)
    }
}

impl Screen {
    /// A screen that shows every answer to the criteria.
    #[must_use]
    pub fn new(criteria: Criteria) -> Self {
        Self {
            criteria,
            limit: None,
            filter: None,
            sort: None,
            by_sector: false,
            with_history: false,
            with_stats: false,
            columns: None,
        }
    }

    /// Works out one symbol's numbers.
    #[must_use]
    pub fn measure(&self, symbol: &Symbol, bars: &Bars) -> Row {
        let mut row = Row::new(symbol.clone());
        row.bars = bars.len();
        row.as_of = bars.dates().last().copied();
        row.bad_rows = bars.bad_rows();
        row.hours = bars.hours().copied();
        row.notes = quality::notes(bars);
        row.history = self.with_history.then(|| Arc::new(history(bars)));
        self.criteria.measure(&mut row, bars);
        row
    }

    /// Scores, filters and orders the measured rows; `benchmark` are the benchmark's bars, where they could be
    /// had.
    ///
    /// # Errors
    /// [`TooFewToCompare`] when the model compares symbols and there are too few.
    pub fn rank(
        &self,
        mut rows: Vec<Row>,
        benchmark: Option<&Bars>,
    ) -> Result<Ranking, TooFewToCompare> {
        quality::note_stale(&mut rows);
        let benchmark = match self.criteria.momentum() {
            Some(momentum) => CrossSection::of(&mut rows).score(momentum, benchmark)?,
            None => BenchmarkUsed::Nothing,
        };
        if let Some(portfolio) = self.criteria.portfolio() {
            portfolio.weigh(&mut rows);
        }
        let mut passing = Vec::with_capacity(rows.len());
        let mut filtered = Vec::new();
        let mut rest = Vec::new();
        for row in rows {
            if !self.criteria.is_answer(&row) {
                rest.push(row);
            } else if self.filter.as_ref().is_none_or(|filter| filter.matches(&row)) {
                passing.push(row);
            } else {
                filtered.push(row);
            }
        }
        let matched = passing.iter().filter(|row| self.criteria.is_match(row)).count();
        let filtered_out = filtered.len();
        rest.extend(filtered);
        if let Some(sort) = self.sort.or(self.criteria.order()) {
            sort.apply(&mut passing);
        }
        let shown = self.number(passing, &mut rest);
        Ok(Ranking { shown, rest, matched, filtered_out, benchmark })
    }

    /// Numbers ordered rows, by sector where that is asked for; those beyond the limit go to the rest.
    fn number(&self, mut rows: Vec<Row>, rest: &mut Vec<Row>) -> Vec<(usize, Row)> {
        if self.by_sector {
            // Stable: within a sector the order stays. The unknown sector comes last.
            rows.sort_by(|a, b| {
                (a.sector.is_none(), &a.sector).cmp(&(b.sector.is_none(), &b.sector))
            });
        }
        let mut shown: Vec<(usize, Row)> = Vec::with_capacity(rows.len());
        let mut rank = 0;
        let mut last_sector = None;
        for row in rows {
            let is_next_sector = self.by_sector && last_sector.as_ref() != Some(&row.sector);
            rank = if is_next_sector { 1 } else { rank + 1 };
            last_sector = Some(row.sector.clone());
            if self.limit.is_none_or(|limit| rank <= limit) {
                shown.push((rank, row));
            } else {
                rest.push(row);
            }
        }
        shown
    }
}

fn history(bars: &Bars) -> History {
    let volumes = bars.volume().map_or_else(|| vec![0.0; bars.len()], <[f64]>::to_vec);
    History { dates: bars.dates().to_vec(), closes: bars.adjusted().to_vec(), volumes }
}
