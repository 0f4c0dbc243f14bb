//! The formats a report can be written in, and how a table is drawn.

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Table,
    /// One header, a line a row (RFC 4180).
    Csv,
    /// One document.
    Json,
    /// One JSON object a line, failures too.
    Ndjson,
    /// A table for an issue or a wiki.
    Markdown,
    /// A row a ticker, in columns of their own types.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Table, Self::Csv, Self::Json, Self::Ndjson, Self::Markdown, Self::Parquet];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "markdown",
            Self::Parquet => "parquet",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether failures have a place in it; else the command line lists them.
    #[must_use]
    pub fn holds_failures(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }

    /// The format of a file by its ending.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Table),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "md" | "markdown" => Some(Self::Markdown),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// How a table is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Columns are dropped from the right until the table is no wider. `None`: all are shown.
    pub width: Option<u16>,
    /// Whether ratings and returns are coloured.
    pub color: bool,
}
