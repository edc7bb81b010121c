"""From a request on the wire to the system that it is for, and what happens to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from node_server.simulators.call import Call, Reply
from node_server.simulators.control import PREFIX, controlled
from node_server.simulators.faults import Fault
from node_server.simulators.lines import Fate, Received, Serve
from node_server.simulators.system import System

_CUTS = ("lost", "cut", "reset", "reset_after", "timeout", "timeout_after")
_HANG = 30.0
_SLOW = 2.0


def served(systems: Mapping[str, System]) -> Serve:
    """Systems by name: `erp/xero` is served below `/erp/xero`."""

    def serve(received: Received) -> tuple[Reply, Fate]:
        path, _, query = received.target.partition("?")
        family, _, rest = path.lstrip("/").partition("/")
        system = systems.get(f"{family}/{rest.partition('/')[0]}")
        origin = f"http://{received.headers.get('host', 'localhost')}"
        if system is None:
            return _directory(systems, origin, path), Fate()
        call = _call(received, path, query, origin, f"/{system.target.name}")
        if call.path.startswith(PREFIX):
            return controlled(system, call), Fate()
        reply, fault = system.answer(call)
        return reply, _fate(fault, system.options.delay)

    return serve


def _directory(systems: Mapping[str, System], origin: str, path: str) -> Reply:
    there = {name: f"{origin}/{name}{PREFIX}/" for name in systems}
    return Reply(200 if path.strip("/") in ("", PREFIX[1:]) else 404, {"simulators": there})


def _call(received: Received, path: str, query: str, origin: str, prefix: str) -> Call:
    return Call(
        received.method,
        _decoded(path.removeprefix(prefix)) or "/",
        f"{origin}{received.target}",
        dict(parse_qsl(query, keep_blank_values=True)),
        received.headers,
        received.body,
        f"{origin}{prefix}",
    )


def _decoded(path: str) -> str:
    """Without percent signs; a slash inside an id stays apart from those between names."""
    return unquote(path.replace("%2F", "%E2%88%95").replace("%2f", "%E2%88%95"))


def _fate(fault: Fault | None, delay: float) -> Fate:
    name = fault.name if fault else ""
    if fault and name in _CUTS:
        return Fate(name, (fault.seconds or _HANG) if name.startswith("timeout") else delay)
    slow = (fault.seconds or _SLOW) if fault and name == "slow" else 0.0
    return Fate("", delay + slow)
