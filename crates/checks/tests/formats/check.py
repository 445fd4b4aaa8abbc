"""Reads each output format with a third-party parser, and compares its numbers with those in JSON.

    check.py LOGSTAT LOG
"""

import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb
from prometheus_client.parser import text_string_to_metric_families

PROGRAM, LOG = sys.argv[1:3]
ASKED = ["--top", "path,ip,agent,agent/path", "-n", "0", "--columns", "uv,avg,p95,first", "--by", "hour", "--split", "status"]


def run(*arguments):
    # The missing file causes a warning in every format, and exit code 1.
    command = [PROGRAM, LOG, "no\x1b,\"such\"\n.log", *ASKED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1, done.stderr
    return done.stdout


def numbers_of(report):
    """Every number of a JSON report, by section, key and metric."""
    numbers = {}

    def rows(section, rows):
        for row in rows:
            for metric, value in row.items():
                if metric == "split":
                    for of, hits in value.items():
                        numbers[section, row["key"], f"split.{of}"] = hits
                elif metric not in ("key", "keys"):
                    numbers[section, row.get("key", ""), metric] = value

    rows("summary", [report["summary"]])
    for section in ("timeline", "status", "class"):
        rows(section, report[section])
    for name, ranking in report["top"].items():
        rows(f"top.{name}", ranking)
    if "latency" in report:
        # Only JSON and the page have the histogram, which is a separate table.
        rows("latency", [{key: value for key, value in report["latency"].items() if key != "histogram"}])
    # The other formats always have the skipped and lost bytes; JSON leaves out zeros.
    rows("ledger", [{"skipped_bytes": 0, "lost_bytes": 0, **report["lines"]}])
    for warning in report["warnings"]:
        numbers["ledger", warning["input"], f"warning.{warning['code']}"] = 1
    return numbers


def value_of(text):
    if text in ("", None):
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def same(what, ours, expected):
    assert ours.keys() == expected.keys(), (what, set(ours) ^ set(expected))
    for place, value in expected.items():
        assert ours[place] == value, (what, place, ours[place], value)


def main():
    report = json.loads(run("--json"))
    expected = numbers_of(report)
    assert json.loads(run("--format", "json", "--pretty")) == report

    for name, between in (("csv", ","), ("tsv", "\t")):
        rows = csv.DictReader(io.StringIO(run("--format", name), newline=""), delimiter=between)
        same(name, {(r["section"], r["key"], r["metric"]): value_of(r["value"]) for r in rows}, expected)

    wide = csv.DictReader(io.StringIO(timeline(), newline=""))
    hours = {("timeline", row["key"], metric): value_of(text) for row in wide for metric, text in row.items() if metric != "key"}
    same("wide csv", hours, {place: value for place, value in expected.items() if place[0] == "timeline"})

    wide = csv.DictReader(io.StringIO(pairs("csv"), newline=""))
    ranked = [([row["agent"], row["path"]], int(row["pv"])) for row in wide]
    assert ranked == [(row["keys"], row["pv"]) for row in report["top"]["agent/path"]]

    lines = [json.loads(line) for line in run("--format", "ndjson").splitlines()]
    keys = [l["keys"] for l in lines if l["section"] == "top.agent/path" and l["metric"] == "pv"]
    assert keys == [row["keys"] for row in report["top"]["agent/path"]] and all("keys" not in l for l in lines if "/" not in l["section"])
    same("ndjson", {(l["section"], l["key"] or "", l["metric"]): l["value"] for l in lines}, expected)

    with tempfile.TemporaryDirectory() as directory:
        files = [pathlib.Path(directory) / name for name in ("r.csv", "r.ndjson", "r.json", "r.md", "r.prom", "r.txt")]
        silent = run(*[part for file in files for part in ("-o", str(file))])
        assert silent == "", silent
        assert json.loads(files[2].read_text()) == report
        assert files[3].read_text().count("| --: |") and " malformed" in files[5].read_text()
        connection = duckdb.connect()
        for reader, file in (("read_csv", files[0]), ("read_json", files[1])):
            [[hits]] = connection.execute(
                f"SELECT sum(value::DOUBLE) FROM {reader}('{file}') WHERE section = 'timeline' AND metric = 'pv'"
            ).fetchall()
            assert hits == report["summary"]["pv"], (reader, hits)
        prometheus(files[4].read_text(), report)
        labelled = samples(pairs("prometheus", "--prom-label", "agent/path"))
        for row in report["top"]["agent/path"]:
            agent, path = row["keys"]
            assert labelled["logstat_requests_by_agent_path", ("agent", agent), ("path", path)] == row["pv"], row
        prometheus_labels(run("--format", "prometheus", "--prom-label", "path", "-n", "3"), report)
    print(f"{len(expected)} numbers agree")


def timeline():
    command = [PROGRAM, LOG, *ASKED[2:], "--show", "timeline", "--format", "csv"]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def pairs(name, *arguments):
    command = [PROGRAM, LOG, "--top", "agent/path", "-n", "0", "--show", "top", "--format", name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def samples(text):
    families = list(text_string_to_metric_families(text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}


def prometheus(text, report):
    found = samples(text)
    assert found["logstat_requests",] == report["summary"]["pv"]
    assert found["logstat_visitors",] == report["summary"]["uv"]
    assert found["logstat_lines", ("state", "malformed")] == report["lines"]["malformed"]
    warnings = {place[1][1]: value for place, value in found.items() if place[0] == "logstat_warnings"}
    assert len(warnings) > 10 and sum(warnings.values()) == len(report["warnings"]), warnings
    for row in report["status"]:
        assert found["logstat_requests_by_status", ("status", row["key"])] == row["pv"]
    if "latency" in report:
        assert found["logstat_request_duration_seconds", ("quantile", "0.95")] == report["latency"]["p95_ms"] / 1000
    names = {place[0] for place in found}
    assert "logstat_requests_by_path" not in names, "visitors choose paths"


def prometheus_labels(text, report):
    found = samples(text)
    paths = {place: value for place, value in found.items() if place[0] == "logstat_requests_by_path"}
    first = report["top"]["path"][:3]
    for row in first:
        assert paths["logstat_requests_by_path", ("path", row["key"])] == row["pv"], paths
    other = paths["logstat_requests_by_path", ("path", "other"), ("rest", "true")]
    assert sum(row["pv"] for row in first) + other == report["summary"]["pv"] and len(paths) == len(first) + 1


main()
