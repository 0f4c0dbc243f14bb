//! What a file of text is, whoever wrote it: its encoding, its line ends, its delimiter, its numbers.
//!
//! It guesses nothing that cannot be seen in the file, and it does not know what a table is about.

use std::fmt;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The largest file that is read, unpacked.
const MAX_BYTES: u64 = 4 << 30;
/// Lines by which a delimiter is found.
const MAX_LINES: usize = 40;
/// What parts columns, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a file seems to be that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A workbook of a spreadsheet program, or another ZIP archive.
    Archive,
    /// PDF.
    Pdf,
    /// A web page.
    Html,
    /// JSON.
    Json,
    /// Feather or another Arrow file.
    Arrow,
    /// Bytes that are no text.
    Binary,
    /// Compressed, and damaged or too large.
    Packed,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Archive => "an Excel workbook or a ZIP archive",
            Self::Pdf => "a PDF",
            Self::Html => "a web page",
            Self::Json => "JSON",
            Self::Arrow => "a Feather or Arrow file",
            Self::Binary => "a binary file",
            Self::Packed => "compressed and damaged",
        })
    }
}

/// The text of a file's bytes, unpacked, with line feeds between its lines.
///
/// # Errors
/// [`Foreign`] when it is no text.
pub fn text_of(bytes: Vec<u8>) -> Result<String, Foreign> {
    let bytes = unpacked(bytes)?;
    let text = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'P', b'K', 3 | 5, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(Foreign::Archive),
        [b'%', b'P', b'D', b'F', ..] => return Err(Foreign::Pdf),
        [b'F', b'E', b'A', b'1', ..] | [b'A', b'R', b'R', b'O', b'W', ..] => {
            return Err(Foreign::Arrow);
        }
        _ if bytes.contains(&0) => return Err(Foreign::Binary),
        _ => String::from_utf8(bytes).unwrap_or_else(|error| windows_1252(error.as_bytes())),
    };
    let start: String = text.trim_start().chars().take(9).collect::<String>().to_lowercase();
    if start.starts_with("<!doctype") || start.starts_with("<html") {
        return Err(Foreign::Html);
    }
    // Old Macs end lines with a carriage return alone.
    if text.contains('\r') && !text.contains('\n') {
        Ok(text.replace('\r', "\n"))
    } else {
        Ok(text)
    }
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Foreign> {
    let mut plain = Vec::new();
    let read = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => {
            MultiGzDecoder::new(bytes.as_slice()).take(MAX_BYTES).read_to_end(&mut plain)
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => zstd::stream::read::Decoder::new(bytes.as_slice())
            .and_then(|decoder| decoder.take(MAX_BYTES).read_to_end(&mut plain)),
        _ => return Ok(bytes),
    };
    read.map_err(|_| Foreign::Packed)?;
    Ok(plain)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Western European Windows; the few bytes that it does not use stay what they are.
fn windows_1252(bytes: &[u8]) -> String {
    const FROM_128: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let char_of = |byte: &u8| match byte {
        128..=159 => FROM_128[usize::from(byte - 128)],
        _ => char::from(*byte),
    };
    bytes.iter().map(char_of).collect()
}

/// What parts the columns of a text: the character that most of its first lines have equally often.
#[must_use]
pub fn delimiter(text: &str) -> u8 {
    let named = text.lines().next().and_then(|line| line.trim().strip_prefix("sep="));
    if let Some([delimiter]) = named.map(str::as_bytes) {
        return *delimiter;
    }
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(MAX_LINES).collect();
    let mut best = (0, b',');
    for delimiter in DELIMITERS {
        let counts: Vec<usize> = lines.iter().map(|line| count(line, delimiter)).collect();
        let equal = |n: usize| counts.iter().filter(|count| **count == n).count();
        let score = counts.iter().filter(|n| **n > 0).map(|n| equal(*n) * 100 + (*n).min(99)).max();
        if score.unwrap_or(0) > best.0 {
            best = (score.unwrap_or(0), delimiter);
        }
    }
    best.1
}

/// How often a line has a character outside of quotes.
fn count(line: &str, delimiter: u8) -> usize {
    let mut is_quoted = false;
    let mut n = 0;
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        n += usize::from(byte == delimiter && !is_quoted);
    }
    n
}

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
