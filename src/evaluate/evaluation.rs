//! Scores judged on prices: for each score and horizon what came of it, and what has to be said with it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::buckets::{DateOutcome, Returns, Scratch, outcome};
use super::forward::{Forward, HoldingPeriod};
use super::panel::{Member, Panel};
use super::ranks::sorted;
use super::score::Score;
use super::scores::{LeftOut, Rules, SessionScores, each_session, sessions};
use super::summary::{Estimate, Rhythm, Summary};
use super::t_values::bar;
use super::verdict::Verdict;
use crate::compare::eligible::MAX_SESSIONS_BEHIND;

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

impl Settings<'_> {
    /// The holding period of each horizon.
    fn holding_periods(&self) -> Vec<HoldingPeriod> {
        let periods = self.horizons.iter();
        periods.map(|horizon| HoldingPeriod { lag: self.lag, horizon: *horizon }).collect()
    }

    /// The shortest holding period: a date counts when at least that is known.
    pub(super) fn shortest(&self) -> HoldingPeriod {
        let horizon = self.horizons.iter().copied().min().unwrap_or_default();
        HoldingPeriod { lag: self.lag, horizon }
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

/// What became of one score and horizon on one date. `None`: too few symbols have both a score and a return.
struct Outcome {
    date: Option<DateOutcome>,
    /// Scores that could not be bought.
    no_entry: usize,
    /// Returns of series that ended before the sale.
    ended_early: usize,
}

/// The outcomes of a date, for each score and horizon one.
struct Judged {
    outcomes: Vec<Outcome>,
    left_out: LeftOut,
}

/// What became of one score and horizon on all dates that counted.
#[derive(Default)]
struct Tally {
    dates: Vec<DateOutcome>,
    no_entry: usize,
    ended_early: usize,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        if let Some(date) = outcome.date {
            self.dates.push(date);
            self.no_entry += outcome.no_entry;
            self.ended_early += outcome.ended_early;
        }
    }
}

/// Of real lists 3 to 5 names in a hundred end each year; fewer than so many are survivors.
const MIN_ENDED_A_YEAR: f64 = 0.01;
/// Sessions of a year.
const YEAR: f64 = 252.0;

impl Evaluation {
    /// Whether hardly any series ends before the last date, so that returns are of survivors.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of symbols and sessions")]
    pub fn are_survivors(&self) -> bool {
        let years = self.sessions as f64 / YEAR;
        (self.ended as f64) < MIN_ENDED_A_YEAR * self.names as f64 * years
    }

    /// What may be said of one of its means.
    #[must_use]
    pub fn verdict(&self, estimate: &Estimate) -> Verdict {
        if self.are_survivors() {
            return Verdict::SurvivorsOnly;
        }
        Verdict::of(estimate, self.t_bar)
    }

    /// Judges scores on a panel's prices.
    #[must_use]
    pub fn of(panel: &Panel, scores: &[Score], settings: &Settings<'_>) -> Self {
        let holdings = settings.holding_periods();
        let dates = sessions(panel, settings.days, settings.every, settings.shortest());
        let judged = each_session(panel, scores, &settings.rules, &dates, |scored| {
            judge(panel, &scored, &holdings, settings)
        });
        let mut left_out = LeftOut::default();
        let mut tallies: Vec<Tally> = Vec::new();
        tallies.resize_with(scores.len() * holdings.len(), Tally::default);
        for date in judged {
            left_out.add(date.left_out);
            for (tally, outcome) in tallies.iter_mut().zip(date.outcomes) {
                tally.add(outcome);
            }
        }
        let mut summaries = Vec::with_capacity(tallies.len());
        for (place, tally) in tallies.into_iter().enumerate() {
            let score = &scores[place / holdings.len()];
            let holding = holdings[place % holdings.len()];
            let step = holding.horizon.div_ceil(settings.every).max(1);
            let rhythm = Rhythm { step, cost: settings.cost };
            summaries.push(Summary {
                score: score.name().into(),
                horizon: holding.horizon,
                no_entry: tally.no_entry,
                ended_early: tally.ended_early,
                ..Summary::of(&panel.calendar, tally.dates, holding, rhythm)
            });
        }
        Self {
            sessions: panel.calendar.len(),
            names: panel.members.len(),
            members: members(panel, &settings.rules),
            ended: ended(panel),
            left_out,
            t_bar: bar(summaries.len()),
            summaries,
        }
    }
}

