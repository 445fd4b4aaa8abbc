//! The logs that a configuration writes.

use std::path::Path;

use super::{http, read_all};
use crate::{Conf, Escape, Log, LogTarget};

/// The files to read with their formats: `/a.log main`.
fn files(conf: &Conf) -> Vec<String> {
    let row = |(path, formats): (std::path::PathBuf, Vec<&crate::LogFormat>)| {
        let formats: Vec<_> = formats.iter().map(|format| format.name()).collect();
        format!("{} {}", path.display(), formats.join(","))
    };
    conf.files().into_iter().map(row).collect()
}

#[test]
fn formats_are_collected() {
    let conf = http(
        "log_format main '$remote_addr - ' \"[$time_local]\"\n ' $status' ;\nlog_format j escape=json '{\"a\":\"$host\"}'; log_format n escape=none $uri;",
    );
    let conf = conf.unwrap();
    let rows: Vec<_> = conf.formats().iter().map(|f| (f.name(), f.escape(), f.text())).collect();
    assert_eq!(rows[0].0, "combined");
    assert_eq!(
        rows[1..],
        [
            ("main", Escape::Default, "$remote_addr - [$time_local] $status"),
            ("j", Escape::Json, "{\"a\":\"$host\"}"),
            ("n", Escape::None, "$uri"),
        ]
    );
}

#[test]
fn level_with_its_own_log_does_not_inherit() {
    const MAIN: &str = "log_format main '$uri';";
    for (text, expected) in [
        ("server {}", &["/prefix/logs/access.log combined"][..]),
        ("", &[]),
        ("access_log a.log main; server {}", &["/prefix/a.log main"]),
        ("access_log a.log; server { access_log /b.log main; }", &["/b.log main"]),
        ("access_log a.log; server { access_log /b.log main; } server {}", &["/prefix/a.log combined", "/b.log main"]),
        ("server { access_log /b.log; } server {}", &["/b.log combined", "/prefix/logs/access.log combined"]),
        ("server { access_log /b.log; }", &["/b.log combined"]),
        ("access_log off; server {}", &[]),
        ("access_log off; server { access_log /b.log; }", &["/b.log combined"]),
        // `off` applies to the whole level.
        ("access_log a.log; server { access_log off; access_log /b.log; }", &[]),
        (
            "access_log a.log; server { location / { access_log /b.log main; } }",
            &["/prefix/a.log combined", "/b.log main"],
        ),
        ("access_log off; server { location / { location /a { access_log /c.log; } } }", &["/c.log combined"]),
        (
            "access_log off; server { location / { if ($x) { access_log /i.log; } limit_except GET { access_log /l.log; } } }",
            &["/i.log combined", "/l.log combined"],
        ),
        ("server { location / { access_log /a.log main; } access_log /a.log; }", &["/a.log combined,main"]),
        // If two logs of a level have every request, the first is enough.
        ("access_log /a.log; access_log /b.log main; server {}", &["/a.log combined"]),
        ("access_log /s.log main if=$slow; access_log /b.log; server {}", &["/b.log combined"]),
        (
            "access_log /x.log main if=$a; access_log /y.log combined if=$b; server {}",
            &["/x.log main", "/y.log combined"],
        ),
        ("access_log syslog:server=unix:/dev/log main; access_log /b.log; server {}", &["/b.log combined"]),
        (
            "access_log /a.log; access_log /b.log; server {} server { access_log /b.log; }",
            &["/a.log combined", "/b.log combined"],
        ),
        ("access_log /a.log main buffer=32k flush=5s gzip=1 if=$x; server {}", &["/a.log main"]),
    ] {
        let conf = http(&format!("{MAIN}{text}")).unwrap();
        assert_eq!(files(&conf), expected, "{text}");
    }
}

#[test]
fn name_with_variables_matches_files() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a.example.log", "b.example.log", "all.log", "error.log", "b.example.log.1"] {
        std::fs::write(dir.path().join(name), "").unwrap();
    }
    let text = "error_log error.log; http { log_format v '$host'; access_log all.log; server {} server { access_log $host.log v; } }";
    let path = dir.path().join("nginx.conf");
    std::fs::write(&path, text).unwrap();
    let conf = Conf::read(&path).unwrap();
    let names: Vec<_> = files(&conf).iter().map(|row| row.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["all.log combined", "a.example.log v", "b.example.log v"]);
    assert!(matches!(conf.logs()[1].target(), LogTarget::Files(pattern) if pattern.ends_with("/*.log")));
}

#[test]
fn unreadable_logs_are_listed() {
    let conf = http(
        "access_log syslog:server=127.0.0.1 combined if=$x; access_log /dev/stdout; access_log /var/log/$host; server {}",
    );
    let conf = conf.unwrap();
    assert!(conf.files().is_empty());
    assert_eq!(conf.logs().len(), 3);
    assert!(conf.logs().iter().all(|log| log.is_written() && matches!(log.target(), LogTarget::Unreadable { .. })));
    assert_eq!((conf.logs()[0].conditions(), conf.logs()[1].conditions().len()), (&["$x".to_owned()][..], 0));
    let conf = http("access_log /a.log combined gzip; server { access_log off; }").unwrap();
    assert!(conf.logs()[0].is_gzip() && !conf.logs()[0].is_written());
}

#[test]
fn default_log_depends_on_the_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let built = dir.path().join("conf").join("nginx.conf");
    let packaged = dir.path().join("nginx").join("nginx.conf");
    for path in [&built, &packaged] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "http { server {} server { access_log a.log; } }").unwrap();
    }
    let source = "nginx built from source";
    let given = Conf::read_with_prefix(&packaged, Path::new("/given")).unwrap();
    for (conf, default, own, of) in [
        (Conf::read(&built).unwrap(), dir.path().join("logs/access.log"), dir.path().join("a.log"), source),
        (
            Conf::read(&packaged).unwrap(),
            "/var/log/nginx/access.log".into(),
            dir.path().join("nginx/a.log"),
            "nginx's packages",
        ),
        (given, "/given/logs/access.log".into(), "/given/a.log".into(), source),
    ] {
        let files: Vec<_> = conf.files().into_iter().map(|(path, _)| path).collect();
        assert_eq!(files, [default, own]);
        let defaults: Vec<_> = conf.logs().iter().map(Log::default_of).collect();
        assert_eq!(defaults, [Some(of), None]);
    }
}

#[test]
fn stream_logs_are_ignored() {
    let text = "stream { log_format s '$bytes_sent'; access_log /s.log s; server { listen 1; } } http { server { access_log /a.log; } }";
    assert_eq!(files(&read_all(&[("nginx.conf", text)]).unwrap()), ["/a.log combined"]);
}
