//! Slow reference: the program's numbers equal those of an independent counter, made of a regular expression, maps and
//! sets after the text of the contract.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::LazyLock;

use loggen::Traffic;
use logstat::{Dimension, Engine, Input, Query, Question, Unit, count, write_json};
use regex::bytes::{Captures, Regex};
use serde_json::{Value, json};

const PREFIXES: [&str; 2] = ["/static/", "/media/"];
const EXTENSIONS: &str = "css js mjs map png jpg jpeg gif svg ico webp avif bmp tif tiff woff woff2 ttf otf eot \
    mp3 mp4 m4a m4v webm ogg ogv wav flac avi mov mpg mpeg flv swf pdf txt csv doc docx xls xlsx ppt pptx \
    zip gz tgz bz2 xz zst tar rar 7z iso dmg exe apk wasm";
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The question to both counters.
#[derive(Clone, Copy, Debug)]
struct Asked {
    by: &'static str,
    since: &'static str,
    until: &'static str,
    keep_query: bool,
    slow_ms: u64,
    /// Empty if the format is detected.
    log_format: &'static str,
}

const USUAL: Asked = Asked { by: "day", since: "", until: "", keep_query: false, slow_ms: 300, log_format: "" };

/// A valid wall-clock time with its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct When {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    offset_min: i32,
}

impl When {
    /// Parses `05/Apr/2022:03:45:05 +0000`.
    fn read(raw: &str) -> Option<When> {
        let number = |at: usize, width: usize| raw[at..at + width].parse::<u32>().ok();
        let month = MONTHS.as_bytes().chunks(3).position(|name| *name == raw.as_bytes()[3..6])? as u32 + 1;
        let (offset_hours, offset_minutes) = (number(22, 2)?, number(24, 2)?);
        let size = (offset_hours * 60 + offset_minutes) as i32;
        let mut when = When {
            year: number(7, 4)?,
            month,
            day: number(0, 2)?,
            hour: number(12, 2)?,
            minute: number(15, 2)?,
            second: number(18, 2)?,
            offset_min: if &raw[21..22] == "-" { -size } else { size },
        };
        when.second -= u32::from(when.second == 60);
        let exists = when.year > 0
            && (1..=days_of(when.year, month)).contains(&when.day)
            && when.hour < 24
            && when.minute < 60
            && when.second < 60
            && offset_hours < 24
            && offset_minutes < 60;
        exists.then_some(when)
    }

    /// Days since 31 December of the year 0, a Sunday.
    fn day_number(self) -> u32 {
        let years = self.year - 1;
        let before = (1..self.month).map(|month| days_of(self.year, month)).sum::<u32>();
        years * 365 + years / 4 - years / 100 + years / 400 + before + self.day
    }

    fn weekday(self) -> u32 {
        (self.day_number() - 1) % 7
    }

    /// ISO week. A week belongs to the year of its Thursday; its number is the number of whole weeks since the start of
    /// that year, plus one.
    fn week(self) -> String {
        let first_of = |year| When { year, month: 1, day: 1, ..self }.day_number();
        let thursday = self.day_number() + 3 - self.weekday();
        let year = (self.year.max(2) - 1..=self.year + 1).rfind(|year| first_of(*year) <= thursday).unwrap();
        format!("{year:04}-W{:02}", (thursday - first_of(year)) / 7 + 1)
    }

    fn key(self, unit: &str) -> String {
        let second = self.second();
        match unit {
            "week" => self.week(),
            "weekday" => WEEKDAYS[self.weekday() as usize].to_owned(),
            "hour-of-day" => second[11..13].to_owned(),
            step if step.starts_with(|c: char| c.is_ascii_digit()) => self.step(step),
            _ => {
                let units = [("second", 19), ("minute", 16), ("hour", 13), ("day", 10), ("month", 7), ("year", 4)];
                second[..units.into_iter().find(|(name, _)| *name == unit).unwrap().1].to_owned()
            }
        }
    }

    /// The key of a step such as `15m`: the minute of the hour rounded down to a multiple of 15.
    fn step(self, step: &str) -> String {
        let (number, letter) = step.split_at(step.len() - 1);
        let down = |value: u32| value - value % number.parse::<u32>().unwrap();
        let When { hour, minute, second, .. } = self;
        let day = self.key("day");
        match letter {
            "h" => format!("{day}T{:02}", down(hour)),
            "m" => format!("{day}T{hour:02}:{:02}", down(minute)),
            _ => format!("{day}T{hour:02}:{minute:02}:{:02}", down(second)),
        }
    }

