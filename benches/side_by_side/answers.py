"""Parses the output of each program into one form, and compares answers. No other file knows their output formats.

An answer is a dict with those of these that a program reports: `requests` (total), `visitors` (total), `pv` and `uv` by
day, `status` (requests by code), `paths` (the first ten, as pairs of path and requests)."""

import json
import re
from collections import Counter

ALL = ["requests", "visitors", "pv", "uv", "status", "paths"]
TOP = 10
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def day(text: str) -> str:
    """`14/Nov/2026`, `2026/11/14` and `20261114` as `2026-11-14`."""
    if match := re.fullmatch(r"(\d\d)/(\w{3})/(\d{4})", text):
        return f"{match[3]}-{MONTHS.index(match[2]) + 1:02}-{match[1]}"
    digits = re.sub(r"\D", "", text)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def top(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]


def logstat(text: str) -> dict:
    report = json.loads(text)
    answer = {"requests": report["summary"]["pv"], "visitors": report["summary"]["uv"]} if "summary" in report else {}
    if "timeline" in report and report["period"]["unit"] == "day":
        answer["pv"] = {row["key"]: row["pv"] for row in report["timeline"]}
        answer["uv"] = {row["key"]: row["uv"] for row in report["timeline"]}
    if "status" in report:
        answer["status"] = {row["key"]: row["pv"] for row in report["status"]}
    if "path" in report.get("top", {}):
        answer["paths"] = [(row["key"], row["pv"]) for row in report["top"]["path"]]
    return answer


def lines_of_four_words(text: str) -> dict:
    """`day 14/Nov/2026 PV UV`, `status 200 N -`, `path / N -`, `all - PV UV`: the output of our own recipes."""
    rows = [line.split(" ") for line in text.splitlines()]
    answer = {
        "pv": {day(key): int(pv) for kind, key, pv, _ in rows if kind == "day"},
        "uv": {day(key): int(uv) for kind, key, _, uv in rows if kind == "day"},
        "status": {key: int(pv) for kind, key, pv, _ in rows if kind == "status"},
        "paths": top({key: int(pv) for kind, key, pv, _ in rows if kind == "path"}),
    }
    for kind, _, pv, uv in rows:
        if kind == "all":
            answer |= {"requests": int(pv), "visitors": int(uv)}
    return answer


def rhit(text: str) -> dict:
    """Tables drawn with box characters. A long path continues in a row without a rank."""
    number = lambda digits: int(digits.replace(",", ""))
    paths: list[list] = []
    ranked = text.partition(" paths.")[2].partition(" remote IP addresses")[0]
    for rank, path, hits in re.findall(r"^│ *(\d*) *│(\S+) *│ *([\d,]*) *│", ranked, re.M):
        if rank:
            paths.append([path, number(hits)])
        elif paths:
            paths[-1][0] += path
    days = re.findall(r"^│ *(\d{4}/\d\d/\d\d) *│ *([\d,]+) *│", text, re.M)
    codes = re.findall(r"^│ *(\d{3}) *│ *([\d,]+) *│ *[\d.]+% *│", text, re.M)
    return {
        "requests": number(re.search(r"^([\d,]+) hits", text, re.M)[1]),
        "visitors": number(re.search(r"^([\d,]+) remote IP addresses", text, re.M)[1]),
        "pv": {day(key): number(hits) for key, hits in days},
        "status": {key: number(hits) for key, hits in codes},
        "paths": [(path, hits) for path, hits in paths[:TOP]],
    }


def goaccess(text: str) -> dict:
    """A path has a row for each method and protocol, in three panels: pages, static files, and not found."""
    report = json.loads(text)
    paths: Counter[str] = Counter()
    for panel in ("requests", "static_requests", "not_found"):
        for row in report[panel]["data"]:
            paths[row["data"]] += row["hits"]["count"]
    codes = [row for group in report["status_codes"]["data"] for row in group["items"]]
    return {
        "requests": report["general"]["total_requests"],
        "visitors": report["general"]["unique_visitors"],
        "pv": {day(row["data"]): row["hits"]["count"] for row in report["visitors"]["data"]},
        "uv": {day(row["data"]): row["visitors"]["count"] for row in report["visitors"]["data"]},
        "status": {row["data"].split(" ")[0]: row["hits"]["count"] for row in codes},
        "paths": top(paths),
    }


def agrind(text: str) -> dict:
    """Three lists of objects, one per query."""
    days, codes, paths = (json.loads(line) for line in text.splitlines())
    return {
        "requests": sum(row["_count"] for row in days),
        "pv": {day(row["day"]): row["_count"] for row in days},
        "uv": {day(row["day"]): row["_countDistinct"] for row in days},
        "status": {str(row["status"]): row["_count"] for row in codes},
        "paths": top({row["path"]: row["_count"] for row in paths}),
    }


def differences(answer: dict, right: dict) -> dict[str, str]:
    """Where the answer differs from the correct one, and by how much."""
    said = {}
    for what in answer.keys() & right.keys():
        rows, right_rows = as_rows(answer[what]), as_rows(right[what])
        off = {key: abs(rows.get(key, 0) - right_rows.get(key, 0)) for key in rows.keys() | right_rows.keys()}
        wrong = {key: by for key, by in off.items() if by}
        if wrong:
            worst = max(wrong, key=lambda key: (wrong[key], key))
            of = f"{len(wrong)} of {len(off)} rows, at most " if len(off) > 1 else ""
            said[what] = f"{of}{rows.get(worst, 0):,} for {right_rows.get(worst, 0):,}"
        elif list(rows) != list(right_rows) and what == "paths":
            said[what] = "another order"
    return dict(sorted(said.items()))


def as_rows(answer) -> dict[str, int]:
    return dict(answer) if isinstance(answer, (dict, list)) else {"": answer}
