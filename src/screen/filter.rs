//! Filters such as `rsi_14 < 70 and return_6m > 0.1`: parsed once, checked against the columns, then asked
//! of every row.
//!
//! Logic has three values: a comparison with something undefined is neither true nor false, and a row
//! passes only when the whole is true. So an undefined value never matches, with or without a `not`.

use std::cmp::Ordering;

use winnow::ascii::multispace0;
use winnow::combinator::{alt, cut_err, delimited, opt, preceded, separated};
use winnow::error::{ContextError, ErrMode, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{one_of, take_till, take_while};

use super::fields::{Cell, Column};
use super::row::Row;

/// The longest filter that is read, in bytes.
const MAX_BYTES: usize = 4096;

/// A condition on rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Condition);

/// Why a text is no filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at column {}", .offset + 1)]
pub struct FilterError {
    /// What is wrong.
    pub problem: String,
    /// Where, in characters from the start.
    pub offset: usize,
    /// A column that may have been meant.
    pub suggestion: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Compare(Operand, Op, Operand),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Column(Column),
    Number(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// [`FilterError`] points at the mistake.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let error = |problem: String, byte: usize, suggestion| FilterError {
            problem,
            offset: text[..byte].chars().count(),
            suggestion,
        };
        if text.len() > MAX_BYTES {
            return Err(error(format!("a filter has at most {MAX_BYTES} bytes"), 0, None));
        }
        let parsed = preceded(multispace0, any).parse(LocatingSlice::new(text)).map_err(|e| {
            let expected = e.inner().context().find_map(|context| match context {
                StrContext::Expected(what) => Some(what.to_string()),
                _ => None,
            });
            let expected = expected.unwrap_or_else(|| "«and», «or» or the end".into());
            let problem = format!("expected {expected}");
            error(problem, floor(text, e.offset()), None)
        })?;
        check(parsed).map(Self).map_err(|(problem, byte, hint)| error(problem, byte, hint))
    }

    /// The columns it asks about.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.0.columns()
    }

    /// Whether a row passes.
    #[must_use]
    pub fn matches(&self, row: &Row) -> bool {
        self.0.judge(row) == Some(true)
    }
}

/// The start of the character that `byte` is in.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Condition {
    fn columns(&self) -> Vec<Column> {
        let of = |operand: &Operand| match operand {
            Operand::Column(column) => Some(*column),
            Operand::Number(_) | Operand::Text(_) => None,
        };
        match self {
            Self::Compare(left, _, right) => of(left).into_iter().chain(of(right)).collect(),
            Self::Not(inner) => inner.columns(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::columns).collect(),
        }
    }

    fn judge(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Compare(left, op, right) => op.judge(left.compare(right, row)?).into(),
            Self::Not(inner) => inner.judge(row).map(|truth| !truth),
            Self::All(all) => settled(all, row, false),
            Self::Any(any) => settled(any, row, true),
        }
    }
}

/// `deciding` as soon as one part is, undefined if any part is undefined, else its opposite.
fn settled(parts: &[Condition], row: &Row, deciding: bool) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match part.judge(row) {
            Some(truth) if truth == deciding => return Some(deciding),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!deciding)
}

