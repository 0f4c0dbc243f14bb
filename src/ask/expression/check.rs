//! From a text to a condition or an expression: names are looked up, and texts are not compared with numbers.

use super::evaluate::{Condition, Expression};
use super::parse::{Node, Parsed, parse};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 4096;

/// Why a text is no condition or expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at column {}", .offset + 1)]
pub struct ExpressionError {
    /// What is wrong.
    pub problem: String,
    /// Where, in characters from the start.
    pub offset: usize,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// The names of an expression.
pub trait Vocabulary {
    /// What a name stands for.
    type Variable: PartialEq;

    /// What a name stands for. `None`: nothing.
    ///
    /// # Errors
    /// Why that cannot be compared.
    fn find(&self, name: &str) -> Result<Option<Self::Variable>, String>;

    /// Whether a variable holds texts.
    fn is_text(&self, variable: &Self::Variable) -> bool;

    /// The name most like `name`, if any is much like it.
    fn nearest(&self, name: &str) -> Option<String>;

    /// Checks a text that a variable is compared with.
    ///
    /// # Errors
    /// The text that may have been meant, if any, where no row can hold this one.
    fn check_text(&self, variable: &Self::Variable, text: &str) -> Result<(), Option<String>>;

    /// What else may be meant by a number that a variable is compared with, where no row can be near it.
    fn other_meaning(&self, variable: Option<&Self::Variable>, number: f64) -> Option<String>;

