"""Which IP addresses may be connected to.

The tables are ours and do not follow `ipaddress.is_global`, whose meaning changed between releases
of Python. IPv4: all but the special-purpose blocks of IANA. IPv6: only global unicast, less
its special blocks, so that mapped, NAT64 and unknown forms are out without being listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_SPECIAL_4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier",
    "127.0.0.0/8": "this machine",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_SPECIAL_6 = {
    "::/128": "no address",
    "::1/128": "this machine",
    "::ffff:0:0/96": "an IPv4 address in disguise",
    "64:ff9b::/96": "an IPv4 address behind NAT64",
    "64:ff9b:1::/48": "an IPv4 address behind NAT64",
    "2001::/23": "for protocols (Teredo, ORCHID)",
    "2001:db8::/32": "for documentation",
    "2002::/16": "an IPv4 address in 6to4",
    "3fff::/20": "for documentation",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}
_SPECIAL = {ip_network(network): meaning for network, meaning in (_SPECIAL_4 | _SPECIAL_6).items()}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_6 = IPv6Network("2000::/3")  # RFC 4291, section 2.4: what IANA gives out as global unicast

# Where clouds hand out credentials to whoever asks; never reached, whatever an operator allows.
_METADATA = frozenset(
    ip_address(each)
    for each in (
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.42.42"),
        *("100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    )
)


def why_not(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """What is wrong with connecting there; nothing where it is public or in an allowed network."""
    inner = _inside(address)
    if address in _METADATA or inner in _METADATA:
        return "a cloud's metadata service"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "bound to one network interface"
    if any(address in network for network in allowed if network.version == address.version):
        return None if inner is None else why_not(inner, allowed)
    return _special_use(address)


def _special_use(address: Address) -> str | None:
    for network, meaning in _SPECIAL.items():
        if network.version == address.version and address in network:
            return meaning
    if isinstance(address, IPv6Address) and address not in _GLOBAL_6:
        return "outside of the global unicast space"
    return None


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
