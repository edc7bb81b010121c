"""What screening says of the parties out of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from canonical_model import wire
from canonical_model.controls.screening import (
    WatchList,
    check_bank_details,
    check_identifiers,
    screen,
    similar_parties,
)
from canonical_model.documents.invoice import Bill
from canonical_model.documents.party import PartyDocument
from canonical_model.envelope import Record
from canonical_model.identity import rungs
from canonical_model.parts.party import Party
from node_server.errors import Refusal
from node_server.operations.controlling.gathering import Gathered
from node_server.operations.watch_list_text import entries_of

# An account is what may have been changed: it does not tell who somebody is.
_NO_PROOF: Final = frozenset({"iban"})


def watch_list(paths: tuple[str, ...]) -> WatchList:
    """Entries of OpenSanctions' simple CSV, or of its entities, one JSON a line."""
    return WatchList(entry for path in paths for entry in entries_of(_bytes(path), path))


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refusal(400, "body_unreadable", f"{path}: {error}") from None


def screened(found: Gathered, listed: WatchList, known: Gathered) -> list[dict[str, Any]]:
    """Each party: its identifiers, who it is like, whether a list has it, and whether its accounts
    are those that are known.
    """
    others = {
        f"{handle} {place}": party
        for handle, record in known.records.items()
        for place, party in parties_of(record)
    }
    return [
        {
            "file": handle,
            "party": place,
            "name": party.name,
            "identifiers": wire.to_plain(check_identifiers(party)),
            "screening": wire.to_plain(screen(party, listed)),
            "similar": [wire.to_plain(each) for each in similar_parties(party, others)],
            "accounts": _accounts(record, place, party, others),
        }
        for handle, record in found.records.items()
        for place, party in parties_of(record)
    ]


def _accounts(
    record: Record, place: str, party: Party, known: Mapping[str, Party]
) -> list[dict[str, Any]]:
    """How the accounts that are stated differ from those of each known party that is the same."""
    bill = record.document
    told = bill if isinstance(bill, Bill) and place in ("seller", "payee") else party
    return [
        {"known": handle, **wire.to_plain(check_bank_details(other, told))}
        for handle, other in known.items()
        if _named(other) & _named(party)
    ]


def _named(party: Party) -> set[str]:
    return {rung for basis, rung in rungs(party) if basis not in _NO_PROOF}


def parties_of(record: Record) -> Iterator[tuple[str, Party]]:
    """The parties that a document is about, or is one."""
    document: Any = record.document
    if isinstance(document, PartyDocument):
        yield "party", document
        return
    for name in ("seller", "buyer", "payee", "supplier"):
        party = getattr(document, name, None)
        if isinstance(party, Party):
            yield name, party
