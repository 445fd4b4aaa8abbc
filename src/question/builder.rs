//! Builder methods of [`Question`]: one for each field of its three parts.

use super::{Counting, FailIf, MaxKeys, MaxMemory, Question, Section, Showing};
use crate::agent::BotRules;
use crate::dimension::Dimension;
use crate::filter::Condition;
use crate::format::{FieldKey, LogFormat, Query};
use crate::geo::Geo;
use crate::measure::UvMethod;
use crate::metric::{Metric, Sort};
use crate::net::NetPrefixes;
use crate::nginx::NginxConf;
use crate::referer::OwnHosts;
use crate::requests::RequestList;
use crate::route::RoutePattern;
use crate::static_rules::StaticRules;
use crate::steps::{Ipv6Prefix, LoggedDuration, RealIp, Visitor};
use crate::time::{Date, Moment, Now, Unit, Zone};

/// Builder methods, one for each field. A method for an optional field takes the value or an `Option`, except where the
/// value is usually parsed from text.
impl Question {
    /// Sets the log formats: each line is read by the first one that fits. By default, formats are detected.
    #[must_use]
    pub fn log_formats(mut self, log_formats: impl IntoIterator<Item = LogFormat>) -> Question {
        self.reading.log_formats = log_formats.into_iter().collect();
        self
    }

