//! Who answers one request, and what is said of one file.

use std::path::Path;

use super::http;
use crate::static_rules::StaticRules;

#[test]
fn an_answer_names_the_locations_that_a_request_comes_to() {
    let conf = http(
        "server { server_name a.example www.a.example; root /srv;
            location /files/ { }
            location / { try_files $uri @app; }
            location @app { proxy_pass http://app; }
            location /old/ { rewrite ^/old/(.*)$ /files/$1 last; }
            location = /gone { return 410; } }
        server { listen 80 default_server; server_name b.example; return 301 https://a.example$request_uri; }",
    )
    .unwrap();
    let rules = StaticRules::default();
    for (host, path, server, locations, is_static, by_rules) in [
        (Some("a.example"), "/files/x", "a.example www.a.example", &["/files/"][..], true, false),
        (Some("www.a.example"), "/cart", "a.example www.a.example", &["/", "@app"][..], false, true),
        (Some("a.example"), "/logo.png", "a.example www.a.example", &["/", "@app"][..], true, true),
        (Some("a.example"), "/old/x?y", "a.example www.a.example", &["/old/", "/files/"][..], true, false),
        (Some("a.example"), "/gone", "a.example www.a.example", &["= /gone"][..], false, false),
        (Some("a.example"), "-", "a.example www.a.example", &[][..], false, false),
        (Some("b.example"), "/x", "b.example", &[][..], false, false),
        (None, "/files/x", "a.example www.a.example", &["/files/"][..], true, false),
    ] {
        let host = host.map(str::as_bytes);
        let answer = conf.answer(&rules, None, host, path.as_bytes());
        let names: Vec<_> = answer.locations.iter().map(|location| location.name.as_str()).collect();
        assert_eq!(answer.server.unwrap().name, server, "{path}");
        assert_eq!((names.as_slice(), answer.is_static, answer.by_rules), (locations, is_static, by_rules), "{path}");
        assert_eq!(conf.is_static_of(&rules, None, host, path.as_bytes()), is_static, "{path}");
    }
    // A log that one server writes is that server's, where no host is logged.
    let of_log = |host| conf.answer(&rules, Some(1), host, b"/files/x").server.unwrap().name;
    assert_eq!((of_log(None), of_log(Some(b"a.example"))), ("b.example".into(), "a.example www.a.example".into()));
}

#[test]
fn a_file_has_the_formats_and_directives_that_name_it() {
    let conf = http(
        "log_format timed '$remote_addr $request_time';
        access_log /var/log/all.log timed;
        server { server_name a.example; access_log /var/log/a.log timed; access_log /var/log/a.log; }
        server { server_name b.example; }",
    )
    .unwrap();
    let of = |file: &str| conf.configured_log(Path::new(file));
    let log = of("/var/log/a.log.2.gz");
    let formats: Vec<_> = log.formats.iter().map(|format| (format.name.as_str(), format.place.is_some())).collect();
    assert_eq!(formats, [("timed", true), ("combined", false)]);
    assert_eq!((log.access_logs.len(), log.server.unwrap().name.as_str()), (2, "a.example"));
    assert!(log.access_logs[0].ends_with("nginx.conf:5:41"), "{:?}", log.access_logs);
    assert_eq!(of("/var/log/all.log").server.unwrap().name, "b.example");
    let other = of("/var/log/other.log");
    assert!(other.formats.is_empty() && other.access_logs.is_empty() && other.server.is_none());
}
