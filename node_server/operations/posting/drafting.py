"""The bytes of an effect, made of the document as it is now and of what earlier effects gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection

from canonical_model.documents import AnyDocument
from node_server.errors import Refusal
from node_server.operations.calling import Caller
from node_server.operations.crosswalking import resolving as crosswalking
from node_server.operations.house import House
from node_server.operations.posting.attaching import attached
from node_server.operations.posting.blocking import Blocked
from node_server.operations.posting.effects import ATTACH, effect_of
from node_server.operations.posting.holds import closed_period
from node_server.operations.posting.preparing import Prepared, prepare
from node_server.operations.posting.referring import (
    made_there,
    named_records,
    with_target_ids,
)
from node_server.store import counterfoils, records
from node_server.store.counterfoils import Row

Drafter: TypeAlias = Callable[[House, Caller, Row], dict[str, Any]]

DRAFTERS: dict[str, Drafter] = {ATTACH: attached}
"""Who makes the request of an action that is not about the document itself."""


_MOST_NAMED = 5
_PARTIES = frozenset({"supplier", "customer"})


def draft(house: House, caller: Caller, row: Row) -> dict[str, Any]:
    """The columns of a counterfoil that hold its request."""
    drafter = DRAFTERS.get(row["action"])
    if drafter is not None:
        return drafter(house, caller, row)
    return drafted(house, caller, row).columns()


def drafted(house: House, caller: Caller, row: Mapping[str, Any]) -> Prepared:
    """The request of a document's effect."""
    with house.store.reading() as connection:
        stored = records.get(connection, row["tenant"], row["record_id"])
        if stored is None:
            raise Blocked("the document is gone")
        place = row["tenant"], row["connection_id"]
        document, unknown = crosswalking.resolved(connection, *place, stored.record.document)
        masters = _made_before(connection, row)
        document = with_target_ids(document, _named_there(connection, row, document), masters)
        values = _there_already(connection, row)
    if missing := [each for each in unknown if not masters or each.kind not in _PARTIES]:
        raise Blocked("; ".join(map(str, missing[:_MOST_NAMED])))
    calendar = caller.connection.settings.get("calendar", {})
    if why := closed_period(calendar, document):
        raise Blocked(why)
    return prepare(house, caller, effect_of(row), document, values)


def _named_there(
    connection: Connection, row: Mapping[str, Any], document: AnyDocument
) -> dict[str, str]:
    """The ids that the target has given to records that the document names."""
    ids = {}
    for record_id in named_records(document):
        made = made_there(connection, row["tenant"], row["connection_id"], record_id)
        if made is not None and made["target_id"]:
            ids[record_id] = made["target_id"]
    return ids


def _made_before(connection: Connection, row: Mapping[str, Any]) -> dict[str, str]:
    """The target's id of the party that was made for this document, by its record."""
    before = counterfoils.get(connection, row["tenant"], row["waits_for"] or "")
    if before is None or not before["target_id"] or before["record_id"] == row["record_id"]:
        return {}
    standing = counterfoils.record_standing(connection, row["tenant"], before["record_id"])
    is_party = standing is not None and standing["kind"] == "party"
    return {before["record_id"]: before["target_id"]} if is_party else {}


def _there_already(connection: Connection, row: Mapping[str, Any]) -> dict[str, str]:
    """The target's id and version of a record that is changed and not made."""
    if row["action"] == "create":
        return {}
    made = made_there(connection, row["tenant"], row["connection_id"], row["record_id"])
    if made is None or made["state"] != "confirmed" or not made["target_id"]:
        hint = "create it there first"
        raise Refusal(409, "step_refused", "the target has no id of it yet", hint=hint)
    return {"id": made["target_id"], "version": _latest_version(connection, row, made)}


def _latest_version(connection: Connection, row: Mapping[str, Any], made: Row) -> str:
    rows = counterfoils.of_record(connection, row["tenant"], row["record_id"], row["connection_id"])
    known = [r["target_version"] for r in rows if r["state"] == "confirmed" and r["target_version"]]
    return known[-1] if known else made["target_version"] or ""


def dependency(
    connection: Connection, tenant: str, connection_id: str, document: AnyDocument
) -> str | None:
    """The first effect that must be confirmed before this document can be posted."""
    for record_id in named_records(document):
        made = made_there(connection, tenant, connection_id, record_id)
        if made is not None and made["state"] != "confirmed":
            key: str = made["key"]
            return key
    return None
