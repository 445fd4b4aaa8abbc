"""Compares logstat with DuckDB: asks both the same questions about the same records.

    compare.py LOGSTAT COMBINATIONS SEED

Prints the number of questions on which both agree, or the first question on which they differ, and the difference.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import duckdb

import draw
import traffic

LINES = 4000


def table(connection, records):
    connection.execute(
        "CREATE TABLE records (host VARCHAR, addr VARCHAR, addr_hex VARCHAR, real VARCHAR, real_hex VARCHAR, remote_user VARCHAR, wall TIMESTAMP, offset_min INT,"
        " method VARCHAR, path VARCHAR, protocol VARCHAR, status INT, bytes BIGINT, referer VARCHAR, agent VARCHAR,"
        " ms BIGINT, is_static BOOLEAN, args VARCHAR, line INT)"
    )
    rows = [
        (r["host"], r["addr"], traffic.hex_of(r["addr"]), r["real"], traffic.hex_of(r["real"]), r["remote_user"], r["wall"], r["offset_min"], r["method"], r["path"],
         r["protocol"], r["status"], r["bytes"], r["referer"], r["agent"], r["ms"], traffic.is_static(r["path"]), r["query"].removeprefix("?"),
         r["line"])
        for r in records
    ]
    connection.executemany(f"INSERT INTO records VALUES ({', '.join('?' * 19)})", rows)


def clock(zone):
    """The wall clock of buckets and periods, in SQL."""
    utc = "wall - to_minutes(offset_min)"
    if not zone:
        return "wall"
    if zone[0] in "+-":
        hours, minutes = zone[1:].split(":")
        return f"{utc} {zone[0]} INTERVAL '{int(hours) * 60 + int(minutes)} minutes'"
    return f"timezone('{zone}', timezone('UTC', {utc}))"


def ask(connection, question):
    """DuckDB's answer, with the structure of a report."""
    address, digits = question.address
    where = " AND ".join(f"coalesce({condition}, false)" for condition in question.conditions) or "true"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW hits AS SELECT *, {question.visitor} AS visitor FROM (SELECT *, {address} AS ip, {digits} AS hex,"
        f" contains({address}, ':') AS six, {clock(question.zone)} AS clock, epoch(wall - to_minutes(offset_min)) AS epoch FROM records)"
        f" WHERE {where}"
    )

    def rows(sql):
        return connection.execute(sql).fetchall()

    [[pv, uv, size, statics]] = rows(
        "SELECT count(*), count(DISTINCT visitor), coalesce(sum(bytes), 0)::BIGINT, count(*) FILTER (is_static) FROM hits"
    )
    [[days]] = rows("SELECT count(*) FROM (SELECT DISTINCT visitor, clock::DATE FROM hits)")
    columns = "".join(f", {aggregate}" for _, _, aggregate in question.columns)
    answer = {
        "lines.filtered": LINES - pv,
        "summary": {"pv": pv, "uv": uv, "bytes": size, "static": statics, "visitor_days": days},
        "timeline": {
            key: numbers
            for key, *numbers in rows(
                f"SELECT {question.unit[1]}, count(*), count(DISTINCT visitor), sum(bytes)::BIGINT{columns} FROM hits GROUP BY 1"
            )
        },
        "status": dict(rows("SELECT status::VARCHAR, count(*) FROM hits GROUP BY 1")),
        "class": {
            key: [pv, uv]
            for key, pv, uv in rows(
                "SELECT CASE WHEN is_static THEN 'static' ELSE 'dynamic' END, count(*), count(DISTINCT visitor) FROM hits GROUP BY 1"
            )
        },
    }
    shown = question.columns + [question.sort]
    aggregates = ", ".join(f'{aggregate} AS "{key}"' for _, key, aggregate in shown)
    limit = f"LIMIT {question.limit}" if question.limit else ""
    ranked = rows(
        f"SELECT {question.ranking[1]} AS key, count(*) AS pv, {aggregates} FROM hits GROUP BY 1"
        f" ORDER BY {question.sort[2]} DESC NULLS LAST, count(*) DESC, encode({question.ranking[1]}) ASC {limit}"
    )
    names = ["key", "pv"] + [key for _, key, _ in shown]
    answer["top"] = [dict(zip(names, row)) for row in ranked]
    return answer


