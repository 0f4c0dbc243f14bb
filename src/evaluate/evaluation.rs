//! Scores judged on prices: for each score and horizon what came of it, and what has to be said with it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::buckets::{Returns, Scratch, outcome};
use super::forward::{Forward, HoldingPeriod};
use super::panel::{Member, Panel};
use super::ranks::sorted;
use super::score::Score;
use super::scores::{LeftOut, Rules, SessionScores, each_session, sessions};
use super::summary::{Rhythm, Summary};
use super::t_values::bar;

/// How scores are judged.
#[derive(Debug)]
pub struct Settings<'a> {
    /// Sessions held, each on its own.
    pub horizons: Vec<usize>,
    /// Sessions from a score to the purchase: 1 buys at the next close.
    pub lag: usize,
    /// Every so many sessions.
    pub every: usize,
    /// How many buckets.
    pub quantiles: usize,
    /// The cost of buying or selling, a fraction.
    pub cost: f64,
    /// The first and the last date of a score.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// The sector of each symbol in the panel's order, within which scores and returns are taken. `None`: over all.
    pub sectors: Option<Vec<Option<Arc<str>>>>,
    /// Who takes part.
    pub rules: Rules<'a>,
}

/// A month, bought at the next close, every session, in tenths, without cost; every symbol takes part.
impl Default for Settings<'_> {
    fn default() -> Self {
        Self {
            horizons: vec![21],
            lag: 1,
            every: 1,
            quantiles: 10,
            cost: 0.0,
            days: (None, None),
            sectors: None,
            rules: Rules { members: None, benchmark: None, include_suspect: false },
        }
    }
}

/// What scores come to on some prices.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// One for each score and horizon, in their order.
    pub summaries: Vec<Summary>,
    /// Sessions in the prices.
    pub sessions: usize,
    /// Symbols in the prices.
    pub names: usize,
    /// Symbols that are members at one time at least.
    pub members: usize,
    /// Series that end more than five sessions before the last one.
    pub ended: usize,
    /// Symbols left out, added up over the dates.
    pub left_out: LeftOut,
    /// The |t| that one of so many has to pass.
    pub t_bar: f64,
}

/// Sessions that a series may end before the last one and be there still.
const MAX_SESSIONS_BEHIND: usize = 5;

/// The outcomes of one date: for each score and horizon one, with what could not be bought and what ended.
type OfDate = (Vec<(Option<super::buckets::DateOutcome>, usize, usize)>, LeftOut);

impl Evaluation {
    /// Judges scores on a panel's prices.
    #[must_use]
    pub fn of(panel: &Panel, scores: &[Score], settings: &Settings<'_>) -> Self {
        let Settings { horizons, lag, every, .. } = settings;
        let holdings: Vec<HoldingPeriod> =
            horizons.iter().map(|horizon| HoldingPeriod { lag: *lag, horizon: *horizon }).collect();
        let shortest = horizons.iter().copied().min().unwrap_or_default();
        let exit = |session| HoldingPeriod { lag: *lag, horizon: shortest }.exit(session);
        let dates = sessions(panel, settings.days, *every, exit);
        let judge = |scored: SessionScores| of_date(panel, &scored, &holdings, settings);
        let of_dates: Vec<OfDate> = each_session(panel, scores, &settings.rules, &dates, judge);
        let mut left_out = LeftOut::default();
        let mut by_summary: Vec<(Vec<_>, usize, usize)> =
            vec![Default::default(); scores.len() * holdings.len()];
        for (outcomes, more) in of_dates {
            left_out.add(more);
            for ((dates, no_entry, ended_early), (outcome, missed, ended)) in
                by_summary.iter_mut().zip(outcomes)
            {
                if let Some(outcome) = outcome {
                    dates.push(outcome);
                    *no_entry += missed;
                    *ended_early += ended;
                }
            }
        }
        let mut summaries = Vec::with_capacity(by_summary.len());
        for (place, (dates, no_entry, ended_early)) in by_summary.into_iter().enumerate() {
            let (score, holding) =
                (&scores[place / holdings.len()], holdings[place % holdings.len()]);
            let rhythm =
                Rhythm { step: holding.horizon.div_ceil(*every).max(1), cost: settings.cost };
            let exit = |session| holding.exit(session);
            summaries.push(Summary {
                score: score.name().into(),
                horizon: holding.horizon,
                no_entry,
                ended_early,
                ..Summary::of(&panel.calendar, dates, exit, rhythm)
            });
        }
        let last = panel.calendar.len().saturating_sub(1);
        let has_ended = |session: usize| session + MAX_SESSIONS_BEHIND < last;
        let ended = panel.members.iter().filter_map(Member::last_session);
        let span = panel.calendar.first().zip(panel.calendar.last());
        let is_member = |symbol| match (settings.rules.members, span) {
            (Some(members), Some((first, last))) => members.was_one(symbol, *first, *last),
            _ => true,
        };
        Self {
            sessions: panel.calendar.len(),
            names: panel.members.len(),
            members: panel.members.iter().filter(|member| is_member(&member.symbol)).count(),
            ended: ended.filter(|session| has_ended(*session)).count(),
            left_out,
            t_bar: bar(summaries.len()),
            summaries,
        }
    }
}

