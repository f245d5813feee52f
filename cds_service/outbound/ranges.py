"""Which network addresses are never called, whatever name leads to them.

An address in the clients file may be private: hospitals run their servers there. What is refused is what no FHIR
server or key set has: cloud metadata and other link-local addresses, groups, nobody, and IPv6 spellings that hide
an IPv4 address.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host, whichever that is
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "168.63.129.16/32",  # the platform address of one cloud
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # groups
        "240.0.0.0/4",  # reserved, and broadcast
        "100.100.100.200/32",  # the metadata address of one cloud, within the shared range
        "::/128",
        "::/96",  # IPv4-compatible, withdrawn; ::1 is let through below
        "64:ff9b::/96", "64:ff9b:1::/48",  # translation to IPv4
        "100::/64",  # discard
        "2001::/32",  # Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "fd00:ec2::254/128",  # the metadata of one cloud
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, withdrawn
        "ff00::/8",  # groups
    )
)  # fmt: skip
_LOOPBACK = IPv6Address("::1")


def is_callable(text: str) -> bool:
    """Whether a connection may be opened to this address; an IPv4 address in IPv6 clothes is judged as what it is.

    >>> [is_callable(text) for text in ("10.1.2.3", "169.254.169.254", "::ffff:169.254.169.254", "::1", "::127.0.0.1")]
    [True, False, False, True, False]
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        address = address.ipv4_mapped or address
    return address == _LOOPBACK or not any(address in network for network in _NEVER)
