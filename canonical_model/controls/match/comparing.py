"""Single comparisons of an invoice line with its order line: price, ordered, received."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.ratios import NOTHING, decimal, over, words
from canonical_model.controls.match.rules import RuleBook, Scope
from canonical_model.controls.match.units import Units
from canonical_model.controls.match.verdict import (
    MEANINGS,
    REJECTED_GOODS,
    Finding,
    Meaning,
    Verdict,
)


def held(code: Verdict, message: str, meaning: Meaning | None = None) -> Finding:
    """A finding that holds and has no figures."""
    reason, action = meaning or MEANINGS[code]
    return Finding(code=code, outcome="held", message=message, reason=reason, action=action)


def compared(
    code: Verdict,
    message: str,
    expected: Fraction,
    actual: Fraction,
    allowed: Fraction,
    excess: Fraction,
    meaning: Meaning | None = None,
) -> Finding:
    """A finding with figures: agrees, is within what is allowed, or holds."""
    fine = excess <= 0
    tolerated = not fine and excess <= allowed
    reason, action = (None, None) if fine or tolerated else (meaning or MEANINGS[code])
    if not fine:
        message += f"; off by {words(excess)}, {words(allowed)} allowed"
    return Finding(
        code="matched" if fine else "within_tolerance" if tolerated else code,
        outcome="agrees" if fine else "tolerated" if tolerated else "held",
        message=message,
        expected=decimal(expected),
        actual=decimal(actual),
        allowed=decimal(allowed),
        reason=reason,
        action=action,
    )


@dataclass(slots=True, eq=False)
class Comparison:
    """One order line under one invoice line."""

    entry: Entry
    line: OrderLine
    share: Fraction
    billed: Fraction
    """Invoiced in all up to and with this document, before credits."""
    rules: RuleBook
    scope: Scope
    arrived: str
    relief: Fraction
    """Money that credit notes took back without goods, and that nothing before this has used up."""

    def price(self, units: Units) -> Finding | None:
        """The net unit price after base quantity, units and allowances (M2)."""
        line, entry = self.line, self.entry
        rate = line.rate(entry, units)
        if line.by_value or not entry.quantity or not rate:
            return None
        if line.price is None or entry.price is None:
            who = "the order" if line.price is None else "the invoice line"
            return held("incomplete", f"{who} states no price that could be compared")
        asked, slack = over(entry.price, rate), max(over(entry.slack, rate), line.entry.slack)
        excess = abs(asked - line.price)
        excess = excess if excess > slack else NOTHING
        if asked > line.price:
            excess = self._relieved(excess, self.share)
        elif self.rules.choice("lower_price", self.scope, "hold") == "accept":
            excess = NOTHING
        allowed = self.rules.limit("price", self.scope, line.price)
        return compared("price_variance", self._price_words(asked), line.price, asked, allowed,
                        excess)  # fmt: skip

    def _price_words(self, asked: Fraction) -> str:
        line, unit = self.line, f" per {self.line.unit}" if self.line.unit else ""
        said = f"price {words(asked)}{unit}, {words(line.price or NOTHING)} agreed"
        if line.corrected:
            said += f", {words(line.corrected)} credited since"
        return said

    def _relieved(self, excess: Fraction, measured: Fraction) -> Fraction:
        """What is left of an excess per `measured` once money that was credited is set off."""
        if not excess or not measured or not self.relief:
            return excess
        used = min(self.relief, excess * measured)
        self.relief -= used
        return excess - used / measured

    def ordered(self) -> Finding:
        """Invoiced in all against ordered (M1)."""
        ordered = self.line.ordered
        if ordered is None:
            return held("incomplete", "the order line states neither quantity nor amount")
        allowed = self.rules.limit("ordered", self.scope, ordered)
        return self._quantity("over_invoiced", ordered, allowed, "ordered")

    def received(self, need: str) -> Finding | None:
        """Invoiced in all against received (M1), unless that is nobody's concern."""
        line = self.line
        if need == "not_required" or (need == "if_any" and not line.touched):
            return None
        allowed = self.rules.limit("received", self.scope, line.received)
        came = line.accepted + line.rejected > 0
        said = self.arrived
        if line.rejected or line.returned:
            said += f" ({words(line.rejected)} rejected, {words(line.returned)} returned)"
        code: Verdict = "quantity_variance" if came else "not_received"
        short = self.billed - line.credited - line.received
        meaning = REJECTED_GOODS if came and line.rejected and short <= line.rejected else None
        return self._quantity(code, line.received, allowed, said, meaning)

    def _quantity(
        self, code: Verdict, agreed: Fraction, allowed: Fraction, said: str,
        meaning: Meaning | None = None,
    ) -> Finding:  # fmt: skip
        line = self.line
        total = self.billed - line.credited
        excess = max(total - agreed, NOTHING)
        if line.price and line.price > 0:
            excess -= min(self.relief / line.price, excess)
        unit = f" {line.unit}" if line.unit else ""
        message = f"{words(total)}{unit} invoiced in all, {words(agreed)} {said}"
        return compared(code, message, agreed, total, allowed, excess, meaning)

    def credited(self) -> Finding:
        """Taken back against what was invoiced at all: quantities, or money where prices were."""
        line = self.line
        agreed, actual, unit = line.billed, line.credited, line.unit or ""
        if line.corrected:
            price = max(line.prices, default=line.price or NOTHING)
            agreed, actual = agreed * price, actual * price + line.corrected
            unit = line.order.currency or ""
        message = f"{words(actual)} {unit} taken back in all, {words(agreed)} invoiced"
        excess = max(actual - agreed, NOTHING)
        return compared("over_credited", message, agreed, actual, NOTHING, excess)
