//! Parses and counts lines with plain code, slow and obvious: the expected values of the benches. It shares only the
//! list of extensions with logstat, and supports only lines of the generator.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use logstat::{Dimension, StaticRules, Unit};

/// A line of a generated log: combined, optionally with `$host` before it and `$request_time` after it.
pub(crate) struct Hit<'l> {
    pub(crate) address: &'l [u8],
    host: &'l [u8],
    user: &'l [u8],
    /// `14/Nov/2026:00:00:00 +0800`
    time: &'l [u8],
    method: Vec<u8>,
    pub(crate) path: Vec<u8>,
    protocol: Vec<u8>,
    status: &'l [u8],
    bytes: u64,
    referer: Cow<'l, [u8]>,
    agent: Cow<'l, [u8]>,
    time_ms: u64,
}

impl<'l> Hit<'l> {
    pub(crate) fn of(line: &'l [u8]) -> Hit<'l> {
        // Quotes within a field are escaped, so every other quote delimits a field.
        let parts: Vec<&[u8]> = line.split(|&b| b == b'"').collect();
        let [front, request, answer, referer, _, agent, time] = parts[..] else { panic!("{}", line.escape_ascii()) };
        let words = |text: &'l [u8]| text.split(|&b| b == b' ').filter(|w| !w.is_empty()).collect::<Vec<_>>();
        let front = words(front);
        let (host, rest) = if front.len() == 6 { (front[0], &front[1..]) } else { (&b"-"[..], &front[..]) };
        let [address, _, user, date, offset] = rest[..] else { panic!("{}", line.escape_ascii()) };
        let answer = words(answer);
        let (method, path, protocol) = parts_of(&unescaped(request));
        assert_eq!(offset, b"+0800]");
        Hit {
            address,
            host,
            user,
            time: &date[1..],
            method,
            path,
            protocol,
            status: answer[0],
            bytes: number(answer[1]),
            referer: unescaped(referer),
            agent: unescaped(agent),
            time_ms: if time.is_empty() {
                0
            } else {
                number(&time.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<u8>>())
            },
        }
    }

    fn key(&self, dimension: Dimension) -> Cow<'_, [u8]> {
        match dimension {
            Dimension::All => b"all".into(),
            Dimension::Path => (&self.path).into(),
            Dimension::Ip => self.address.into(),
            Dimension::Host => self.host.into(),
            Dimension::Method => (&self.method).into(),
            Dimension::Referer => (&*self.referer).into(),
            Dimension::Agent => (&*self.agent).into(),
            Dimension::User => self.user.into(),
            Dimension::Protocol => (&self.protocol).into(),
            Dimension::Status => self.status.into(),
            Dimension::StatusClass => match self.status.first() {
                Some(first @ b'1'..=b'5') if self.status.len() == 3 => [*first, b'x', b'x'].to_vec().into(),
                _ => b"other".into(),
            },
            Dimension::Class => if self.is_static() { &b"static"[..] } else { b"dynamic" }.into(),
            Dimension::Time(unit) => self.bucket(unit).into_bytes().into(),
            other => unreachable!("no stage has a ranking of {}", other.name()),
        }
    }

    fn bucket(&self, unit: Unit) -> String {
        let text = |from, to| std::str::from_utf8(&self.time[from..to]).expect("a time is ASCII");
        assert_eq!(text(2, 12), "/Nov/2026:", "a generated log is within one month");
        let (day, clock) = (text(0, 2), text(12, 20));
        let date = || number(day.as_bytes()) as usize;
        match unit {
            Unit::Second => format!("2026-11-{day}T{clock}"),
            Unit::Minute => format!("2026-11-{day}T{}", &clock[..5]),
            Unit::Hour => format!("2026-11-{day}T{}", &clock[..2]),
            Unit::Day => format!("2026-11-{day}"),
            // The 16th was the Monday of week 47.
            Unit::Week => if date() < 16 { "2026-W46" } else { "2026-W47" }.to_owned(),
            Unit::Month => "2026-11".to_owned(),
            Unit::Year => "2026".to_owned(),
            Unit::HourOfDay => clock[..2].to_owned(),
            Unit::Weekday => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(date() + 5) % 7].to_owned(),
            other => unreachable!("no stage counts per {}", other.name()),
        }
    }

    fn is_static(&self) -> bool {
        static EXTENSIONS: LazyLock<HashSet<Vec<u8>>> =
            LazyLock::new(|| StaticRules::default().extensions().map(<[u8]>::to_vec).collect());
        let name = self.path.rsplit(|&b| b == b'/').next().unwrap_or_default();
        let extension = name.iter().rposition(|&b| b == b'.').map(|dot| name[dot + 1..].to_ascii_lowercase());
        self.path.starts_with(b"/static/")
            || self.path.starts_with(b"/media/")
            || extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
    }
}

