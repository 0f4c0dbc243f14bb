//! Scores at the close of many sessions: what a screen of each of those days would have said, and why a symbol has none.
//!
//! Symbols are measured one beside the other over a block of sessions, sessions are scored one beside the other: no
//! more is in memory than one block.

use chrono::NaiveDate;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use super::doubts::Doubts;
use super::forward::HoldingPeriod;
use super::panel::{Member, Panel};
use super::score::{Kind, Score};
use super::wanted::{Origin, Wanted};
use crate::bars::Bars;
use crate::screen::calendar::Calendar;
use crate::screen::cross_section::CrossSection;
use crate::screen::fields::Field as F;
use crate::screen::models::alphavelocity;
use crate::screen::row::Row;
use crate::screen::series::{Indicators, Series};
use crate::universe::{Memberships, Spell, Symbol};

/// Sessions that are worked on at once.
const BLOCK: usize = 128;
/// Sessions that a symbol's last bar may lie behind.
const MAX_SESSIONS_BEHIND: usize = 5;

/// Who takes part, and what is compared with what.
#[derive(Debug)]
pub struct Rules<'a> {
    /// When each symbol is a member. `None`: always.
    pub members: Option<&'a Memberships>,
    /// What the relative pillar is measured against, and its bars. `None`: the median symbol.
    pub benchmark: Option<(&'a Symbol, &'a Bars)>,
    /// Whether doubtful series take part.
    pub include_suspect: bool,
}

/// Why a symbol takes no part at a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Its last bar is more than five sessions old.
    pub stale: usize,
    /// Its prices are doubtful.
    pub doubtful: usize,
    /// It is no member then.
    pub not_member: usize,
}

/// The scores of a session.
pub(super) struct SessionScores {
    pub(super) session: usize,
    /// For each score the symbols' values in the panel's order; NaN where there is none.
    pub(super) by_score: Vec<Vec<f64>>,
    pub(super) left_out: LeftOut,
}

/// A symbol at a session.
struct Measured {
    as_of: NaiveDate,
    three_months_ago: Option<NaiveDate>,
    bars: usize,
    calendar: Calendar,
}

/// A symbol over a block of sessions.
struct MeasuredBlock {
    /// One a session.
    sessions: Vec<Result<Measured, Absence>>,
    /// For each session fields, then one's own scores; NaN where undefined.
    values: Vec<f64>,
    /// How many of them a session has.
    width: usize,
}

impl MeasuredBlock {
    fn values(&self, place: usize) -> &[f64] {
        &self.values[place * self.width..][..self.width]
    }
}

/// A symbol whose windows are measured.
struct Measuring<'a> {
    member: &'a Member,
    series: Series<'a>,
    doubts: Doubts<'a>,
    /// When it is a member. `None`: always.
    spells: Option<&'a [Spell]>,
}

/// Why a symbol is not measured at a session.
enum Absence {
    NoBar,
    Stale,
    NotMember,
    Doubtful,
}

/// Scores the sessions, block by block, and makes something of each; in their order.
pub(super) fn each_session<T: Send>(
    panel: &Panel,
    scores: &[Score],
    rules: &Rules<'_>,
    sessions: &[usize],
    make: impl Fn(SessionScores) -> T + Sync,
) -> Vec<T> {
    let wanted = Wanted::of(scores);
    let mut symbols: Vec<Measuring<'_>> =
        panel.members.par_iter().map(|member| Measuring::of(member, rules)).collect();
    let rows: Vec<Row> =
        panel.members.iter().map(|member| Row::new(member.symbol.clone())).collect();
    let mut all = Vec::with_capacity(sessions.len());
    for block in sessions.chunks(BLOCK) {
        let measured: Vec<MeasuredBlock> = symbols
            .par_iter_mut()
            .map(|symbol| symbol.measure(panel, block, &wanted, rules))
            .collect();
        let places = block.par_iter().enumerate();
        let of_block = places.map_init(
            || rows.clone(),
            |rows, (place, session)| {
                make(score(rows, &measured, place, *session, panel, &wanted, rules))
            },
        );
        all.extend(of_block.collect::<Vec<T>>());
    }
    all
}

impl<'a> Measuring<'a> {
    fn of(member: &'a Member, rules: &Rules<'a>) -> Self {
        Self {
            member,
            series: Series::new(&member.bars),
            doubts: Doubts::of(&member.bars),
            spells: rules.members.map(|members| members.spells(&member.symbol)),
        }
    }

    fn measure(
        &mut self,
        panel: &Panel,
        sessions: &[usize],
        wanted: &Wanted<'_>,
        rules: &Rules<'_>,
    ) -> MeasuredBlock {
        let width = wanted.width();
        let mut values = Vec::with_capacity(width * sessions.len());
        let mut measured = Vec::with_capacity(sessions.len());
        for session in sessions {
            measured.push(self.at(panel, *session, wanted, rules, &mut values));
            values.resize(width * measured.len(), f64::NAN);
        }
        MeasuredBlock { sessions: measured, values, width }
    }

