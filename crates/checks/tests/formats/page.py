"""Reads pages with Python's parser, and compares their numbers with JSON and their markup with the page of a harmless log.

    page.py LOGSTAT LOG HOSTILE BENIGN
"""

import base64
import hashlib
import json
import subprocess
import sys
from html.parser import HTMLParser

PROGRAM, LOG, HOSTILE, BENIGN = sys.argv[1:]
ASKED = ["--top", "path,ip,agent,referer,user,agent/path", "--split", "agent", "-n", "0", "--columns", "uv,avg,p95,first,total_time", "--fail-if", "any agent: 4xx > 0"]
VOID = {"meta", "link", "input", "br", "hr", "img"}
# A table has no columns for numbers that follow from its keys, and none of these if they are 0 in all rows.
LEFT_OUT = {
    "status": {f"status_{n}" for n in ("1xx", "2xx", "3xx", "4xx", "5xx", "other")},
    "class": {"static", "dynamic"},
}
RARE = {"status_1xx", "status_other"}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.shapes, self.ids, self.refers = [], set(), [], []
        self.numbers, self.texts, self.policy = {}, [], None
        self.section = self.row = self.key = None
        self.inline = {"style": "", "script": ""}
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        assert len(attributes) == len(pairs), pairs
        self.shapes.add((tag, *sorted(attributes)))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.refers += attributes.get("aria-labelledby", "").split()
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "table":
            self.section, self.metrics = attributes.get("data-section"), []
        elif tag == "dl":
            self.section = "summary" if attributes["class"].startswith("tiles") else attributes.get("data-section")
        elif tag == "tr":
            self.key, self.at = "", 0
        elif tag == "th" and "data-metric" in attributes:
            self.metrics.append(attributes["data-metric"])
        elif tag == "td" and "data-value" in attributes and self.metrics:
            self.numbers[self.section, self.key, self.metrics[self.at]] = attributes["data-value"]
            self.at += 1
        elif tag == "dd" and "data-metric" in attributes:
            self.numbers[self.section, "", attributes["data-metric"]] = attributes["data-value"]
        elif tag == "span" and attributes.get("class") == "text" and self.key:
            self.key += " "
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag, pairs):
        self.shapes.add((tag, *sorted(name for name, _ in pairs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, (tag, self.open[-3:], self.getpos())
        self.open.pop()

    def handle_data(self, text):
        tags = [tag for tag, _ in self.open]
        if tags and tags[-1] in self.inline:
            self.inline[tags[-1]] += text
            return
        self.texts.append(text)
        if "tbody" in tags and self.open[-1][1].get("class") == "text":
            # A short name has the whole key as its title.
            self.key += self.open[-1][1].get("title", text)


def run(log, *arguments):
    done = subprocess.run([PROGRAM, log, *ASKED, *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 3, done.stderr
    return done.stdout


def value_of(text):
    try:
        return float(text)
    except ValueError:
        return text or None


def numbers(log):
    report, page = json.loads(run(log, "--json")), Page(run(log, "--format", "html"))
    sections = {"timeline": report["timeline"], "status": report["status"], "class": report["class"]}
    sections |= {f"top.{name}": rows for name, rows in report["top"].items()}
    expected = {}
    for section, rows in sections.items():
        for row in rows:
            for metric, value in row.items():
                is_zero = metric in RARE and not any(row[metric] for row in rows)
                if metric == "split":
                    expected |= {(section, row["key"], f"split.{of}"): hits for of, hits in value.items()}
                elif metric not in ("key", "keys") and metric not in LEFT_OUT.get(section, ()) and not is_zero:
                    expected[section, row["key"], metric] = value
    expected |= {("latency", "", metric): value for metric, value in report.get("latency", {}).items()}
    steps = expected.pop(("latency", "", "histogram"), None)
    on_page = [int(value) for place, value in page.numbers.items() if place[0] == "latency.histogram"]
    assert on_page == [step[key] for step in steps or () for key in ("up_to_ms", "count")], on_page
    found = {place: value_of(text) for place, text in page.numbers.items() if place[0] not in ("summary", "latency.histogram")}
    assert found.keys() == expected.keys(), sorted(map(str, found.keys() ^ expected.keys()))[:9]
    for place, value in expected.items():
        assert found[place] == (float(value) if isinstance(value, int) else value), (place, found[place], value)
    told = report["summary"] | report.get("latency", {})
    tiles = {place[2]: int(text) for place, text in page.numbers.items() if place[0] == "summary"}
    assert tiles.keys() >= {"pv", "uv", "bytes", "static", "status_2xx", "status_3xx", "status_4xx", "status_5xx"}
    assert all(told[metric] == value for metric, value in tiles.items()), (tiles, told)
    lines = report["lines"]
    ledger = f"{lines['read']:,} lines = {report['summary']['pv']:,} counted + {lines['filtered']:,} filtered + {lines['blank']:,} blank + {lines['malformed']:,} malformed"
    assert ledger in page.texts, ledger
    for sample in report["malformed_samples"]:
        assert sample["text"] in page.texts, sample
    assert report["verdicts"][0]["condition"] in page.texts
    return page


def structure(page):
    assert len(set(page.ids)) == len(page.ids), page.ids
    assert set(page.refers) <= set(page.ids), set(page.refers) - set(page.ids)
    names = {name for _, *names in page.shapes for name in names}
    assert not any(name.startswith("on") or name in ("style", "src", "action", "xlink:href") for name in names), names
    assert [shape for shape in page.shapes if "href" in shape] == [("link", "href", "rel")], "an empty icon, and no more"
    rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
    assert rules == {
        "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "img-src": "data:",
        "style-src": f"'{hashed(page.inline['style'])}'", "script-src": f"'{hashed(page.inline['script'])}'",
    }, rules


def hashed(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main():
    for log in (LOG, HOSTILE, BENIGN):
        page = numbers(log)
        structure(page)
    hostile, benign = (Page(run(log, "--format", "html")) for log in (HOSTILE, BENIGN))
    assert hostile.shapes == benign.shapes, hostile.shapes ^ benign.shapes
    for text in ("/<script>alert(1)</script>", "</table><img src=x onerror=alert(1)>"):
        assert any(text in found for found in hostile.texts), text
    # Reports with and without each section.
    for asked in ("--show status", "--show latency", "--since 2030-01-01", "--uv hll --by weekday", "--top minute,day --sort p95 -n 2"):
        text = subprocess.run([PROGRAM, LOG, *asked.split(), "--format", "html"], capture_output=True, text=True, check=True, encoding="utf-8").stdout
        structure(Page(text))
    # The parser does find injected markup.
    assert ("img", "onerror", "src") in Page("<p><img src=x onerror=alert(1)></p>").shapes
    print("as it should be")


main()
