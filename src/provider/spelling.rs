//! What people write behind a ticker's name, whoever is asked: share classes, preferreds, warrants, units, exchanges.

/// What kind of security of a company a ticker names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShareKind<'a> {
    /// A class of its shares: `A`.
    Class(&'a str),
    /// A series of its preferred shares: `L`; empty where there is only one.
    Preferred(&'a str),
    /// Warrants.
    Warrant,
    /// Units: `U` or `UN`.
    Unit(&'a str),
}

/// A ticker taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spelling<'a> {
    /// The company's name.
    pub(super) base: &'a str,
    /// What of it is meant.
    pub(super) kind: ShareKind<'a>,
    /// The exchange's ending with its dot, or nothing.
    pub(super) exchange: &'a str,
}

impl<'a> Spelling<'a> {
    /// Takes a ticker apart: `BRK.B`, `BRK/B`, `RCI.B.TO`, `BAC^L`, `BAC/PL`, `BAC.PRL`, `ACHR.WS`. `None`: it names
    /// no such thing, or only an exchange as `BP.L` does.
    pub(super) fn of(ticker: &'a str) -> Option<Self> {
        let place = ticker.find(['.', '/', '^', '-']).filter(|place| *place > 0)?;
        let (base, rest) = ticker.split_at(place);
        let (separator, rest) = rest.split_at(1);
        if !base.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return None;
        }
        if let Some(kind) = kind_of(separator, rest) {
            return Some(Self { base, kind, exchange: "" });
        }
        let dot = rest.rfind('.').filter(|dot| *dot > 0)?;
        let (kind, exchange) = rest.split_at(dot);
        Some(Self { base, kind: kind_of(separator, kind)?, exchange })
    }
}

/// What stands between a ticker's name and its exchange.
fn kind_of<'a>(separator: &str, text: &'a str) -> Option<ShareKind<'a>> {
    let is_letter = |text: &str| text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase());
    if let Some(series) = text.strip_prefix("PR") {
        let series = series.trim_start_matches(['.', '-', '/']);
        return (series.is_empty() || is_letter(series)).then_some(ShareKind::Preferred(series));
    }
    match text {
        "WS" | "WT" => Some(ShareKind::Warrant),
        "U" | "UN" => Some(ShareKind::Unit(text)),
        _ if separator == "^" => is_letter(text).then_some(ShareKind::Preferred(text)),
        // Behind a dot other letters are exchanges: L is London, T Tokyo.
        "A" | "B" | "C" | "K" => Some(ShareKind::Class(text)),
        _ if separator != "." && is_letter(text) => Some(ShareKind::Class(text)),
        _ if separator != "." => {
            let series = text.strip_prefix('P').filter(|series| is_letter(series))?;
            Some(ShareKind::Preferred(series))
        }
        _ => None,
    }
}
