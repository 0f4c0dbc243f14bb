//! Finance: from bars to scored, ordered rows. Knows no network.
//!
//! [`Screen`] is what is asked for, as data. One symbol's numbers come from [`Screen::measure`] on a worker
//! thread; whatever compares symbols happens in [`Screen::conclude`], once all are there.

pub mod explain;
pub mod fields;
pub mod filter;
pub mod indicators;
pub mod models;
pub mod momentum;
pub mod portfolio;
pub mod quality;
pub mod ranks;
pub mod row;
pub mod volume;

use std::sync::Arc;

use crate::bars::Bars;
use crate::universe::Symbol;
use fields::{Column, Field};
use filter::Filter;
use models::TooFewToCompare;
use momentum::{BenchmarkUsed, Momentum};
use portfolio::Portfolio;
use ranks::RankError;
use row::{History, Note, Row};
use volume::Volume;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The question.
    pub criteria: Criteria,
    /// Show at most so many; of each sector, when they are ranked by sector.
    pub limit: Option<usize>,
    /// Whether the bar of a session still open is used.
    pub include_partial: bool,
    /// Show only rows that pass it.
    pub filter: Option<Filter>,
    /// Order by this instead of the question's own order.
    pub sort: Option<Sort>,
    /// Rank within sectors.
    pub by_sector: bool,
    /// Keep what charts are drawn of.
    pub with_history: bool,
    /// Tell what the run cost, too.
    pub with_stats: bool,
    /// Show these columns in tables, CSV and NDJSON instead of the question's own.
    pub columns: Option<Vec<Column>>,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what; rows where it is undefined come last, ties are broken by symbol.
    pub column: Column,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// The question a screen asks of every symbol.
#[derive(Clone, Debug)]
pub enum Criteria {
    /// How strong is its momentum? Every symbol is shown, in the order given.
    Momentum(Momentum),
    /// Whose momentum is the strongest?
    Top(Momentum),
    /// Whose volume is unusual?
    Volume(Volume),
    /// What is it worth, and how strong is what is in it?
    Portfolio(Portfolio),
}

impl Criteria {
    /// How momentum is scored, where it is.
    #[must_use]
    pub fn momentum(&self) -> Option<&Momentum> {
        match self {
            Self::Momentum(momentum) | Self::Top(momentum) => Some(momentum),
            Self::Portfolio(portfolio) => Some(&portfolio.momentum),
            Self::Volume(_) => None,
        }
    }
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
    /// How many of them the filter kept out.
    pub filtered_out: usize,
    /// What returns were compared with.
    pub against: BenchmarkUsed,
}

