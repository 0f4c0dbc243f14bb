//! Who is notified, from what was typed: mistakes are found before the first cycle.

use std::env::split_paths;
use std::path::Path;

use super::args::NotifyArgs;
use crate::ask::Screen;
use crate::cli::error::{CommandError, usage};
use crate::fetch::Webhook;
use crate::watch::{MessageForm, Program, Receiver};

/// Variables that hold secrets of ours, which a program has no use for.
const SECRETS: [&str; 5] = [
    "APCA_API_KEY_ID",
    "APCA_API_SECRET_KEY",
    "SCREENER_SHARED_URL",
    "SCREENER_SHARED_KEY",
    "SCREENER_WEBHOOK",
];
/// Where programs are found when nothing else is said.
const USUAL_PATH: &str = "/bin:/usr/bin";
/// Members of a signal besides the columns of its row.
const MEMBERS: [&str; 7] = ["id", "time", "event", "ticker", "screen", "rank", "definition"];

/// Who is notified.
pub(super) fn receivers(args: &NotifyArgs) -> Result<Vec<Receiver>, CommandError> {
    let mut receivers = Vec::new();
    if let Some(words) = &args.exec {
        let words = words.0.clone();
        if !is_program(&words[0]) {
            let error = usage(format!("--exec {}: there is no such program", words[0]));
            return Err(error.hinted("name a file that can be run, or a program on the path"));
        }
        let without = SECRETS.to_vec();
        receivers.push(Receiver::Program(Program { words, timeout: args.exec_timeout, without }));
    }
    if let Some(url) = &args.webhook {
        let envelope = args.webhook_format.into();
        let form = MessageForm { envelope, template: args.webhook_template.clone() };
        receivers.push(Receiver::Webhook(Webhook::new(url), form));
    }
    Ok(receivers)
}

/// An error when a template names what no signal has.
pub(super) fn check_template(args: &NotifyArgs, screen: &Screen) -> Result<(), CommandError> {
    let Some(template) = &args.webhook_template else { return Ok(()) };
    let columns = screen.all_columns();
    let is_known =
        |name: &str| MEMBERS.contains(&name) || columns.iter().any(|column| column.name() == name);
    match template.members().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let error = usage(format!("--webhook-template: a signal has no {name}"));
            Err(error.hinted("-f ndjson shows what it has, such as {ticker}, {price}, {as_of}"))
        }
    }
}

/// Whether a word is a program: a path to a file, or a name on the path.
fn is_program(word: &str) -> bool {
    if word.contains('/') || cfg!(not(unix)) {
        return Path::new(word).is_file() || cfg!(not(unix));
    }
    let folders = std::env::var_os("PATH").unwrap_or_else(|| USUAL_PATH.into());
    split_paths(&folders).any(|folder| folder.join(word).is_file())
}
