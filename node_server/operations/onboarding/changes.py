"""Changing the bank details of a party: proposed by one person, approved by another, used later."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.checks.identifiers import masked
from canonical_model.controls.screening import check_bank_details
from canonical_model.parts.bank_account import BankAccount
from node_server.auth import Principal
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.excepting import Finding, raise_on
from node_server.operations.governing import duties
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.onboarding.accounts import CHANGED, CONTROL
from node_server.operations.onboarding.screening import party_of
from node_server.operations.vetting import vetted
from node_server.store import access, party_changes, records
from node_server.store.party_changes import Row
from node_server.store.records import Stored

_ENCODE: Final = msgspec.json.encode


def propose(house: House, who: Principal, body: Mapping[str, Any]) -> dict[str, Any]:
    """A change of the accounts of a party, to be approved by somebody else."""
    record_id, accounts = body["party"], _accounts(body["bank_accounts"])
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = party_of(records.get(connection, who.tenant, record_id, to_change=True))
        duties.ask(connection, who, "change_bank_details", stored)
        keeper = Keeper(connection, who.tenant, who.id)
        row = proposed(keeper, stored, accounts, "person", why=body.get("reason"))
        keeper.finish()
    return shown(row)


def proposed(
    keeper: Keeper, stored: Stored, after: Sequence[BankAccount], origin: str, why: str | None
) -> Row:
    """Keep a proposal and hold the party for it; one at a time."""
    before = _until_now(keeper, stored)
    if list(before) == list(after) and all(each.verified_at for each in before):
        raise Refusal(409, "conflict", "nothing would change", hint="state the accounts as wanted")
    row: Row = {
        "tenant": keeper.tenant,
        "id": f"chg_{secrets.token_hex(8)}",
        "record_id": stored.record.id,
        "kind": CONTROL,
        "state": "proposed",
        "origin": origin,
        "accounts": _ENCODE({"before": _plain(before), "after": _plain(after)}),
        "shown": _ENCODE(_told(stored, before, after)).decode(),
        "why": why,
        "proposed_by": keeper.actor,
        "proposed_at": keeper.stamp,
    }
    party_changes.add(keeper.connection, row)
    note(keeper.connection, row, keeper.actor, "bank_details_proposed")
    raise_on(keeper, stored, _hold_for(row))
    return row


def _until_now(keeper: Keeper, stored: Stored) -> Sequence[BankAccount]:
    """The accounts that count; a refusal where a change of them is under way."""
    last = party_changes.last(keeper.connection, keeper.tenant, stored.record.id or "")
    if last is not None and last["state"] in party_changes.OPEN:
        hint = "approve, reject or withdraw that one first"
        raise Refusal(409, "conflict", f"change {last['id']} of this party is open", hint=hint)
    trusted = vetted(keeper.connection, stored)
    return trusted.bank_accounts if trusted is not None else []


def _hold_for(row: Row) -> Finding:
    summary = f"its bank details are to change ({row['id']}); until then nothing is paid to it"
    return Finding(
        CONTROL, CHANGED, summary, context={"change": row["id"]}, basis=row["id"],
        caused_by=(row["proposed_by"],),
    )  # fmt: skip


def list_changes(
    house: House, tenant: str, filters: Mapping[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of changes, oldest first."""
    with house.store.reading() as connection:
        found = party_changes.page(
            connection, tenant, filters, after=position(cursor), limit=limit + 1
        )
    rows = [shown(each) for each in found[:limit]]
    return page_of(rows, limit, found[limit - 1]["position"] if len(found) > limit else None)


def show(house: House, tenant: str, change_id: str) -> dict[str, Any]:
    """One change."""
    with house.store.reading() as connection:
        return shown(found(connection, tenant, change_id))


def found(connection: Connection, tenant: str, change_id: str) -> Row:
    """The row of a change; a refusal where there is none."""
    row = party_changes.get(connection, tenant, change_id)
    if row is None:
        raise Refusal(404, "not_found", "there is no such change")
    return row


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A change as it may be seen: numbers of accounts in part only."""
    names = ("id", "state", "origin", "why", "proposed_by", "proposed_at", "approved_by")
    more = ("approved_at", "effective_at", "applied_at", "reason")
    told = {name: row.get(name) for name in (*names, *more)}
    told |= {"party": row["record_id"], **msgspec.json.decode(row["shown"])}
    return {name: value for name, value in told.items() if value is not None}


def note(connection: Connection, row: Row, actor: str, action: str) -> None:
    """A line of the audit trail about a change."""
    access.note(connection, audit_row(row["tenant"], actor, action, row["id"], row["record_id"]))


def _accounts(stated: Any) -> list[BankAccount]:
    try:
        return msgspec.convert(stated, type=list[BankAccount])
    except msgspec.ValidationError as error:
        place = {"path": "bank_accounts", "code": "body_invalid", "message": str(error)}
        raise Refusal(422, "body_invalid", f"bank_accounts: {error}", errors=[place]) from None


def _told(
    stored: Stored, before: Sequence[BankAccount], after: Sequence[BankAccount]
) -> dict[str, Any]:
    document: Any = stored.record.document
    known = structs.replace(document, bank_accounts=list(before))
    check = check_bank_details(known, structs.replace(document, bank_accounts=list(after)))
    return {
        "before": [_masked(each) for each in before],
        "after": [_masked(each) for each in after],
        "changes": [wire.to_plain(each) for each in check.changes],
    }


def _plain(accounts: Sequence[BankAccount]) -> list[Any]:
    return [wire.to_plain(each) for each in accounts]


def _masked(account: BankAccount) -> dict[str, Any]:
    plain: dict[str, Any] = wire.to_plain(account)
    if account.id is not None:
        plain["id"] = {**plain["id"], "value": masked(account.id.value)}
    return plain