    /// What it is at a session; its values are appended to `values`.
    fn at(
        &self,
        panel: &Panel,
        session: usize,
        wanted: &Wanted<'_>,
        rules: &Rules<'_>,
        values: &mut Vec<f64>,
    ) -> Result<Measured, Absence> {
        let Self { member, series, doubts, spells } = self;
        let day = panel.calendar[session];
        if spells.is_some_and(|spells| !spells.iter().any(|spell| spell.holds(day))) {
            return Err(Absence::NotMember);
        }
        let to = member.bars_to(session);
        let last = to.checked_sub(1).ok_or(Absence::NoBar)?;
        if session - member.session(last) > MAX_SESSIONS_BEHIND {
            return Err(Absence::Stale);
        }
        let window = Indicators::at(series, to);
        if !rules.include_suspect && doubts.are_there(&window, to) {
            return Err(Absence::Doubtful);
        }
        for field in &wanted.fields {
            values.push(field.measure(&window).unwrap_or(f64::NAN));
        }
        for score in wanted.own() {
            let value = match &score.kind {
                Kind::Window(score) => score(&member.bars.cut(to - window.close().len()..to)),
                Kind::Series(score) => score(&member.bars, to),
                Kind::Model(_) => None,
            };
            values.push(value.filter(|value| value.is_finite()).unwrap_or(f64::NAN));
        }
        let calendar = window.calendar();
        let dates = member.bars.dates();
        Ok(Measured {
            as_of: dates[last],
            three_months_ago: last.checked_sub(calendar.quarter).map(|place| dates[place]),
            bars: window.close().len(),
            calendar,
        })
    }
}

/// The scores of one session; `rows` are those of all symbols, made over.
fn score(
    rows: &mut [Row],
    measured: &[MeasuredBlock],
    place: usize,
    session: usize,
    panel: &Panel,
    wanted: &Wanted<'_>,
    rules: &Rules<'_>,
) -> SessionScores {
    let mut left_out = LeftOut::default();
    let mut taking_part = Vec::with_capacity(rows.len());
    for (owner, (row, symbol)) in rows.iter_mut().zip(measured).enumerate() {
        row.is_set_aside = true;
        match &symbol.sessions[place] {
            Ok(measured) => {
                fill(row, measured, &wanted.of_rows, symbol.values(place));
                taking_part.push(owner);
            }
            Err(Absence::NoBar) => {}
            Err(Absence::Stale) => left_out.stale += 1,
            Err(Absence::NotMember) => left_out.not_member += 1,
            Err(Absence::Doubtful) => left_out.doubtful += 1,
        }
    }
    let benchmark = rules.benchmark.map(|(symbol, bars)| {
        let to = bars.dates().partition_point(|date| *date <= panel.calendar[session]);
        (symbol, bars.cut(to.saturating_sub(Calendar::SESSIONS.window)..to))
    });
    let month = benchmark.as_ref().and_then(|(_, bars)| alphavelocity::month(bars.adjusted()));
    let benchmark = benchmark.as_ref().map(|(symbol, bars)| (*symbol, bars));
    let symbols = rows.len();
    let mut section = CrossSection::of(rows.iter_mut(), None::<Vec<&mut Row>>);
    let mut by_score = Vec::with_capacity(wanted.scores.len());
    for origin in &wanted.origins {
        let mut values = vec![f64::NAN; symbols];
        match *origin {
            Origin::Measured(number) => {
                for owner in &taking_part {
                    values[*owner] = measured[*owner].values(place)[number];
                }
            }
            // Too few to compare: then nobody has a score.
            Origin::Compared(model) => {
                let raw_values = section.raw_values(model, benchmark, month);
                for (owner, raw) in taking_part.iter().zip(raw_values.into_iter().flatten()) {
                    values[*owner] = raw.unwrap_or(f64::NAN);
                }
            }
        }
        by_score.push(values);
    }
    SessionScores { session, by_score, left_out }
}

fn fill(row: &mut Row, measured: &Measured, fields: &[(usize, F)], values: &[f64]) {
    row.is_set_aside = false;
    row.as_of = Some(measured.as_of);
    row.three_months_ago = measured.three_months_ago;
    row.bars = measured.bars;
    row.calendar = measured.calendar;
    for (place, field) in fields {
        row.set(*field, Some(values[*place]));
    }
}

/// The sessions of some dates: those from the 127th on that lie within days, of these the first and then every
/// `every`-th, as long as what comes after them is known.
pub(super) fn sessions(
    panel: &Panel,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    every: usize,
    holding: HoldingPeriod,
) -> Vec<usize> {
    const FIRST: usize = 126;
    let (from, to) = days;
    let within = (FIRST..panel.calendar.len()).filter(|session| {
        let day = panel.calendar[*session];
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
    });
    let every = within.step_by(every);
    every.take_while(|session| holding.exit(*session) < panel.calendar.len()).collect()
}