    fn second(self) -> String {
        let When { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }

    fn with_offset(self) -> String {
        let (sign, size) = (if self.offset_min < 0 { '-' } else { '+' }, self.offset_min.abs());
        format!("{}{sign}{:02}:{:02}", self.second(), size / 60, size % 60)
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The numbers of some hits.
#[derive(Default)]
struct Group {
    pv: u64,
    bytes: u64,
    static_hits: u64,
    /// Hits by the first digit of the status.
    status: BTreeMap<u8, u64>,
    visitors: HashSet<Vec<u8>>,
}

impl Group {
    fn add(&mut self, hit: &Hit) {
        self.pv += 1;
        self.bytes = self.bytes.saturating_add(hit.bytes);
        self.static_hits += u64::from(hit.is_static);
        *self.status.entry(hit.status[0]).or_default() += 1;
        self.visitors.insert(hit.addr.clone());
    }

    fn row(&self) -> BTreeMap<String, Value> {
        let mut row: BTreeMap<_, _> = [
            ("pv", self.pv),
            ("bytes", self.bytes),
            ("static", self.static_hits),
            ("dynamic", self.pv - self.static_hits),
        ]
        .map(|(name, number)| (name.to_owned(), json!(number)))
        .into();
        let mut other = self.pv;
        for digit in b'1'..=b'5' {
            let hits = self.status.get(&digit).copied().unwrap_or(0);
            other -= hits;
            row.insert(format!("status_{}xx", digit as char), json!(hits));
        }
        row.insert("status_other".to_owned(), json!(other));
        row.insert("uv".to_owned(), json!(self.visitors.len()));
        row
    }
}

/// The fields of a line.
struct Hit {
    when: When,
    addr: Vec<u8>,
    status: Vec<u8>,
    bytes: u64,
    spent_ms: Option<u64>,
    is_static: bool,
    /// Keys by dimension.
    keys: BTreeMap<&'static str, Vec<u8>>,
}

/// The rules, compiled once.
struct Rules {
    line: Regex,
    request: Regex,
    absolute: Regex,
    extension: Regex,
    escape: Regex,
}

static RULES: LazyLock<Rules> = LazyLock::new(Rules::new);

impl Rules {
    fn new() -> Rules {
        let rule = |text: &str| Regex::new(&format!("(?s-u){text}")).unwrap();
        let quoted = r#"(?:[^"\\]|\\.)*"#;
        Rules {
            line: rule(&format!(
                r#"\A(?:(?P<host>[^ ]+) )??(?P<addr>[^ ]+) - (?P<user>{quoted}?) \[(?P<time>[0-9]{{2}}/[A-Z][a-z]{{2}}/[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [+-][0-9]{{4}})\] "(?P<request>{quoted})" (?P<status>[0-9]{{3}}) (?P<bytes>[0-9]+|-) "(?P<referer>{quoted})" "(?P<agent>{quoted})"(?: "{quoted}")?(?: (?P<spent>[0-9]+\.[0-9]{{3}}|-)(?: .*)?|(?: .*)?)\z"#
            )),
            request: rule(r"\A([A-Za-z_-]+) +([^ ]+(?: +[^ ]+)*?)(?: +(HTTP/[0-9]+(?:\.[0-9]+)?))? *\z"),
            absolute: rule(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*"),
            extension: rule(r"\A/(?:.*/)?[^/]+\.([A-Za-z0-9]{1,16})\z"),
            escape: rule(r#"\\(?:x([0-9A-Fa-f]{2})|(["\\]))"#),
        }
    }

    fn unescaped(&self, raw: &[u8]) -> Vec<u8> {
        let byte = |found: &Captures<'_>| match found.get(1) {
            Some(digits) => vec![u8::from_str_radix(str::from_utf8(digits.as_bytes()).unwrap(), 16).unwrap()],
            None => found[2].to_vec(),
        };
        self.escape.replace_all(raw, byte).into_owned()
    }

    fn path(&self, target: &[u8]) -> Vec<u8> {
        let path = self.absolute.replace(target, &b""[..]).into_owned();
        if path != target && !path.starts_with(b"/") { [b"/", &path[..]].concat() } else { path }
    }

    fn extension(&self, path: &[u8]) -> Vec<u8> {
        let found = self.extension.captures(path).map(|found| found[1].to_ascii_lowercase());
        found.filter(|found| found.iter().any(u8::is_ascii_lowercase)).unwrap_or_else(|| b"-".to_vec())
    }

    /// Parses a line; `None` if it is malformed.
    fn hit(&self, line: &[u8], keep_query: bool) -> Option<Hit> {
        let found = self.line.captures(line)?;
        let text = |name: &str| found.name(name).map_or(&b"-"[..], |m| m.as_bytes());
        let ascii = |name: &str| str::from_utf8(text(name)).unwrap();
        let key = |value: Vec<u8>| if value.is_empty() { b"-".to_vec() } else { value };
        let number = |digits: String| if digits == "-" { Some(None) } else { digits.parse::<u64>().ok().map(Some) };
        let when = When::read(ascii("time"))?;
        let bytes = number(ascii("bytes").to_owned())?.unwrap_or(0);
        let spent_ms = number(ascii("spent").replace('.', ""))?;
        let request = self.unescaped(text("request"));
        let parts = self.request.captures(&request);
        let part = |i| parts.as_ref().and_then(|p| p.get(i)).map_or(&b"-"[..], |m| m.as_bytes());
        let whole = if parts.is_some() { self.path(part(2)) } else { b"-".to_vec() };
        let stripped = whole.split(|byte| *byte == b'?').next().unwrap().to_vec();
        let is_static = parts.is_some() && is_static(&stripped);
        let addr = key(self.unescaped(text("addr")));
        let class: &[u8] = if is_static { b"static" } else { b"dynamic" };
        let keys = [
            ("path", key(if keep_query { whole } else { stripped.clone() })),
            ("ip", addr.clone()),
            ("host", key(self.unescaped(text("host")))),
            ("method", part(1).to_vec()),
            ("protocol", part(3).to_vec()),
            (
                "scheme",
                self.absolute
                    .find(part(2))
                    .map_or(&b"-"[..], |m| m.as_bytes())
                    .split(|b| *b == b':')
                    .next()
                    .unwrap()
                    .to_ascii_lowercase(),
            ),
            ("ext", self.extension(&stripped)),
            ("referer", key(self.unescaped(text("referer")))),
            ("agent", key(self.unescaped(text("agent")))),
            ("user", key(self.unescaped(text("user")))),
            ("status", text("status").to_vec()),
            ("status-class", status_class(text("status")).into_bytes()),
            ("class", class.to_vec()),
        ];
        Some(Hit { when, addr, status: text("status").to_vec(), bytes, spent_ms, is_static, keys: keys.into() })
    }
}

/// Returns `2xx` for a status such as 204, `other` for any but those from 100 to 599.
fn status_class(status: &[u8]) -> String {
    match status[0] {
        digit @ b'1'..=b'5' => format!("{}xx", digit as char),
        _ => "other".to_owned(),
    }
}

fn is_static(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap();
    let extension = name.iter().rposition(|byte| *byte == b'.').map(|dot| name[dot + 1..].to_ascii_lowercase());
    PREFIXES.iter().any(|prefix| path.starts_with(prefix.as_bytes()))
        || extension.is_some_and(|e| EXTENSIONS.split_whitespace().any(|known| known.as_bytes() == e))
}

/// All counts of a log.
#[derive(Default)]
struct Counted {
    read: u64,
    blank: u64,
    malformed: u64,
    filtered: u64,
    all: Group,
    tables: BTreeMap<String, BTreeMap<Vec<u8>, Group>>,
    visitor_days: HashSet<(Vec<u8>, String)>,
    times_ms: Vec<u64>,
    first: Option<When>,
    last: Option<When>,
}

impl Counted {
    fn of(files: &[&[u8]], asked: Asked) -> Counted {
        let mut counted = Counted::default();
        for file in files {
            let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
            for line in file.split_inclusive(|byte| *byte == b'\n') {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let start = line.iter().position(|byte| *byte != 0).unwrap_or(line.len());
                counted.line(&line[start..], asked);
            }
        }
        counted
    }

    fn line(&mut self, line: &[u8], asked: Asked) {
        self.read += 1;
        if line.iter().all(|byte| b" \t\r\n\x0b\x0c".contains(byte)) {
            self.blank += 1;
            return;
        }
        let Some(hit) = RULES.hit(line, asked.keep_query) else {
            self.malformed += 1;
            return;
        };
        let second = hit.when.second();
        // Compared as text, a shorter time such as `2026-11` sorts before every time that begins with it.
        if *second < *asked.since || !asked.until.is_empty() && *second >= *asked.until {
            self.filtered += 1;
            return;
        }
        self.all.add(&hit);
        for unit in Unit::all().map(Unit::name).chain(STEPS) {
            self.group(unit, hit.when.key(unit).into_bytes()).add(&hit);
        }
        for (dimension, key) in &hit.keys {
            self.group(dimension, key.clone()).add(&hit);
        }
        self.visitor_days.insert((hit.addr.clone(), hit.when.key("day")));
        self.times_ms.extend(hit.spent_ms);
        self.first = Some(self.first.map_or(hit.when, |first| first.min(hit.when)));
        self.last = Some(self.last.map_or(hit.when, |last| last.max(hit.when)));
    }

    fn group(&mut self, table: &str, key: Vec<u8>) -> &mut Group {
        self.tables.entry(table.to_owned()).or_default().entry(key).or_default()
    }

    /// The groups of a table, ordered by key.
    fn in_order(&self, table: &str) -> Vec<(&[u8], &Group)> {
        let mut rows: Vec<_> = self.tables.get(table).into_iter().flatten().map(|(k, g)| (k.as_slice(), g)).collect();
        if table == "weekday" {
            rows.sort_by_key(|(key, _)| WEEKDAYS.iter().position(|day| day.as_bytes() == *key));
        }
        rows
    }

    fn ranked(&self, table: &str) -> Vec<(&[u8], &Group)> {
        let mut rows = self.in_order(table);
        rows.sort_by(|(a_key, a), (b_key, b)| b.pv.cmp(&a.pv).then(a_key.cmp(b_key)));
        rows
    }

    fn latency(&mut self, slow_ms: u64) -> Option<Value> {
        self.times_ms.sort_unstable();
        let times = &self.times_ms;
        let rank = |percent: usize| times[(percent * times.len()).div_ceil(100).max(1) - 1];
        (!times.is_empty()).then(|| {
            json!({
                "count": times.len(),
                "sum_ms": times.iter().fold(0_u64, |sum, time| sum.saturating_add(*time)),
                "max_ms": times.last(),
                "p50_ms": rank(50), "p90_ms": rank(90), "p95_ms": rank(95), "p99_ms": rank(99),
                "slow_threshold_ms": slow_ms,
                "slow": times.iter().filter(|time| **time > slow_ms).count(),
                "histogram": histogram(times),
            })
        })
    }
}

/// Counts each step by searching all times.
fn histogram(times: &[u64]) -> Vec<Value> {
    let (mut steps, mut from, mut up_to, mut power) = (Vec::new(), None, 1, 1_u64);
    let mut factors = [2, 5, 10].into_iter().cycle();
    loop {
        let is_in = |time: &&u64| **time <= up_to && from.is_none_or(|from| **time > from);
        steps.push(json!({"up_to_ms": up_to, "count": times.iter().filter(is_in).count()}));
        if times.iter().all(|time| *time <= up_to) {
            return steps;
        }
        from = Some(up_to);
        let factor = factors.next().unwrap();
        up_to = power.saturating_mul(factor);
        if factor == 10 {
            power = power.saturating_mul(10);
        }
    }
}

static ODD: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new(r"[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]").unwrap());

/// Keys as reports write them: `\xHH` for bytes that are not UTF-8, control and format characters, and backslashes.
fn written(key: &[u8]) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\x{byte:02X}").unwrap();
            text
        })
    };
    key.utf8_chunks()
        .map(|chunk| {
            let valid = ODD.replace_all(chunk.valid(), |c: &regex::Captures<'_>| hex(c[0].as_bytes()));
            valid.into_owned() + &hex(chunk.invalid())
        })
        .collect()
}

