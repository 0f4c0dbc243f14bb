//! Tables as people and programs write them: bytes → text → rows and columns, and Parquet.
//!
//! This room knows encodings, delimiters, numbers and bounds. It knows no ticker, no broker and no price.

mod delimiter;
mod limit;
mod number;
pub mod parquet;
mod text;

pub use delimiter::delimiter;
pub use limit::{ByteLimit, TooLarge};
pub use number::Decimal;
pub use text::{Foreign, ReadError, read_bytes, text_of};
