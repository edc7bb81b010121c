"""What policies are told of a party: the gates of onboarding are drawn from it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from canonical_model.documents.party import PartyDocument
from canonical_model.identity import iban
from canonical_model.parts.party import Party
from node_server.operations.vetting.report import best, report_on
from node_server.store.records import Stored


def facts_of_party(connection: Connection, stored: Stored) -> dict[str, Any]:
    """Scores, verdicts of check digits and countries; nothing of what is no party."""
    document, record = stored.record.document, stored.record
    if not isinstance(document, PartyDocument):
        return {}
    report = report_on(connection, record.tenant or "", document, but=record.id)
    wrong = {each.kind or each.scheme for each in report.identifiers.findings
             if each.verdict == "invalid"}  # fmt: skip
    facts = {
        "country": document.address.country if document.address is not None else None,
        "vat_valid": "vat" not in wrong if _has(document, "vat") else None,
        "iban_valid": "account" not in wrong and "iban" not in wrong,
        "iban_country": _account_country(document),
        "duplicate_score": best([each.score for each in report.similar]),
        "sanctions_score": best(
            [each.score for each in report.screening.hits if each.sort == "sanction"]
        ),
        "pep_score": best([each.score for each in report.screening.hits if each.sort == "pep"]),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _has(party: Party, kind: str) -> bool:
    return any(each.kind == kind for each in party.ids)


def _account_country(party: Party) -> str | None:
    numbers = (iban(each.id.value) for each in party.bank_accounts if each.id is not None)
    return next((number[:2] for number in numbers if number), None)
