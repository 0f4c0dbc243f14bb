//! `models`: the momentum models, a line each, or one so that its score can be worked out again.

use clap::Args;

use crate::cli::args::values::parse_model;
use crate::cli::context::CommandResult;
use crate::cli::error::Exit;
use crate::cli::terminal::destination::Destination;
use crate::models::Model;

const EXAMPLES: &str = "\
Examples:
  screener models                                every model
  screener models composite                      one in full: formula, constants, score";

/// List the momentum models, or print one in full
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ModelsArgs {
    /// Only this one, in full
    #[arg(value_name = "NAME", value_parser = parse_model())]
    name: Option<Model>,
}

pub(super) fn models(args: &ModelsArgs) -> CommandResult {
    let text = match args.name {
        Some(model) => full(model),
        None => Model::ALL.into_iter().map(line).collect(),
    };
    Destination::print(&text)?;
    Ok(Exit::Reported)
}

fn line(model: Model) -> String {
    format!("{:<18} {:>3} bars  {}\n", model.name, model.bars, model.meaning)
}

fn full(model: Model) -> String {
    let formula = model.formula;
    let mut text = format!("{}: {}\n", model.name, model.meaning);
    for (label, lines) in [("raw value", formula.raw), ("score", formula.score)] {
        for (i, line) in lines.iter().enumerate() {
            text += &format!("  {:<14}{line}\n", if i == 0 { label } else { "" });
        }
    }
    text += &format!("  {:<14}{}\n", "bars", model.bars);
    text += &format!("  {:<14}{}, then the ticker\n", "equals by", model.tie_breaker.name());
    if !formula.source.is_empty() {
        text += &format!("  {:<14}{}\n", "source", formula.source);
    }
    text + "  C: closes adjusted for splits and dividends, t: the last complete session,\n  \
            Φ: the standard normal distribution\n"
}
