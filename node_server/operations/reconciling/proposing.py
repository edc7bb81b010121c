"""Proposals as they are stored: what an outcome says, by ids that a second run gives again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.controls.reconciliation import Proposal, ReconciliationPolicy
from canonical_model.identity.canonical_json import canonical_json
from canonical_model.wire.encoding import decimal_text
from node_server.operations.reconciling import places
from node_server.operations.reconciling.gathering import Work
from node_server.store import proposals

Row = dict[str, Any]
BY_HAND: Final = "by_hand"
"""The reason, and the strength, of what a person has put together."""


@dataclass(frozen=True, slots=True)
class Made:
    """A proposal with its row and the rows of its parts."""

    row: Row
    parts: list[Row]
    proposal: Proposal

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row["id"])

    @property
    def records(self) -> list[str]:
        """The records that it is about."""
        return sorted({part["record_id"] for part in self.parts})


def made_of(
    proposal: Proposal, work: Work, policy: ReconciliationPolicy, owner: Mapping[str, str]
) -> Made:
    """The rows of a proposal; `owner` holds tenant, made_by and made_at."""
    parts = [*_lines(proposal, work), *_items(proposal, work)]
    name = _id_of(owner["tenant"], parts)
    row = {
        "tenant": owner["tenant"],
        "id": name,
        "state": "proposed",
        "strength": _strength(proposal, policy),
        "score": decimal_text(proposal.score),
        "proposal": msgspec.json.encode(_body(proposal, work)),
        "made_by": owner["made_by"],
        "made_at": owner["made_at"],
    }
    mine = {"tenant": owner["tenant"], "proposal_id": name, "state": "proposed"}
    return Made(row, [part | mine for part in parts], proposal)


def _strength(proposal: Proposal, policy: ReconciliationPolicy) -> str:
    known = {each.basis for each in proposal.reasons}
    if BY_HAND in known:
        return BY_HAND
    return "strong" if known.intersection(policy.strong) else "weak"


def _body(proposal: Proposal, work: Work) -> dict[str, Any]:
    days = [work.days.get(places.of_line(line)[:2]) for line in proposal.lines]
    day = max((each for each in days if each is not None), default=None)
    body = {"proposal": wire.to_plain(proposal), "history": []}
    return body | ({"day": day.isoformat()} if day is not None else {})


def _lines(proposal: Proposal, work: Work) -> Iterator[Row]:
    for line in proposal.lines:
        place = places.of_line(line)
        record = work.lines[place.record_id]
        yield {
            "part": "line",
            "record_id": place.record_id,
            "place": place.text,
            "content_hash": record.content_hash,
            "amount": decimal_text(line.amount),
            "booking": work.bookings.get((place.record_id, place.entry)),
        }


def _items(proposal: Proposal, work: Work) -> Iterator[Row]:
    for item in proposal.items:
        yield {
            "part": "item",
            "record_id": item.item,
            "place": "",
            "content_hash": work.items[item.item].content_hash,
            "amount": decimal_text(item.settled),
            "booking": None,
        }


def _id_of(tenant: str, parts: list[Row]) -> str:
    """The same for the same lines, items, amounts and contents: another revision is another."""
    names = ("part", "record_id", "place", "content_hash", "amount")
    told = sorted([str(part[name] or "") for name in names] for part in parts)
    digest = hashlib.sha256(canonical_json([tenant, *told])).digest()[:15]
    return f"rcn_{base64.b32encode(digest).decode().lower()}"


def store(connection: Connection, tenant: str, made: Iterable[Made]) -> dict[str, str]:
    """Keep what is new, bring back what was superseded; the state of each by its id."""
    offered = {each.id: each for each in made}
    known = proposals.of_ids(connection, tenant, offered)
    new = [each for name, each in offered.items() if name not in known]
    proposals.add(
        connection, [each.row for each in new], [part for each in new for part in each.parts]
    )
    back = [name for name, row in known.items() if row["state"] == "superseded"]
    proposals.move(connection, tenant, back, "proposed", reason=None)
    return {
        name: "proposed" if name not in known or name in back else known[name]["state"]
        for name in offered
    }


def withdraw(connection: Connection, tenant: str, work: Work, kept: Iterable[str]) -> int:
    """Proposals for lines of this run that it does not give any more; how many. What a person has
    proposed stays."""
    standing = set(kept)
    lines = {place.record_id for place in work.covered}
    gone = {
        row["proposal_id"]
        for row in proposals.of_records(connection, tenant, lines, ("proposed",))
        if row["proposal_id"] not in standing
        and row["part"] == "line"
        and places.of_text(row["record_id"], row["place"])._replace(detail=-1) in work.covered
    }
    known = proposals.of_ids(connection, tenant, gone)
    gone = {name for name in gone if known[name]["strength"] != BY_HAND}
    proposals.supersede(connection, tenant, gone, "a later run does not propose it")
    return len(gone)
