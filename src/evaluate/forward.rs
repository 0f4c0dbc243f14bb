//! What came after a score: bought some sessions later, sold after a holding period.

use super::panel::Member;

/// Sessions that a first bar may come too late to be bought at.
const MAX_LATE: usize = 5;

/// When is bought and sold, in sessions after the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HoldingPeriod {
    /// From the score to the purchase.
    pub(super) lag: usize,
    /// From the purchase to the sale.
    pub(super) horizon: usize,
}

/// What became of a symbol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Forward {
    /// It could not be bought.
    NoEntry,
    /// The return of its adjusted closes, a fraction.
    Held {
        /// The return.
        change: f64,
        /// Whether the series ended before the sale, which then was at its last price.
        ended_early: bool,
    },
}

impl HoldingPeriod {
    /// The last session that it needs.
    pub(super) fn exit(self, session: usize) -> usize {
        session + self.lag + self.horizon
    }

    /// What became of a symbol that was scored at a session.
    pub(super) fn of(self, member: &Member, session: usize) -> Forward {
        let (entry_session, exit_session) = (session + self.lag, self.exit(session));
        let entry = entry_session.checked_sub(1).map_or(0, |before| member.bars_to(before));
        let exit = member.bars_to(exit_session);
        if entry >= exit || member.session(entry) > entry_session + MAX_LATE {
            return Forward::NoEntry;
        }
        let closes = member.closes(entry..exit);
        let change = closes[closes.len() - 1] / closes[0] - 1.0;
        let ended_early = member.last_session().is_some_and(|last| last < exit_session);
        Forward::Held { change, ended_early }
    }
}
