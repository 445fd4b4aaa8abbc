//! Static or dynamic by configuration: what `--nginx-conf` decides for each path must match what nginx did. A header of
//! the location or of the application shows the client which it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Findings;
use super::client::{Connection, Doors, Origin};
use super::expected::written;
use super::report::report;
use super::request::{Answer, Request};
use super::server::{self, Nginx};
use super::upstream::{App, Speaks};

/// Short version of the `uwsgi_params` file of Debian's nginx.
const UWSGI_PARAMS: &str = "\
uwsgi_param QUERY_STRING $query_string;
uwsgi_param REQUEST_METHOD $request_method;
uwsgi_param CONTENT_LENGTH $content_length;
uwsgi_param REQUEST_URI $request_uri;
uwsgi_param PATH_INFO $document_uri;
uwsgi_param SERVER_PROTOCOL $server_protocol;
";

/// Replacements that leave a path the same to nginx, or nearly so.
const DISGUISES: [(&str, &str); 6] =
    [("/", "//"), ("/", "/./"), ("/", "/x/../"), ("a", "%61"), ("i", "%69"), (".", "%2E")];

/// A configuration, the files that it serves, and the requests for it.
struct Site {
    name: &'static str,
    conf: &'static str,
    files: &'static [&'static str],
    /// Host and target of each request.
    targets: Vec<(&'static str, String)>,
}

#[test]
fn paths_served_from_files_are_static() {
    let Some(program) = server::installed() else { return };
    let at_any = |targets: Vec<String>| targets.into_iter().map(|target| ("site.test", target)).collect();
    let sites = [
        Site {
            name: "django.conf",
            conf: include_str!("django.conf"),
            files: &["media/photo.jpg", "static/a.css", "static/admin/base.css", "static/page"],
            targets: at_any(django_targets()),
        },
        Site {
            name: "locations.conf",
            conf: include_str!("locations.conf"),
            files: &[
                "files/a.png",
                "files/a.php",
                "files/index.html",
                "docs/a.css",
                "docs/a.png",
                "shop/paper.pdf",
                "spare/a.js",
                "blog/index.php",
                "list/one",
            ],
            targets: at_any(location_targets()),
        },
        Site { name: "hosts.conf", conf: include_str!("hosts.conf"), files: &["files/a.png"], targets: host_targets() },
    ];
    let mut findings = Findings::default();
    for site in &sites {
        site.compare(&program, &mut findings);
    }
    findings.assert_none("static and dynamic by --nginx-conf");
}

fn django_targets() -> Vec<String> {
    let mut targets = Vec::new();
    for start in ["/", "/static/", "/static", "/media/", "/media", "/STATIC/", "/admin/static/", "/stati", "/app/"] {
        for name in
            ["", "a.css", "photo.jpg", "admin/base.css", "page", "missing.png", "x?file=a.css", "../admin/x.css"]
        {
            targets.push(format!("{start}{name}"));
        }
    }
    disguised(targets)
}

fn location_targets() -> Vec<String> {
    let mut targets = Vec::new();
    let starts = [
        "/",
        "/files/",
        "/files",
        "/firm/app/",
        "/shop/",
        "/shop",
        "/shop/img/",
        "/shop/img/live/",
        "/api/v1/",
        "/api/v/",
        "/api/v12/",
        "/all/",
        "/spa/",
        "/deny/",
        "/old/",
        "/older/",
        "/away/",
        "/break/",
        "/legacy/",
        "/other/",
    ];
    let names = [
        "",
        "a.png",
        "A.PNG",
        "a.css",
        "page",
        "run.cgi",
        "exact.cgi",
        "exact.css",
        "a.php",
        "a.php/info",
        "a.phpx",
        "paper.pdf",
        "list.txt?x=a.php",
        "small/123",
        "missing/",
        "%3Fa.png",
    ];
    for start in starts {
        targets.extend(names.iter().map(|name| format!("{start}{name}")));
    }
    let more =
        ["/small/12", "/large/12345", "/tiny/12", "/status", "/status/of", "/moved.png", "/docs/a.css", "/docs/a.png"];
    targets.extend(more.map(str::to_owned));
    targets.extend(
        ["/spare/a.js", "/spare/none", "/pixel", "/blog/", "/blog/a", "/list/", "/list/one"].map(str::to_owned),
    );
    targets.extend(["/docs/page", "/docs/a/b", "/docs/../files/x.cgi", "/files/../docs/none"].map(str::to_owned));
    disguised(targets)
}

