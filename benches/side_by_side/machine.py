"""Describes the machine of a measurement."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path


def described() -> str:
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    memory_kb = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    system = re.search(r'^PRETTY_NAME="(.*)"$', Path("/etc/os-release").read_text(), re.M)
    cores = len(os.sched_getaffinity(0))
    return ", ".join([
        cpu[1] if cpu else platform.machine(),
        f"{cores} core{'s' if cores > 1 else ''}",
        f"{int(memory_kb[1]) / 1e6:.0f} GB",
        system[1] if system else "",
        f"Linux {platform.release()}",
    ])


def today() -> str:
    return datetime.date.today().isoformat()


def said(command: list[str]) -> str:
    """The first line of a program's output, such as its version."""
    ended = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, capture_output=True)
    return " ".join((ended.stdout or ended.stderr).split("\n")[0].split())
