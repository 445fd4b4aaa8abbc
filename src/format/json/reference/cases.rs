//! Lines that serde_json rejects or reads differently, but that nginx or people do write.

use super::read;
use crate::batch::{Status, TextField};
use crate::format::Reason;
use crate::format::json::key_lookup::JsonKeys;
use crate::format::json::scan::JsonScratch;
use crate::format::slot::Slot;
use crate::format::variables::Destination;
use crate::time::Clock;

#[test]
fn lenient_json_is_accepted() {
    let keys = JsonKeys::new(&[], &[]);
    let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
    let mut found = |line: &[u8]| read(&keys, line, &mut scratch, &mut clock);
    let path = Slot::fed_by(Destination::Text(TextField::Path)).index();
    let status = |code| Ok(Status::new(code));
    for (line, expected) in [
        (r#"{"status":000}"#, status(0)),
        (r#"{"status":0123}"#, status(123)),
        (r#"{"status": "000" , }"#, status(0)),
        (r#"{"status":200,,"x":1,}"#, status(200)),
        (r#"  {"status":200}  "#, status(200)),
        (r#"{"status":-}"#, Ok(Status::MISSING)),
        (r#"{"status":}"#, Ok(Status::MISSING)),
        (r#"{"status": ,"x":1}"#, Ok(Status::MISSING)),
        (r#"{"status":null}"#, Ok(Status::MISSING)),
        (r#"{"status":[]}"#, Ok(Status::MISSING)),
        (r#"{"status":["404"]}"#, status(404)),
        (r#"{"upstream_response_time":0.1, 0.2 : 0.3,"status":200}"#, status(200)),
        (r#"{"status":200,"status":404}"#, status(404)),
        (r#"{"status":200,"status":""}"#, status(200)),
        (r#"{"code":500,"status":404}"#, status(404)),
        (r#"{"code":500,"status":""}"#, status(500)),
        (r#"{"stat\u0075s":"\u0034\/04"}"#, Err(Reason::BadNumber)),
        (r#"{"stat\u0075s":"\u003404"}"#, status(404)),
        ("{\"x\":\"\u{1}\u{7f}\",\"status\":200}", status(200)),
        (r#"{"status":1000}"#, Err(Reason::BadNumber)),
        (r#"{"status":"OK"}"#, Err(Reason::BadNumber)),
        (r#"{"status":200,"body_bytes_sent":18446744073709551616}"#, Err(Reason::BadNumber)),
        (r#"{"status":200,"time_local":"31/Feb/2022:00:00:00 +0000"}"#, Err(Reason::BadTime)),
        (r#"{"status":200,"time":"now"}"#, Err(Reason::BadTime)),
        (r#"{"msg":"started","time":"2022-04-05T03:45:05Z"}"#, Err(Reason::NoMatch)),
        ("{}", Err(Reason::NoMatch)),
        ("not JSON", Err(Reason::NoMatch)),
        ("", Err(Reason::NoMatch)),
        ("{", Err(Reason::BadJson)),
        (r#"{"status":200}}"#, Err(Reason::BadJson)),
        (r#"{"status":200} {"status":200}"#, Err(Reason::BadJson)),
        (r#"{"status":200]"#, Err(Reason::BadJson)),
        (r#"{"status" 200}"#, Err(Reason::BadJson)),
        (r#"{"status":200 "x":1}"#, Err(Reason::BadJson)),
        (r#"{"status":"200""x":1}"#, Err(Reason::BadJson)),
        (r#"{"status":"200}"#, Err(Reason::BadJson)),
        (r#"{"status":200,"x":[1,2}"#, Err(Reason::BadJson)),
    ] {
        assert_eq!(found(line.as_bytes()).map(|row| row.status), expected, "{line}");
    }
    // Bytes that are not UTF-8, a lone surrogate, nginx's own escapes, a backslash, a list.
    for (line, expected) in [
        (&b"{\"request_uri\":\"/\xff\xfe\"}"[..], &b"/\xff\xfe"[..]),
        (br#"{"request_uri":"/\ud800x"}"#, b"/\xed\xa0\x80x"),
        (br#"{"request_uri":"/\x22\xD0"}"#, b"/\"\xd0"),
        (br#"{"request_uri":"/\\x22"}"#, br"/\x22"),
        (br#"{"request_uri":["/a","/b"]}"#, br#"["/a","/b"]"#),
        (br#"{"request_uri":["/a\\","/b"]}"#, br#"["/a\\","/b"]"#),
        (br#"{"request_uri":{"x":"/b"},"url":"/c"}"#, b"/c"),
        (br#"{"request_uri":17}"#, b"17"),
    ] {
        let row = found(line);
        assert_eq!(row.map(|row| row.texts[path].clone()), Ok(expected.to_vec()), "{}", line.escape_ascii());
    }
}

#[test]
fn deep_nesting_and_long_lines_do_not_overflow() {
    let keys = JsonKeys::new(&[], &[]);
    let (mut scratch, mut clock) = (JsonScratch::default(), Clock::default());
    let many = 300_000;
    for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("{\"request\":", "}"), ("{\"headers\":", "}")] {
        let nested = format!("{{\"request\":{}1{},\"status\":200}}", open.repeat(many), close.repeat(many));
        let found = read(&keys, nested.as_bytes(), &mut scratch, &mut clock);
        assert_eq!(found.map(|row| row.status), Ok(Status::new(200)), "{open}");
        assert!(read(&keys, open.repeat(many).as_bytes(), &mut scratch, &mut clock).is_err());
    }
}

#[test]
fn line_with_two_flaws_has_one_reason_regardless_of_previous_lines() {
    let keys = JsonKeys::new(&[], &[]);
    let mut clock = Clock::default();
    let sound = br#"{"status":200,"time_local":"05/Apr/2022:03:45:05 +0000"}"#;
    let flawed = br#"{"status":1000,"time_local":"31/Feb/2022:03:45:05 +0000"}"#;
    let alone = read(&keys, flawed, &mut JsonScratch::default(), &mut clock);
    let mut scratch = JsonScratch::default();
    assert!(read(&keys, sound, &mut scratch, &mut clock).is_ok());
    assert_eq!(read(&keys, flawed, &mut scratch, &mut clock), alone);
    assert_eq!(alone, Err(Reason::BadTime));
}
