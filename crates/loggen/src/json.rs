//! Rewrites a combined line as nginx writes it with `escape=json`. Separate because the traffic is the same in both
//! formats.

/// Turns a line without its line end into an object. It may have `$host` before it and `$request_time` after it. Only
/// lines of this generator are supported, in which every quote within a field is escaped.
pub(crate) fn rewrite(line: &mut Vec<u8>) {
    let combined = std::mem::take(line);
    let parts: Vec<&[u8]> = combined.split(|&byte| byte == b'"').collect();
    let [front, request, answer, referer, _, agent, time] = parts[..] else {
        unreachable!("lines of the generator have this form")
    };
    let words: Vec<&[u8]> = front.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
    let (host, rest) = if words.len() == 6 { (Some(words[0]), &words[1..]) } else { (None, &words[..]) };
    let [address, _, user, date, offset] = rest[..] else { unreachable!("lines of the generator have this form") };
    let answer: Vec<&[u8]> = answer.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
    line.extend_from_slice(b"{\"time_local\":\"");
    line.extend_from_slice(&date[1..]);
    line.push(b' ');
    line.extend_from_slice(&offset[..offset.len() - 1]);
    line.push(b'"');
    push_text(line, "remote_addr", address);
    push_text(line, "remote_user", user);
    push_text(line, "request", request);
    push_number(line, "status", answer[0]);
    push_number(line, "body_bytes_sent", answer[1]);
    push_text(line, "http_referer", referer);
    push_text(line, "http_user_agent", agent);
    if let Some(time) = time.strip_prefix(b" ") {
        push_number(line, "request_time", time);
    }
    if let Some(host) = host {
        push_text(line, "host", host);
    }
    line.push(b'}');
}

fn push_number(line: &mut Vec<u8>, key: &str, number: &[u8]) {
    line.extend_from_slice(b",\"");
    line.extend_from_slice(key.as_bytes());
    line.extend_from_slice(b"\":");
    line.extend_from_slice(number);
}

/// A value that nginx does not have is `-` in combined and empty in JSON.
fn push_text(line: &mut Vec<u8>, key: &str, text: &[u8]) {
    push_number(line, key, b"\"");
    let mut rest = if text == b"-" { &[] } else { text };
    while let [first, behind @ ..] = rest {
        if let [b'\\', b'x', high, low, behind @ ..] = rest {
            let digit = |digit: &u8| char::from(*digit).to_digit(16).expect("a hexadecimal digit") as u8;
            push_escaped(line, digit(high) << 4 | digit(low));
            rest = behind;
        } else {
            push_escaped(line, *first);
            rest = behind;
        }
    }
    line.push(b'"');
}

/// Escapes like `ngx_escape_json`: quotes, backslashes and bytes below the space. All other bytes are written raw.
fn push_escaped(line: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        8 => b'b',
        12 => b'f',
        0..0x20 => {
            line.extend_from_slice(format!("\\u{byte:04X}").as_bytes());
            return;
        }
        _ => {
            line.push(byte);
            return;
        }
    };
    line.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn line_is_rewritten_as_nginx_does() {
        let mut line =
            br#"h ::1 - - [14/Nov/2026:00:00:03 +0800] "GET /\x22\x5C\x0A\x16\xE9 HTTP/1.1" 200 5 "-" "a/b" 0.250"#
                .to_vec();
        rewrite(&mut line);
        let expected = [
            &br#"{"time_local":"14/Nov/2026:00:00:03 +0800","remote_addr":"::1","remote_user":"","request":"GET /\"\\\n\u0016"#[..],
            b"\xE9",
            br#" HTTP/1.1","status":200,"body_bytes_sent":5,"http_referer":"","http_user_agent":"a/b","request_time":0.250,"host":"h"}"#,
        ];
        assert_eq!(line.escape_ascii().to_string(), expected.concat().escape_ascii().to_string());
    }
}
