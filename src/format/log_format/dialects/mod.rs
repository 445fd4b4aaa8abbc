//! Log formats in the words of other servers. A dialect translates its text to that of an nginx `log_format`; what follows is
//! the same for all. A server whose format has no text of its own, as uWSGI's, is a preset.

pub(in crate::format) mod apache;
mod apache_time;
