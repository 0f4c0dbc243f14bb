//! Screens that the configuration file keeps under a name: `[screens.NAME]`. What they say becomes the default of the
//! command that is asked for with `--screen NAME`, so that whatever is typed goes before it.

use std::collections::BTreeMap;

use clap::Command;
use toml::Value;

use crate::cli::error::{CommandError, usage};

/// What a screen can keep: the key, and the argument of the command it becomes the default of.
pub(crate) const KEYS: [(&str, &str); 8] = [
    ("filter", "filter"),
    ("preset", "preset"),
    ("sort", "sort"),
    ("columns", "columns"),
    ("model", "model"),
    ("n", "n"),
    ("count", "n"),
    ("list", "lists"),
];
/// The argument that holds lists.
const LISTS: &str = "lists";

/// The screens of a file by name.
#[derive(Debug, Default)]
pub(crate) struct SavedScreens(BTreeMap<String, SavedScreen>);

/// The values of each argument.
type SavedScreen = BTreeMap<&'static str, Vec<String>>;

impl SavedScreens {
    /// Reads the table `screens` of a file.
    pub(super) fn read(value: &Value, path: &str) -> Result<Self, CommandError> {
        let wrong = || {
            let error = usage(format!("{path}: screens are tables"));
            error.hinted("write [screens.NAME], and below it filter = \"rsi_14 < 70\"")
        };
        let mut screens = BTreeMap::new();
        for (name, screen) in value.as_table().ok_or_else(wrong)? {
            let mut saved = SavedScreen::new();
            for (key, value) in screen.as_table().ok_or_else(wrong)? {
                let Some((_, argument)) = KEYS.iter().find(|(known, _)| known == key) else {
                    let error = usage(format!("{path}: a screen keeps no {key}"));
                    let known = KEYS.map(|(key, _)| key).join(", ");
                    return Err(error.hinted(format!("it keeps {known}")));
                };
                let values = texts(value).ok_or_else(|| {
                    usage(format!(
                        "{path}: {key} of the screen {name} is not a text or a whole number"
                    ))
                })?;
                if saved.insert(argument, values).is_some() {
                    let error = usage(format!("{path}: the screen {name} says twice how many"));
                    return Err(error.hinted("n and count are the same"));
                }
            }
            screens.insert(name.clone(), saved);
        }
        Ok(Self(screens))
    }

    /// Whether a screen states a value for an argument.
    pub(super) fn states(&self, name: &str, id: &str) -> bool {
        self.0.get(name).is_some_and(|saved| saved.contains_key(id))
    }

    /// The names, as a sentence has them.
    pub(super) fn names(&self) -> String {
        self.0.keys().cloned().collect::<Vec<_>>().join(", ")
    }

    /// The command whose subcommand has a screen's values as its defaults; its list only `with_list`.
    pub(super) fn apply(
        &self,
        name: &str,
        subcommand: &str,
        command: Command,
        with_list: bool,
    ) -> Result<Command, CommandError> {
        let Some(saved) = self.0.get(name) else {
            let error = usage(format!("no screen is called {name:?}"));
            return Err(if self.0.is_empty() {
                error.hinted("screener config path names the file; write [screens.NAME] in it")
            } else {
                error.hinted(format!("the file has {}", self.names()))
            });
        };
        let takes = |id: &str| {
            let found = command.find_subcommand(subcommand);
            found.is_some_and(|sub| sub.get_arguments().any(|arg| arg.get_id() == id))
        };
        if let Some(id) = saved.keys().find(|id| !takes(id)) {
            let key = KEYS.iter().find(|(_, known)| known == id).map_or(*id, |(key, _)| key);
            let error =
                usage(format!("the screen {name} keeps {key}, which {subcommand} does not take"));
            return Err(error.hinted("screener top takes everything that a screen keeps"));
        }
        Ok(command.mut_subcommand(subcommand, |sub| {
            sub.mut_args(|arg| {
                let id = arg.get_id().as_str();
                match saved.get(id).filter(|_| with_list || id != LISTS) {
                    Some(values) => arg.default_values(values.clone()),
                    None => arg,
                }
            })
        }))
    }
}

/// One text or number, or several.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Array(values) => {
            let texts = values.iter().map(|value| Some(value.as_str()?.to_owned()));
            texts.collect::<Option<Vec<_>>>().filter(|texts| !texts.is_empty())
        }
        _ => None,
    }
}
