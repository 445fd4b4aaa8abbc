//! Referring sites, networks and places in states: merged states have the numbers of one run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Dimensions of texts, of two texts, of addresses and of databases.
const TOP: &str =
    "referer-site,referer-kind,utm-source,arg-names,net,ip-version,country,city,asn,org,referer-site/net,country/path";

/// Line `number` of a log. Days pass, and hosts, addresses, referrers and queries repeat.
fn line(number: usize) -> String {
    let host = ["shop.example", "www.shop.example", "blog.example"][number % 3];
    let address = ["203.0.113.", "198.51.100.", "192.0.2."][number % 3];
    let address =
        if number.is_multiple_of(7) { format!("2001:db8:4a:{}::7", number % 5) } else { format!("{address}{number}") };
    let referer = ["-", "https://shop.example/", "https://www.google.de/", "https://chatgpt.com/", "x y"][number % 5];
    let query = ["", "?utm_source=ads&q=1", "?utm_source=news+letter", "?q=2"][number % 4];
    format!(
        "{host} {address} - - [{}/Nov/2026:08:00:00 +0000] \"GET /{query} HTTP/1.1\" 200 {number} \"{referer}\" \"curl\"\n",
        10 + number / 40
    )
}

struct Folder(TempDir);

impl Folder {
    /// A folder with a log in two parts, and with the databases of testdata.
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let lines = |numbers: std::ops::Range<usize>| numbers.map(line).collect::<String>();
        for (name, text) in [("a.log", lines(0..97)), ("b.log", lines(97..200)), ("whole.log", lines(0..200))] {
            fs::write(folder.0.path().join(name), text).unwrap();
        }
        for name in ["country.mmdb", "city.mmdb", "asn.mmdb"] {
            fs::copy(Path::new(super::REPOSITORY).join("testdata/geo").join(name), folder.0.path().join(name)).unwrap();
        }
        folder
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(super::program())
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .env_clear()
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed.
    fn succeed(&self, arguments: &str) -> Vec<u8> {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The report without what may differ between a merge and one run.
    fn report(&self, arguments: &str) -> Value {
        let mut report: Value = serde_json::from_slice(&self.succeed(arguments)).unwrap();
        let report_object = report.as_object_mut().unwrap();
        ["inputs", "notes", "warnings"].iter().for_each(|key| _ = report_object.remove(*key));
        report
    }

    /// Runs a command that must be refused, and returns its message.
    fn refused(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        String::from_utf8(output.stderr).unwrap()
    }
}

const GEO: &str = "--geo city.mmdb --geo asn.mmdb";

#[test]
fn merged_states_have_the_numbers_of_one_run() {
    let folder = Folder::new();
    let asked = format!("--top {TOP} -n 0 --columns uv --split referer-kind --json -q");
    let whole = folder.report(&format!("whole.log {GEO} --net 20,48 --own-host chatgpt.com {asked}"));
    for name in ["a", "b"] {
        folder.succeed(&format!("{name}.log {GEO} --net 20,48 --own-host chatgpt.com {asked} --save {name}.state"));
    }
    assert_eq!(folder.report(&format!("a.state b.state {asked}")), whole);
    // A state and a log, which is counted with the settings of the state; the database must be given again.
    assert_eq!(folder.report(&format!("a.state b.log {GEO} {asked}")), whole);
    let top = &whole["top"];
    // 40 of chatgpt.com, and those 27 of shop.example that lead to its own hosts.
    let kind = &top["referer-kind"][0];
    assert_eq!((&kind["key"], &kind["pv"]), (&"internal".into(), &67.into()));
    assert!(top["referer-site"].as_array().unwrap().iter().all(|row| row["key"] != "chatgpt.com"));
    assert!(top["net"].as_array().unwrap().iter().any(|row| row["key"] == "203.0.112.0/20"));
}

#[test]
fn threads_and_order_do_not_matter() {
    let folder = Folder::new();
    let asked = format!("{GEO} --top {TOP} -n 0 --json -q");
    let expected = folder.succeed(&format!("a.log b.log {asked} --threads 1"));
    assert_eq!(folder.succeed(&format!("a.log b.log {asked} --threads 3 --no-mmap")), expected);
    assert_eq!(folder.report(&format!("b.log a.log {asked}")), folder.report(&format!("a.log b.log {asked}")));
}

#[test]
fn states_of_other_rules_are_not_merged() {
    let folder = Folder::new();
    folder.succeed("a.log --top net,referer-site --save a.state -q");
    folder.succeed("b.log --top net,referer-site --net 16,48 --save net.state -q");
    folder.succeed("b.log --top net,referer-site --own-host x.example --save host.state -q");
    folder.succeed("a.log --top country --geo country.mmdb --save country.state -q");
    folder.succeed("b.log --top country --geo city.mmdb --save city.state -q");
    for (states, expected) in [
        ("a.state net.state", "--net 24,64"),
        ("a.state host.state", "--own-host"),
        ("country.state city.state", "--geo"),
    ] {
        let message = folder.refused(states);
        assert!(message.contains(expected), "{states}: {message}");
    }
    assert!(folder.refused("a.state --net 16,48 --top net").contains("--net"));
    assert!(folder.refused("country.state b.log --geo city.mmdb").contains("--geo"));
    assert!(folder.refused("country.state b.log").contains("country needs a database"));
    // Rules for keys that a state does not have do not matter to it.
    folder.succeed("a.log --top path --save paths.state -q");
    folder.succeed("b.log --top path,net --net 16,48 --save both.state -q");
    folder.succeed("paths.state both.state --json -q");
    folder.succeed("paths.state b.log --net 16,48 --own-host x.example --geo city.mmdb --json -q");
}

#[test]
fn report_of_a_state_says_when_its_database_was_built() {
    let folder = Folder::new();
    folder.succeed("a.log --top country --geo country.mmdb --save a.state -q");
    let report: Value = serde_json::from_slice(&folder.succeed("a.state --json -q")).unwrap();
    let notes = report["notes"].as_array().unwrap();
    let texts: Vec<_> = notes.iter().filter(|note| note["code"] == "geo-database").map(|note| &note["text"]).collect();
    assert_eq!(texts, ["country comes from GeoLite2-Country, built on 2026-11-01"]);
}
