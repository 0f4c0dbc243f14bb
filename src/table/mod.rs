//! Tables as people and programs write them, in and out: bytes → text → rows and columns, Parquet, and one writer for
//! each format.
//!
//! This room knows encodings, delimiters, numbers, bounds and formats. It knows no ticker, no broker and no price.

mod cell;
mod date;
mod delimiter;
mod exact;
mod format;
mod limit;
mod number;
pub mod parquet;
mod printable;
mod sheet;
mod shown;
mod text;
mod words;
mod write;

pub use cell::{Cell, Tone, Unit};
pub use date::{DateOrder, date_of_number, date_of_text, second_of_stamp, time_of_text};
pub use delimiter::{delimiter, line_of};
pub use exact::{Exact, exact_numbers};
pub use format::{Format, Style};
pub use limit::{ByteLimit, TooLarge};
pub use number::Decimal;
pub use printable::printable;
pub use sheet::{Heading, Sheet};
pub use shown::{cell_text, grouped, number, plural};
pub use text::{Foreign, ReadError, read_bytes, said, text_of};
pub use words::{named, nearest};
pub use write::{Grid, STREAMED_FORMATS, SheetWriter, columns_data, fitted, write, write_bullet};
