"""The same report in chdb, which is ClickHouse in Python: python with_chdb.py split|regexp FILE. Prints lines of four
words."""

import sys

from chdb.session import Session

# Splits a line of the combined format at its quotes.
SPLIT = """
    SELECT substringIndex(line, ' ', 1) AS ip, substring(line, position(line, '[') + 1, 11) AS day,
           toUInt16OrZero(substring(parts[3], 2, 3)) AS status, cutQueryString(splitByChar(' ', parts[2])[2]) AS path
    FROM (SELECT line, splitByChar('"', line, 3) AS parts FROM file('{log}', 'LineAsString'))"""
# A regular expression: it could read any format.
REGEXP = r"""
    SELECT ip, day, status, cutQueryString(target) AS path
    FROM file('{log}', 'Regexp', 'ip String, day String, target String, status UInt16')
    SETTINGS format_regexp = '^(\\S+) \\S+ \\S+ \\[([^:]+)[^"]*"(?:\\S+ (\\S+))?[^"]*" (\\d+).*'"""

how, log = sys.argv[1:]
db = Session()
hits = {"split": SPLIT, "regexp": REGEXP}[how].format(log=log.replace("'", "\\'"))
db.query("CREATE TABLE hits ENGINE = Memory AS" + hits)
for query in (
    "SELECT 'all', '-', count(*), count(DISTINCT ip) FROM hits",
    "SELECT 'day', day, count(*), count(DISTINCT ip) FROM hits GROUP BY day",
    "SELECT 'status', status, count(*), '-' FROM hits GROUP BY status",
    "SELECT 'path', path, count(*) AS pv, '-' FROM hits GROUP BY path ORDER BY pv DESC, path LIMIT 10",
):
    print(str(db.query(query, "TSV")).replace("\t", " "), end="")
