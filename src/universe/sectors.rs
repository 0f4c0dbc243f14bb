//! The sectors of the embedded lists' companies.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::symbol::Symbol;

static SECTORS: LazyLock<HashMap<Symbol, Arc<str>>> = LazyLock::new(|| {
    let mut sectors = HashMap::new();
    for line in include_str!("../../tickers/sectors.csv").lines() {
        if let Some((ticker, sector)) = line.split_once(',')
            && let Ok(symbol) = Symbol::parse(ticker)
        {
            sectors.insert(symbol, sector.into());
        }
    }
    sectors
});

/// The sector of a company in the embedded lists, however its class share is spelt.
pub(super) fn sector(symbol: &Symbol) -> Option<Arc<str>> {
    symbol.spellings().find_map(|spelling| SECTORS.get(&spelling)).cloned()
}
