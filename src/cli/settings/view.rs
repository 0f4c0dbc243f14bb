//! `--filter`, `--preset`, `--sort`, `--columns`, `--join` and `--by`: from words to a [`Screen`]'s view, with errors
//! that point at the place.

use std::path::Path;
use std::sync::Arc;

use crate::ask::Screen;
use crate::ask::Sort;
use crate::ask::columns::{Column, Content, ExtraColumn};
use crate::ask::criteria::is_of_volume_screens;
use crate::ask::expression::ExpressionError;
use crate::ask::filter::{ColumnNames, Filter};
use crate::ask::join::{Joined, join};
use crate::ask::market::MarketCondition;
use crate::cli::args::view::ChoiceArgs;
use crate::cli::error::{CommandError, usage};
use crate::cli::terminal::messages::Messages;
use crate::measure::entry::Group;
use crate::measure::fields::{self, Field};
use crate::provider::text_table;
use crate::table::named;
use crate::table::plural;
use crate::universe::IndustryNames;

/// How each option is written.
const HINTS: [(&str, &str); 3] = [
    ("--filter", "write a condition as rsi_14 < 70 and not (sector = 'Energy')"),
    ("--columns", "write a new column as size = floor(100 / atr_14)"),
    ("--only-if", "write a condition as benchmark > sma_200 or above_sma_200 > 0.5"),
];
/// Columns that a column may be made of, those of these among them.
const MAX_SIZE: usize = 10_000;
/// Columns of a file that a note names before it only counts.
const MAX_NAMED: usize = 5;

/// The screen with the rows and columns that are chosen. `industries` are those that rows can have.
pub(crate) fn choose(
    screen: Screen,
    args: &ChoiceArgs,
    industries: IndustryNames,
    messages: &Messages,
) -> Result<Screen, CommandError> {
    let filled = filled(&screen);
    let table = screen.criteria.table();
    let mut names = ColumnNames { filled, table, extra: Vec::new(), industries };
    for file in &args.join {
        let more = joined(file, &names, messages)?.columns;
        names.extra.extend(more);
    }
    let preset = args.preset.first();
    let columns = match (args.columns.as_slice(), preset) {
        ([], Some(preset)) => vec![preset.columns.to_owned()],
        (columns, _) => columns.to_vec(),
    };
    let is_asked = !columns.is_empty();
    let columns = chosen_columns(&columns, &mut names)?;
    if is_asked && columns.is_empty() {
        return Err(usage("--columns names no column").hinted("screener columns lists them all"));
    }
    for (i, column) in columns.iter().enumerate() {
        if columns[..i].contains(column) {
            return Err(usage(format!("--columns: {} is there twice", column.name())));
        }
    }
    let sort = match (&args.sort, preset.and_then(|preset| preset.sort)) {
        (Some(text), _) => Some(sort(text, &names)?),
        (None, Some(text)) => Some(sort(text, &names)?),
        (None, None) => None,
    };
    let mut filter: Option<Filter> = None;
    let presets = args.preset.iter().map(|preset| preset.filter);
    for text in presets.chain(args.filter.iter().map(String::as_str)) {
        let next = parsed_filter(text, &names)?;
        filter = Some(match filter {
            Some(filter) => filter.and(next),
            None => next,
        });
    }
    Ok(Screen {
        filter,
        sort,
        by: args.by.map(Into::into),
        include_suspect: args.doubt.include_suspect,
        columns: (!columns.is_empty()).then_some(columns),
        extra: names.extra,
        ..screen
    })
}

/// The condition on the market, and the benchmark it may need.
pub(crate) fn market_condition(
    text: Option<&str>,
    has_benchmark: bool,
) -> Result<Option<MarketCondition>, CommandError> {
    let Some(text) = text else { return Ok(None) };
    let condition =
        MarketCondition::parse(text).map_err(|error| point_at("--only-if", &error, text))?;
    if condition.asks_benchmark() && !has_benchmark {
        let error = usage("--only-if asks about the benchmark, and there is none");
        return Err(error.hinted("--benchmark names one; above_sma_200 > 0.5 needs none"));
    }
    Ok(Some(condition))
}

