#!/usr/bin/env python3
"""Prints the numbers of a state file of logstat as JSON: of each day, and of each key of each table.

Usage: read_state.py FILE. Needs Python 3.14, or the package zstandard. Verifies checksums if xxhash is installed.
The chapter "State files" of the book describes the layout. You may copy this file into other programs.
"""

import itertools
import json
import math
import struct
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address

try:
    from compression.zstd import decompress
except ImportError:
    from zstandard import decompress
try:
    from xxhash import xxh3_64_intdigest as checksum
except ImportError:
    checksum = None

COUNTS = ["status_other", "status_1xx", "status_2xx", "status_3xx", "status_4xx", "status_5xx", "bytes", "static"]
# Lengths of dates as keys of units of time; those of steps such as 15m go by their last letter.
UNITS = {"year": 4, "month": 7, "day": 10, "hour": 13, "h": 13, "minute": 16, "m": 16, "second": 19, "s": 19}


class Numbers:
    """The bytes of a section, read from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, length):
        self.at += length
        assert self.at <= len(self.data), "the section ends early"
        return self.data[self.at - length : self.at]

    def unsigned(self):
        number = shift = 0
        while (byte := self.raw(1)[0]) >= 0x80:
            number, shift = number | (byte & 0x7F) << shift, shift + 7
        return number | byte << shift

    def signed(self):
        number = self.unsigned()
        return number >> 1 ^ -(number & 1)

    def column(self, length):
        return [self.unsigned() for _ in range(length)]

    def ascending(self, length):
        return [sum_ + at for at, sum_ in enumerate(itertools.accumulate(self.column(length)))]

    def keys(self):
        length = self.unsigned()
        keys, shared, rests = [], self.column(length), self.column(length)
        for same, rest in zip(shared, rests):
            keys.append((keys[-1][:same] if keys else b"") + self.raw(rest))
        return keys

    def rare(self, columns):
        """Numbers that only some groups have, by the place of the group."""
        places = self.ascending(self.unsigned())
        return dict(zip(places, zip(*[self.column(len(places)) for _ in range(columns)])))


def read_counts(data, groups, *_):
    counts = [Counter(dict(zip(COUNTS, row))) for row in zip(*[data.column(groups) for _ in COUNTS])]
    for at, lacking in data.rare(3).items():
        counts[at].update(dict(zip(["no_status", "no_bytes", "no_path"], lacking)))
    return counts


def read_sets(data, groups, visitors, bits):
    """Each group has a set of visitors; with HyperLogLog a set of their hashes, or 2^bits registers."""
    if bits:
        hashes = lambda length: set(struct.unpack(f"<{length}Q", data.raw(8 * length)))
        return [data.raw(1 << bits) if data.unsigned() else hashes(data.unsigned()) for _ in range(groups)]
    places = lambda size: data.ascending(size) if size < len(visitors) else range(size)
    return [{visitors[at] for at in places(size)} for size in data.column(groups)]


def read_uv(data, *context):
    sets = read_sets(data, *context)
    data.rare(1)  # hits whose line does not log a visitor
    return sets


def read_latency(data, groups, *_):
    lengths = (data.unsigned() for _ in range(groups))
    return [Counter(dict(zip(data.ascending(length), data.column(length)))) for length in lengths]


def read_durations(data, groups, *_):
    durations = [read_latency(data, groups) for _ in range(data.unsigned())]
    return [[times[group] for times in durations] for group in range(groups)]


def union(a, b, bits):
    """The union of two sets of visitors. More than 2^(bits-1) hashes become registers."""
    if isinstance(a, set) and isinstance(b, set) and (not bits or len(a | b) <= 1 << bits - 1):
        return a | b
    both = bytearray(1 << bits)
    for one in (a, b):
        ranks = enumerate(one)
        if isinstance(one, set):
            ranks = ((each >> 64 - bits, 65 - (each << bits & 2**64 - 1 | 1 << bits - 1).bit_length()) for each in one)
        for at, rank in ranks:
            both[at] = max(both[at], rank)
    return bytes(both)


def number_of(visitors):
    """Number of visitors. logstat also corrects the bias of estimates from 0.7 to 5 times the number of registers."""
    if isinstance(visitors, set):
        return len(visitors)
    registers, zeros = len(visitors), visitors.count(0)
    alpha = {16: 0.673, 32: 0.697, 64: 0.709}.get(registers, 0.7213 / (1 + 1.079 / registers))
    estimate = alpha * registers**2 / sum(2.0**-rank for rank in visitors)
    return round(registers * math.log(registers / zeros) if zeros and estimate <= 2.5 * registers else estimate)


def percentile(times, percent):
    """By nearest rank: the shortest time such that at least this many percent of all times are no longer."""
    rank, seen = max(1, -(-sum(times.values()) * percent // 100)), 0
    for ms, count in sorted(times.items()):
        seen += count
        if seen >= rank:
            return ms


def instant(rank):
    seconds = rank + 2048 >> 12
    return datetime.fromtimestamp(seconds, timezone(timedelta(minutes=rank - (seconds << 12)))).isoformat()


def add(a, b, _):
    return a + b


# Each measure: how it is read, how two values of it are merged, and its numbers.
MEASURES = {
    "counts": (read_counts, add, lambda it: {"pv": sum(it[name] for name in COUNTS[:6]), **it}),
    "hits": (lambda data, groups, *_: data.column(groups), add, lambda it: {"pv": it}),
    "uv": (read_uv, union, lambda it: {"uv": number_of(it)}),
    "latency": (read_latency, add, lambda it: {f"p{p}_ms": percentile(it, p) for p in (50, 90, 95, 99)}),
    "times": (
        lambda data, groups, *_: zip(*[data.column(groups) for _ in range(3)]),
        lambda a, b, _: (a[0] + b[0], a[1] + b[1], max(a[2], b[2])),
        lambda it: {"avg_ms": it[1] / it[0], "sum_ms": it[1], "max_ms": it[2]} if it[0] else {},
    ),
    "first_last": (
        lambda data, groups, *_: [[data.signed() for _ in range(2 * data.unsigned())] for _ in range(groups)],
        lambda a, b, _: [min(a[:1] + b[:1]), max(a[1:] + b[1:])] if a or b else [],
        lambda it: {"first": instant(it[0]), "last": instant(it[1])} if it else {},
    ),
    "durations": (
        read_durations,
        lambda a, b, _: [one + other for one, other in itertools.zip_longest(a, b, fillvalue=Counter())],
        lambda it: {"durations": [{f"p{p}_ms": percentile(times, p) for p in (50, 90, 95, 99)} for times in it]},
    ),
    "seconds": (read_latency, add, lambda it: {"peak": max(it.values())} if it else {}),
    "cache": (
        lambda data, groups, *_: zip(*[data.column(groups) for _ in range(4)]),
        lambda a, b, _: [one + other for one, other in zip(a, b)],
        lambda it: {"cache_hits": it[1] / it[0] if it[0] else None, "cache_bytes": it[3] / it[2] if it[2] else None},
    ),
}


def written(dimension, key):
    """A key as reports show it. That of a unit of time is a number."""
    unit, number = dimension.lstrip("0123456789"), int.from_bytes(key, "big") - (1 << 63)
    if key != b"-" and unit == "hour-of-day":
        return f"{number:02}"
    if key != b"-" and unit == "weekday":
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][number]
    if key != b"-" and (unit in UNITS or unit == "week"):
        date = datetime(1970, 1, 1) + timedelta(seconds=number)
        return "{}-W{:02}".format(*date.isocalendar()) if unit == "week" else date.isoformat()[: UNITS[unit]]
    return key.decode("utf-8", "backslashreplace")


def read_table(data, table, visitors, bits):
    """Reads the measures of each key of a table."""
    dimensions = table["dimension"].split("/")
    if data.unsigned():  # the groups are the visitors
        keys = [(visitor,) for visitor in visitors]
    elif len(dimensions) == 2:
        first, second, length = data.keys(), data.keys(), data.unsigned()
        places = zip(itertools.accumulate(data.column(length)), data.column(length))
        keys = [(first[one], second[other]) for one, other in places]
    else:
        keys = [(key,) for key in data.keys()]
    measures = [MEASURES[name][0](data, len(keys), visitors, bits) for name in table["measures"]]
    names = [" ".join(map(written, dimensions, key)) for key in keys]
    return {name: dict(zip(table["measures"], values)) for name, *values in zip(names, *measures)}


def read_day(data, state, bits):
    """Reads the account of a day's lines, and its tables."""
    lines = Counter(parsed=data.unsigned(), filtered=sum(data.column(len(state["reasons"]))))
    [data.signed() for _ in range(data.unsigned())]  # offsets from UTC, in minutes
    [data.signed() for _ in range(4 * data.unsigned())]  # wall clock and offset of the first and of the last hit
    data.column(5)  # hits whose line does not log visitor, status, bytes, path, time
    visitors = [str(IPv4Address(address)).encode() for address in data.ascending(data.unsigned())] + data.keys()
    read_sets(data, data.unsigned(), visitors, bits)  # visitors of hits without a time
    tables = {table["dimension"]: read_table(data, table, visitors, bits) for table in state["tables"]}
    assert data.at == len(data.data), "the section has more bytes"
    return lines, tables


def sections(file):
    assert file.read(16) == b"logstat state 1\n", "not a state of version 1"
    while header := file.read(24):
        length, full_length, expected = struct.unpack("<3Q", header)
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
        parts = sections(file)
        state = json.loads(next(parts))
        bits = int(state["settings"].get("uv", "hll=0").removeprefix("hll="))  # 0: visitors are exact
        lines, days, totals = Counter(), {}, {table["dimension"]: {} for table in state["tables"]}
        for day, part in zip(state["days"], parts):
            of_day, tables = read_day(Numbers(part), state, bits)
            lines.update(of_day)
            merge(days, {day["day"] or "-": measures for measures in tables.get("all", {}).values()}, bits)
            for dimension in tables:
                merge(totals[dimension], tables[dimension], bits)
    tables = {dimension: report(keys) for dimension, keys in totals.items()}
    json.dump({"lines": lines, "days": report(days), "tables": tables}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
