//! Log formats of other servers, expressed as an nginx `log_format`. Each file translates a server's own format
//! language, or holds the text of the format that the server writes. Everything after that is the same for all servers.

pub(in crate::format) mod apache;
mod apache_time;
pub(super) mod uwsgi;
