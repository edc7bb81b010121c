"""How long an exception may wait, who deals with it, and which controls run by themselves."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from canonical_model.base.scalars import Code, Maybe, Number, Part, Text, says


class DueRule(Part, frozen=True, kw_only=True):
    """One row: for which exceptions it holds, and what it says of them."""

    control: Annotated[Maybe[Text], says("Only of this control", examples=["match"])] = None
    code: Annotated[Maybe[Code], says("Only with this code", examples=["price_variance"])] = None
    due_hours: Annotated[Maybe[Number], says("Hours until it is due", examples=["24"])] = None
    owner: Annotated[Maybe[Text], says("Who deals with it from the start")] = None
    escalate_to: Annotated[Maybe[Text], says("Whose it becomes when it is overdue")] = None

    def covers(self, control: str, code: str) -> bool:
        """Whether the row speaks of such exceptions."""
        return self.control in (None, control) and self.code in (None, code)


class ExceptionSettings(Part, frozen=True, kw_only=True):
    """Due times and owners of exceptions; of several rows that say something the first counts."""

    rules: Annotated[list[DueRule], says("The most particular rows first")] = []
    due_hours: Annotated[Number, says("Hours until any other exception is due")] = Decimal(48)
    every_hours: Annotated[Number, says("Hours from one escalation to the next")] = Decimal(24)
    most: Annotated[Number, says("Escalations of one exception, after which nobody is told")] = (
        Decimal(5)
    )
    owner: Annotated[Maybe[Text], says("Who deals with all others from the start")] = None
    escalate_to: Annotated[Maybe[Text], says("Whose any other becomes when it is overdue")] = None

    def due(self, control: str, code: str) -> datetime.timedelta:
        """How long an exception may wait."""
        stated = self._stated("due_hours", control, code)
        return _hours(self.due_hours if stated is None else stated)

    @property
    def pause(self) -> datetime.timedelta:
        """From one escalation to the next."""
        return _hours(self.every_hours)

    def first_owner(self, control: str, code: str) -> str | None:
        """Who deals with it from the start."""
        return self._stated("owner", control, code) or self.owner

    def next_owner(self, control: str, code: str) -> str | None:
        """Whose it becomes when it is overdue."""
        return self._stated("escalate_to", control, code) or self.escalate_to

    def _stated(self, name: str, control: str, code: str) -> Any:
        rows = (each for each in self.rules if each.covers(control, code))
        return next((v for row in rows if (v := getattr(row, name)) is not None), None)


def _hours(count: Decimal) -> datetime.timedelta:
    # Within what a calendar holds: a hundred years are as good as never.
    most = Decimal(100 * 365 * 24)
    return datetime.timedelta(seconds=int(min(max(count, Decimal(0)), most) * 3600))


class AutomationSettings(Part, frozen=True, kw_only=True):
    """Which controls run by themselves when a document comes in or changes."""

    match: Annotated[bool, says("Against orders, receipts and returns")] = True
    duplicates: Annotated[bool, says("Against documents that may be the same")] = True
    reconciliation: Annotated[bool, says("Bank lines against what they settle")] = True
    policies: Annotated[bool, says("Against the policies in force")] = True
    screening: Annotated[bool, says("Parties against the watch lists")] = True

    def runs(self, control: str) -> bool:
        """Whether a control runs by itself; one that is not named here always does."""
        return bool(getattr(self, control, True))
