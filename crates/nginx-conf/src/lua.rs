//! Finds the end of a Lua block: `content_by_lua_block { … }` contains another language, with its own braces and
//! quotes.

/// Returns the number of bytes up to and including the closing `}`. `text` begins after the opening `{`.
pub(crate) fn block_len(text: &[u8]) -> Option<usize> {
    let mut depth = 1_usize;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        at += match byte {
            b'{' => {
                depth += 1;
                1
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
                1
            }
            b'"' | b'\'' => quoted_len(rest)?,
            b'-' if rest.starts_with(b"--") => match long_bracket_len(&rest[2..]) {
                Some(len) => 2 + len?,
                None => memchr::memchr(b'\n', rest)?,
            },
            b'[' => long_bracket_len(rest).unwrap_or(Some(1))?,
            _ => 1,
        };
    }
    None
}

fn quoted_len(text: &[u8]) -> Option<usize> {
    let quote = text[0];
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Returns the length of `[[…]]`, `[=[…]=]` and so on; `None` if `text` does not begin with one, `Some(None)` if it is
/// not closed.
fn long_bracket_len(text: &[u8]) -> Option<Option<usize>> {
    let level = text.strip_prefix(b"[")?.iter().take_while(|b| **b == b'=').count();
    if text.get(level + 1) != Some(&b'[') {
        return None;
    }
    let close = [b"]", &text[1..=level], b"]"].concat();
    Some(memchr::memmem::find(text, &close).map(|start| start + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_and_comments_are_ignored() {
        for body in [
            " }",
            " if x then y = {} end }",
            " ngx.say(\"}\") }",
            " ngx.say('\\'}') }",
            " -- }\n }",
            " --[[ }\n } ]] }",
            " x = [==[ ]] } ]==] }",
            " a[b[1]] = '{' }",
        ] {
            assert_eq!(block_len([body.as_bytes(), b" rest }"].concat().as_slice()), Some(body.len()), "{body}");
        }
        for open in ["", "{", "\"}", "'\\", "-- }", "--[[ } ", "[=[ ]] }"] {
            assert_eq!(block_len(open.as_bytes()), None, "{open}");
        }
    }
}
