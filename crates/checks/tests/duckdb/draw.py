"""Random questions from a seeded generator: each part as an option of logstat, and as SQL."""

from dataclasses import dataclass, field

# Options, and the condition on the view of hits.
FILTERS = [
    (["--since", "2026-10-25"], "clock >= TIMESTAMP '2026-10-25'"),
    (["--since", "2026-10-24T06", "--until", "2026-10-26 12:30"],
     "clock >= TIMESTAMP '2026-10-24 06:00' AND clock < TIMESTAMP '2026-10-26 12:30'"),
    (["--date", "2026-10-25"], "clock >= TIMESTAMP '2026-10-25' AND clock < TIMESTAMP '2026-10-26'"),
    (["--since", "2026-10-25T01:00:00+02:00"], "epoch >= 1792882800"),
    (["--time", "19:30-23:00"], "clock::TIME >= TIME '19:30' AND clock::TIME < TIME '23:00'"),
    (["--time", "22:00-06:00"], "(clock::TIME >= TIME '22:00' OR clock::TIME < TIME '06:00')"),
    (["--status", "4xx,5xx"], "status BETWEEN 400 AND 599"),
    (["--status", "4xx,!404,500-502"], "(status BETWEEN 400 AND 499 AND status != 404 OR status BETWEEN 500 AND 502)"),
    (["--path", "/api/*"], "starts_with(path, '/api/')"),
    (["--path", "~^/p.*[13]/$", "--path", "/checkout"], "(regexp_matches(path, '^/p.*[13]/$') OR path = '/checkout')"),
    (["--exclude-path", "/product/*", "--exclude-path", "/"], "NOT starts_with(path, '/product/') AND path != '/'"),
    (["--ip", "10.0.0.0/8,2001:db8:1::/48"],
     "(starts_with(hex, '00000000000000000000ffff0a') OR starts_with(hex, '20010db80001'))"),
    (["--ip", "!203.1.0.0/16"], "NOT starts_with(hex, '00000000000000000000ffffcb01')"),
    (["--host", "*.example", "--exclude-host", "static.example,api.example"],
     "host LIKE '%.example' AND host NOT IN ('static.example', 'api.example')"),
    (["--method", "GET,HEAD"], "method IN ('GET', 'HEAD')"),
    (["--exclude-method", "GET"], "method != 'GET'"),
    (["--user", "-"], "remote_user = '-'"),
    (["--agent", "~(?i)BOT|curl"], "regexp_matches(agent, '(?i)BOT|curl')"),
    (["--exclude-agent", "*Chrome/*"], "agent NOT LIKE '%Chrome/%'"),
    (["--referer", "https://*"], "referer LIKE 'https://%'"),
    (["--static"], "is_static"),
    (["--dynamic"], "NOT is_static"),
    (["--slower", "0.3"], "ms > 300"),
    (["--larger", "4k"], "bytes > 4096"),
    (["--where", 'status >= 400 && request_time > 0.09 || path ~ "^/api/"'],
     "(status >= 400 AND coalesce(ms > 90, false) OR regexp_matches(path, '^/api/'))"),
    (["--where", '!(method in ("GET", "POST")) || bytes <= 180'], "(method NOT IN ('GET', 'POST') OR bytes <= 180)"),
    (["--where", 'hour-of-day >= 8 && host != "api.example"'], "hour(clock) >= 8 AND host != 'api.example'"),
]

# Name, and the bucket's key as written in JSON.
UNITS = [
    ("day", "strftime(clock, '%Y-%m-%d')"),
    ("hour", "strftime(clock, '%Y-%m-%dT%H')"),
    ("month", "strftime(clock, '%Y-%m')"),
    ("week", "strftime(clock, '%G-W%V')"),
    ("weekday", "strftime(clock, '%a')"),
    ("hour-of-day", "strftime(clock, '%H')"),
    ("6h", "strftime(time_bucket(INTERVAL 6 HOUR, clock, TIMESTAMP '2000-01-01'), '%Y-%m-%dT%H')"),
]

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "+05:30"]

