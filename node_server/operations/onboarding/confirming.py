"""Deciding about a change of bank details: never by whoever proposed it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from canonical_model.controls.screening import OnboardingSettings
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.excepting import settle
from node_server.operations.governing import duties
from node_server.operations.governing.persons import people
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.onboarding.accounts import CONTROL
from node_server.operations.onboarding.changes import found, note, shown
from node_server.operations.onboarding.screening import party_of
from node_server.operations.onboarding.stating import stated
from node_server.store import clock, party_changes, records
from node_server.store.party_changes import OPEN, Row
from node_server.store.records import Stored


@dataclass(frozen=True, slots=True)
class _Matter:
    """A change that somebody decides about, under the lock of its party."""

    keeper: Keeper
    who: Principal
    row: Row
    stored: Stored

    def second_person(self) -> None:
        """Whoever proposed a change, by whatever key, does not decide about it."""
        known = people(self.keeper.connection, self.who.tenant)
        if known.same(self.who, self.row["proposed_by"]):
            hint = "let somebody else confirm it with the party, by a number you already had"
            message = "whoever brought changed bank details does not decide about them"
            raise Refusal(409, "step_refused", message, hint=hint)

    def close(self, state: str, reason: str, **more: Any) -> dict[str, Any]:
        """Note the decision."""
        changes = {"state": state, "reason": reason, **more}
        party_changes.change(self.keeper.connection, self.row, **changes)
        note(self.keeper.connection, self.row, self.who.id, f"bank_details_{state}")
        return shown({**self.row, **changes})

    def drop(self, state: str, reason: str) -> dict[str, Any]:
        """Leave, or put back, the accounts that were known before."""
        answer = self.close(state, reason)
        stored = self.stored
        if self.row["origin"] == "source":
            stored = stated(self.keeper, stored, self.row, "before")
        settle(self.keeper, stored, CONTROL, (), f"change {self.row['id']} was {state}")
        return answer


def approve(house: House, who: Principal, change_id: str, reason: str) -> dict[str, Any]:
    """Say, as a second person, that a change was confirmed; it is used after cooling off."""
    with _matter(house, who, change_id, ("proposed",)) as matter:
        matter.second_person()
        connection, row = matter.keeper.connection, matter.row
        duties.ask(connection, who, "confirm_bank_details", matter.stored,
                   bank_changer=row["proposed_by"])  # fmt: skip
        settings = in_force(connection, who.tenant, "onboarding", OnboardingSettings)
        cooling_off = datetime.timedelta(seconds=int(settings.cooling_off_hours * 3600))
        return matter.close(
            "approved", reason, approved_by=who.id, approved_at=matter.keeper.stamp,
            effective_at=clock.stamp(matter.keeper.at + cooling_off),
        )  # fmt: skip


def reject(house: House, who: Principal, change_id: str, reason: str) -> dict[str, Any]:
    """Refuse a change; the accounts stay those that were known before."""
    with _matter(house, who, change_id, OPEN) as matter:
        matter.second_person()
        return matter.drop("rejected", reason)


def withdraw(house: House, who: Principal, change_id: str, reason: str) -> dict[str, Any]:
    """Take one's own proposal back."""
    with _matter(house, who, change_id, OPEN) as matter:
        known = people(matter.keeper.connection, who.tenant)
        mine = known.same(who, matter.row["proposed_by"])
        if matter.row["origin"] != "person" or not mine:
            hint = "reject it, as somebody who did not propose it"
            raise Refusal(409, "step_refused", "only who proposed a change withdraws it", hint=hint)
        return matter.drop("withdrawn", reason)


@contextmanager
def _matter(
    house: House, who: Principal, change_id: str, states: tuple[str, ...]
) -> Iterator[_Matter]:
    with house.store.reading() as connection:
        record_id = found(connection, who.tenant, change_id)["record_id"]
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        row = found(connection, who.tenant, change_id)
        if row["state"] not in states:
            message = f"it is {row['state']}, not {' or '.join(states)}"
            raise Refusal(409, "step_refused", message, hint="read the change again")
        stored = party_of(records.get(connection, who.tenant, record_id, to_change=True))
        keeper = Keeper(connection, who.tenant, who.id)
        yield _Matter(keeper, who, row, stored)
        keeper.finish()
