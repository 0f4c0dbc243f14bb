//! Which options were typed on the command line, and are not only settings of the environment or the file.

use std::collections::HashSet;

use clap::ArgMatches;
use clap::parser::ValueSource;

/// The options that were typed.
#[derive(Debug, Default)]
pub(crate) struct Typed(HashSet<String>);

impl Typed {
    /// The typed options of the command that was meant, however deep it stands.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let mut deepest = matches;
        while let Some((_, deeper)) = deepest.subcommand() {
            deepest = deeper;
        }
        let mut typed = HashSet::new();
        for id in deepest.ids() {
            if deepest.value_source(id.as_str()) == Some(ValueSource::CommandLine) {
                typed.insert(id.as_str().to_owned());
            }
        }
        Self(typed)
    }

    /// Counts an option as typed.
    pub(crate) fn add(&mut self, id: &str) {
        self.0.insert(id.to_owned());
    }

    /// Whether an option was typed; `id` is its name with underscores.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// The first of some options that was typed, as it is written.
    pub(crate) fn first_of(&self, ids: &[&str]) -> Option<String> {
        let id = ids.iter().find(|id| self.has(id))?;
        Some(format!("--{}", id.replace('_', "-")))
    }
}
