//! Conditions and expressions as they are asked of a row.
//!
//! Logic has three values: a comparison with something undefined is neither true nor false, and a row passes only
//! when the whole is true. So an undefined value never matches, with or without a `not`; `is null` asks for it.

use std::borrow::Cow;
use std::cmp::Ordering;

/// What variables hold: a row's columns, or the numbers of a market.
pub trait Variables<V> {
    /// A variable as a number. `None`: it is undefined, or a text.
    fn number(&self, variable: &V) -> Option<f64>;
    /// A variable as a text. `None`: it is undefined, or a number.
    fn text(&self, variable: &V) -> Option<Cow<'_, str>>;
}

/// What is true or false of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition<V> {
    /// One against the other.
    Compare(Expression<V>, Comparison, Expression<V>),
    /// Between two bounds, both included.
    Between(Expression<V>, Expression<V>, Expression<V>),
    /// One of a list.
    In(Expression<V>, Vec<Expression<V>>),
    /// Undefined.
    IsNull(Expression<V>),
    /// The opposite.
    Not(Box<Self>),
    /// Every one.
    All(Vec<Self>),
    /// At least one.
    Any(Vec<Self>),
}

/// A number or a text that is worked out of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<V> {
    /// A column, or whatever the vocabulary names.
    Variable(V),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// The number with the other sign.
    Negate(Box<Self>),
    /// Two numbers.
    Operation(Box<Self>, Operator, Box<Self>),
    /// A function of numbers.
    Call(Function, Vec<Self>),
}

/// How two are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// What two numbers make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A function of one or two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Abs,
    Ceil,
    Floor,
    Round,
    Sqrt,
    Ln,
    Exp,
    Min,
    Max,
}

impl<V> Condition<V> {
    /// Calls `visit` with every variable, and whether something undefined is of use there.
    pub fn visit(&self, visit: &mut dyn FnMut(&V, bool)) {
        match self {
            Self::Compare(left, _, right) => {
                left.visit(false, visit);
                right.visit(false, visit);
            }
            Self::Between(value, low, high) => {
                for part in [value, low, high] {
                    part.visit(false, visit);
                }
            }
            Self::In(value, list) => {
                value.visit(false, visit);
                for part in list {
                    part.visit(false, visit);
                }
            }
            Self::IsNull(value) => value.visit(true, visit),
            Self::Not(inner) => inner.visit(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(visit)),
        }
    }

    /// Whether it is true. `None`: undefined.
    pub fn judge(&self, of: &impl Variables<V>) -> Option<bool> {
        match self {
            Self::Compare(left, comparison, right) => {
                Some(comparison.holds(left.compare(right, of)?))
            }
            Self::Between(value, low, high) => {
                let is_above = value.compare(low, of).map(Ordering::is_ge);
                let is_below = value.compare(high, of).map(Ordering::is_le);
                combine([is_above, is_below], false)
            }
            Self::In(value, list) => {
                let each = list.iter().map(|one| value.compare(one, of).map(Ordering::is_eq));
                combine(each, true)
            }
            Self::IsNull(value) => Some(value.number(of).is_none() && value.text(of).is_none()),
            Self::Not(inner) => inner.judge(of).map(|truth| !truth),
            Self::All(parts) => combine(parts.iter().map(|part| part.judge(of)), false),
            Self::Any(parts) => combine(parts.iter().map(|part| part.judge(of)), true),
        }
    }
}

/// `deciding` as soon as one part is, undefined if any part is undefined, else its opposite.
fn combine(parts: impl IntoIterator<Item = Option<bool>>, deciding: bool) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match part {
            Some(truth) if truth == deciding => return Some(deciding),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!deciding)
}

impl<V> Expression<V> {
    /// Calls `visit` with every variable.
    pub fn visit(&self, may_be_undefined: bool, visit: &mut dyn FnMut(&V, bool)) {
        match self {
            Self::Variable(variable) => visit(variable, may_be_undefined),
            Self::Number(_) | Self::Text(_) => {}
            Self::Negate(inner) => inner.visit(may_be_undefined, visit),
            Self::Operation(left, _, right) => {
                left.visit(may_be_undefined, visit);
                right.visit(may_be_undefined, visit);
            }
            Self::Call(_, arguments) => {
                for argument in arguments {
                    argument.visit(may_be_undefined, visit);
                }
            }
        }
    }

    /// Its number; finite. `None`: undefined, or a text.
    pub fn number(&self, of: &impl Variables<V>) -> Option<f64> {
        let number = match self {
            Self::Variable(variable) => of.number(variable)?,
            Self::Number(number) => *number,
            Self::Text(_) => return None,
            Self::Negate(inner) => -inner.number(of)?,
            Self::Operation(left, operator, right) => {
                operator.apply(left.number(of)?, right.number(of)?)
            }
            Self::Call(function, arguments) => {
                let first = arguments.first()?.number(of)?;
                let second = arguments.get(1).map_or(Some(0.0), |second| second.number(of))?;
                function.apply(first, second)
            }
        };
        Some(number).filter(|number| number.is_finite())
    }

    /// Its text. `None`: undefined, or a number.
    pub fn text<'a>(&'a self, of: &'a impl Variables<V>) -> Option<Cow<'a, str>> {
        match self {
            Self::Variable(variable) => of.text(variable),
            Self::Text(text) => Some(text.into()),
            _ => None,
        }
    }

    /// The order of two. `None`: one is undefined. Texts are compared without regard to case.
    fn compare(&self, other: &Self, of: &impl Variables<V>) -> Option<Ordering> {
        match (self.number(of), other.number(of)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(self.text(of)?.to_lowercase().cmp(&other.text(of)?.to_lowercase())),
        }
    }
}

impl Comparison {
    /// How each is written.
    pub(super) const SIGNS: [(&'static str, Self); 8] = [
        ("<=", Self::LessOrEqual),
        ("<>", Self::NotEqual),
        ("<", Self::Less),
        (">=", Self::GreaterOrEqual),
        (">", Self::Greater),
        ("==", Self::Equal),
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
    ];

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
        }
    }
}

impl Operator {
    fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
        }
    }
}

impl Function {
    const ALL: [(&'static str, Self); 9] = [
        ("abs", Self::Abs),
        ("ceil", Self::Ceil),
        ("floor", Self::Floor),
        ("round", Self::Round),
        ("sqrt", Self::Sqrt),
        ("ln", Self::Ln),
        ("exp", Self::Exp),
        ("min", Self::Min),
        ("max", Self::Max),
    ];

    pub(super) fn find(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, function)| function)
    }

    /// Whether it takes so many arguments.
    pub(super) fn takes(self, arguments: usize) -> bool {
        match self {
            Self::Min | Self::Max => arguments == 2,
            Self::Round => arguments == 1 || arguments == 2,
            _ => arguments == 1,
        }
    }

    /// How it is written.
    pub(super) fn usage(self) -> &'static str {
        match self {
            Self::Min | Self::Max => "two numbers: min(a, b) or max(a, b)",
            Self::Round => "a number and perhaps digits: round(a, 2)",
            _ => "one number in the parentheses of the function",
        }
    }

    fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Abs => a.abs(),
            Self::Ceil => a.ceil(),
            Self::Floor => a.floor(),
            Self::Round => {
                let scale = 10_f64.powf(b.round());
                (a * scale).round() / scale
            }
            Self::Sqrt => a.sqrt(),
            Self::Ln => a.ln(),
            Self::Exp => a.exp(),
            Self::Min => a.min(b),
            Self::Max => a.max(b),
        }
    }
}
