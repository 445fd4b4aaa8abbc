"""Compares logstat with `wc -l` and with similar programs: python3 benches/side_by_side --help

Builds logstat, generates the logs, installs the other programs ("peers"), runs all in turn, compares their answers, and
prints tables in Markdown; `--write` puts them into benches/README.md. Needs only Python and a Rust toolchain.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import data
import machine
import markdown
from bench import HERE, Bench, first_log
from targets import PROMISED_LINES, TARGETS

ROOT = HERE.parent.parent


def main() -> int:
    wish = arguments()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    if not (wish.logstat and wish.loggen):
        build = ["cargo", "build", "--locked", "--release", "-p", "logstat", "-p", "loggen", "--bins"]
        subprocess.run(build, cwd=ROOT, check=True)
    logstat = wish.logstat or str(target / "release/logstat")
    loggen = wish.loggen or str(target / "release/loggen")

    directory = Path(wish.data or target / "side-by-side").resolve()
    names = {first_log(row.command) for row in TARGETS} if wish.targets else set()
    logs = data.make(names | {"combined"}, wish.lines, directory, loggen)
    with tempfile.TemporaryDirectory() as scratch:
        tools = Path(wish.tools or directory / "peers").resolve()
        bench = Bench(logs, logstat, tools, Path(scratch))
        parts = [head(wish, bench)]
        if wish.targets:
            parts += bench.beside_wc(wish.rounds, wish.lines)
        if wish.peers:
            parts += bench.beside_peers(wish.peers_rounds or wish.rounds)
    text = "\n\n".join(parts) + "\n"
    print(text)
    if wish.write:
        markdown.put(text, HERE.parent / "README.md")
    for wrong in bench.wrong:
        print(f"side_by_side: {wrong}", file=sys.stderr)
    return 1 if bench.wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="side_by_side", description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=PROMISED_LINES, help="lines of the first log; other logs are in proportion")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; each figure is their median")
    parser.add_argument("--peers-rounds", type=int, help="rounds of the comparison with peers")
    parser.add_argument("--only", choices=["targets", "peers"], help="run only logstat's targets, or only the comparison with peers")
    parser.add_argument("--no-peers", action="store_true", help="same as --only targets; installs nothing")
    parser.add_argument("--data", help="directory of the logs; missing logs are generated [target/side-by-side]")
    parser.add_argument("--tools", help="directory of the peers; missing peers are installed [DATA/peers]")
    parser.add_argument("--logstat", help="use this binary instead of building logstat")
    parser.add_argument("--loggen", help="use this binary instead of building the log generator")
    parser.add_argument("--write", action="store_true", help="put the tables into benches/README.md")
    wish = parser.parse_args()
    wish.targets = wish.only != "peers"
    wish.peers = wish.only != "targets" and not wish.no_peers
    return wish


def head(wish: argparse.Namespace, bench: Bench) -> str:
    commit = machine.said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
    said = machine.said([bench.logstat, "--version"])
    # Leave out the options for directories and binaries.
    told = {"--lines": wish.lines, "--rounds": wish.rounds, "--peers-rounds": wish.peers_rounds, "--only": wish.only}
    told = [f"{name} {value}" for name, value in told.items() if value and name in sys.argv]
    command = " ".join(["python3 benches/side_by_side", *told, *(["--no-peers"] if wish.no_peers else [])])
    rounds = f"Medians of {wish.rounds} rounds" if wish.rounds > 1 else "One round"
    small = "" if wish.lines >= PROMISED_LINES else " **A small run: it shows that everything works, but says nothing about speed.**"
    return (
        f"{machine.today()}: {said} ({commit}), {machine.said(['rustc', '--version'])}, on {machine.described()}. "
        f"{rounds}, by `{command}`.{small}"
    )


if __name__ == "__main__":
    sys.exit(main())
