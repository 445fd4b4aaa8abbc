//! Explains why an nginx configuration has no readable log, and what to type instead.

use logstat::{NginxConf, NginxLogTarget};

use super::messages::shown;

/// The message for a configuration without a readable log; `name` is the file as the user gave it.
pub(super) fn message(name: &str, conf: &NginxConf) -> String {
    // The text is untrusted: escape it for the terminal.
    let name = &shown(name);
    let written = || conf.logs().iter().filter(|log| log.is_written()).map(|log| log.target());
    let is_stream = |text: &str| matches!(text, "/dev/stdout" | "/dev/stderr") || text.starts_with("/dev/fd/");
    let stream = written().find_map(|target| match target {
        NginxLogTarget::Unreadable { text, .. } if is_stream(text) => Some(shown(text)),
        _ => None,
    });
    if let Some(stream) = stream {
        // Standard input cannot be both the log and the configuration.
        let conf = if *name == "-" { "nginx.conf" } else { name };
        return format!(
            "{name}: the access log goes to {stream}, which stores nothing\n  to read the output of a container:  \
             docker logs web | \
             logstat --nginx-conf {conf} -"
        );
    }
    let why = match written().next() {
        None => "access_log is off everywhere, or there is no server".to_owned(),
        Some(NginxLogTarget::Unreadable { text, why }) => {
            format!("the access log cannot be read: {}: {why}", shown(text))
        }
        Some(NginxLogTarget::Files(pattern)) => {
            format!("no file matches the name of the access log, {}", shown(pattern))
        }
        Some(_) => "it names no access log that can be read".to_owned(),
    };
    format!("{name}: {why}\n  name the files:  logstat --nginx-conf {name} FILE…")
}
