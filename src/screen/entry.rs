//! What is known of a field, whichever it is: unit, group, pass. The list of them is in [`super::fields`].

use super::series::Indicators;

/// How a number is to be read, and so shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 10.
    Score,
    /// An adjusted price, or a difference of such, in the currency's major unit and on the basis of the as-of day.
    Price,
    /// Money as it was traded or paid, adjusted for splits only.
    Traded,
    /// Money in large amounts.
    Money,
    /// A fraction: 0.05 is 5 %.
    Fraction,
    /// In percent already: 5 is 5 %.
    Percent,
    /// 0 to 100, or nearly.
    Index,
    /// A plain number.
    Plain,
    /// A whole number.
    Count,
    /// Shares, perhaps a mean of them.
    Shares,
    /// A number of the user's own.
    Own,
}

impl Unit {
    /// What the unit is, in a word or two.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "0 to 10",
            Self::Price => "price",
            Self::Traded => "price as traded",
            Self::Money => "money",
            Self::Fraction => "fraction",
            Self::Percent => "percent",
            Self::Index => "0 to 100",
            Self::Plain => "plain",
            Self::Count => "count",
            Self::Shares => "shares",
            Self::Own => "your own",
        }
    }
}

/// What a field is about: reports list whole groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The model's result.
    Score,
    /// The price last traded, of momentum reports.
    Price,
    /// Momentum and trend.
    Momentum,
    /// The volume screen.
    Volume,
    /// What is held.
    Holding,
    /// What models need beside the others; in no report.
    Model,
}

impl Group {
    /// The group in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Price => "price",
            Self::Momentum => "momentum",
            Self::Volume => "volume",
            Self::Holding => "holding",
            Self::Model => "model",
        }
    }
}

/// When a field is worked out. The passes run in this order, so fields need no dependency graph.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// On a worker, from one symbol's own bars.
    Window(fn(&Indicators<'_>) -> Option<f64>),
    /// Beside the benchmark's closes on the same dates.
    Benchmark,
    /// Across the symbols that may be compared.
    Universe,
    /// By the ranking or the portfolio.
    Stage,
}

impl Pass {
    /// What decides the number, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Window(_) => "the ticker's own bars",
            Self::Benchmark => "the ticker's bars and the benchmark's",
            Self::Universe => "the tickers that are compared",
            Self::Stage => "what is held",
        }
    }
}

/// What is known of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldEntry {
    /// The name in data: JSON, CSV, filters.
    pub key: &'static str,
    /// How to read the number.
    pub unit: Unit,
    /// What it is about.
    pub group: Group,
    /// The least number of bars at which it is defined; 0 where bars do not decide.
    pub bars: usize,
    /// The name in tables.
    pub heading: &'static str,
    /// What it is, in one line.
    pub meaning: &'static str,
    /// How it is worked out. C, H, L, O: adjusted prices on the basis of the as-of day, V: volume, t: the last bar.
    pub formula: &'static str,
    /// Where the definition comes from; empty where it needs no source.
    pub source: &'static str,
    /// When it is worked out, and by what.
    pub pass: Pass,
}

/// Makes the enum of all fields and the list of what is known of each, in one order.
macro_rules! fields {
    ($($field:ident: $key:literal $unit:ident $group:ident $bars:literal $heading:literal,
        $meaning:literal, $formula:literal, $source:literal, $pass:expr;)*) => {
        /// A number a row can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field { $(#[doc = $meaning] $field,)* }

        /// Every field and what is known of it.
        pub const FIELDS: &[(Field, FieldEntry)] = {
            use Pass::{Benchmark, Stage, Universe, Window};
            &[$((Field::$field, FieldEntry {
                key: $key,
                unit: Unit::$unit,
                group: Group::$group,
                bars: $bars,
                heading: $heading,
                meaning: $meaning,
                formula: $formula,
                source: $source,
                pass: $pass,
            }),)*]
        };
    };
}

pub(super) use fields;
