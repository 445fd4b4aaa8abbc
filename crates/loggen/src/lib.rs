//! Generates nginx access logs that look like those of a real site, for tests and benchmarks. The crate uses only std,
//! so a seed gives the same bytes on every machine.
//!
//! ```text
//! cargo run --release -p loggen -- --lines 5000000 -o /tmp/big.log     1.2 GB in a few seconds
//! ```
//! The crate does not know how logstat counts. Tests and benchmarks must not take their expected answers from it.

mod agents;
mod clock;
mod digits;
mod json;
mod odd;
mod outcome;
mod paths;
mod referers;
mod rng;
mod visitors;

use std::io::{self, Write};

use agents::Agents;
use clock::Clock;
use digits::{push_decimal, push_seconds};
use rng::{Rng, Weighted};
use visitors::{Visitor, Visitors};

/// One request in `ODD` is odd or hostile.
const ODD: u64 = 2000;

/// Properties of a generated log.
///
/// The log is in nginx's combined format and begins on Saturday 14/Nov/2026 at 00:00:00 +0800. `times`, `vhost`,
/// `json`, `short`, `agent_bytes` and `malformed` change how the traffic is logged, not the traffic itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// Number of lines.
    pub lines: u64,
    /// Number of visitors, drawn by a Zipf distribution: 1 to 2^27. A short log does not contain all of them.
    pub addresses: usize,
    /// Makes each request come from a different visitor, instead of one of `addresses`. At most 2^27 lines.
    pub unique_addresses: bool,
    /// Number of paths, drawn by a Zipf distribution: at least 1, below 2^32.
    pub paths: usize,
    /// Share of the requests, 0 to 1, with a query string that no other request has.
    pub unique_queries: f64,
    /// Makes each request ask for a different path, instead of one of `paths`.
    pub unique_paths: bool,
    /// Adds `$request_time` after the user agent.
    pub times: bool,
    /// Adds `$host` before the address.
    pub vhost: bool,
    /// Writes JSON lines, as nginx does with `escape=json`.
    pub json: bool,
    /// Leaves out query strings, referers and user agents: about the shortest lines that occur.
    pub short: bool,
    /// Minimum length of user agents in bytes, reached by repeating them; 0 leaves them as they are.
    pub agent_bytes: usize,
    /// Number of days that the log covers, at least 1. An hour of the fifth day is an outage.
    pub days: u32,
    /// Seed: the same seed with the same other fields gives the same bytes.
    pub seed: u64,
    /// Share of the lines, 0 to 1, that are cut short or contain something else, and fit no format.
    pub malformed: f64,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            lines: 100_000,
            addresses: 200_000,
            unique_addresses: false,
            paths: 30_000,
            unique_queries: 0.05,
            unique_paths: false,
            times: false,
            vhost: false,
            json: false,
            short: false,
            agent_bytes: 0,
            days: 7,
            seed: 1,
            malformed: 0.0,
        }
    }
}

impl Traffic {
    /// Writes the log to `out`, one line at a time. `out` should be buffered.
    ///
    /// # Errors
    /// Any error of `out`.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut site = Site::new(self);
        let mut line = Vec::with_capacity(1024);
        for number in 0..self.lines {
            line.clear();
            site.push_line(&mut line, number);
            out.write_all(&line)?;
        }
        Ok(())
    }

    /// Returns the log as bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut log = Vec::with_capacity(256 * self.lines as usize);
        self.write_to(&mut log).expect("writing to a Vec cannot fail");
        log
    }
}

/// The fictional site while the log is generated.
struct Site<'a> {
    traffic: &'a Traffic,
    clock: Clock,
    visitors: Visitors,
    paths: Weighted,
    agents: Agents,
    rng: Rng,
    /// Separate random streams, so that adding times or damage changes nothing else in a log.
    pace: Rng,
    accidents: Rng,
}

