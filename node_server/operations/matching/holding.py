"""From a result of the match to what becomes of the document: held, let go, one step on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import structs

from canonical_model import wire
from canonical_model.controls.match import Finding as Found
from canonical_model.controls.match import LineVerdict, MatchResult
from canonical_model.controls.match.verdict import GRAVITY
from canonical_model.documents import kind_of
from canonical_model.envelope import Record
from canonical_model.parts.reference import Ref, RefRole
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.excepting.opening import DECIDED
from node_server.operations.keeping import Keeper
from node_server.operations.matching.gathering import standing
from node_server.store import exceptions, records
from node_server.store.exceptions import Row
from node_server.store.records import Stored

MATCH: Final = "match"
_MOVED: Final = frozenset({"validated", "matched"})
_HELD_ONLY: Final = frozenset({"approved"})
_MOST_LINKS: Final = 200
_ROLES: Final[Mapping[str, RefRole]] = {
    **{"purchase_order": "order", "sales_order": "sales_order", "goods_receipt": "receipt"},
    **{"shipment": "shipment", "return": "return", "invoice": "invoice", "credit_note": "credit"},
}


def carry_out(
    keeper: Keeper, stored: Stored, result: MatchResult, evidence: Sequence[Stored], why: str
) -> Stored:
    """Hold the document for what does not agree, and let it go where it does.

    One that was approved is not taken back, but its payment waits; what was posted stays as it is.
    """
    at = standing(stored.record)
    stored = _told(keeper, stored, result, evidence)
    if at not in _MOVED | _HELD_ONLY:
        return stored
    found = _findings(stored.record, result, evidence, moves=at in _MOVED)
    accepted = _accepted(keeper, stored.record)
    open_ones = [each for each in found if not _is_accepted(each, accepted)]
    for each in open_ones:
        stored = raise_on(keeper, stored, each)
    codes = {each.code for each in open_ones}
    stored = settle(keeper, stored, MATCH, keep=codes, why=why)
    if not codes and stored.record.state == "validated":
        return _matched(keeper, stored, result, accepted=bool(found))
    return stored


def _told(
    keeper: Keeper, stored: Stored, result: MatchResult, evidence: Sequence[Stored]
) -> Stored:
    """The record with how far it is matched, and with links to what that rests on."""
    record = stored.record
    links = [*_other_links(record), *_links(evidence)][:_MOST_LINKS]
    if (record.match_status, record.links) == (result.match_status, links):
        return stored
    record = structs.replace(record, match_status=result.match_status, links=links)
    return _restated(keeper, stored, record)


def _other_links(record: Record) -> list[Ref]:
    return [each for each in record.links if each.role not in _ROLES.values()]


def _links(evidence: Iterable[Stored]) -> list[Ref]:
    return [
        Ref(
            role=_ROLES[kind_of(each.record.document)],
            number=getattr(each.record.document, "number", None),
            id=each.record.id,
        )
        for each in evidence
        if kind_of(each.record.document) in _ROLES
    ]


def _matched(keeper: Keeper, stored: Stored, result: MatchResult, *, accepted: bool) -> Stored:
    before = stored.record.state
    moved = keeper.moved(stored.record, "matched", "matched")
    why = "what differs was released" if accepted else result.match_status
    keeper.note_step(moved, moved.state_seq, before, "matched", "matched", why)
    return _restated(keeper, stored, moved)


def _restated(keeper: Keeper, stored: Stored, record: Record) -> Stored:
    hold = stored.payment_hold
    records.restate(keeper.connection, record, facts_of(record), hold=hold, at=keeper.stamp)
    return Stored(record, stored.position, stored.created_by, hold)


def _findings(
    record: Record, result: MatchResult, evidence: Sequence[Stored], *, moves: bool
) -> list[Finding]:
    """One for each code that holds, the gravest first."""
    groups: dict[str, list[tuple[LineVerdict | None, Found]]] = defaultdict(list)
    for line in (None, *result.lines):
        for each in result.findings if line is None else line.findings:
            if each.outcome == "held":
                groups[each.code].append((line, each))
    codes = sorted(groups, key=lambda code: -GRAVITY[code])
    return [_finding(record, code, groups[code], evidence, moves=moves) for code in codes]


def _finding(
    record: Record,
    code: str,
    found: Sequence[tuple[LineVerdict | None, Found]],
    evidence: Sequence[Stored],
    *,
    moves: bool,
) -> Finding:
    held = _excesses(found)
    lines = {line.path: line for line, _ in found if line is not None}
    context = {
        "response": "UQ",
        "reason": found[0][1].reason,
        "action": found[0][1].action,
        "content_hash": record.content_hash,
        "held": held,
        "findings": [_plain(each) | _place(line) for line, each in found],
        "lines": [_plain(line) for line in lines.values()],
        "proposals": [_plain(each) for line in lines.values() for each in line.proposals],
        "records": shown_evidence(evidence),
    }
    basis = hashlib.sha256(msgspec.json.encode([record.content_hash, code, held], order="sorted"))
    said = "; ".join(_words(line, each) for line, each in found)
    return Finding(MATCH, code, said, moves=moves, context=context, basis=basis.hexdigest())


def shown_evidence(evidence: Iterable[Stored]) -> list[dict[str, Any]]:
    """The documents that a result rests on, in short."""
    return [
        {
            "id": each.record.id,
            "kind": kind_of(each.record.document),
            "number": getattr(each.record.document, "number", None),
            "revision": each.record.revision,
        }
        for each in evidence
    ]


def _excesses(found: Iterable[tuple[LineVerdict | None, Found]]) -> dict[str, str]:
    """How far off each place is at most; empty where there is no figure."""
    held: dict[str, str] = {}
    for line, each in found:
        place = line.path if line is not None else "document"
        off = ""
        if each.actual is not None and each.expected is not None:
            off = str(abs(each.actual - each.expected))
        held[place] = max(held.get(place, ""), off, key=_figure)
    return held


def _figure(text: str) -> Decimal:
    return Decimal(text or 0)


def _plain(part: Any) -> dict[str, Any]:
    plain: dict[str, Any] = wire.to_plain(part)
    return plain


def _place(line: LineVerdict | None) -> dict[str, Any]:
    return {} if line is None else {"path": line.path, "line": line.id}


def _words(line: LineVerdict | None, found: Found) -> str:
    return found.message if line is None else f"line {line.id}: {found.message}"


def _accepted(keeper: Keeper, record: Record) -> list[Row]:
    """What a person has let go of this very content."""
    rows = exceptions.of_record(keeper.connection, keeper.tenant, record.id or "")
    mine = [row for row in rows if row["control"] == MATCH and row["state"] in DECIDED]
    told = [row | {"context": msgspec.json.decode(row["context"])} for row in mine]
    return [row for row in told if row["context"].get("content_hash") == record.content_hash]


def _is_accepted(finding: Finding, accepted: Iterable[Row]) -> bool:
    """Whether somebody has let go as much already: what became better needs no second word."""
    held = finding.context["held"]
    return any(
        row["code"] == finding.code and _covers(row["context"].get("held", {}), held)
        for row in accepted
    )


def _covers(allowed: Mapping[str, str], held: Mapping[str, str]) -> bool:
    return all(
        place in allowed and _figure(excess) <= _figure(allowed[place])
        for place, excess in held.items()
    )
