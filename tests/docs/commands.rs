//! Runs the commands of a page, in a directory that has testdata and the logs that the book uses.
//!
//! - `sh`: each line must exit with code 0, print something unless it writes a file, and nothing on standard error. If its
//!   comment has `code N`, it must exit with this code.
//! - `console`: a line `$ COMMAND` and what it prints on both streams. `…` stands for lines that are left out. A command
//!   that fails must be followed by `$ echo $?`.
//! - A line ``File `NAME`:`` before a block: the block is a file of this name.
//! - `sh,needs=PROGRAM`: not run here; `crates/checks/tests/recipes.rs` runs it with a stub of the program.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::blocks::{Block, LANGUAGES, Part, parts};

/// THE TABLE of commands that are not run here, each with the line of `.ci/run` that does.
const RUN_BY_CI: [(&str, &str); 6] = [
    ("cargo test", "cargo test --locked"),
    ("cargo install --locked --path .", "cargo install --locked --quiet --path ."),
    ("cargo bench -p checks --features stages", "cargo bench --locked --package checks --features stages"),
    ("packaging/deb", "packaging/deb"),
    ("maturin build --release --locked", "maturin build --locked --quiet --release"),
    ("python3 benches/side_by_side", "python3 benches/side_by_side"),
];

/// Where nginx writes its logs. In commands, the test's directory stands for it.
const NGINX_LOGS: &str = "/var/log/nginx";

/// The test's directory in outputs: the home directory of a user.
const HOME: &str = "/home/you";

/// The name of this host in outputs.
const HOST: &str = "web1";

pub(super) struct Outcome {
    /// The page with the outputs of its commands as they are now.
    pub(super) text: String,
    pub(super) problems: Vec<String>,
    pub(super) commands: usize,
}

