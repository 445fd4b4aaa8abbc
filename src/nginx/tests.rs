//! Tests of explanations and answers.

use std::path::{Path, PathBuf};

use nginx_conf::{Conf, Request};

use super::NginxConf;
use crate::format::LogFormat;
use crate::static_rules::StaticRules;

/// Writes these files to a directory and reads their `nginx.conf`; returns the directory, too.
fn read_all(files: &[(&str, &str)]) -> (Result<NginxConf, String>, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let main = dir.path().join("nginx.conf");
    let read = Conf::read_with_prefix(&main, Path::new("/prefix"));
    (read.map(|conf| NginxConf { conf }).map_err(|error| error.to_string()), dir.path().to_owned())
}

/// Reads a configuration with this text in its `http` block.
fn http(text: &str) -> NginxConf {
    read_all(&[("nginx.conf", &format!("events {{}}\nhttp {{\n{text}\n}}"))]).0.unwrap()
}

#[test]
fn explanation_shows_files_formats_logs_and_locations() {
    let (conf, dir) = read_all(&[
        (
            "nginx.conf",
            "error_log error.log;\nhttp {\n  log_format main '$remote_addr \u{1b}[31m' $status;\n  access_log a.log main;\n  \
             access_log syslog:server=x;\n  include site;\n}",
        ),
        (
            "site",
            "server {\n  listen 80 default_server; listen [::]:443 ssl; server_name a.org ~(?=x) *.a.org;\n  root /srv/a;\n  \
             if ($http_x) { return 403; }\n  location /static/ { alias /srv/static/; access_log off; }\n  \
             location / { try_files $uri @app; location ~ ^/(?!x) { return 404; } }\n  \
             location @app { uwsgi_pass unix:/run/app.sock; }\n}",
        ),
    ]);
    let (conf, dir) = (conf.unwrap(), dir.to_str().unwrap());
    // Column widths depend on the name of the temporary directory, so spaces are normalised.
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = conf.explain().replace(dir, "DIR").lines().map(words).collect();
    let expected = [
        "2 files read",
        "DIR/nginx.conf",
        "DIR/site",
        "names of logs are relative to /prefix",
        "",
        "formats",
        "combined escape=default built in",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
        "main escape=default DIR/nginx.conf:3:3",
        r"$remote_addr \x1B[31m$status",
        "",
        "logs",
        "/prefix/a.log main DIR/nginx.conf:4:3",
        "syslog:server=x combined DIR/nginx.conf:5:3 not read: sent to syslog, which keeps it elsewhere and in another form",
        "off DIR/site:5:43",
        "",
        "server a.org ~(?=x) *.a.org DIR/site:1:1",
        "listens on *:80, [::]:443",
        "default server: for unknown hosts, and for logs without $host",
        "name ~(?=x) is skipped: look-around, including look-ahead and look-behind, is not supported DIR/site:2:68",
        "/static/ static DIR/site:5:3 files of /srv/static/",
        "/ by rules DIR/site:6:3 files of /srv/a, try_files $uri @app",
        "~ ^/(?!x) skipped DIR/site:6:37 look-around, including look-ahead and look-behind, is not supported",
        "@app dynamic DIR/site:7:3 uwsgi_pass unix:/run/app.sock",
        "all else static - files of /srv/a",
        "not followed: DIR/site:4:3 if ($http_x): depends on more than the path",
        "",
    ];
    assert_eq!(lines[..expected.len()], expected);
    assert!(lines[expected.len()].starts_with("by rules:") && !conf.explain().contains("\nsockets:"));
    let skipped: Vec<_> = conf.skipped().iter().map(|line| line.replace(dir, "DIR")).collect();
    let why = "is skipped: look-around, including look-ahead and look-behind, is not supported";
    let lines = [
        format!("2:68: server_name ~(?=x) {why}"),
        format!("6:37: location ~ ^/(?!x) {why}"),
        "4:3: if ($http_x): depends on more than the path".to_owned(),
    ];
    assert_eq!(skipped, lines.map(|line| format!("DIR/site:{line}")));
}

#[test]
fn server_that_always_answers_shows_no_locations() {
    let conf = http("server { return 301 https://a; location / { proxy_pass http://a; } } server { listen 443; }");
    let text = conf.explain();
    assert!(text.contains("  all  dynamic  -  return 301 https://a\n") && !text.contains("proxy_pass"), "{text}");
    assert!(text.contains("\nsockets:") && !text.contains("\nby rules:"), "{text}");
}

#[test]
fn sockets_and_names_are_shown_as_they_are_written() {
    let text = http("server { listen 8080-8090; listen [::]:8080-8082 ssl; server_name ''; }").explain();
    assert!(text.contains("\nserver \"\"  ") && text.contains("  listens on *:8080-8090, [::]:8080-8082\n"), "{text}");
}

