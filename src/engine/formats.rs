//! Collects the log formats to try for each input.

use std::path::PathBuf;

use crate::dimension::VariableColumns;
use crate::format::LogFormat;
use crate::nginx::NginxFormat;
use crate::question::Reading;

/// Returns the formats to try, adapted to the question, and the indexes of those configured for each input.
pub(crate) fn formats(
    reading: &Reading,
    variable_columns: &VariableColumns,
    paths: &[PathBuf],
) -> (Vec<LogFormat>, Vec<Vec<usize>>) {
    let names_list = reading.real_ip.as_ref().is_some_and(|real_ip| !real_ip.is_in_place());
    let (formats, own) = formats_in_use(reading, paths);
    let formats = formats
        .into_iter()
        .map(|format| format.with_fields(&reading.fields))
        .map(|format| if names_list { format.without_address_list() } else { format })
        .map(|format| format.ranking(&variable_columns.names()));
    (formats.collect(), own)
}

/// Returns the formats to try, and the indexes of those configured for each input.
///
/// The user's formats take precedence; otherwise they are the presets and the formats of the configuration. Configured
/// for an input are the formats of each `access_log` that names it, or all configured formats if none does.
fn formats_in_use(reading: &Reading, paths: &[PathBuf]) -> (Vec<LogFormat>, Vec<Vec<usize>>) {
    let none = vec![Vec::new(); paths.len()];
    if !reading.log_formats.is_empty() {
        return (reading.log_formats.clone(), none);
    }
    let mut formats = LogFormat::all_presets();
    let Some(conf) = &reading.nginx_conf else { return (formats, none) };
    let presets = formats.len();
    // A format that no line can be read with is reported by `NginxConf::skipped`.
    let read: Vec<_> = conf.log_formats().filter_map(|(format, read)| Some((format.name(), read.ok()?))).collect();
    let place = |format: &NginxFormat| read.iter().position(|(name, _)| *name == format.name());
    let of = |path: &PathBuf| {
        let named = conf.conf.formats_of_file(path).into_iter().filter_map(place).map(|at| presets + at);
        let named: Vec<usize> = named.collect();
        if named.is_empty() { (presets..presets + read.len()).collect() } else { named }
    };
    let own = paths.iter().map(of).collect();
    formats.extend(read.iter().map(|(_, format)| format.clone()));
    (formats, own)
}
