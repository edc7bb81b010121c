"""Nobody approves or releases what is their own, activates what they proposed, or changes bank
details alone: every role walks over every route that changes something."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from node_server.auth import ROLES, Principal, principal
from node_server.operations import configuring, stepping
from node_server.operations.access import make_key
from node_server.operations.excepting import Finding
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.onboarding import changes
from node_server.operations.policing import versions
from node_server.resources.endpoint import ENDPOINTS, Endpoint
from node_server.store import control_settings, exceptions, party_changes, policies, records

from ..conftest import Served
from .conftest import invoice, raised

OLD, NEW = "DE89370400440532013000", "FR1420041010050500013M02606"
INPUTS = {"amount": {"type": "number"}, "creator": {"type": "text"}}
OWNER = {"id": "any", "then": {"steps": [{"id": "owner", "role": "owner", "stage": 1}]}}
POLICY: dict[str, Any] = {
    "policy": "walk", "version": "1", "inputs": INPUTS, "applies_to": {"kinds": ["quote"]},
    "tables": [{"name": "all", "hit": "collect", "rules": [OWNER]}],
}  # fmt: skip
NOTES = POLICY | {"policy": "notes", "applies_to": {"kinds": ["credit_note"]}}
CHANGING = [each for each in ENDPOINTS if each.method != "GET" and each.permission is not None]
# Whoever makes keys decides who is somebody: that is on the audit trail, and not a way round.
IDENTITY = frozenset({"make_key", "rotate_key", "revoke_key"})
WALKED = [each for each in CHANGING if each.name not in IDENTITY]
EVERYTHING = frozenset(ROLES)
SETS = [frozenset({role}) for role in ROLES] + [EVERYTHING - {"admin"}]
_numbers = count(1)
_FREE = ("own", "covered")  # nothing holds these from the start


@dataclass
class Person:
    """One person with one key, and what is theirs."""

    served: Served
    roles: frozenset[str]
    documents: dict[str, str] = field(default_factory=dict)
    exceptions: dict[str, str] = field(default_factory=dict)
    settings: str = ""
    change: str = ""
    party: str = ""

    def __post_init__(self) -> None:
        name = named(self.roles)
        made = make_key(self.served.house, "acme", name, sorted(self.roles))
        self.key, self.id = made["key"], made["id"]
        # What is theirs was done when they still might do everything.
        self.once = Principal(
            "acme", self.id, name, EVERYTHING, principal("", "", "", EVERYTHING).permissions
        )

    def call(self, method: str, path: str, **sent: Any) -> int:
        headers = {"X-Api-Key": self.key}
        return self.served.client.open(path, method=method, headers=headers, **sent).status_code

    def take_in(self, data: bytes) -> str:
        taken = ingest(self.served.house, self.once, Payload(data), Intake("canonical"))
        return str(taken["documents"][0]["id"])

    def begin(self) -> None:
        """Everything that they must not end alone."""
        self.own()
        self.own_that_a_policy_covers()
        self.own_that_is_held()
        self.held_by_hand()
        self.caused()
        self.proposed()
        self.bank_details()

    def own(self) -> None:
        self.documents["own"] = self.take_in(invoice())

    def own_that_a_policy_covers(self) -> None:
        self.documents["covered"] = self.take_in(invoice(kind="credit_note"))

    def own_that_is_held(self) -> None:
        self.documents["held"] = self.take_in(invoice())
        raised(self.served, self.documents["held"], Finding("walk", "price", "off", moves=True))
        self._note("held")

    def held_by_hand(self) -> None:
        self.documents["by_hand"] = other_invoice(self.served)
        wish = stepping.Wish("exception", "what is this?", code="unclear")
        stepping.step(self.served.house, self.once, self.documents["by_hand"], wish)
        self._note("by_hand")

    def caused(self) -> None:
        self.documents["caused"] = other_invoice(self.served)
        found = Finding("vendors", "bank", "new IBAN", caused_by=(self.id,))
        raised(self.served, self.documents["caused"], found)
        self._note("caused")

    def proposed(self) -> None:
        tree = {"due_hours": 100 + next(_numbers)}
        row, _ = configuring.propose(self.served.house, self.once, "exceptions", tree)
        self.settings = str(row["version"])
        policy = json.dumps(POLICY | {"policy": self.policy}).encode()
        versions.propose(self.served.house, self.once, self.policy, policy, None)

    @property
    def policy(self) -> str:
        return f"walk_{self.id}"

    def bank_details(self) -> None:
        self.party = self.take_in(party())
        accounts = [{"id": {"kind": "account", "scheme": "iban", "value": NEW}}]
        wish = {"party": self.party, "bank_accounts": accounts, "reason": "a letter"}
        self.change = changes.propose(self.served.house, self.once, wish)["id"]

    def _note(self, name: str) -> None:
        with self.served.house.store.reading() as connection:
            rows = exceptions.of_record(connection, "acme", self.documents[name])
        self.exceptions[name] = next(row["id"] for row in rows if row["state"] == "open")

    def mend(self, step: str) -> None:
        """What they were allowed to end is begun anew, so that the walk goes on with it."""
        again: dict[str, Callable[[], None]] = {
            "own": self.own, "covered": self.own_that_a_policy_covers,
            "held": self.own_that_is_held, "by_hand": self.held_by_hand, "caused": self.caused,
        }  # fmt: skip
        for name, record_id in list(self.documents.items()):
            ended = {"rejected", "archived"} | ({"exception"} if name in _FREE else set())
            if record_id in step and state_of(self.served, record_id) in ended:
                again[name]()


def named(roles: frozenset[str]) -> str:
    """The person of these roles, as the directory knows them."""
    return f"walker {' '.join(sorted(roles))}"


def in_office(served: Served) -> None:
    """A policy that asks the owner before a credit note is approved, and everybody is an owner."""
    with served.house.store.reading() as connection:
        if policies.active(connection, "acme"):
            return
    one, two = (principal("acme", who, who, EVERYTHING) for who in ("one", "two"))
    owners = [{"role": "owner", "person": named(roles)} for roles in SETS]
    row, _ = configuring.propose(served.house, one, "directory", {"assignments": owners})
    configuring.activate(served.house, two, "directory", str(row["version"]))
    versions.propose(served.house, one, "notes", json.dumps(NOTES).encode(), None)
    versions.activate(served.house, two, "notes", 1, None)


def other_invoice(served: Served) -> str:
    answer = served.post("/v1/documents?connector=canonical", "mapper", data=invoice())
    return str(answer.get_json()["documents"][0]["id"])


def party() -> bytes:
    number = next(_numbers)
    document = {
        "kind": "party", "name": f"Vendor {number}", "roles": ["supplier"],
        "master_id": f"V-{number}",
        "bank_accounts": [{"id": {"kind": "account", "scheme": "iban", "value": OLD}}],
    }  # fmt: skip
    return json.dumps(document).encode()


def state_of(served: Served, record_id: str) -> str:
    with served.house.store.reading() as connection:
        stored = records.get(connection, "acme", record_id)
    assert stored is not None
    return stored.record.state or ""


def things(person: Person, each: Endpoint) -> Iterator[dict[str, str]]:
    """What stands in the path, once for each thing of theirs that it may be about."""
    segment = each.path.split("/")[2]
    ids = {
        "documents": [*person.documents.values(), person.party],
        "exceptions": list(person.exceptions.values()),
        "party-changes": [person.change],
        "parties": [person.party],
        "nodes": ["none"],
    }.get(segment, ["none"])
    name = {"control-settings": "exceptions", "policies": person.policy}.get(segment, "none")
    for id_ in ids:
        yield {"id": id_, "name": name, "version": person.settings, "number": "1"}


def bodies(each: Endpoint, person: Person, id_: str) -> Iterator[dict[str, Any]]:
    """The example of a route and, of what can be chosen in it, every choice."""
    if each.body is None:
        yield {}
        return
    if each.body.example is None and "*/*" in each.body.types:
        yield {"data": json.dumps(POLICY | {"policy": person.policy}).encode()}
        return
    properties = (each.body.schema or {}).get("properties", {})
    stated = stated_in(each.body.example, properties, person, id_)
    yield {"json": stated}
    for name, schema in properties.items():
        for choice in schema.get("enum", ()):
            yield {"json": stated | {name: choice}}


def stated_in(example: Any, properties: dict[str, Any], person: Person, id_: str) -> dict[str, Any]:
    known = {
        "document": id_, "party": person.party, "reason": "I say so", "code": "unclear",
        "number": 1, "step": "owner",
    }  # fmt: skip
    return (example or {}) | {name: known[name] for name in properties if name in known}


def walk(person: Person, caller: Person | None = None) -> Iterator[str]:
    """Every call that changes something, with whatever is theirs; each by its name."""
    by = caller or person
    for each in WALKED:
        if each.permission not in principal("", "", "", by.roles).permissions:
            path = re.sub(r"\{\w+\}", "none", each.path)
            assert by.call(each.method, path, json={}) == 403, each.name
            continue
        for named in things(person, each):
            path = re.sub(r"\{(\w+)\}", lambda found, named=named: named.get(found[1], "x"),
                          each.path)  # fmt: skip
            for sent in bodies(each, person, named["id"]):
                by.call(each.method, path, **sent)
                yield f"{each.method} {path} {sent}"


def is_alone(person: Person) -> list[str]:
    """What they have brought about alone, though they must not."""
    with person.served.house.store.reading() as at:
        return [
            *(*approved(at, person), *released(at, person)),
            *(*activated(at, person), *paid_elsewhere(at, person)),
        ]


def approved(at: Connection, person: Person) -> Iterator[str]:
    ids = {person.documents[name]: name for name in ("own", "covered", "held")}
    for (_, id_), stored in records.get_all(at, [("acme", each) for each in ids]).items():
        if stored.record.state in ("approved", "posted", "paid"):
            yield f"their {ids[id_]} document is {stored.record.state}"


def released(at: Connection, person: Person) -> Iterator[str]:
    for name, id_ in person.exceptions.items():
        row = exceptions.get(at, "acme", id_)
        if row is None or row["state"] != "open":
            yield f"their hold ({name}) is {row and row['state']}"


def activated(at: Connection, person: Person) -> Iterator[str]:
    settings = control_settings.active(at, "acme", "exceptions")
    if settings is not None and settings["proposed_by"] == person.id:
        yield "their settings are in force"
    if any(row["name"] == person.policy for row in policies.active(at, "acme")):
        yield "their policy is in force"


def paid_elsewhere(at: Connection, person: Person) -> Iterator[str]:
    change = party_changes.get(at, "acme", person.change)
    stored = records.get(at, "acme", person.party)
    assert change is not None
    assert stored is not None
    if change["state"] in ("approved", "applied"):
        yield f"their change of bank details is {change['state']}"
    kept: Any = stored.record.document
    if [each.id.value for each in kept.bank_accounts] != [OLD]:
        yield "the bank details are others"


@pytest.mark.slow
@pytest.mark.parametrize("lasting", ["embedded"], indirect=True)
@pytest.mark.parametrize("roles", SETS, ids=lambda roles: "+".join(sorted(roles)))
def test_nobody_alone(lasting: Served, roles: frozenset[str]) -> None:
    in_office(lasting)
    person = Person(lasting, roles)
    person.begin()
    walked = 0
    for step in walk(person):
        assert is_alone(person) == [], step
        person.mend(step)
        walked += 1
    assert walked or roles == {"reader"}


@pytest.mark.slow
@pytest.mark.parametrize("lasting", ["embedded"], indirect=True)
def test_a_second_person_may_what_one_alone_may_not(lasting: Served) -> None:
    """Or the walk above would prove nothing."""
    in_office(lasting)
    person, other = Person(lasting, EVERYTHING - {"admin"}), Person(lasting, frozenset({"admin"}))
    person.begin()
    done: set[str] = set()
    for step in walk(person, other):
        done.update(is_alone(person))
        person.mend(step)
    assert done >= {
        *(f"their {name} document is approved" for name in ("own", "covered")),
        *(f"their hold ({name}) is released" for name in ("held", "by_hand", "caused")),
        "their settings are in force",
        "their policy is in force",
        "their change of bank details is approved",
    }
