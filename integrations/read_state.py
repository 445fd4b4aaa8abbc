#!/usr/bin/env python3
"""Prints the numbers of a state file of logstat as JSON: of each day, and of each key of each table.

Usage: read_state.py FILE. Needs Python 3.14, or the package zstandard. Verifies checksums if xxhash is installed.
The chapter "State files" of the book describes the layout. You may copy this file into other programs.
"""
import io, json, math, struct, sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from itertools import accumulate, zip_longest
try:
    from compression.zstd import decompress
except ImportError:
    from zstandard import decompress
try:
    from xxhash import xxh3_64_intdigest as checksum
except ImportError:
    checksum = None

COUNTS = ["status_other", *(f"status_{digit}xx" for digit in range(1, 6)), "bytes", "static"]
# Lengths of dates as keys of units of time; those of steps such as 15m go by their last letter.
UNITS = {"year": 4, "month": 7, "day": 10, "hour": 13, "h": 13, "minute": 16, "m": 16, "second": 19, "s": 19}

class Section(io.BytesIO):
    """The bytes of a section, read from the front."""
    def unsigned(self):
        number = shift = 0
        while (byte := self.read(1)[0]) >= 0x80:
            number, shift = number | (byte & 0x7F) << shift, shift + 7
        return number | byte << shift

    def column(self, length):
        return [self.unsigned() for _ in range(length)]

    def rows(self, columns, length):
        return zip(*[self.column(length) for _ in range(columns)])

    def signed(self, length):
        return [number >> 1 ^ -(number & 1) for number in self.column(length)]

    def ascending(self, length):
        return [number + at for at, number in enumerate(accumulate(self.column(length)))]

    def rare(self, columns):
        """Numbers that only some groups have, with the places of the groups."""
        return zip(places := self.ascending(self.unsigned()), self.rows(columns, len(places)))

    def keys(self):
        keys = [b""]
        for shared, rest in self.rows(2, self.unsigned()):
            keys.append(keys[-1][:shared] + self.read(rest))
        return keys[1:]

    def sums(self, groups, *_):
        """For each group the hits of each time, or of each second."""
        return [Counter({at: hits for at, (hits,) in self.rare(1)}) for _ in range(groups)]

    def visitors(self, groups, visitors, bits):
        """The set of visitors of each group; with HyperLogLog a set of their hashes, or 2^bits registers."""
        if bits:
            hashes = lambda: {int.from_bytes(self.read(8), "little") for _ in range(self.unsigned())}
            return [self.read(1 << bits) if self.unsigned() else hashes() for _ in range(groups)]
        places = lambda size: self.ascending(size) if size < len(visitors) else range(size)
        return [{visitors[at] for at in places(size)} for size in self.column(groups)]

    def counts(self, groups, *_):
        counts = [Counter(dict(zip(COUNTS, row))) for row in self.rows(len(COUNTS), groups)]
        for at, lacking in self.rare(3):
            counts[at].update(dict(zip(["no_status", "no_bytes", "no_path"], lacking)))
        return counts

def union(a, b, bits):
    """The union of two sets of visitors. More than 2^(bits-1) hashes become registers."""
    if isinstance(a, set) and isinstance(b, set) and (not bits or len(a | b) <= 1 << bits - 1):
        return a | b
    both = bytearray(1 << bits)
    for one in (a, b):
        ranks = ((each >> 64 - bits, 65 - (each << bits & 2**64 - 1 | 1 << bits - 1).bit_length()) for each in one)
        for at, rank in ranks if isinstance(one, set) else enumerate(one):
            both[at] = max(both[at], rank)
    return bytes(both)

def uv(visitors):
    """Number of visitors. logstat also corrects the bias of estimates from 0.7 to 5 times the number of registers."""
    if isinstance(visitors, set):
        return {"uv": len(visitors)}
    registers, zeros = len(visitors), visitors.count(0)
    alpha = {16: 0.673, 32: 0.697, 64: 0.709}.get(registers, 0.7213 / (1 + 1.079 / registers))
    estimate = alpha * registers**2 / sum(2.0**-rank for rank in visitors)
    return {"uv": round(registers * math.log(registers / zeros) if zeros and estimate <= 2.5 * registers else estimate)}

