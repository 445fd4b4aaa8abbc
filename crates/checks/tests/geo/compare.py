"""Compares logstat with Python: places of random addresses in random databases.

    compare.py LOGSTAT SEED

Python finds the place of an address by looking at each network, the most specific first; it does not read the databases.
"""

import collections
import ipaddress
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import mmdb_writer
from netaddr import IPSet

COUNTRIES = ["DE", "AT", "FR", "US", "JP"]
CITIES = ["Berlin", "Vienna", "Paris", "Springfield", "Ōsaka", None]


def network(rng):
    if rng.randrange(3):
        bits = rng.randrange(8, 33)
        return ipaddress.ip_network((rng.choice([203, 198, 11]) << 24 | rng.randrange(1 << 24), bits), strict=False)
    bits = rng.randrange(24, 129)
    return ipaddress.ip_network((0x20010DB8 << 96 | rng.randrange(1 << 96), bits), strict=False)


def networks(rng):
    """Random networks, some within others, by the length of their prefix: a later one replaces a part of an earlier."""
    found = {network(rng) for _ in range(150)}
    for outer in list(found):
        if outer.prefixlen + 4 <= outer.max_prefixlen and rng.randrange(2):
            found.add(next(outer.subnets(prefixlen_diff=rng.randrange(1, 5))))
    return sorted(found, key=lambda one: (one.prefixlen, one.version, int(one.network_address)))


def address(rng, pool):
    if rng.randrange(4) == 0:
        return str(ipaddress.ip_address(rng.randrange(1 << 24, 1 << 32)))
    inside = rng.choice(pool)
    found = inside.network_address + rng.randrange(min(inside.num_addresses, 1 << 64))
    return str(found)


def most_specific(records, text):
    found = ipaddress.ip_address(text)
    within = [one for one in records if one.version == found.version and found in one]
    return records[max(within, key=lambda one: one.prefixlen)] if within else {}


def write(path, kind, records):
    writer = mmdb_writer.MMDBWriter(6, kind, languages=["en"], description="random", ipv4_compatible=True)
    for one, record in records.items():
        writer.insert_network(IPSet([str(one)]), record)
    writer.to_db_file(str(path))


def main():
    program, rng = sys.argv[1], random.Random(int(sys.argv[2]))
    places, systems = {}, {}
    for one in networks(rng):
        city = rng.choice(CITIES)
        names = {"city": {"names": {"en": city, "de": "?"}}} if city else {}
        places[one] = {"country": {"iso_code": rng.choice(COUNTRIES)}} | names
    for one in networks(rng):
        number = rng.randrange(1, 1 << 32)
        systems[one] = {"autonomous_system_number": number, "autonomous_system_organization": f"Net {number % 50}"}
    pool = list(places) + list(systems)
    addresses = [address(rng, pool) for _ in range(2000)]
    expected = {name: collections.Counter() for name in ["country", "city", "asn", "org"]}
    for text in addresses:
        place, system = most_specific(places, text), most_specific(systems, text)
        expected["country"][place.get("country", {}).get("iso_code", "-")] += 1
        expected["city"][place.get("city", {}).get("names", {}).get("en", "-")] += 1
        expected["asn"][f"AS{system['autonomous_system_number']}" if system else "-"] += 1
        expected["org"][system.get("autonomous_system_organization", "-")] += 1
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        write(folder / "city.mmdb", "GeoLite2-City", places)
        write(folder / "asn.mmdb", "GeoLite2-ASN", systems)
        lines = (f'{text} - - [14/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n' for text in addresses)
        (folder / "access.log").write_text("".join(lines))
        databases = ["--geo", str(folder / "city.mmdb"), "--geo", str(folder / "asn.mmdb")]
        command = [program, str(folder / "access.log"), "--json", "-n", "0", "--top", ",".join(expected), *databases]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    top = json.loads(run.stdout)["top"]
    for name, counts in expected.items():
        ours = {row["key"]: row["pv"] for row in top[name]}
        if ours != counts:
            differing = {key: (ours.get(key), counts.get(key)) for key in ours.keys() | counts.keys() if ours.get(key) != counts.get(key)}
            sys.exit(f"{name} differs, logstat and Python: {differing}")
    print(f"{len(addresses)} addresses agree")


main()
