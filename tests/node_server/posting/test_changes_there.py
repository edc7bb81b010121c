"""Updates, voids and steps of every manifest: each reaches the target, and takes effect once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from connectors._engine.api import pack
from node_server.app import create_app
from node_server.config import Settings
from node_server.simulators import Simulator, start_several
from tests.node_server.conftest import Served
from tests.node_server.posting.conftest import TARGETS, Desk, bill

PARTY: dict[str, Any] = {"kind": "party", "name": "Nadel & Faden OHG", "roles": ["supplier"]}
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"direction": "receivable", "seller": {"name": "We Ltd"}, "buyer": {"name": "Kunde AG"}},
    {"kind": "credit_note"},
    {"kind": "credit_note", "direction": "receivable", "seller": {"name": "We Ltd"},
     "buyer": {"name": "Kunde AG"}},
)  # fmt: skip


def changes() -> list[tuple[str, str, str]]:
    """Connector, resource and action of everything that changes what was created."""
    found = []
    for name in sorted(pack().connectors):
        connector = pack()[name]
        for resource in connector.map_names("write"):
            spec = connector.manifest["resources"].get(resource, {})
            if "create" not in spec or "api" not in connector.manifest:
                continue
            actions = [each for each in ("update", "void") if each in spec]
            found += [(name, resource, each) for each in (*actions, *spec.get("actions", {}))]
    return found


CHANGES = changes()
every_change = pytest.mark.parametrize(("connector", "resource", "action"), CHANGES)


class World:
    """One server, and a simulator of every system with such a change."""

    def __init__(self, served: Served, simulators: dict[str, Simulator]) -> None:
        self.served, self.simulators, self.desks = served, simulators, dict[str, Desk]()
        self.numbers = 0

    def desk(self, connector: str) -> Desk:
        """The connection to a system, made when it is needed."""
        if connector not in self.desks:
            self.desks[connector] = Desk(self.served, self.simulators[connector])
            self.desks[connector].connect()
        return self.desks[connector]

    def document(self, desk: Desk, connector: str, resource: str) -> str:
        """A document that a resource takes; its id."""
        self.numbers += 1
        writes = pack()[connector].write_map(resource)
        for kind in KINDS:
            if writes.document == kind.get("kind", "invoice") and writes.takes(
                {"direction": "payable", **kind}
            ):
                data = bill(f"CH-{self.numbers}", self.numbers, **kind)
                return desk.moved(desk.taken(data), "approved")
        raise AssertionError(f"no document here is one for {connector} {resource}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(
        data=str(tmp_path_factory.mktemp("changes")), log_level="error", rate_limit="",
        allow_http_targets=True, allow_private_targets=("127.0.0.0/8",),
        overlays=(str(TARGETS),), lease_seconds=2,
    )  # fmt: skip
    names = sorted({name for name, _, _ in CHANGES})
    with ExitStack() as stack:
        found = stack.enter_context(start_several(names, seed=5))
        app = create_app(settings)
        house = app.extensions["counterfoil"].house
        stack.callback(house.close)
        yield World(Served(house, app.test_client()), {each.name: each for each in found})


def calls_of(desk: Desk, action: str) -> list[Any]:
    purpose = action if action in ("update", "void") else "action"
    return [call for call in desk.target.calls if call.purpose == purpose]


def row_of(desk: Desk, key: str) -> dict[str, Any]:
    return next(row for row in desk.rows() if row["key"] == key)


@every_change
def test_it_reaches_the_target_and_takes_effect_once(
    world: World, connector: str, resource: str, action: str
) -> None:
    desk = world.desk(connector)
    record = world.document(desk, connector, resource)
    desk.post(record, resource=resource)
    desk.work()
    before = len(calls_of(desk, action))
    asked = desk.post(record, resource=resource, action=action)
    assert asked.status_code == 202, asked.text
    desk.work()
    row = row_of(desk, desk.key(asked))
    assert row["state"] == "confirmed", row["why"]
    again = desk.post(record, resource=resource, action=action)
    assert again.get_json()["replayed"], again.text
    assert len(calls_of(desk, action)) == before + 1
    assert effects_there(desk, resource, row, action) == 1


def effects_there(desk: Desk, resource: str, row: dict[str, Any], action: str) -> int:
    """How often the simulator has done it to this record."""
    system = desk.target.system
    made = next(
        r for r in desk.rows() if r["record_id"] == row["record_id"] and r["action"] == "create"
    )
    kept = system.rows.find(system.target.shelf(resource), str(made["target_id"]))
    assert kept is not None
    return kept.version if action == "update" else kept.done.count(action)


@pytest.mark.parametrize("connector", sorted({name for name, _, _ in CHANGES}))
def test_an_answer_that_was_lost_makes_no_second_one(world: World, connector: str) -> None:
    desk = world.desk(connector)
    # One of each action: after many losses in a row the target would be left alone.
    of_it = {action: resource for name, resource, action in CHANGES if name == connector}
    records = {(r, action): world.document(desk, connector, r) for action, r in of_it.items()}
    for (resource, _), record in records.items():
        desk.post(record, resource=resource)
    desk.work()
    desk.target.fail(next=["lost@write"] * len(records))
    asked = {
        (resource, action): desk.post(record, resource=resource, action=action)
        for (resource, action), record in records.items()
    }
    desk.work(steps=len(records))
    desk.work()
    for (resource, action), answer in asked.items():
        row = row_of(desk, desk.key(answer))
        # What may be said twice is said twice; for the rest a person is asked.
        wanted = "confirmed" if is_repeatable(connector, resource, action) else "uncertain"
        assert row["state"] == wanted, (resource, action, row["why"])
        if action != "update":  # the same content written again changes nothing
            assert effects_there(desk, resource, row, action) == 1


def is_repeatable(connector: str, resource: str, action: str) -> bool:
    spec = pack()[connector].manifest["resources"][resource]
    stated = {**spec, **spec.get("actions", {})}[action].get("idempotency", {})
    return stated.get("class", "none") != "none" or "lookup" in stated


def test_there_is_something_to_walk_over() -> None:
    assert {action for _, _, action in CHANGES} >= {"update", "void", "post"}
