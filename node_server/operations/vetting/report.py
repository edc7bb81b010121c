"""Everything that is to be asked about a party before it is trusted."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from sqlalchemy import Connection

from canonical_model.base.scalars import Part, says
from canonical_model.controls.screening import (
    IdentifierReport,
    OnboardingSettings,
    Screening,
    ScreeningPolicy,
    SimilarParty,
    check_identifiers,
    screen,
    similar_parties,
)
from canonical_model.parts.party import Party
from node_server.operations.control_settings import in_force
from node_server.operations.vetting.known_parties import parties_like
from node_server.operations.vetting.lists import listed


class Report(Part, frozen=True, kw_only=True):
    """The answers, and what they come to."""

    verdict: Annotated[
        Literal["clear", "review", "block"],
        says("Nothing found; somebody must look; very likely sanctioned"),
    ]
    identifiers: Annotated[IdentifierReport, says("Check digits, what is missing or at odds")]
    screening: Annotated[Screening, says("Against the watch lists")]
    similar: Annotated[list[SimilarParty], says("Known parties that it may be")]


def report_on(
    connection: Connection, tenant: str, party: Party, *, but: str | None = None
) -> Report:
    """Ask everything about a party; `but` is its own record."""
    settings = in_force(connection, tenant, "onboarding", OnboardingSettings)
    policy = in_force(connection, tenant, "screening", ScreeningPolicy)
    required: Any = settings.required
    identifiers = check_identifiers(party, required)
    screening = screen(party, listed(connection, tenant), policy)
    known = parties_like(connection, tenant, party)
    known.pop(but or "", None)
    similar = similar_parties(party, known, settings.similar_at)
    asks = similar or screening.hits or identifiers.verdict == "review"
    return Report(
        verdict="block" if screening.verdict == "block" else "review" if asks else "clear",
        identifiers=identifiers,
        screening=screening,
        similar=similar,
    )


def best(scores: list[Decimal]) -> Decimal:
    """The highest of some scores; 0 where there is none."""
    return max(scores, default=Decimal(0))
