"""The control plane of a simulator, below `/_simulator/`: for tests and for trying things out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from node_server.simulators.call import Call, Reply
from node_server.simulators.conditions import value_at
from node_server.simulators.connecting import settings_of
from node_server.simulators.facts import unverified
from node_server.simulators.faults import NAMES
from node_server.simulators.system import System

PREFIX = "/_simulator"


def controlled(system: System, call: Call) -> Reply:
    """The answer of the control plane."""
    first, _, rest = call.path.removeprefix(PREFIX).strip("/").partition("/")
    handler = _HANDLERS.get((call.method, first))
    if handler is None:
        known = sorted({f"{method} {PREFIX}/{name}" for method, name in _HANDLERS})
        return Reply(404, {"message": "nothing of that name", "there_are": known})
    try:
        return handler(system, call, rest)
    except (ValueError, TypeError, KeyError) as error:
        return Reply(422, {"message": str(error.args[0] if error.args else error)})


def _overview(system: System, call: Call, rest: str) -> Reply:
    target = system.target
    shelves = {
        name: len(system.rows.all(shelf)) for shelf in target.shelves for name in shelf.resources
    }
    return Reply(
        200,
        {
            "system": target.name,
            "title": target.manifest["title"],
            "connection": settings_of(system, call.origin),
            "objects": shelves,
            "calls": dict(system.counts),
            "faults": {"rates": _texts(system.faults.rates), "next": system.faults.waiting},
            "webhooks": {"url": system.webhooks.url, "sent": len(system.webhooks.sent)},
            "clock_shift": int(system.clock.shift),
            "limits": system.options.limits,
            "unverified": unverified(target),
        },
    )


def _objects(system: System, call: Call, rest: str) -> Reply:
    """Rows of a resource; `?by=path` counts them by a value, which proves that none is twice."""
    shelf = system.target.shelf(rest)
    rows = system.rows.all(shelf)
    tree: dict[str, Any] = {"count": len(rows)}
    if by := call.params.get("by"):
        values = [row.key if by == "key" else value_at(row.record, by) for row in rows]
        tree["counts"] = dict(Counter(str(value) for value in values))
        return Reply(200, tree)
    return Reply(200, {**tree, "objects": [asdict(row) for row in rows]})


def _put_objects(system: System, call: Call, rest: str) -> Reply:
    records = call.tree if isinstance(call.tree, list) else [call.tree]
    if not all(isinstance(record, dict) for record in records):
        raise ValueError("no JSON object in the body; send one, or a list of them")
    return Reply(201, {"ids": system.type_in(rest, records)})


def _change_object(system: System, call: Call, rest: str) -> Reply:
    resource, _, row_id = rest.partition("/")
    system.type_over(resource, row_id, call.fields)
    return Reply(204)


def _faults(system: System, call: Call, rest: str) -> Reply:
    rates, waiting = system.faults.rates, system.faults.waiting
    return Reply(200, {"rates": _texts(rates), "next": waiting, "there_are": NAMES})


def _set_faults(system: System, call: Call, rest: str) -> Reply:
    asked = call.fields
    if odd := asked.keys() - {"rates", "next", "seed"}:
        raise ValueError(f"{sorted(odd)[0]!r}; write rates, next, seed")
    if "rates" in asked:
        rates = {str(name): float(rate) for name, rate in asked["rates"].items()}
        system.faults.set_rates(rates, asked.get("seed"))
    system.faults.fail(asked.get("next", []))
    return _faults(system, call, rest)


def _no_faults(system: System, call: Call, rest: str) -> Reply:
    system.faults.clear()
    return Reply(204)


def _reset(system: System, call: Call, rest: str) -> Reply:
    system.reset()
    return Reply(204)


def _clock(system: System, call: Call, rest: str) -> Reply:
    system.shift(float(call.fields["shift"]))
    return Reply(200, {"clock_shift": int(system.clock.shift)})


def _calls(system: System, call: Call, rest: str) -> Reply:
    return Reply(200, {"counts": dict(system.counts), "calls": _texts(system.noted())})


def _webhooks(system: System, call: Call, rest: str) -> Reply:
    if rest == "flush":
        return Reply(200, {"flushed": system.webhooks.flush()})
    return Reply(200, system.webhooks.register(str(call.fields["url"])))


def _sent(system: System, call: Call, rest: str) -> Reply:
    sent = [asdict(each) for each in system.webhooks.sent]
    return Reply(200, {"url": system.webhooks.url, "sent": sent})


def _texts(tree: Any) -> Any:
    """Numbers with fractions as texts: the codec of exact amounts writes no others."""
    if isinstance(tree, float):
        return repr(tree)
    if isinstance(tree, dict):
        return {name: _texts(value) for name, value in tree.items()}
    return [_texts(each) for each in tree] if isinstance(tree, list) else tree


_HANDLERS: dict[tuple[str, str], Callable[[System, Call, str], Reply]] = {
    ("GET", ""): _overview,
    ("GET", "objects"): _objects,
    ("POST", "objects"): _put_objects,
    ("PATCH", "objects"): _change_object,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _set_faults,
    ("DELETE", "faults"): _no_faults,
    ("POST", "reset"): _reset,
    ("POST", "clock"): _clock,
    ("GET", "calls"): _calls,
    ("GET", "webhooks"): _sent,
    ("POST", "webhooks"): _webhooks,
}