/// The columns that a screen fills, those of its table first.
fn filled(screen: &Screen) -> Vec<Column> {
    let criteria = &screen.criteria;
    let mut filled: Vec<Column> = criteria.table().into_iter().map(|(column, _)| column).collect();
    filled.extend(criteria.columns());
    filled.extend([Column::Rank, Column::Year]);
    if criteria.momentum().is_some() {
        let is_ours = |field: &Field| !matches!(field.entry().group, Group::Holding | Group::Model);
        filled.extend(fields::all().filter(is_ours).map(Column::Value));
    } else {
        let own = filled.clone();
        let more = fields::all().filter(|field| is_of_volume_screens(*field)).map(Column::Value);
        filled.extend(more.filter(|column| !own.contains(column)));
    }
    filled
}

/// A file's columns; what is left out of it is told.
fn joined(file: &Path, names: &ColumnNames, messages: &Messages) -> Result<Joined, CommandError> {
    let table = text_table(file).map_err(|error| {
        usage(format!("--join: {error}")).hinted("it reads a CSV or Parquet file with a header")
    })?;
    let place = file.display();
    let is_taken = |name: &str| {
        let is_it = |known: &str| known.eq_ignore_ascii_case(name);
        names.filled.iter().any(|column| is_it(column.name()))
            || names.extra.iter().any(|extra| is_it(&extra.name))
    };
    let Some(joined) = join(&table.header, &table.rows, table.delimiter, is_taken) else {
        let error = usage(format!("--join: {place} has no column ticker or symbol"));
        return Err(error.hinted(format!("it has {}", table.header.join(", "))));
    };
    let mut left_out = Vec::new();
    if !table.unreadable.is_empty() {
        left_out.push(format!("{} (no plain values)", table.unreadable.join(", ")));
    }
    if joined.unnamed > 0 {
        left_out.push(format!("{} without a name", plural(joined.unnamed, "column")));
    }
    if !joined.taken_names.is_empty() {
        let names = named(&joined.taken_names, MAX_NAMED);
        left_out.push(format!("{names} (there are columns of that name)"));
    }
    if !joined.unclear.is_empty() {
        let names = joined.unclear.join(", ");
        left_out.push(format!("{names} (its marks may be of thousands or of fractions)"));
    }
    if joined.bad_rows > 0 {
        left_out.push(format!("{} without a valid ticker", plural(joined.bad_rows, "row")));
    }
    if let [first, ..] = joined.repeated.as_slice() {
        let n = joined.repeated.len();
        let all_but_last = plural(n, "ticker");
        left_out.push(format!("all rows but the last of {all_but_last} ({first} the first)"));
    }
    if !left_out.is_empty() {
        messages.note(&format!("left out of {place}: {}", left_out.join("; ")));
    }
    Ok(joined)
}

/// The columns of `--columns`; new ones are added to the names.
fn chosen_columns(texts: &[String], names: &mut ColumnNames) -> Result<Vec<Column>, CommandError> {
    let mut columns = Vec::new();
    for item in texts.iter().flat_map(|text| split(text)) {
        match definition(item) {
            Some((name, text)) => {
                let known = names.column(name);
                let is_there = known.is_some_and(|column| {
                    matches!(column, Column::Extra(_)) || names.filled.contains(&column)
                });
                if is_there {
                    let error = usage(format!("--columns: there is a column {name} already"));
                    return Err(error.hinted("give the new one another name"));
                }
                let expression =
                    names.expression(text).map_err(|error| point_at("--columns", &error, text))?;
                let mut used = Vec::new();
                expression.visit(false, &mut |column: &Column, _| used.push(column.clone()));
                for column in &used {
                    reject_unfilled("--columns", column, names)?;
                }
                let size = 1 + used.iter().map(Column::size).sum::<usize>();
                if size > MAX_SIZE {
                    let error = usage(format!("--columns: {name} is made of too many columns"));
                    return Err(error.hinted("write it with fewer steps"));
                }
                let content = Content::Computed(expression);
                let extra = Arc::new(ExtraColumn { name: name.into(), content, size });
                names.extra.push(Arc::clone(&extra));
                columns.push(Column::Extra(extra));
            }
            None => columns.push(column("--columns", item, names)?),
        }
    }
    Ok(columns)
}

