//! The layers of settings: a flag goes before the environment, that before `config.toml`, that before the
//! default. What a file or an old variable says becomes the default that clap knows; a bad value is told
//! with the place it came from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use etcetera::{BaseStrategy, choose_base_strategy};
use toml::{Table, Value};

use crate::cli::CommandError;

/// Options of a single run, which are no settings.
const NO_SETTINGS: [&str; 23] = [
    "shard",
    "allow-missing",
    "against",
    "worst-first",
    "cycles",
    "append",
    "since",
    "help",
    "version",
    "output",
    "html",
    "tickers",
    "dry-run",
    "yes",
    "quiet",
    "verbose",
    "refresh",
    "offline",
    "prefilter",
    "filter",
    "sort",
    "columns",
    "by",
];
/// Options under another name in the file.
const RENAMED: [(&str, &str); 1] = [("format", "usual-format")];
/// Settings that are never shown, and what a bad one is told of it instead.
const SECRETS: [(&str, &str); 3] = [
    ("apca-api-key-id", "is no key: a key is printable ASCII"),
    ("apca-api-secret-key", "is no key: a key is printable ASCII"),
    (
        "shared",
        "is no shared server: it is written redis://[user:password@]host:6379/0, or rediss:// for TLS",
    ),
];
/// Variables of the `AlphaVelocity` engine that are still read.
const OLD_NAMES: [(&str, &str); 4] = [
    ("CONCURRENT_MAX_WORKERS", "workers"),
    ("CONCURRENT_RATE_LIMIT", "rate"),
    ("CONCURRENT_TIMEOUT", "timeout"),
    ("CONCURRENT_BATCH_SIZE", "batch-size"),
];

/// What is set beside the command line and the `SCREENER_…` variables.
#[derive(Debug, Default)]
pub(in crate::cli) struct Config {
    path: Option<PathBuf>,
    is_there: bool,
    settings: BTreeMap<String, Setting>,
}

#[derive(Debug)]
struct Setting {
    values: Vec<String>,
    source: String,
}

