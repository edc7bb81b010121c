"""From what was compared to a verdict: of each line, then of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from canonical_model.controls.match.comparing import Comparison, compared, held
from canonical_model.controls.match.ledger import Claim, Ledger, Posted, asks_for_nothing
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.pairing import Candidate, Paired, contradicts
from canonical_model.controls.match.parties import agree
from canonical_model.controls.match.ratios import NOTHING, decimal, words
from canonical_model.controls.match.rules import RuleBook, Scope, names_of
from canonical_model.controls.match.verdict import (
    GRAVITY,
    Finding,
    LineVerdict,
    MatchResult,
    MatchStatus,
    Pair,
)
from canonical_model.envelope import Context


class Judge:
    """Says what it comes to, by the rules of one tenant."""

    def __init__(self, ledger: Ledger, rules: RuleBook, context: Context) -> None:
        self._ledger = ledger
        self._rules = rules
        self._context = context

    def judge(self, posted: Posted) -> MatchResult:
        """The verdict on a bill that is in the ledger."""
        scope = self._scope(posted)
        lines = [self._line(posted, claim, scope) for claim in posted.claims]
        lines.sort(key=lambda line: _place(line.path))
        own = [*self._parties(posted), *self._charges(posted, scope)]
        if not lines:
            own.append(held("incomplete", "it states neither lines nor a net total"))
        return _whole(posted, lines, own)

    def _scope(self, posted: Posted) -> Scope:
        bill = posted.bill
        names = names_of(self._ledger.side.party(bill))
        entity = bill.entity or self._context.entity
        return Scope(self._context.tenant, entity, names, frozenset(), bill.currency)

    def _line(self, posted: Posted, claim: Claim, scope: Scope) -> LineVerdict:
        lines = claim.paired.shares
        classes = claim.entry.categories.union(*(line.entry.categories for line in lines))
        scope = scope._replace(categories=classes)
        findings = [each for line in lines for each in self._findings(posted, claim, line, scope)]
        findings = findings or [self._alone(posted, claim, scope)]
        gravest = _gravest(findings)
        return LineVerdict(
            path=claim.entry.path,
            id=claim.entry.id,
            verdict=gravest.code,
            holds=gravest.outcome == "held",
            message=_told(findings),
            pairs=[_pair(claim.paired, line) for line in lines],
            proposals=[_proposal(each) for each in claim.paired.proposals],
            findings=findings,
        )

    def _alone(self, posted: Posted, claim: Claim, scope: Scope) -> Finding:
        """A line without an order line."""
        message = ""
        if self._ledger.is_charge(claim):
            message = "freight, a charge or a discount; judged with the document's charges"
        elif claim.takes_back and not posted.credit:
            message = "an invoice may take back what it likes"
        elif self._rules.choice("order", scope, "required") == "not_required":
            message = "no order is asked for here"
        if message:
            return Finding(code="not_applicable", outcome="agrees", message=message)
        return held("no_order", f"no order line was found: {claim.paired.why}")

    def _findings(
        self, posted: Posted, claim: Claim, line: OrderLine, scope: Scope
    ) -> Iterator[Finding]:
        entry, share = claim.entry, claim.paired.shares[line]
        theirs, ours = posted.bill.currency, line.order.currency
        if contradicts(entry, line.entry):
            yield held("item_differs", "its item number is not that of the order line")
        if theirs and ours and theirs != ours:
            yield held("currency_differs", f"invoiced in {theirs}, ordered in {ours}")
            return
        if share is None:
            yield _incomparable(claim, line)
            return
        billed = posted.billed.get(line, line.billed)
        side, rules = self._ledger.side, self._rules
        before = posted.overcharged.get(line, line.overcharged)
        relief = max(line.corrected - before, NOTHING)
        comparison = Comparison(entry, line, share, billed, rules, scope, side.arrived, relief)
        if claim.takes_back:
            yield comparison.credited()
            return
        if price := comparison.price(self._ledger.units):
            posted.overcharged[line] = before + relief - comparison.relief
            yield price
        yield comparison.ordered()
        if came := comparison.received(self._need(posted, claim, line, scope)):
            yield came

    def _need(self, posted: Posted, claim: Claim, line: OrderLine, scope: Scope) -> str:
        if asks_for_nothing(posted.bill) or self._ledger.is_service(claim, line):
            return "not_required"
        return self._rules.choice("receipt", scope, "required")

    def _parties(self, posted: Posted) -> Iterator[Finding]:
        """Orders that were placed with somebody else."""
        orders = {line.number: line for claim in posted.claims for line in claim.paired.shares}
        for _, line in sorted(orders.items()):
            if agree(posted.head.party, line.party) is False:
                number = line.order.number or "without a number"
                yield held("supplier_differs", f"order {number} is with another party")

    def _charges(self, posted: Posted, scope: Scope) -> Iterator[Finding]:
        charges = posted.charges
        if charges is None or posted.credit or not (charges.asked or charges.agreed):
            return
        paired = any(claim.paired.shares for claim in posted.claims)
        if not paired and self._rules.choice("order", scope, "required") == "not_required":
            return
        excess = charges.asked - charges.agreed
        excess = excess if excess > charges.slack else NOTHING
        allowed = self._rules.limit("charges", scope, charges.goods)
        message = f"charges less allowances {words(charges.asked)}, {words(charges.agreed)} agreed"
        yield compared("charge_variance", message, charges.agreed, charges.asked, allowed, excess)


def _incomparable(claim: Claim, line: OrderLine) -> Finding:
    entry = claim.entry
    if entry.quantity and entry.unit and line.entry.unit and entry.unit != line.entry.unit:
        message = f"nobody has said how many {line.entry.unit} one {entry.unit} is"
        return held("unit_differs", message)
    return held("incomplete", "neither a quantity nor an amount that could be compared")


def _whole(posted: Posted, lines: list[LineVerdict], own: list[Finding]) -> MatchResult:
    findings = [*own, *(each for line in lines for each in line.findings)]
    gravest = _gravest(findings)
    holding = sorted((f for f in findings if f.outcome == "held"), key=_gravity, reverse=True)
    return MatchResult(
        number=posted.bill.number,
        verdict=gravest.code,
        holds=bool(holding),
        match_status=_status(posted, lines, bool(holding)),
        message=_summary(lines, own) or "everything agrees",
        response="UQ" if holding else "AP",
        reasons=list(dict.fromkeys(each.reason for each in holding if each.reason)),
        actions=list(dict.fromkeys(each.action for each in holding if each.action)),
        lines=lines,
        findings=own,
    )


def _summary(lines: list[LineVerdict], own: list[Finding]) -> str:
    """All that holds, else all that is tolerated."""
    said = [each.message for each in own if each.outcome == "held"]
    said += [f"line {line.id}: {line.message}" for line in lines if line.holds]
    if not said:
        said = [each.message for each in own if each.outcome == "tolerated"]
        said += [f"line {each.id}: {each.message}" for each in lines
                 if each.verdict == "within_tolerance"]  # fmt: skip
    return "; ".join(said)


def _told(findings: list[Finding]) -> str:
    """What holds, else what is tolerated, else all of it."""
    for outcome in ("held", "tolerated"):
        said = [each.message for each in findings if each.outcome == outcome]
        if said:
            return "; ".join(dict.fromkeys(said))
    return "; ".join(dict.fromkeys(each.message for each in findings))


def _status(posted: Posted, lines: list[LineVerdict], holds: bool) -> MatchStatus:
    """As a record tells it: by how many documents, or how far it came."""
    found = [line for line in lines if line.pairs]
    if not found:
        needless = lines and all(line.verdict == "not_applicable" for line in lines)
        return "not_applicable" if needless and not holds else "none"
    if holds:
        return "partial" if any(not line.holds for line in found) else "failed"
    claimed = (line for claim in posted.claims for line in claim.paired.shares)
    return "three_way" if any(line.touched for line in claimed) else "two_way"


def _gravity(finding: Finding) -> int:
    return GRAVITY[finding.code]


def _gravest(findings: Iterable[Finding]) -> Finding:
    return max(findings, key=_gravity)


def _place(path: str) -> tuple[str, int]:
    head, _, rest = path.partition("[")
    return head, int(rest.rstrip("]") or 0)


def _pair(paired: Paired, line: OrderLine) -> Pair:
    share = paired.shares[line]
    return Pair(
        order=line.order.number,
        line=line.entry.id,
        basis=paired.basis,
        score=decimal(paired.score),
        why=paired.why,
        quantity=None if share is None or paired.corrects else decimal(share),
        unit=line.unit,
    )


def _proposal(candidate: Candidate) -> Pair:
    line = candidate.line
    score = decimal(candidate.score)
    return Pair(order=line.order.number, line=line.entry.id, score=score, why=candidate.why)
