"""Tests of parsing the programs' output: python3 -m unittest discover benches/side_by_side"""

import unittest

import answers

RHIT = """\
1,200 hits and 5.4G from 2026/11/14 to 2026/11/15
│   date   │ hits │bytes│0                15K│
│2026/11/14│  1,100│ 616M│███████████████▎    │
│2026/11/15│    100│ 651M│███████████████▎    │
│ 200  │   950│82.3%│ 5.3G│▅▅▇▇▇▇▇│     │
│ 404  │   250│ 8.4%│    0│▅▅▇▇▆▇▇│     │
15,998 paths. 50 most frequent:
│ # │path                                            │hits │bytes│ days  │trend│
│  1│/api/cart/                                      │1,042│ 1.3M│▅▅▇▆▇▇▇│     │
│  2│/media/catalogue/2026/11/front/autumn-sale-2x.we│  103│ 231M│▄▄▆▆▆▆▇│     │
│   │bp                                              │     │     │       │     │
364 remote IP addresses. 5 most frequent:
│  1│119.179.126.237│7,760│ 425M│▅▅▇▇▇▇▇│     │
"""


class Answers(unittest.TestCase):
    def test_dates_in_three_notations(self):
        for text in ("14/Nov/2026", "2026/11/14", "20261114"):
            self.assertEqual(answers.day(text), "2026-11-14")

    def test_tables_of_rhit_with_wrapped_paths(self):
        self.assertEqual(answers.rhit(RHIT), {
            "requests": 1200,
            "visitors": 364,
            "pv": {"2026-11-14": 1100, "2026-11-15": 100},
            "status": {"200": 950, "404": 250},
            "paths": [("/api/cart/", 1042), ("/media/catalogue/2026/11/front/autumn-sale-2x.webp", 103)],
        })

    def test_difference_shows_the_worst_row(self):
        right = {"requests": 10, "status": {"200": 8, "404": 2}, "paths": [("/", 7), ("/a", 7)]}
        self.assertEqual(answers.differences(right, right), {})
        off = {"requests": 9, "status": {"200": 8, "404": 1, "405": 3}, "paths": [("/a", 7), ("/", 7)]}
        self.assertEqual(answers.differences(off, right), {
            "paths": "another order",
            "requests": "9 for 10",
            "status": "2 of 3 rows, at most 3 for 0",
        })

    def test_missing_answer_is_not_a_difference(self):
        self.assertEqual(answers.differences({"uv": {"2026-11-14": 1}}, {"requests": 3}), {})


if __name__ == "__main__":
    unittest.main()
