//! The README's commands work as it describes.

use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// The lines of the README's shell blocks.
fn commands() -> impl Iterator<Item = &'static str> {
    let blocks = README.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty())
}

#[test]
fn every_detected_format_is_listed() {
    let row = |(name, about): (&str, &str)| format!("| `{name}` | {about} |\n");
    let rows: String = logstat::LogFormat::detected().map(row).collect();
    assert!(README.contains(&rows), "{rows}");
}

#[test]
fn every_logstat_command_runs() {
    let directory = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_logstat"));
    std::fs::copy("testdata/shop.log", directory.path().join("access.log")).unwrap();
    std::fs::copy("testdata/hosts.log", directory.path().join("hosts.log")).unwrap();
    std::fs::copy("testdata/proxied.log", directory.path().join("proxied.log")).unwrap();
    std::fs::write(directory.path().join("own.log"), "10.0.0.7|1794645000.000|GET / HTTP/1.1|200|512\n").unwrap();
    let nginx = directory.path().to_str().unwrap();
    let example = README.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let example = example.replace("/var/log/nginx", nginx);
    std::fs::create_dir(directory.path().join("logstat")).unwrap();
    std::fs::copy(directory.path().join("own.log"), directory.path().join("logstat/own.log")).unwrap();
    std::fs::write(directory.path().join("logstat/config.toml"), &example).unwrap();
    std::fs::write(directory.path().join("team.toml"), &example).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let configuration = README.split("## Configuration\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let uses: Vec<_> = commands().filter(|line| line.contains("logstat ") && !line.starts_with("cargo")).collect();
    assert!(uses.len() >= 7, "{uses:?}");
    for line in uses {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&directory).env_clear().env("PATH", &path);
        // The example configuration applies only to the commands of its section.
        if configuration.contains(line) {
            command.env("XDG_CONFIG_HOME", directory.path());
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        if line.contains("--fail-if") {
            // The condition is about the last hour, in which an old log has no hits.
            assert!(matches!(output.status.code(), Some(0 | 3)), "{line}\n{said}");
        } else {
            assert!(output.status.success() && said.is_empty(), "{line}\n{said}");
        }
        assert!(!output.stdout.is_empty() || line.contains("> report.json") || line.contains(" -o "), "{line}");
    }
}

/// Each question of the README is a case, whose expected answer was checked by hand.
#[test]
fn every_question_is_a_case() {
    let block = README.split("## Questions\n\n```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let mut asked: Vec<_> = block.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned()).collect();
    let cases = std::fs::read_dir("testdata/cases").unwrap().map(|case| case.unwrap().path());
    let questions = cases.filter(|case| case.file_name().unwrap().to_str().unwrap().starts_with("question_"));
    let mut answered: Vec<_> = questions
        .map(|case| {
            let cmd = std::fs::read_to_string(case.join("cmd")).unwrap();
            format!("logstat {}", cmd.trim().trim_start_matches("../../").replacen("shop.log", "access.log", 1))
        })
        .collect();
    asked.sort_unstable();
    answered.sort_unstable();
    assert_eq!(asked, answered);
}

#[test]
fn screenshot_is_the_output_of_the_first_command() {
    let output = Command::new(env!("CARGO_BIN_EXE_logstat"))
        .args(["testdata/shop.log", "--by", "day"])
        .env_clear()
        .env("COLUMNS", "80")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let picture = README.split("```\n").find(|block| block.starts_with("testdata/shop.log")).unwrap();
    let (start, end) = picture.split_once("…\n").unwrap();
    assert!(printed.starts_with(start) && printed.ends_with(end), "{printed}");
}