fn host_targets() -> Vec<(&'static str, String)> {
    let mut targets = Vec::new();
    for host in ["files.test", "www.files.test", "app.test", "app7.test", "appx.test", "unknown.test", "APP.test:80"] {
        for target in ["/", "/a.css", "/page", "/app/x.png", "/files/a.png", "/files/none", "/files/%2e%2e/app/x"] {
            targets.push((host, target.to_owned()));
        }
    }
    targets
}

/// Each target, followed by a disguised variant.
fn disguised(targets: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for (i, target) in targets.into_iter().enumerate() {
        let (from, to) = DISGUISES[i % DISGUISES.len()];
        // Skip the leading slash.
        let other = format!("/{}", target[1..].replacen(from, to, 1));
        all.extend([target, other]);
    }
    all
}

impl Site {
    /// Requests all targets from nginx, and compares the program's report on the log.
    fn compare(&self, program: &Path, findings: &mut Findings) {
        let name = self.name;
        let home = server::home();
        fs::write(home.path().join("uwsgi_params"), UWSGI_PARAMS).unwrap();
        for file in self.files {
            let file = home.path().join("site").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "a file\n").unwrap();
        }
        let (http, uwsgi) = (App::start(Speaks::Http), App::start(Speaks::Uwsgi));
        let values = [("APP", http.port.to_string()), ("UWSGI", uwsgi.port.to_string())];
        let mut nginx = Nginx::start(program, home, self.conf, &["PLAIN"], &values);
        let counted = self.ask(&nginx, &http);
        nginx.stop();

        let kinds = |is: fn(&Counted) -> bool| counted.values().filter(|counted| is(counted)).count();
        let (files, others) = (kinds(|counted| counted.files > 0), kinds(|counted| counted.others > 0));
        assert!(files >= 5 && others >= 5, "{name}: only {files} paths are served from files, and {others} are not");
        let conf = nginx.home().join("nginx.conf");
        let arguments = ["--json", "--top", "path", "-n", "0", "--nginx-conf", conf.to_str().unwrap()];
        let wrong = match report(&arguments, Some(&nginx.home().join("logs/access.log"))) {
            Ok(report) => differences(&report, &counted),
            Err(error) => vec![error],
        };
        wrong.into_iter().for_each(|wrong| findings.note(format!("{name}: {wrong}")));
    }

    /// Counts for each path how nginx answered it.
    fn ask(&self, nginx: &Nginx, app: &App) -> BTreeMap<String, Counted> {
        let doors = Doors { plain: nginx.ports[0], ..Doors::default() };
        let mut all: BTreeMap<String, Counted> = BTreeMap::new();
        for (host, target) in &self.targets {
            let exchange = Request { host, is_last: true, ..Request::get(target.as_str()) }.exchange(Answer::Response);
            let mut connection = Connection::open(&doors, &Origin::V4([127, 0, 0, 1].into()));
            connection.send(&exchange.sent);
            let seen = connection.answer(&exchange, app);
            let counted = all.entry(written(&exchange.logged.path)).or_default();
            match seen.served.as_deref() {
                Some("file") => counted.files += 1,
                // By the application or by a directive such as `return`. Without a header, nginx answered before it
                // chose a location.
                Some("app" | "answer") | None => counted.others += 1,
                Some(other) => panic!("{target} is served by {other}"),
            }
            let by = seen.served.as_deref().unwrap_or("nginx");
            counted.asked.push(format!("{host}{target} has {} of {by}", seen.status));
        }
        all
    }
}

/// Number of answers to requests for a path, by source.
#[derive(Default)]
struct Counted {
    files: u64,
    others: u64,
    asked: Vec<String>,
}

fn differences(report: &Value, counted: &BTreeMap<String, Counted>) -> Vec<String> {
    let mut wrong = Vec::new();
    let rows = report["top"]["path"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row_of = |path: &str| rows.iter().find(|row| row["key"] == *path).unwrap_or(&Value::Null);
    for (path, counted) in counted {
        let row = row_of(path);
        let is_static = (row["static"].as_u64(), row["dynamic"].as_u64());
        if is_static != (Some(counted.files), Some(counted.others)) {
            wrong.push(format!(
                "{} static and {} dynamic: {}",
                row["static"],
                row["dynamic"],
                counted.asked.join(", ")
            ));
        }
    }
    if rows.len() != counted.len() {
        wrong.push(format!("{} paths, not {}", rows.len(), counted.len()));
    }
    let files: u64 = counted.values().map(|counted| counted.files).sum();
    let others: u64 = counted.values().map(|counted| counted.others).sum();
    let summary = &report["summary"];
    if (summary["static"].as_u64(), summary["dynamic"].as_u64()) != (Some(files), Some(others)) {
        wrong.push(format!(
            "{files} static and {others} dynamic in all, not {} and {}",
            summary["static"], summary["dynamic"]
        ));
    }
    wrong
}
