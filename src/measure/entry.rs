//! What is known of a field, whichever it is: unit, group, pass. The list of them is in [`super::fields`].

use super::series::Indicators;
use crate::table::Unit;

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
