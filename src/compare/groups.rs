//! Tickers by sector or sub-industry: how strong each group is, and its rank among the groups.

use std::collections::HashMap;
use std::sync::Arc;

use super::breadth::share_above;
use super::ranks::descending;
use super::row::Row;
use crate::measure::fields::Field as F;
use crate::measure::indicators::{mean, median};

/// Members that a group needs to be compared with others.
pub const MIN_MEMBERS: usize = 5;

/// The numbers of a row that groups are made of.
pub const INPUTS: [F; 6] =
    [F::RsRating, F::RsRating1w, F::CurrentPrice, F::Sma50, F::Return1m, F::Return3m];

/// What tickers are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// GICS sectors, or those of the user's own list.
    Sector,
    /// GICS sub-industries.
    SubIndustry,
}

impl Grouping {
    /// A row's group, where it is known.
    #[must_use]
    pub fn of(self, row: &Row) -> Option<&Arc<str>> {
        match self {
            Self::Sector => row.about.sector.as_ref(),
            Self::SubIndustry => row.about.sub_industry.as_ref(),
        }
    }

    /// The groups of the rows by mean rating, the strongest first; without ratings by name.
    #[must_use]
    pub fn in_order<'a>(self, rows: impl Iterator<Item = &'a Row>) -> Vec<Arc<str>> {
        let mut groups: Vec<(Arc<str>, Option<f64>)> = Vec::new();
        for (name, members) in members_by_name(self, rows) {
            groups.push((name, mean_of(&members, F::RsRating)));
        }
        groups.sort_by(|a, b| descending(a.1, b.1).then_with(|| a.0.cmp(&b.0)));
        groups.into_iter().map(|(name, _)| name).collect()
    }
}

/// How strong a group is.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupStrength {
    /// Its name.
    pub name: Arc<str>,
    /// Ranked tickers in it.
    pub members: usize,
    /// Mean of their ratings by relative strength.
    pub mean_rs_rating: Option<f64>,
    /// Median of them.
    pub median_rs_rating: Option<f64>,
    /// Share of members above their mean of 50 sessions, of those that have one.
    pub above_sma_50: Option<f64>,
    /// Mean return over 21 sessions.
    pub return_1m: Option<f64>,
    /// Mean return over 63 sessions.
    pub return_3m: Option<f64>,
    /// Place by mean rating, from 1.
    pub rank: usize,
    /// Place five sessions earlier.
    pub rank_1w: Option<usize>,
}

/// The groups of [`MIN_MEMBERS`] ranked tickers or more, the strongest first.
#[must_use]
pub fn groups<'a>(by: Grouping, rows: impl Iterator<Item = &'a Row>) -> Vec<GroupStrength> {
    let ranked = rows.filter(|row| row.get(F::RsRating).is_some() && !row.is_set_aside);
    let mut groups = Vec::new();
    let mut before = Vec::new();
    for (name, members) in members_by_name(by, ranked) {
        if members.len() < MIN_MEMBERS {
            continue;
        }
        before.push((Arc::clone(&name), mean_of(&members, F::RsRating1w)));
        let ratings: Vec<f64> = members.iter().filter_map(|row| row.get(F::RsRating)).collect();
        groups.push(GroupStrength {
            name,
            members: members.len(),
            mean_rs_rating: mean(&ratings),
            median_rs_rating: median(&ratings),
            above_sma_50: share_above(&members, F::Sma50),
            return_1m: mean_of(&members, F::Return1m),
            return_3m: mean_of(&members, F::Return3m),
            rank: 0,
            rank_1w: None,
        });
    }
    groups.sort_by(|a, b| {
        descending(a.mean_rs_rating, b.mean_rs_rating).then_with(|| a.name.cmp(&b.name))
    });
    before.sort_by(|a, b| descending(a.1, b.1).then_with(|| a.0.cmp(&b.0)));
    for (place, group) in groups.iter_mut().enumerate() {
        group.rank = place + 1;
        let earlier = before.iter().position(|(name, mean)| *name == group.name && mean.is_some());
        group.rank_1w = earlier.map(|place| place + 1);
    }
    groups
}

/// The rows of each group, groups in the order in which they first appear.
fn members_by_name<'a>(
    by: Grouping,
    rows: impl Iterator<Item = &'a Row>,
) -> Vec<(Arc<str>, Vec<&'a Row>)> {
    let mut groups: Vec<(Arc<str>, Vec<&Row>)> = Vec::new();
    let mut places: HashMap<Arc<str>, usize> = HashMap::new();
    for row in rows {
        let Some(name) = by.of(row) else { continue };
        let place = *places.entry(Arc::clone(name)).or_insert_with(|| {
            groups.push((Arc::clone(name), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(row);
    }
    groups
}

fn mean_of(rows: &[&Row], field: F) -> Option<f64> {
    let numbers: Vec<f64> = rows.iter().filter_map(|row| row.get(field)).collect();
    mean(&numbers)
}
