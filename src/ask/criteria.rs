//! What a screen asks of every symbol, and everything that depends on which of the four questions it is: columns,
//! order, who is an answer, the words of the footer, the keys of the document.
//!
//! Reports and shards ask here and match on nothing.

use super::columns::Column;
use super::layouts;
use super::sort::Sort;
use super::volume::{self, Volume};
use crate::bars::Bars;
use crate::compare::momentum::Momentum;
use crate::compare::row::{Row, year};
use crate::measure::calendar::SESSIONS;
use crate::measure::entry::Group;
use crate::measure::fields::{self, Field as F};
use crate::measure::note::Note;
use crate::measure::series::{Indicators, Series};
use crate::measure::snapshot::Snapshot;
use crate::measure::wanted::FieldSet;
use crate::portfolio::portfolio::Portfolio;
use crate::universe::Symbol;

/// What a screen asks of every symbol.
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

/// A column of a table and its heading.
pub type TableColumn = (Column, String);

/// How many symbols there are of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Asked for.
    Requested,
    /// With bars.
    Successful,
    /// Without.
    Failed,
    /// In the report.
    Shown,
    /// With a score, or passing the screen, the filter included.
    Matched,
}

/// How rows stand in a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In a list.
    List,
    /// As an object's members, by ticker.
    ByTicker,
}

/// The members of a JSON document that depend on the criteria.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Counts, with their keys, in order.
    pub counts: &'static [(&'static str, Count)],
    /// The key of the rows.
    pub rows: &'static str,
    /// How the rows stand there.
    pub shape: Shape,
}

const COUNTS_OF_ALL: &[(&str, Count)] = &[
    ("total_requested", Count::Requested),
    ("successful", Count::Successful),
    ("failed", Count::Failed),
];

