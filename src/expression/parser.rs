//! Parses tokens into a tree. `||` binds weaker than `&&`, and `&&` weaker than `!`; `or`, `and` and `not` are the same
//! in words. A comparison is a name, a sign and a value.

use super::error::SyntaxError;
use super::lexer::{Token, cut};
use super::number::Number;
use super::tree::{Comparison, Expression, Operator, Spanned, Value};
use super::units;

/// Maximum nesting of parentheses and `!`, because readers of the tree recurse.
const DEPTH: usize = 100;

/// Parses `text` from the byte offset `start` on. The caller may use the part before it.
pub(crate) fn parse(text: &str, start: usize) -> Result<Expression<Comparison>, SyntaxError> {
    let mut parser = Parser { text, tokens: cut(text, start)?, next: 0, depth: 0 };
    let expression = parser.any()?;
    match &parser.peek().value {
        Token::End => Ok(expression),
        _ => Err(parser.expected("&& or ||")),
    }
}

/// Operators of other languages in words, with their equivalents here.
const FOREIGN: [(&str, &str); 9] = [
    ("contains", "~"),
    ("like", "~"),
    ("matches", "~"),
    ("is", "=="),
    ("eq", "=="),
    ("ne", "!="),
    ("lt", "<"),
    ("gt", ">"),
    ("between", ">= and <="),
];

