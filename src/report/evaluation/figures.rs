//! The figures of a result under the names that every format gives them.

use crate::evaluate::Summary;
use crate::table::parquet::ColumnType;
use crate::table::{Cell, Heading, Sheet, Unit};

/// A name and how its figure is had. Returns, excesses, costs and shares are fractions.
type Named = (&'static str, for<'a> fn(&'a Summary) -> Cell<'a>);

/// In the order of the documents.
pub(super) const FIGURES: [Named; 25] = [
    ("dates", |of| Cell::Count(of.dates)),
    ("first", |of| of.span.map_or(Cell::Null, |(first, _)| Cell::Date(first))),
    ("last", |of| of.span.map_or(Cell::Null, |(_, last)| Cell::Date(last))),
    ("mean_names", |of| number(of.mean_names)),
    ("ic_mean", |of| number(of.ic.mean)),
    ("ic_sd", |of| number(of.ic_sd)),
    ("ic_ir", |of| number(of.ic_ir)),
    ("ic_positive", |of| number(of.ic_positive)),
    ("ic_t", |of| number(of.ic.t)),
    ("disjoint_dates", |of| Cell::Count(of.disjoint_dates)),
    ("disjoint_ic_mean", |of| number(of.disjoint_ic_mean)),
    ("disjoint_ic_t", |of| number(of.ic.disjoint_t)),
    ("top_excess", |of| number(of.top.mean)),
    ("top_t", |of| number(of.top.t)),
    ("disjoint_top_t", |of| number(of.top.disjoint_t)),
    ("spread", |of| number(of.spread.mean)),
    ("spread_t", |of| number(of.spread.t)),
    ("disjoint_spread_t", |of| number(of.spread.disjoint_t)),
    ("monotonicity", |of| number(of.monotonicity)),
    ("top_turnover", |of| number(of.top_turnover)),
    ("break_even", |of| number(of.break_even)),
    ("net_excess", |of| number(of.net_excess)),
    ("no_entry", |of| Cell::Count(of.no_entry)),
    ("ended_early", |of| Cell::Count(of.ended_early)),
    ("worst_fall_top", |of| number(of.curves.worst_falls[0])),
];

/// All figures of each result in a row: what it is of, then the figures, then the buckets, the lowest scores first.
pub(super) fn sheet(summaries: &[Summary]) -> Sheet<'_> {
    let mut sheet = Sheet::default();
    let Some(first) = summaries.first() else { return sheet };
    sheet.columns.push(Heading::text("model", "model"));
    sheet.columns.push(Heading::of("horizon", "horizon", ColumnType::Integer));
    for (name, figure) in FIGURES {
        let column_type = match (name, figure(first)) {
            ("first" | "last", _) => ColumnType::Text,
            (_, Cell::Count(_)) => ColumnType::Integer,
            _ => ColumnType::Number,
        };
        sheet.columns.push(Heading::of(name, name, column_type));
    }
    for (number, _) in (1..).zip(&first.buckets) {
        let name = format!("bucket_{number}");
        sheet.columns.push(Heading::of(&name, &name, ColumnType::Number));
    }
    for summary in summaries {
        let mut row = vec![Cell::Text(&summary.score), Cell::Count(summary.horizon)];
        row.extend(FIGURES.iter().map(|(_, figure)| figure(summary)));
        row.extend(summary.buckets.iter().map(|bucket| number(*bucket)));
        sheet.rows.push(row);
    }
    sheet
}

/// A plain number; null where it is undefined.
fn number<'a>(value: Option<f64>) -> Cell<'a> {
    Cell::number(value.filter(|value| value.is_finite()), Unit::Plain)
}