# Options, and the identity of a visitor.
VISITORS = [
    ([], "ip"),
    ([], "ip"),
    (["--visitor", "ip+agent"], "ip || chr(1) || agent"),
    (["--visitor", "remote_user"], "remote_user"),
    (["--ipv6-prefix", "64"], "CASE WHEN six THEN substr(hex, 1, 16) ELSE ip END"),
    (["--ipv6-prefix", "48", "--visitor", "ip+agent"], "CASE WHEN six THEN substr(hex, 1, 12) ELSE ip END || chr(1) || agent"),
]

# Options, and the columns with the address and its digits.
ADDRESSES = [
    ([], "addr", "addr_hex"),
    ([], "addr", "addr_hex"),
    (["--real-ip", "http_x_forwarded_for", "--trust", "10.0.0.0/8,2001:db8::/33"], "real", "real_hex"),
]



def site(host):
    """The registrable domain of a host, for the suffixes that the generated hosts have."""
    return f"regexp_extract({host}, '[^.]+\\.(co\\.uk|github\\.io|[^.]+)$')"


REFERRING = site("regexp_extract(referer, '^https?://([^/:]+)', 1)")
IS_INTERNAL = f"{REFERRING} = {site('host')}"


def argument(name):
    """The first argument of a name, decoded; - if there is none, or if it is empty."""
    value = f"regexp_extract(args, '(?:^|&){name}=([^&]*)', 1)"
    return f"coalesce(nullif(url_decode(replace({value}, '+', ' ')), ''), '-')"


# The first four groups of the generated IPv6 addresses, and their shortest form.
GROUPS = "regexp_replace(ip, '::[0-9a-f]+$', '')"
SHORTEST = f"regexp_replace(regexp_replace({GROUPS}, ':0:0$', ''), ':0$', '')"

# The path with single slashes, and the same with a slash after a last segment that is a directory.
SINGLE = "regexp_replace(path, '/+', '/', 'g')"
DIRECTORIES = f"CASE WHEN regexp_matches({SINGLE}, '/[^/.]+$') THEN {SINGLE} || '/' ELSE {SINGLE} END"

# Dimension, and the expression of its key.
RANKINGS = [
    ("referer-site", f"CASE WHEN {IS_INTERNAL} OR {REFERRING} = '' THEN '-' ELSE {REFERRING} END"),
    ("referer-kind",
     f"CASE WHEN referer = '-' THEN 'direct' WHEN {IS_INTERNAL} THEN 'internal' WHEN referer LIKE '%//mail.google.%' THEN 'mail'"
     " WHEN referer LIKE '%.google.%' THEN 'search' WHEN referer LIKE '%//t.co/%' THEN 'social'"
     " WHEN referer LIKE '%chatgpt%' THEN 'ai-assistant' ELSE 'other' END"),
    ("utm-source", argument("utm_source")), ("utm-medium", argument("utm_medium")), ("utm-campaign", argument("utm_campaign")),
    ("arg-names",
     "coalesce(nullif(array_to_string(list_sort(list_distinct(list_filter(list_transform(string_split(args, '&'),"
     " lambda x: regexp_extract(x, '^[^=]*')), lambda x: x != ''))), '&'), ''), '-')"),
    ("net", f"CASE WHEN six THEN {SHORTEST} || '::/64' ELSE regexp_replace(ip, '[0-9]+$', '0/24') END"),
    ("ip-version", "CASE WHEN six THEN 'IPv6' ELSE 'IPv4' END"),
    ("ext", "coalesce(nullif(lower(regexp_extract(path, '/[^/]+\\.([A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*)$', 1)), ''), '-')"),
    ("path", "path"), ("ip", "ip"), ("host", "host"), ("method", "method"), ("agent", "agent"), ("referer", "referer"),
    ("user", "remote_user"), ("protocol", "protocol"), ("status", "status::VARCHAR"),
    ("status-class", "CASE WHEN status BETWEEN 100 AND 599 THEN status // 100 || 'xx' ELSE 'other' END"),
    ("route", f"regexp_replace({SINGLE}, '/[0-9]+(/|$)', '/{{int}}\\1', 'g')"),
    ("dir", f"regexp_extract({DIRECTORIES}, '^/([^/]+/)?')"),
    ("dir2", f"regexp_extract({DIRECTORIES}, '^/([^/]+/){{0,2}}')"),
    ("file", "CASE WHEN regexp_matches(path, '/[^/]*[.][^/]*$') THEN regexp_extract(path, '[^/]*$') ELSE '-' END"),
    ("class", "CASE WHEN is_static THEN 'static' ELSE 'dynamic' END"), ("hour", "strftime(clock, '%Y-%m-%dT%H')"),
]


