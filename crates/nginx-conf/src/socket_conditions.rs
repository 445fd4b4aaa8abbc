//! Decides conditions that depend on the sockets of a server: `if ($scheme = http) { return 301 https://…; }`.

use super::names::Listen;
use super::tree::Directive;

/// The connections that a server accepts, as far as its sockets determine them.
pub(crate) struct Connection<'l> {
    /// True if all sockets use TLS, false if none does; `None` if they differ.
    is_tls: Option<bool>,
    /// The port, if it is the same for all sockets.
    port: Option<&'l str>,
}

impl<'l> Connection<'l> {
    /// `ssl_on` is the directive `ssl on`, which enabled TLS on all sockets of a server before nginx 1.25.1.
    pub(crate) fn new(listens: &'l [Listen], ssl_on: bool) -> Connection<'l> {
        let is_tls = |listen: &Listen| ssl_on || listen.is_tls;
        let first = listens.first().map(is_tls);
        let port = listens.first().and_then(Listen::port);
        Connection {
            is_tls: first.filter(|first| listens.iter().all(|listen| is_tls(listen) == *first)),
            port: port.filter(|_| listens.iter().all(|listen| listen.port() == port)),
        }
    }

    /// Returns the server with each `if` resolved: replaced by its directives if it always holds, removed if it never
    /// does. `None` if there is no such `if`. Locations are left out.
    pub(crate) fn decided(&self, server: &Directive) -> Option<Directive> {
        let level = server.block.as_deref()?;
        level.iter().find_map(|directive| self.holds(directive))?;
        let mut block = Vec::new();
        for directive in level.iter().filter(|directive| !directive.is("location")) {
            match self.holds(directive) {
                Some(true) => block.extend(directive.block.iter().flatten().cloned()),
                Some(false) => {}
                None => block.push(directive.clone()),
            }
        }
        Some(Directive { name: server.name.clone(), args: server.args.clone(), block: Some(block) })
    }

    /// True if the condition of an `if` holds; `None` if the sockets alone do not decide it.
    fn holds(&self, directive: &Directive) -> Option<bool> {
        if !directive.is("if") {
            return None;
        }
        let (variable, operator, value) = comparison(directive)?;
        let actual = match variable {
            "$scheme" => self.is_tls.map(|is_tls| if is_tls { "https" } else { "http" }),
            "$https" => self.is_tls.map(|is_tls| if is_tls { "on" } else { "" }),
            "$server_port" => self.port,
            _ => None,
        }?;
        match operator {
            _ if value.contains('$') => None,
            "=" => Some(actual == value),
            "!=" => Some(actual != value),
            _ => None,
        }
    }
}

/// Splits `(variable operator value)`, where the parentheses may be separate words.
fn comparison(directive: &Directive) -> Option<(&str, &str, &str)> {
    let mut words: Vec<&str> = directive.args.iter().map(|word| word.text.as_str()).collect();
    let first = words.first_mut()?;
    *first = first.strip_prefix('(')?;
    if first.is_empty() {
        words.remove(0);
    }
    let last = words.last_mut()?;
    *last = last.strip_suffix(')')?;
    // The closing parenthesis after a quoted value is a separate word.
    if last.is_empty() && words.len() == 4 {
        words.pop();
    }
    match words[..] {
        [variable, operator, value] => Some((variable, operator, value)),
        _ => None,
    }
}