/// Why rows could not be scored and ordered.
#[derive(Debug, thiserror::Error)]
pub enum RankingError {
    /// The model compares tickers, and there are too few.
    #[error(transparent)]
    TooFew(#[from] TooFewToCompare),
    /// See [`RankError`].
    #[error(transparent)]
    Rank(#[from] RankError),
}

impl Screen {
    /// A screen that shows everything the question is answered with.
    #[must_use]
    pub fn new(criteria: Criteria) -> Self {
        Self {
            criteria,
            limit: None,
            include_partial: false,
            filter: None,
            sort: None,
            by_sector: false,
            with_history: false,
            with_stats: false,
            columns: None,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.criteria {
            Criteria::Momentum(_) => "momentum",
            Criteria::Top(_) => "top",
            Criteria::Volume(_) => "volume-screen",
            Criteria::Portfolio(_) => "portfolio",
        }
    }

    /// Sessions that are asked for and used at most.
    #[must_use]
    pub fn sessions(&self) -> usize {
        match &self.criteria {
            Criteria::Volume(volume) => volume.lookback + 1,
            _ => momentum::SESSIONS,
        }
    }

    /// The symbol whose bars are wanted beside those of the universe.
    #[must_use]
    pub fn benchmark(&self) -> Option<&Symbol> {
        self.criteria.momentum()?.benchmark.as_ref()
    }

    /// The columns of a row in JSON, and in CSV unless others are asked for.
    #[must_use]
    pub fn usual_columns(&self) -> Vec<Column> {
        match &self.criteria {
            Criteria::Momentum(_) => fields::momentum(),
            Criteria::Top(_) => [vec![Column::Rank], fields::momentum()].concat(),
            Criteria::Volume(_) => fields::volume(),
            Criteria::Portfolio(portfolio) => portfolio.columns(),
        }
    }

    /// Computes one symbol's numbers.
    #[must_use]
    pub fn measure(&self, symbol: &Symbol, bars: &Bars) -> Row {
        let mut row = Row::about(symbol, bars);
        row.history = self.with_history.then(|| {
            Arc::new(History {
                dates: bars.dates().to_vec(),
                closes: bars.adjusted().to_vec(),
                volumes: bars.volume().to_vec(),
            })
        });
        match &self.criteria {
            Criteria::Momentum(_) | Criteria::Top(_) => momentum::measure(&mut row, bars),
            Criteria::Volume(volume) => volume.measure(&mut row, bars),
            Criteria::Portfolio(portfolio) => {
                momentum::measure(&mut row, bars);
                portfolio.value(&mut row);
            }
        }
        row
    }

    /// Scores, filters and orders the measured rows; `benchmark` are the benchmark's bars, where they could
    /// be had.
    ///
    /// # Errors
    /// [`RankingError`].
    pub fn conclude(
        &self,
        rows: Vec<Row>,
        benchmark: Option<&Bars>,
    ) -> Result<Ranking, RankingError> {
        let mut rows = rows;
        quality::note_stale(&mut rows);
        let (mut rows, against) = match self.criteria.momentum() {
            Some(momentum) => momentum.score(rows, benchmark)?,
            None => (rows, BenchmarkUsed::Nothing),
        };
        if let Criteria::Portfolio(portfolio) = &self.criteria {
            portfolio.weigh(&mut rows);
        }
        let (answers, mut rest): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| self.is_answer(row));
        let (passing, filtered): (Vec<Row>, Vec<Row>) = answers
            .into_iter()
            .partition(|row| self.filter.as_ref().is_none_or(|f| f.matches(row)));
        let (matched, filtered_out) = match self.criteria {
            Criteria::Momentum(_) | Criteria::Portfolio(_) => {
                (passing.iter().filter(|r| r.is_scored()).count(), filtered.len())
            }
            Criteria::Top(_) | Criteria::Volume(_) => (passing.len(), filtered.len()),
        };
        rest.extend(filtered);

        let ordered = match self.order() {
            Some(Sort { column, descending }) => ranks::ordered(passing, column, descending)?,
            None => passing,
        };
        let (shown, cut) = self.ranked(ordered);
        rest.extend(cut);
        Ok(Ranking { shown, rest, matched, filtered_out, against })
    }

    /// Whether a row answers the question, the filter apart.
    fn is_answer(&self, row: &Row) -> bool {
        match &self.criteria {
            Criteria::Momentum(_) | Criteria::Portfolio(_) => true,
            Criteria::Top(_) => row.is_scored(),
            Criteria::Volume(volume) => !row.is_stale() && volume.is_hit(row),
        }
    }

    fn order(&self) -> Option<Sort> {
        let by = |field| Some(Sort { column: Column::Value(field), descending: true });
        self.sort.or(match self.criteria {
            Criteria::Momentum(_) => None,
            Criteria::Top(_) => by(Field::Raw),
            Criteria::Volume(_) => by(Field::VolumeRatio),
            Criteria::Portfolio(_) => by(Field::MarketValue),
        })
    }

    /// Numbers ordered rows, by sector where that is asked for, and cuts what is beyond the limit.
    fn ranked(&self, mut rows: Vec<Row>) -> (Vec<(usize, Row)>, Vec<Row>) {
        if self.by_sector {
            // Stable: within a sector the order stays. The unknown sector comes last.
            rows.sort_by(|a, b| {
                (a.sector.is_none(), &a.sector).cmp(&(b.sector.is_none(), &b.sector))
            });
        }
        let (mut shown, mut cut): (Vec<(usize, Row)>, Vec<Row>) = (Vec::new(), Vec::new());
        let mut rank = 0;
        for row in rows {
            let goes_on = shown.last().is_some_and(|(_, last)| last.sector == row.sector);
            rank = if self.by_sector && !goes_on { 1 } else { rank + 1 };
            if self.limit.is_none_or(|limit| rank <= limit) {
                shown.push((rank, row));
            } else {
                cut.push(row);
            }
        }
        (shown, cut)
    }
}

impl Row {
    /// A row that says whose bars it is about and what a reader should know of them.
    fn about(symbol: &Symbol, bars: &Bars) -> Self {
        let mut row = Self::new(symbol.clone());
        row.bars = bars.len();
        row.as_of = bars.dates().last().copied();
        row.bad_rows = bars.bad_rows();
        row.hours = bars.hours().copied();
        let facts = [
            (
                Note::Unadjusted,
                bars.basis() == crate::bars::PriceBasis::Unadjusted && !bars.is_empty(),
            ),
            (Note::SuspectUnit, quality::has_unit_jump(bars)),
            (Note::PartialBar, bars.is_partial()),
            (Note::OpenSessionLeftOut, bars.left_out_open_session()),
        ];
        row.notes.extend(facts.into_iter().filter(|(_, is_so)| *is_so).map(|(note, _)| note));
        row
    }
}