#[test]
fn messages_and_explanations_are_safe_on_a_terminal() {
    let evil = "\u{1b}[31m\u{202e}";
    let text = format!(
        "http {{ log_format x{evil} 'a{evil}$uri'; access_log /{evil}.log x{evil} if=${evil}; access_log syslog:{evil}; \
         server {{ server_name {evil} ~(?={evil}); listen {evil}; root /{evil}; if (${evil}) {{ return 200 {evil}; }} \
         location /{evil} {{ proxy_pass {evil}; }} location ~ (?={evil}) {{ }} location /r {{ return 200 {evil}; }} \
         location /t {{ try_files $uri @{evil}; rewrite (?={evil}) {evil}; }} }} }}"
    );
    let conf = read_all(&[("nginx.conf", &text)]).0.unwrap();
    let is_safe = |text: &str| !text.contains(['\u{1b}', '\u{202e}']);
    assert!(is_safe(&conf.explain()), "{:?}", conf.explain());
    assert!(conf.skipped().len() == 4 && conf.skipped().iter().all(|line| is_safe(line)));
    for wrong in [
        format!("log_format x{evil} a; log_format x{evil} b;"),
        format!("log_format x escape={evil} a;"),
        format!("access_log a b{evil};"),
        format!("access_log a combined {evil};"),
        format!("include {evil};"),
        format!("include [{evil};"),
        format!("server {{ location {evil} /a {{}} }}"),
        format!("server {{ location /{evil} {{}} location /{evil} {{}} }}"),
        format!("server {{ server_name *{evil}; }}"),
        format!("server {{ rewrite a b {evil}; }}"),
        format!("x{evil} }}"),
    ] {
        let error = read_all(&[("nginx.conf", &format!("http {{ {wrong} }}"))]).0.unwrap_err();
        assert!(is_safe(&error), "{error:?}");
    }
}

#[test]
fn default_log_is_explained_and_noted() {
    let conf = http("server {}");
    let of = "nginx built from source";
    let text = conf.explain();
    assert!(text.contains(&format!("no access_log is configured: the default of {of}\n")), "{text}");
    let [note] = &conf.assumed_logs()[..] else { panic!("exactly one log is assumed") };
    assert!(note.to_string().starts_with("/prefix/logs/access.log: ") && note.text.contains(of), "{note}");
}

#[test]
fn formats_read_lines_or_are_listed_as_skipped() {
    let conf = http("log_format own escape=json '$remote_addr|$status'; log_format none 'x';");
    let formats: Vec<_> = conf.log_formats().map(|(format, read)| (format.name(), read.is_ok())).collect();
    assert_eq!(formats, [("combined", true), ("own", true), ("none", false)]);
    assert_eq!(conf.formats()[0].text(), LogFormat::presets().next().unwrap().1);
    let [skipped] = &conf.skipped()[..] else { panic!("{:?}", conf.skipped()) };
    assert!(skipped.contains("nginx.conf:3:52: log_format none is skipped: "), "{skipped}");
}

#[test]
fn main_file_of_another_kind_is_recognised() {
    let read = |text: &[u8]| NginxConf::from_reader(Path::new("-"), text).unwrap_err().to_string();
    let line = r#"::1 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5""#;
    assert_eq!(read(line.as_bytes()), "-: an access log, not an nginx configuration");
    assert_eq!(read(b"\x1f\x8b\x08\0\0\0\0\0\0\x03"), "-: gzip data, not an nginx configuration");
    assert_eq!(read(b"http {"), "-:1:7: unexpected end of file: the block \"http\" of line 1 has no \"}\"");
}

#[test]
fn rules_answer_requests_that_depend_on_the_file_system() {
    let conf = http(
        "access_log /var/log/all.log;
        server { server_name a.example www.a.example; access_log /var/log/a.log; root /srv;
            location / { try_files $uri @app; } location @app { proxy_pass http://app; } }
        server { listen 80 default_server; server_name b.example; return 404; }",
    );
    let rules = StaticRules::default();
    for (path, expected) in [("/logo.png", true), ("/cart", false)] {
        let request = Request { host: Some(b"a.example"), path: path.as_bytes(), server: None };
        let answer = conf.answer(&rules, &request);
        let locations: Vec<_> = answer.locations.iter().map(|location| location.name.as_str()).collect();
        assert_eq!(
            (answer.server.unwrap().name.as_str(), &locations[..]),
            ("a.example www.a.example", &["/", "@app"][..])
        );
        assert_eq!((answer.is_static, answer.by_rules), (expected, true), "{path}");
        assert_eq!(conf.is_static(&rules, request.host, request.path), expected, "{path}");
    }
    let log = conf.configured_log(Path::new("/var/log/a.log.1"));
    assert_eq!((log.formats[0].name.as_str(), log.formats[0].place.as_deref()), ("combined", None));
    assert_eq!((log.access_logs.len(), log.server.unwrap().name.as_str()), (1, "a.example www.a.example"));
    let other = conf.configured_log(Path::new("/var/log/other.log"));
    assert!(other.formats.is_empty() && other.access_logs.is_empty() && other.server.is_none());
}