/// Method, path without query, and protocol.
fn parts_of(request: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let missing = || (b"-".to_vec(), b"-".to_vec(), b"-".to_vec());
    let Some(space) = request.iter().position(|&b| b == b' ') else { return missing() };
    let (method, rest) = (&request[..space], &request[space + 1..]);
    if space == 0 || !method.iter().all(|b| b.is_ascii_alphabetic() || b"_-".contains(b)) {
        return missing();
    }
    let last = rest.iter().rposition(|&b| b == b' ').filter(|last| rest[last + 1..].starts_with(b"HTTP/"));
    let (target, protocol) = last.map_or((rest, &b"-"[..]), |last| (&rest[..last], &rest[last + 1..]));
    let target =
        [&b"http://"[..], b"https://"].iter().find_map(|scheme| target.strip_prefix(*scheme)).map_or(target, |uri| {
            let authority = uri.iter().position(|b| b"/?#".contains(b)).unwrap_or(uri.len());
            &uri[authority..]
        });
    let path = target.split(|&b| b == b'?').next().unwrap_or_default();
    let path = if path.is_empty() { b"/" } else { path };
    (method.to_vec(), path.to_vec(), protocol.to_vec())
}

/// Undoes nginx's `\xHH` escapes.
pub(crate) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return text.into();
    }
    let (mut rest, mut bytes) = (text, Vec::new());
    while let [first, behind @ ..] = rest {
        if let [b'\\', b'x', high, low, behind @ ..] = rest {
            let digit = |b: &u8| char::from(*b).to_digit(16).expect("a hexadecimal digit") as u8;
            bytes.push(digit(high) << 4 | digit(low));
            rest = behind;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    bytes.into()
}

fn number(digits: &[u8]) -> u64 {
    std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).expect("a number")
}

/// Expected numbers of a group.
#[derive(Default)]
pub(crate) struct Expected<'l> {
    pub(crate) pv: u64,
    /// Hits by status class.
    pub(crate) class: [u64; 6],
    pub(crate) bytes: u64,
    pub(crate) static_hits: u64,
    pub(crate) visitors: HashSet<&'l [u8]>,
    /// In ascending order.
    pub(crate) times_ms: Vec<u64>,
}

impl Expected<'_> {
    pub(crate) fn p99_ms(&self) -> u64 {
        self.times_ms[(self.times_ms.len() * 99).div_ceil(100) - 1]
    }
}

/// Expected numbers of every group of a dimension.
pub(crate) type Groups<'l> = BTreeMap<Vec<u8>, Expected<'l>>;

pub(crate) fn groups<'l>(hits: &[Hit<'l>], dimension: Dimension) -> Groups<'l> {
    let mut groups = Groups::new();
    for hit in hits {
        let group = groups.entry(hit.key(dimension).into_owned()).or_default();
        group.pv += 1;
        group.class[usize::from(hit.status[0] - b'0')] += 1;
        group.bytes += hit.bytes;
        group.static_hits += u64::from(hit.is_static());
        group.visitors.insert(hit.address);
        group.times_ms.push(hit.time_ms);
    }
    groups.values_mut().for_each(|group| group.times_ms.sort_unstable());
    groups
}
