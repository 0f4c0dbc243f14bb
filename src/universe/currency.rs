//! Currencies by their names, and the units in which prices are quoted. It knows no exchange rates.

use std::sync::Arc;

/// The currency of prices quoted in `name` (`GBp` is of `GBP`), and what one unit of them is in it. `None`: it is no
/// currency's name.
#[must_use]
pub fn major_unit(name: &str) -> Option<(Arc<str>, f64)> {
    let (major, unit) = match name {
        "GBp" | "GBX" | "GBx" => ("GBP", 0.01),
        "ZAc" | "ZAX" => ("ZAR", 0.01),
        "ILA" => ("ILS", 0.01),
        "KWF" => ("KWD", 0.001),
        other => (other, 1.0),
    };
    let is_name = major.len() == 3 && major.bytes().all(|b| b.is_ascii_uppercase());
    is_name.then(|| (major.into(), unit))
}

/// Whether shares of a currency are quoted in a hundredth of it.
#[must_use]
pub fn is_quoted_in_hundredths(currency: &str) -> bool {
    matches!(currency, "GBP" | "ZAR" | "ILS")
}
