//! Configurations that are not regular files on disk: the output of `nginx -T`, pipes, devices; and files that are too
//! large.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::super::source::Source;
use super::super::{Conf, LogTarget, tree};

/// Two servers in included files, one included by a wildcard, and a file that is not on disk.
const DUMP: &str = "\
# configuration file /nowhere/nginx/nginx.conf:
http {
    include mime.types;
    include sites/*;
    access_log logs/a.log;
}

# configuration file /nowhere/nginx/mime.types:
types { text/html html; }

# configuration file /nowhere/nginx/sites/b:
server { server_name b; include /nowhere/nginx/snippets/app.conf; }

# configuration file /nowhere/nginx/snippets/app.conf:
location /app { proxy_pass http://app; }

# configuration file /nowhere/nginx/sites/a:
server {
    server_name a;
}

# configuration file /nowhere/nginx/sites/deep/c:
this is not included

";

fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("web.conf");
    fs::write(&path, text).unwrap();
    (dir, path)
}

fn read(text: &str) -> Result<Conf, String> {
    let (_dir, path) = write(text);
    Conf::read(&path).map_err(|error| error.to_string())
}

fn assert_is_dump(conf: &Conf) {
    let names: Vec<_> = conf.servers.iter().map(|server| server.names[0].written.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let files = ["nginx.conf", "mime.types", "sites/a", "sites/b", "snippets/app.conf"];
    assert_eq!(conf.files_read(), files.map(|name| Path::new("/nowhere/nginx").join(name)));
    assert_eq!(*conf.logs()[0].target(), LogTarget::File("/nowhere/nginx/logs/a.log".into()));
    let is_static = |host: &[u8]| super::is_static(conf, Some(host), b"/app/x");
    assert!(is_static(b"a") && !is_static(b"b"));
}

#[test]
fn dump_is_read_as_its_files() {
    assert_is_dump(&read(DUMP).unwrap());
    assert_is_dump(&read(&DUMP.replace('\n', "\r\n")).unwrap());
    assert_is_dump(
        &read(&format!("nginx: configuration file /nowhere/nginx.conf test is successful\n{DUMP}")).unwrap(),
    );
}

#[test]
fn places_in_a_dump_are_those_of_its_files() {
    for (from, to, expected) in [
        ("    server_name a;", "    server_name *;", "sites/a:2:17: server name \"*\" is invalid"),
        ("types {", "types", "mime.types:1:23: unexpected \"}\": no block is open in this file"),
        (
            "include mime.types",
            "include fastcgi.conf",
            "nginx.conf:2:13: cannot include /nowhere/nginx/fastcgi.conf: not in the output of nginx -T",
        ),
        (
            "types {",
            "include nginx.conf; a {",
            "mime.types:1:9: cannot include /nowhere/nginx/nginx.conf: it includes itself",
        ),
        ("include sites/*", "include sites/[", "nginx.conf:3:13: /nowhere/nginx/sites/[: invalid range pattern"),
    ] {
        assert!(DUMP.contains(from));
        assert_eq!(read(&DUMP.replace(from, to)).unwrap_err(), format!("/nowhere/nginx/{expected}"), "{from}");
    }
    // A dump does not include files from disk.
    let (_dir, other) = write("server { server_name disk; }");
    let asked = format!("include {};", other.display());
    let error = read(&DUMP.replace("include mime.types;", &asked)).unwrap_err();
    assert!(error.ends_with("not in the output of nginx -T"), "{error}");
    let asked = format!("include {}*;", other.display());
    assert_eq!(read(&DUMP.replace("include mime.types;", &asked)).unwrap().servers.len(), 2);
}

#[cfg(unix)]
fn fifo(dir: &Path) -> PathBuf {
    let path = dir.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// Reads a configuration that comes through a FIFO.
#[cfg(unix)]
fn read_fifo(text: &str) -> Result<Conf, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = fifo(dir.path());
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, text));
        Conf::read(&path).map_err(|error| error.to_string().replace(dir.path().to_str().unwrap(), "DIR"))
    })
}

#[cfg(unix)]
#[test]
fn pipe_is_read_once_to_its_end() {
    assert_is_dump(&read_fifo(DUMP).unwrap());
    let (_dir, other) = write("server { server_name disk; }");
    let conf = read_fifo(&format!("http {{ access_log a.log; include {}; }}", other.display())).unwrap();
    assert_eq!((conf.servers.len(), conf.logs()[0].target()), (1, &LogTarget::File("a.log".into())));
    let expected = "DIR/fifo:1:16: cannot include mime.types: a pipe does not say in which directory; give the file, or the \
                    output of nginx -T";
    assert_eq!(read_fifo("http { include mime.types; }").unwrap_err(), expected);
    assert!(read_fifo("").unwrap_err().starts_with("DIR/fifo: nothing came through this pipe: "));
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_included() {
    let (dir, _) = write("");
    let fifo = fifo(dir.path());
    let is_device = "it is a device or socket, not a regular file";
    for (path, expected) in [
        (Path::new("/dev/zero"), is_device),
        (fifo.as_path(), "it is a FIFO, not a regular file"),
        (dir.path(), "it is a directory, not a regular file"),
    ] {
        let (_dir, main) = write(&format!("http {{\n include {};\n}}", path.display()));
        let error = Conf::read(&main).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(2), Some(10)));
        assert_eq!(error.message(), format!("cannot include {}: {expected}", path.display()));
    }
    for (path, expected) in [(Path::new("/dev/zero"), is_device), (dir.path(), "it is a directory, not a regular file")]
    {
        let error = Conf::read(path).unwrap_err();
        assert_eq!((error.line(), error.message()), (None, expected));
    }
}

#[test]
fn more_than_64_mib_are_refused() {
    let too_large = "more than 64 MiB of configuration, all included files together";
    let (dir, main) = write("http {\n include large;\n}");
    let sized = |name: &str, bytes: u64| File::create(dir.path().join(name)).unwrap().set_len(bytes).unwrap();
    sized("large", (64 << 20) + 1);
    let error = Conf::read(&main).unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(2), Some(10)));
    assert!(error.message().ends_with(too_large), "{error}");
    let error = Conf::read(&dir.path().join("large")).unwrap_err();
    assert_eq!((error.line(), error.message()), (None, too_large));
}

#[test]
fn included_files_count_as_often_as_they_are_included() {
    let (dir, main) = write("");
    fs::write(dir.path().join("comment"), format!("#{}", " ".repeat(999))).unwrap();
    for (times, is_read) in [(1, true), (9, true), (10, false), (11, false)] {
        fs::write(&main, format!("http {{ {} }}", "include comment;".repeat(times))).unwrap();
        let files = Source::open_within(&main, 10_000).unwrap();
        assert_eq!(tree::read(&files).is_ok(), is_read, "{times}");
    }
    fs::write(&main, DUMP).unwrap();
    assert!(Source::open_within(&main, DUMP.len() as u64 - 1).is_err());
    let files = Source::open_within(&main, DUMP.len() as u64).unwrap();
    assert!(tree::read(&files).is_ok());
}

#[cfg(unix)]
#[test]
fn dev_null_and_links_to_it_are_included_as_empty_files() {
    let (dir, _) = write("");
    let link = dir.path().join("masked.conf");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for path in [Path::new("/dev/null"), link.as_path()] {
        let (_dir, main) = write(&format!("http {{ include {}; access_log a.log; }}", path.display()));
        assert_eq!(Conf::read(&main).unwrap().logs().len(), 1);
    }
}
