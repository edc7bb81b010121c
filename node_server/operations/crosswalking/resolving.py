"""The joint with posting: a document as its connection's target wants it said."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from canonical_model.documents import AnyDocument
from node_server.operations.crosswalking.translating import Unknown, translated
from node_server.store import crosswalks


def resolved(
    transaction: Connection, tenant: str, connection_id: str, document: AnyDocument
) -> tuple[AnyDocument, list[Unknown]]:
    """The document in the target's words, and what no confirmed row of a begun table knows."""
    used = frozenset(crosswalks.used(transaction, tenant, connection_id))

    def look(kind: str, names: list[str]) -> str | None:
        found = crosswalks.targets(transaction, tenant, connection_id, kind, names)
        return next((found[name] for name in names if name in found), None)

    def further(kind: str, target: str) -> Mapping[str, str]:
        entry = crosswalks.master_entry(transaction, tenant, connection_id, kind, target)
        ids: dict[str, str] = msgspec.json.decode(entry).get("ids", {}) if entry else {}
        return ids

    return translated(document, look, used, further)
