"""Measures what a command costs: time, processor time, memory. Knows neither logs nor questions."""

import os
import shlex
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

# Interval between two readings of memory. A shorter peak may be missed.
LOOK_S = 0.001
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass
class Cost:
    """Cost of one command."""

    # Times of each timed round.
    walls_s: list[float] = field(default_factory=list)
    cpus_s: list[float] = field(default_factory=list)
    # Peak resident memory of the largest process, including mapped files, as the kernel reports it.
    peak_kb: int = 0
    # Peak memory without mapped files, read repeatedly in the first round.
    anonymous_kb: int = 0
    # Results of the first round.
    code: int = 0
    stdout: str = ""
    stderr: str = ""

    @property
    def wall_s(self) -> float:
        return statistics.median(self.walls_s)

    @property
    def cpu_s(self) -> float:
        return statistics.median(self.cpus_s)


def interleaved(commands: list[str], expand, rounds: int, scratch: Path) -> dict[str, Cost]:
    """Runs every command once, which warms the page cache and gives the answers; only its memory is measured. Then runs
    all of them in turn, every other round in reverse. A command that fails in the first round is not run again."""
    costs = {}
    for command in commands:
        costs[command] = first(expand(command), scratch)
    able = [command for command in commands if costs[command].code == 0]
    for number in range(rounds):
        for command in able if number % 2 == 0 else reversed(able):
            timed(expand(command), costs[command])
    return costs


def first(argv: list[str], scratch: Path) -> Cost:
    cost = Cost()
    out, err = scratch / "stdout", scratch / "stderr"
    pid = spawn(argv, out, err)
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        cost.anonymous_kb = max(cost.anonymous_kb, anonymous_kb(pid))
        time.sleep(LOOK_S)
    cost.peak_kb = usage.ru_maxrss
    cost.code = os.waitstatus_to_exitcode(status)
    cost.stdout = out.read_text(errors="replace")
    cost.stderr = err.read_text(errors="replace").strip()
    return cost


def timed(argv: list[str], cost: Cost) -> None:
    begin = time.perf_counter()
    pid = spawn(argv, Path(os.devnull), Path(os.devnull))
    _, status, usage = os.wait4(pid, 0)
    cost.walls_s.append(time.perf_counter() - begin)
    cost.cpus_s.append(usage.ru_utime + usage.ru_stime)
    cost.peak_kb = max(cost.peak_kb, usage.ru_maxrss)
    if status != 0:
        raise SystemExit(f"{shlex.join(argv)}: succeeded in the first round, but failed in a timed one")


def spawn(argv: list[str], out: Path, err: Path) -> int:
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(out), write, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, str(err), write, 0o644),
    ]
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)


def anonymous_kb(pid: int) -> int:
    """Resident memory without files and shared memory, of the process or of one that it started, whichever has more.
    A sum would count memory twice that a process shares with its fork."""
    try:
        resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return max((int(resident) - int(shared)) * PAGE_KB, *(anonymous_kb(int(child)) for child in children), 0)
