"""Writing accounts into the record of a party: a revision of its own, with who and why."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import structs

from canonical_model import checks, identity, wire
from canonical_model.envelope import Step
from canonical_model.parts.bank_account import BankAccount
from node_server.operations import terms
from node_server.operations.document_facts import facts_of
from node_server.operations.keeping import Keeper
from node_server.store import clock, records, revisions
from node_server.store.party_changes import Row
from node_server.store.records import Stored

_ACCOUNTS: Final = msgspec.json.Decoder(dict[str, list[BankAccount]])


def stated(keeper: Keeper, stored: Stored, row: Row, side: str) -> Stored:
    """The party with the accounts of one side of a change; those of `after` count as verified."""
    accounts = _ACCOUNTS.decode(row["accounts"])[side]
    if side == "after":
        verified = clock.read(row["approved_at"])
        accounts = [structs.replace(each, verified_at=verified) for each in accounts]
    record = stored.record
    document: Any = structs.replace(record.document, bank_accounts=accounts)
    step = Step(op="enrich", at=keeper.at, by=keeper.actor, note=f"{row['id']}: {side}")
    revised = structs.replace(
        record,
        document=document,
        content_hash=wire.content_hash(document),
        fingerprints=identity.fingerprints(document, record.source),
        issues=checks.check(document, ignore=tuple(record.ignored)),
        revision=(record.revision or 1) + 1,
        state_seq=(record.state_seq or 0) + 1,
        lineage=[*record.lineage, step],
        updated_at=keeper.at,
    )
    keeper.tell(revised, "revised", before=record.state)
    state = record.state or "received"
    keeper.note_step(revised, revised.state_seq, state, state, "revised", row["id"])
    revisions.keep(keeper.connection, revised, actor=keeper.actor, at=keeper.stamp)
    records.replace(
        keeper.connection, revised, facts_of(revised), hold=stored.payment_hold, at=keeper.stamp
    )
    terms.note(keeper.connection, revised)
    return stored.become(revised)
