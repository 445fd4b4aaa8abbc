"""Other programs for the same work: a table of them, how each is installed, and what it counts differently."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import answers

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Peer:
    """A program. In commands, `{combined}` is the log, `{tools}` where peers are installed, `{here}` this directory."""

    name: str
    install: Callable[[Path], None]
    version: str
    command: str
    answer: Callable[[str], dict]
    # Why an answer may differ, by its name.
    differs: dict[str, str] = field(default_factory=dict)
    # Expected minimum of its time divided by logstat's.
    at_least: float | None = None


def nothing(tools: Path) -> None:
    """Installs nothing: the program is part of every system."""


def from_crates(tools: Path, crate: str, program: str) -> None:
    if not (tools / "bin" / program).exists():
        done(["cargo", "install", "--locked", "--root", str(tools), crate])


def rhit(tools: Path) -> None:
    from_crates(tools, "rhit", "rhit")


def angle_grinder(tools: Path) -> None:
    from_crates(tools, "ag", "agrind")


def from_debian(tools: Path) -> None:
    if not shutil.which("goaccess"):
        done(["apt-get", "update", "-qq"])
        done(["apt-get", "install", "-y", "-qq", "goaccess"])


def from_pypi(tools: Path, package: str) -> None:
    python = tools / "venv/bin/python"
    if not python.exists():
        done(["python3", "-m", "venv", str(tools / "venv")])
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode != 0:
        done([str(python), "-m", "pip", "install", "--quiet", package])


def duckdb(tools: Path) -> None:
    from_pypi(tools, "duckdb")


def chdb(tools: Path) -> None:
    from_pypi(tools, "chdb")


def done(command: list[str]) -> None:
    """Runs a command. If it fails, the last line of its standard error is the reason."""
    print("$", *command, flush=True)
    without = {name: value for name, value in os.environ.items() if not name.startswith("CARGO_TARGET_DIR")}
    ended = subprocess.run(command, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=without)
    if ended.returncode != 0:
        raise OSError((ended.stderr.strip().splitlines() or ["no reason given"])[-1])


TARGET = "Absolute URIs (`GET http://example.com/`) keep their host here"
WORDS = "Columns are words of the line here, and requests of more or fewer than three words shift them"
GOACCESS = (
    "goaccess --no-global-config --log-format=COMBINED --no-progress --no-query-string -o {scratch}/goaccess.json "
    "{combined} && cat {scratch}/goaccess.json"
)
GOACCESS_DIFFERS = {
    "visitors": "A visitor is address, day and user agent here, and no 4xx",
    "uv": "A visitor is address, day and user agent here, and no 4xx",
    "paths": "A path has rows by method and protocol here, and a panel has 366 rows at most",
}
AGRIND = (
    "{tools}/bin/agrind -o json -f {combined} "
    """'* | parse "* - * [*:* \\"*\\" * " as ip, user, day, time, request, status | """
)
VENV = "{tools}/venv/bin/python"

# THE TABLE of peers.
PEERS = [
    Peer(
        "the awk recipe", nothing, "awk -W version",
        "awk -f {here}/day.awk {combined}", answers.lines_of_four_words,
        {"status": WORDS, "paths": f"{WORDS}. {TARGET}"},
    ),
    Peer(
        "rhit", rhit, "{tools}/bin/rhit --version",
        "{tools}/bin/rhit --color no --silent-load --all --fields date,status,path,ip {combined}", answers.rhit,
        {"paths": TARGET}, at_least=25,
    ),
    Peer(
        "angle-grinder", angle_grinder, "{tools}/bin/agrind --version",
        f"{AGRIND}count, count_distinct(ip) by day' && {AGRIND}count by status' && "
        f"""{AGRIND}parse regex "^\\S+ (?P<path>[^? ]*)" from request | count by path | limit 10'""",
        answers.agrind, {"paths": TARGET},
    ),
    Peer(
        "GoAccess", from_debian, "goaccess --version", GOACCESS, answers.goaccess, GOACCESS_DIFFERS, at_least=100,
    ),
    Peer(
        "GoAccess, `-j 2`", from_debian, "goaccess --version", GOACCESS.replace(" -o", " -j 2 -o"), answers.goaccess,
        GOACCESS_DIFFERS, at_least=100,
    ),
    Peer(
        "DuckDB, `read_csv`", duckdb, VENV + " -c 'import duckdb; print(duckdb.__version__)'",
        VENV + " {here}/with_duckdb.py columns {combined}", answers.lines_of_four_words, {"paths": TARGET}, at_least=25,
    ),
    Peer(
        "DuckDB, `regexp_extract`", duckdb, VENV + " -c 'import duckdb; print(duckdb.__version__)'",
        VENV + " {here}/with_duckdb.py regexp {combined}", answers.lines_of_four_words, {"paths": TARGET}, at_least=25,
    ),
    Peer(
        "chdb, `splitByChar`", chdb, VENV + " -c 'import chdb; print(chdb.__version__)'",
        VENV + " {here}/with_chdb.py split {combined}", answers.lines_of_four_words, {"paths": TARGET}, at_least=25,
    ),
    Peer(
        "chdb, `Regexp`", chdb, VENV + " -c 'import chdb; print(chdb.__version__)'",
        VENV + " {here}/with_chdb.py regexp {combined}", answers.lines_of_four_words, {"paths": TARGET}, at_least=25,
    ),
]


def version(text: str) -> str:
    """The version number in a program's output."""
    return (re.search(r"\d+(?:\.\d+)+", text) or ["unknown"])[0]
