//! The jobs and commands of the chapters about states. Directories stand for servers.

use super::*;

const CRON: &str = include_str!("../../../../docs/src/cron.md");
const FLEET: &str = include_str!("../../../../docs/src/fleet.md");

/// Runs a command in the directory of a server, as ssh does.
const SSH: &str = r#"cd "$(dirname "$0")/$1" && shift && exec sh -c "$*""#;

/// Appends requests of one address to a log: one for each of the last 50 minutes.
fn append(log: &Path, address: &str, path: &str) {
    let mut text = fs::read_to_string(log).unwrap_or_default();
    for minute in (0..50).rev() {
        let then: DateTime<Utc> = (SystemTime::now() - Duration::from_secs(60 * minute)).into();
        let time = then.format("%d/%b/%Y:%H:%M:%S +0000");
        writeln!(text, "{address} - - [{time}] \"GET {path} HTTP/1.1\" 200 512 \"-\" \"-\" 0.030").unwrap();
    }
    fs::write(log, text).unwrap();
}

/// A directory with the servers web1 and web2. Each has logs of a visitor of its own, and of one who visits both.
fn fleet() -> TempDir {
    let fleet = tempfile::tempdir().unwrap();
    for (server, address) in [("web1", "203.0.113.1"), ("web2", "203.0.113.2")] {
        for directory in ["nginx", "lib"] {
            fs::create_dir_all(fleet.path().join(server).join(directory)).unwrap();
        }
        for (log, path) in [("access.log", "/new"), ("access.log.1", "/old")] {
            append(&fleet.path().join(server).join("nginx").join(log), address, path);
            append(&fleet.path().join(server).join("nginx").join(log), "203.0.113.3", path);
        }
    }
    for (name, script) in [("ssh", SSH), ("hostname", r#"basename "$PWD""#)] {
        stub(fleet.path(), name, script);
    }
    fleet
}

fn succeeds(script: &str, place: &Path) -> String {
    let output = run(script, place);
    assert!(output.status.success(), "{script}\n{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "{script}");
    text(&output.stdout)
}

#[test]
fn states_come_over_ssh() {
    let fleet = fleet();
    let [script, _] = &blocks_of(FLEET, "sh,needs=ssh")[..] else { panic!("the chapter has two scripts with ssh") };
    let printed = succeeds(script, fleet.path());
    assert!(printed.contains("200 lines = 200 counted"), "{printed}");
    let merged = succeeds("logstat web1.state web2.state --json", fleet.path());
    assert!(merged.contains(r#""summary":{"pv":200,"uv":3,"#), "{merged}");
    let mode = fs::metadata(fleet.path().join("web1.state")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // A server that cannot be reached keeps its last state.
    stub(fleet.path(), "ssh", "exit 255");
    let printed = succeeds(script, fleet.path());
    assert!(printed.contains("200 lines = 200 counted"), "{printed}");
}

#[test]
fn states_are_collected_by_rsync() {
    if is_skipped(has_program("rsync"), "rsync is not installed (apt-get install rsync)") {
        return;
    }
    let fleet = fleet();
    let [count, collect] = &jobs_of(FLEET)[..] else { panic!("the chapter has two jobs") };
    for server in ["web1", "web2"] {
        let job = format!("PATH={}:$PATH\n{count}", fleet.path().display());
        assert_eq!(succeeds(&job, &fleet.path().join(server)), "");
    }
    // A job that runs a second time copies nothing, and reports the same.
    for _ in 0..2 {
        assert_eq!(succeeds(collect, fleet.path()), "");
        let report = succeeds("logstat states/*.state --json", fleet.path());
        assert!(report.contains(r#""summary":{"pv":200,"uv":3,"#), "{report}");
        assert!(fs::read_to_string(fleet.path().join("week.html")).unwrap().contains("/old"));
    }
    // The log was not rotated, and is counted again.
    let copy = "for state in web1/lib/*.state; do cp $state $state-again.state; done";
    succeeds(copy, fleet.path());
    assert_eq!(succeeds(collect, fleet.path()), "");
    succeeds("rm web1/lib/*-again.state states/*-again.state", fleet.path());
    months_are_merged_once(fleet.path());
}

/// Merges the states of this month, merges them again, and removes all but the merged one.
fn months_are_merged_once(fleet: &Path) {
    let now: DateTime<Utc> = SystemTime::now().into();
    let this_month = format!("month={}", now.format("%Y-%m"));
    let (merge, remove) = (&blocks_of(FLEET, "sh,needs=rsync")[0], &blocks_of(FLEET, "sh,needs=ssh")[1]);
    for script in [merge, merge, remove] {
        let output = run(&script.replace("month=2026-10", &this_month), fleet);
        assert!(output.status.success(), "{script}\n{}", text(&output.stderr));
        let report = succeeds("logstat states/month-*.state", fleet);
        assert!(report.contains("200 lines = 200 counted"), "{report}");
    }
    assert_eq!(succeeds("ls web1/lib web2/lib states | grep -c state$", fleet), "1\n");
}

#[test]
fn growing_states_are_copied_and_merged() {
    if is_skipped(has_program("rsync"), "rsync is not installed (apt-get install rsync)") {
        return;
    }
    let fleet = fleet();
    for server in ["web1", "web2"] {
        let job = format!("logstat nginx/access.log --state lib/{server}.state -o report.html");
        succeeds(&job, &fleet.path().join(server));
    }
    let printed = succeeds(&blocks_of(FLEET, "sh,needs=rsync")[1], fleet.path());
    assert!(printed.contains("200 lines = "), "{printed}");
}

#[test]
fn jobs_with_a_state_count_each_line_once() {
    let place = place(false);
    fs::create_dir(place.path().join("lib")).unwrap();
    let log = |name: &str| place.path().join("nginx").join(name);
    for name in ["shop.log", "blog.log"] {
        append(&log(name), "203.0.113.7", "/first");
    }
    let jobs = jobs_of(CRON);
    assert_eq!(jobs.len(), 2);
    let reports = |expected: [&str; 2]| {
        for (job, expected) in jobs.iter().zip(expected) {
            assert_eq!(succeeds(job, place.path()), "");
            let (_, html) = job.rsplit_once("-o ").unwrap();
            let page = fs::read_to_string(place.path().join(html)).unwrap();
            assert!(page.contains(expected), "{job}: no {expected}");
        }
    };
    reports(["50 lines", "100 lines"]);
    // The log is rotated, and the new one has requests too.
    fs::rename(log("access.log"), log("access.log.1")).unwrap();
    append(&log("access.log"), "203.0.113.7", "/second");
    append(&log("shop.log"), "203.0.113.7", "/second");
    reports(["100 lines", "150 lines"]);
}

#[test]
fn systemd_units_are_valid() {
    if is_skipped(has_program("systemd-analyze"), "systemd-analyze is not installed (apt-get install systemd)") {
        return;
    }
    let place = place(false);
    let units = blocks_of(CRON, "ini");
    assert_eq!(units.len(), 2);
    for (unit, name) in units.iter().zip(["logstat.service", "logstat.timer"]) {
        fs::write(place.path().join(name), unit.replace("/usr/bin/logstat", program())).unwrap();
    }
    succeeds("systemd-analyze verify ./logstat.service ./logstat.timer", place.path());
}

/// True if a program is in the directories that scripts search.
fn has_program(name: &str) -> bool {
    ["/usr/bin", "/bin"].iter().any(|directory| Path::new(directory).join(name).exists())
}