def extract(report, question):
    """The same numbers from logstat's report."""
    summary = report["summary"]
    names = ["key", "pv"] + [key for _, key, _ in question.columns + [question.sort]]
    of_time = ["pv", "uv", "bytes"] + [key for _, key, _ in question.columns]
    return {
        "lines.filtered": report["lines"]["filtered"],
        "summary": {name: summary[name] for name in ["pv", "uv", "bytes", "static", "visitor_days"]},
        "timeline": {row["key"]: [row[name] for name in of_time] for row in report["timeline"]},
        "status": {row["key"]: row["pv"] for row in report["status"]},
        "class": {row["key"]: [row["pv"], row["uv"]] for row in report["class"]},
        "top": [{name: row[name] for name in names} for row in report["top"][question.ranking[0]]],
    }


# Keys of the objects of --lines, and their values in SQL. A `-` in the log is null.
FIELDS = [
    ("line", "line"), ("time", "strftime(clock, '%Y-%m-%dT%H:%M:%S')"), ("ip", "ip"), ("user", "nullif(remote_user, '-')"),
    ("host", "host"), ("method", "method"), ("path", "path"), ("protocol", "protocol"), ("status", "status"), ("bytes", "bytes"),
    ("request_time_ms", "ms"), ("referer", "nullif(referer, '-')"), ("agent", "nullif(agent, '-')"),
]


def selected(connection):
    """The hits themselves, in the order of the log."""
    columns = ", ".join(expression for _, expression in FIELDS)
    return [dict(zip(dict(FIELDS), row)) for row in connection.execute(f"SELECT {columns} FROM hits ORDER BY line").fetchall()]


def check_lines(command, lines, question, hits):
    """Compares --lines with the hits, as they are in the log and as objects."""
    command = [*command, *question.selecting]
    raw = subprocess.run([*command, "--lines"], capture_output=True, text=True, check=True).stdout
    if raw != "".join(f"{lines[hit['line'] - 1]}\n" for hit in hits):
        sys.exit(f"{question.selecting}: --lines differs from the {len(hits)} hits")
    most = min(len(hits) // 2 + 1, 50)
    for options, expected in [(["--lines"], hits), ([f"--lines={most}"], hits[:most])]:
        said = subprocess.run([*command, *options, "--format", "ndjson"], capture_output=True, text=True, check=True).stdout
        found = [json.loads(text) for text in said.splitlines()]
        # The time ends with the offset, which DuckDB has forgotten.
        found = [{name: one[name][:19] if name == "time" else one[name] for name, _ in FIELDS} for one in found]
        if found != expected:
            sys.exit(f"{question.selecting} {options}: {len(found)} objects differ from {len(expected)} hits")


def same(ours, theirs):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float) or isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs))
    return ours == theirs


def main():
    program, combinations, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    lines, records = traffic.lines_and_records(seed, LINES)
    connection = duckdb.connect()
    table(connection, records)
    with tempfile.TemporaryDirectory() as directory:
        log = pathlib.Path(directory) / "access.log"
        log.write_text("".join(f"{line}\n" for line in lines))
        for _ in range(combinations):
            question = draw.draw(rng)
            command = [program, str(log), "--log-format", traffic.FORMAT]
            run = subprocess.run([*command, "--json", *question.arguments], capture_output=True, text=True, check=False)
            if run.returncode != 0:
                sys.exit(f"{question.arguments}: exit {run.returncode}: {run.stderr}")
            ours, theirs = extract(json.loads(run.stdout), question), ask(connection, question)
            for part in theirs:
                if not same(ours[part], theirs[part]):
                    sys.exit(f"{question.arguments}: {part} differs\nlogstat {ours[part]}\nDuckDB  {theirs[part]}")
            check_lines(command, lines, question, selected(connection))
    print(f"{combinations} combinations agree")


main()
