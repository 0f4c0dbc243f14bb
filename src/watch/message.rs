//! What an address is posted: the signal as JSON, or a sentence in the envelope that a chat service wants.

use serde_json::{Map, Value, json};

use super::signal::Signal;
use crate::table::number;

/// How an address wants to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Envelope {
    /// Every member of the signal.
    #[default]
    Json,
    /// `{"text": …}`, as Slack and Mattermost read it.
    Slack,
    /// `{"content": …}`, as Discord reads it.
    Discord,
}

/// What an address is posted.
#[derive(Clone, Debug, Default)]
pub struct MessageForm {
    /// The envelope.
    pub envelope: Envelope,
    /// The sentence. `None`: the signal's own line.
    pub template: Option<Template>,
}

/// A sentence with members of the signal in braces: `{ticker} at {price}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Member(String),
}

/// A brace without its other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write members in braces: {{ticker}} at {{price}}")]
pub struct BadTemplate;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`BadTemplate`].
    pub fn parse(text: &str) -> Result<Self, BadTemplate> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(BadTemplate)?;
            if before.contains('}') || name.contains('{') {
                return Err(BadTemplate);
            }
            pieces.push(Piece::Text(before.into()));
            pieces.push(Piece::Member(name.trim().into()));
            rest = after;
        }
        if rest.contains('}') {
            return Err(BadTemplate);
        }
        pieces.push(Piece::Text(rest.into()));
        Ok(Self(pieces))
    }

    /// The members that it names.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Member(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    fn fill(&self, members: &Map<String, Value>) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled += text,
                Piece::Member(name) => {
                    filled += &members.get(name).map_or_else(|| "-".into(), shown);
                }
            }
        }
        filled
    }
}

/// A member as a person reads it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.clone(),
        Value::Number(value) if value.is_f64() => value.as_f64().map_or_else(String::new, number),
        other => other.to_string(),
    }
}

impl MessageForm {
    /// The document that a signal becomes.
    pub(super) fn of(&self, signal: &Signal) -> String {
        let Value::Object(mut members) = signal.json() else { return String::new() };
        // A template is about tickers, and an outage has none.
        let sentence = match &self.template {
            Some(template) if signal.symbol.is_some() => template.fill(&members),
            _ => signal.line(),
        };
        let document = match self.envelope {
            Envelope::Slack => json!({ "text": sentence }),
            Envelope::Discord => json!({ "content": sentence }),
            Envelope::Json => {
                if self.template.is_some() {
                    members.insert("text".into(), sentence.into());
                }
                Value::Object(members)
            }
        };
        format!("{document}\n")
    }
}