impl Config {
    /// Reads the file and the old variables.
    pub(in crate::cli) fn read(command: &Command) -> Result<Self, CommandError> {
        let path = path();
        let mut config = Self { path: path.clone(), ..Self::default() };
        if let Some(path) = path {
            let named = path.display().to_string();
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    config.is_there = true;
                    config.add(command, &text, &named)?;
                }
                Err(e) if e.kind() == ErrorKind::NotFound && !is_named() => {}
                Err(e) => return Err(CommandError::new(format!("cannot read {named}: {e}"))),
            }
        }
        for (old, name) in OLD_NAMES {
            if let Ok(value) = std::env::var(old)
                && !value.is_empty()
            {
                let setting = Setting { values: vec![value], source: old.into() };
                config.settings.insert(name.into(), setting);
            }
        }
        Ok(config)
    }

    fn add(&mut self, command: &Command, text: &str, path: &str) -> Result<(), CommandError> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| {
            CommandError::new(format!("{path} is no TOML: {}", e.message()))
                .hint("a line is written: workers = 20")
        })?;
        let known = options(command);
        for (key, value) in table {
            let name = key.replace('_', "-");
            if !known.contains(&name) {
                let near = known
                    .iter()
                    .max_by(|a, b| strsim::jaro(a, &name).total_cmp(&strsim::jaro(b, &name)));
                let error = CommandError::new(format!("{path}: no option is called {key}"));
                return Err(error.hint(match near {
                    Some(near) if strsim::jaro(near, &name) > 0.7 => {
                        format!("did you mean {near}?")
                    }
                    _ => "screener config show names them all".into(),
                }));
            }
            let values: Option<Vec<String>> = match value {
                Value::Array(values) if takes_many(command, &name) && !values.is_empty() => {
                    values.iter().map(plain).collect()
                }
                value => plain(&value).map(|value| vec![value]),
            };
            let values = values.ok_or_else(|| {
                let error = CommandError::new(format!("{path}: {key} is not one plain value"));
                error.hint("a line is written: workers = 20")
            })?;
            self.settings.insert(name, Setting { values, source: format!("{key} in {path}") });
        }
        Ok(())
    }

    /// Where the file is, there or not, as a line.
    pub(in crate::cli) fn path(&self) -> Result<String, CommandError> {
        let path = self.path.as_ref().ok_or_else(|| {
            CommandError::new("there is no home folder").hint("SCREENER_CONFIG names a file")
        })?;
        Ok(format!("{}\n", path.display()))
    }

    /// The command with these settings as its defaults.
    pub(in crate::cli) fn applied(&self, command: Command) -> Command {
        if self.settings.is_empty() {
            return command;
        }
        let with_own = command.mut_args(|arg| {
            match arg.get_long().and_then(|long| self.settings.get(setting_of(long))) {
                Some(setting) => arg.default_values(setting.values.clone()),
                None => arg,
            }
        });
        let names: Vec<String> =
            with_own.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        names
            .into_iter()
            .fold(with_own, |command, name| command.mut_subcommand(name, |sub| self.applied(sub)))
    }

    /// A bad value's error in words that name where it came from, unless it was the command line.
    pub(in crate::cli) fn told(
        &self,
        error: &clap::Error,
        command: &Command,
        words: &[OsString],
    ) -> Option<String> {
        let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
            return None;
        };
        let long = option.strip_prefix("--")?.split([' ', '=']).next()?;
        let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into()).collect();
        // The command that was meant, however deep: `cache warm`.
        let meant = words.iter().fold(command, |at, word| at.find_subcommand(word).unwrap_or(at));
        let argument = meant.get_arguments().find(|arg| arg.get_long() == Some(long))?;
        let is_typed = words.iter().any(|word| {
            word.strip_prefix("--").is_some_and(|typed| typed.split('=').next() == Some(long))
                || argument.get_short().is_some_and(|short| word.starts_with(&format!("-{short}")))
        });
        let secret = SECRETS.into_iter().find(|(name, _)| *name == long);
        if is_typed && secret.is_none() {
            return None;
        }
        let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
        let variable = variable.filter(|name| std::env::var_os(name).is_some());
        let source = variable
            .or_else(|| self.settings.get(setting_of(long)).map(|setting| setting.source.clone()));
        if let Some((_, complaint)) = secret {
            let source = source.filter(|_| !is_typed).unwrap_or_else(|| format!("--{long}"));
            return Some(format!("error: {source} {complaint}"));
        }
        let source = source?;
        let text =
            error.render().to_string().replace(&format!("for '{option}'"), &format!("of {source}"));
        let end = text.find("\n\nFor more").unwrap_or(text.len());
        Some(text[..end].trim_end().to_owned())
    }

    /// Old variables that were read, and the names they have here.
    pub(in crate::cli) fn hints(&self) -> Vec<String> {
        let is_used = |(old, name): &(&str, &str)| {
            self.settings.get(*name).is_some_and(|setting| setting.source == *old)
        };
        let new_name = |name: &str| format!("SCREENER_{}", name.to_uppercase().replace('-', "_"));
        let hint = |(old, name): (&str, &str)| match new_name(name) {
            new if std::env::var_os(&new).is_some() => None,
            new => Some(format!("{old} is still read; its name here is {new}")),
        };
        OLD_NAMES.into_iter().filter(is_used).filter_map(hint).collect()
    }

    /// Every setting of these commands with its value and where it comes from, as TOML.
    pub(in crate::cli) fn shown(&self, parsed: &[(&Command, &ArgMatches)]) -> String {
        let mut text = match &self.path {
            Some(path) if self.is_there => format!("# {}\n", path.display()),
            Some(path) => format!("# {} is not there\n", path.display()),
            None => "# no folder for a configuration: SCREENER_CONFIG names a file\n".into(),
        };
        let mut done: Vec<&str> = Vec::new();
        for (command, matches) in parsed {
            for argument in command.get_arguments() {
                let Some(long) = argument.get_long().map(setting_of) else { continue };
                if long.is_empty() || NO_SETTINGS.contains(&long) || done.contains(&long) {
                    continue;
                }
                done.push(long);
                let line = self.line(long, argument, matches);
                let _ = writeln!(text, "{line}");
            }
        }
        text
    }

    fn line(&self, name: &str, argument: &Arg, matches: &ArgMatches) -> String {
        let id = argument.get_id().as_str();
        let values: Vec<String> = matches
            .get_raw(id)
            .map(|raw| raw.map(|value| value.to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        if values.is_empty() {
            return format!("# {name} is not set");
        }
        let source = match (matches.value_source(id), self.settings.get(name)) {
            (Some(ValueSource::EnvVariable), _) => {
                argument.get_env().unwrap_or_default().to_string_lossy().into_owned()
            }
            (_, Some(setting)) => setting.source.clone(),
            _ => "default".into(),
        };
        let value = match (values.as_slice(), SECRETS.iter().any(|(secret, _)| *secret == name)) {
            (_, true) => "\"***\"".into(),
            ([value], _) => quoted(value),
            (values, _) => {
                format!("[{}]", values.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(", "))
            }
        };
        format!("{:<32} # {source}", format!("{name} = {value}"))
    }
}

/// Where the file is: `SCREENER_CONFIG`, else in the user's configuration folder.
fn path() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(file) = set("SCREENER_CONFIG") {
        return Some(file.into());
    }
    let homeless = cfg!(unix) && set("HOME").is_none() && set("XDG_CONFIG_HOME").is_none();
    let folders = choose_base_strategy().ok().filter(|_| !homeless)?;
    Some(folders.config_dir().join("screener").join("config.toml"))
}

/// Whether the file was named, so that it has to be there.
fn is_named() -> bool {
    std::env::var_os("SCREENER_CONFIG").is_some_and(|value| !value.is_empty())
}

/// Every option that can be set, of any command.
fn options(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(Arg::get_long).map(setting_of);
    let mut names: Vec<String> =
        own.filter(|name| !NO_SETTINGS.contains(name)).map(String::from).collect();
    names.extend(command.get_subcommands().flat_map(options));
    names.sort();
    names.dedup();
    names
}

/// Whether an option takes several values, in every command that has it.
fn takes_many(command: &Command, name: &str) -> bool {
    let mut own = command.get_arguments().filter(|a| a.get_long().map(setting_of) == Some(name));
    own.all(|argument| argument.get_value_delimiter().is_some())
        && command.get_subcommands().all(|sub| takes_many(sub, name))
}

/// The name of an option in the file.
fn setting_of(long: &str) -> &str {
    if RENAMED.iter().any(|(outer, _)| *outer == long) {
        return ""; // what a single run asks for goes by the ending of its output, too
    }
    RENAMED.iter().find(|(_, inner)| *inner == long).map_or(long, |(outer, _)| outer)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Datetime(time) => Some(time.to_string()),
        Value::Array(_) | Value::Table(_) => None,
    }
}

fn quoted(value: &str) -> String {
    let is_bare =
        value.parse::<f64>().is_ok_and(f64::is_finite) || matches!(value, "true" | "false");
    if is_bare { value.into() } else { format!("{value:?}") }
}
