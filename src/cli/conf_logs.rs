//! The logs that an nginx configuration names, for a command line without files.

use std::path::{Path, PathBuf};

use logstat::{NginxConf, NginxLog, NginxLogTarget, Note};

use super::messages::Messages;

/// Returns the logs of a configuration, and notes about those that it only implies. `name` is the configuration in
/// messages. A default log that does not exist is left out if another log exists.
pub(crate) fn logs(conf: &NginxConf, name: &str, messages: &Messages) -> (Vec<PathBuf>, Vec<Note>) {
    let mut files: Vec<PathBuf> = conf.files().into_iter().map(|(file, _)| file).collect();
    let mut assumed_logs = conf.assumed_logs();
    let defaults = conf.logs().iter().filter_map(default_log);
    let is_left_out = |file: &Path| is_missing(file) && files.iter().any(|other| other != file && !is_missing(other));
    let left_out: Vec<_> = defaults.filter(|(_, file)| is_left_out(file)).collect();
    files.retain(|file| left_out.iter().all(|(_, other)| other != file));
    for (built, file) in left_out {
        let file = file.display().to_string();
        assumed_logs.retain(|note| note.input.as_ref() != Some(&file));
        messages.warning(format_args!(
            "{name}: no access_log is configured for a server, and {file}, the default of {built}, does not exist; name \
             the files if its log is elsewhere"
        ));
    }
    (files, assumed_logs)
}

/// Returns the path of a log that nginx writes by default, because none is configured, and the build of nginx that does
/// so.
fn default_log(log: &NginxLog) -> Option<(&'static str, &Path)> {
    match log.target() {
        NginxLogTarget::File(path) => log.default_of().map(|built| (built, path.as_path())),
        _ => None,
    }
}

/// True if nothing exists at this path; false if it is in a directory that the user may not read.
fn is_missing(path: &Path) -> bool {
    path.try_exists().is_ok_and(|exists| !exists)
}
