//! Random configurations: any text is read or rejected, and every query works on what was read.

use std::path::Path;

use proptest::prelude::*;

use super::answer;
use crate::{Conf, reference};

/// Pieces of random configurations. Most are complete, so that many configurations are valid.
const PIECES: [&str; 24] = [
    "server {",
    "}",
    "}",
    "}",
    "location / {",
    "location ^~ /a/ {",
    "location = /a {",
    r"location ~ ^/(?<n>a|b)\.css$ {",
    "location @app {",
    "server_name a.example *.b.example ~^c;",
    "server_name '';",
    "listen 443 ssl default_server;",
    "try_files $uri $uri/ @app;",
    "proxy_pass http://app;",
    "rewrite ^/(.*)$ /$1/x last;",
    "return 301 https://$host$request_uri;",
    "if ($scheme = http) {",
    "error_page 404 = @app;",
    "index index.php;",
    "internal;",
    "access_log /var/log/$host.log combined if=$x;",
    "log_format own escape=json '$uri';",
    "root \u{1b}[31m",
    "unknown 'x';",
];

fn is_safe(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\n')
}

/// Runs every query on a configuration.
fn ask(conf: &Conf, path: &[u8]) {
    for host in [None, Some(&b"a.example"[..]), Some(b"-")] {
        let answer = answer(conf, None, host, path);
        assert_eq!(answer.server.is_none(), conf.servers().len() == 0);
        let entered = answer.server.and_then(|at| conf.server(at)).map(|server| server.locations_of(path));
        entered.into_iter().flatten().for_each(|location| assert!(is_safe(location.name())));
    }
    for server in conf.servers() {
        for location in server.locations().chain([server.rest()]) {
            location.class();
            assert!(is_safe(&location.handler()) && is_safe(location.name()));
        }
        server.not_followed().for_each(|directive| assert!(is_safe(&directive.to_string())));
    }
    conf.skipped().iter().for_each(|skipped| assert!(is_safe(&skipped.to_string())));
    conf.logs().iter().for_each(|log| assert!(!conf.formats_of(log).is_empty()));
    conf.formats_of_file(Path::new("/var/log/a.log.1"));
    reference::agree(conf, path).unwrap();
}

proptest! {
    #[test]
    fn random_directives_are_read_or_refused(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..30),
        path in "/[ab/.%]{0,6}(css)?",
    ) {
        let text = format!("http {{\n{}\n}}", pieces.join("\n"));
        let open = text.matches('{').count().saturating_sub(text.matches('}').count());
        for text in [text.clone(), text + &"}".repeat(open)] {
            match Conf::from_reader(Path::new("-"), text.as_bytes()) {
                Ok(conf) => ask(&conf, path.as_bytes()),
                Err(error) => prop_assert!(is_safe(&error.to_string()), "{error:?}"),
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for text in [bytes.clone(), [b"http {", &bytes[..], b"}"].concat()] {
            if let Err(error) = Conf::from_reader(Path::new("-"), &text[..]) {
                prop_assert!(is_safe(&error.to_string()), "{error:?}");
            }
        }
    }
}
