"""However many accept at the same time, no document is settled beyond what is open of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from node_server.auth import principal
from node_server.errors import Refusal
from node_server.operations.reconciling import deciding

from ..conftest import Served
from .banking import Bank

WHOLE = 100
MOST = 95  # nearer to the whole, the rest would be a bank's fee
WHO = principal("acme", "key_of_somebody", "somebody", frozenset({"approver"}))


def accepted_at_once(served: Served, proposals: Iterable[str]) -> list[str]:
    """Those that went through; all others were refused as a conflict."""

    def accept(proposal: str) -> str | None:
        try:
            deciding.accept(served.house, WHO, proposal, None)
        except Refusal as error:
            return None if error.status == 409 else error.message
        return proposal

    with ThreadPoolExecutor(4) as threads:
        return [each for each in threads.map(accept, proposals) if each is not None]


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(amounts=st.lists(st.integers(20, MOST), min_size=2, max_size=4))
def test_what_many_accept_at_once_never_settles_more_than_is_open(
    lasting: Served, amounts: list[int]
) -> None:
    first = Bank(lasting)
    invoice, _ = first.invoice(f"{WHOLE}.00")
    number = first.number(invoice)
    proposals: dict[str, int] = {}
    for amount in amounts:  # on an account each: every run proposes a part of what is open
        bank = Bank(lasting)
        line = bank.line(f"{amount}.00", f"part of {number}")
        bank.run()
        proposals |= {each["id"]: amount for each in bank.proposals(line)}
    done = accepted_at_once(lasting, proposals)
    settled = first.settled(invoice)
    total = sum(Decimal(each["amount"]) for each in settled["allocations"])
    assert total == sum(proposals[each] for each in done) <= WHOLE
    assert Decimal(settled["open"]) == WHOLE - total
    if proposals:
        assert done, "one of them always goes through"


def test_one_bank_line_is_accepted_once_by_however_many(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("70.00")
    line = bank.line("70.00", bank.number(invoice))
    bank.run()
    (proposal,) = bank.proposals(line)
    assert len(accepted_at_once(lasting, [proposal["id"]] * 6)) == 1
    assert len(bank.settled(invoice)["allocations"]) == 1