/// How many symbols are members at one time at least.
fn members(panel: &Panel, rules: &Rules<'_>) -> usize {
    let span = panel.calendar.first().zip(panel.calendar.last());
    let (Some(members), Some((first, last))) = (rules.members, span) else {
        return panel.members.len();
    };
    let symbols = panel.members.iter().map(|member| &member.symbol);
    symbols.filter(|symbol| members.was_one(symbol, *first, *last)).count()
}

/// How many series ended.
fn ended(panel: &Panel) -> usize {
    let last = panel.calendar.len().saturating_sub(1);
    let sessions = panel.members.iter().filter_map(Member::last_session);
    sessions.filter(|session| session + MAX_SESSIONS_BEHIND < last).count()
}

impl LeftOut {
    fn add(&mut self, more: Self) {
        self.stale += more.stale;
        self.doubtful += more.doubtful;
        self.not_member += more.not_member;
    }
}

fn judge(
    panel: &Panel,
    of_session: &SessionScores,
    holdings: &[HoldingPeriod],
    settings: &Settings<'_>,
) -> Judged {
    let session = of_session.session;
    let sectors = settings.sectors.as_deref();
    let mut scratch = Scratch::default();
    let mut outcomes = Vec::with_capacity(of_session.by_score.len() * holdings.len());
    // What came after does not depend on the score; who is left out of it does.
    let mut returns: Vec<Option<Returns>> = Vec::with_capacity(holdings.len());
    for holding in holdings {
        let is_known = holding.exit(session) < panel.calendar.len();
        returns.push(is_known.then(|| self::returns(panel, *holding, session)));
    }
    for scores in &of_session.by_score {
        let plain = sorted(scores);
        for returns in &returns {
            let Some(returns) = returns else {
                outcomes.push(Outcome { date: None, no_entry: 0, ended_early: 0 });
                continue;
            };
            let date = match sectors {
                None => outcome(session, scores, &plain, returns, settings.quantiles, &mut scratch),
                Some(sectors) => {
                    let (scores, returns) = within_sectors(scores, &returns.values, sectors);
                    let order = sorted(&scores);
                    let returns = Returns::new(returns, Vec::new());
                    outcome(session, &scores, &order, &returns, settings.quantiles, &mut scratch)
                }
            };
            let (no_entry, ended_early) = returns.gaps(scores);
            outcomes.push(Outcome { date, no_entry, ended_early });
        }
    }
    Judged { outcomes, left_out: of_session.left_out }
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
    let mut sums: HashMap<Option<&str>, (f64, f64, usize)> = HashMap::new();
    for ((score, change), sector) in scores.iter().zip(returns).zip(sectors) {
        if !score.is_nan() && !change.is_nan() {
            let sum = sums.entry(sector.as_deref()).or_default();
            *sum = (sum.0 + score, sum.1 + change, sum.2 + 1);
        }
    }
    let mut neutral_scores = vec![f64::NAN; scores.len()];
    let mut neutral_returns = vec![f64::NAN; scores.len()];
    for (i, (score, change)) in scores.iter().zip(returns).enumerate() {
        if !score.is_nan() && !change.is_nan() {
            let (sum_of_scores, sum_of_returns, n) = sums[&sectors[i].as_deref()];
            neutral_scores[i] = score - sum_of_scores / n as f64;
            neutral_returns[i] = change - sum_of_returns / n as f64;
        }
    }
    (neutral_scores, neutral_returns)
}
