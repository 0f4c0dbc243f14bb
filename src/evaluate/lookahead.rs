//! That no score knows what came after it: shown by scoring some dates again on prices that end there.

use std::convert::identity;

use chrono::NaiveDate;

use super::evaluation::Settings;
use super::panel::Panel;
use super::score::Score;
use super::scores::{each_session, sessions};
use crate::universe::Symbol;

/// Dates that are scored again.
const DATES: usize = 25;

/// A score that is another when later prices are not there.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("look-ahead: the {score} score of {symbol} on {date} is another without later prices ({} for {})", shown(*.cut), shown(*.whole))]
pub struct LookAhead {
    /// The score's name.
    pub score: String,
    /// The symbol.
    pub symbol: Symbol,
    /// The date.
    pub date: NaiveDate,
    /// The score with all prices.
    pub whole: Option<f64>,
    /// The score with prices up to the date.
    pub cut: Option<f64>,
}

fn unless_nan(score: f64) -> Option<f64> {
    Some(score).filter(|score| !score.is_nan())
}

fn shown(score: Option<f64>) -> String {
    score.map_or_else(|| "none".into(), |score| score.to_string())
}

/// Scores 25 of the dates again on prices cut off there. Returns how many scores were compared.
///
/// # Errors
/// [`LookAhead`] tells the first score that differs.
pub fn check_lookahead(
    panel: &Panel,
    scores: &[Score],
    settings: &Settings<'_>,
) -> Result<usize, LookAhead> {
    let all = sessions(panel, settings.days, settings.every, settings.shortest());
    let chosen: Vec<usize> =
        all.iter().step_by(all.len().div_ceil(DATES).max(1)).copied().collect();
    let whole = each_session(panel, scores, &settings.rules, &chosen, identity);
    let mut compared = 0;
    for scored in whole {
        let session = scored.session;
        let cut = panel.cut_at(session);
        for again in each_session(&cut, scores, &settings.rules, &[session], identity) {
            for (place, score) in scores.iter().enumerate() {
                let pairs = scored.by_score[place].iter().zip(&again.by_score[place]);
                for (member, (with, without)) in panel.members.iter().zip(pairs) {
                    compared += usize::from(!with.is_nan());
                    if with.to_bits() != without.to_bits() && !(with.is_nan() && without.is_nan()) {
                        return Err(LookAhead {
                            score: score.name().into(),
                            symbol: member.symbol.clone(),
                            date: panel.calendar[session],
                            whole: unless_nan(*with),
                            cut: unless_nan(*without),
                        });
                    }
                }
            }
        }
    }
    Ok(compared)
}
