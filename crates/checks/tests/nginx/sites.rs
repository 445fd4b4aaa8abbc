//! Random configurations, served by a real nginx and read by the program. For each path, static must mean that nginx
//! served it from a file. If the client is redirected to the second port, it repeats the request there, as browsers do.

use std::fs;
use std::net::Ipv4Addr;

use serde_json::Value;

use super::Findings;
use super::client::{Connection, Doors, Origin, Seen};
use super::drawn::{self, DIRECTORIES, Drawn, FILES, NAMES};
use super::random::Random;
use super::report::report;
use super::request::{Answer, Request};
use super::server::{self, Nginx};
use super::upstream::{App, Speaks};

const SITES: usize = 60;

/// Served with each of the configurations.
const SEEDS: [u64; 3] = [15, 491, 615];

#[test]
fn random_sites_are_classified_as_nginx_serves_them() {
    let Some(program) = server::installed() else { return };
    let mut findings = Findings::default();
    for seed in SEEDS {
        let drawn = drawn::sites(&mut Random::new(seed), SITES);
        let home = server::home();
        for directory in DIRECTORIES {
            let directory = home.path().join("site").join(&directory[1..]);
            fs::create_dir_all(&directory).unwrap();
            FILES.iter().for_each(|name| fs::write(directory.join(name), "a file\n").unwrap());
        }
        let app = App::start(Speaks::Http);
        let values = [("SERVERS", drawn.servers.clone()), ("APP", app.port.to_string())];
        let conf = include_str!("sites.conf");
        let mut nginx = Nginx::start(&program, home, conf, &["PLAIN", "SECOND"], &values);
        let asked = ask(&nginx, &app, &drawn);
        nginx.stop();

        let conf = nginx.home().join("nginx.conf");
        let pair = "host/path";
        let rules = ["--static-ext", "html", "--static-ext", "php"];
        let arguments =
            [&["--json", "--top", pair, "-n", "0", "--nginx-conf", conf.to_str().unwrap()], &rules[..]].concat();
        let report = report(&arguments, Some(&nginx.home().join("logs/access.log"))).unwrap();
        let rows = report["top"][pair].as_array().unwrap();
        let (files, others): (Vec<_>, Vec<_>) = asked.iter().partition(|asked| asked.is_file);
        assert!(
            files.len() > 500 && others.len() > 500,
            "only {} requests are served from files, and {} are not",
            files.len(),
            others.len()
        );
        for asked in asked {
            let counted = counted(rows, &asked.host, &asked.path);
            if counted != Some(asked.is_file) {
                findings.note(format!("seed {seed}: {}{} is {counted:?}: {}", asked.host, asked.path, asked.seen));
            }
        }
    }
    findings.assert_none("drawn sites by --nginx-conf");
}

/// An answer as the client received it.
struct Asked {
    host: String,
    path: String,
    is_file: bool,
    seen: String,
}

fn ask(nginx: &Nginx, app: &App, drawn: &Drawn) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (host, has_two) in &drawn.hosts {
        for directory in DIRECTORIES {
            for name in NAMES {
                let path = format!("{directory}{name}");
                let mut seen = get(nginx.ports[0], app, host, &path);
                let mut answers = format!("{} of {:?}", seen.status, seen.served);
                if is_redirect(&seen) && *has_two {
                    seen = get(nginx.ports[1], app, host, &path);
                    answers += &format!(", then {} of {:?}", seen.status, seen.served);
                }
                // A 5xx response of nginx itself carries the header of the location where it happened.
                let is_file = seen.served.as_deref() == Some("file") && !is_redirect(&seen) && seen.status < 500;
                asked.push(Asked { host: host.clone(), path, is_file, seen: answers });
            }
        }
    }
    asked
}

fn is_redirect(seen: &Seen) -> bool {
    (300..400).contains(&seen.status)
}

fn get(port: u16, app: &App, host: &str, target: &str) -> Seen {
    let exchange = Request { host, is_last: true, ..Request::get(target) }.exchange(Answer::Response);
    let doors = Doors { plain: port, ..Doors::default() };
    let mut connection = Connection::open(&doors, &Origin::V4(Ipv4Addr::LOCALHOST));
    connection.send(&exchange.sent);
    connection.answer(&exchange, app)
}

/// True if all requests for a host and path are static, false if all are dynamic; `None` if they differ or are missing.
fn counted(rows: &[Value], host: &str, path: &str) -> Option<bool> {
    let row = rows.iter().find(|row| row["keys"][0] == *host && row["keys"][1] == *path)?;
    match (row["static"].as_u64()?, row["dynamic"].as_u64()?) {
        (_, 0) => Some(true),
        (0, _) => Some(false),
        _ => None,
    }
}