impl<'a> Site<'a> {
    fn new(traffic: &'a Traffic) -> Self {
        let seed = traffic.seed;
        Self {
            traffic,
            clock: Clock::new(traffic.days.max(1), traffic.lines, seed),
            visitors: Visitors::new(traffic.addresses.max(1), seed),
            paths: Weighted::new((1..=traffic.paths.max(1)).map(rng::zipf)),
            agents: Agents::new(),
            rng: Rng::new(seed),
            pace: Rng::new(!seed),
            accidents: Rng::new(seed.rotate_left(32) ^ 0xacc1_de27),
        }
    }

    /// Appends one line with its line end. `line` must be empty.
    fn push_line(&mut self, line: &mut Vec<u8>, number: u64) {
        let second = self.clock.second(number, &mut self.rng);
        let drawn = self.visitors.draw(&mut self.rng);
        let visitor = if self.traffic.unique_addresses { self.visitors.ranked(number as usize) } else { drawn };
        let ranked = self.paths.index(self.rng.bits()) as u64;
        let path = if self.traffic.unique_paths { paths::FIRST_MADE + number } else { ranked };
        let kind = paths::kind(path);

        if self.traffic.vhost {
            line.extend_from_slice(paths::host(kind).as_bytes());
            line.push(b' ');
        }
        self.visitors.push_address(line, visitor);
        line.extend_from_slice(b" - ");
        line.extend_from_slice(visitors::user(visitor).as_bytes());
        line.extend_from_slice(b" [");
        line.extend_from_slice(self.clock.stamp(second));
        line.extend_from_slice(b"] \"");
        let time_ms = if self.rng.below(ODD) == 0 {
            odd::push_request(line, &mut self.rng);
            self.pace.below(3)
        } else {
            let status = self.push_request(line, visitor, path, number, second);
            if self.traffic.times { outcome::time_ms(kind, path, status, &mut self.pace) } else { 0 }
        };
        let mut cut_end = line.len() - 1;
        if self.traffic.times {
            line.push(b' ');
            push_seconds(line, time_ms);
        }
        if self.traffic.json {
            json::rewrite(line);
            cut_end = line.len() - 1;
        }
        if self.accidents.unit() < self.traffic.malformed {
            odd::damage(line, cut_end, &mut self.accidents);
        }
        line.push(b'\n');
    }

    /// Appends everything from the request to the user agent, and returns the status.
    fn push_request(&mut self, line: &mut Vec<u8>, visitor: Visitor, path: u64, number: u64, second: u64) -> u16 {
        let kind = paths::kind(path);
        let agent = self.agents.agent(visitor.agent_bits(&mut self.rng));
        let outcome = outcome::decide(kind, path, agent.is_browser, clock::is_outage(second), &mut self.rng);
        line.extend_from_slice(outcome.method.as_bytes());
        line.push(b' ');
        paths::push_path(line, path);
        let path_end = line.len();
        if self.rng.unit() < self.traffic.unique_queries {
            paths::push_unique_query(line, kind, number, second);
        } else {
            paths::push_query(line, kind, &mut self.rng);
        }
        if self.traffic.short {
            line.truncate(path_end);
        }
        let protocol = match visitor.hash >> 24 & 63 {
            1 => " HTTP/1.0\" ",
            2..=44 if agent.is_browser => " HTTP/2.0\" ",
            45..=48 if agent.is_browser => " HTTP/3.0\" ",
            _ => " HTTP/1.1\" ",
        };
        line.extend_from_slice(protocol.as_bytes());
        push_decimal(line, outcome.status.into());
        line.push(b' ');
        push_decimal(line, outcome.bytes);
        line.extend_from_slice(b" \"");
        let referer = line.len();
        referers::push_referer(line, kind, agent.is_browser, &self.paths, &mut self.rng);
        if self.traffic.short {
            line.truncate(referer);
            line.extend_from_slice(b"-\" \"-");
        } else {
            line.extend_from_slice(b"\" \"");
            agent.push(line, self.traffic.agent_bytes);
        }
        line.push(b'"');
        outcome.status
    }
}

