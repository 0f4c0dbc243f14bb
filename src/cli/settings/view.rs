//! `--filter`, `--sort`, `--columns` and `--by`: from words to a [`Screen`]'s view, with errors that point
//! at the place.

use crate::cli::CommandError;
use crate::cli::args::ChoiceArgs;
use crate::screen::fields::Column;
use crate::screen::filter::{Filter, FilterError};
use crate::screen::{Screen, Sort};

/// The screen with the rows and columns that are asked for.
pub(in crate::cli) fn apply(args: &ChoiceArgs, screen: Screen) -> Result<Screen, CommandError> {
    let columns = args.columns.iter().map(|name| column("--columns", name));
    let columns = columns.collect::<Result<Vec<Column>, CommandError>>()?;
    let filter = args
        .filter
        .as_deref()
        .map(|text| Filter::parse(text).map_err(|error| pointed(&error, text)));
    let filter = filter.transpose()?;
    let sort = args.sort.as_deref().map(sort).transpose()?;
    let asked = filter.iter().flat_map(Filter::columns).map(|column| ("--filter", column));
    let asked = asked.chain(sort.iter().map(|sort| ("--sort", sort.column)));
    let asked = asked.chain(columns.iter().map(|column| ("--columns", *column)));
    let has = screen.usual_columns();
    for (option, column) in asked {
        if !has.contains(&column) && !matches!(column, Column::Rank | Column::Year) {
            let names: Vec<&str> = has.iter().map(|column| column.name()).collect();
            return Err(CommandError::new(format!(
                "{option}: this screen does not fill {}",
                column.name()
            ))
            .hint(format!("it fills {}", names.join(", "))));
        }
    }
    Ok(Screen {
        filter,
        sort,
        by_sector: args.by.is_some(),
        columns: (!columns.is_empty()).then_some(columns),
        ..screen
    })
}

fn column(option: &str, name: &str) -> Result<Column, CommandError> {
    let name = name.trim();
    Column::find(name).ok_or_else(|| {
        CommandError::new(format!("{option}: no column is called {name:?}"))
            .hint(did_you_mean(Column::nearest(name)))
    })
}

fn sort(text: &str) -> Result<Sort, CommandError> {
    let (name, direction) = text.rsplit_once(':').unwrap_or((text, ""));
    let column = column("--sort", name)?;
    if matches!(column, Column::Rank | Column::Notes | Column::Year) {
        return Err(CommandError::new(format!("--sort: {name} gives no order")));
    }
    let descending = match direction {
        "" => !column.is_text(),
        "asc" => false,
        "desc" => true,
        other => {
            return Err(CommandError::new(format!("--sort: {other:?} is no direction"))
                .hint("a column is followed by :asc or :desc"));
        }
    };
    Ok(Sort { column, descending })
}

/// A filter's error, and a mark under the place it is about.
fn pointed(error: &FilterError, text: &str) -> CommandError {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mark = " ".repeat(error.offset) + "^";
    let usage = CommandError::new(format!("--filter: {error}\n  {shown}\n  {mark}"));
    match error.suggestion {
        Some(_) => usage.hint(did_you_mean(error.suggestion)),
        None => usage.hint("a condition is written rsi_14 < 70 and not (sector = 'Energy')"),
    }
}

fn did_you_mean(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("did you mean {name}?"),
        None => "the columns are the keys of a row in -f json".into(),
    }
}
