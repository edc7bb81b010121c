"""Who may let a document go: never whoever brought it in, or caused the hold."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.excepting.finding import PERSON
from node_server.operations.governing import duties
from node_server.operations.governing.deciding import is_refusal
from node_server.operations.governing.persons import makers, people
from node_server.store.exceptions import Row
from node_server.store.records import Stored

_SOMEBODY_ELSE = "let somebody else do it, with a key of their own"


def may_release(
    connection: Connection,
    who: Principal,
    stored: Stored,
    rows: Sequence[Row],
    act: str = "release",
) -> None:
    """Refuse who has taken the document in or changed it, who has caused the hold, and whom the
    tenant's own policies keep from it; what a policy refuses is overridden, never released."""
    not_own_document(connection, who, stored, "", act)
    refused = [row["code"] for row in rows if is_refusal(row)]
    if act == "release" and refused:
        hint = "override it with evidence, or reject the document"
        message = f"a policy refuses it ({refused[0]}); that is not released"
        raise Refusal(409, "step_refused", message, hint=hint)
    known = people(connection, who.tenant)
    for row in rows:
        if any(known.same(who, each) for each in causes(row)):
            message = f"whoever caused a hold ({row['code']}) does not release it"
            raise Refusal(409, "step_refused", message, hint=_SOMEBODY_ELSE)
    holders = {row["opened_by"] for row in rows if row["control"] == PERSON}
    for holder in sorted(holders) or [None]:
        duties.ask(connection, who, act, stored, **({"holder": holder} if holder else {}))


def not_own_document(
    connection: Connection, who: Principal, stored: Stored, doing: str, verb: str
) -> None:
    """Refuse who has taken the document in, first or with other content later."""
    known = people(connection, who.tenant)
    if known.who(who) in makers(connection, stored, known) or stored.created_by == who.id:
        message = f"{doing}whoever took a document in does not {verb} it"
        raise Refusal(409, "step_refused", message, hint=_SOMEBODY_ELSE)


def causes(row: Row) -> list[str]:
    """Those whose doing an exception is: who held the document, or about whom a control says so."""
    named: list[str] = msgspec.json.decode(row["context"]).get("caused_by", [])
    return [*named, row["opened_by"]] if row["control"] == PERSON else named
