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
    /// What numbers show. `None`: they would be numbers either way, and not the same.
    pub fn of<'a>(numbers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut is_unclear = false;
        for number in numbers {
            let digits = number.trim_matches(|c: char| !c.is_ascii_digit());
            match (digits.find('.'), digits.rfind(',')) {
                (Some(point), Some(comma)) => {
                    return Some(if point < comma { Self::Comma } else { Self::Point });
                }
                (Some(point), None) if digits.matches('.').count() == 1 => {
                    if digits.len() - point != 4 {
                        return Some(Self::Point);
                    }
                }
                (None, Some(comma)) if digits.matches(',').count() == 1 => {
                    if digits.len() - comma != 4 {
                        return Some(Self::Comma);
                    }
                    is_unclear = true;
                }
                (None, Some(_)) => return Some(Self::Point),
                (Some(_), None) => return Some(Self::Comma),
                (None, None) => {}
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
        let text =
            text.trim_matches(|c: char| "$€£¥'\" \u{a0}".contains(c)).trim_start_matches('+');
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
