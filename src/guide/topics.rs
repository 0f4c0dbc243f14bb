//! The topics in reading order.

/// A topic of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its text, Markdown.
    pub text: &'static str,
}

impl Topic {
    /// Its text as it is read, without remarks to its authors.
    #[must_use]
    pub fn shown(&self) -> String {
        self.text.split_inclusive('\n').filter(|line| !line.starts_with("<!--")).collect()
    }

    /// What it is about, in a few words.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, subject)| subject)
    }
}

/// A topic and its file.
macro_rules! topic {
    ($name:literal) => {
        Topic { name: $name, text: include_str!(concat!($name, ".md")) }
    };
}

/// Every topic.
pub const TOPICS: [Topic; 18] = [
    topic!("lists"),
    topic!("models"),
    topic!("columns"),
    topic!("filters"),
    topic!("volume"),
    topic!("portfolio"),
    topic!("watch"),
    topic!("evaluate"),
    topic!("providers"),
    topic!("cache"),
    topic!("many-machines"),
    topic!("files"),
    topic!("scripting"),
    topic!("settings"),
    topic!("options"),
    topic!("exit-codes"),
    topic!("survives"),
    topic!("measured"),
];
