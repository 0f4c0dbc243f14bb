//! Ranks by the same model as they were a week and a month ago: the same bars, cut 5 and 21 sessions earlier, scored
//! as one more cross-section.
//!
//! Models are made of numbers that the last values of a window decide alone, so a cut is as good as having asked then.

use super::calendar::Calendar;
use super::cross_section::CrossSection;
use super::fields::Field as F;
use super::momentum::{Momentum, measure_earlier};
use super::ranks::Sort;
use super::row::Row;
use super::series::Series;
use super::wanted::FieldSet;
use crate::bars::Bars;

/// One cut: how many bars earlier, and the field its rank is set in.
struct Cut {
    bars: fn(Calendar) -> usize,
    rank: F,
    /// Fields that need it.
    needed_by: &'static [F],
}

const CUTS: [Cut; 2] = [
    Cut {
        bars: |calendar| calendar.week,
        rank: F::Rank1w,
        needed_by: &[F::Rank1w, F::RankChange1w, F::RsRating1w],
    },
    Cut { bars: |calendar| calendar.month, rank: F::Rank1m, needed_by: &[F::Rank1m] },
];

/// How long ago the cuts are, as their numbers are called.
pub const SUFFIXES: [&str; 2] = ["1w", "1m"];

/// The fields of a cut's rows.
#[must_use]
pub fn fields(momentum: &Momentum, wanted: FieldSet) -> FieldSet {
    let mut fields: FieldSet = momentum.model.inputs().iter().copied().collect();
    fields.add(momentum.model.tie_breaker());
    if wanted.contains(F::RsRating1w) {
        fields.add(F::RsRating);
    }
    fields
}

/// Measures the cuts of a symbol that something wanted needs.
pub fn measure(
    row: &mut Row,
    bars: &Bars,
    series: &Series<'_>,
    momentum: &Momentum,
    wanted: FieldSet,
) {
    for (cut, earlier) in CUTS.iter().zip(&mut row.earlier) {
        if wanted.contains_any(cut.needed_by) {
            let fields = fields(momentum, wanted);
            *earlier = measure_earlier(&row.symbol, bars, series, cut.bars, fields).map(Box::new);
        }
    }
}

/// Sets the earlier ranks of rows that are scored already, and takes the cuts out of them.
pub fn rank(
    rows: &mut [Row],
    mut others: Option<&mut Vec<Row>>,
    momentum: &Momentum,
    wanted: FieldSet,
    benchmark: Option<&Bars>,
) {
    let fields = fields(momentum, wanted);
    for (place, cut) in CUTS.iter().enumerate() {
        let (owners, mut earlier) = taken(rows, place);
        let mut other_rows = others.as_mut().map(|others| taken(others, place).1);
        if earlier.is_empty() {
            continue;
        }
        let newest = earlier.iter().filter_map(|row| row.as_of).max();
        let benchmark =
            benchmark.zip(newest).map(|(bars, day)| bars.clone().window(day, bars.len(), true));
        let mut section = CrossSection::of(&mut earlier, other_rows.as_mut());
        if section.score(momentum, fields, benchmark.as_ref()).is_err() {
            continue; // there were too few then
        }
        for (then, (owner, rank)) in
            earlier.iter().zip(owners.into_iter().zip(ranks(&earlier, momentum)))
        {
            let row = &mut rows[owner];
            row.set(cut.rank, rank);
            if cut.rank == F::Rank1w && wanted.contains(F::RsRating1w) {
                row.set(F::RsRating1w, then.get(F::RsRating));
            }
        }
    }
    if wanted.contains(F::RankChange1w) {
        let now = ranks(rows, momentum);
        for (row, now) in rows.iter_mut().zip(now) {
            let change = row.get(F::Rank1w).zip(now).map(|(then, now)| then - now);
            row.set(F::RankChange1w, change);
        }
    }
}

/// A cut of every row that may be compared, and the places of those rows.
fn taken(rows: &mut [Row], place: usize) -> (Vec<usize>, Vec<Row>) {
    let mut owners = Vec::with_capacity(rows.len());
    let mut cuts = Vec::with_capacity(rows.len());
    for (owner, row) in rows.iter_mut().enumerate() {
        if let Some(cut) = row.earlier[place].take().filter(|_| !row.is_set_aside) {
            owners.push(owner);
            cuts.push(*cut);
        }
    }
    (owners, cuts)
}

/// The place of each row by the model, from 1. `None`: it has no score.
#[expect(clippy::cast_precision_loss, reason = "counts of tickers")]
fn ranks(rows: &[Row], momentum: &Momentum) -> Vec<Option<f64>> {
    let sort = Sort { tie_breaker: Some(momentum.model.tie_breaker()), ..Sort::by(F::Raw) };
    let mut places: Vec<usize> =
        (0..rows.len()).filter(|i| rows[*i].is_scored() && !rows[*i].is_set_aside).collect();
    places.sort_by(|a, b| {
        let (a, b) = (&rows[*a], &rows[*b]);
        sort.compare(a, b).then_with(|| a.symbol.cmp(&b.symbol))
    });
    let mut ranks = vec![None; rows.len()];
    for (rank, place) in places.into_iter().enumerate() {
        ranks[place] = Some((rank + 1) as f64);
    }
    ranks
}
