"""What every test has: hypothesis profiles, no network, quick tests first, and the command line."""

from __future__ import annotations

import inspect
import ipaddress
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Audit events that name another machine, and which of their arguments does.
NETWORK_EVENTS = {
    "socket.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.sendmsg": 1,
    "socket.sendto": 1,
}


class NetworkRefusedError(BaseException):
    """A test reached for another machine.

    Not an ``Exception``: code that rightly survives a broken network must not survive this.
    """


def is_local(address: object) -> bool:
    """Whether an address names this machine: loopback, a unix socket, or no host at all."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(address, tuple) and isinstance(host, str) and host.startswith(("/", "\0")):
        return True
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, because it also sees sockets that other libraries opened."""
    position = NETWORK_EVENTS.get(event)
    if position is not None and not is_local(arguments[position]):
        raise NetworkRefusedError(
            f"a test asked for {arguments[position]!r}; tests may only reach this machine"
        )


sys.addaudithook(refuse_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first: a broken rule shows before the slow ones have begun."""
    slow = [item for item in items if item.get_closest_marker("slow") is not None]
    quick = [item for item in items if item.get_closest_marker("slow") is None]
    hands = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    # Each process is dealt one stretch of the list: its share of the quick ones, then of the slow.
    items[:] = [
        item for hand in range(hands) for pile in (quick, slow) for item in share(pile, hand, hands)
    ]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No bytes in names of tests: archives hold the time, and each process would see others."""
    binary = isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable())
    return argname if binary else None


def share(pile: list[pytest.Item], hand: int, hands: int) -> list[pytest.Item]:
    """One of several equal stretches."""
    return pile[len(pile) * hand // hands : len(pile) * (hand + 1) // hands]


@pytest.fixture
def cli() -> Callable[..., Result]:
    """Run ``counterfoil`` in this process: ``cli("map", "-", input=data)``.

    Compare ``stdout`` and ``stderr``. An exception that the command let through fails the test.
    """
    from node_server.cli.main import main  # late: the other tests need no command line

    # click before 8.2 mixes stderr into stdout unless told not to
    mixes = "mix_stderr" in inspect.signature(CliRunner).parameters
    apart: dict[str, Any] = {"mix_stderr": False} if mixes else {}
    runner = CliRunner(**apart)

    def run(*arguments: str, **options: Any) -> Result:
        return runner.invoke(main, arguments, catch_exceptions=False, **options)

    return run
