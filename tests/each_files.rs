//! `--each` with `{}` in the name of an output: a file for each report, all of them or none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Writes a log in which each of these hosts has as many requests as its place from the end.
fn log_of(folder: &Path, hosts: &[&str]) {
    let line = |host: &str| {
        let request = "[14/Nov/2026:08:30:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"";
        format!(
            "{{\"host\":{},\"remote_addr\":\"10.0.0.7\",\"time_iso8601\":\"2026-11-14T08:30:00+00:00\",",
            serde_json::to_string(host).unwrap()
        ) + &format!("\"request\":\"GET / HTTP/1.1\",\"status\":200,\"bytes_sent\":{}}}\n", request.len())
    };
    let requests = hosts.iter().enumerate().map(|(at, host)| line(host).repeat(hosts.len() - at));
    fs::write(folder.join("access.log"), requests.collect::<String>()).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logstat"));
    command.args(["access.log", "--no-config", "--each", "host"]).args(arguments).current_dir(folder);
    command.output().unwrap()
}

/// Returns the files of a folder with their contents.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), text(&entry.path()))).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn no_host_is_lost_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let long = "l".repeat(300);
    let longer = format!("{long}2");
    let hosts = [
        "shop.example",
        ".",
        "..",
        "/",
        "../up",
        "a/b",
        "a\\b",
        "Shop.example",
        "SHOP.EXAMPLE",
        "con",
        "nul.html",
        "index",
        "other",
        "-",
        "-rf",
        "%2E",
        "größe",
        "a b",
        &long,
        &longer,
        ".hidden",
        "end.",
    ];
    log_of(folder.path(), &hosts);
    let output = run(folder.path(), &["-o", "out-{}.json", "-q"]);
    assert_eq!((output.status.code(), &*stderr(&output), &*output.stdout), (Some(0), "", &b""[..]));
    let mut found = BTreeMap::new();
    let names: Vec<String> = files(folder.path()).into_keys().filter(|name| name.ends_with(".json")).collect();
    let mut folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!((names.len(), folded.len()), (hosts.len() + 1, hosts.len() + 1));
    for name in names {
        assert!(name.len() <= "out-.json".len() + 200, "{name}");
        let report: Value = serde_json::from_str(&fs::read_to_string(folder.path().join(&name)).unwrap()).unwrap();
        let key = report["each"]["key"].as_str().map(str::to_owned);
        assert_eq!(key.is_none(), name == "out-index.json", "{name}");
        found.insert(key, report["summary"]["pv"].as_u64().unwrap());
    }
    let pv = |host: &str| found[&Some(host.replace('\\', "\\x5C"))];
    assert!(hosts.iter().enumerate().all(|(at, host)| pv(host) == (hosts.len() - at) as u64), "{found:?}");
    assert_eq!(found[&None], (hosts.len() * (hosts.len() + 1) / 2) as u64);
}

#[test]
fn index_links_to_the_page_of_each_host() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), &["shop.example", "Shop.example", "a/b", "x.example"]);
    fs::create_dir(folder.path().join("reports")).unwrap();
    let output = run(folder.path(), &["-o", "reports/{}.html", "--each-limit", "3"]);
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), ""));
    let pages = files(&folder.path().join("reports"));
    let names: Vec<&str> = pages.keys().map(String::as_str).collect();
    assert_eq!(names, ["%53hop.example.html", "a%2Fb.html", "index.html", "other.html", "shop.example.html"]);
    let links: Vec<&str> =
        pages["index.html"].split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links, ["shop.example.html", "%2553hop.example.html", "a%252Fb.html", "other.html"]);
    for (name, page) in pages.iter().filter(|(name, _)| *name != "index.html") {
        assert!(page.contains("<a href=\"index.html\">All hosts</a>"), "{name}");
        assert!(!page.contains("id=\"lines\""), "{name}");
    }
    let page = &pages["shop.example.html"];
    assert!(page.contains("<h1>host shop.example</h1>"));
    assert!(page.contains("<p class=\"faint\">4 requests · access.log · json · "), "{page}");
    let index = &pages["index.html"];
    let list =
        index.split("<table data-section=\"each\">").nth(1).and_then(|rest| rest.split("</table>").next()).unwrap();
    let metrics = ["pv", "uv", "share", "status_4xx", "status_5xx"];
    assert_eq!(list.matches("data-metric=").count(), metrics.len());
    assert!(metrics.iter().all(|metric| list.contains(&format!("data-metric=\"{metric}\""))), "{list}");
    assert!(list.contains("<td class=\"\" data-label=\"Share\" data-value=\"0.4\">40.0%</td>"), "{list}");
    assert!(pages["other.html"].contains("<h1>1 other host</h1>"));
    assert!(pages["index.html"].contains("id=\"lines\"") && pages["index.html"].contains("Reports by host"));
}

