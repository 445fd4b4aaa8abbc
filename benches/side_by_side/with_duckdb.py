"""The same report in DuckDB: python with_duckdb.py columns|regexp FILE. Prints lines of four words."""

import sys

import duckdb

# Reads a line of the combined format as columns: every field is a word or in quotes.
COLUMNS = """
    SELECT ip, substr(time, 2, 11) AS day, status, split_part(split_part(request, ' ', 2), '?', 1) AS path
    FROM read_csv($log, header = false, auto_detect = false, delim = ' ', quote = '"', escape = '', columns = {
        'ip': 'VARCHAR', 'ident': 'VARCHAR', 'user': 'VARCHAR', 'time': 'VARCHAR', 'offset': 'VARCHAR',
        'request': 'VARCHAR', 'status': 'VARCHAR', 'bytes': 'VARCHAR', 'referer': 'VARCHAR', 'agent': 'VARCHAR'})"""
# A regular expression: it could read any format.
REGEXP = r"""
    SELECT hit.ip AS ip, hit.day AS day, hit.status AS status, split_part(hit.target, '?', 1) AS path
    FROM (SELECT regexp_extract(line, '^(\S+) \S+ \S+ \[([^:]+)[^"]*"(?:\S+ (\S+))?[^"]*" (\d+)',
                                ['ip', 'day', 'target', 'status']) AS hit
          FROM read_csv($log, header = false, auto_detect = false, delim = E'\x01', quote = '', escape = '',
                        columns = {'line': 'VARCHAR'}))"""

how, log = sys.argv[1:]
db = duckdb.connect()
db.execute("CREATE TEMP TABLE hits AS" + {"columns": COLUMNS, "regexp": REGEXP}[how], {"log": log})
for query in (
    "SELECT 'all', '-', count(*), count(DISTINCT ip) FROM hits",
    "SELECT 'day', day, count(*), count(DISTINCT ip) FROM hits GROUP BY day",
    "SELECT 'status', status, count(*), '-' FROM hits GROUP BY status",
    "SELECT 'path', path, count(*) AS pv, '-' FROM hits GROUP BY path ORDER BY pv DESC, path LIMIT 10",
):
    for row in db.execute(query).fetchall():
        print(*row)
