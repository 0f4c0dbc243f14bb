//! The grammar of filters: from a text to a tree whose names are not looked up yet.

use winnow::ascii::multispace0;
use winnow::combinator::{alt, cut_err, delimited, opt, preceded, separated};
use winnow::error::{ContextError, ErrMode, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{one_of, take_till, take_while};

use super::condition::Comparison;

const KEYWORDS: [&str; 3] = ["and", "or", "not"];
const OPERAND: &str = "a column, a number or a 'text'";

/// A parsed condition.
pub(super) enum Parsed {
    Compare(Word, Comparison, Word),
    Not(Box<Parsed>),
    All(Vec<Parsed>),
    Any(Vec<Parsed>),
}

/// An operand and the byte it begins at.
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) token: Token,
}

pub(super) enum Token {
    Name(String),
    Number(f64),
    Text(String),
}

/// What was expected, and at which byte.
pub(super) struct Unexpected {
    pub(super) expected: String,
    pub(super) at: usize,
}

type Input<'a> = LocatingSlice<&'a str>;
type Parse<T> = Result<T, ErrMode<ContextError>>;

/// Parses a whole filter.
pub(super) fn parse(text: &str) -> Result<Parsed, Unexpected> {
    let parsed = preceded(multispace0, any).parse(LocatingSlice::new(text));
    parsed.map_err(|error| {
        let mut expected = "«and», «or» or the end".into();
        for context in error.inner().context() {
            if let StrContext::Expected(what) = context {
                expected = what.to_string();
                break;
            }
        }
        Unexpected { expected, at: error.offset() }
    })
}

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
    let left = cut_err(word).context(expected(OPERAND)).parse_next(input)?;
    let comparison =
        cut_err(comparison).context(expected("a comparison: < <= > >= = !=")).parse_next(input)?;
    let right = cut_err(word).context(expected(OPERAND)).parse_next(input)?;
    Ok(Parsed::Compare(left, comparison, right))
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

fn comparison(input: &mut Input<'_>) -> Parse<Comparison> {
    alt((
        symbol("<=").value(Comparison::LessOrEqual),
        symbol("<").value(Comparison::Less),
        symbol(">=").value(Comparison::GreaterOrEqual),
        symbol(">").value(Comparison::Greater),
        symbol("==").value(Comparison::Equal),
        symbol("=").value(Comparison::Equal),
        symbol("!=").value(Comparison::NotEqual),
    ))
    .parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> Parse<&'a str> {
    let first = one_of(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_');
    let word = (first, rest).take();
    (word, multispace0).map(|(word, _)| word).parse_next(input)
}

fn column_name(input: &mut Input<'_>) -> Parse<Token> {
    let is_keyword = |word: &str| KEYWORDS.iter().any(|k| word.eq_ignore_ascii_case(k));
    name.verify(|word: &str| !is_keyword(word))
        .map(|word| Token::Name(word.into()))
        .parse_next(input)
}

fn digits<'a>(input: &mut Input<'a>) -> Parse<&'a str> {
    take_while(1.., |c: char| c.is_ascii_digit() || c == '.').parse_next(input)
}

fn number(input: &mut Input<'_>) -> Parse<Token> {
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digits);
    (opt('-'), digits, opt(exponent))
        .take()
        .verify_map(|text: &str| text.parse().ok())
        .map(Token::Number)
        .parse_next(input)
}

fn quoted_text(input: &mut Input<'_>) -> Parse<Token> {
    let single = delimited('\'', take_till(0.., '\''), '\'');
    let double = delimited('"', take_till(0.., '"'), '"');
    alt((single, double)).map(|text: &str| Token::Text(text.into())).parse_next(input)
}

fn word(input: &mut Input<'_>) -> Parse<Word> {
    let (token, at) = alt((number, quoted_text, column_name)).with_span().parse_next(input)?;
    multispace0.parse_next(input)?;
    Ok(Word { at: at.start, token })
}