#[cfg(test)]
mod tests {
    use super::Traffic;

    fn lines(log: &[u8]) -> Vec<&[u8]> {
        log.strip_suffix(b"\n").unwrap_or(log).split(|&byte| byte == b'\n').collect()
    }

    #[test]
    fn same_seed_gives_the_same_bytes() {
        let traffic = Traffic { lines: 5_000, times: true, malformed: 0.01, ..Traffic::default() };
        let log = traffic.to_vec();
        assert_eq!(log, traffic.to_vec());
        assert_ne!(log, Traffic { seed: 2, ..traffic }.to_vec());
    }

    #[test]
    fn log_has_the_requested_number_of_lines() {
        for lines in [0, 1, 2, 10_000] {
            let log = Traffic { lines, malformed: 0.3, ..Traffic::default() }.to_vec();
            assert_eq!(log.iter().filter(|&&byte| byte == b'\n').count() as u64, lines);
            assert!(log.is_empty() || log.ends_with(b"\n"));
        }
    }

    #[test]
    fn zero_addresses_paths_and_days_are_accepted() {
        let traffic = Traffic { lines: 100, addresses: 0, paths: 0, days: 0, ..Traffic::default() };
        let log = traffic.to_vec();
        let addresses: std::collections::HashSet<&[u8]> =
            lines(&log).into_iter().filter_map(|line| line.split(|&byte| byte == b' ').next()).collect();
        assert_eq!(addresses.len(), 1);
    }

    #[test]
    fn format_does_not_change_the_traffic() {
        let plain = Traffic { lines: 2_000, ..Traffic::default() };
        let timed = Traffic { times: true, vhost: true, malformed: 0.1, ..plain };
        let (plain, timed) = (plain.to_vec(), timed.to_vec());
        let pairs = lines(&plain).into_iter().zip(lines(&timed));
        let kept = pairs.filter(|(plain, timed)| timed.windows(plain.len()).any(|part| part == *plain)).count();
        assert!((1_700..1_900).contains(&kept), "{kept}");
    }

    /// Address, time, path, status and bytes of each line, and the length of the line.
    fn essence(log: &[u8]) -> Vec<(String, usize)> {
        let text = |line: &[u8]| String::from_utf8(line.to_vec()).unwrap();
        let essence = |line: String| {
            let parts: Vec<&str> = line.split('"').collect();
            let path = parts[1].split(['?', ' ']).nth(1).unwrap_or_default();
            (format!("{}{path}{}", parts[0], parts[2]), line.len())
        };
        lines(log).into_iter().map(|line| essence(text(line))).collect()
    }

    #[test]
    fn line_length_does_not_change_the_traffic() {
        let plain = Traffic { lines: 2_000, ..Traffic::default() };
        let short = essence(&Traffic { short: true, ..plain }.to_vec());
        let long = essence(&Traffic { agent_bytes: 2_000, ..plain }.to_vec());
        for (place, (what, bytes)) in essence(&plain.to_vec()).into_iter().enumerate() {
            assert_eq!((&what, &what), (&short[place].0, &long[place].0));
            assert!(short[place].1 <= bytes && bytes <= long[place].1);
        }
        let over = |log: &[(String, usize)], bytes| log.iter().filter(|line| line.1 > bytes).count();
        assert!(over(&short, 200) < 20 && over(&long, 2_000) > 1_900);
    }

    #[test]
    fn unique_addresses_do_not_repeat() {
        let log = Traffic { lines: 5_000, unique_addresses: true, addresses: 10, ..Traffic::default() }.to_vec();
        let addresses: std::collections::HashSet<&[u8]> =
            lines(&log).into_iter().filter_map(|line| line.split(|&byte| byte == b' ').next()).collect();
        assert_eq!(addresses.len(), 5_000);
    }
}