fn reported(files: &[&[u8]], asked: Asked, top: Vec<Dimension>) -> Value {
    let moment = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let mut question = Question::new()
        .by(asked.by.parse::<Unit>().unwrap())
        .top(top)
        .limit(0)
        .query(if asked.keep_query { Query::Keep } else { Query::Strip })
        .slow_ms(asked.slow_ms)
        .log_formats((!asked.log_format.is_empty()).then(|| asked.log_format.parse().unwrap()));
    (question.counting.since, question.counting.until) = (moment(asked.since), moment(asked.until));
    let inputs = files.iter().map(|file| Input::reader("a.log", Cursor::new(file.to_vec()))).collect();
    let engine = Engine::new().threads(2).chunk_bytes(20_000);
    let outcome = count(&question, inputs, &engine).unwrap();
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let mut json = Vec::new();
    write_json(&outcome.report.unwrap(), &mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// Compares a list of rows; `pv` is the number of all hits.
fn same_rows(what: &str, expected: &[(&[u8], &Group)], found: &Value, pv: u64, has_uv: bool, has_share: bool) {
    let found = found.as_array().unwrap();
    let keys: Vec<_> = found.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect();
    let expected_keys: Vec<_> = expected.iter().map(|(key, _)| written(key)).collect();
    assert_eq!(keys, expected_keys, "{what}");
    for ((_, group), row) in expected.iter().zip(found) {
        for (name, number) in group.row() {
            if name != "uv" || has_uv || row.get("uv").is_some() {
                assert_eq!(row[&name], number, "{what} {}: {name}", row["key"]);
            }
        }
        assert_eq!(row.get("share").is_some(), has_share, "{what}");
        if has_share {
            let share = group.pv as f64 / pv as f64;
            assert!((row["share"].as_f64().unwrap() - share).abs() < 1e-12, "{what} {}", row["key"]);
        }
    }
}

/// Derived dimensions whose keys this reference computes. Others have a reference beside their functions, or in the tests
/// `duckdb`, `browsers` and `geo`.
const DERIVED: [&str; 2] = ["ext", "scheme"];

fn agrees(files: &[&[u8]], asked: Asked, logs_host: bool) {
    let is_known =
        |dimension: &Dimension| !matches!(dimension, Dimension::Derived(_)) || DERIVED.contains(&dimension.name());
    let top = Dimension::all().filter(|dimension| logs_host || *dimension != Dimension::Host).filter(is_known);
    let top: Vec<_> = top.collect();
    let report = reported(files, asked, top.clone());
    let mut expected = Counted::of(files, asked);
    let pv = expected.all.pv;
    let lines = json!({
        "read": expected.read, "parsed": pv + expected.filtered, "blank": expected.blank,
        "malformed": expected.malformed, "filtered": expected.filtered,
    });
    assert_eq!(report["lines"], lines, "{asked:?}");
    let stamp = |when: Option<When>| when.map(When::with_offset);
    let period = json!({"first": stamp(expected.first), "last": stamp(expected.last), "unit": asked.by});
    assert_eq!(report["period"], period, "{asked:?}");
    let mut summary = expected.all.row();
    summary.insert("visitor_days".to_owned(), json!(expected.visitor_days.len()));
    assert_eq!(report["summary"], json!(summary), "{asked:?}");
    same_rows("timeline", &expected.in_order(asked.by), &report["timeline"], pv, true, false);
    same_rows("status", &expected.in_order("status"), &report["status"], pv, false, true);
    same_rows("class", &expected.in_order("class"), &report["class"], pv, true, true);
    for name in top.into_iter().map(Dimension::key) {
        same_rows(name, &expected.ranked(name), &report["top"][name], pv, false, true);
    }
    assert_eq!(report.get("latency"), expected.latency(asked.slow_ms).as_ref(), "{asked:?}");
}

const STEPS: [&str; 5] = ["10s", "5m", "15m", "6h", "12h"];

/// Questions with every unit, some steps, periods, and kept query strings.
fn all_asked() -> Vec<Asked> {
    let mut all: Vec<_> = Unit::all().map(Unit::name).chain(STEPS).map(|by| Asked { by, ..USUAL }).collect();
    all.push(Asked { since: "2026-11-15", until: "2026-11-16T12", keep_query: true, slow_ms: 0, ..USUAL });
    all.push(Asked { since: "2026-11-14T00:30:01", slow_ms: 1000, ..USUAL });
    all.push(Asked { until: "2000", ..USUAL });
    all
}

#[test]
fn generated_logs() {
    let made = |times, vhost, seed| {
        let lines = 700 / super::ONE_IN.min(3) as u64;
        let traffic = Traffic { lines, addresses: 200, paths: 150, days: 3, malformed: 0.02, ..Traffic::default() };
        Traffic { times, vhost, seed, ..traffic }.to_vec()
    };
    let (plain, all_fields) = (made(false, false, 1), made(true, true, 2));
    for asked in all_asked().into_iter().step_by(super::ONE_IN.min(5)) {
        agrees(&[&plain], asked, false);
        agrees(&[&all_fields], asked, true);
    }
    agrees(&[&made(false, false, 3), &made(true, false, 4), &made(false, true, 5)], USUAL, true);
    let lines = 2000 / super::ONE_IN as u64;
    let wide = Traffic { lines, unique_queries: 1.0, days: 800, times: true, ..Traffic::default() }.to_vec();
    agrees(&[&wide], Asked { by: "week", keep_query: true, ..USUAL }, false);
}

/// Requests of all kinds, one per line and second.
fn requests() -> Vec<u8> {
    let requests = [
        "GET / HTTP/1.1",
        "",
        "-",
        "GET",
        "GET ",
        " GET / HTTP/1.1",
        "GET  /a   b  HTTP/1.1  ",
        "GET /a HTTP/1.1 HTTP/1.0",
        "GET /a HTTP/",
        "GET /a HTTP/2",
        "GET /a HTTP/1.",
        "G3T /a HTTP/1.1",
        "m-search_x * HTTP/1.1",
        "GET HTTP/1.1",
        "GET http://h/a/b.PNG?c HTTP/1.1",
        "GET http://h?x=1 HTTP/1.1",
        "GET https://h HTTP/1.1",
        "GET http://h#f HTTP/1.1",
        "GET 1http://h/a HTTP/1.1",
        "CONNECT h:443 HTTP/1.1",
        "GET ?x HTTP/1.1",
        "GET # HTTP/1.1",
        "GET /a#b?c HTTP/1.1",
        r"\x16\x03\x01",
        r"GET\x20/a\x20HTTP/1.1",
        r"GET /\x22\x5C\x5Cb HTTP/1.1",
        r#"GET /\"q\\ HTTP/1.1"#,
        r"GET /\x41 HTTP/1.1",
        "GET /A HTTP/1.1",
        r"GET /\xD0\x9F\xFF HTTP/1.1",
        "GET /\u{41f}\u{202e}\u{1b} HTTP/1.1",
        r"GET /\xZZ\x4 HTTP/1.1",
        "GET /static/ HTTP/1.1",
        "GET /static HTTP/1.1",
        "GET /x/static/ HTTP/1.1",
        "GET /media/?x HTTP/1.1",
        "GET /a.css HTTP/1.1",
        "GET /a.CSS?v=1.html HTTP/1.1",
        "GET /a.css/ HTTP/1.1",
        "GET /a.css/b HTTP/1.1",
        "GET /a.b.woff2 HTTP/1.1",
        "GET /.gz HTTP/1.1",
        "GET /css HTTP/1.1",
        "GET a.css HTTP/1.1",
        "GET /a.cssx HTTP/1.1",
        "GET /a. HTTP/1.1",
        "GET /a.css%00 HTTP/1.1",
        "GET /a.7z",
    ];
    let line = |(second, request): (usize, &&str)| {
        format!(
            "10.0.0.{} - - [05/Apr/2022:03:45:{second:02} +0000] \"{request}\" 200 {second} \"-\" \"a\"\n",
            second % 7
        )
    };
    requests.iter().enumerate().map(line).collect::<String>().into_bytes()
}

/// Lines that are unusual outside the request.
const ODD_LINES: &[&str] = &[
    // User names are chosen by clients.
    r#"10.0.0.1 - - bob [01/Jan/2000 [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.1 -  [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "" """#,
    r#"10.0.0.1 - a b [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.1 - x [05/Apr/2022:03:45:05 +0000] [06/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.1 - \x22q\x22 [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    // Addresses are compared as bytes.
    r#"::1 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"0::1 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"\x3A:1 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    // Valid and invalid dates.
    r#"10.0.0.2 - - [29/Feb/2024:23:59:60 +2359] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [29/Feb/2023:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [29/Feb/2000:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [29/Feb/1900:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [31/Apr/2022:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [00/Apr/2022:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apx/2022:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/APR/2022:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/0000:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [01/Jan/0001:00:00:00 -2359] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [31/Dec/9999:23:59:59 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [31/Dec/9999:23:59:59 +0001] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/2022:24:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/2022:23:60:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/2022:23:59:61 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/2022:23:59:59 +2400] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [05/Apr/2022:23:59:59 -0060] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [01/Jan/2021:12:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [31/Dec/2018:12:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    r#"10.0.0.2 - - [04/Jan/1960:12:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a""#,
    // Status codes of all classes; bytes up to and beyond 64 bits.
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 000 - "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 101 007 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 499 0 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 599 1 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 600 1 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 999 1 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 20 1 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1x "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 301 18446744073709551615 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 301 18446744073709551616 "-" "a""#,
    r#"10.0.0.3 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 301 00000000000000000000000000001 "-" "a""#,
    // Truncated lines, and lines that do not match the format.
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a"#,
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-""#,
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200"#,
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET /"#,
    r"10.0.0.4",
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a"x"#,
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a\""#,
    r#"10.0.0.4 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a" more 1"#,
    " 10.0.0.4",
    "",
    " \t\x0b\x0c",
];

#[test]
fn hand_made_lines() {
    let requests = requests();
    let odd = ODD_LINES.join("\n");
    let carriage_returns = ODD_LINES.join("\r\n") + "\r\n";
    let marked = [&b"\xef\xbb\xbf\0\0"[..], ODD_LINES.join("\n\0\0").as_bytes(), b"\n\0\0\0"].concat();
    for asked in all_asked() {
        agrees(&[&requests], asked, false);
        agrees(&[odd.as_bytes()], asked, false);
    }
    agrees(&[carriage_returns.as_bytes()], USUAL, false);
    agrees(&[&marked], USUAL, false);
    agrees(&[&requests, odd.as_bytes(), &marked], USUAL, false);
}

/// The same lines, with the fields that other formats log before and after them.
#[test]
fn hand_made_lines_in_other_formats() {
    let wrapped = |before: &str, after: &str| {
        let whole = String::from_utf8(requests()).unwrap();
        whole.lines().map(|line| format!("{before}{line}{after}\n")).collect::<String>().into_bytes()
    };
    let times = [" 0.000", " 0.300", " 0.301", " -", " 12.345 more"];
    for after in times {
        agrees(&[&wrapped("", after)], USUAL, false);
        agrees(&[&wrapped("shop.example ", after)], USUAL, true);
    }
    for after in [" \"10.9.9.9, 10.8.8.8\"", " \"-\" 1.000", " \"-\" - x"] {
        agrees(&[&wrapped("", after)], USUAL, false);
    }
    // If no preset has the fields after a line with a host, they are ignored.
    agrees(&[&wrapped("shop.example ", " \"-\"")], USUAL, true);
    // Numbers of this form are not detected as a request time.
    let given = Asked { log_format: "combined_timed", ..USUAL };
    let longest = wrapped("", " 18446744073709551.615");
    agrees(&[&longest, &longest], given, false);
    agrees(&[&[longest, wrapped("", " 18446744073709551.616")].concat()], given, false);
    agrees(&[&wrapped("", " 0.1")], USUAL, false);
}

#[test]
fn calendar_of_the_reference_is_right() {
    let rows = [
        ("01/Jan/0001:00:00:00 +0000", "0001-W01", "Mon"),
        ("31/Dec/9999:00:00:00 +0000", "9999-W52", "Fri"),
        ("01/Jan/2021:00:00:00 +0000", "2020-W53", "Fri"),
        ("31/Dec/2018:00:00:00 +0000", "2019-W01", "Mon"),
        ("05/Apr/2022:00:00:00 +0000", "2022-W14", "Tue"),
        ("14/Nov/2026:00:00:00 +0000", "2026-W46", "Sat"),
    ];
    for (raw, week, weekday) in rows {
        let when = When::read(raw).unwrap();
        assert_eq!((when.key("week").as_str(), when.key("weekday").as_str()), (week, weekday), "{raw}");
    }
}
