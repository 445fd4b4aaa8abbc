"""Limits that logstat's own runs must keep: a table, and whether they hold."""

from dataclasses import dataclass

from measure import Cost

# The limits apply to logs of at least this many lines; a smaller run only shows that everything works.
PROMISED_LINES = 5_000_000

DAY = "logstat {combined} --by day --json"
WC = "wc -l {combined}"


@dataclass(frozen=True)
class Target:
    """A run of logstat. Runs whose command names the same log first are timed together."""

    title: str
    command: str
    # The yardstick. Its time divides the run's, or is subtracted from it if the limit is `at_most_ms`.
    against: str
    at_most: float | None = None
    aim: float | None = None
    # Divides both times by the lines of their logs first.
    per_line: bool = False
    at_most_ms: float | None = None
    at_most_mb: float | None = None
    # The approximate parts of the answer.
    approximate: tuple[str, ...] = ()
    # Multiplies the number of rounds, for very short runs.
    rounds: int = 1


# THE TABLE of runs.
TARGETS = [
    Target("`--by day --json`", DAY, WC, 3.0, 2.0, at_most_mb=150),
    Target("`--show summary`", "logstat {combined} --show summary", WC, 2.5, 1.5),
    Target(
        "`--top path,ip,agent,referer --json`",
        "logstat {combined} --top path,ip,agent,referer --json", WC, 6, 4),
    Target("`--by minute --json`", "logstat {combined} --by minute --json", WC, 4, 2.5),
    Target("standard input through a pipe", "cat {combined} | logstat - --by day --json", WC, 6, 4),
    Target("`--by day --uv hll --json`", DAY + " --uv hll", DAY, 1.0, at_most_mb=60, approximate=("visitors", "uv")),
    # 0.54 of the time: 1.85 times as fast on two cores.
    Target("on two cores, to one thread", DAY + " --threads 2", DAY + " --threads 1", 0.54),
    Target("request times", "logstat {times} --by day --json", "wc -l {times}", 3.5, 2.5),
    Target("high cardinality", "logstat {unique} --by day --json", "wc -l {unique}", 12, 8),
    Target("JSON log", "logstat {json} --by day --json", "wc -l {json}", 9, 5),
    Target("short lines", "logstat {short} --by day --json", "wc -l {short}"),
    Target("user agents of 2 kB", "logstat {agents} --by day --json", "wc -l {agents}"),
    Target("one gz", "logstat {gz} --by day --json", "gzip -dc {gz} >/dev/null", 0.9),
    Target("14 gz files", "logstat {rotated} --by day --json", "gzip -dc {rotated} >/dev/null", 0.5),
    Target("one zst", "logstat {zst} --by day --json", "zstd -qdc {zst} >/dev/null"),
    Target("four times the lines, a line", "logstat {long} --by day --json", DAY, 1.15, per_line=True),
    Target("all paths and addresses once", "logstat {fresh} --by day --json", "wc -l {fresh}", at_most_mb=2500),
    Target(
        "the same, `--max-keys 100000 --uv hll`",
        "logstat {fresh} --by day --json --max-keys 100000 --uv hll", "wc -l {fresh}", at_most_mb=300,
        approximate=("visitors", "uv", "paths")),
    Target("four lines", "logstat {four} --by day --json", "wc -l {four}", at_most_ms=3, rounds=40),
]


@dataclass(frozen=True)
class Outcome:
    """The result of a target; `skipped` gives the reason if there is none."""

    target: Target
    cost: Cost
    against: Cost | None
    ratio: float | None
    # Reason for the missing figures.
    skipped: str = ""

    @property
    def more_ms(self) -> float:
        return (self.cost.wall_s - self.against.wall_s) * 1e3

    @property
    def anonymous_bytes(self) -> int:
        """Memory without mapped files."""
        return self.cost.anonymous_kb * 1024

    def holds(self) -> bool:
        """True if all limits hold for the figures as they are shown, so that the table never says no for 3.00 of 3.0."""
        target = self.target
        return (
            (target.at_most is None or round(self.ratio, 2) <= target.at_most)
            and (target.at_most_ms is None or round(self.more_ms, 1) <= target.at_most_ms)
            and (target.at_most_mb is None or round(self.anonymous_bytes / 1e6) <= target.at_most_mb)
        )


def outcome(target: Target, costs: dict[str, Cost], per_line: float) -> Outcome:
    cost, against = costs[target.command], costs[target.against]
    for who, run in ((target.command, cost), (target.against, against)):
        if run.code != 0:
            last = (run.stderr.splitlines() or [f"exit {run.code}"])[0]
            return Outcome(target, cost, None, None, f"`{who.split()[0]}` says: {last}")
    return Outcome(target, cost, against, cost.wall_s / against.wall_s / (per_line if target.per_line else 1))
