"""`/v1/reconciliation`: how old the rest is, gaps between statements, payouts taken apart."""

from __future__ import annotations

from node_server.operations.reconciling import chains, leftovers, payouts
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import ENVELOPE, Answer, endpoint, page_schema, query
from node_server.resources.reconciliations import DAY, day_of
from node_server.resources.shapes import ANYTHING, flag, many, shape, text, whole

_ROW = shape(
    ("side", "bucket", "count", "amount"),
    side=text("receivable, payable, bank_in or bank_out"),
    currency=text(),
    bucket=text("Days past due, or since booking: not due, 1-30, 31-60, 61-90, over 90"),
    count=whole(),
    amount=text("Their sum, less what was settled of them; credit notes are below zero"),
    oldest=text(),
)
_CHAIN = shape(
    ("account",),
    account=text("The account, cut"),
    currency=text(),
    statements=many(text(), "Ids, oldest first"),
    faults=many(
        shape(
            ("code", "statement", "message"),
            code=text("statement_balance_mismatch, statement_gap or statement_repeated"),
            statement=text(), previous=text(), message=text(), expected=text(), actual=text(),
        ),
        "Where the chain is broken",
    ),
)  # fmt: skip
_PAYOUT = shape(
    ("payout", "system", "amount", "basis", "complete"),
    payout=text("Id of the payout"),
    system=text("Whose it is"),
    day=text(),
    currency=text(),
    amount=text(),
    basis=text("batch, balance, sum or none: how its entries were found"),
    gross=text("Sum of the entries before fees"),
    fees=text(),
    difference=text("What the entries leave unexplained"),
    complete=flag("Whether nothing is left unexplained"),
    entries=many(ANYTHING, "Charges, refunds and fees, oldest first"),
)


@endpoint(
    "GET",
    "/v1/reconciliation/ageing",
    summary="Show how old is what is open",
    tag="Reconciliation",
    parameters=(
        query("on", "The day; today without", pattern=DAY, example="2026-04-20"),
        query("bound", "Days past due at which a new row begins; 0, 30, 60, 90 without",
              many=True, type="integer", minimum=0, maximum=100_000),
    ),
    answers={200: Answer("The table of that day", shape(
        ("as_of",), as_of=text(), rows=many(_ROW)))},
    refusals=(422,),
)  # fmt: skip
def get_ageing(call: Call) -> Reply:
    """Documents by the day they were due, bank lines that are left over by theirs."""
    given = call.given
    bounds = tuple(sorted({*given.get("bound", ())}))
    return reply(leftovers.aged(call.house, call.tenant, day_of(given.get("on")), bounds))


@endpoint(
    "GET",
    "/v1/reconciliation/continuity",
    summary="Show whether statements follow each other",
    tag="Reconciliation",
    parameters=(query("account", "Only of this account"), ENVELOPE),
    answers={200: Answer("Each account with its faults", page_schema(_CHAIN))},
)
def get_continuity(call: Call) -> Reply:
    """Gaps in balance and number, statements that do not add up, and repetitions."""
    return listed(call, chains.chains(call.house, call.tenant, call.given.get("account")))


@endpoint(
    "GET",
    "/v1/reconciliation/payouts",
    summary="Show what payouts consist of",
    tag="Reconciliation",
    parameters=(
        query("from", "Paid out on or after", pattern=DAY),
        query("to", "Paid out on or before", pattern=DAY),
        ENVELOPE,
    ),
    answers={200: Answer("Each payout with its entries", page_schema(_PAYOUT))},
    refusals=(422,),
)
def list_payouts(call: Call) -> Reply:
    """Payouts of Stripe, PayPal and Square with the charges, refunds and fees that come to them."""
    first, last = day_of(call.given.get("from")), day_of(call.given.get("to"))
    return listed(call, payouts.page(call.house, call.tenant, first, last))
