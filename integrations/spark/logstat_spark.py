#!/usr/bin/env python3
"""Counts nginx access logs with logstat on a Spark cluster, and writes one exact report and state.

    spark-submit --files /usr/local/bin/logstat logstat_spark.py --state shop.state /logs/shop -- --by day

Each task runs one logstat process. README.md in this directory explains how it works, and every option.
"""

import argparse
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from py4j.protocol import Py4JJavaError
from pyspark import SparkFiles, TaskContext
from pyspark.sql import SparkSession

# States that one task merges. A task holds them all in memory.
FAN_IN = 8


class Failed(Exception):
    """logstat failed. In a task this makes Spark run the task again, up to spark.task.maxFailures times."""


def program():
    """Returns the path of logstat: from --files, from the working directory (YARN), or from PATH."""
    for place in [SparkFiles.getRootDirectory(), os.getcwd()]:
        path = os.path.abspath(os.path.join(place, "logstat"))
        if os.access(path, os.X_OK):
            return path
    path = shutil.which("logstat")
    if path is None:
        host = socket.gethostname()
        raise Failed(f"no program logstat on {host}; add it: spark-submit --files /usr/local/bin/logstat …")
    return path


def logstat(arguments, lines=()):
    """Runs logstat with `lines` on its standard input, and returns its output. Fails on any exit code but 0."""
    # The configuration of a host must not change the counts. Paths in options are relative to the files of --files.
    command = [program(), "--no-config", *arguments]
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(
            command,
            cwd=SparkFiles.getRootDirectory(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            bufsize=1 << 20,
        )
        with process:
            try:
                for line in lines:
                    process.stdin.write(line)
                    process.stdin.write(b"\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # logstat ended early; the exit code and its messages say why.
            output = process.stdout.read()
        messages.seek(0)
        said = messages.read().decode(errors="replace")
    if process.returncode != 0:
        raise Failed(f"logstat exited with code {process.returncode} on {socket.gethostname()}:\n{said}")
    return output


def list_splits(paths, size):
    """Returns the work list, from an executor, which can read the logs: a path, an offset and a length for each task."""
    found = [path for pattern in paths for path in sorted(glob.glob(pattern)) or [pattern]]
    output = logstat(["--list-splits", size, "--", *found])
    return [json.loads(line) for line in output.splitlines()]


def count_split(split, options):
    """Returns the state of one split. The source is named by its path, which is the same on every host."""
    where = f"{split['offset']}:{split['length']}"
    source = ["--range", where, "--source", split["path"], "--save", "-", "--", split["path"]]
    return logstat([*options, *threads(), *source])


def count_lines(rows, options):
    """Yields the state of one partition of lines. An empty partition has no state."""
    first = next(rows, None)
    if first is not None:
        lines = (row.line for part in ([first], rows) for row in part)
        yield logstat([*options, *threads(), "--save", "-", "--", "-"], lines)


def threads():
    """Returns the option for as many threads as Spark has reserved for a task."""
    return ["--threads", str(TaskContext.get().cpus())]


def merge(states):
    """Returns one state for all `states`. Merging them in another order gives the same bytes."""
    if len(states) == 1:
        return states[0]
    with tempfile.TemporaryDirectory() as directory:
        paths = [os.path.join(directory, f"{number}.state") for number in range(len(states))]
        for path, state in zip(paths, states):
            with open(path, "wb") as file:
                file.write(state)
        return logstat(["--save", "-", "--", *paths])


def merge_tree(states):
    """Merges the states of an RDD in rounds of tasks until one is left, and returns it, or None if there is none."""
    left = states.getNumPartitions()
    while left > 1:
        left = -(-left // FAN_IN)
        grouped = states.mapPartitionsWithIndex(lambda part, found: ((part // FAN_IN, state) for state in found))
        grouped = grouped.partitionBy(left, lambda group: group).values().glom()
        states = grouped.filter(len).map(merge)
    return next(iter(states.collect()), None)


def count_files(spark, paths, split, options):
    """Returns an RDD with the state of each split of files that all executors can read."""
    context = spark.sparkContext
    paths = [os.path.abspath(path) for path in paths]
    splits = context.parallelize([paths], 1).flatMap(lambda paths: list_splits(paths, split)).collect()
    return context.parallelize(splits, max(len(splits), 1)).map(lambda split: count_split(split, options))


def count_objects(spark, paths, options):
    """Returns an RDD with the state of each partition of lines that Spark reads, for example from an object store."""
    # As binary, because a log may have bytes that are not UTF-8. With lineSep, a carriage return stays in its line.
    lines = spark.read.option("lineSep", "\n").text(paths).selectExpr("CAST(value AS BINARY) AS line")
    detected = detect([row.line for row in lines.take(1000)], options)
    if not any(option.partition("=")[0] == "--log-format" for option in options):
        options = [*options, "--log-format", detected]
    return lines.rdd.mapPartitions(lambda rows: count_lines(rows, options))


def detect(lines, options):
    """Returns the format of the first lines. Each task would detect it from other lines."""
    found = json.loads(logstat([*options, "--explain", "--json", "--", "-"], lines))["inputs"][0]
    if found["envelope"] is not None:
        reason = "which may continue a line in the next partition; count files instead, without --lines"
        raise Failed(f"the lines are in the envelope {found['envelope']}, {reason}")
    return found["format"]["name"] if found["format"]["origin"] == "preset" else found["format"]["text"]


def write_results(state, found, options):
    """Writes the state and the report, and returns logstat's exit code."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "all.state")
        with open(path, "wb") as file:
            file.write(state)
        if found.state:
            # logstat replaces the file as a whole, and lets only its owner read a new one.
            logstat(["--save", os.path.abspath(found.state), "--", path])
        outputs = [argument for output in found.report for argument in ("-o", os.path.abspath(output))]
        command = [program(), "--no-config", *options, *outputs, "--", path]
        return subprocess.run(command, cwd=SparkFiles.getRootDirectory(), check=False).returncode


def parse(arguments):
    """Returns this program's options, and after `--` those of logstat."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(
        prog="logstat_spark.py",
        usage="spark-submit [OPTIONS OF SPARK] --files LOGSTAT %(prog)s [OPTIONS] PATH... [-- OPTIONS OF LOGSTAT]",
        description="Counts nginx access logs with logstat on a Spark cluster, and writes one exact report and state.",
    )
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="+", help="file, directory or pattern such as '/logs/*/access.log*'")
    add("--split", metavar="SIZE", default="128M", help="bytes of a file for each task (default: 128M)")
    add("--lines", action="store_true", help="let Spark read the lines: PATH may be on an object store (s3a://…)")
    add("--state", metavar="FILE", help="write the state to FILE on the driver")
    add("--report", metavar="FILE", action="append", default=[],
        help="write the report to FILE in the format of its extension; repeatable (default: a table on standard output)")
    found = parser.parse_args(arguments[:end])
    if not found.lines and (remote := next((path for path in found.paths if "://" in path), None)):
        parser.error(f"{remote}: logstat reads files only; add --lines to let Spark read it")
    return found, arguments[end + 1 :]


def fail(reason):
    print(f"logstat_spark.py: {reason}", file=sys.stderr)
    return 1


def main():
    found, options = parse(sys.argv[1:])
    spark = SparkSession.builder.appName("logstat").getOrCreate()
    try:
        if found.lines:
            states = count_objects(spark, found.paths, options)
        else:
            states = count_files(spark, found.paths, found.split, options)
        state = merge_tree(states)
        if state is None:
            raise Failed("the logs have no lines")
        return write_results(state, found, options)
    except Failed as error:
        return fail(error)
    except Py4JJavaError as error:
        said = re.search(r"Failed: (.*?)\n\s*\n", str(error), re.DOTALL)
        if said is None:
            raise
        return fail(said[1])
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