impl LeftOut {
    fn add(&mut self, more: Self) {
        self.stale += more.stale;
        self.doubtful += more.doubtful;
        self.not_member += more.not_member;
    }
}

fn of_date(
    panel: &Panel,
    of_session: &SessionScores,
    holdings: &[HoldingPeriod],
    settings: &Settings<'_>,
) -> OfDate {
    let session = of_session.session;
    let sectors = settings.sectors.as_deref();
    let mut scratch = Scratch::default();
    let mut outcomes = Vec::with_capacity(of_session.by_score.len() * holdings.len());
    // What came after does not depend on the score; who is left out of it does.
    let is_known = |holding: &HoldingPeriod| holding.exit(session) < panel.calendar.len();
    let returns: Vec<Option<Returns>> = holdings
        .iter()
        .map(|holding| is_known(holding).then(|| returns(panel, *holding, session)))
        .collect();
    for scores in &of_session.by_score {
        let plain = sorted(scores);
        for returns in &returns {
            let Some(returns) = returns else {
                outcomes.push((None, 0, 0));
                continue;
            };
            let outcome = match sectors {
                None => outcome(session, scores, &plain, returns, settings.quantiles, &mut scratch),
                Some(sectors) => {
                    let (scores, returns) = within_sectors(scores, &returns.values, sectors);
                    let order = sorted(&scores);
                    let returns = Returns::new(returns, Vec::new());
                    outcome(session, &scores, &order, &returns, settings.quantiles, &mut scratch)
                }
            };
            let (no_entry, ended) = returns.gaps(scores);
            outcomes.push((outcome, no_entry, ended));
        }
    }
    (outcomes, of_session.left_out)
}

/// What became of all symbols after a session.
fn returns(panel: &Panel, holding: HoldingPeriod, session: usize) -> Returns {
    let mut values = vec![f64::NAN; panel.members.len()];
    let mut ended = Vec::new();
    for (place, (value, member)) in values.iter_mut().zip(&panel.members).enumerate() {
        if let Forward::Held { change, ended_early } = holding.of(member, session) {
            *value = change;
            if ended_early {
                ended.push(place);
            }
        }
    }
    Returns::new(values, ended)
}

/// Scores and returns less their sector's means, of those that have both.
#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
fn within_sectors(
    scores: &[f64],
    returns: &[f64],
    sectors: &[Option<Arc<str>>],
) -> (Vec<f64>, Vec<f64>) {
    let has_both = |i: usize| !scores[i].is_nan() && !returns[i].is_nan();
    let mut sums: HashMap<Option<&str>, (f64, f64, usize)> = HashMap::new();
    for i in (0..scores.len()).filter(|i| has_both(*i)) {
        let sum = sums.entry(sectors[i].as_deref()).or_default();
        *sum = (sum.0 + scores[i], sum.1 + returns[i], sum.2 + 1);
    }
    let less = |i: usize| {
        let (score, change, n) = sums[&sectors[i].as_deref()];
        (scores[i] - score / n as f64, returns[i] - change / n as f64)
    };
    let pair = |i: usize| if has_both(i) { less(i) } else { (f64::NAN, f64::NAN) };
    (0..scores.len()).map(pair).unzip()
}
