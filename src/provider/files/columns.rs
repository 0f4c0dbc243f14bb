//! Which column of a price file is what, and what stands in it.

use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, PolarsError};

use super::error::FilesError;

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnRole {
    Symbol,
    Date,
    Open,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
    Split,
}

impl ColumnRole {
    const ALL: [Self; 9] = [
        Self::Symbol,
        Self::Date,
        Self::Open,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Adjusted,
        Self::Volume,
        Self::Split,
    ];

    /// Spellings, without case, blanks, dots, hyphens and underscores, the surest first.
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Symbol => &["symbol", "ticker", "name"],
            Self::Date => &["date", "datetime", "timestamp", "time", "day"],
            Self::Open => &["open"],
            Self::High => &["high"],
            Self::Low => &["low"],
            Self::Close => &["close", "closeprice"],
            Self::Adjusted => &["adjclose", "adjusted", "adjustedclose", "closeadj"],
            Self::Volume => &["volume", "vol"],
            Self::Split => &["split", "splits", "stocksplits", "splitfactor", "splitratio"],
        }
    }
}

/// Where each role's column is.
pub(super) struct ColumnPlaces([Option<usize>; 9]);

impl ColumnPlaces {
    /// Finds the columns among the names of a file.
    pub(super) fn find(path: &Path, names: &[String]) -> Result<Self, FilesError> {
        let mut plain_names = Vec::with_capacity(names.len());
        for name in names {
            plain_names.push(name.to_lowercase().replace([' ', '_', '-', '.'], ""));
        }
        let places = Self(ColumnRole::ALL.map(|role| place_of(role, &plain_names)));
        for (role, missing) in [(ColumnRole::Date, "date"), (ColumnRole::Close, "close")] {
            if places.of(role).is_none() {
                let escaped: Vec<String> =
                    names.iter().map(|name| name.escape_debug().to_string()).collect();
                let found = escaped.join(", ");
                return Err(FilesError::NoColumn { path: path.into(), missing, found });
            }
        }
        Ok(places)
    }

    pub(super) fn of(&self, role: ColumnRole) -> Option<usize> {
        self.0[role as usize]
    }

    /// The names of the columns that have a role.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        self.0.iter().flatten().map(|place| names[*place].clone()).collect()
    }

    /// A role's column in a frame that has these columns.
    pub(super) fn column<'a>(
        &self,
        role: ColumnRole,
        frame: &'a DataFrame,
        names: &[String],
    ) -> Result<Option<&'a Column>, PolarsError> {
        self.of(role).map(|place| frame.column(&names[place])).transpose()
    }
}

fn place_of(role: ColumnRole, plain_names: &[String]) -> Option<usize> {
    let mut spellings = role.spellings().iter();
    spellings.find_map(|spelling| plain_names.iter().position(|name| name == spelling))
}

/// The same frame, numbers as 64-bit ones and symbols as text: nothing is copied where they are.
pub(super) fn with_plain_types(
    mut frame: DataFrame,
    places: &ColumnPlaces,
    names: &[String],
) -> Result<DataFrame, PolarsError> {
    for role in ColumnRole::ALL {
        if role == ColumnRole::Date {
            continue;
        }
        let kind = if role == ColumnRole::Symbol { DataType::String } else { DataType::Float64 };
        let plain = match places.column(role, &frame, names)? {
            Some(column) => column.cast(&kind)?,
            None => continue,
        };
        frame.with_column(plain)?;
    }
    Ok(frame)
}
