//! The options of all commands as a table of the guide.

use std::collections::BTreeMap;

use clap::{Arg, Command};

use super::program::command;

/// Options under one heading, each with the commands that have it.
type Section = Vec<(Vec<String>, Vec<String>)>;

/// Every option of every command once, by heading, as Markdown: what it takes, its default, its variable, its meaning and
/// its commands.
#[must_use]
pub fn options_reference() -> String {
    let mut headings: Vec<String> = Vec::new();
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let program = command();
    for (name, command) in leaves(&program) {
        for argument in command.get_arguments().filter(|argument| is_shown(argument)) {
            let heading = argument.get_help_heading().unwrap_or("Other").to_owned();
            if !headings.contains(&heading) {
                headings.push(heading.clone());
            }
            let section = sections.entry(heading).or_default();
            let cells = cells(argument);
            match section.iter_mut().find(|(known, _)| *known == cells) {
                Some((_, commands)) => commands.push(name.clone()),
                None => section.push((cells, vec![name.clone()])),
            }
        }
    }
    let mut text = String::new();
    for heading in headings {
        text +=
            &format!("\n## {heading}\n\n| option | default | variable | meaning | commands |\n");
        text += "| --- | --- | --- | --- | --- |\n";
        for (cells, commands) in &sections[&heading] {
            text += &format!("| {} | {} |\n", cells.join(" | "), commands.join(", "));
        }
    }
    text
}

/// The commands that do something, those below another by both names.
fn leaves(program: &Command) -> Vec<(String, &Command)> {
    let mut leaves = Vec::new();
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_name();
        if command.has_subcommands() {
            let below = command.get_subcommands().filter(|command| command.get_name() != "help");
            leaves.extend(below.map(|sub| (format!("{name} {}", sub.get_name()), sub)));
        } else {
            leaves.push((name.to_owned(), command));
        }
    }
    leaves
}

fn is_shown(argument: &Arg) -> bool {
    argument.get_long().is_some() && !argument.is_hide_set() && argument.get_id() != "help"
}

fn cells(argument: &Arg) -> Vec<String> {
    let long = argument.get_long().unwrap_or_default();
    let short = argument.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    let value = argument.get_action().takes_values().then(|| value_of(argument));
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.display()))
        .collect();
    let default =
        if argument.get_action().takes_values() { defaults.join(", ") } else { String::new() };
    let variable =
        argument.get_env().map(|name| format!("`{}`", name.display())).unwrap_or_default();
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let option = format!("{short}`--{long}{}`", value.unwrap_or_default());
    [option, default, variable, help].map(|cell| cell.replace('|', "\\|")).to_vec()
}

/// What it takes: its words, where there are few, else the name of the value.
fn value_of(argument: &Arg) -> String {
    const MANY: usize = 6;
    let possible = argument.get_possible_values();
    if (1..=MANY).contains(&possible.len()) && !argument.is_hide_possible_values_set() {
        let words: Vec<&str> =
            possible.iter().map(clap::builder::PossibleValue::get_name).collect();
        return format!(" {}", words.join("|"));
    }
    let names = argument.get_value_names().unwrap_or_default();
    names.first().map_or_else(String::new, |name| format!(" {name}"))
}
