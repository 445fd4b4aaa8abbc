//! Whole configurations, written to a directory and read from there.

mod answer;
mod choice;
mod dumps;
mod explanation;
mod followed;
mod location_reference;
mod logs;
mod reading;
mod servers;

use super::{NginxConf, NginxConfError};

/// Reads `nginx.conf` of these files. In what comes back, the directory is written as `DIR`.
fn read_all(files: &[(&str, &str)]) -> Result<NginxConf, String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let shown = |error: NginxConfError| error.to_string().replace(dir.path().to_str().unwrap(), "DIR");
    NginxConf::read_with_prefix(&dir.path().join("nginx.conf"), std::path::Path::new("/prefix")).map_err(shown)
}

/// A configuration with this in its `http` block.
fn http(text: &str) -> Result<NginxConf, String> {
    read_all(&[("nginx.conf", &format!("events {{}}\nhttp {{\n{text}\n}}"))])
}
