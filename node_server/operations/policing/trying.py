"""Trying a policy before it counts: on its cases, against another version, on past documents."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.controls.policy import (
    Directory,
    Policy,
    difference,
    evaluate,
    facts_of,
    run_cases,
    simulate,
)
from canonical_model.documents import AnyDocument
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.canonical_payloads import canonical_record
from node_server.operations.control_settings import in_force
from node_server.operations.entities import context_of
from node_server.operations.governing.facts import facts_about
from node_server.operations.governing.in_force import covers, of_name, today
from node_server.operations.governing.persons import people
from node_server.operations.governing.reading import policy_of
from node_server.operations.house import House
from node_server.operations.policing.showing import chosen
from node_server.store import past_records, policies
from node_server.store.records import Stored

MOST_SIMULATED: Final = 5000
_PAGE: Final = 500


def tested(house: House, tenant: str, name: str, number: int) -> dict[str, Any]:
    """A version's own cases, and what none of them has tried."""
    report: dict[str, Any] = wire.to_plain(run_cases(chosen(house, tenant, name, number).policy))
    return report


def differing(
    house: House, tenant: str, name: str, old: int | None, new: int | None
) -> dict[str, Any]:
    """What the last version, or another, writes and decides differently from that in force."""
    if new is None:
        with house.store.reading() as connection:
            new = policies.newest(connection, tenant, name)
    before, after = chosen(house, tenant, name, old), chosen(house, tenant, name, new)
    found: dict[str, Any] = wire.to_plain(difference(before.policy, after.policy))
    return {"from": before.number, "to": after.number, **found}


@dataclass(frozen=True, slots=True)
class Past:
    """Which documents a version is tried on."""

    kinds: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    most: int = 1000


def simulated(house: House, tenant: str, name: str, number: int, past: Past) -> dict[str, Any]:
    """What a version would have decided on documents of the store, and what is decided now."""
    policy = chosen(house, tenant, name, number).policy
    with house.store.reading() as connection:
        known = people(connection, tenant)
        found = _past_documents(connection, tenant, policy, past)
        facts = [facts_about(connection, each, known, policy) for each in found]
        counting = of_name(connection, tenant, name)
    against = counting.policy if counting is not None else None
    made = simulate(policy, facts, on=today(), against=against, directory=known.directory)
    said: dict[str, Any] = wire.to_plain(made)
    said["changed"] = [_named(each, found) for each in said.get("changed", ())]
    if counting is None:
        return said
    return {"against": counting.number, "stricter": 0, "milder": 0} | said


def _past_documents(
    connection: Connection, tenant: str, policy: Policy, past: Past
) -> list[Stored]:
    """The newest documents that the policy is about, by the kinds that are asked for."""
    kinds = past.kinds or tuple(policy.applies_to.kinds if policy.applies_to is not None else ())
    if not kinds:
        hint = 'send `kinds`, such as ["invoice"]'
        raise Refusal(422, "body_invalid", "the policy names no kinds of documents", hint=hint)
    found: list[Stored] = []
    for kind in kinds:
        rows = _newest(connection, tenant, kind, past)
        found += [each for each in rows if past.kinds or covers(policy, each.record.document)]
    return found[: past.most]


def _newest(connection: Connection, tenant: str, kind: str, past: Past) -> list[Stored]:
    filters = {"kind": kind, "date_from": past.date_from, "date_to": past.date_to}
    found: list[Stored] = []
    before: int | None = None
    while len(found) < past.most:
        page = past_records.newest(connection, tenant, filters, before=before, limit=_PAGE)
        found += page
        if len(page) < _PAGE:
            break
        before = page[-1].position
    return found[: past.most]


def _named(changed: Mapping[str, Any], found: list[Stored]) -> dict[str, Any]:
    """Which document is decided otherwise, in place of its position."""
    record = found[changed["position"]].record
    number = getattr(record.document, "number", None)
    said = {name: value for name, value in changed.items() if name != "position"}
    return {"document": record.id, **({"number": number} if number else {}), **said}


@dataclass(frozen=True, slots=True)
class Question:
    """What a policy is asked without anything being kept."""

    facts: Mapping[str, Any]
    name: str | None = None
    number: int | None = None
    policy: Mapping[str, Any] | None = None
    document: Mapping[str, Any] | None = None
    on: datetime.date | None = None


def decided(house: House, who: Principal, asked: Question) -> dict[str, Any]:
    """What a policy of the store, or one that came with the question, says to these facts."""
    policy = _asked(house, who.tenant, asked)
    facts = dict(asked.facts)
    if asked.document is not None:
        facts = facts_of(_document(house, who.tenant, asked.document), **facts)
    with house.store.reading() as connection:
        directory = in_force(connection, who.tenant, "directory", Directory)
    made = evaluate(policy, facts, on=asked.on or today(), directory=directory)
    plain: dict[str, Any] = wire.to_plain(made)
    return plain


def _asked(house: House, tenant: str, asked: Question) -> Policy:
    if (asked.policy is None) == (asked.name is None):
        hint = "send `policy`, which is one itself, or `name` of one that is stored"
        raise Refusal(422, "body_invalid", "one policy must be asked", hint=hint)
    if asked.policy is not None:
        return policy_of(msgspec.json.encode(asked.policy))
    return chosen(house, tenant, asked.name or "", asked.number).policy


def _document(house: House, tenant: str, stated: Mapping[str, Any]) -> AnyDocument:
    context = context_of(house, tenant)
    return canonical_record(msgspec.json.encode(stated), context, "api").document
