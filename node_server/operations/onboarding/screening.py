"""Screening of stored parties: what is found holds them until somebody has looked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from canonical_model import wire
from canonical_model.controls.screening import Screening
from canonical_model.documents.party import PartyDocument
from node_server.errors import Refusal
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.vetting import Report, report_on
from node_server.store import records
from node_server.store.records import Stored

CONTROL: Final = "screening"


def screen_party(house: House, tenant: str, actor: str, record_id: str) -> dict[str, Any]:
    """Ask everything about a party again; what is found holds it, what is not any more lets go."""
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = party_of(records.get(connection, tenant, record_id, to_change=True))
        keeper = Keeper(connection, tenant, actor)
        report = judge(keeper, stored)
        keeper.finish()
    plain: dict[str, Any] = wire.to_plain(report)
    return plain


def judge(keeper: Keeper, stored: Stored) -> Report:
    """The report on a party, and what follows from it, inside the keeper's transaction."""
    document: Any = stored.record.document
    report = report_on(keeper.connection, keeper.tenant, document, but=stored.record.id)
    found = list(_findings(report))
    for each in found:
        stored = raise_on(keeper, stored, each)
    settle(keeper, stored, CONTROL, [each.code for each in found], "not found any more")
    return report


def party_of(stored: Stored | None) -> Stored:
    """The record; a refusal where it is none or no party."""
    if stored is None or not isinstance(stored.record.document, PartyDocument):
        raise Refusal(404, "not_found", "there is no such party", hint="take it in as a document")
    return stored


def _findings(report: Report) -> Iterator[Finding]:
    if report.screening.hits:
        yield _listed(report.screening)
    if wrong := _identifiers(report):
        yield Finding(
            CONTROL, "identifier_doubtful", wrong, moves=True,
            context={"identifiers": wire.to_plain(report.identifiers)}, basis=_basis(wrong),
        )  # fmt: skip
    if report.similar:
        first = report.similar[0]
        reasons = ", ".join(each.why for each in first.reasons)
        yield Finding(
            CONTROL, "party_similar", f"it may be {first.party}: {reasons}", moves=True,
            context={"similar": [wire.to_plain(each) for each in report.similar]},
            basis=_basis(*(f"{each.party}:{each.score}" for each in report.similar)),
        )  # fmt: skip


def _listed(screening: Screening) -> Finding:
    first = screening.hits[0]
    code = "supplier_blocked" if screening.verdict == "block" else "watchlist_near_hit"
    where = ", ".join(first.datasets) or "a watch list"
    summary = f"{first.matched} is like {first.caption} on {where} ({first.sort}): {first.why}"
    # Who has cleared these names has cleared no other name, and nobody that a newer list adds.
    hits = (f"{hit.entry}:{hit.score}" for hit in screening.hits)
    basis = _basis(*screening.screened, *hits)
    context = {"screening": wire.to_plain(screening)}
    return Finding(CONTROL, code, summary, moves=True, context=context, basis=basis)


def _identifiers(report: Report) -> str:
    """What is wrong or missing; what is merely unusual is told, and holds nobody."""
    wrong = [
        f"{each.kind or each.scheme} {each.value}: {each.why}"
        for each in report.identifiers.findings
        if each.verdict == "invalid"
    ]
    missing = [f"{each} is missing" for each in report.identifiers.missing]
    return "; ".join([*wrong, *missing])


def _basis(*parts: str) -> str:
    return f"sha256:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()}"
