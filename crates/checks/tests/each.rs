//! Reports for each host of a log whose visitors make up hosts: memory grows by less than 1 KiB for each, and a limit
//! keeps the reports of the hosts that have many requests.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const HOSTS: u64 = 1_000_000;
const FREQUENT: u64 = 50;
/// One line in this many is of a frequent host.
const EVERY: u64 = 10;

/// Writes a line for each of a million hosts, and many for each of fifty others.
fn write_log(path: &Path) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for i in 0..HOSTS {
        let mut line = |host: &str| {
            let (second, address) = (i % 60, i % 200);
            let time = format!("[14/Nov/2026:08:30:{second:02} +0000]");
            writeln!(file, "{host} 10.0.0.{address} - - {time} \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"").unwrap();
        };
        line(&format!("{:08x}.example", i.wrapping_mul(0x9E37_79B1) & 0xffff_ffff));
        if i % EVERY == 0 {
            line(&format!("www{}.shop.example", i / EVERY % FREQUENT));
        }
    }
}

/// Runs the program, and returns its report and the largest number of bytes that it used.
fn counted(folder: &Path, arguments: &str) -> (Vec<u8>, u64) {
    let out = std::fs::File::create(folder.join("report.json")).unwrap();
    let mut command = Command::new(checks::program());
    command.args(["a.log", "--no-config", "--each", "host", "--json", "-q"]).args(arguments.split_whitespace());
    let mut child = command.current_dir(folder).stdout(out).stderr(Stdio::inherit()).spawn().unwrap();
    let mut kib = 0;
    let status = loop {
        let of_process = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let most = of_process.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
        kib = most.and_then(|most| most.trim().parse().ok()).map_or(kib, |now: u64| kib.max(now));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert!(status.success(), "{status}");
    (std::fs::read(folder.join("report.json")).unwrap(), kib << 10)
}

#[test]
fn million_hosts_take_less_than_a_kibibyte_each() {
    let folder = tempfile::tempdir().unwrap();
    write_log(&folder.path().join("a.log"));
    let most = HOSTS << 10;
    let (report, bytes) = counted(folder.path(), "--threads 1");
    assert!(bytes < most, "{bytes} bytes");
    let each = serde_json::from_slice::<Value>(&report).unwrap()["each"].take();
    check_frequent(&each);
    assert_eq!(each["reports"].as_array().unwrap().len(), 100);
    assert_eq!(each["other"]["keys"], HOSTS + FREQUENT - 100);
    assert_eq!(each["other"]["pv"], HOSTS + FREQUENT - 100);
    assert_eq!(each["other"]["summary"]["uv"], 200);

    let limit = "--max-memory 64M --threads";
    let (report, bytes) = counted(folder.path(), &format!("{limit} 1"));
    assert!(bytes < most / 4, "{bytes} bytes");
    let json: Value = serde_json::from_slice(&report).unwrap();
    let notes = json["notes"].as_array().unwrap();
    let note = notes.iter().find(|note| note["code"] == "degraded-to-memory").unwrap();
    let expected = "to keep the tables within 64 MiB of memory, only 1024 hosts have numbers of their own, and all others are \
                    counted together, even if they had more requests later";
    assert_eq!(note["text"], expected);
    check_frequent(&json["each"]);
    assert!(json["each"]["other"]["keys"].is_null());
    let reports = json["each"]["reports"].as_array().unwrap();
    let parts = reports.iter().chain([&json["each"]["other"]]);
    assert_eq!(parts.map(|part| part["pv"].as_u64().unwrap()).sum::<u64>(), HOSTS + HOSTS / EVERY);
    assert_eq!((&json["summary"]["pv"], &json["summary"]["uv"]), (&(HOSTS + HOSTS / EVERY).into(), &200.into()));
    let (again, _) = counted(folder.path(), &format!("{limit} 3"));
    assert!(again == report, "the report depends on the number of threads");
}

/// The frequent hosts have all their requests.
fn check_frequent(each: &Value) {
    let reports = each["reports"].as_array().unwrap();
    let mut found: Vec<&str> =
        reports[..FREQUENT as usize].iter().filter_map(|report| report["key"].as_str()).collect();
    found.sort_unstable();
    let mut expected: Vec<String> = (0..FREQUENT).map(|i| format!("www{i}.shop.example")).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let pv = HOSTS / EVERY / FREQUENT;
    assert!(reports[..FREQUENT as usize].iter().all(|report| report["pv"] == pv));
}