impl Criteria {
    /// The name of the screen.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Momentum(_) => "momentum",
            Self::Top(_) => "top",
            Self::Volume(_) => "volume-screen",
            Self::Portfolio(_) => "portfolio",
        }
    }

    /// How momentum is scored, where it is.
    #[must_use]
    pub fn momentum(&self) -> Option<&Momentum> {
        match self {
            Self::Momentum(momentum) | Self::Top(momentum) => Some(momentum),
            Self::Portfolio(portfolio) => Some(&portfolio.momentum),
            Self::Volume(_) => None,
        }
    }

    /// What counts as unusual volume, where that is asked.
    #[must_use]
    pub fn volume(&self) -> Option<&Volume> {
        match self {
            Self::Volume(volume) => Some(volume),
            _ => None,
        }
    }

    /// What is held, where that is asked.
    #[must_use]
    pub fn portfolio(&self) -> Option<&Portfolio> {
        match self {
            Self::Portfolio(portfolio) => Some(portfolio),
            _ => None,
        }
    }

    /// The symbol that returns are compared with.
    #[must_use]
    pub fn benchmark(&self) -> Option<&Symbol> {
        self.momentum()?.benchmark.as_ref()
    }

    /// Sessions that are asked for and used at most.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.volume().map_or(SESSIONS, |volume| volume.lookback + 1)
    }

    /// Whether the state of the market is of interest beside the answers.
    #[must_use]
    pub fn reports_breadth(&self) -> bool {
        matches!(self, Self::Momentum(_) | Self::Top(_))
    }

    /// Whether rows are numbered by their rank.
    #[must_use]
    pub fn is_ranked(&self) -> bool {
        matches!(self, Self::Top(_))
    }

    /// The fields that can be worked out from a symbol's own bars.
    #[must_use]
    pub fn measured_fields(&self) -> Vec<F> {
        match self {
            Self::Volume(_) => Volume::measured_fields().collect(),
            _ => fields::all()
                .filter(|field| field.is_measured())
                .chain([F::SessionsSinceRsHigh])
                .collect(),
        }
    }

    /// The numbers that the answer itself depends on, whatever is shown.
    #[must_use]
    pub fn inputs(&self) -> FieldSet {
        let mut inputs = FieldSet::default();
        if let Some(momentum) = self.momentum() {
            inputs.extend(momentum.model.inputs.iter().copied());
            inputs.add(momentum.model.tie_breaker);
        }
        if self.portfolio().is_some() {
            inputs.extend([F::MarketValue, F::Volatility1y]);
        }
        inputs
    }

    /// Works out one symbol's numbers, of those that are only shown the wanted ones.
    pub fn measure(&self, row: &mut Row, bars: &Bars, series: &Series<'_>, wanted: FieldSet) {
        match self {
            Self::Momentum(_) | Self::Top(_) => measure_momentum(row, series, wanted),
            Self::Volume(volume) => {
                volume.measure(row, bars, series);
                let own: FieldSet = Volume::measured_fields().collect();
                let others = wanted.iter().filter(|field| is_of_volume_screens(*field));
                let others = others.filter(|field| !own.contains(*field));
                row.now.measure(&Indicators::at(series, series.len()), others);
            }
            Self::Portfolio(portfolio) => {
                measure_momentum(row, series, wanted);
                portfolio.value(row);
            }
        }
    }

    /// Whether a row answers the question, the filter apart.
    #[must_use]
    pub fn is_answer(&self, row: &Row) -> bool {
        match self {
            Self::Momentum(_) | Self::Portfolio(_) => true,
            Self::Top(_) => row.is_scored(),
            Self::Volume(volume) => !row.is_set_aside && volume.is_hit(row),
        }
    }

    /// Whether an answer counts as a match: where every symbol is shown, only those with a score do.
    #[must_use]
    pub fn is_match(&self, answer: &Row) -> bool {
        match self {
            Self::Momentum(_) | Self::Portfolio(_) => answer.is_scored(),
            Self::Top(_) | Self::Volume(_) => true,
        }
    }

    /// The order of the rows. `None`: the order given.
    #[must_use]
    pub fn order(&self) -> Option<Sort> {
        let field = match self {
            Self::Momentum(_) => return None,
            Self::Top(momentum) => {
                let tie_breaker = Some(momentum.model.tie_breaker);
                return Some(Sort { tie_breaker, ..Sort::by(F::Raw) });
            }
            Self::Volume(_) => F::VolumeRatio,
            Self::Portfolio(_) => F::MarketValue,
        };
        Some(Sort::by(field))
    }

    /// The columns of a row in JSON, and in CSV unless others are asked for.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        match self {
            Self::Momentum(_) => layouts::momentum_columns(),
            Self::Top(_) => [vec![Column::Rank], layouts::momentum_columns()].concat(),
            Self::Volume(_) => volume::COLUMNS.to_vec(),
            Self::Portfolio(portfolio) => layouts::portfolio_columns(portfolio.against.is_some()),
        }
    }

    /// The columns of a table, the most important first.
    #[must_use]
    pub fn table(&self) -> Vec<TableColumn> {
        let columns: &[Column] = match self {
            Self::Momentum(_) | Self::Top(_) => &layouts::MOMENTUM_TABLE,
            Self::Volume(_) => &layouts::VOLUME_TABLE,
            Self::Portfolio(Portfolio { against: Some(_), .. }) => &layouts::AGAINST_TABLE,
            Self::Portfolio(_) => &layouts::PORTFOLIO_TABLE,
        };
        let rank = self.is_ranked().then_some(Column::Rank);
        let mut table = Vec::with_capacity(columns.len() + 1);
        for column in rank.into_iter().chain(columns.iter().cloned()) {
            let heading = self.heading(&column).to_owned();
            table.push((column, heading));
        }
        table
    }

    /// A column's heading; where volume is the question, its ratio needs no word for what it is of.
    fn heading<'a>(&self, column: &'a Column) -> &'a str {
        match (self, column) {
            (Self::Volume(_), Column::Value(F::VolumeRatio)) => "Ratio",
            _ => column.heading(),
        }
    }

    /// The footer's first words, on `matched` and `successful` of `requested` symbols.
    #[must_use]
    pub fn summary(&self, matched: usize, successful: usize, requested: usize) -> String {
        match self {
            Self::Momentum(_) => format!("scored {matched} of {requested}"),
            Self::Top(_) => format!("ranked {matched} of {requested}"),
            Self::Portfolio(_) => format!("valued {successful} of {requested}"),
            Self::Volume(_) => {
                let hits = if matched == 1 { "hit" } else { "hits" };
                format!("{matched} {hits} among {successful} of {requested}")
            }
        }
    }

    /// The members of a JSON document.
    #[must_use]
    pub fn document(&self) -> Document {
        match self {
            Self::Momentum(_) => {
                Document { counts: COUNTS_OF_ALL, rows: "results", shape: Shape::ByTicker }
            }
            Self::Top(_) => Document {
                counts: &[("total_analyzed", Count::Successful), ("top_count", Count::Shown)],
                rows: "top_stocks",
                shape: Shape::List,
            },
            Self::Volume(_) => Document {
                counts: &[("total_screened", Count::Successful), ("hits", Count::Matched)],
                rows: "stocks",
                shape: Shape::List,
            },
            Self::Portfolio(_) => {
                Document { counts: COUNTS_OF_ALL, rows: "holdings", shape: Shape::List }
            }
        }
    }
}

/// Whether a volume screen can show a field beside its own: momentum of one symbol's own bars.
#[must_use]
pub fn is_of_volume_screens(field: F) -> bool {
    field.entry().group == Group::Momentum && field.is_measured()
}

/// Works out the wanted numbers of one symbol. Returns are of adjusted closes; volumes, the current price and dollar
/// volume are what was traded.
fn measure_momentum(row: &mut Row, series: &Series<'_>, wanted: FieldSet) {
    let window = Indicators::at(series, series.len());
    row.now = Snapshot::of(&window, wanted.iter().filter(|field| field.is_measured()));
    row.about.year = year(&window);
    if is_flat(window.close(), window.calendar().year) {
        row.notes.push(Note::NoVariance);
    }
}

/// Whether a year of closes is there, and all of them are the same.
fn is_flat(closes: &[f64], year: usize) -> bool {
    let year = closes.len().checked_sub(year + 1).map(|from| &closes[from..]);
    year.is_some_and(|year| year.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits()))
}
