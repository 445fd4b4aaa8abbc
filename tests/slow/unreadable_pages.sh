#!/usr/bin/env bash
# Counts a log on a failing disk: a file system on a loop device whose file is truncated while mounted. Needs root.
#   tests/slow/unreadable_pages.sh target/release/logstat
# Succeeds if the program reports the error, exits with 1, counts the lines that can be read, and its ledger adds up.
set -euo pipefail
logstat=$(realpath "${1:?usage: unreadable_pages.sh LOGSTAT}")
[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
work=$(mktemp -d)
finish() {
  umount -l "$work/mount" 2>/dev/null || true
  [ -z "${device:-}" ] || losetup -d "$device" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
truncate -s 96M "$work/disk"
mkfs.ext2 -q -F -m 0 "$work/disk"
device=$(losetup --find --show "$work/disk")
mkdir "$work/mount"
mount -o noatime "$device" "$work/mount"
line='10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl"'
lines=600000
yes "$line" | head -n "$lines" >"$work/mount/access.log" || true
sync
# Now half of the log is missing on the disk, and none of it is in memory.
truncate -s 30M "$work/disk"
echo 3 >/proc/sys/vm/drop_caches
for how in --json "--json --threads 1"; do
  code=0
  # shellcheck disable=SC2086
  "$logstat" "$work/mount/access.log" $how >"$work/report" 2>"$work/errors" || code=$?
  cat "$work/errors"
  [ "$code" = 1 ] || { echo "exit code $code, not 1"; exit 1; }
  grep -q 'input/output error at byte [0-9]*; [0-9]* bytes are lost' "$work/errors"
  python3 - "$work/report" "$lines" "${#line}" <<'PY'
import json, sys
report, lines, width = json.load(open(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]) + 1
ledger = report["lines"]
assert 0 < ledger["parsed"] < lines and ledger["blank"] == 0 and ledger["malformed"] == 0, ledger
assert ledger["read"] * width + ledger["lost_bytes"] == lines * width, ledger
assert [row["key"] for row in report["top"]["path"]] == ["/a"], report["top"]
print(f"{ledger['parsed']} of {lines} lines counted, {ledger['lost_bytes']} bytes lost")
PY
done
