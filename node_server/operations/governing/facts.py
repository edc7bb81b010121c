"""What a policy is told of a stored document, beyond what the document says itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.controls.policy import Policy, facts_of
from node_server.operations.governing.persons import People
from node_server.operations.vetting import facts_of_party
from node_server.store import exceptions, past_records
from node_server.store.records import Stored

CONTROL: Final = "policies"
"""Under this name policies hold documents; what they hold themselves is no fact to them."""


def facts_about(
    connection: Connection, stored: Stored, known: People, policy: Policy
) -> dict[str, Any]:
    """Facts of a document as it stands; of what only the store knows only what is asked for."""
    asking = _Asking(connection, stored, known)
    wanted = {name: read for name, read in _KNOWN.items() if name in policy.inputs}
    more = {name: read(asking) for name, read in wanted.items()}
    document = stored.record.document
    facts = facts_of(document) | facts_of_party(connection, stored)
    return facts | {
        name: value for name, value in more.items() if value is not None and value != []
    }


class _Asking:
    """One document, whose store is asked."""

    def __init__(self, connection: Connection, stored: Stored, known: People) -> None:
        self.connection = connection
        self.stored = stored
        self.known = known
        self.record = stored.record

    def source(self, name: str) -> Any:
        return getattr(self.record.source, name, None)

    def held(self) -> list[Mapping[str, Any]]:
        """What holds it, but for what policies do."""
        rows = exceptions.of_record(self.connection, self.record.tenant or "", self.record.id or "")
        return [
            row
            for row in rows
            if row["state"] == exceptions.OPEN and row["holds"] and row["control"] != CONTROL
        ]


def _match_holds(asking: _Asking) -> bool:
    return any(row["control"] == "match" for row in asking.held())


def _codes(asking: _Asking) -> list[str]:
    return sorted({row["code"] for row in asking.held()})


def _issues(asking: _Asking) -> list[str]:
    return sorted({issue.code for issue in asking.record.issues})


def _is_new(asking: _Asking) -> bool:
    return not past_records.dealt_with_before(asking.connection, asking.stored)


_KNOWN: Final[dict[str, Callable[[_Asking], Any]]] = {
    "creator": lambda asking: asking.known.of(asking.stored.created_by),
    "state": lambda asking: asking.record.state,
    "revision": lambda asking: asking.record.revision,
    "channel": lambda asking: asking.source("channel"),
    "connection": lambda asking: asking.source("connection"),
    "system": lambda asking: asking.source("system"),
    "match_status": lambda asking: asking.record.match_status,
    "match_holds": _match_holds,
    "held_for": _codes,
    "issues": _issues,
    "new_supplier": _is_new,
}
"""Facts that only the store knows, each read when a policy declares an input of its name."""
