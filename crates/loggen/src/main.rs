//! Writes an nginx access log that looks like a real site's.
//!
//! ```text
//! cargo run --release -p loggen -- --lines 5000000 -o /tmp/big.log
//! ```

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::str::FromStr;

use loggen::Traffic;

const HELP: &str = "\
Writes an nginx access log that looks like a real site's; the same options give the same bytes.

usage: loggen [OPTIONS]

  --lines N               lines to write [100000]
  --addresses N           number of visitors; their requests follow a Zipf distribution [200000]
  --unique-addresses      give each request a different address
  --paths N               number of paths; their requests follow a Zipf distribution [30000]
  --unique-queries SHARE  share of requests with a unique query string, 0 to 1 [0.05]
  --unique-paths          give each request a different path
  --times                 log $request_time after the user agent
  --vhost                 log $host before the address
  --json                  log JSON, as nginx does with escape=json
  --short                 leave out query strings, referers and user agents
  --agent-bytes N         repeat user agents until they have at least this length [0]
  --days N                number of days, from 14/Nov/2026 on, that the lines cover [7]
  --seed N                seed of the random numbers: another seed gives another log [1]
  --malformed SHARE       share of truncated and foreign lines, 0 to 1 [0]
  -o, --output FILE       write to this file instead of standard output
  -h, --help              show this text
";

/// Options that take no value.
const SWITCHES: [&str; 8] =
    ["--unique-addresses", "--unique-paths", "--times", "--vhost", "--json", "--short", "-h", "--help"];

/// Parsed command line.
struct Options {
    traffic: Traffic,
    output: Option<String>,
    help: bool,
}

fn main() -> ExitCode {
    let parse_options = match parse_options(std::env::args().skip(1)) {
        Ok(parse_options) => parse_options,
        Err(problem) => {
            eprintln!("loggen: {problem}\n  --help lists the options");
            return ExitCode::from(2);
        }
    };
    match write_log(&parse_options) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe early: `loggen | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe && parse_options.output.is_none() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loggen: {}: {error}", parse_options.output.as_deref().unwrap_or("standard output"));
            ExitCode::FAILURE
        }
    }
}

fn write_log(parse_options: &Options) -> io::Result<()> {
    if parse_options.help {
        return io::stdout().write_all(HELP.as_bytes());
    }
    match &parse_options.output {
        Some(name) => write(&parse_options.traffic, File::create(name)?),
        None => write(&parse_options.traffic, io::stdout().lock()),
    }
}

fn write(traffic: &Traffic, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, out);
    traffic.write_to(&mut out)?;
    out.flush()
}

/// Parses the command line. The error is a message for the user.
fn parse_options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut parse_options = Options { traffic: Traffic::default(), output: None, help: false };
    let traffic = &mut parse_options.traffic;
    while let Some(arg) = args.next() {
        let (name, joined) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let is_switch = SWITCHES.contains(&name);
        if is_switch && joined.is_some() {
            return Err(format!("{name} takes no value"));
        }
        let mut value = || joined.clone().or_else(|| args.next()).ok_or(format!("{name} needs a value"));
        match name {
            "--lines" => traffic.lines = number(name, &value()?, &(0..=u64::MAX))?,
            "--addresses" => traffic.addresses = number(name, &value()?, &(1..=1 << 27))?,
            "--unique-addresses" => traffic.unique_addresses = true,
            "--paths" => traffic.paths = number(name, &value()?, &(1..=u32::MAX as usize))?,
            "--unique-queries" => traffic.unique_queries = number(name, &value()?, &(0.0..=1.0))?,
            "--unique-paths" => traffic.unique_paths = true,
            "--times" => traffic.times = true,
            "--vhost" => traffic.vhost = true,
            "--json" => traffic.json = true,
            "--short" => traffic.short = true,
            "--agent-bytes" => traffic.agent_bytes = number(name, &value()?, &(0..=1 << 30))?,
            "--days" => traffic.days = number(name, &value()?, &(1..=100_000))?,
            "--seed" => traffic.seed = number(name, &value()?, &(0..=u64::MAX))?,
            "--malformed" => traffic.malformed = number(name, &value()?, &(0.0..=1.0))?,
            "-o" | "--output" => parse_options.output = Some(value()?),
            "-h" | "--help" => parse_options.help = true,
            _ => return Err(format!("unknown option '{arg}'")),
        }
    }
    Ok(parse_options)
}

fn number<T>(name: &str, text: &str, range: &RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    text.parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("{name} takes a number from {} to {}, not '{text}'", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::{HELP, Options, parse_options};

    fn read(args: &[&str]) -> Result<Options, String> {
        parse_options(args.iter().map(|&arg| arg.to_owned()))
    }

    #[test]
    fn options_are_read_and_documented() {
        let rows: [&[&str]; 15] = [
            &["--lines", "5"],
            &["--addresses=9"],
            &["--unique-addresses"],
            &["--paths", "3"],
            &["--unique-queries", "0.5"],
            &["--unique-paths"],
            &["--times"],
            &["--vhost"],
            &["--json"],
            &["--short"],
            &["--agent-bytes", "2000"],
            &["--days", "30"],
            &["--seed", "7"],
            &["--malformed=1"],
            &["-o", "x.log"],
        ];
        for row in rows {
            assert!(read(row).is_ok(), "{row:?}");
            assert!(HELP.contains(row[0].split('=').next().unwrap_or_default()), "{row:?}");
        }
        assert_eq!(
            read(&["--lines", "5", "--seed=8"])
                .map(|parse_options| (parse_options.traffic.lines, parse_options.traffic.seed)),
            Ok((5, 8))
        );
    }

    #[test]
    fn errors_name_the_option() {
        let rows: [(&[&str], &str); 6] = [
            (&["--lines"], "--lines needs a value"),
            (&["--lines", "many"], "--lines takes a number from 0 to 18446744073709551615, not 'many'"),
            (&["--malformed", "1.5"], "--malformed takes a number from 0 to 1, not '1.5'"),
            (&["--malformed", "NaN"], "--malformed takes a number from 0 to 1, not 'NaN'"),
            (&["--times=1"], "--times takes no value"),
            (&["access.log"], "unknown option 'access.log'"),
        ];
        for (args, message) in rows {
            assert_eq!(read(args).err().as_deref(), Some(message));
        }
    }
}
