"""Writes figures as Markdown tables, and puts them into a file. Nothing is measured or judged here."""

from dataclasses import dataclass
from pathlib import Path

from data import Log
from measure import Cost
from targets import PROMISED_LINES, Outcome

BEGIN, END = "<!-- side by side: made by benches/side_by_side -->", "<!-- side by side: end -->"


TEXT = {"log", "options of `loggen`", "logstat", "program", "answers", "command", "yardstick command"}


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table whose figures are aligned to the right."""
    ruler = ["---" if name in TEXT else "--:" for name in head]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ruler, *rows])


def logs(logs: dict[str, Log]) -> str:
    rows = [
        [
            log.data_set.title, f"{log.lines:,}", size(log.file_bytes), size(log.text_bytes),
            f"`{log.options}`" if log.options else "",
        ]
        for log in logs.values()
    ]
    return table(["log", "lines", "file", "text", "options of `loggen`"], rows)


def targets(outcomes: list[Outcome], sizes: dict[str, int], lines: int) -> str:
    rows = []
    for outcome in outcomes:
        target, cost = outcome.target, outcome.cost
        if outcome.skipped:
            rows.append([target.title, outcome.skipped] + [""] * 9)
            continue
        judged = lines >= PROMISED_LINES and (target.at_most or target.at_most_ms or target.at_most_mb)
        at_most = [f"{target.at_most:g}"] if target.at_most else []
        at_most += [f"+{target.at_most_ms:g} ms"] if target.at_most_ms else []
        at_most += [f"{target.at_most_mb:g} MB"] if target.at_most_mb else []
        rows.append([
            target.title,
            span(cost.wall_s),
            span(cost.cpu_s),
            rate(sizes[target.command], cost.wall_s),
            span(outcome.against.wall_s),
            f"+{outcome.more_ms:.1f} ms" if target.at_most_ms else f"{outcome.ratio:.2f}",
            ", ".join(at_most),
            f"{target.aim:g}" if target.aim else "",
            size(cost.peak_kb * 1024),
            size(outcome.anonymous_bytes),
            ("yes" if outcome.holds() else "**no**") if judged else "",
        ])
    head = ["logstat", "time", "CPU", "text", "yardstick", "ratio", "at most", "aim"]
    return table([*head, "peak", "of it not mapped", "holds"], rows)


def commands(outcomes: list[Outcome]) -> str:
    """The commands behind the titles of the table."""
    rows = [[o.target.title, f"`{shown(o.target.command)}`", f"`{shown(o.target.against)}`"] for o in outcomes]
    return table(["logstat", "command", "yardstick command"], rows)


def shown(command: str) -> str:
    return command.replace("{", "").replace("}", "").replace("|", "\\|")


@dataclass(frozen=True)
class Beside:
    """A row of the comparison. Without a cost, `answers` gives the reason."""

    name: str
    version: str
    cost: Cost | None
    # The answers that equal logstat's.
    answers: str
    # Expected minimum of its time divided by logstat's.
    at_least: float | None = None


def peers(rows: list[Beside], wc: Cost, ours: Cost, log: Log) -> str:
    lines = []
    for row in rows:
        if not row.cost:
            lines.append([row.name, row.version, *[""] * 9, row.answers])
            continue
        wall_s, times = row.cost.wall_s, row.cost.wall_s / ours.wall_s
        judged = row.at_least and log.lines >= PROMISED_LINES
        lines.append([
            row.name, row.version, span(wall_s), span(row.cost.cpu_s), rate(log.text_bytes, wall_s),
            f"{wall_s / wc.wall_s:.1f}", f"{times:.1f}", f"{row.at_least:g}" if row.at_least else "",
            size(row.cost.peak_kb * 1024), size(row.cost.anonymous_kb * 1024),
            ("yes" if round(times, 1) >= row.at_least else "**no**") if judged else "", row.answers,
        ])
    head = ["program", "version", "time", "CPU", "text", "to `wc -l`", "to logstat", "at least"]
    head += ["peak", "of it not mapped", "holds", "answers"]
    return table(head, lines)


def span(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.1 else f"{seconds * 1e3:.1f} ms"


def size(count: float) -> str:
    if count >= 1e9:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def rate(count: int, seconds: float) -> str:
    return f"{count / seconds / 1e9:.2f} GB/s"


def put(text: str, file: Path) -> None:
    """Replaces the text between the marks; the rest of the file is written by hand."""
    old = file.read_text()
    before, _, rest = old.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{file}: has no lines '{BEGIN}' and '{END}'")
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
