"""What a check knows besides the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from canonical_model.checks.figures import ZERO, figures_of
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.profile import profile_of
from canonical_model.checks.scan import Census, census_of
from canonical_model.documents.bank_statement import BankStatement


@dataclass(frozen=True)
class Related:
    """What other documents say; a rule that needs what is not given stays silent."""

    previous_statement: BankStatement | None = None
    open_balances: Mapping[str, Decimal] = field(default_factory=dict)
    """What is still open on an allocation's target, by the target's id or number."""


NOTHING = Related()


class Case:
    """One document under examination: its figures, its profile, its relations."""

    __slots__ = ("_census", "document", "figures", "profile", "related")

    def __init__(self, document: Any, related: Related) -> None:
        account = getattr(document, "account", None)
        currency = getattr(document, "currency", None) or getattr(account, "currency", None)
        self.document = document
        self.figures = figures_of(currency)
        self.profile = profile_of(document)
        self.related = related
        self._census: Census | None = None

    @property
    def census(self) -> Census:
        """All amounts, codes and identifiers of the document, collected when first asked for."""
        if self._census is None:
            self._census = census_of(self.document)
        return self._census

    def compare(
        self, path: str, stated: Decimal, exact: Decimal, slack: Decimal = ZERO
    ) -> Findings:
        """A finding where the two differ by more than rounding and, if given, `slack`."""
        figures = self.figures
        if figures.agree(stated, exact) or abs(stated - exact) <= slack:
            return FINE
        return (Finding(path, figures.text(figures.rounded(exact)), figures.text(stated)),)