    /// Sets the keys of JSON logs and the variables of text formats that fields are read from. They take precedence
    /// over the usual ones.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = FieldKey>) -> Question {
        self.reading.fields = fields.into_iter().collect();
        self
    }

    /// Sets the nginx configuration whose locations decide what is static.
    #[must_use]
    pub fn nginx_conf(mut self, nginx_conf: impl Into<Option<NginxConf>>) -> Question {
        self.reading.nginx_conf = nginx_conf.into();
        self
    }

    /// Sets the rules that decide what is static.
    #[must_use]
    pub fn static_rules(mut self, static_rules: StaticRules) -> Question {
        self.reading.static_rules = static_rules;
        self
    }

    /// Sets how the addresses of clients behind proxies are found. By default, addresses are `$remote_addr`.
    #[must_use]
    pub fn real_ip(mut self, real_ip: impl Into<Option<RealIp>>) -> Question {
        self.reading.real_ip = real_ip.into();
        self
    }

    /// Sets the site's own hosts, whose pages are not referring sites. The `$host` of each line is one in any case.
    #[must_use]
    pub fn own_hosts(mut self, own_hosts: OwnHosts) -> Question {
        self.reading.key_rules.own_hosts = own_hosts;
        self
    }

    /// Sets the lengths of the networks that `net` ranks. By default, they are those of [`NetPrefixes`].
    #[must_use]
    pub fn net(mut self, net: NetPrefixes) -> Question {
        self.reading.key_rules.net = net;
        self
    }

    /// Sets the rules that recognize bots. By default, they are those of the built-in table.
    ///
    /// ```
    /// use logstat::{BotClass, BotRules, Dimension, Engine, Input, Question, count};
    /// let rules = BotRules::default().with("Our monitor", BotClass::Monitor, "^OurMon/")?;
    /// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET /a HTTP/1.1" 200 512 "-" "OurMon/2""#;
    /// let question = Question::new().bot_rules(rules).top([Dimension::named("bot")?]);
    /// let report = count(&question, vec![Input::reader("a.log", line.as_bytes())], &Engine::default())?.report;
    /// let top = report.and_then(|report| report.top).expect("it was asked for");
    /// assert_eq!(top[0].rows[0].key.as_deref(), Some("Our monitor"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bot_rules(mut self, rules: BotRules) -> Question {
        self.reading.key_rules.bots = rules;
        self
    }

    /// Sets the databases for `country`, `city`, `asn` and `org`.
    ///
    /// ```
    /// use logstat::{Dimension, Engine, Geo, GeoDatabase, Input, Question, count};
    /// let countries = GeoDatabase::read("testdata/geo/country.mmdb".as_ref())?;
    /// let question = Question::new().geo(Geo::default().with(countries)).top([Dimension::named("country")?]);
    /// let report = count(&question, vec![Input::path("testdata/shop.log")], &Engine::default())?.report;
    /// let top = report.and_then(|report| report.top).expect("it was asked for");
    /// assert_eq!((top[0].rows[0].key.as_deref(), top[0].rows[0].pv), (Some("AT"), 19));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn geo(mut self, geo: Geo) -> Question {
        self.reading.key_rules.geo = geo;
        self
    }

    /// Converts all times to a time zone. By default, each line keeps the offset that it was logged with.
    #[must_use]
    pub fn zone(mut self, zone: Zone) -> Question {
        self.reading.zone = Some(zone);
        self
    }

    /// Sets whether the query string is part of a path.
    #[must_use]
    pub fn query(mut self, query: Query) -> Question {
        self.reading.query = query;
        self
    }

    /// Sets the patterns by which paths have routes, for the dimension `route`. They take precedence over the names of
    /// parts that look variable, and the first that matches a path wins.
    ///
    /// ```
    /// use logstat::{Dimension, Question};
    /// let question = Question::new().top([Dimension::named("route")?]).routes(["/shop/:id".parse()?]);
    /// assert_eq!(question.reading.key_rules.routes.patterns()[0].route(), "/shop/{id}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn routes(mut self, patterns: impl IntoIterator<Item = RoutePattern>) -> Question {
        self.reading.key_rules.routes = patterns.into_iter().collect();
        self
    }

    /// Sets the length of the longest line, in bytes. A longer line is malformed.
    #[must_use]
    pub fn max_line(mut self, max_line: usize) -> Question {
        self.reading.max_line = max_line;
        self
    }

    /// Sets whether malformed lines are kept verbatim, for [`Outcome::rejects`](crate::Outcome).
    #[must_use]
    pub fn keep_rejects(mut self, keep_rejects: bool) -> Question {
        self.reading.keep_rejects = keep_rejects;
        self
    }

    /// Counts only hits at this moment or later.
    #[must_use]
    pub fn since(mut self, since: Moment) -> Question {
        self.counting.since = Some(since);
        self
    }

    /// Counts only hits before this moment.
    #[must_use]
    pub fn until(mut self, until: Moment) -> Question {
        self.counting.until = Some(until);
        self
    }

    /// Counts only hits of this date: a day, an hour, a month …
    #[must_use]
    pub fn date(mut self, date: Date) -> Question {
        self.counting.date = Some(date);
        self
    }

    /// Sets the moment that relative times such as `1h` and `today` count from.
    #[must_use]
    pub fn now(mut self, now: Now) -> Question {
        self.counting.now = now;
        self
    }

    /// Sets the conditions that a hit must all meet to be counted.
    #[must_use]
    pub fn filters(mut self, filters: impl IntoIterator<Item = Condition>) -> Question {
        self.counting.filters = filters.into_iter().collect();
        self
    }

    /// Adds a report for each key of a dimension, for at most [`each_limit`](Question::each_limit) of them.
    ///
    /// ```
    /// use logstat::{Dimension, Engine, Input, Question, count};
    /// let log = br#"10.0.0.1 - - [14/Nov/2026:03:45:05 +0000] "GET /a HTTP/1.1" 200 1 "-" "-"
    /// 10.0.0.2 - - [14/Nov/2026:03:45:06 +0000] "GET /b HTTP/1.1" 404 1 "-" "-"
    /// "#;
    /// let question = Question::new().each(Dimension::Status);
    /// let inputs = vec![Input::reader("access.log", std::io::Cursor::new(log))];
    /// let report = count(&question, inputs, &Engine::default())?.report.expect("an input was read");
    /// let parts = report.parts().iter().filter_map(|report| Some((report.part()?.shown(), report.lines.parsed)));
    /// assert_eq!(parts.collect::<Vec<_>>(), [("200", 1), ("404", 1)]);
    /// # Ok::<(), logstat::Error>(())
    /// ```
    #[must_use]
    pub fn each(mut self, each: impl Into<Option<Dimension>>) -> Question {
        self.counting.each = each.into();
        self
    }

    /// Adds a list of single requests: the slowest, or the largest.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, RequestList, RequestOrder, count};
    /// let log = br#"10.0.0.1 - - [14/Nov/2026:03:45:05 +0000] "GET /a HTTP/1.1" 200 1 "-" "-"
    /// 10.0.0.2 - - [14/Nov/2026:03:45:06 +0000] "GET /b HTTP/1.1" 200 2 "-" "-"
    /// "#;
    /// let question = Question::new().requests(RequestList::new(RequestOrder::Largest, 1));
    /// let inputs = vec![Input::reader("access.log", std::io::Cursor::new(log))];
    /// let requests = count(&question, inputs, &Engine::default())?.requests;
    /// assert_eq!((requests.len(), requests[0].line, requests[0].fields.path.as_deref()), (1, Some(2), Some("/b")));
    /// # Ok::<(), logstat::Error>(())
    /// ```
    #[must_use]
    pub fn requests(mut self, requests: impl Into<Option<RequestList>>) -> Question {
        self.counting.requests = requests.into();
        self
    }

    /// Returns the question without its report: what is left says how to read, and selects hits.
    ///
    /// ```
    /// use logstat::{Question, Section, Unit};
    /// let question = Question::new().by(Unit::Hour).show([Section::Timeline]).without_report();
    /// assert_eq!((question.counting.by, question.showing.shows(Section::Timeline)), (None, false));
    /// ```
    #[must_use]
    pub fn without_report(self) -> Question {
        let Counting { since, until, date, now, filters, durations, visitor, ipv6_prefix, anonymize, .. } =
            self.counting;
        let selecting = Counting { since, until, date, now, filters, ..Counting::default() };
        let counting = Counting { durations, visitor, ipv6_prefix, anonymize, ..selecting };
        Question { reading: self.reading, counting, showing: Showing::default() }.show([Section::Ledger])
    }

    /// Sets the number of keys of [`each`](Question::each) that have a report of their own; 0 for all.
    #[must_use]
    pub fn each_limit(mut self, each_limit: usize) -> Question {
        self.showing.each_limit = each_limit;
        self
    }

    /// Sets how visitors are counted.
    #[must_use]
    pub fn uv(mut self, uv: UvMethod) -> Question {
        self.counting.uv = uv;
        self
    }

    /// Sets the fields that identify a visitor.
    #[must_use]
    pub fn visitor(mut self, visitor: Visitor) -> Question {
        self.counting.visitor = visitor;
        self
    }

    /// Sets the number of leading bits of an IPv6 address that identify a visitor.
    #[must_use]
    pub fn ipv6_prefix(mut self, ipv6_prefix: impl Into<Option<Ipv6Prefix>>) -> Question {
        self.counting.ipv6_prefix = ipv6_prefix.into();
        self
    }

    /// Sets whether addresses are shortened before they are counted and shown.
    #[must_use]
    pub fn anonymize(mut self, anonymize: bool) -> Question {
        self.counting.anonymize = anonymize;
        self
    }

    /// Sets the durations to report on in place of the request time. Those that come again are dropped.
    #[must_use]
    pub fn durations(mut self, durations: impl IntoIterator<Item = LoggedDuration>) -> Question {
        self.counting.durations.clear();
        for duration in durations {
            if !self.counting.durations.contains(&duration) {
                self.counting.durations.push(duration);
            }
        }
        self
    }

    /// Sets the unit of the timeline.
    #[must_use]
    pub fn by(mut self, by: impl Into<Option<Unit>>) -> Question {
        self.counting.by = by.into();
        self
    }

    /// Splits the timeline by another dimension.
    #[must_use]
    pub fn split(mut self, split: impl Into<Option<Dimension>>) -> Question {
        self.counting.split = split.into();
        self
    }

    /// Sets the dimensions that are ranked. By default, only paths are.
    #[must_use]
    pub fn top(mut self, top: impl IntoIterator<Item = Dimension>) -> Question {
        self.counting.top = Some(top.into_iter().collect());
        self.counting.is_top_of_state = false;
        self
    }

    /// Limits the number of keys of each ranking.
    #[must_use]
    pub fn max_keys(mut self, max_keys: impl Into<Option<MaxKeys>>) -> Question {
        self.counting.max_keys = max_keys.into();
        self
    }

    /// Limits the memory of all tables together.
    #[must_use]
    pub fn max_memory(mut self, max_memory: impl Into<Option<MaxMemory>>) -> Question {
        self.counting.max_memory = max_memory.into();
        self
    }

    /// Sets whether the summary has the requests and visitors without declared bots.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, count};
    /// let question = Question::new().people(true);
    /// let report = count(&question, vec![Input::path("testdata/shop.log")], &Engine::default())?.report;
    /// let people = report.and_then(|report| report.people).expect("every line logs a user agent");
    /// assert_eq!((people.requests, people.visitors), (49, Some(5)));
    /// # Ok::<(), logstat::Error>(())
    /// ```
    #[must_use]
    pub fn people(mut self, people: bool) -> Question {
        self.counting.people = people;
        self
    }

    /// Sets whether [`Section::Bots`](crate::Section) is among the sections by default.
    #[must_use]
    pub fn bots(mut self, bots: bool) -> Question {
        self.showing.bots = bots;
        self
    }

    /// Sets whether the report has [highlights](crate::Highlight).
    #[must_use]
    pub fn highlights(mut self, highlights: bool) -> Question {
        self.counting.highlights = highlights;
        self
    }

    /// Sets the sections of the report. By default, it has all of them.
    #[must_use]
    pub fn show(mut self, show: impl IntoIterator<Item = Section>) -> Question {
        self.showing.show = Some(show.into_iter().collect());
        self
    }

    /// Sets the number of rows of a ranking; 0 for all.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Question {
        self.showing.limit = limit;
        self
    }

    /// Adds these metrics to the rows of rankings.
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Metric>) -> Question {
        self.showing.columns = columns.into_iter().collect();
        self
    }

    /// Sets the order of rankings: a metric, the largest value first, or any other [`Sort`].
    #[must_use]
    pub fn sort(mut self, sort: impl Into<Sort>) -> Question {
        self.showing.sort = sort.into();
        self
    }

    /// Sets whether the timeline lists buckets without a hit.
    #[must_use]
    pub fn fill(mut self, fill: bool) -> Question {
        self.showing.fill = fill;
        self
    }

    /// Sets the request time in milliseconds above which a request is slow.
    #[must_use]
    pub fn slow_ms(mut self, slow_ms: u64) -> Question {
        self.showing.slow_ms = slow_ms;
        self
    }

    /// Sets the conditions that the report is checked against. The results are in [`Report::verdicts`](crate::Report).
    #[must_use]
    pub fn fail_if(mut self, fail_if: impl IntoIterator<Item = FailIf>) -> Question {
        self.showing.fail_if = fail_if.into_iter().collect();
        self
    }
}
