//! From a file's bytes to its text: how much of it is read, how it is packed, its encoding, its line ends.
//!
//! It guesses nothing that cannot be seen in the bytes, and it never takes the beginning of a file for the whole.

use std::fmt;
use std::io::{self, Read};

use chardetng::EncodingDetector;
use encoding_rs::WINDOWS_1252;
use flate2::read::MultiGzDecoder;

use super::limit::{ByteLimit, TooLarge};

/// A file that may be larger than this has to show in its first bytes that it is worth reading.
const HEAD_FROM: u64 = 64 << 20;
/// These bytes.
const HEAD: u64 = 64 << 10;

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
    /// Compressed, and damaged.
    Packed,
    /// More than may be read.
    TooLarge(TooLarge),
}

/// Why a file's bytes cannot be had.
#[derive(Debug)]
pub enum ReadError {
    /// What the system said.
    Io(io::Error),
    /// What is in the file.
    Foreign(Foreign),
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge(why) => return why.fmt(f),
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

/// All bytes of a file, as it is packed.
///
/// # Errors
/// [`ReadError`] when it is larger than `limit`, or what is read first shows that it is no text and no Parquet.
pub fn read_bytes(file: &mut dyn Read, limit: ByteLimit) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    file.take(HEAD.min(limit.max())).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    let is_known = is_gzip(&bytes) || is_zstd(&bytes) || bytes.starts_with(b"PAR1");
    if limit.max() >= HEAD_FROM
        && !is_known
        && let Some(foreign) = foreign(&bytes)
    {
        return Err(ReadError::Foreign(foreign));
    }
    let left = (limit.max() + 1).saturating_sub(bytes.len() as u64);
    file.take(left).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    match limit.check(None, bytes.len() as u64) {
        Ok(()) => Ok(bytes),
        Err(why) => Err(ReadError::Foreign(Foreign::TooLarge(why))),
    }
}

/// What bytes are that are no text.
fn foreign(bytes: &[u8]) -> Option<Foreign> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => None, // UTF-16
        [b'P', b'K', 3 | 5, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Foreign::Archive),
        [b'%', b'P', b'D', b'F', ..] => Some(Foreign::Pdf),
        [b'F', b'E', b'A', b'1', ..] | [b'A', b'R', b'R', b'O', b'W', ..] => Some(Foreign::Arrow),
        _ if bytes.contains(&0) => Some(Foreign::Binary),
        _ => None,
    }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// The text of a file's bytes, unpacked to at most `limit`, with line feeds between its lines.
///
/// # Errors
/// [`Foreign`] when it is no text, or too long.
pub fn text_of(bytes: Vec<u8>, limit: ByteLimit) -> Result<String, Foreign> {
    let bytes = unpacked(bytes, limit)?;
    if let Some(foreign) = foreign(&bytes) {
        return Err(foreign);
    }
    let text = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).unwrap_or_else(|error| foreign_text(error.as_bytes())),
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

fn unpacked(bytes: Vec<u8>, limit: ByteLimit) -> Result<Vec<u8>, Foreign> {
    let packed = bytes.len() as u64;
    let end = limit.of_packed(packed) + 1;
    let mut plain = Vec::new();
    let read = if is_gzip(&bytes) {
        MultiGzDecoder::new(bytes.as_slice()).take(end).read_to_end(&mut plain)
    } else if is_zstd(&bytes) {
        zstd::stream::read::Decoder::new(bytes.as_slice())
            .and_then(|decoder| decoder.take(end).read_to_end(&mut plain))
    } else {
        return Ok(bytes);
    };
    read.map_err(|_| Foreign::Packed)?;
    limit.check(Some(packed), plain.len() as u64).map_err(Foreign::TooLarge)?;
    Ok(plain)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Letters beyond ASCII that show in which encoding of single bytes a text is.
const MIN_LETTERS: usize = 12;

/// What is not UTF-8, in the encoding that its bytes look like: a Windows one of Europe, or one of Asia.
fn foreign_text(bytes: &[u8]) -> String {
    let mut detector = EncodingDetector::new();
    detector.feed(bytes, true);
    let guess = detector.guess(None, false);
    // Of few letters single bytes cannot tell: then it is what most programs of Windows write.
    let letters = bytes.iter().filter(|byte| **byte >= 0xc0).count();
    let guess = if guess.is_single_byte() && letters < MIN_LETTERS { WINDOWS_1252 } else { guess };
    let (text, _, has_errors) = guess.decode(bytes);
    if has_errors { WINDOWS_1252.decode(bytes).0.into_owned() } else { text.into_owned() }
}

/// What a cell says: `="007"` is how spreadsheets are kept from reading 7.
#[must_use]
pub fn said(cell: &str) -> &str {
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.filter(|inside| !inside.contains('"')).unwrap_or(cell)
}
