//! Scores at the close of many sessions: what a screen of each of those days would have said, and why a symbol has none.
//!
//! Symbols are measured one beside the other over a block of sessions, sessions are scored one beside the other: no
//! more is in memory than one block.

use chrono::NaiveDate;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator,
    IntoParallelRefMutIterator, ParallelIterator,
};

use super::doubts::Doubts;
use super::forward::HoldingPeriod;
use super::panel::{Member, Panel};
use super::score::{Kind, Score};
use super::wanted::Wanted;
use crate::bars::Bars;
use crate::compare::cross_section::{Compared, CrossSection};
use crate::compare::eligible::{SetAside, eligible};
use crate::measure::calendar::Calendar;
use crate::measure::series::{Indicators, Series};
use crate::measure::snapshot::Snapshot;
use crate::universe::{Memberships, Spell, Symbol};

/// Sessions that are worked on at once.
const BLOCK: usize = 64;

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

/// A symbol that takes part at a session.
struct Measured {
    snapshot: Snapshot,
    /// Its values of one's own scores, in their order; NaN where undefined.
    own: Vec<f64>,
}

/// Why a symbol is not measured at a session.
enum Absence {
    NoBar,
    NotMember,
    SetAside(SetAside),
}

/// A symbol whose windows are measured.
struct Measuring<'a> {
    member: &'a Member,
    series: Series<'a>,
    doubts: Doubts<'a>,
    /// When it is a member. `None`: always.
    spells: Option<&'a [Spell]>,
    /// What it is at each session of the block that is worked on.
    block: Vec<Result<Measured, Absence>>,
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
    let mut all = Vec::with_capacity(sessions.len());
    for block in sessions.chunks(BLOCK) {
        symbols.par_iter_mut().for_each(|symbol| symbol.measure(panel, block, &wanted, rules));
        let by_session = by_session(&mut symbols, block.len()).into_par_iter().zip(block);
        let of_block = by_session
            .map(|(symbols, session)| make(score(symbols, *session, panel, &wanted, rules)));
        all.extend(of_block.collect::<Vec<T>>());
    }
    all
}

/// What was measured of every symbol, by session.
fn by_session<'a>(
    symbols: &'a mut [Measuring<'_>],
    sessions: usize,
) -> Vec<Vec<&'a mut Result<Measured, Absence>>> {
    let mut all: Vec<Vec<_>> = Vec::new();
    all.resize_with(sessions, || Vec::with_capacity(symbols.len()));
    for symbol in symbols {
        for (session, measured) in all.iter_mut().zip(&mut symbol.block) {
            session.push(measured);
        }
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
            block: Vec::with_capacity(BLOCK),
        }
    }

    /// Measures a block of sessions.
    fn measure(
        &mut self,
        panel: &Panel,
        sessions: &[usize],
        wanted: &Wanted<'_>,
        rules: &Rules<'_>,
    ) {
        self.block.clear();
        for session in sessions {
            let measured = self.at(panel, *session, wanted, rules);
            self.block.push(measured);
        }
    }

    /// What it is at a session.
    fn at(
        &self,
        panel: &Panel,
        session: usize,
        wanted: &Wanted<'_>,
        rules: &Rules<'_>,
    ) -> Result<Measured, Absence> {
        let Self { member, series, doubts, spells, .. } = self;
        let day = panel.calendar[session];
        if spells.is_some_and(|spells| !spells.iter().any(|spell| spell.holds(day))) {
            return Err(Absence::NotMember);
        }
        let to = member.bars_to(session);
        let last = to.checked_sub(1).ok_or(Absence::NoBar)?;
        let window = Indicators::at(series, to);
        let behind = session - member.session(last);
        eligible(behind, || doubts.are_there(&window, to), rules.include_suspect)
            .map_err(Absence::SetAside)?;
        let snapshot = Snapshot::of(&window, wanted.fields.iter().copied());
        let own = wanted.own().map(|score| own_score(score, member, &window, to)).collect();
        Ok(Measured { snapshot, own })
    }
}

/// A score of one's own; NaN where undefined.
fn own_score(score: &Score, member: &Member, window: &Indicators<'_>, to: usize) -> f64 {
    let value = match &score.kind {
        Kind::Window(score) => score(&member.bars.cut(to - window.close().len()..to)),
        Kind::Series(score) => score(&member.bars, to),
        Kind::Model(_) => None,
    };
    value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)
}

/// The scores of one session.
fn score(
    symbols: Vec<&mut Result<Measured, Absence>>,
    session: usize,
    panel: &Panel,
    wanted: &Wanted<'_>,
    rules: &Rules<'_>,
) -> SessionScores {
    let mut left_out = LeftOut::default();
    let mut owners = Vec::with_capacity(symbols.len());
    let mut compared: Vec<Compared<'_>> = Vec::with_capacity(symbols.len());
    let mut own: Vec<&[f64]> = Vec::with_capacity(symbols.len());
    for ((owner, member), symbol) in panel.members.iter().enumerate().zip(symbols) {
        match symbol {
            Ok(measured) => {
                owners.push(owner);
                compared.push((&member.symbol, &mut measured.snapshot));
                own.push(&measured.own);
            }
            Err(Absence::NoBar) => {}
            Err(Absence::NotMember) => left_out.not_member += 1,
            Err(Absence::SetAside(SetAside::Stale)) => left_out.stale += 1,
            Err(Absence::SetAside(SetAside::Doubtful)) => left_out.doubtful += 1,
        }
    }
    let benchmark = rules.benchmark.map(|(symbol, bars)| {
        let to = bars.dates().partition_point(|date| *date <= panel.calendar[session]);
        (symbol, bars.cut(to.saturating_sub(Calendar::SESSIONS.window)..to))
    });
    let benchmark = benchmark.as_ref().map(|(symbol, bars)| (*symbol, bars));
    let mut section = CrossSection::of(compared, None);
    let mut by_score = Vec::with_capacity(wanted.scores.len());
    let mut next_own = 0;
    for score in wanted.scores {
        let mut values = vec![f64::NAN; panel.members.len()];
        match &score.kind {
            Kind::Model(model) => {
                // Too few to compare: then nobody has a score.
                let raw = section.raw_values(*model, benchmark);
                for (owner, raw) in owners.iter().zip(raw.into_iter().flatten()) {
                    values[*owner] = raw.unwrap_or(f64::NAN);
                }
            }
            Kind::Window(_) | Kind::Series(_) => {
                for (owner, own) in owners.iter().zip(&own) {
                    values[*owner] = own[next_own];
                }
                next_own += 1;
            }
        }
        by_score.push(values);
    }
    SessionScores { session, by_score, left_out }
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