#[test]
fn other_formats_have_a_file_for_all_requests_too() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), &["shop.example", "x.example"]);
    let output = run(folder.path(), &["-o", "{}.csv", "-o", "{}.txt", "-o", "all.json", "--show", "summary"]);
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), ""));
    let files = files(folder.path());
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "access.log",
        "all.json",
        "index.csv",
        "index.txt",
        "shop.example.csv",
        "shop.example.txt",
        "x.example.csv",
        "x.example.txt",
    ];
    assert_eq!(names, expected);
    assert!(files["index.csv"].starts_with("pv,") && files["index.csv"].contains("\n3,"), "{}", files["index.csv"]);
    assert!(files["x.example.csv"].contains("\n1,"));
    assert!(
        files["shop.example.txt"].starts_with("── host shop.example · 2 requests\naccess.log · json · "),
        "{}",
        files["shop.example.txt"]
    );
    let all: Value = serde_json::from_str(&files["all.json"]).unwrap();
    assert_eq!(all["each"]["reports"].as_array().map(Vec::len), Some(2));
}

#[test]
fn no_file_is_replaced_unless_all_are_written() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), &["shop.example", "access", "x.example"]);
    fs::write(folder.path().join("shop.example.log"), "old").unwrap();
    let before = files(folder.path());
    // The file of the host `access` is the input.
    let output = run(folder.path(), &["-o", "{}.log", "--format", "csv"]);
    let expected = "logstat: error: access.log: this file is an input, or the file of another report\nlogstat: error: not all files could be \
                    written, so none was; existing files are unchanged\n";
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(1), expected));
    assert_eq!(files(folder.path()), before);
    // Two reports would have the same file.
    let output = run(folder.path(), &["-o", "{}.json", "-o", "x.example.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("logstat: error: x.example.json: this file is an input, or "),
        "{}",
        stderr(&output)
    );
    assert_eq!(files(folder.path()), before);
    // A directory cannot be replaced by a file.
    fs::create_dir(folder.path().join("x.example.csv")).unwrap();
    let output = run(folder.path(), &["-o", "{}.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.path().join("shop.example.csv").exists() && !folder.path().join("index.csv").exists());
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_utf_8_are_in_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let line = b"a\xFF.example 10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
    fs::write(folder.path().join("access.log"), line).unwrap();
    let output = run(folder.path(), &["--log-format", "vhost", "-o", "{}.json", "-q"]);
    assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), ""));
    let name = folder.path().join("a%FF.example.json");
    let report: Value = serde_json::from_str(&fs::read_to_string(name).unwrap()).unwrap();
    assert_eq!(report["each"]["key"], "a\\xFF.example");
}

#[test]
fn missing_directories_come_with_the_command_that_makes_them() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), &["shop.example"]);
    let rows = [
        ("new/{}.html", "no such directory\n  to make it:  mkdir new\n"),
        ("a/b/{}.html", "no such directory\n  to make it:  mkdir -p a/b\n"),
        ("my pages/{}.html", "no such directory\n  to make it:  mkdir 'my pages'\n"),
        ("access.log/{}.html", "no such directory\n"),
    ];
    for (path, expected) in rows {
        let output = run(folder.path(), &["-o", path]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output), format!("logstat: error: -o {path}: {expected}"));
    }
}