def percentiles(times):
    """By nearest rank: the shortest time such that at least this many percent of all times are no longer."""
    ranks = list(zip(sorted(times), accumulate(hits for _, hits in sorted(times.items()))))
    rank = lambda percent: -(-sum(times.values()) * percent // 100)
    return {f"p{p}_ms": next((ms for ms, last in ranks if last >= rank(p)), None) for p in (50, 90, 95, 99)}

def instant(rank):
    seconds = rank + 2048 >> 12
    return datetime.fromtimestamp(seconds, timezone(timedelta(minutes=rank - (seconds << 12)))).isoformat()

add = lambda a, b, _: a + b
# Each measure: how it is read (groups, visitors, bits), how two values of it are merged, and its numbers.
MEASURES = {
    "counts": (Section.counts, add, lambda it: {"pv": sum(it[name] for name in COUNTS[:6]), **it}),
    "hits": (lambda data, groups, *_: data.column(groups), add, lambda it: {"pv": it}),
    "uv": (lambda data, *context: (data.visitors(*context), data.rare(1))[0], union, uv),
    "latency": (Section.sums, add, percentiles),
    "times": (lambda data, groups, *_: data.rows(3, groups),
        lambda a, b, _: (a[0] + b[0], a[1] + b[1], max(a[2], b[2])),
        lambda it: {"avg_ms": it[1] / it[0], "sum_ms": it[1], "max_ms": it[2]} if it[0] else {}),
    "first_last": (lambda data, groups, *_: [data.signed(2 * data.unsigned()) for _ in range(groups)],
        lambda a, b, _: [min(a[:1] + b[:1]), max(a[1:] + b[1:])] if a or b else [],
        lambda it: {"first": instant(it[0]), "last": instant(it[1])} if it else {}),
    "durations": (
        lambda data, groups, *_: [*zip(*[data.sums(groups) for _ in range(data.unsigned())])] or [()] * groups,
        lambda a, b, _: [x + y for x, y in zip_longest(a, b, fillvalue=Counter())],
        lambda it: {"durations": [percentiles(times) for times in it]}),
    "seconds": (Section.sums, add, lambda it: {"peak": max(it.values())} if it else {}),
    "cache": (lambda data, groups, *_: data.rows(4, groups), lambda a, b, _: [x + y for x, y in zip(a, b)],
        lambda it: {"cache_hits": it[1] / it[0] if it[0] else None, "cache_bytes": it[3] / it[2] if it[2] else None}),
}

def written(dimension, key):
    """A key as reports show it. That of a unit of time is a number."""
    unit, number = dimension.lstrip("0123456789"), int.from_bytes(key, "big") - (1 << 63)
    if key == b"-" or unit not in {*UNITS, "week", "weekday", "hour-of-day"}:
        return key.decode("utf-8", "backslashreplace")
    if unit in ("weekday", "hour-of-day"):
        return f"{number:02}" if unit == "hour-of-day" else "Mon Tue Wed Thu Fri Sat Sun".split()[number]
    date = datetime(1970, 1, 1) + timedelta(seconds=number)
    return "{}-W{:02}".format(*date.isocalendar()) if unit == "week" else date.isoformat()[: UNITS[unit]]

def read_table(data, table, visitors, bits):
    """The measures of each key of a table."""
    dimensions = table["dimension"].split("/")
    if data.unsigned():  # the groups are the visitors
        keys = [(visitor,) for visitor in visitors]
    elif len(dimensions) == 2:
        first, second, length = data.keys(), data.keys(), data.unsigned()
        keys = [(first[one], second[other]) for one, other in zip(accumulate(data.column(length)), data.column(length))]
    else:
        keys = [(key,) for key in data.keys()]
    names = [" ".join(map(written, dimensions, key)) for key in keys]
    measures = [MEASURES[name][0](data, len(keys), visitors, bits) for name in table["measures"]]
    return {name: dict(zip(table["measures"], values)) for name, *values in zip(names, *measures)}

def read_day(data, state, bits):
    """The account of a day's lines, and its tables."""
    lines = Counter(parsed=data.unsigned(), filtered=sum(data.column(len(state["reasons"]))))
    data.signed(data.unsigned())  # offsets from UTC, in minutes
    data.signed(4 * data.unsigned())  # wall clock and offset of the first and of the last hit
    data.column(5)  # hits whose line does not log visitor, status, bytes, path, time
    visitors = [str(IPv4Address(address)).encode() for address in data.ascending(data.unsigned())] + data.keys()
    data.visitors(data.unsigned(), visitors, bits)  # visitors of hits without a time
    tables = {table["dimension"]: read_table(data, table, visitors, bits) for table in state["tables"]}
    assert not data.read(), "the section has more bytes"
    return lines, tables

def sections(file):
    assert file.read(16) == b"logstat state 1\n", "not a state of version 1"
    while header := file.read(24):
        length, _, expected = struct.unpack("<3Q", header)
        data = file.read(length)
        assert checksum is None or checksum(data) == expected, "the section is damaged"
        yield decompress(data)

def merge(mine, theirs, bits):
    for key, measures in theirs.items():
        old = mine.get(key)
        mine[key] = {name: MEASURES[name][1](old[name], new, bits) if old else new for name, new in measures.items()}

def report(keys):
    return {key: {k: v for name, it in keys[key].items() for k, v in MEASURES[name][2](it).items()} for key in keys}

def main(path):
    with open(path, "rb") as file:
        state, *days = sections(file)
    state = json.loads(state)
    bits = int(state["settings"].get("uv", "hll=0").removeprefix("hll="))  # 0: visitors are exact
    lines, totals = Counter(), {"days": {}, **{table["dimension"]: {} for table in state["tables"]}}
    for day, part in zip(state["days"], days):
        of_day, tables = read_day(Section(part), state, bits)
        lines.update(of_day)
        tables["days"] = {day["day"] or "-": measures for measures in tables.get("all", {}).values()}
        for name, keys in tables.items():
            merge(totals[name], keys, bits)
    tables = {name: report(keys) for name, keys in totals.items()}
    json.dump({"lines": lines, "days": tables.pop("days"), "tables": tables}, sys.stdout, indent=1)

if __name__ == "__main__":
    main(sys.argv[1])
