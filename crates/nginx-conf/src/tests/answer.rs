//! The server and locations that process a request, and the logs that a file belongs to.

use std::path::Path;

use super::{answer, http};
use crate::Conf;

#[test]
fn locations_of_a_request_are_listed() {
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
        let answer = answer(&conf, None, host.map(str::as_bytes), path.as_bytes());
        let chosen = conf.server(answer.server.unwrap()).unwrap();
        let entered = chosen.locations_of(path.as_bytes());
        let entered: Vec<_> = entered.iter().map(|location| location.name()).collect();
        assert_eq!((names(&conf, answer.server), entered.as_slice()), (server.to_owned(), locations), "{path}");
        assert_eq!((answer.is_static, answer.depends_on_files), (is_static, by_rules), "{path}");
    }
    // Without a logged host, a log that only one server writes belongs to that server.
    let of_log = |host| names(&conf, answer(&conf, Some(1), host, b"/files/x").server);
    assert_eq!((of_log(None), of_log(Some(b"a.example"))), ("b.example".into(), "a.example www.a.example".into()));
}

fn names(conf: &Conf, server: Option<usize>) -> String {
    let names = conf.server(server.unwrap()).unwrap().names();
    names.iter().map(|name| name.written()).collect::<Vec<_>>().join(" ")
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
    let rotated = Path::new("/var/log/a.log.2.gz");
    let formats = conf.formats_of_file(rotated).into_iter();
    let formats: Vec<_> = formats.map(|format| (format.name(), format.place().is_some())).collect();
    assert_eq!(formats, [("timed", true), ("combined", false)]);
    let places: Vec<_> = conf.logs_of_file(rotated).flat_map(|log| log.places()).collect();
    assert_eq!((places[0].line(), places[0].column(), places.len()), (5, 41, 2));
    let server = |file: &str| conf.server_of_file(Path::new(file));
    assert_eq!(["/var/log/a.log", "/var/log/all.log", "/var/log/other.log"].map(server), [Some(0), Some(1), None]);
    assert_eq!(conf.logs_of_file(Path::new("/var/log/other.log")).count(), 0);
}
