"""Runs the commands of the tables in rounds, and compares the answers."""

import re
import shlex
import sys
from pathlib import Path

import answers
import machine
import markdown
import measure
from data import Log
from markdown import Beside
from measure import Cost
from peers import PEERS, version
from targets import DAY, TARGETS, WC, Outcome, Target, outcome

HERE = Path(__file__).resolve().parent


class Bench:
    """The logs, the programs, and the mistakes found so far."""

    def __init__(self, logs: dict[str, Log], logstat: str, tools: Path, scratch: Path):
        self.logs, self.logstat, self.tools, self.scratch = logs, logstat, tools, scratch
        self.wrong: list[str] = []

    def expand(self, command: str) -> list[str]:
        """The arguments of a command from the tables; a shell runs it only if it needs one."""
        places = {"tools": self.tools, "here": HERE, "scratch": self.scratch}
        def place(match: re.Match[str]) -> str:
            name = match[1]
            files = self.logs[name].files if name in self.logs else [places[name]]
            return " ".join(shlex.quote(str(file)) for file in files)
        command = re.sub(r"(^|\| )logstat ", lambda match: f"{match[1]}{shlex.quote(self.logstat)} ", command)
        command = re.sub(r"\{(\w+)\}", place, command)
        return ["sh", "-c", command] if re.search(r" (\||&&|>)", command) else shlex.split(command)

    def beside_wc(self, rounds: int, lines: int) -> list[str]:
        outcomes = []
        right: dict[str, dict] = {}
        for name in dict.fromkeys(first_log(row.command) for row in TARGETS):
            rows = [row for row in TARGETS if first_log(row.command) == name]
            if name not in self.logs:
                outcomes += [Outcome(row, Cost(), None, None, "the log could not be made") for row in rows]
                continue
            print(f"logstat: {self.logs[name].data_set.title}", file=sys.stderr, flush=True)
            commands = list(dict.fromkeys(command for row in rows for command in (row.against, row.command)))
            costs = measure.interleaved(commands, self.expand, rounds * max(row.rounds for row in rows), self.scratch)
            for row in rows:
                per_line = self.logs[name].lines / self.logs[first_log(row.against)].lines
                outcomes.append(outcome(row, costs, per_line))
                if costs[row.command].code not in (0, 2):
                    self.wrong.append(f"{row.title}: {outcomes[-1].skipped}")
                elif not outcomes[-1].skipped and "--json" in row.command:
                    self.check(row, answers.logstat(costs[row.command].stdout), right)
        sizes = {row.command: log.text_bytes for row in TARGETS if (log := self.logs.get(first_log(row.command)))}
        return [markdown.logs(self.logs), markdown.targets(outcomes, sizes, lines), markdown.commands(outcomes)]

    def check(self, row: Target, answer: dict, right: dict[str, dict]) -> None:
        """Checks that every line is counted, and that all logs of the same traffic give the same answer."""
        log = self.logs[first_log(row.command)]
        if answer["requests"] != log.lines:
            self.wrong.append(f"{row.title}: {answer['requests']} of {log.lines} requests")
        for what in row.approximate:
            answer.pop(what, None)
        known = right.setdefault(log.data_set.traffic, {})
        for what, off in answers.differences(answer, known).items():
            self.wrong.append(f"{row.title}: other {what} than before: {off}")
        known |= {what: value for what, value in answer.items() if what not in known}

    def beside_peers(self, rounds: int) -> list[str]:
        missing = {}
        for peer in PEERS:
            try:
                peer.install(self.tools)
            except OSError as error:
                missing[peer.name] = str(error)
        able = [peer for peer in PEERS if peer.name not in missing]
        print("beside peers: " + ", ".join(peer.name for peer in able), file=sys.stderr, flush=True)
        commands = [WC, DAY, *(peer.command for peer in able)]
        costs = measure.interleaved(commands, self.expand, rounds, self.scratch)

        right = answers.logstat(costs[DAY].stdout)
        rows = [
            Beside("`wc -l`", version(machine.said(["wc", "--version"])), costs[WC], ""),
            Beside("logstat", version(machine.said([self.logstat, "--version"])), costs[DAY], ""),
        ]
        # Peers with the same difference for the same reason share a note.
        notes: dict[str, list[str]] = {}
        for peer in PEERS:
            if peer.name in missing:
                rows.append(Beside(peer.name, "", None, f"not installed: {missing[peer.name]}"))
                continue
            cost, said = costs[peer.command], version(machine.said(self.expand(peer.version)))
            if cost.code != 0:
                last = (cost.stderr.splitlines() or [""])[-1]
                rows.append(Beside(peer.name, said, None, f"exit {cost.code}: {last}"))
                continue
            answer = peer.answer(cost.stdout)
            off = answers.differences(answer, right)
            self.wrong += [f"{peer.name}: {what}: {by}" for what, by in off.items() if what not in peer.differs]
            for what, by in off.items():
                notes.setdefault(f"{what}: {by}. {peer.differs.get(what, '**Why?**')}", []).append(peer.name)
            same = ", ".join(what for what in answers.ALL if what in answer and what not in off)
            rows.append(Beside(peer.name, said, cost, f"same {same}", peer.at_least))
        table = markdown.peers(rows, costs[WC], costs[DAY], self.logs["combined"])
        return [table, "\n".join(f"- {', '.join(names)}: {note}" for note, names in notes.items())]


def first_log(command: str) -> str:
    """The first log in a command."""
    return re.search(r"\{(\w+)\}", command)[1]
