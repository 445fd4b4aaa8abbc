#!/usr/bin/env python3
"""Makes the small databases of addresses next to this file, with PyPI's mmdb-writer (0.2.7).

The networks are those of the documentation (RFC 5737, RFC 3849) and one of Google's crawler, which the logs in testdata
have; what the databases say about the documentation's is invented. The build date is fixed, so the bytes are always
the same.
"""
import sys
from pathlib import Path

import mmdb_writer
from netaddr import IPSet

BUILT = 1793491200  # 2026-11-01


def place(country, city=None):
    names = {"country": {"iso_code": country, "names": {"en": country}}}
    return names | ({"city": {"names": {"de": f"{city} (de)", "en": city}}} if city else {})


def system(number, organization):
    return {"autonomous_system_number": number, "autonomous_system_organization": organization}


def flat(country, number, organization):
    return {"as_domain": "", "as_name": organization, "asn": number, "country": "", "country_code": country}


DATABASES = {
    "country": ("GeoLite2-Country", 6, {
        "203.0.113.0/24": place("DE"),
        "198.51.100.0/24": place("AT"),
        "66.249.64.0/19": place("US"),
        "2001:db8:4a::/48": place("FR"),
    }),
    "city": ("GeoLite2-City", 6, {
        "203.0.113.0/24": place("DE"),
        "198.51.100.0/25": place("AT", "Vienna"),
        "198.51.100.128/25": place("AT"),
        "2001:db8:4a::/48": place("FR", "Paris"),
    }),
    "asn": ("GeoLite2-ASN", 6, {
        "203.0.113.0/24": system(64500, "Example Net"),
        "66.249.64.0/19": system(15169, "GOOGLE"),
        "2001:db8:4a::/48": system(64501, "Réseau Exemple"),
    }),
    "ipinfo": ("ipinfo lite", 4, {"203.0.113.0/24": flat("DE", "AS64500", "Example Net")}),
    "domain": ("GeoIP2-Domain", 4, {"203.0.113.0/24": {"domain": "example.net"}}),
}


def main(directory):
    mmdb_writer.time.time = lambda: BUILT
    for name, (kind, version, networks) in DATABASES.items():
        writer = mmdb_writer.MMDBWriter(
            version, kind, languages=["en"], description="made for tests", ipv4_compatible=version == 6, int_type="u32")
        for network, record in networks.items():
            writer.insert_network(IPSet([network]), record)
        writer.to_db_file(str(directory / f"{name}.mmdb"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
