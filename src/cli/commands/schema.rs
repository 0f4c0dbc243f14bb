//! `schema`: JSON Schema of what the program writes and of what it can be configured with.

use clap::builder::PossibleValue;
use clap::{Arg, Args, Command, ValueEnum};
use serde_json::{Map, Value, json};

use crate::cli::context::{CommandResult, Context};
use crate::cli::error::Exit;
use crate::cli::settings::saved::KEYS;
use crate::cli::terminal::destination::Destination;
use crate::report::{documents_schema, row_schema};

const EXAMPLES: &str = "\
Examples:
  screener schema                                every JSON document
  screener schema config > config.schema.json    for an editor of config.toml
  screener schema columns | jq '.properties | keys'";

/// Print the JSON Schema of the program's documents
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SchemaArgs {
    /// The document
    #[arg(value_enum, value_name = "DOCUMENT", default_value = "report")]
    document: DocumentName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentName {
    /// Every document that -f json, -f ndjson and --json write
    Report,
    /// The configuration file, config.toml
    Config,
    /// A row: its columns with their meaning
    Columns,
}

pub(super) fn schema(args: &SchemaArgs, context: &Context) -> CommandResult {
    let schema = match args.document {
        DocumentName::Report => documents_schema(),
        DocumentName::Columns => row_schema(),
        DocumentName::Config => config_schema(&context.command),
    };
    Destination::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Reported)
}

/// What a configuration file may hold: an option with a variable is a setting; a saved screen keeps some keys.
fn config_schema(command: &Command) -> Value {
    let mut settings = Map::new();
    for command in command.get_subcommands() {
        for argument in command.get_arguments().filter(|argument| argument.get_env().is_some()) {
            let Some(name) = argument.get_long() else { continue };
            let schema = of_argument(argument);
            settings.insert(name.replace('-', "_"), schema.clone());
            settings.insert(name.to_owned(), schema);
        }
    }
    let kept = json!({ "type": ["string", "integer", "array"], "items": { "type": "string" } });
    let keys: Map<String, Value> =
        KEYS.iter().map(|(key, _)| ((*key).to_owned(), kept.clone())).collect();
    let screen = json!({ "type": "object", "properties": keys, "additionalProperties": false });
    let screens = json!({ "type": "object", "additionalProperties": screen });
    settings.insert("screens".into(), screens);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "config.toml of screener",
        "type": "object",
        "properties": settings,
        "additionalProperties": false,
    })
}

fn of_argument(argument: &Arg) -> Value {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let possible = argument.get_possible_values();
    let is_flag = !argument.get_action().takes_values();
    let plain = if is_flag {
        json!({ "type": "boolean" })
    } else if possible.is_empty() || argument.is_hide_possible_values_set() {
        json!({ "type": ["string", "number"] })
    } else {
        let names: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
        json!({ "enum": names })
    };
    let mut schema = match argument.get_value_delimiter() {
        Some(_) => json!({ "anyOf": [plain, { "type": "array", "items": plain }] }),
        None => plain,
    };
    schema["description"] = help.into();
    schema
}