pub(super) fn run(text: &str) -> Outcome {
    let place = Place::new();
    let mut outcome = Outcome { text: String::new(), problems: Vec::new(), commands: 0 };
    let mut file = None;
    for part in parts(text) {
        match part {
            Part::Text(lines) => {
                let last = lines.iter().rev().find(|line| !line.is_empty()).unwrap_or(&"");
                file = last.strip_prefix("File `").and_then(|rest| rest.strip_suffix("`:"));
                lines.iter().for_each(|line| push(&mut outcome.text, line));
            }
            Part::Block(block) => {
                push(&mut outcome.text, &format!("```{}", block.info));
                let lines = outcome.block(&block, file.take(), &place);
                lines.iter().for_each(|line| push(&mut outcome.text, line));
                push(&mut outcome.text, "```");
            }
        }
    }
    outcome
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

impl Outcome {
    /// Returns the lines of a block with the outputs as they are now.
    fn block(&mut self, block: &Block<'_>, file: Option<&str>, place: &Place) -> Vec<String> {
        let at = block.line;
        let lines: Vec<String> = block.lines.iter().map(|line| (*line).to_owned()).collect();
        if let Some(name) = file {
            place.write(name, &lines);
            return lines;
        }
        match (block.language(), block.needs()) {
            ("sh", Some(programs)) => {
                let text = lines.join("\n");
                let unused = programs.split('+').filter(|program| !text.contains(program));
                self.problems.extend(unused.map(|program| format!("{at}: {program} is not used")));
            }
            ("sh", None) => joined(&lines).iter().for_each(|line| self.line(at, line, place)),
            ("console", None) => return self.console(block, place),
            (language, _) => {
                if !LANGUAGES.contains(&language) {
                    self.problems.push(format!("{at}: unknown language {language:?}"));
                }
                if language == "text" && lines.iter().any(|line| line.starts_with("logstat ") || line.starts_with("$ "))
                {
                    self.problems.push(format!("{at}: a command in a block that is not run"));
                }
            }
        }
        lines
    }

    fn line(&mut self, at: usize, line: &str, place: &Place) {
        self.commands += 1;
        let not_run = |(command, _): &&(&str, &str)| line.starts_with(command);
        if let Some((command, step)) = RUN_BY_CI.iter().find(not_run) {
            let ci = fs::read_to_string(Path::new(super::super::REPOSITORY).join(".ci/run")).unwrap();
            if !ci.contains(step) {
                self.problems.push(format!("{at}: .ci/run does not run {command}"));
            }
            return;
        }
        let output = place.run(line, 0, false);
        let told = String::from_utf8_lossy(&output.stderr);
        let code = line.split_once("  # ").and_then(|(_, comment)| comment.split_once("code ")?.1.parse().ok());
        if output.status.code() != Some(code.unwrap_or(0)) || code.is_none() && !told.is_empty() {
            self.problems.push(format!("{at}: {line}\n{:?}\n{told}", output.status.code()));
        } else if output.stdout.is_empty() && ![" > ", " -o ", " --save "].iter().any(|writes| line.contains(writes)) {
            self.problems.push(format!("{at}: {line}: prints nothing"));
        }
    }

    fn console(&mut self, block: &Block<'_>, place: &Place) -> Vec<String> {
        let mut lines = Vec::new();
        let mut code = 0;
        let mut entries = block.lines.chunk_by(|_, next| !next.starts_with("$ ")).peekable();
        while let Some(entry) = entries.next() {
            let Some(command) = entry[0].strip_prefix("$ ") else {
                self.problems.push(format!("{}: output without a command", block.line));
                continue;
            };
            self.commands += 1;
            let output = place.run(command, code, true);
            code = output.status.code().unwrap_or(-1);
            let next = entries.peek().map(|next| next[0]);
            if code != 0 && next != Some("$ echo $?") {
                self.problems.push(format!("{}: {command}: exit code {code}, which is not shown", block.line));
            }
            lines.push(entry[0].to_owned());
            lines.extend(shortened(&place.seen(&output.stdout), &entry[1..]));
        }
        lines
    }
}

/// Leaves out the lines that `shown` leaves out by `…`.
fn shortened(printed: &str, shown: &[&str]) -> Vec<String> {
    let printed: Vec<String> = printed.lines().map(str::to_owned).collect();
    let Some(before) = shown.iter().position(|line| *line == "…") else { return printed };
    let after = shown.len() - before - 1;
    if printed.len() <= before + after {
        return printed;
    }
    let mut lines = printed[..before].to_vec();
    lines.push("…".to_owned());
    lines.extend_from_slice(&printed[printed.len() - after..]);
    lines
}

/// Joins lines that end with a backslash, and leaves out comments.
fn joined(lines: &[String]) -> Vec<String> {
    let text = lines.join("\n").replace("\\\n", " ");
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// The logs and databases of the book: their names in `testdata`, and in the book.
const LOGS: [(&str, &str); 9] = [
    ("shop.log", "access.log"),
    ("hosts.log", "hosts.log"),
    ("proxied.log", "proxied.log"),
    ("blog.log", "blog.log"),
    ("clients.log", "clients.log"),
    ("referers.log", "referers.log"),
    ("geo/city.mmdb", "city.mmdb"),
    ("geo/asn.mmdb", "asn.mmdb"),
    ("sites.log", "sites.log"),
];

/// A directory with `testdata`, and the logs of the book.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = tempfile::tempdir().unwrap();
        let testdata = Path::new(super::super::REPOSITORY).join("testdata");
        std::os::unix::fs::symlink(&testdata, place.path().join("testdata")).unwrap();
        for (from, to) in LOGS {
            fs::copy(testdata.join(from), place.path().join(to)).unwrap();
        }
        Place(place)
    }

    fn write(&self, name: &str, lines: &[String]) {
        let path = self.0.path().join(name.trim_start_matches("~/"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, self.placed(&(lines.join("\n") + "\n"))).unwrap();
    }

    /// Runs a command after one that exited with `code`.
    fn run(&self, command: &str, code: i32, is_joined: bool) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_logstat")).parent().unwrap();
        let command = self.placed(&command.replace("cargo run --release --", "logstat"));
        let streams = if is_joined { "exec 2>&1\n" } else { "" };
        Command::new("sh")
            .args(["-c", &format!("{streams}(exit {code})\n{command}")])
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
            .env("COLUMNS", "80")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.0.path())
            .output()
            .unwrap()
    }

    fn placed(&self, text: &str) -> String {
        text.replace(NGINX_LOGS, self.0.path().to_str().unwrap())
    }

    /// Returns an output with the paths and the host that the page has.
    fn seen(&self, output: &[u8]) -> String {
        let place = self.0.path().to_str().unwrap();
        let output = String::from_utf8_lossy(output).replace(&format!("{}:{place}", host()), &format!("{HOST}:{HOME}"));
        output.replace(place, HOME)
    }
}

/// The name of this host.
fn host() -> String {
    let output = Command::new("uname").arg("-n").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn outputs_are_shortened_as_shown() {
    let rows: [(&[&str], &[&str]); 4] = [
        (&["1", "…", "3"], &["a", "…", "d"]),
        (&["…"], &["…"]),
        (&["1"], &["a", "b", "c", "d"]),
        (&["1", "…", "2", "3", "4", "5"], &["a", "b", "c", "d"]),
    ];
    for (shown, expected) in rows {
        assert_eq!(shortened("a\nb\nc\nd\n", shown), expected, "{shown:?}");
    }
}
