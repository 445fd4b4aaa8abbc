//! nginx configurations: any text must be read or refused with a message, and locations must be those that the slow
//! reference chooses.

use std::path::Path;

use nginx_conf::reference;

use super::Header;
use super::messages::assert_safe;
use crate::nginx::NginxConf;
use crate::static_rules::StaticRules;

/// Request paths to look up.
const PATHS: [&[u8]; 6] = [b"/", b"/a/../b.css", b"/static/%2e%2e/x.js?q", b"*", b"", b"/\xff/x.php"];

/// Fuzzes one configuration. The first byte chooses the blocks around the text. It is read as the output of `nginx -T`,
/// so that nothing is read from disk.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let (before, after) = header.one_of(&[
        ("", ""),
        ("http {\n", "\n}"),
        ("http { server {\n", "\n}}"),
        ("http { server { location / {\n", "\n}}}"),
    ]);
    let head = format!("# configuration file /etc/nginx/nginx.conf:\n{before}");
    let dump = [head.as_bytes(), text, after.as_bytes()].concat();
    let conf = match NginxConf::from_reader(Path::new("-"), &dump[..]) {
        Ok(conf) => conf,
        Err(error) => return assert_safe("a refused configuration", &error.to_string()),
    };
    assert_safe("an explanation", &conf.explain());
    conf.skipped().iter().for_each(|skipped| assert_safe("a directive that is skipped", skipped));
    conf.assumed_logs().iter().for_each(|note| assert_safe("a log that is assumed", &note.to_string()));
    for (_, format) in conf.log_formats() {
        if let Err(error) = format {
            assert_safe("a format that reads no line", &error.to_string());
        }
    }
    for log in conf.logs() {
        conf.conf.formats_of(log);
    }
    conf.conf.formats_of_file(Path::new("/var/log/nginx/access.log.1"));
    let rules = StaticRules::default();
    for path in PATHS {
        reference::agree(&conf.conf, path).unwrap_or_else(|difference| panic!("{difference}"));
        for host in [None, Some(&b"shop.example"[..])] {
            conf.is_static(&rules, host, path);
        }
    }
}
