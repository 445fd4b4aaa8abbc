//! Reads nginx configurations: which access logs are written in which formats, and which server and location answer a
//! request.
//!
//! ```
//! use nginx_conf::{Conf, Request};
//!
//! let text = "http {
//!     log_format timed '$remote_addr \"$request\" $status $request_time';
//!     access_log /var/log/nginx/shop.log timed;
//!     server {
//!         server_name shop.example;
//!         location /static/ { root /srv; }
//!         location / { try_files $uri @app; }
//!         location @app { proxy_pass http://app; }
//!     }
//! }";
//! let conf = Conf::from_reader("nginx.conf".as_ref(), text.as_bytes())?;
//!
//! for (file, formats) in conf.files() {
//!     println!("{} is written as {}", file.display(), formats[0].text());
//! }
//! // The file system decides where nginx looks for a file; the caller knows it, or guesses.
//! let is_file = |path: &[u8]| path.ends_with(b".css");
//! let answer = |path: &str| conf.answer(&Request { path: path.as_bytes(), ..Request::default() }, &is_file);
//! assert!(answer("/static/price%20list").is_static);
//! assert!(!answer("/static/../cart").is_static);
//! assert!(answer("/main.css").is_static && answer("/main.css").depends_on_files);
//!
//! let error = Conf::from_reader("nginx.conf".as_ref(), "http {\n  access_log a.log mian;\n}".as_bytes()).unwrap_err();
//! assert_eq!((error.line(), error.directive()), (Some(2), Some("access_log")));
//! # Ok::<(), nginx_conf::Error>(())
//! ```
//!
//! A [`Conf`] is read from a main file with everything that it includes, from a pipe, or from the output of `nginx -T`.
//! [`words`] contains nginx's lexical rules. The crate does not read logs and does not run nginx. All messages that it
//! returns are safe to print on a terminal, whatever the configuration contains.
//!
//! # Limits
//! Conditions that depend on more than the path and the sockets of a server are not followed. Neither are code (Lua,
//! Perl, JavaScript) and the `http` directives of unknown modules. [`Conf::skipped`] lists those that were found.
//! Regular expressions are those of the `regex` crate: look-around and back references are skipped and listed.
#![deny(missing_docs)]

mod access_log;
mod answer;
mod captures;
mod closest_match;
mod conf;
mod content;
mod dump;
mod error;
mod fallback;
mod formats;
mod hosts;
mod include;
mod inherited;
mod io_error;
mod lexer;
mod location;
mod location_index;
mod log_names;
mod logs;
mod lua;
mod names;
mod not_followed;
mod place;
mod printable;
#[cfg(any(test, fuzzing, feature = "reference"))]
#[doc(hidden)]
pub mod reference;
mod regexes;
mod rewrite;
mod roles;
mod route;
mod server;
mod socket_conditions;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod uri;
mod views;
pub mod words;

pub use access_log::LogTarget;
pub use answer::{Answer, Request};
pub use conf::Conf;
pub use error::Error;
pub use formats::{Escape, LogFormat};
pub use logs::Log;
pub use names::{Listen, ServerName};
pub use not_followed::{NotFollowed, Skipped};
pub use place::Place;
pub use source::Source;
pub use views::{LocationClass, LocationRef, ServerRef};