impl Op {
    fn judge(self, order: Ordering) -> bool {
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

impl Operand {
    /// The order of two operands for a row; `None` where one is undefined.
    fn compare(&self, other: &Self, row: &Row) -> Option<Ordering> {
        match (self.number(row), other.number(row)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(self.text(row)?.cmp(&other.text(row)?)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of bars")]
    fn number(&self, row: &Row) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Column(column) => match column.of(row, 0) {
                Cell::Number(value, _) => Some(value),
                Cell::Count(count) => Some(count as f64),
                _ => None,
            },
        }
    }

    /// Words without regard to case.
    fn text(&self, row: &Row) -> Option<String> {
        match self {
            Self::Number(_) => None,
            Self::Text(text) => Some(text.to_lowercase()),
            Self::Column(column) => match column.of(row, 0) {
                Cell::Text(text) => Some(text.to_lowercase()),
                Cell::Date(date) => Some(date.to_string()),
                _ => None,
            },
        }
    }

    fn is_text(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Text(_) => true,
            Self::Column(column) => column.is_text(),
        }
    }
}

/// A parsed condition whose names are not looked up yet.
enum Parsed {
    Compare(Word, Op, Word),
    Not(Box<Parsed>),
    All(Vec<Parsed>),
    Any(Vec<Parsed>),
}

/// An operand and the byte it begins at.
struct Word {
    at: usize,
    token: Token,
}

enum Token {
    Name(String),
    Number(f64),
    Text(String),
}

type Problem = (String, usize, Option<&'static str>);

/// Looks up names and refuses to compare words with numbers.
fn check(parsed: Parsed) -> Result<Condition, Problem> {
    let all = |parts: Vec<Parsed>| -> Result<Vec<Condition>, Problem> {
        parts.into_iter().map(|part| check(part)).collect()
    };
    Ok(match parsed {
        Parsed::Not(inner) => Condition::Not(Box::new(check(*inner)?)),
        Parsed::All(parts) => Condition::All(all(parts)?),
        Parsed::Any(parts) => Condition::Any(all(parts)?),
        Parsed::Compare(left, op, right) => {
            let at = right.at;
            let (left, right) = (operand(left)?, operand(right)?);
            if left.is_text() != right.is_text() {
                return Err(("words are compared with a number".into(), at, None));
            }
            Condition::Compare(left, op, right)
        }
    })
}

fn operand(word: Word) -> Result<Operand, Problem> {
    match word.token {
        Token::Number(number) => Ok(Operand::Number(number)),
        Token::Text(text) => Ok(Operand::Text(text)),
        Token::Name(name) => match Column::find(&name) {
            Some(Column::Rank | Column::Notes | Column::Year) => {
                Err((format!("the column {name} cannot be compared"), word.at, None))
            }
            Some(column) => Ok(Operand::Column(column)),
            None => Err((format!("no column is called {name:?}"), word.at, Column::nearest(&name))),
        },
    }
}

type Input<'a> = LocatingSlice<&'a str>;
type Parse<T> = Result<T, ErrMode<ContextError>>;

fn any(input: &mut Input<'_>) -> Parse<Parsed> {
    let parts: Vec<Parsed> = separated(1.., all, keyword("or")).parse_next(input)?;
    Ok(one_or(parts, Parsed::Any))
}

fn all(input: &mut Input<'_>) -> Parse<Parsed> {
    let parts: Vec<Parsed> = separated(1.., term, keyword("and")).parse_next(input)?;
    Ok(one_or(parts, Parsed::All))
}

fn one_or(mut parts: Vec<Parsed>, many: fn(Vec<Parsed>) -> Parsed) -> Parsed {
    if parts.len() == 1 { parts.remove(0) } else { many(parts) }
}

fn term(input: &mut Input<'_>) -> Parse<Parsed> {
    if opt(keyword("not")).parse_next(input)?.is_some() {
        return Ok(Parsed::Not(Box::new(term(input)?)));
    }
    if opt(symbol("(")).parse_next(input)?.is_some() {
        let inner = any(input)?;
        cut_err(symbol(")"))
            .context(expected("«and», «or» or a closing parenthesis"))
            .parse_next(input)?;
        return Ok(inner);
    }
    let left =
        cut_err(word).context(expected("a column, a number or a 'text'")).parse_next(input)?;
    let op = cut_err(op).context(expected("a comparison: < <= > >= = !=")).parse_next(input)?;
    let right =
        cut_err(word).context(expected("a column, a number or a 'text'")).parse_next(input)?;
    Ok(Parsed::Compare(left, op, right))
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn symbol<'a>(text: &'static str) -> impl Parser<Input<'a>, &'a str, ErrMode<ContextError>> {
    (text, multispace0).take().map(str::trim_end)
}

fn keyword<'a>(text: &'static str) -> impl Parser<Input<'a>, (), ErrMode<ContextError>> {
    name.verify(move |word: &str| word.eq_ignore_ascii_case(text)).void()
}

fn op(input: &mut Input<'_>) -> Parse<Op> {
    alt((
        symbol("<=").value(Op::LessOrEqual),
        symbol("<").value(Op::Less),
        symbol(">=").value(Op::GreaterOrEqual),
        symbol(">").value(Op::Greater),
        symbol("==").value(Op::Equal),
        symbol("=").value(Op::Equal),
        symbol("!=").value(Op::NotEqual),
    ))
    .parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> Parse<&'a str> {
    let rest = take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_');
    let word = (one_of(|c: char| c.is_ascii_alphabetic() || c == '_'), rest).take();
    (word, multispace0).map(|(word, _)| word).parse_next(input)
}

fn word(input: &mut Input<'_>) -> Parse<Word> {
    let digits = || take_while(1.., |c: char| c.is_ascii_digit() || c == '.');
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digits());
    let number = (opt('-'), digits(), opt(exponent))
        .take()
        .verify_map(|text: &str| text.parse().ok())
        .map(Token::Number);
    let quoted = |quote: char| delimited(quote, take_till(0.., quote), quote);
    let text = alt((quoted('\''), quoted('"'))).map(|text: &str| Token::Text(text.into()));
    let column = name
        .verify(|word: &str| !["and", "or", "not"].iter().any(|k| word.eq_ignore_ascii_case(k)))
        .map(|word: &str| Token::Name(word.into()));
    let (token, at) = alt((number, text, column)).with_span().parse_next(input)?;
    multispace0.parse_next(input)?;
    Ok(Word { at: at.start, token })
}
