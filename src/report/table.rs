//! The table a person reads: rounded numbers, coloured ratings, as many columns as fit.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell as TableCell, CellAlignment, Color, Table, presets};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Report, Style, totals};
use crate::screen::Criteria;
use crate::screen::fields::{Cell, Column, Field as F, Unit};
use crate::screen::row::{Rating, Row};

/// What a momentum table shows, most important first: columns are dropped from the end.
const MOMENTUM: [(Column, &str); 15] = [
    (Column::Rank, "#"),
    (Column::Ticker, "Ticker"),
    (Column::Value(F::OverallMomentumScore), "Score"),
    (Column::Rating, "Rating"),
    (Column::Value(F::PriceMomentum), "Price"),
    (Column::Value(F::TechnicalMomentum), "Tech"),
    (Column::Value(F::RelativeMomentum), "Rel"),
    (Column::Value(F::Return1m), "1m"),
    (Column::Value(F::Return3m), "3m"),
    (Column::Value(F::Return6m), "6m"),
    (Column::Value(F::Return12m), "12m"),
    (Column::Value(F::Rsi14), "RSI"),
    (Column::Value(F::VolumeRatio), "RVol"),
    (Column::Value(F::CurrentPrice), "Last"),
    (Column::Year, "Year"),
];

/// What a volume table shows.
const VOLUME: [(Column, &str); 11] = [
    (Column::Rank, "#"),
    (Column::Ticker, "Ticker"),
    (Column::Value(F::VolumeRatio), "Ratio"),
    (Column::Value(F::CurrentVolume), "Volume"),
    (Column::Value(F::AverageVolume), "Average"),
    (Column::Value(F::PriceChangePercent), "Change %"),
    (Column::Value(F::Price), "Last"),
    (Column::Value(F::VolumeZscore), "Z"),
    (Column::Value(F::MedianRatio), "vs median"),
    (Column::Value(F::DollarVolume), "Dollars"),
    (Column::Notes, "Notes"),
];

/// What a portfolio's table shows.
const PORTFOLIO: [(Column, &str); 14] = [
    (Column::Ticker, "Ticker"),
    (Column::Value(F::Shares), "Shares"),
    (Column::Value(F::CurrentPrice), "Last"),
    (Column::Value(F::MarketValue), "Value"),
    (Column::Value(F::WeightPercent), "Weight %"),
    (Column::Value(F::OverallMomentumScore), "Score"),
    (Column::Rating, "Rating"),
    (Column::Value(F::Gain), "Gain"),
    (Column::Value(F::GainPercent), "Gain %"),
    (Column::Value(F::PriceMomentum), "Price"),
    (Column::Value(F::TechnicalMomentum), "Tech"),
    (Column::Value(F::RelativeMomentum), "Rel"),
    (Column::Value(F::Volatility1y), "Volatility"),
    (Column::Year, "Year"),
];

/// What a portfolio's table shows beside another.
const AGAINST: [(Column, &str); 8] = [
    (Column::Ticker, "Ticker"),
    (Column::Value(F::Shares), "Shares"),
    (Column::Value(F::AgainstShares), "Other's"),
    (Column::Value(F::CurrentPrice), "Last"),
    (Column::Value(F::WeightPercent), "Weight %"),
    (Column::Value(F::AgainstWeightPercent), "Other's %"),
    (Column::Value(F::WeightDifference), "Difference"),
    (Column::Value(F::OverallMomentumScore), "Score"),
];

/// Words are cut to this width.
const WIDEST: usize = 28;
/// Blanks between two columns.
const GAP: u16 = 2;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let unpriced = report.unpriced();
    if report.listed(&unpriced).next().is_none() {
        return write_totals(report, out); // the footer says why
    }
    let mut columns = layout(report);
    let mut table = draw(report, &unpriced, &columns, style);
    if let Some(most) = style.width {
        columns.truncate(fitting(&table.column_max_content_widths(), most));
        table = draw(report, &unpriced, &columns, style);
    }
    writeln!(out, "{}", table.trim_fmt())?;
    if !totals::lines(report).is_empty() {
        writeln!(out)?;
    }
    write_totals(report, out)
}

fn write_totals(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (label, figures) in totals::lines(report) {
        let figures: Vec<String> = figures.iter().map(|figure| format!("{figure:>22}")).collect();
        writeln!(out, "{label:<20}{}", figures.concat())?;
    }
    Ok(())
}

