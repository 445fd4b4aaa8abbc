//! Log formats of other servers, in the words of an nginx `log_format`: a file translates what a server calls a log format, or
//! has the text of the format that it writes. What follows is the same for all.

pub(in crate::format) mod apache;
mod apache_time;
pub(super) mod uwsgi;
