//! What stands in a row of a CSV file, by the roles of its columns.

use chrono::NaiveDate;
use csv::StringRecord;

use super::columns::{ColumnPlaces, ColumnRole};
use crate::bars::Bar;
use crate::provider::events::split_ratio_of_text;
use crate::table::Decimal;

/// One row of a CSV file.
pub(super) struct CsvRow<'a> {
    pub(super) places: &'a ColumnPlaces,
    pub(super) record: &'a StringRecord,
    pub(super) decimal: Decimal,
}

impl CsvRow<'_> {
    pub(super) fn field(&self, role: ColumnRole) -> Option<&str> {
        self.record.get(self.places.of(role)?)
    }

    /// The number in a column; NaN where there is none.
    pub(super) fn number(&self, role: ColumnRole) -> f64 {
        self.field(role).and_then(|text| self.decimal.number(text)).unwrap_or(f64::NAN)
    }

    /// The ratio in the column of splits. `None`: there is no such column, or nothing in it.
    pub(super) fn split_ratio(&self) -> Option<f64> {
        self.field(ColumnRole::Split).and_then(split_ratio_of_text)
    }

    pub(super) fn bar(&self, date: NaiveDate) -> Bar {
        let close = self.number(ColumnRole::Close);
        let is_adjusted = self.places.of(ColumnRole::Adjusted).is_some();
        let has_own_volume = is_adjusted && self.places.of(ColumnRole::AdjustedVolume).is_some();
        let volume = if has_own_volume { ColumnRole::AdjustedVolume } else { ColumnRole::Volume };
        Bar {
            date,
            open: self.number(ColumnRole::Open),
            high: self.number(ColumnRole::High),
            low: self.number(ColumnRole::Low),
            close,
            adjusted: if is_adjusted { self.number(ColumnRole::Adjusted) } else { close },
            volume: self.number(volume),
        }
    }
}
