//! The commands, each in a file named as it is typed: its arguments, its examples, its function.

mod cache;
mod chart;
mod columns;
mod compare;
mod completions;
mod config;
mod doctor;
mod evaluate;
mod explain;
mod groups;
mod guide;
mod history;
mod lists;
mod man;
mod merge;
mod models;
mod momentum;
mod portfolio;
mod presets;
mod prices;
mod run;
mod schema;
mod screen;
mod signals;
mod top;
mod volume_screen;
mod watch;

use clap::Subcommand;

pub(crate) use guide::topics_of;

use crate::cli::context::{CommandResult, Context};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Momentum(momentum::MomentumArgs),
    Top(top::TopArgs),
    VolumeScreen(volume_screen::VolumeScreenArgs),
    Compare(compare::CompareArgs),
    Portfolio(portfolio::PortfolioArgs),
    Groups(groups::GroupsArgs),
    Watch(watch::WatchArgs),
    History(history::TickerHistoryArgs),
    Signals(signals::SignalsArgs),
    Prices(prices::PricesArgs),
    Merge(merge::MergeArgs),
    Evaluate(evaluate::EvaluateArgs),
    Explain(explain::ExplainArgs),
    Chart(chart::ChartArgs),
    Cache(cache::CacheArgs),
    Config(config::ConfigArgs),
    Lists(lists::ListsArgs),
    Models(models::ModelsArgs),
    Columns(columns::ColumnsArgs),
    Presets(presets::PresetsArgs),
    Guide(guide::GuideArgs),
    Doctor(doctor::DoctorArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Does what a command says.
pub(crate) fn run(command: Command, context: &Context) -> CommandResult {
    match command {
        Command::Momentum(args) => momentum::momentum(args, context),
        Command::Top(args) => top::top(args, context),
        Command::VolumeScreen(args) => volume_screen::volume_screen(args, context),
        Command::Compare(args) => compare::compare(args, context),
        Command::Portfolio(args) => portfolio::portfolio(args, context),
        Command::Groups(args) => groups::groups(args, context),
        Command::Watch(args) => watch::watch(args, context),
        Command::History(args) => history::history(&args),
        Command::Signals(args) => signals::signals(&args),
        Command::Prices(args) => prices::prices(args, context),
        Command::Merge(args) => merge::merge(args, context),
        Command::Evaluate(args) => evaluate::evaluate(args, context),
        Command::Explain(args) => explain::explain(args, context),
        Command::Chart(args) => chart::chart(args, context),
        Command::Cache(args) => cache::cache(args, context),
        Command::Config(args) => config::config(&args, context),
        Command::Lists(args) => lists::lists(&args),
        Command::Models(args) => models::models(&args),
        Command::Columns(args) => columns::columns(&args),
        Command::Presets(args) => presets::presets(&args),
        Command::Guide(args) => guide::guide(&args),
        Command::Doctor(args) => doctor::doctor(args, context),
        Command::Schema(args) => schema::schema(&args, context),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => man::man(&args, context),
    }
}
