"""The policies that count on a day: of a kind of document, or before an act."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from canonical_model.controls.policy import Policy
from canonical_model.documents import AnyDocument, kind_of
from node_server.operations.governing.reading import policy_of
from node_server.store import clock, policies
from node_server.store.policies import Row


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version of a policy."""

    row: Row
    policy: Policy

    @property
    def name(self) -> str:
        """Name of the policy."""
        return str(self.row["name"])

    @property
    def number(self) -> int:
        """Its place among all that were proposed under this name."""
        return int(self.row["number"])


def today() -> datetime.date:
    """The day on which something is decided now, in UTC as all times are."""
    return clock.now().date()


def version_of(row: Row) -> Version:
    """A stored version, read."""
    return Version(row, policy_of(row["body"]))


def in_force(connection: Connection, tenant: str, on: datetime.date | None = None) -> list[Version]:
    """The one version of each policy that counts on a day.

    It is the last activated of those that cover the day. Where all have ended the last one still
    counts, so that nothing passes because somebody forgot to renew it: it holds, and says why.
    """
    day = on or today()
    rows = policies.active(connection, tenant)
    groups = groupby(rows, key=lambda row: row["name"])
    found = (_counting([version_of(row) for row in group], day) for _, group in groups)
    return [each for each in found if each is not None]


def _counting(latest_first: list[Version], day: datetime.date) -> Version | None:
    begun = [each for each in latest_first if _start(each) <= day]
    covering = (each for each in begun if _end(each) >= day)
    return next(covering, None) or next(iter(begun), None)


def _start(version: Version) -> datetime.date:
    return version.policy.effective.start or datetime.date.min


def _end(version: Version) -> datetime.date:
    return version.policy.effective.end or datetime.date.max


def is_replaced(old: Policy, new: Policy, day: datetime.date) -> bool:
    """Whether nothing is left to an older version once the new one is activated."""
    begun = new.effective.start is None or new.effective.start <= day
    lasts = new.effective.end is None or (
        old.effective.end is not None and old.effective.end <= new.effective.end
    )
    return begun and lasts


def covering(connection: Connection, tenant: str, document: AnyDocument) -> list[Version]:
    """The policies that decide on a document as it comes in."""
    return [each for each in in_force(connection, tenant) if covers(each.policy, document)]


def covers(policy: Policy, document: AnyDocument) -> bool:
    """Whether a policy is asked about such a document; one of no known direction always counts."""
    reach = policy.applies_to
    if reach is None or kind_of(document) not in reach.kinds:
        return False
    direction = getattr(document, "direction", None)
    return direction is None or not reach.directions or direction in reach.directions


def before(connection: Connection, tenant: str, act: str) -> Iterator[Version]:
    """The policies that are asked whether somebody may do this."""
    for each in in_force(connection, tenant):
        if each.policy.applies_to is not None and act in each.policy.applies_to.acts:
            yield each


def of_name(connection: Connection, tenant: str, name: str) -> Version | None:
    """The version of a policy that counts today."""
    return next((each for each in in_force(connection, tenant) if each.name == name), None)


def stored(connection: Connection, tenant: str, name: str, number: int) -> Version | None:
    """A version by its number, whatever has become of it."""
    row = policies.get(connection, tenant, name, number)
    return None if row is None else version_of(row)


def identity(version: Version) -> dict[str, Any]:
    """How a version is named in what is told of it."""
    return {"policy": version.name, "number": version.number, "version": version.policy.version}