    /// What its names stand for, in a word.
    fn noun(&self) -> &'static str;
}

/// A mistake, at a byte of the text.
struct Mistake {
    problem: String,
    at: usize,
    suggestion: Option<String>,
}

impl Mistake {
    fn new(problem: impl Into<String>, at: usize) -> Self {
        Self { problem: problem.into(), at, suggestion: None }
    }
}

/// Reads a condition.
///
/// # Errors
/// [`ExpressionError`] points at the mistake.
pub fn condition<N: Vocabulary>(
    text: &str,
    names: &N,
) -> Result<Condition<N::Variable>, ExpressionError> {
    read(text, |parsed| checked(parsed, names))
}

/// Reads an expression of numbers.
///
/// # Errors
/// [`ExpressionError`] points at the mistake.
pub fn value<N: Vocabulary>(
    text: &str,
    names: &N,
) -> Result<Expression<N::Variable>, ExpressionError> {
    read(text, |parsed| number(parsed, names))
}

fn read<T>(
    text: &str,
    check: impl FnOnce(Parsed) -> Result<T, Mistake>,
) -> Result<T, ExpressionError> {
    let checked = if text.len() > MAX_BYTES {
        Err(Mistake::new(format!("it may have {MAX_BYTES} bytes at most"), 0))
    } else {
        parse(text)
            .map_err(|error| Mistake::new(format!("expected {}", error.expected), error.at))
            .and_then(check)
    };
    checked.map_err(|mistake| ExpressionError {
        problem: mistake.problem,
        offset: text[..floor_char_boundary(text, mistake.at)].chars().count(),
        suggestion: mistake.suggestion,
    })
}

/// The start of the character that `byte` is in.
fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn all_checked<N: Vocabulary>(
    parts: Vec<Parsed>,
    names: &N,
) -> Result<Vec<Condition<N::Variable>>, Mistake> {
    parts.into_iter().map(|part| checked(part, names)).collect()
}

fn checked<N: Vocabulary>(parsed: Parsed, names: &N) -> Result<Condition<N::Variable>, Mistake> {
    let at = parsed.at;
    let condition = match parsed.node {
        Node::Not(inner) => return Ok(Condition::Not(Box::new(checked(*inner, names)?))),
        Node::All(parts) => return Ok(Condition::All(all_checked(parts, names)?)),
        Node::Any(parts) => return Ok(Condition::Any(all_checked(parts, names)?)),
        Node::Compare(left, comparison, right) => {
            let [left, right] = alike([*left, *right], names)?;
            Condition::Compare(left, comparison, right)
        }
        Node::Between(one, low, high) => {
            let [one, low, high] = alike([*one, *low, *high], names)?;
            Condition::Between(one, low, high)
        }
        Node::In(one, list) => {
            let parts: Vec<Parsed> = std::iter::once(*one).chain(list).collect();
            let mut parts = alike_all(parts, names)?.into_iter();
            let Some(one) = parts.next() else { return Err(Mistake::new("a list is empty", at)) };
            Condition::In(one, parts.collect())
        }
        Node::IsNull(one) => Condition::IsNull(operand(*one, names)?),
        _ => {
            let problem = "this is no comparison; expected < <= > >= = !=, between, in or is";
            return Err(Mistake::new(problem, at));
        }
    };
    let mut asks_something = false;
    condition.visit(&mut |_, _| asks_something = true);
    if asks_something {
        return Ok(condition);
    }
    let suggestion = number_of(&condition).and_then(|number| names.other_meaning(None, number));
    Err(Mistake { problem: format!("no {} is compared here", names.noun()), at, suggestion })
}

/// A number that stands in a comparison by itself.
fn number_of<V>(condition: &Condition<V>) -> Option<f64> {
    match condition {
        Condition::Compare(Expression::Number(number), ..)
        | Condition::Compare(_, _, Expression::Number(number)) => Some(*number),
        _ => None,
    }
}

fn alike<N: Vocabulary, const K: usize>(
    parts: [Parsed; K],
    names: &N,
) -> Result<[Expression<N::Variable>; K], Mistake> {
    let checked = alike_all(parts.into_iter().collect(), names)?;
    checked.try_into().map_err(|_| Mistake::new("a part is missing", 0))
}

/// Operands that can be compared with each other: all numbers, or all texts.
fn alike_all<N: Vocabulary>(
    parts: Vec<Parsed>,
    names: &N,
) -> Result<Vec<Expression<N::Variable>>, Mistake> {
    let is_text_asked = parts.iter().any(|part| match &part.node {
        Node::Text(_) => true,
        Node::Name(name) => {
            matches!(names.find(name), Ok(Some(variable)) if names.is_text(&variable))
        }
        _ => false,
    });
    let mut operands = Vec::with_capacity(parts.len());
    for part in parts {
        let at = part.at;
        if let Node::Name(name) = &part.node
            && is_text_asked
            && matches!(names.find(name), Ok(None))
        {
            let problem = format!("quotes are missing around {name}");
            let suggestion = Some(format!("'{name}'"));
            return Err(Mistake { problem, at, suggestion });
        }
        operands.push((at, operand(part, names)?));
    }
    let first = operands.first().is_some_and(|(_, operand)| is_text(operand, names));
    for (at, operand) in &operands {
        if is_text(operand, names) != first {
            return Err(Mistake::new("a text is compared with a number", *at));
        }
    }
    check_texts(&operands, names)?;
    Ok(operands.into_iter().map(|(_, operand)| operand).collect())
}

fn is_text<N: Vocabulary>(operand: &Expression<N::Variable>, names: &N) -> bool {
    match operand {
        Expression::Text(_) => true,
        Expression::Variable(variable) => names.is_text(variable),
        _ => false,
    }
}

/// Texts that are compared with a variable can be what it holds.
fn check_texts<N: Vocabulary>(
    operands: &[(usize, Expression<N::Variable>)],
    names: &N,
) -> Result<(), Mistake> {
    for (_, operand) in operands {
        let Expression::Variable(variable) = operand else { continue };
        for (at, other) in operands {
            if let Expression::Number(number) = other
                && let Some(meant) = names.other_meaning(Some(variable), *number)
            {
                let problem = "a large number is compared with a fraction".into();
                return Err(Mistake { problem, at: *at, suggestion: Some(meant) });
            }
            if let Expression::Text(text) = other {
                names.check_text(variable, text).map_err(|suggestion| Mistake {
                    problem: format!("no ticker has {text:?} there"),
                    at: *at,
                    suggestion: suggestion.map(|meant| format!("'{meant}'")),
                })?;
            }
        }
    }
    Ok(())
}

fn operand<N: Vocabulary>(parsed: Parsed, names: &N) -> Result<Expression<N::Variable>, Mistake> {
    match parsed.node {
        Node::Text(text) => Ok(Expression::Text(text)),
        Node::Name(name) => look_up(&name, parsed.at, names).map(Expression::Variable),
        _ => number(parsed, names),
    }
}

fn number<N: Vocabulary>(parsed: Parsed, names: &N) -> Result<Expression<N::Variable>, Mistake> {
    let at = parsed.at;
    Ok(match parsed.node {
        Node::Number(number) => Expression::Number(number),
        Node::Name(name) => {
            let variable = look_up(&name, at, names)?;
            if names.is_text(&variable) {
                return Err(Mistake::new(format!("{name} is a text, not a number"), at));
            }
            Expression::Variable(variable)
        }
        Node::Negate(inner) => Expression::Negate(Box::new(number(*inner, names)?)),
        Node::Operation(left, operator, right) => {
            let left = Box::new(number(*left, names)?);
            Expression::Operation(left, operator, Box::new(number(*right, names)?))
        }
        Node::Call(function, arguments) => {
            let arguments = arguments.into_iter().map(|argument| number(argument, names));
            Expression::Call(function, arguments.collect::<Result<_, _>>()?)
        }
        _ => return Err(Mistake::new("expected a number", at)),
    })
}

fn look_up<N: Vocabulary>(name: &str, at: usize, names: &N) -> Result<N::Variable, Mistake> {
    match names.find(name) {
        Ok(Some(variable)) => Ok(variable),
        Ok(None) => Err(Mistake {
            problem: format!("no {} is called {name:?}", names.noun()),
            at,
            suggestion: names.nearest(name),
        }),
        Err(problem) => Err(Mistake::new(problem, at)),
    }
}
