//! How much a page holds, as its bytes say it and before anything is made of them.
//!
//! Source: Encodings.md of the Parquet format, and the compact protocol of Apache Thrift, in which headers are written.

/// Of a field of a header: the next one, a whole number.
const NEXT_FIELD_I32: u8 = 0x15;

/// The unpacked size of the page whose header bytes begin with. `None`: it is no header.
pub(super) fn unpacked_size(header: &[u8]) -> Option<u64> {
    let mut bytes = header;
    let _page_type = next_field(&mut bytes)?;
    u64::try_from(next_field(&mut bytes)?).ok()
}

/// The next field of a header, a whole number.
fn next_field(bytes: &mut &[u8]) -> Option<i64> {
    let (kind, rest) = bytes.split_first()?;
    *bytes = rest;
    if *kind == NEXT_FIELD_I32 { zigzag(bytes) } else { None }
}

/// The sum of the delta-encoded numbers that bytes begin with. `None`: they are not encoded so.
pub(super) fn delta_sum(bytes: &[u8]) -> Option<u64> {
    let mut bytes = bytes;
    let block_size = varint(&mut bytes)?;
    let miniblocks = varint(&mut bytes)?;
    let mut left = varint(&mut bytes)?;
    let mut value = zigzag(&mut bytes)?;
    let size = block_size.checked_div(miniblocks)?;
    let mut sum = 0_u64;
    if left > 0 {
        sum = u64::try_from(value).ok()?;
        left -= 1;
    }
    while left > 0 {
        let min_delta = zigzag(&mut bytes)?;
        let (widths, rest) = bytes.split_at_checked(usize::try_from(miniblocks).ok()?)?;
        bytes = rest;
        for width in widths {
            if left == 0 {
                break;
            }
            let packed = usize::from(*width).checked_mul(usize::try_from(size).ok()?)?.div_ceil(8);
            let (block, rest) = bytes.split_at_checked(packed)?;
            bytes = rest;
            let mut bits = Bits { block, place: 0 };
            for _ in 0..size.min(left) {
                value = value.checked_add(min_delta)?.checked_add_unsigned(bits.next(*width)?)?;
                sum = sum.saturating_add(u64::try_from(value).ok()?);
            }
            left = left.saturating_sub(size);
        }
        if size == 0 || miniblocks == 0 {
            return None;
        }
    }
    Some(sum)
}

/// Numbers of some bits each, the lowest bit first.
struct Bits<'a> {
    block: &'a [u8],
    place: usize,
}

impl Bits<'_> {
    fn next(&mut self, width: u8) -> Option<u64> {
        let mut number = 0;
        for i in 0..width {
            let byte = self.block.get(self.place / 8)?;
            let bit = byte >> (self.place % 8) & 1;
            number |= u64::from(bit).checked_shl(u32::from(i))?;
            self.place += 1;
        }
        Some(number)
    }
}

/// Seven bits a byte, the lowest first, as long as the eighth is set.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A number whose sign is its lowest bit.
fn zigzag(bytes: &mut &[u8]) -> Option<i64> {
    let number = varint(bytes)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}
