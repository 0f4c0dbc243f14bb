//! A series of bars as bytes: a version, the number of bars, compressed columns. The row that keeps them
//! has the checksum.

use chrono::NaiveDate;

use crate::bars::{Bar, Bars, PriceBasis};

/// The version of the layout; blobs of another one are misses.
const VERSION: u8 = 2;
/// The most bars a blob may unfold to: three centuries.
const MAX_BARS: usize = 100_000;
/// Bytes of one bar: a date and six numbers.
const BAR: usize = 4 + 6 * 8;
/// Bytes before the bars: basis, whether the last is partial, bad rows.
const HEAD: usize = 1 + 1 + 4;

/// zstd without entropy coding: as small for noise, and several times faster to unfold.
const LEVEL: i32 = -5;

/// The numbers of a bar, in the order of the blob.
const COLUMNS: [fn(&Bar) -> f64; 6] = [
    |bar| bar.open,
    |bar| bar.high,
    |bar| bar.low,
    |bar| bar.close,
    |bar| bar.adjusted,
    |bar| bar.volume,
];

/// Appends the first bytes of all values, then the second ones, and so on.
fn shuffle<const N: usize>(out: &mut Vec<u8>, values: &[[u8; N]]) {
    for byte in 0..N {
        out.extend(values.iter().map(|value| value[byte]));
    }
}

/// The n values of N bytes that were shuffled, as integers.
fn unshuffled<const N: usize>(planes: &[u8], n: usize) -> Vec<u64> {
    let mut values = vec![0; n];
    for byte in 0..N {
        for (value, part) in values.iter_mut().zip(&planes[byte * n..][..n]) {
            *value |= u64::from(*part) << (8 * byte);
        }
    }
    values
}

/// The bytes of a series.
#[must_use]
pub fn encode(bars: &Bars) -> Vec<u8> {
    let mut plain = Vec::with_capacity(HEAD + bars.len() * BAR);
    plain.push(u8::from(bars.basis() == PriceBasis::Adjusted));
    plain.push(u8::from(bars.is_partial()));
    plain.extend(u32::try_from(bars.bad_rows()).unwrap_or(u32::MAX).to_le_bytes());
    // Column by column and byte by byte: the first bytes of prices are much alike, the last are noise.
    let rows: Vec<Bar> = bars.rows().collect();
    let days: Vec<_> = rows.iter().map(|bar| bar.date.to_epoch_days().to_le_bytes()).collect();
    shuffle(&mut plain, &days);
    for column in COLUMNS {
        let numbers: Vec<_> = rows.iter().map(|bar| column(bar).to_le_bytes()).collect();
        shuffle(&mut plain, &numbers);
    }
    let mut bytes = vec![VERSION];
    bytes.extend(u32::try_from(bars.len()).unwrap_or(u32::MAX).to_le_bytes());
    // Compressing into memory does not fail; an empty blob would be a miss.
    bytes.extend(zstd::bulk::compress(&plain, LEVEL).unwrap_or_default());
    bytes
}

/// The bars of a blob; `None` for anything but what [`encode`] made.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Bars> {
    let (&version, body) = bytes.split_first()?;
    let (n, packed) = body.split_first_chunk::<4>()?;
    let n = u32::from_le_bytes(*n) as usize;
    if version != VERSION || n > MAX_BARS {
        return None;
    }
    let plain = zstd::bulk::decompress(packed, HEAD + n * BAR).ok()?;
    let (head, columns) = plain.split_at_checked(HEAD)?;
    let bad_rows = u32::from_le_bytes(head[2..].try_into().ok()?);
    if columns.len() != n * BAR {
        return None;
    }
    let (days, numbers) = columns.split_at_checked(4 * n)?;
    let days = unshuffled::<4>(days, n);
    let columns: [Vec<u64>; 6] = std::array::from_fn(|i| unshuffled::<8>(&numbers[8 * i * n..], n));
    let mut rows = Vec::with_capacity(n);
    for (i, day) in days.into_iter().enumerate() {
        let number = |column: usize| f64::from_bits(columns[column][i]);
        #[expect(clippy::cast_possible_truncation, reason = "it was made of four bytes")]
        let day = (day as u32).cast_signed();
        rows.push(Bar {
            date: NaiveDate::from_epoch_days(day)?,
            open: number(0),
            high: number(1),
            low: number(2),
            close: number(3),
            adjusted: number(4),
            volume: number(5),
        });
    }
    let basis = if head[0] == 1 { PriceBasis::Adjusted } else { PriceBasis::Unadjusted };
    Some(Bars::new(rows, basis, head[1] == 1).with_bad_rows(bad_rows as usize))
}
