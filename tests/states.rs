//! Laws of states. However logs are cut into runs, and states are merged, the result has the bytes of the state of one
//! run over all lines, and its report is that of a run without states.

use std::fs;
use std::path::{Path, PathBuf};

use logstat::{
    Condition, Dimension, Engine, ErrorKind, Input, LogFormat, Metric, Precision, Question, Report, Section, State,
    Unit, UvMethod, Visitor, count, count_to_state,
};
use proptest::prelude::*;
use serde_json::Value;

/// A format with all fields, so that nothing that a question names is not logged.
const FORMAT: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                      \"$http_referer\" \"$http_user_agent\" $request_time \"$host\" \"$upstream_addr\"";

fn texts(all: &[&'static str]) -> prop::sample::Select<&'static str> {
    prop::sample::select(all.to_vec())
}

prop_compose! {
    /// A line of the format. Days are around the ends of a week, a month and a year.
    fn hit()(
        (addr, user) in (texts(&["10.0.0.1", "10.0.0.2", "10.0.7.9", "2001:db8::1", "::1", "-"]), texts(&["-", "anna"])),
        day in texts(&["30/Dec/2023", "31/Dec/2023", "01/Jan/2024", "07/Jan/2024", "08/Jan/2024"]),
        hour in 0..24_u8, second in 0..120_u8, zone in texts(&["+0000", "+0000", "+0000", "+0200", "-0330"]),
        request in texts(&[
            "GET / HTTP/1.1", "GET /a HTTP/1.1", "GET /a?x=1 HTTP/2.0", "GET /\\x41 HTTP/1.1", "POST /A HTTP/1.1",
            "GET /static/a.css HTTP/1.1", "GET /b.PNG HTTP/1.1", "-", "\\x16\\x03",
        ]),
        (status, bytes) in (texts(&["200", "200", "304", "404", "499", "500", "000"]), texts(&["0", "512", "-", "18446744073709551615"])),
        referer in texts(&["-", "https://a.example/", "\\x22"]), agent in texts(&["curl/8.5", "Mozilla/5.0", "-"]),
        time in texts(&["0.000", "0.312", "0.299", "12.001", "-"]), host in texts(&["a.example", "b.example"]),
        upstream in texts(&["-", "10.1.0.1:80", "10.1.0.1:80, 10.1.0.2:80"]),
    ) -> String {
        let (minute, second) = (second / 60, second % 60);
        format!(
            "{addr} - {user} [{day}:{hour:02}:{minute:02}:{second:02} {zone}] \"{request}\" {status} {bytes} \
             \"{referer}\" \"{agent}\" {time} \"{host}\" \"{upstream}\""
        )
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![12 => hit(), 1 => texts(&["garbage", "", "  ", "10.0.0.1 - - ["]).prop_map(str::to_owned)]
}
