"""The logs that the programs read: a table, and functions that make the files of a row. Existing files are kept."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataSet:
    """A log, made by the project's generator or from another log."""

    name: str
    title: str
    # Number of lines, relative to `--lines`.
    share: float
    # Options of the generator; `{addresses}` is two fifths of the lines.
    options: str = ""
    # The log that this one is made from, and the function in FORMS that makes it.
    made_of: str = ""
    form: str = ""
    # Data sets with the same traffic have the same answers.
    traffic: str = "plain"


# THE TABLE of data sets.
DATA_SETS = [
    DataSet("combined", "combined", 1),
    DataSet("times", "the same with request times", 1, "--times"),
    DataSet("long", "four times as many lines", 4, traffic="long"),
    DataSet("unique", "high cardinality", 1, "--unique-paths --addresses {addresses}", traffic="unique"),
    DataSet("fresh", "all paths and addresses once", 2, "--unique-paths --unique-addresses", traffic="fresh"),
    DataSet("json", "the traffic of combined as JSON", 1, "--json"),
    DataSet("short", "the same without queries, referers, agents", 1, "--short"),
    DataSet("agents", "user agents of 2 kB", 0.1, "--agent-bytes 2000", traffic="agents"),
    DataSet("gz", "combined in one gz file", 1, made_of="combined", form="gz"),
    DataSet("zst", "combined in one zst file", 1, made_of="combined", form="zst"),
    DataSet("rotated", "combined in 14 gz files", 1, made_of="combined", form="rotated"),
    DataSet("four", "the first four lines of combined", 0, made_of="combined", form="four", traffic="four"),
]

ROTATED = 14


@dataclass(frozen=True)
class Log:
    """A data set whose files exist."""

    data_set: DataSet
    files: list[Path]
    lines: int
    # Size of the uncompressed text.
    text_bytes: int
    # Options passed to the generator.
    options: str = ""

    @property
    def file_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.files)


def make(wanted: set[str], lines: int, directory: Path, loggen: str) -> dict[str, Log]:
    """Makes the logs with these names, and the logs that they are made from. Skips those that need a missing program."""
    directory.mkdir(parents=True, exist_ok=True)
    logs: dict[str, Log] = {}
    needed = wanted | {data_set.made_of for data_set in DATA_SETS if data_set.name in wanted}
    for data_set in DATA_SETS:
        if data_set.name not in needed:
            continue
        base = directory / f"{data_set.name}-{lines}"
        if data_set.made_of:
            source = logs[data_set.made_of]
            try:
                files = FORMS[data_set.form](source.files[0], base)
            except FileNotFoundError as missing:
                print(f"{data_set.title}: {missing.filename} is not installed", file=sys.stderr)
                continue
            count = 4 if data_set.form == "four" else source.lines
            text_bytes = files[0].stat().st_size if data_set.form == "four" else source.text_bytes
            options = ""
        else:
            count = max(1, round(lines * data_set.share))
            options = data_set.options.format(addresses=max(1, lines * 2 // 5))
            command = [loggen, "--lines", str(count), *options.split()]
            files = [written(base.with_suffix(".log"), command)]
            text_bytes = files[0].stat().st_size
        logs[data_set.name] = Log(data_set, files, count, text_bytes, options)
    return logs


def written(file: Path, command: list[str]) -> Path:
    """Writes the command's standard output to the file, under another name until it is complete."""
    if not file.exists():
        part = file.with_name(file.name + ".part")
        with part.open("wb") as out:
            subprocess.run(command, stdout=out, check=True)
        part.rename(file)
    return file


def gz(source: Path, base: Path) -> list[Path]:
    return [written(base.with_suffix(".log.gz"), ["gzip", "-c", str(source)])]


def zst(source: Path, base: Path) -> list[Path]:
    return [written(base.with_suffix(".log.zst"), ["zstd", "-qc", str(source)])]


def rotated(source: Path, base: Path) -> list[Path]:
    """Parts of about the same size, the oldest with the highest number, like logrotate."""
    base.mkdir(exist_ok=True)
    files, begin, size = [], 0, source.stat().st_size
    for part in range(ROTATED):
        end = line_end(source, size * (part + 1) // ROTATED)
        file = base / f"access.log.{ROTATED - part}.gz"
        cut = f'tail -c +{begin + 1} "$0" | head -c {end - begin} | gzip -c'
        files.append(written(file, ["sh", "-c", cut, str(source)]))
        begin = end
    return files


def four(source: Path, base: Path) -> list[Path]:
    return [written(base.with_suffix(".log"), ["head", "-n", "4", str(source)])]


FORMS = {"gz": gz, "zst": zst, "rotated": rotated, "four": four}


def line_end(file: Path, place: int) -> int:
    """The end of the line that contains the byte before `place`."""
    with file.open("rb") as log:
        log.seek(max(0, place - 1))
        log.readline()
        return min(log.tell(), os.stat(file).st_size)
