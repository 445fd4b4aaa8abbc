//! How a report counted and identified visitors.

use serde::{Deserialize, Serialize};

use crate::steps::{Ipv6Prefix, RealIp, Visitor, VisitorOptions};

/// How visitors were counted.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "method", rename_all = "lowercase")]
#[non_exhaustive]
pub enum UvReport {
    /// Every visitor was kept, so the numbers are exact.
    Exact,
    /// Estimated by HyperLogLog++.
    Hll {
        /// Base-2 logarithm of the number of registers.
        precision: u8,
        /// Relative standard error, 0 to 1. Numbers up to 2^(precision-1) are exact.
        standard_error: f64,
    },
}

/// How visitors were identified, and how addresses are shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct VisitorReport {
    /// The fields that identify a visitor: `ip`, `ip+agent`, or the name of a variable.
    pub by: String,
    /// Length in bits of the IPv6 prefix that identifies a visitor; `None` if the whole address does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_prefix: Option<u8>,
    /// The variable that client addresses behind proxies were taken from; `address list` if a list is logged in the
    /// place of `$remote_addr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_ip: Option<String>,
    /// True if addresses in the report are shortened.
    pub anonymized: bool,
}

/// Value of [`VisitorReport::real_ip`] for addresses from a list in the place of `$remote_addr`.
pub(crate) const ADDRESS_LIST: &str = "address list";

impl VisitorReport {
    /// `has_lists` is true if some addresses are from a list in the place of `$remote_addr`.
    pub(super) fn of(options: &VisitorOptions<'_>, has_lists: bool) -> Option<VisitorReport> {
        let VisitorOptions { visitor, anonymize, .. } = *options;
        let prefix = options.ipv6_prefix.filter(|_| visitor.has_address());
        let variable = |real_ip: &RealIp| if real_ip.is_in_place() { ADDRESS_LIST } else { real_ip.dimension().name() };
        let real_ip = options.real_ip.map(variable).or(has_lists.then_some(ADDRESS_LIST));
        let is_usual = visitor == Visitor::IP && prefix.is_none() && real_ip.is_none() && !anonymize;
        let by = visitor.name().to_owned();
        (!is_usual).then(|| VisitorReport {
            by,
            ipv6_prefix: prefix.map(Ipv6Prefix::bits),
            real_ip: real_ip.map(str::to_owned),
            anonymized: anonymize,
        })
    }
}