/// The items of a list, at the commas outside of parentheses and quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    let mut items = Vec::new();
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (_, Some(open)) => quote = Some(open).filter(|open| *open != c),
            ('\'' | '"', None) => quote = Some(c),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            (',', None) if depth == 0 => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// `name = expression`.
fn definition(item: &str) -> Option<(&str, &str)> {
    let (name, text) = item.split_once('=')?;
    let name = name.trim();
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = starts_well && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some((name, text.trim()))
}

fn parsed_filter(text: &str, names: &ColumnNames) -> Result<Filter, CommandError> {
    let filter =
        Filter::parse_with(text, names).map_err(|error| point_at("--filter", &error, text))?;
    for (column, _) in filter.columns() {
        reject_unfilled("--filter", &column, names)?;
    }
    Ok(filter)
}

fn sort(text: &str, names: &ColumnNames) -> Result<Sort, CommandError> {
    let (name, direction) = text.rsplit_once(':').unwrap_or((text, ""));
    let column = column("--sort", name, names)?;
    if !column.is_comparable() {
        return Err(usage(format!("--sort: rows cannot be sorted by {}", column.name())));
    }
    let descending = match direction {
        "" => !column.is_text(),
        "asc" => false,
        "desc" => true,
        other => {
            let error = usage(format!("--sort: {other:?} is not a direction"));
            return Err(error.hinted("write :asc or :desc after the column"));
        }
    };
    Ok(Sort { column, descending, tie_breaker: None })
}

/// The column of that name, which the screen has to fill.
fn column(option: &str, name: &str, names: &ColumnNames) -> Result<Column, CommandError> {
    let Some(column) = names.column(name) else {
        let error = usage(format!("{option}: there is no column {name:?}"));
        if name.contains(['*', '/', '+', '(']) {
            return Err(error.hinted(format!("--columns 'x = {name}' works out a new one")));
        }
        return Err(error.hinted(did_you_mean(Column::nearest(name))));
    };
    reject_unfilled(option, &column, names)?;
    Ok(column)
}

fn reject_unfilled(option: &str, column: &Column, names: &ColumnNames) -> Result<(), CommandError> {
    if matches!(column, Column::Extra(_)) || names.filled.contains(column) {
        return Ok(());
    }
    let mut known: Vec<&str> = Vec::new();
    for column in &names.filled {
        if !known.contains(&column.name()) {
            known.push(column.name());
        }
    }
    let error = usage(format!("{option}: this screen has no column {:?}", column.name()));
    Err(error.hinted(format!("it has {}", known.join(", "))))
}

/// An expression's error, and a mark under the place it is about.
fn point_at(option: &str, error: &ExpressionError, text: &str) -> CommandError {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mark = " ".repeat(error.offset) + "^";
    let pointed = usage(format!("{option}: {error}\n  {shown}\n  {mark}"));
    if error.suggestion.is_some() {
        return pointed.hinted(did_you_mean(error.suggestion.clone()));
    }
    let hint = HINTS.iter().find(|(name, _)| *name == option);
    pointed.hinted(hint.map_or("", |(_, hint)| hint))
}

fn did_you_mean(name: Option<String>) -> String {
    match name {
        Some(name) => format!("did you mean {name}?"),
        None => "screener columns lists them all".into(),
    }
}
