//! How numbers are written: what stands between the whole and the fraction, and all that may stand around it.
//!
//! It does not guess: a column whose numbers could be read in two ways has no decimal mark here.

/// What stands between the whole and the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

impl Decimal {
    /// What the cells of a file show, its numbers of any column: percentages and volumes, too. `None`: there are
    /// numbers that may be read either way, and nothing shows which.
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> Option<Self> {
        let mut is_unclear = false;
        for digits in cells.filter_map(digits) {
            let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
            match (points, commas) {
                (0, 0) => {}
                (1.., 1..) => {
                    let comma_is_last = digits.rfind(',') > digits.rfind('.');
                    return Some(if comma_is_last { Self::Comma } else { Self::Point });
                }
                (2.., _) => return Some(Self::Comma),
                (_, 2..) => return Some(Self::Point),
                (1, _) if !is_like_thousands(digits, '.') => return Some(Self::Point),
                (_, 1) if !is_like_thousands(digits, ',') => return Some(Self::Comma),
                // Who parts columns by commas writes points, or quotes.
                (1, _) => is_unclear |= delimiter != b',',
                _ => is_unclear = true,
            }
        }
        (!is_unclear).then_some(Self::Point)
    }

    /// The number of a text, with a currency's sign, thousands, `(1.00)`, `12%` or `1.2M`. `None`: it is none.
    #[must_use]
    pub fn number(self, text: &str) -> Option<f64> {
        if self == Self::Point
            && let Ok(number) = text.parse()
        {
            return Some(number);
        }
        let text = text.trim();
        let (text, sign) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => (inner, -1.0),
            None => (text, 1.0),
        };
        let text = text.trim_matches(|c: char| is_around(c) && c != '%').trim_start_matches('+');
        let (text, factor) = match text.as_bytes().last()? {
            b'%' => (&text[..text.len() - 1], 1.0),
            b'K' | b'k' => (&text[..text.len() - 1], 1e3),
            b'M' | b'm' => (&text[..text.len() - 1], 1e6),
            b'B' | b'b' => (&text[..text.len() - 1], 1e9),
            _ => (text, 1.0),
        };
        let (thousands, point) = if self == Self::Point { (',', '.') } else { ('.', ',') };
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                _ if c == thousands => {}
                ' ' | '\u{a0}' | '\u{202f}' | '\'' | '$' => {}
                _ if c == point => plain.push('.'),
                _ => plain.push(c),
            }
        }
        plain.parse::<f64>().ok().map(|number| sign * factor * number)
    }
}

/// Signs of currencies.
const CURRENCY_SIGNS: &str = "$€£¥₹₩₽₺₪฿₫₱₴";

/// Whether a character may stand around a number.
fn is_around(c: char) -> bool {
    CURRENCY_SIGNS.contains(c) || "%'\" \u{a0}".contains(c)
}

/// A cell from its first digit to its last. `None`: it is no number, however it is written.
fn digits(cell: &str) -> Option<&str> {
    let digits = cell.trim_matches(|c| is_around(c) || "+-()kmbKMB".contains(c));
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().all(|c| c.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(c))
        && ['.', ','].into_iter().all(|mark| is_once_or_in_threes(digits, mark));
    is_number.then_some(digits)
}

/// Whether a mark stands once, or before every three digits as it does between thousands; a date's does not.
fn is_once_or_in_threes(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark).skip(1);
    let count = digits.matches(mark).count();
    count < 2 || groups.all(|group| group.find(['.', ',']).unwrap_or(group.len()) == 3)
}

/// Whether the one mark of a number could be of thousands: one to three digits before it, no 0 first, three behind it.
fn is_like_thousands(digits: &str, mark: char) -> bool {
    digits.split_once(mark).is_some_and(|(whole, rest)| {
        (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3
    })
}
