"""Tests of the log in parts, and of the names in the tables."""

import gzip
import re
import tempfile
import unittest
from pathlib import Path

import data
from peers import PEERS
from targets import TARGETS


class Data(unittest.TestCase):
    def test_parts_contain_all_lines_whole(self):
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / "log"
            log.write_bytes(b"".join(b"%d %s\n" % (line, b"x" * (line * 7 % 90)) for line in range(200)))
            files = data.rotated(log, Path(directory) / "rotated")
            parts = [gzip.decompress(file.read_bytes()) for file in files]
        self.assertEqual(len(parts), data.ROTATED)
        self.assertTrue(all(part.endswith(b"\n") for part in parts))
        self.assertEqual(len(b"".join(parts).splitlines()), 200)
        self.assertEqual([int(line.split()[0]) for line in b"".join(parts).splitlines()], list(range(200)))

    def test_commands_use_known_names(self):
        names = {data_set.name for data_set in data.DATA_SETS}
        self.assertEqual(len(names), len(data.DATA_SETS))
        for row in TARGETS:
            self.assertLessEqual(set(re.findall(r"\{(\w+)\}", row.command + row.against)), names)
        for peer in PEERS:
            places = names | {"tools", "here", "scratch"}
            self.assertLessEqual(set(re.findall(r"\{(\w+)\}", peer.command + peer.version)), places)


if __name__ == "__main__":
    unittest.main()
