//! The grammar: from tokens to a tree whose names are not looked up yet. Precedence is SQL's: `or`, `and`, `not`,
//! comparisons, sums, products, signs.

use super::evaluate::{Comparison, Function, Operator};
use super::token::{Placed, Token, tokens};

const TOKEN: &str = "a column, a number, a 'text' or a comparison";
const OPERAND: &str = "a column, a number or a 'text'";
/// Parentheses and signs within each other; deeper is no question a person asks.
const MAX_DEPTH: usize = 64;

/// A parsed text, and the byte it begins at.
pub(super) struct Parsed {
    pub(super) at: usize,
    pub(super) node: Node,
}

pub(super) enum Node {
    Name(String),
    Number(f64),
    Text(String),
    Negate(Box<Parsed>),
    Operation(Box<Parsed>, Operator, Box<Parsed>),
    Call(Function, Vec<Parsed>),
    Compare(Box<Parsed>, Comparison, Box<Parsed>),
    Between(Box<Parsed>, Box<Parsed>, Box<Parsed>),
    In(Box<Parsed>, Vec<Parsed>),
    IsNull(Box<Parsed>),
    Not(Box<Parsed>),
    All(Vec<Parsed>),
    Any(Vec<Parsed>),
}

/// What was expected, and at which byte.
pub(super) struct Unexpected {
    pub(super) expected: &'static str,
    pub(super) at: usize,
}

