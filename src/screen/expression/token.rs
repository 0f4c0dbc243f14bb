//! Words, numbers, texts and signs of an expression, each with the byte it begins at.

use winnow::ascii::multispace0;
use winnow::combinator::{alt, delimited, opt};
use winnow::error::{ContextError, ErrMode};
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{one_of, take_till, take_while};

/// What a number may end with, and what it is multiplied with then.
const SUFFIXES: [(&str, f64); 4] = [("%", 0.01), ("k", 1e3), ("m", 1e6), ("b", 1e9)];

/// Signs, the longer first.
const SIGNS: [&str; 18] = [
    "<=", ">=", "!=", "<>", "==", "&&", "||", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "!",
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(f64),
    Text(String),
    Sign(&'static str),
}

/// A token and the byte it begins at.
pub(super) type Placed = (usize, Token);

type Input<'a> = LocatingSlice<&'a str>;
type Parse<T> = Result<T, ErrMode<ContextError>>;

/// The tokens of a text. An error is the byte at which none begins.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, usize> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    while skip_blanks(&mut input) {
        let at = text.len() - input.len();
        let token = alt((number, quoted_text, name, sign)).parse_next(&mut input);
        tokens.push((at, token.map_err(|_| at)?));
    }
    Ok(tokens)
}

/// Whether anything but blanks is left.
fn skip_blanks(input: &mut Input<'_>) -> bool {
    let _: Parse<&str> = multispace0.parse_next(input);
    !input.is_empty()
}

fn number(input: &mut Input<'_>) -> Parse<Token> {
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digits);
    let number: f64 = (take_while(1.., |c: char| c.is_ascii_digit() || c == '.'), opt(exponent))
        .take()
        .verify_map(|text: &str| text.parse().ok())
        .parse_next(input)?;
    let suffix = opt(take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '%' || c == '_'))
        .verify_map(|suffix: Option<&str>| match suffix {
            None => Some(1.0),
            Some(suffix) => SUFFIXES
                .into_iter()
                .find(|(known, _)| suffix.eq_ignore_ascii_case(known))
                .map(|(_, factor)| factor),
        });
    suffix.map(|factor| Token::Number(number * factor)).parse_next(input)
}

fn digits<'a>(input: &mut Input<'a>) -> Parse<&'a str> {
    take_while(1.., |c: char| c.is_ascii_digit()).parse_next(input)
}

fn quoted_text(input: &mut Input<'_>) -> Parse<Token> {
    let single = delimited('\'', take_till(0.., '\''), '\'');
    let double = delimited('"', take_till(0.., '"'), '"');
    alt((single, double)).map(|text: &str| Token::Text(text.into())).parse_next(input)
}

fn name(input: &mut Input<'_>) -> Parse<Token> {
    let first = one_of(|c: char| c.is_alphabetic() || c == '_');
    let rest = take_while(0.., |c: char| c.is_alphanumeric() || c == '_');
    (first, rest).take().map(|word: &str| Token::Name(word.into())).parse_next(input)
}

fn sign(input: &mut Input<'_>) -> Parse<Token> {
    for sign in SIGNS {
        if opt(sign).parse_next(input)?.is_some() {
            return Ok(Token::Sign(sign));
        }
    }
    Err(ErrMode::Backtrack(ContextError::new()))
}
