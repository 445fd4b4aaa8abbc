"""A log from a seeded generator, and the records that its lines were written from."""

import datetime
import ipaddress
import random

FORMAT = (
    '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $request_time "$http_x_forwarded_for"'
)

HOSTS = ["shop.example", "www.shop.example", "static.example", "api.example"]
METHODS = ["GET"] * 8 + ["POST", "HEAD", "PUT"]
USERS = ["-"] * 9 + ["ann", "bob"]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "curl/8.5.0",
    "-",
]
REFERERS = [
    "-",
    "https://shop.example/",
    "https://www.google.com/",
    "https://news.example/a?b=c",
    "https://www.google.co.uk/search?q=tea",
    "https://mail.google.com/",
    "http://blog.shop.example:8080/post",
    "https://team.github.io/x",
    "https://t.co/abc",
    "https://chatgpt.com/",
]
QUERIES = [
    "", "", "?page=2", "?q=tea", "?utm_source=spring+mail&utm_medium=e%2Dmail&utm_campaign=spring",
    "?page=1&utm_source=&utm_source=ads", "?b=1&a=2&b=3&utm_medium=cpc", "?utm_campaign=caf%C3%A9&debug",
]
PATHS = (
    ["/", "/api/items", "/api/items/7", "/api/orders", "/checkout", "/search", "/health", "/admin/login", "/robots.txt"]
    + [f"/product/{n}/" for n in range(12)]
    + ["/static/site.css", "/static/app.js", "/media/tea.jpg", "/favicon.ico", "/feed.xml", "/export.CSV"]
    + ["//api//items", "/admin/", "/.well-known/status", "/v1.2/docs/index.html", "/docs/v1.2"]
)
STATUSES = [200] * 14 + [201, 204, 206, 301, 302, 304, 304, 400, 403, 404, 404, 429, 499, 500, 502, 503]
# Offsets from UTC in minutes. They differ from line to line, as in a log merged from several machines.
OFFSETS = [480, 480, 480, 0, -300, 330]
START = datetime.datetime(2026, 10, 23, 20, 0, 0)

STATIC_EXTENSIONS = {"css", "js", "jpg", "ico", "csv"}
"""The extensions in PATHS that are static according to the contract."""


def addresses(rng):
    four = [f"{rng.choice([10, 203, 198])}.{rng.randrange(4)}.113.{rng.randrange(256)}" for _ in range(60)]
    six = [f"2001:db8:{rng.randrange(3):x}:{rng.randrange(4):x}::{rng.randrange(1, 60):x}" for _ in range(30)]
    return four + six


def forwarded(rng, pool):
    """A value of X-Forwarded-For as clients and proxies write it, sometimes invalid."""
    kind = rng.randrange(10)
    if kind < 3:
        return "-"
    if kind == 3:
        return rng.choice(["unknown", "garbage", ", ,"])
    hops = [rng.choice(pool) for _ in range(rng.randrange(1, 4))]
    return rng.choice([", ", ","]).join(hops)


TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/33")]


def is_trusted(address):
    return any(address.version == network.version and address in network for network in TRUSTED)


def real_address(address, forwarded):
    """The last address in the list that is not a trusted proxy, if a trusted proxy sent the request; else its sender."""
    if not is_trusted(ipaddress.ip_address(address)):
        return address
    for hop in reversed([hop.strip() for hop in forwarded.split(",")]):
        try:
            parsed = ipaddress.ip_address(hop)
        except ValueError:
            return address
        if not is_trusted(parsed):
            return hop
    return address


def lines_and_records(seed, count):
    rng = random.Random(seed)
    pool = addresses(rng)
    records, lines = [], []
    clock = START
    for _ in range(count):
        clock += datetime.timedelta(seconds=rng.choice([0, 1, 1, 5, 30, 90, 200]))
        offset = rng.choice(OFFSETS)
        record = {
            "host": rng.choice(HOSTS),
            "addr": rng.choice(pool),
            "remote_user": rng.choice(USERS),
            "wall": clock,
            "offset_min": offset,
            "method": rng.choice(METHODS),
            "path": rng.choice(PATHS),
            "query": rng.choice(QUERIES),
            "protocol": rng.choice(["HTTP/1.1", "HTTP/2.0"]),
            "status": rng.choice(STATUSES),
            "bytes": rng.choice([0, 5, 178, 4096, 50_000, 1_500_000]) + rng.randrange(3),
            "referer": rng.choice(REFERERS),
            "agent": rng.choice(AGENTS),
            # One request in twenty has no request time.
            "ms": None if rng.randrange(20) == 0 else rng.choice([0, 1, 12, 40, 95, 300, 301, 1200, 8000]),
            "forwarded": forwarded(rng, pool),
        }
        record["real"] = real_address(record["addr"], record["forwarded"])
        records.append(record)
        lines.append(line(record))
    for n in range(0, count, 97):
        lines.insert(n, rng.choice(["", "no line of this log", '10.0.0.1 - - "GET / HTTP/1.1" 200']))
    of_records = iter(records)
    record = next(of_records)
    for number, text in enumerate(lines, 1):
        if record is not None and text == line(record):
            record["line"] = number
            record = next(of_records, None)
    return lines, records


def line(record):
    sign = "-" if record["offset_min"] < 0 else "+"
    hours, minutes = divmod(abs(record["offset_min"]), 60)
    time = record["wall"].strftime("%d/%b/%Y:%H:%M:%S ") + f"{sign}{hours:02}{minutes:02}"
    took = "-" if record["ms"] is None else f"{record['ms'] / 1000:.3f}"
    request = f"{record['method']} {record['path']}{record['query']} {record['protocol']}"
    return (
        f"{record['host']} {record['addr']} - {record['remote_user']} [{time}] \"{request}\" {record['status']} "
        f"{record['bytes']} \"{record['referer']}\" \"{record['agent']}\" {took} \"{record['forwarded']}\""
    )


def hex_of(address):
    """An address as 32 hexadecimal digits, so that a network is a prefix; IPv4 is mapped into IPv6."""
    parsed = ipaddress.ip_address(address)
    number = int(parsed) if parsed.version == 6 else int(parsed) + (0xFFFF << 32)
    return f"{number:032x}"


def is_static(path):
    last = path.rsplit("/", 1)[1]
    extension = last.rsplit(".", 1)[1].lower() if "." in last else ""
    return path.startswith(("/static/", "/media/")) or extension in STATIC_EXTENSIONS or path == "/robots.txt"