type Parse<T> = Result<T, Unexpected>;

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Parse<Parsed> {
    let tokens = tokens(text).map_err(|at| Unexpected { expected: TOKEN, at })?;
    let mut parser = Parser { tokens, next: 0, end: text.len(), depth: 0 };
    let parsed = parser.any()?;
    if parser.next < parser.tokens.len() {
        return Err(parser.unexpected("«and», «or» or the end"));
    }
    Ok(parsed)
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Parse<Parsed> {
        self.separated(Self::all, &["or", "||"], Node::Any)
    }

    fn all(&mut self) -> Parse<Parsed> {
        self.separated(Self::not, &["and", "&&"], Node::All)
    }

    fn separated(
        &mut self,
        part: fn(&mut Self) -> Parse<Parsed>,
        separators: &[&str],
        many: fn(Vec<Parsed>) -> Node,
    ) -> Parse<Parsed> {
        let first = part(self)?;
        if !self.take_any(separators) {
            return Ok(first);
        }
        let at = first.at;
        let mut parts = vec![first, part(self)?];
        while self.take_any(separators) {
            parts.push(part(self)?);
        }
        Ok(Parsed { at, node: many(parts) })
    }

    fn not(&mut self) -> Parse<Parsed> {
        let at = self.at();
        if self.take_any(&["not", "!"]) {
            let inner = self.deeper(Self::not)?;
            return Ok(Parsed { at, node: Node::Not(Box::new(inner)) });
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parse<Parsed> {
        let left = self.sum()?;
        let at = left.at;
        let left = Box::new(left);
        if let Some(comparison) = self.take_comparison() {
            let right = Box::new(self.sum()?);
            return Ok(Parsed { at, node: Node::Compare(left, comparison, right) });
        }
        if self.take("is") {
            let is_negated = self.take("not");
            self.need("null", "«null» or «not null»")?;
            return Ok(negated_if(is_negated, at, Node::IsNull(left)));
        }
        let is_negated = self.take("not");
        if self.take("between") {
            let low = Box::new(self.sum()?);
            self.need("and", "«and» and the upper bound")?;
            let high = Box::new(self.sum()?);
            return Ok(negated_if(is_negated, at, Node::Between(left, low, high)));
        }
        if self.take("in") {
            self.need("(", "a list in parentheses")?;
            let list = self.list()?;
            return Ok(negated_if(is_negated, at, Node::In(left, list)));
        }
        if is_negated {
            return Err(self.unexpected("«between» or «in»"));
        }
        Ok(*left)
    }

    fn sum(&mut self) -> Parse<Parsed> {
        self.operations(Self::product, &[("+", Operator::Add), ("-", Operator::Subtract)])
    }

    fn product(&mut self) -> Parse<Parsed> {
        self.operations(Self::signed, &[("*", Operator::Multiply), ("/", Operator::Divide)])
    }

    fn operations(
        &mut self,
        operand: fn(&mut Self) -> Parse<Parsed>,
        operators: &[(&str, Operator)],
    ) -> Parse<Parsed> {
        let mut left = operand(self)?;
        'more: loop {
            for (sign, operator) in operators {
                if self.take(sign) {
                    let right = Box::new(operand(self)?);
                    let at = left.at;
                    left = Parsed { at, node: Node::Operation(Box::new(left), *operator, right) };
                    continue 'more;
                }
            }
            return Ok(left);
        }
    }

    fn signed(&mut self) -> Parse<Parsed> {
        let at = self.at();
        if self.take("-") {
            let inner = self.deeper(Self::signed)?;
            return Ok(Parsed { at, node: Node::Negate(Box::new(inner)) });
        }
        if self.take("+") {
            return self.deeper(Self::signed);
        }
        self.operand()
    }

    fn operand(&mut self) -> Parse<Parsed> {
        let at = self.at();
        if self.take("(") {
            let inner = self.deeper(Self::any)?;
            self.need(")", "«and», «or» or a closing parenthesis")?;
            return Ok(Parsed { at, node: inner.node });
        }
        let node = match self.tokens.get(self.next) {
            Some((_, Token::Number(number))) => Node::Number(*number),
            Some((_, Token::Text(text))) => Node::Text(text.clone()),
            Some((_, Token::Name(name))) if !is_keyword(name) => Node::Name(name.clone()),
            Some((_, Token::Name(name))) if name.eq_ignore_ascii_case("null") => {
                return Err(
                    self.unexpected("a value; what is undefined is asked for with «is null»")
                );
            }
            _ => return Err(self.unexpected(OPERAND)),
        };
        self.next += 1;
        if let Node::Name(name) = &node
            && let Some(function) = Function::find(name)
            && self.take("(")
        {
            let arguments = self.list()?;
            if !function.takes(arguments.len()) {
                return Err(Unexpected { expected: function.usage(), at });
            }
            return Ok(Parsed { at, node: Node::Call(function, arguments) });
        }
        Ok(Parsed { at, node })
    }

    /// The rest of a list, up to its closing parenthesis.
    fn list(&mut self) -> Parse<Vec<Parsed>> {
        let mut list = vec![self.deeper(Self::sum)?];
        while self.take(",") {
            list.push(self.deeper(Self::sum)?);
        }
        self.need(")", "a comma or a closing parenthesis")?;
        Ok(list)
    }

    fn deeper(&mut self, part: fn(&mut Self) -> Parse<Parsed>) -> Parse<Parsed> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected("fewer parentheses"));
        }
        let parsed = part(self);
        self.depth -= 1;
        parsed
    }

    fn take_comparison(&mut self) -> Option<Comparison> {
        let signs = Comparison::SIGNS.iter();
        signs.into_iter().find(|(sign, _)| self.take(sign)).map(|(_, comparison)| *comparison)
    }

    fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(word))
    }

    /// Takes the next token if it is this sign or keyword.
    fn take(&mut self, word: &str) -> bool {
        let is_it = match self.tokens.get(self.next) {
            Some((_, Token::Sign(sign))) => *sign == word,
            Some((_, Token::Name(name))) => name.eq_ignore_ascii_case(word),
            _ => false,
        };
        self.next += usize::from(is_it);
        is_it
    }

    fn need(&mut self, word: &str, expected: &'static str) -> Parse<()> {
        if self.take(word) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &'static str) -> Unexpected {
        Unexpected { expected, at: self.at() }
    }

    /// The byte at which the next token begins.
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }
}

fn negated_if(is_negated: bool, at: usize, node: Node) -> Parsed {
    let parsed = Parsed { at, node };
    if is_negated { Parsed { at, node: Node::Not(Box::new(parsed)) } } else { parsed }
}

fn is_keyword(name: &str) -> bool {
    ["and", "or", "not", "between", "in", "is", "null"]
        .iter()
        .any(|keyword| name.eq_ignore_ascii_case(keyword))
}
