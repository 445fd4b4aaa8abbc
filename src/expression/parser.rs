//! Parses tokens into a tree. `||` binds weaker than `&&`, and `&&` weaker than `!`. A comparison is a name, a sign and
//! a value.

use super::error::SyntaxError;
use super::lexer::{Token, cut};
use super::number::Number;
use super::tree::{Comparison, Expression, Operator, Spanned, Value};

/// Maximum nesting of parentheses and `!`, because readers of the tree recurse.
const DEPTH: usize = 100;

/// Parses `text` from the byte offset `start` on. The caller may use the part before it.
pub(crate) fn parse(text: &str, start: usize) -> Result<Expression<Comparison>, SyntaxError> {
    let mut parser = Parser { text, tokens: cut(text, start)?, next: 0, depth: 0 };
    let expression = parser.any()?;
    match &parser.peek().value {
        Token::End => Ok(expression),
        Token::Word(word) if matches!(word.as_str(), "and" | "or") => {
            let sign = if word == "and" { "&&" } else { "||" };
            Err(parser.error(format!("'{word}' is written '{sign}' here")))
        }
        _ => Err(parser.expected("&& or ||")),
    }
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

    fn passes(&mut self, token: &Token) -> bool {
        let is_next = self.peek().value == *token;
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
            return self.error(format!("it ends where {what} was expected"));
        }
        let end = self.tokens.get(self.next + 1).map_or(self.text.len(), |next| next.offset);
        let found = crate::text::printable(self.text[*at..end].trim_end().as_bytes());
        self.error(format!("'{found}' where {what} was expected"))
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
        if !matches!(self.peek().value, Token::Not | Token::Open) {
            return Ok(Expression::Test(self.comparison()?));
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error(format!("more than {DEPTH} parentheses and '!' within each other")));
        }
        let inner = if self.passes(&Token::Not) {
            Expression::Not(Box::new(self.not()?))
        } else {
            self.take();
            let inner = self.any()?;
            if !self.passes(&Token::Close) {
                return Err(self.expected("&&, || or )"));
            }
            inner
        };
        self.depth -= 1;
        Ok(inner)
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
        let Some(turned) = operator.value.turned() else {
            return Err(SyntaxError::new(self.text, left.offset, "a name stands before '~' and 'in', not a value"));
        };
        let operator = Spanned { value: turned, ..operator };
        Ok(Comparison { name: self.name(right)?, operator, values: vec![left] })
    }

    fn operator(&mut self) -> Result<Spanned<Operator>, SyntaxError> {
        let at = self.peek().offset;
        let is_in = |token: Option<&Spanned<Token>>| matches!(token, Some(Spanned { value: Token::Word(word), .. }) if word == "in");
        if is_in(self.tokens.get(self.next)) {
            self.take();
            return Ok(Spanned { offset: at, value: Operator::In });
        }
        if self.peek().value == Token::Not && is_in(self.tokens.get(self.next + 1)) {
            self.take();
            self.take();
            return Ok(Spanned { offset: at, value: Operator::NotIn });
        }
        match self.peek().value {
            Token::Operator(operator) => {
                self.take();
                Ok(Spanned { offset: at, value: operator })
            }
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
        Ok(Spanned { offset: self.take().offset, value })
    }

    fn value(&self, word: &str) -> Result<Value, SyntaxError> {
        let digits = word.strip_suffix('%').unwrap_or(word);
        match Number::read(digits.as_bytes()) {
            Some(number) if digits.len() < word.len() => Ok(Value::Percent(number)),
            Some(number) => Ok(Value::Number(number)),
            None if digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !digits.is_empty() => {
                Err(self.error("no such number, or one of more than nineteen digits"))
            }
            None => Ok(Value::Word(word.to_owned())),
        }
    }

    fn name(&self, operand: Spanned<Value>) -> Result<Spanned<String>, SyntaxError> {
        match operand.value {
            Value::Word(name) => Ok(Spanned { offset: operand.offset, value: name }),
            _ => Err(SyntaxError::new(
                self.text,
                operand.offset,
                "a name was expected: a value is compared with a value",
            )),
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
            ("", 0, "it ends where a name was expected"),
            ("status", 6, "it ends where one of == != < <= > >= ~ !~ in was expected"),
            ("status ==", 9, "it ends where a value was expected"),
            ("status == && 1", 10, "'&&' where a value was expected"),
            ("status == 500 path", 14, "'path' where && or || was expected"),
            ("status == 500 and path == \"/\"", 14, "'and' is written '&&' here"),
            ("(status == 500", 14, "it ends where &&, || or ) was expected"),
            ("status == 500)", 13, "')' where && or || was expected"),
            ("status in 500", 10, "'500' where ( and a list of values was expected"),
            ("status in ()", 11, "')' where a value was expected"),
            ("status in (500 501)", 15, "'501' where a comma or ) was expected"),
            ("1 == 2", 5, "a name was expected: a value is compared with a value"),
            ("\"x\" ~ path", 0, "a name stands before '~' and 'in', not a value"),
            ("bytes > 99999999999999999999", 8, "no such number, or one of more than nineteen digits"),
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
                proptest::sample::select(vec!["a", "==", "1", "%", "(", ")", "!", "in", ",", "&&", "||", "\"", "'", "\\", "~", " ", "é"]), 0..12),
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
