//! Finance: from bars to scored, ordered rows. Knows no network.
//!
//! [`Screen`] is what is asked for, as data. One symbol's numbers come from [`Screen::measure`] on a worker
//! thread; whatever compares symbols happens in [`Screen::conclude`], once all are there.

pub mod columns;
pub mod indicators;
pub mod models;
pub mod momentum;
pub mod rank;
pub mod row;
pub mod volume;

use crate::bars::Bars;
use crate::universe::Symbol;
use columns::Column;
use momentum::{Against, Momentum};
use rank::RankError;
use row::{Note, Row};
use volume::Volume;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The question.
    pub question: Question,
    /// Show at most so many.
    pub limit: Option<usize>,
    /// Whether the bar of a session still open is used.
    pub include_partial: bool,
}

/// The question a screen asks of every symbol.
#[derive(Clone, Debug)]
pub enum Question {
    /// How strong is its momentum? Every symbol is shown, in the order given.
    Momentum(Momentum),
    /// Whose momentum is the strongest?
    Top(Momentum),
    /// Whose volume is unusual?
    Volume(Volume),
}

/// The rows of a run, ordered; the first `matched` answer the question.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// Every symbol that brought bars.
    pub rows: Vec<Row>,
    /// How many, from the first, have a score or pass the screen.
    pub matched: usize,
    /// What returns were compared with.
    pub against: Against,
}

impl Screen {
    /// Sessions that are asked for and used at most.
    #[must_use]
    pub fn sessions(&self) -> usize {
        match &self.question {
            Question::Momentum(_) | Question::Top(_) => momentum::SESSIONS,
            Question::Volume(volume) => volume.lookback + 1,
        }
    }

    /// The symbol whose bars are wanted beside those of the universe.
    #[must_use]
    pub fn benchmark(&self) -> Option<&Symbol> {
        match &self.question {
            Question::Momentum(momentum) | Question::Top(momentum) => momentum.benchmark.as_ref(),
            Question::Volume(_) => None,
        }
    }

    /// The columns of a row in JSON and CSV.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        match &self.question {
            Question::Momentum(_) => columns::momentum(),
            Question::Top(_) => [vec![Column::Rank], columns::momentum()].concat(),
            Question::Volume(_) => columns::volume(),
        }
    }

    /// Computes one symbol's numbers.
    #[must_use]
    pub fn measure(&self, symbol: &Symbol, bars: &Bars) -> Row {
        let mut row = Row::about(symbol, bars);
        match &self.question {
            Question::Momentum(_) | Question::Top(_) => momentum::measure(&mut row, bars),
            Question::Volume(volume) => volume.measure(&mut row, bars),
        }
        row
    }

    /// Scores and orders the measured rows; `benchmark` are the benchmark's bars, where they could be had.
    ///
    /// # Errors
    /// [`RankError`].
    pub fn conclude(
        &self,
        rows: Vec<Row>,
        benchmark: Option<&Bars>,
    ) -> Result<Conclusion, RankError> {
        let (rows, matched, against) = match &self.question {
            Question::Momentum(momentum) => {
                let (rows, against) = momentum.score(rows, benchmark);
                let scored = rows.iter().filter(|row| row.is_scored()).count();
                (rows, scored, against)
            }
            Question::Top(momentum) => {
                let (rows, against) = momentum.score(rows, benchmark);
                let scored = rows.iter().filter(|row| row.is_scored()).count();
                (rank::descending(rows, columns::Field::Raw)?, scored, against)
            }
            Question::Volume(volume) => {
                let (hits, others): (Vec<Row>, _) =
                    rows.into_iter().partition(|row| volume.is_hit(row));
                let matched = hits.len();
                let mut rows = rank::descending(hits, columns::Field::VolumeRatio)?;
                rows.extend(others);
                (rows, matched, Against::Nothing)
            }
        };
        Ok(Conclusion { rows, matched, against })
    }
}

impl Row {
    /// A row that says whose bars it is about and what a reader should know of them.
    fn about(symbol: &Symbol, bars: &Bars) -> Self {
        let mut row = Self::new(symbol.clone());
        row.bars = bars.len();
        row.as_of = bars.dates().last().copied();
        let facts = [
            (Note::Unadjusted, bars.basis() == crate::bars::Basis::Unadjusted && !bars.is_empty()),
            (Note::PartialBar, bars.is_partial()),
            (Note::OpenSessionLeftOut, bars.left_out_open_session()),
        ];
        row.notes.extend(facts.into_iter().filter(|(_, is_so)| *is_so).map(|(note, _)| note));
        row
    }
}