/// True for digits with at most one point, which an address has more of.
fn is_like_number(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && word.len() - digits == word.matches('.').count() && word.matches('.').count() < 2
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Spanned<Token>>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Spanned<Token> {
        &self.tokens[self.next]
    }

    /// Returns the next token and moves past it, except at the end.
    fn take(&mut self) -> Spanned<Token> {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    /// Moves past the next token if it is this one, or the word for it.
    fn passes(&mut self, token: &Token) -> bool {
        let is_next = match (&self.peek().value, token) {
            (Token::Word(word), Token::And) => word.eq_ignore_ascii_case("and"),
            (Token::Word(word), Token::Or) => word.eq_ignore_ascii_case("or"),
            (next, token) => next == token,
        };
        if is_next {
            self.take();
        }
        is_next
    }

    fn error(&self, what: impl AsRef<str>) -> SyntaxError {
        SyntaxError::new(self.text, self.peek().offset, what)
    }

    fn expected(&self, what: &str) -> SyntaxError {
        let Spanned { offset: at, value } = self.peek();
        if *value == Token::End {
            return self.error(format!("expected {what} at the end"));
        }
        let end = self.tokens.get(self.next + 1).map_or(self.text.len(), |next| next.offset);
        let found = crate::text::printable(self.text[*at..end].trim_end().as_bytes());
        self.error(format!("expected {what}, found '{found}'"))
    }

    fn any(&mut self) -> Result<Expression<Comparison>, SyntaxError> {
        self.several(&Token::Or, Parser::all, Expression::Any)
    }

    fn all(&mut self) -> Result<Expression<Comparison>, SyntaxError> {
        self.several(&Token::And, Parser::not, Expression::All)
    }

    /// Parses one item, or several joined by a sign.
    fn several(
        &mut self,
        sign: &Token,
        one: impl Fn(&mut Self) -> Result<Expression<Comparison>, SyntaxError>,
        join: impl Fn(Vec<Expression<Comparison>>) -> Expression<Comparison>,
    ) -> Result<Expression<Comparison>, SyntaxError> {
        let first = one(self)?;
        let mut all = vec![first];
        while self.passes(sign) {
            all.push(one(self)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { join(all) })
    }

    fn not(&mut self) -> Result<Expression<Comparison>, SyntaxError> {
        let is_not = self.peek().value == Token::Not || self.is_word_not();
        if !is_not && self.peek().value != Token::Open {
            return Ok(Expression::Test(self.comparison()?));
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error(format!("parentheses and '!' are nested deeper than {DEPTH} levels")));
        }
        self.take();
        let inner = if is_not {
            Expression::Not(Box::new(self.not()?))
        } else {
            let inner = self.any()?;
            if !self.passes(&Token::Close) {
                return Err(self.expected("&&, || or )"));
            }
            inner
        };
        self.depth -= 1;
        Ok(inner)
    }

    /// True if the next word negates what follows. A name has an operator after it.
    fn is_word_not(&self) -> bool {
        let is_not = matches!(&self.peek().value, Token::Word(word) if word.eq_ignore_ascii_case("not"));
        is_not && !matches!(self.tokens.get(self.next + 1), Some(Spanned { value: Token::Operator(_), .. }))
    }

    fn comparison(&mut self) -> Result<Comparison, SyntaxError> {
        let left = self.operand("a name")?;
        let operator = self.operator()?;
        if matches!(operator.value, Operator::In | Operator::NotIn) {
            let values = self.list()?;
            return Ok(Comparison { name: self.name(left)?, operator, values });
        }
        let right = self.operand("a value")?;
        if matches!(left.value, Value::Word(_)) {
            return Ok(Comparison { name: self.name(left)?, operator, values: vec![right] });
        }
        let Some(swapped) = operator.value.with_sides_swapped() else {
            return Err(SyntaxError::new(self.text, left.offset, "'~' and 'in' need a name before them, not a value"));
        };
        let operator = Spanned { value: swapped, ..operator };
        Ok(Comparison { name: self.name(right)?, operator, values: vec![left] })
    }

    fn operator(&mut self) -> Result<Spanned<Operator>, SyntaxError> {
        let at = self.peek().offset;
        let is = |token: Option<&Spanned<Token>>, expected: &str| matches!(token, Some(Spanned { value: Token::Word(word), .. }) if word.eq_ignore_ascii_case(expected));
        let is_in = |token: Option<&Spanned<Token>>| is(token, "in");
        if is_in(self.tokens.get(self.next)) {
            self.take();
            return Ok(Spanned { offset: at, value: Operator::In });
        }
        let is_not = self.peek().value == Token::Not || is(self.tokens.get(self.next), "not");
        if is_not && is_in(self.tokens.get(self.next + 1)) {
            self.take();
            self.take();
            return Ok(Spanned { offset: at, value: Operator::NotIn });
        }
        match self.peek().value {
            Token::Operator(operator) => {
                self.take();
                Ok(Spanned { offset: at, value: operator })
            }
            Token::Word(ref word) => match FOREIGN.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(word)) {
                Some((_, ours)) => Err(self.error(format!("write '{ours}' instead of '{word}'"))),
                None => Err(self.expected("one of == != < <= > >= ~ !~ in")),
            },
            _ => Err(self.expected("one of == != < <= > >= ~ !~ in")),
        }
    }

    /// Parses a list: `(a, b)`.
    fn list(&mut self) -> Result<Vec<Spanned<Value>>, SyntaxError> {
        if !self.passes(&Token::Open) {
            return Err(self.expected("( and a list of values"));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.operand("a value")?);
            if self.passes(&Token::Close) {
                return Ok(values);
            }
            if !self.passes(&Token::Comma) {
                return Err(self.expected("a comma or )"));
            }
        }
    }

    /// Parses a name or a value.
    fn operand(&mut self, what: &str) -> Result<Spanned<Value>, SyntaxError> {
        let value = match &self.peek().value {
            Token::Text(text) => Value::Text(text.clone()),
            Token::Word(word) => self.value(word)?,
            _ => return Err(self.expected(what)),
        };
        let at = self.take().offset;
        Ok(Spanned { offset: at, value: self.with_unit(at, value) })
    }

    /// Joins a number with its unit, if that is the next word: `1 %`, `300 ms`.
    fn with_unit(&mut self, at: usize, value: Value) -> Value {
        let Spanned { offset: unit_at, value: Token::Word(unit) } = self.peek().clone() else { return value };
        match value {
            Value::Number(number) if unit == "%" => {
                self.take();
                Value::Percent(number)
            }
            Value::Number(_) if units::is_unit(&unit) => {
                let digits = self.text[at..unit_at].trim_end();
                self.take();
                Value::Word(format!("{digits}{unit}"))
            }
            value => value,
        }
    }

    fn value(&self, word: &str) -> Result<Value, SyntaxError> {
        let digits = word.strip_suffix('%').unwrap_or(word);
        match Number::read(digits.as_bytes()) {
            Some(number) if digits.len() < word.len() => Ok(Value::Percent(number)),
            Some(number) => Ok(Value::Number(number)),
            None if is_like_number(digits) => {
                Err(self.error("a number has at most nineteen digits, as in 500 or 0.25"))
            }
            None => Ok(Value::Word(word.to_owned())),
        }
    }

    fn name(&self, operand: Spanned<Value>) -> Result<Spanned<String>, SyntaxError> {
        match operand.value {
            Value::Word(name) => Ok(Spanned { offset: operand.offset, value: name }),
            _ => Err(SyntaxError::new(self.text, operand.offset, "one side of a comparison must be a name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a tree with all its parentheses.
    fn written(expression: &Expression<Comparison>) -> String {
        let join = |all: &[Expression<Comparison>], sign| {
            format!("({})", all.iter().map(written).collect::<Vec<_>>().join(sign))
        };
        match expression {
            Expression::Any(all) => join(all, " | "),
            Expression::All(all) => join(all, " & "),
            Expression::Not(one) => format!("!{}", written(one)),
            Expression::Test(Comparison { name, operator, values }) => {
                let values: Vec<_> = values.iter().map(|value| format!("{:?}", value.value)).collect();
                format!("{} {:?} {}", name.value, operator.value, values.join(" "))
            }
        }
    }

    fn tree(text: &str) -> String {
        written(&parse(text, 0).unwrap())
    }

    #[test]
    fn operators_have_the_usual_precedence() {
        let one = |name: &str| format!("{name} Equal Word(\"x\")");
        let [a, b, c, d] = ["a", "b", "c", "d"].map(one);
        let rows = [
            ("a==x || b==x && c==x || d==x", format!("({a} | ({b} & {c}) | {d})")),
            ("(a==x || b==x) && !c==x", format!("(({a} | {b}) & !{c})")),
            ("!(a==x && b==x)", format!("!({a} & {b})")),
            ("!!a==x", format!("!!{a}")),
            ("((a==x))", a),
        ];
        for (text, expected) in rows {
            assert_eq!(tree(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_operators_too() {
        let rows = [
            ("a==x || b==x && !c==x", "a=x or b = x AND NOT c == x"),
            ("!(a==x)", "not (a == x)"),
            ("!!a==x", "not not a==x"),
            ("a !in (1)", "a NOT IN (1)"),
            ("not == 1 && b != 2", "not = 1 and b != 2"),
            ("a ~ \"x\"", "a =~ \"x\""),
        ];
        for (signs, words) in rows {
            assert_eq!(tree(words), tree(signs), "{words}");
        }
    }

    #[test]
    fn units_may_stand_apart() {
        for (apart, joined) in
            [("a > 1 %", "a > 1%"), ("a > 300 ms && b < 2", "a > 300ms && b < 2"), ("a > 1.5 M", "a > 1.5M")]
        {
            assert_eq!(tree(apart), tree(joined), "{apart}");
        }
        assert_eq!(tree("a > 300ms"), "a Greater Word(\"300ms\")");
        assert_eq!(tree("ip == 203.0.113.7"), "ip Equal Word(\"203.0.113.7\")");
        assert!(parse("a > 1 x", 0).is_err());
    }

    #[test]
    fn values_are_typed_and_may_come_first() {
        assert_eq!(tree("5xx > 1%"), "5xx Greater Percent(Number { digits: 1, decimals: 0 })");
        assert_eq!(
            tree("0.5 <= request_time"),
            "request_time GreaterOrEqual Number(Number { digits: 5, decimals: 1 })"
        );
        assert_eq!(tree("\"GET\" == method"), "method Equal Text(\"GET\")");
        assert_eq!(tree("status in (500, 4xx)"), "status In Number(Number { digits: 500, decimals: 0 }) Word(\"4xx\")");
        assert_eq!(tree("status !in (1)"), "status NotIn Number(Number { digits: 1, decimals: 0 })");
        assert_eq!(parse("any path: pv > 1", 9).map(|e| written(&e)), parse("pv > 1", 0).map(|e| written(&e)));
    }

    #[test]
    fn errors_have_the_offset_of_the_mistake() {
        let rows = [
            ("", 0, "expected a name at the end"),
            ("status", 6, "expected one of == != < <= > >= ~ !~ in at the end"),
            ("status ==", 9, "expected a value at the end"),
            ("status == && 1", 10, "expected a value, found '&&'"),
            ("status == 500 path", 14, "expected && or ||, found 'path'"),
            ("path contains \"/\"", 5, "write '~' instead of 'contains'"),
            ("status == 500 xor path == 1", 14, "expected && or ||, found 'xor'"),
            ("not", 3, "expected a name at the end"),
            ("(status == 500", 14, "expected &&, || or ) at the end"),
            ("status == 500)", 13, "expected && or ||, found ')'"),
            ("status in 500", 10, "expected ( and a list of values, found '500'"),
            ("status in ()", 11, "expected a value, found ')'"),
            ("status in (500 501)", 15, "expected a comma or ), found '501'"),
            ("1 == 2", 5, "one side of a comparison must be a name"),
            ("\"x\" ~ path", 0, "'~' and 'in' need a name before them, not a value"),
            ("bytes > 99999999999999999999", 8, "a number has at most nineteen digits, as in 500 or 0.25"),
        ];
        for (text, at, what) in rows {
            let error = parse(text, 0).unwrap_err();
            assert_eq!((error.at(), error.what()), (at, what), "{text}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(parse(&deep, 0).unwrap_err().at(), DEPTH);
        assert!(parse(&"!".repeat(100_000), 0).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_fails_within_its_bounds(
            text: String,
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["a", "==", "1", "%", "(", ")", "!", "in", ",", "&&", "||", "\"", "'", "\\", "~", " ", "é", " not ", " and ", "ms", "10.0.0.0/8", "="]), 0..12),
        ) {
            for text in [text, parts.concat()] {
                if let Err(error) = parse(&text, 0) {
                    proptest::prop_assert!(error.at() <= text.len() && text.is_char_boundary(error.at()));
                    let _ = error.to_string();
                }
            }
        }
    }
}
