//! Ranks by the same model as they were a week and a month ago: the same bars, cut 5 and 21 sessions earlier, scored
//! as one more cross-section.
//!
//! Models are made of numbers that the last values of a window decide alone, so a cut is as good as having asked then.

use super::cross_section::{Compared, CrossSection};
use super::momentum::Momentum;
use super::ranks::ranks;
use super::row::Row;
use crate::bars::Bars;
use crate::measure::calendar::Calendar;
use crate::measure::fields::Field as F;
use crate::measure::series::{Indicators, Series};
use crate::measure::snapshot::Snapshot;
use crate::measure::wanted::FieldSet;

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

/// The fields of a cut.
fn fields(momentum: &Momentum, wanted: FieldSet) -> FieldSet {
    let mut fields: FieldSet = momentum.model.inputs.iter().copied().collect();
    fields.add(momentum.model.tie_breaker);
    if wanted.contains(F::RsRating1w) {
        fields.add(F::RsRating);
    }
    fields
}

/// The cuts of a series that something wanted needs, and that it has bars for.
#[must_use]
pub fn cuts(
    series: &Series<'_>,
    calendar: Calendar,
    momentum: &Momentum,
    wanted: FieldSet,
) -> [Option<Snapshot>; 2] {
    let fields = fields(momentum, wanted);
    CUTS.each_ref().map(|cut| {
        let to = series.len().checked_sub((cut.bars)(calendar)).filter(|to| *to > 0)?;
        let window = Indicators::at(series, to);
        let measured = fields.iter().filter(|field| field.is_measured());
        wanted.contains_any(cut.needed_by).then(|| Snapshot::of(&window, measured))
    })
}

/// Sets the earlier ranks of rows that are scored already.
pub fn rank(
    rows: &mut [Row],
    mut others: Option<&mut Vec<Row>>,
    momentum: &Momentum,
    wanted: FieldSet,
    benchmark: Option<&Bars>,
) {
    let fields = fields(momentum, wanted);
    for (place, cut) in CUTS.iter().enumerate() {
        let earlier = entries(rows, place);
        if earlier.is_empty() {
            continue;
        }
        let newest = earlier.iter().filter_map(|(_, then)| then.as_of).max();
        let benchmark =
            benchmark.zip(newest).map(|(bars, day)| bars.clone().window(day, bars.len(), true));
        let compared = others.as_mut().map(|others| entries(others, place));
        let mut section = CrossSection::of(earlier, compared);
        if section.score(momentum, fields, benchmark.as_ref()).is_err() {
            continue; // there were too few then
        }
        let ranks = ranks(rows, momentum.model, |row| row.earlier[place].as_ref());
        for (row, rank) in rows.iter_mut().zip(ranks) {
            row.set(cut.rank, rank);
            if cut.rank == F::Rank1w && wanted.contains(F::RsRating1w) && !row.is_set_aside {
                let rating = row.earlier[place].as_ref().and_then(|then| then.get(F::RsRating));
                row.set(F::RsRating1w, rating);
            }
        }
    }
    if wanted.contains(F::RankChange1w) {
        let now = ranks(rows, momentum.model, |row| Some(&row.now));
        for (row, now) in rows.iter_mut().zip(now) {
            let change = row.get(F::Rank1w).zip(now).map(|(then, now)| then - now);
            row.set(F::RankChange1w, change);
        }
    }
}

/// A cut of every row that may be compared.
fn entries(rows: &mut [Row], place: usize) -> Vec<Compared<'_>> {
    let compared = rows.iter_mut().filter(|row| !row.is_set_aside);
    compared.filter_map(|row| Some((&row.symbol, row.earlier[place].as_mut()?))).collect()
}
