//! The message about a file that fits no format: the reason, and advice. Following the advice must not lead to the same
//! message.

use super::counted_input::CountedInput;
use super::foreign::beginning;
use super::json_keys::{Wanted, field_key};
use super::sample_text::{sample_text, sample_text_cut};
use crate::format::Reason;
use crate::format::{ClosestFormat, Considered, FormatsOfFile, LogFormat, RejectReason};
use crate::message::{Message, Setting, message};
use crate::question::Reading;
use crate::steps::mask_tail;
use crate::tally::InputLedger;
use crate::text::printable;
use crate::text::{file_argument, shell_word};

/// A file that fits no format, and the settings it was read with.
struct Unfit<'u> {
    reading: &'u Reading,
    anonymize: bool,
    formats: &'u [LogFormat],
    of_file: &'u FormatsOfFile<'u>,
    envelope: Option<&'u str>,
    /// The preset that would fit the first lines if the user had given no formats and fields.
    fitting_preset: Option<&'u str>,
    ledger: &'u InputLedger,
    /// The file as an argument of a command.
    path: String,
}

/// Returns the reason why a file is refused, and advice.
pub(super) fn no_format(
    reading: &Reading,
    anonymize: bool,
    formats: &[LogFormat],
    CountedInput { path, envelope, formats: of_file, fitting_preset, .. }: &CountedInput<'_>,
    ledger: &InputLedger,
) -> Message {
    let (envelope, fitting_preset) = (envelope.as_deref(), *fitting_preset);
    let path = file_argument(path);
    let unfit = Unfit { reading, anonymize, formats, of_file, envelope, fitting_preset, ledger, path };
    message![unfit.headline()] + unfit.sample() + unfit.reason() + unfit.advice()
}

