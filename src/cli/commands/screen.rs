//! What the commands that screen tickers have in common: a report, perhaps with a page, or a shard's file.

use std::ops::ControlFlow;

use super::run::{finish, gather, run_and_write};
use crate::ask::Screen;
use crate::ask::columns::Column;
use crate::cli::args::screen::ScreenArgs;
use crate::cli::args::tickers::ListArgs;
use crate::cli::args::values::ShardChoice;
use crate::cli::args::view::ViewArgs;
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::{CommandError, usage};
use crate::cli::settings::output::Output;
use crate::cli::settings::run::{RunRequest, RunSettings, Tickers};
use crate::cli::settings::shard::decide_shard;
use crate::cli::settings::view::choose;
use crate::cli::terminal::destination::Destination;
use crate::compare::groups;
use crate::measure::fields::Field;
use crate::report::{self, PageFacts};
use crate::shard::{self, ShardFacts};
use crate::table::Format;
use crate::table::named;
use crate::universe::Shard;

/// Screens a list. `screen_of` says what is asked, once it is known where prices come from.
pub(super) fn screen_list(
    args: ScreenArgs,
    sessions: usize,
    context: &Context,
    screen_of: impl FnOnce(&mut RunSettings) -> Result<Screen, CommandError>,
) -> CommandResult {
    let request = RunRequest {
        tickers: Tickers::Listed(args.list),
        sessions,
        from: None,
        workers: args.workers.workers,
        run: args.run,
        format: args.format.format,
        output: args.output,
        typed: &context.typed,
    };
    match args.shard.shard {
        Some(choice) => screen_shard(request, choice, screen_of),
        None => screen_tickers(request, &args.view, screen_of),
    }
}

/// Screens tickers and writes a report.
pub(super) fn screen_tickers(
    request: RunRequest<'_>,
    view: &ViewArgs,
    screen_of: impl FnOnce(&mut RunSettings) -> Result<Screen, CommandError>,
) -> CommandResult {
    let list = match &request.tickers {
        Tickers::Listed(list) => list_as_asked(list),
        Tickers::Held(_) => String::new(),
    };
    let mut run = RunSettings::decide(request)?;
    let screen = screen_of(&mut run)?;
    let industries = run.universe.industries();
    let screen = choose(screen, &view.choice, industries, &run.output.messages)?;
    match run.plan.prefilter {
        Some(prefilter) if prefilter.is_asked_for && !screen.marks_newcomers() => {
            let error = usage("--prefilter does not go with a filter, an order or groups");
            return Err(error.hinted("leave out --prefilter: they need every ticker's bars"));
        }
        Some(prefilter) if !prefilter.is_asked_for => {
            let is_for_all = needs_all_bars(&screen) || view.html.is_some();
            run.plan.prefilter = Some(prefilter).filter(|_| !is_for_all);
        }
        _ => {}
    }
    let screen = with_what_is_shown(screen, &run.output, view.html.is_some());
    let page = match &view.html {
        Some(file) if !run.dry_run => Some(Destination::open(Some(file))?),
        _ => None,
    };
    let filter = page_filter(view);
    let facts = PageFacts { list, filter, made: run.plan.now };
    let mut page_text = Vec::new();
    let exit = run_and_write(&run, &screen, |report, document| {
        if page.is_some() {
            report::write_page(report, &facts, &mut page_text)?;
        }
        report::write(report, run.output.format, run.output.style, document)
    });
    if let Some(page) = page.filter(|_| !page_text.is_empty()) {
        page.write(&page_text)?;
    }
    exit
}

/// The list as a page names it.
fn list_as_asked(list: &ListArgs) -> String {
    const MAX_NAMED: usize = 5;
    let mut words = list.lists.clone();
    words.extend(list.tickers.iter().cloned());
    named(&words, MAX_NAMED)
}

/// The condition on rows as a page names it.
fn page_filter(view: &ViewArgs) -> Option<String> {
    let presets = view.choice.preset.iter().map(|preset| preset.name.to_owned());
    let all: Vec<String> = presets.chain(view.choice.filter.iter().cloned()).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}

/// Whether something is asked for by hand that every ticker's bars decide.
fn needs_all_bars(screen: &Screen) -> bool {
    const OF_ALL: [Field; 6] = [
        Field::Percentile,
        Field::RsRating,
        Field::RsRating1w,
        Field::Rank1w,
        Field::Rank1m,
        Field::RankChange1w,
    ];
    let mut asks = false;
    for column in screen.columns.iter().flatten() {
        column.visit_fields(&mut |field| asks |= OF_ALL.contains(&field));
    }
    asks || !screen.marks_newcomers() || screen.rank_among.is_some() || screen.only_if.is_some()
}

/// The screen that works out what a report in its format, a footer and perhaps a page show.
pub(super) fn with_what_is_shown(screen: Screen, output: &Output, has_page: bool) -> Screen {
    let has_breadth = screen.criteria.reports_breadth();
    let is_told = !output.messages.is_quiet() || output.format == Format::Json || has_page;
    let mut columns = report::columns_of(&screen, output.format);
    if has_page {
        columns.extend(report::columns_of(&screen, Format::Table));
        columns.extend(groups::INPUTS.map(Column::Value));
    }
    let screen = Screen { with_history: has_page, with_breadth: has_breadth && is_told, ..screen };
    screen.showing(&columns)
}

/// Measures one shard of a list, and writes its file.
fn screen_shard(
    mut request: RunRequest<'_>,
    choice: ShardChoice,
    screen_of: impl FnOnce(&mut RunSettings) -> Result<Screen, CommandError>,
) -> CommandResult {
    let shard = decide_shard(choice)?;
    if !request.typed.has("format") {
        request.format = Some(Format::Ndjson);
    }
    let mut run = RunSettings::decide(request)?;
    let screen = Screen { with_stats: run.output.with_stats, ..screen_of(&mut run)? };
    let format = run.output.format;
    if format != Format::Ndjson {
        let error = usage(format!("--shard does not write {}", format.name()));
        return Err(error.hinted(
            "a shard is NDJSON: leave out -f, and write it to a file like shard-1.ndjson",
        ));
    }
    write_shard(run, &screen, shard)
}

fn write_shard(mut run: RunSettings, screen: &Screen, shard: Shard) -> CommandResult {
    let whole = run.universe.clone();
    run.universe = whole.shard(shard);
    let (gathered, target) = match gather(&run, screen)? {
        ControlFlow::Continue(gathered) => gathered,
        ControlFlow::Break(exit) => return Ok(exit),
    };
    let facts = ShardFacts::of(screen, &whole, shard, &run.plan, &gathered);
    let report = gathered.unranked(screen, shard);
    finish(&report, &run.output, target, |report, document| {
        shard::write(&facts, &report.ranking.rest, &report.failures, document)
    })
}
