//! The sectors and sub-industries of the embedded lists' companies.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use super::symbol::Symbol;

/// What a company does, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Industry {
    /// The sector.
    pub sector: Option<Arc<str>>,
    /// The industry within it.
    pub sub_industry: Option<Arc<str>>,
}

/// Every sector and sub-industry that a company can have.
#[derive(Clone, Debug, Default)]
pub struct IndustryNames {
    /// The sectors.
    pub sectors: BTreeSet<Arc<str>>,
    /// The sub-industries.
    pub sub_industries: BTreeSet<Arc<str>>,
}

static INDUSTRIES: LazyLock<HashMap<Symbol, Industry>> = LazyLock::new(|| {
    let text = include_str!("../../tickers/industries.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let mut names: HashMap<String, Arc<str>> = HashMap::new();
    let mut shared = |name: &str| {
        let name = names.entry(name.into()).or_insert_with(|| name.into());
        Some(Arc::clone(name))
    };
    let mut industries = HashMap::new();
    for record in reader.records().flatten() {
        if let [ticker, sector, sub_industry] = record.iter().collect::<Vec<_>>()[..]
            && let Ok(symbol) = Symbol::parse(ticker)
        {
            let industry = Industry { sector: shared(sector), sub_industry: shared(sub_industry) };
            industries.insert(symbol, industry);
        }
    }
    industries
});

/// What a company in the embedded lists does, however its class share is spelt.
pub(super) fn industry(symbol: &Symbol) -> Industry {
    let found = symbol.spellings().find_map(|spelling| INDUSTRIES.get(&spelling));
    found.cloned().unwrap_or_default()
}

impl IndustryNames {
    /// Those of the embedded lists.
    #[must_use]
    pub fn embedded() -> Self {
        let mut names = Self::default();
        INDUSTRIES.values().for_each(|industry| names.add(industry));
        names
    }

    /// Adds those of a company.
    pub fn add(&mut self, industry: &Industry) {
        self.sectors.extend(industry.sector.clone());
        self.sub_industries.extend(industry.sub_industry.clone());
    }
}
