//! `--filter`, `--sort`, `--columns` and `--by`: from words to a [`Screen`]'s view, with errors that point at the
//! place.

use crate::cli::args::view::ChoiceArgs;
use crate::cli::error::{CommandError, usage};
use crate::screen::columns::Column;
use crate::screen::filter::{Filter, FilterError};
use crate::screen::{Screen, Sort};

/// The screen with the rows and columns that are chosen.
pub(crate) fn choose(screen: Screen, args: &ChoiceArgs) -> Result<Screen, CommandError> {
    let known = screen.criteria.columns();
    let mut columns = Vec::with_capacity(args.columns.len());
    for name in &args.columns {
        columns.push(column("--columns", name, &known)?);
    }
    let filter = match &args.filter {
        Some(text) => Some(filter(text, &known)?),
        None => None,
    };
    let sort = match &args.sort {
        Some(text) => Some(sort(text, &known)?),
        None => None,
    };
    Ok(Screen {
        filter,
        sort,
        by_sector: args.by.is_some(),
        columns: if columns.is_empty() { None } else { Some(columns) },
        ..screen
    })
}

fn filter(text: &str, known: &[Column]) -> Result<Filter, CommandError> {
    let filter = Filter::parse(text).map_err(|error| point_at(&error, text))?;
    for column in filter.columns() {
        reject_unfilled("--filter", column, known)?;
    }
    Ok(filter)
}

fn sort(text: &str, known: &[Column]) -> Result<Sort, CommandError> {
    let (name, direction) = text.rsplit_once(':').unwrap_or((text, ""));
    let column = column("--sort", name, known)?;
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
    Ok(Sort { column, descending })
}

/// The column of that name, which the screen has to fill.
fn column(option: &str, name: &str, known: &[Column]) -> Result<Column, CommandError> {
    let name = name.trim();
    let Some(column) = Column::find(name) else {
        let error = usage(format!("{option}: there is no column {name:?}"));
        return Err(error.hinted(did_you_mean(Column::nearest(name))));
    };
    reject_unfilled(option, column, known)?;
    Ok(column)
}

fn reject_unfilled(option: &str, column: Column, known: &[Column]) -> Result<(), CommandError> {
    if known.contains(&column) || matches!(column, Column::Rank | Column::Year) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(|column| column.name()).collect();
    let error = usage(format!("{option}: this screen has no column {:?}", column.name()));
    Err(error.hinted(format!("it has {}", names.join(", "))))
}

/// A filter's error, and a mark under the place it is about.
fn point_at(error: &FilterError, text: &str) -> CommandError {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mark = " ".repeat(error.offset) + "^";
    let pointed = usage(format!("--filter: {error}\n  {shown}\n  {mark}"));
    match error.suggestion {
        Some(_) => pointed.hinted(did_you_mean(error.suggestion)),
        None => pointed.hinted("write a condition as rsi_14 < 70 and not (sector = 'Energy')"),
    }
}

fn did_you_mean(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("did you mean {name}?"),
        None => "the columns are the keys of a row in -f json".into(),
    }
}
