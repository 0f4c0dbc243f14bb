//! Words, numbers, texts and signs of an expression, each with the byte it begins at.

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

/// The tokens of a text. An error is the byte at which none begins.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, usize> {
    let mut tokens = Vec::new();
    let mut rest = without_blanks(text);
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let (token, length) = token(rest).ok_or(at)?;
        tokens.push((at, token));
        rest = without_blanks(&rest[length..]);
    }
    Ok(tokens)
}

fn without_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// The token that a text begins with, and how many bytes it has.
fn token(text: &str) -> Option<(Token, usize)> {
    match text.chars().next()? {
        c if c.is_ascii_digit() || c == '.' => number(text),
        quote @ ('\'' | '"') => {
            let length = text[1..].find(quote)?;
            Some((Token::Text(text[1..=length].into()), length + 2))
        }
        c if c.is_alphabetic() || c == '_' => {
            let length = run(text, |c| c.is_alphanumeric() || c == '_');
            Some((Token::Name(text[..length].into()), length))
        }
        _ => {
            let sign = SIGNS.into_iter().find(|sign| text.starts_with(sign))?;
            Some((Token::Sign(sign), sign.len()))
        }
    }
}

/// Digits, perhaps an exponent, perhaps a suffix that multiplies.
fn number(text: &str) -> Option<(Token, usize)> {
    let mut length = run(text, |c| c.is_ascii_digit() || c == '.');
    if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = run(digits, |c| c.is_ascii_digit());
        if count > 0 {
            length = text.len() - digits.len() + count;
        }
    }
    let number: f64 = text[..length].parse().ok()?;
    let suffix = run(&text[length..], |c| c.is_ascii_alphanumeric() || c == '%' || c == '_');
    let suffix = &text[length..length + suffix];
    if suffix.is_empty() {
        return Some((Token::Number(number), length));
    }
    let (_, factor) = SUFFIXES.into_iter().find(|(known, _)| suffix.eq_ignore_ascii_case(known))?;
    Some((Token::Number(number * factor), length + suffix.len()))
}

/// How many of a text's first bytes are of such characters.
fn run(text: &str, is_of: fn(char) -> bool) -> usize {
    text.find(|c| !is_of(c)).unwrap_or(text.len())
}