impl Unfit<'_> {
    fn shown(&self, text: &[u8]) -> String {
        if self.anonymize { sample_text_cut(text) } else { sample_text(text) }
    }

    fn closest_format(&self) -> Option<&ClosestFormat> {
        self.of_file.closest_format()
    }

    /// The format that fits the most lines, if it was rejected.
    fn rejected(&self) -> Option<(&Considered, RejectReason)> {
        let considered = self.of_file.considered().first()?;
        Some((considered, considered.rejected?))
    }

    /// True if all lines are longer than a line may be.
    fn is_too_long(&self) -> bool {
        self.ledger.malformed_by(Reason::TooLong) == self.ledger.malformed()
    }

    fn headline(&self) -> String {
        let lines = match self.ledger.malformed() {
            1 => "its only line".to_owned(),
            n => format!("0 of its {n} lines"),
        };
        match self.reading.log_formats.as_slice() {
            [] if self.reading.nginx_conf.is_some() => {
                format!("neither a log_format of the nginx configuration nor a known log format fits ({lines})")
            }
            [] => format!("no known log format fits ({lines})"),
            [format] => format!("the log format '{}' does not fit ({lines})", printable(format.name().as_bytes())),
            several => format!("none of the {} log formats fits ({lines})", several.len()),
        }
    }

    /// The line that is nearest to a format, else the first malformed line.
    fn sample(&self) -> String {
        if let Some(closest_format) = self.closest_format() {
            let inside = self.envelope.map(|envelope| format!(" in {envelope}")).unwrap_or_default();
            return format!(
                "\n  line {}{inside}: {}",
                closest_format.line,
                beginning(&self.shown(&closest_format.text))
            );
        }
        let Some(sample) = self.ledger.samples.first() else { return String::new() };
        format!("\n  line {}: {}", self.ledger.line_of(sample), beginning(&self.shown(&sample.text)))
    }

    fn reason(&self) -> Message {
        let mut reason = Message::default();
        if let Some(closest_format) = self.closest_format() {
            let format = &self.formats[closest_format.format];
            let name = printable(format.name().as_bytes());
            let is_the_only = self.reading.log_formats.len() == 1;
            reason += match format.ends_after(closest_format.mismatch, &closest_format.text) {
                Some(variable) if is_the_only => format!("\n  the line ends after ${variable} (one word)").into(),
                Some(variable) => format!("\n  closest: {name}, but the line ends after ${variable} (one word)").into(),
                None => {
                    let closest = if is_the_only { "\n  ".to_owned() } else { format!("\n  closest: {name}, ") };
                    let found = format!(", found {}", self.found(closest_format));
                    message![closest + "expected ", format.expectation(closest_format.mismatch), found]
                }
            };
        }
        if let Some((considered, rejected)) = self.rejected() {
            reason += self.why_rejected(considered, rejected);
        }
        if self.is_too_long() {
            reason += format!("\n  it is longer than {} bytes, the limit for a line", self.reading.max_line);
        } else if reason.is_empty()
            && let Some(sample) = self.ledger.samples.first()
        {
            reason += format!("\n  it is malformed: {}", sample.reason);
        }
        reason
    }

    /// The text of a line at the position where the nearest format expects something else.
    fn found(&self, ClosestFormat { text, mismatch, .. }: &ClosestFormat) -> String {
        if let Some(value) = mismatch.value(text) {
            return format!("\"{}\"", self.shown(value));
        }
        let found = match self.anonymize {
            true => sample_text(&mask_tail(text, mismatch.at)),
            false => sample_text(&text[mismatch.at.min(text.len())..]),
        };
        let found: String = found.chars().take(24).collect();
        if found.is_empty() { "the end of the line".to_owned() } else { format!("\"{found}…\"") }
    }

    fn why_rejected(&self, considered: &Considered, rejected: RejectReason) -> String {
        let name = printable(self.formats[considered.format].name().as_bytes());
        let example = self.shown(considered.survey.odd_address.as_deref().unwrap_or_default());
        let why = match rejected {
            RejectReason::Addresses => {
                format!("too few of its addresses are valid (\"{example}\")")
            }
            RejectReason::Hosts => "most values of $host are not host names".to_owned(),
            RejectReason::NoLists => "no line has more than one address in place of its list".to_owned(),
            RejectReason::NoTime => "the numbers at the end are not request times".to_owned(),
            RejectReason::Users => "$remote_user holds other fields".to_owned(),
        };
        let fits = considered.survey.fits;
        format!("\n  {name} fits {fits} of the first lines, but {why}")
    }

    fn advice(&self) -> Message {
        let path = &self.path;
        if self.is_too_long() {
            let command = format!(" {} {path}", self.ledger.bytes);
            return message!["\n  to read longer lines:  logstat ", Setting::MaxLine, command];
        }
        if let Some(preset) = self.fitting_preset {
            let left_out = if self.reading.log_formats.is_empty() { Setting::Field } else { Setting::LogFormat };
            let fits = format!("\n  the format {preset} fits; to use it, omit ");
            return message![fits, left_out, format!(":  logstat {path}")];
        }
        if let Some((considered, _)) = self.rejected() {
            let name = shell_word(self.formats[considered.format].name().as_bytes());
            let if_right = format!("\n  if {name} is right:  logstat ");
            let given = message![if_right, Setting::LogFormat, format!(" {name} {path}")];
            return given + self.advice_for_keys().unwrap_or_else(|| self.advice_for_a_format());
        }
        self.advice_for_keys().unwrap_or_else(|| self.advice_for_a_format())
    }

    /// Advice for lines of an unknown format.
    fn advice_for_a_format(&self) -> Message {
        let path = &self.path;
        if !self.may_be_an_access_log() {
            return "\n  no line has an HTTP status: this does not look like an access log".into();
        }
        if !self.reading.log_formats.is_empty() {
            let or_field = match self.reading.fields.is_empty() {
                true => Message::default(),
                false => message![" or ", Setting::Field],
            };
            let there = " at this place: it must be the log_format that the file was written with";
            return message!["\n  correct it", or_field, there];
        }
        let pass = message![
            "\n  pass the log_format from your nginx configuration:  logstat ",
            Setting::LogFormat,
            format!(" '$remote_addr …' {path}")
        ];
        match self.reading.nginx_conf {
            Some(_) => {
                let is_right = "\n  is that the nginx.conf of the server that wrote the log? If not:  logstat ";
                message![is_right, Setting::NginxConf, format!(" FILE {path}"), pass]
            }
            None => {
                let conf = format!(" /etc/nginx/nginx.conf {path}");
                message![pass, "\n  or let logstat read it from there:  logstat ", Setting::NginxConf, conf]
            }
        }
    }

    /// True if one of the sample lines has a word of three digits that may be a status. Otherwise the file is not an
    /// access log.
    fn may_be_an_access_log(&self) -> bool {
        let is_status = |word: &[u8]| matches!(word, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']);
        let has_status = |line: &[u8]| line.split(|byte| !byte.is_ascii_alphanumeric()).any(is_status);
        let samples = self.ledger.samples.iter().map(|sample| &sample.text[..]);
        samples.chain(self.closest_format().map(|closest_format| &closest_format.text[..])).any(has_status)
    }

    /// Advice for lines with keys: the keys that seem to hold the missing fields.
    fn advice_for_keys(&self) -> Option<Message> {
        let has_keys = |format: usize| self.formats[format].has_keys();
        let path = &self.path;
        if let Some((considered, RejectReason::Addresses)) = self.rejected().filter(|(c, _)| has_keys(c.format)) {
            let lines = || self.ledger.samples.iter().map(|sample| &sample.text[..]);
            if crate::ip::is_address_list(considered.survey.odd_address.as_deref().unwrap_or_default()) {
                let key = shell_word(field_key(lines(), Wanted::AddressList)?.as_bytes());
                return Some(message![
                    "\n  if this key holds the list that your proxies pass on:  logstat ",
                    Setting::Field,
                    format!(" {key} "),
                    Setting::RealIp,
                    " http_x_forwarded_for ",
                    Setting::Trust,
                    format!(" NETWORKS {path}")
                ]);
            }
            let key = shell_word(field_key(lines(), Wanted::Address)?.as_bytes());
            let command = format!(" {key} {path}");
            return Some(message!["\n  if this key holds the address:  logstat ", Setting::Field, command]);
        }
        let closest_format = self.closest_format().filter(|closest_format| has_keys(closest_format.format))?;
        if closest_format.mismatch.value(&closest_format.text).is_some() {
            let must = " must name a key with such a value; no other format fits";
            return Some(message!["\n  ", Setting::Field, must]);
        }
        if closest_format.mismatch.reason != Reason::NoMatch || closest_format.mismatch.at == 0 {
            return None;
        }
        let line = || std::iter::once(&closest_format.text[..]);
        let keys = [Wanted::Status, Wanted::Path].into_iter().filter_map(|wanted| field_key(line(), wanted));
        let option = |key: String| message![Setting::Field, format!(" {} ", shell_word(key.as_bytes()))];
        let keys = keys.map(option).reduce(|keys, key| keys + key);
        Some(match keys {
            None => "\n  no key of the line holds a status or a path, so it is not an access log".into(),
            Some(keys) => message!["\n  if these keys hold the status and the path:  logstat ", keys, path.as_str()],
        })
    }
}