def percentile(percent):
    return f"list_sort(list(ms) FILTER (ms IS NOT NULL))[greatest(({percent} * count(ms) + 99) // 100, 1)]"


# Column, its key in JSON, and the aggregate.
COLUMNS = [
    ("uv", "uv", "count(DISTINCT visitor)"),
    ("avg", "avg_ms", "CASE WHEN count(ms) > 0 THEN sum(ms)::DOUBLE / count(ms) END"),
    ("p50", "p50_ms", percentile(50)),
    ("p90", "p90_ms", percentile(90)),
    ("p95", "p95_ms", percentile(95)),
    ("p99", "p99_ms", percentile(99)),
    ("max", "max_ms", "max(ms)"),
    ("total_time", "sum_ms", "CASE WHEN count(ms) > 0 THEN sum(ms)::BIGINT END"),
    ("bytes", "bytes", "sum(bytes)::BIGINT"),
    ("static", "static", "count(*) FILTER (is_static)"),
    ("4xx", "status_4xx", "count(*) FILTER (status BETWEEN 400 AND 499)"),
    ("5xx", "status_5xx", "count(*) FILTER (status >= 500)"),
]


@dataclass
class Question:
    """One question in both languages."""

    arguments: list = field(default_factory=list)
    selecting: list = field(default_factory=list)
    """Those of the arguments that select requests, or change their fields."""
    conditions: list = field(default_factory=list)
    zone: str = ""
    visitor: str = "ip"
    address: tuple = ("addr", "addr_hex")
    unit: tuple = UNITS[0]
    ranking: tuple = RANKINGS[0]
    columns: list = field(default_factory=list)
    sort: tuple = ("pv", "pv", "count(*)")
    limit: int = 10


def draw(rng):
    question = Question()
    for options, condition in rng.sample(FILTERS, rng.choice([0, 1, 1, 2, 2, 3])):
        # Draw each option once; only --where may be repeated.
        given = {option for option in options if option.startswith("--")} - {"--where"}
        if not given & set(question.arguments):
            question.arguments += options
            question.conditions.append(condition)
    if rng.randrange(3) == 0:
        question.zone = rng.choice(ZONES)
        question.arguments += ["--tz", question.zone]
    question.selecting += question.arguments
    options, question.visitor = rng.choice(VISITORS)
    question.arguments += options
    options, *question.address = rng.choice(ADDRESSES)
    question.arguments += options
    question.selecting += options
    question.unit = rng.choice(UNITS)
    question.ranking = rng.choice(RANKINGS)
    question.columns = rng.sample(COLUMNS, rng.randrange(5))
    if rng.randrange(2):
        question.sort = rng.choice(COLUMNS)
        question.arguments += ["--sort", question.sort[0]]
    question.limit = rng.choice([0, 3, 10])
    question.arguments += ["--by", question.unit[0], "--top", question.ranking[0], "-n", str(question.limit)]
    if question.columns:
        question.arguments += ["--columns", ",".join(name for name, _, _ in question.columns)]
    return question
