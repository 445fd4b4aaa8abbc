//! Tests with whole configurations, written to a directory and read from there.

mod answer;
mod choice;
mod dumps;
mod followed;
mod location_reference;
mod logs;
mod random;
mod reading;
mod servers;

use super::{Answer, Conf, Error, Request};

/// Reads the `nginx.conf` among these files. In errors, the directory is replaced by `DIR`.
fn read_all(files: &[(&str, &str)]) -> Result<Conf, String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let shown = |error: Error| error.to_string().replace(dir.path().to_str().unwrap(), "DIR");
    Conf::read_with_prefix(&dir.path().join("nginx.conf"), std::path::Path::new("/prefix")).map_err(shown)
}

/// Reads a configuration with this text in its `http` block.
fn http(text: &str) -> Result<Conf, String> {
    read_all(&[("nginx.conf", &format!("events {{}}\nhttp {{\n{text}\n}}"))])
}

/// Replaces the file system: true for paths that look like files.
fn is_file(path: &[u8]) -> bool {
    let has_extension = [".css", ".js", ".png", ".ico", ".csv"].iter().any(|end| path.ends_with(end.as_bytes()));
    has_extension || path.starts_with(b"/static/") || path.starts_with(b"/media/")
}

/// Returns the answer to a request in the log of a server.
fn answer(conf: &Conf, server: Option<usize>, host: Option<&[u8]>, path: &[u8]) -> Answer {
    conf.answer(&Request { host, path, server }, &is_file)
}

/// True if a file answers the request.
fn is_static(conf: &Conf, host: Option<&[u8]>, path: &[u8]) -> bool {
    answer(conf, None, host, path).is_static
}

/// The directives that are not followed, with their reasons.
fn not_followed(conf: &Conf) -> Vec<String> {
    conf.servers().flat_map(|server| server.not_followed()).map(ToString::to_string).collect()
}
