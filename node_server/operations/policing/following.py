"""Policies asked by themselves: whenever something has happened that may change what they say."""

from __future__ import annotations

from typing import Final

from node_server.operations.controls_following import Handler, Happened
from node_server.operations.governing.facts import CONTROL
from node_server.operations.house import House
from node_server.operations.policing.deciding import decide_by_itself

_CHANGES: Final = frozenset(
    {
        *("validated", "revised", "source_attached", "reopened", "attachment_added", "linked"),
        *("matched", "match_failed", "exception_opened", "exception_resolved"),
        "duplicate_suspected",
    }
)


def follow(house: House, tenant: str, record_id: str, _happened: Happened) -> None:
    """Ask the policies in force about a document."""
    decide_by_itself(house, tenant, record_id)


HANDLER: Final = Handler(CONTROL, _CHANGES, follow)
