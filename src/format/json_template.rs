//! The keys of a `log_format` that writes JSON: which of them holds which variable.

use super::json_field::JsonField;
use super::log_format::Piece;

/// The keys whose values are one variable each, and nothing besides it.
pub(super) fn fields(pieces: &[Piece]) -> Vec<JsonField> {
    let mut reader = Reader::default();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => text.chars().for_each(|c| reader.read(c)),
            Piece::Variable { name, .. } => reader.variable(name),
        }
    }
    reader.value_ended();
    reader.fields
}

/// Goes along the text of the format, as along the JSON that it will be.
#[derive(Default)]
struct Reader {
    fields: Vec<JsonField>,
    /// The keys of the objects that are open.
    path: Vec<String>,
    /// The key whose value comes next.
    key: Option<String>,
    /// What was read of a text between quotes, while one is open.
    text: Option<String>,
    is_escaped: bool,
    last_text: String,
    /// The variables of the value that comes, and whether there is anything else in it.
    variables: Vec<String>,
    has_more: bool,
}

impl Reader {
    fn read(&mut self, c: char) {
        if let Some(text) = &mut self.text {
            match c {
                '"' if !self.is_escaped => self.last_text = self.text.take().unwrap_or_default(),
                _ => {
                    self.is_escaped = c == '\\' && !self.is_escaped;
                    self.has_more |= self.key.is_some();
                    text.push(c);
                }
            }
            return;
        }
        match c {
            '"' => (self.text, self.is_escaped) = (Some(String::new()), false),
            ':' if self.key.is_none() => {
                self.key = Some(std::mem::take(&mut self.last_text));
                (self.variables, self.has_more) = (Vec::new(), false);
            }
            '{' => self.path.extend(self.key.take()),
            ',' => self.value_ended(),
            '}' => {
                self.value_ended();
                self.path.pop();
            }
            c if c.is_whitespace() => {}
            _ => self.has_more = true,
        }
    }

    fn variable(&mut self, name: &str) {
        match &self.key {
            Some(_) => self.variables.push(name.to_owned()),
            // A key that is made of a variable.
            None => self.has_more = true,
        }
    }

    fn value_ended(&mut self) {
        let Some(key) = self.key.take() else { return };
        if let ([variable], false) = (&self.variables[..], self.has_more) {
            let path = self.path.iter().map(String::as_str).chain([&*key]).collect::<Vec<_>>().join(".");
            // A variable that feeds nothing is no field.
            self.fields.extend(format!("{variable}={path}").parse::<JsonField>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::log_format::parse;

    #[test]
    fn keys_are_those_of_values_that_are_one_variable() {
        let text = r#"{"t":"$time_iso8601", "client": {"ip" :"$remote_addr","n":{"who":"$remote_user"}},"status":$status,"url":"$scheme://$host$request_uri","line":"$request","v":1,"a\"b":"$host","up":"$upstream_addr","took":$request_time}"#;
        let found = fields(&parse(text).unwrap());
        let found: Vec<_> = found.iter().map(|field| (field.name(), field.key())).collect();
        let expected = [
            ("time_iso8601", "t"),
            ("remote_addr", "client.ip"),
            ("remote_user", "client.n.who"),
            ("status", "status"),
            ("request", "line"),
            ("host", r#"a\"b"#),
            ("request_time", "took"),
        ];
        assert_eq!(found, expected);
    }
}