/// The columns of a table and their headings, before any is dropped.
pub(super) fn layout(report: &Report) -> Vec<(Column, &'static str)> {
    let mut columns = match report.screen.criteria {
        Criteria::Momentum(_) => MOMENTUM[1..].to_vec(),
        Criteria::Top(_) => MOMENTUM.to_vec(),
        Criteria::Volume(_) => VOLUME.to_vec(),
        Criteria::Portfolio(ref portfolio) if portfolio.against.is_some() => AGAINST.to_vec(),
        Criteria::Portfolio(_) => PORTFOLIO.to_vec(),
    };
    if report.screen.by_sector {
        let after_ticker =
            columns.iter().position(|(c, _)| *c == Column::Ticker).map_or(0, |i| i + 1);
        columns.insert(after_ticker, (Column::Sector, "Sector"));
    }
    if let Some(chosen) = &report.screen.columns {
        columns = chosen.iter().map(|column| (*column, column.name())).collect();
    }
    columns
}

/// How many of the leading columns fit into `most` characters; two at least.
fn fitting(widths: &[u16], most: u16) -> usize {
    let ends = widths.iter().scan(0_u16, |end, width| {
        let this = end.saturating_add(*width);
        *end = this.saturating_add(GAP);
        Some(this)
    });
    ends.take_while(|end| *end <= most).count().max(2)
}

fn draw(report: &Report, unpriced: &[Row], columns: &[(Column, &str)], style: Style) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if style.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.set_header(columns.iter().map(|(column, heading)| {
        TableCell::new(heading).set_alignment(alignment(*column)).add_attribute(Attribute::Bold)
    }));
    for (rank, row) in report.listed(unpriced) {
        table.add_row(columns.iter().map(|(column, _)| {
            let cell = column.of(row, rank);
            let drawn = TableCell::new(text(cell)).set_alignment(alignment(*column));
            match color(*column, cell, row.rating()) {
                Some(color) => drawn.fg(color),
                None => drawn,
            }
        }));
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if i + 1 < columns.len() { GAP } else { 0 }));
    }
    table
}

fn alignment(column: Column) -> CellAlignment {
    if is_right(column) { CellAlignment::Right } else { CellAlignment::Left }
}

/// Whether a column stands to the right.
pub(super) fn is_right(column: Column) -> bool {
    column == Column::AsOf || !column.is_text()
}

/// A cell as a person reads it.
pub(super) fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".into(),
        Cell::Text(text) => cut(text),
        Cell::Count(count) => count.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Notes(notes) => notes.iter().map(|note| note.name()).collect::<Vec<_>>().join(" "),
        Cell::Series(values) => sparkline(values),
        Cell::Number(value, unit) => match unit {
            Unit::Score | Unit::Price | Unit::Plain => grouped(&format!("{value:.2}")),
            Unit::Fraction => format!("{:+.1}%", 100.0 * value),
            Unit::Percent => format!("{value:.1}"),
            Unit::Amount => grouped(&format!("{value:.0}")),
        },
    }
}

fn color(column: Column, cell: Cell<'_>, rating: Rating) -> Option<Color> {
    match (column, cell) {
        (Column::Rating | Column::Value(F::OverallMomentumScore), _) => match rating {
            Rating::StrongBuy | Rating::Buy => Some(Color::Green),
            Rating::Hold | Rating::WeakHold => Some(Color::Yellow),
            Rating::Sell => Some(Color::Red),
            Rating::InsufficientData => Some(Color::DarkGrey),
        },
        (_, Cell::Number(value, Unit::Fraction)) if value < 0.0 => Some(Color::Red),
        (_, Cell::Number(value, Unit::Fraction)) if value > 0.0 => Some(Color::Green),
        _ => None,
    }
}

/// `70234800` as `70,234,800`.
pub(super) fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    let mut text = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// Words no wider than a column should be, by the width they have in a terminal.
fn cut(text: &str) -> String {
    if text.width() <= WIDEST {
        return text.into();
    }
    let mut width = 0;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width < WIDEST
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// A series in eight heights of block characters, from its lowest to its highest value.
fn sparkline(values: &[f64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let height = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 7")]
        let height = (share * 7.0).round() as usize;
        BLOCKS[height]
    };
    values.iter().map(|value| height(*value)).collect()
}
