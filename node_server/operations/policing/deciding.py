"""Policies asked about a stored document: decisions kept, holds set and lifted, people told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from canonical_model.controls.policy import Decision
from canonical_model.documents import kind_of
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.controls_following import ACTOR
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.governing.deciding import (
    basis_of,
    code_of,
    decide,
    is_current,
    kept,
    latest,
    read_decision,
    says_the_same,
)
from node_server.operations.governing.facts import CONTROL
from node_server.operations.governing.in_force import covering, in_force
from node_server.operations.governing.persons import People, people
from node_server.operations.governing.standing import Standing, standing
from node_server.operations.governing.trail import decision_shown
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.policing.telling import tell
from node_server.store import decisions, records, traces
from node_server.store.decisions import Row
from node_server.store.records import Stored

UNDECIDED = frozenset({"validated", "matched"})


def decided(
    house: House, who: Principal, record_id: str, traceparent: str | None = None
) -> dict[str, Any]:
    """Every policy in force that covers a document asked about it now; what they say."""
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = records.get(connection, who.tenant, record_id, to_change=True)
        if stored is None:
            raise Refusal(404, "not_found", "there is no such document")
        if not is_undecided(stored):
            message = f"it is {stored.record.state}; policies are asked of what is validated"
            raise Refusal(409, "step_refused", message)
        keeper = Keeper(connection, who.tenant, who.id, traceparent)
        found = Asking(keeper, stored).answer()
        if not found:
            kind = kind_of(stored.record.document)
            hint = f"activate one whose applies_to names {kind}, or ask one by POST /v1/decide"
            raise Refusal(409, "step_refused", f"no policy in force covers a {kind}", hint=hint)
        keeper.finish()
    return {"data": [decision_shown(row) for row in found], "has_more": False}


def decide_by_itself(
    house: House, tenant: str, record_id: str, actor: str = ACTOR.format(CONTROL)
) -> list[Row]:
    """The same after something has happened to a document; nothing where nothing is to be said."""
    with house.store.reading() as connection:
        if not in_force(connection, tenant):
            return []
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        if stored is None or not is_undecided(stored):
            return []
        keeper = Keeper(connection, tenant, actor)
        found = Asking(keeper, stored).answer()
        keeper.finish()
    return found


def is_undecided(stored: Stored) -> bool:
    """Whether nobody has approved or rejected it yet; what is held counts as where it was."""
    record = stored.record
    state = record.exception.from_state if record.exception is not None else record.state
    return state in UNDECIDED


@dataclass
class Asking:
    """All policies in force, asked about one document in one transaction."""

    keeper: Keeper
    stored: Stored
    known: People = field(init=False)

    def __post_init__(self) -> None:
        self.known = people(self._connection, self.keeper.tenant)

    @property
    def _connection(self) -> Connection:
        return self.keeper.connection

    def answer(self) -> list[Row]:
        """The decision of each policy, held and told as they say."""
        before = latest(self._connection, self.stored)
        document = self.stored.record.document
        versions = covering(self._connection, self.keeper.tenant, document)
        rows = []
        for version in versions:
            made = decide(self._connection, self.stored, self.known, version)
            old = before.get(version.name)
            if old is not None and is_current(old, self.stored) and _same(old, made):
                rows.append(old)
            else:
                tenant = self.keeper.tenant
                rows.append(
                    kept(self._connection, self.keeper.actor, self.stored, version, made,
                         tenant=tenant, at=self.keeper.stamp)
                )  # fmt: skip
        self._hold([read_decision(row["decision"]) for row in rows])
        self._tell_revoked(before)
        self._request(rows)
        return rows

    def _hold(self, made: list[Decision]) -> None:
        """One exception for each policy that holds or refuses; none for the others any more."""
        holding = [each for each in made if each.outcome in ("hold", "refuse")]
        for each in holding:
            self.stored = raise_on(self.keeper, self.stored, self._finding(each))
        codes = [code_of(each) for each in holding]
        why = "the policies in force do not hold it any more"
        self.stored = settle(self.keeper, self.stored, CONTROL, keep=codes, why=why)

    def _finding(self, made: Decision) -> Finding:
        context = {
            "policy": made.policy,
            "version": made.version,
            "policy_hash": made.policy_hash,
            "outcome": made.outcome,
            "rules": [f"{hit.table}.{hit.rule}" for hit in made.hits],
            "missing": made.missing,
            "problems": [each.message for each in made.problems],
        }
        return Finding(
            CONTROL, code_of(made), f"{made.policy}: {made.message}", holds=True, moves=True,
            context=context, basis=basis_of(made, self.stored.record.content_hash),
        )  # fmt: skip

    def _tell_revoked(self, before: dict[str, Row]) -> None:
        """Approvals that were given to what the document said before count no more."""
        stale = [row for row in before.values() if not is_current(row, self.stored)]
        if not stale:
            return
        asked = {(row["policy"], row["revision"]) for row in stale}
        given = decisions.acts(self._connection, self.keeper.tenant, self.stored.record.id or "")
        taken = [act for act in given if (act["policy"], act["revision"]) in asked]
        if taken and not self._told_since("approval_revoked", taken[-1]["at"]):
            names = ", ".join(dict.fromkeys(act["person"] for act in taken))
            why = f"the content has changed since {names} decided"
            self.stored = tell(self.keeper, self.stored, "approval_revoked", why)

    def _request(self, rows: list[Row]) -> None:
        """Tell that approvals are wanted: once for each decision, and not while it is held."""
        if self.stored.record.state not in UNDECIDED or self.stored.payment_hold:
            return
        found = (standing(self._connection, self.stored, self.known, row) for row in rows)
        wanted = [each for each in found if _is_open(each)]
        since = max((each.row["at"] for each in wanted), default=None)
        if since is not None and not self._told_since("approval_requested", since):
            why = "; ".join(map(_words, wanted))
            self.stored = tell(self.keeper, self.stored, "approval_requested", why)

    def _told_since(self, event: str, at: str) -> bool:
        record_id = self.stored.record.id or ""
        rows = traces.step_rows(self._connection, self.keeper.tenant, record_id)
        return any(row["event"] == event and row["at"] >= at for row in rows)


def _same(old: Row, made: Decision) -> bool:
    return says_the_same(read_decision(old["decision"]), made)


def _is_open(found: Standing) -> bool:
    return found.decision.outcome == "review" and found.progress.state == "open"


def _words(found: Standing) -> str:
    steps = ", ".join(each.id for each in found.decision.steps)
    return f"{found.decision.policy} {found.decision.version}: {steps}"
