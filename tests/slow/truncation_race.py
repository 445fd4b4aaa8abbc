#!/usr/bin/env python3
"""Counts a log of 200 MB 70 times, and truncates it at a random time to a random length while it is being counted.

    tests/slow/truncation_race.py target/release/logstat

Succeeds if every run exits with 0 or 1, never by a signal; its ledger adds up; a run that lost lines says so; the remaining
lines are counted exactly; and no key appears that was never in the file. Takes about two minutes.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

RUNS = 70
LINE = '10.0.{a}.{b} - - [14/Nov/2026:08:30:00 +0000] "GET /{n:07} HTTP/1.1" 200 5 "-" "curl/8.5"\n'
LINES = 2_200_000


def text():
    width = len(LINE.format(a=100, b=100, n=0))
    lines = (LINE.format(a=100 + i % 100, b=100 + i % 89, n=i % 10_000) for i in range(LINES))
    return "".join(lines).encode(), width


def check(run, program, path, all_bytes, width, cut_after, to_bytes):
    command = [program, path, "--json", "--top", "path,ip", "-n", "0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={})
    time.sleep(cut_after)
    os.truncate(path, to_bytes)
    out, err = child.communicate()
    place = f"run {run}, cut after {cut_after:.3f} s to {to_bytes} bytes: {err.decode()}"
    assert child.returncode in (0, 1), f"{child.returncode} {place}"
    report = json.loads(out)
    lines = report["lines"]
    assert lines["read"] == lines["parsed"] + lines["blank"] + lines["malformed"], f"{lines} {place}"
    is_reported = child.returncode == 1
    assert is_reported == (b"shrank" in err), place
    left = to_bytes if is_reported else all_bytes
    whole, rest = divmod(left, width)
    whole, rest = (whole + 1, 0) if rest == width - 1 else (whole, rest)
    expected = (whole + (rest > 0), whole, 0)
    assert (lines["read"], lines["parsed"], lines["blank"]) == expected, f"{lines} {expected} {place}"
    for row in report["top"]["path"]:
        assert len(row["key"]) == 8 and row["key"][1:].isdigit(), f"{row} {place}"
    for row in report["top"]["ip"]:
        assert row["key"].startswith("10.0."), f"{row} {place}"
    assert sum(row["pv"] for row in report["top"]["path"]) == whole, place
    return is_reported


def main():
    program = os.path.abspath(sys.argv[1])
    random.seed(2026)
    log, width = text()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "access.log")
        reported = 0
        for run in range(RUNS):
            with open(path, "wb") as file:
                file.write(log)
            cut_after = random.uniform(0, 0.25)
            to_bytes = random.randrange(2 * width, len(log))
            reported += check(run, program, path, len(log), width, cut_after, to_bytes)
    print(f"{RUNS} runs; in {reported} of them the log shrank while it was read, which was reported")


main()
