"""`/v1/accruals` and `/v1/landed-cost`: received and not invoiced; what goods really cost."""

from __future__ import annotations

import datetime

from node_server.errors import Refusal
from node_server.operations import accruing
from node_server.operations.controlling import asking
from node_server.resources.call import Call, Reply, reply
from node_server.resources.endpoint import Answer, Body, Parameter, endpoint, query
from node_server.resources.matches import GIVEN
from node_server.resources.shapes import ANYTHING, closed, many, shape, text, whole

_REPORT = shape(
    ("on", "lines", "totals"),
    on=text("Closing day"),
    lines=many(
        shape(
            ("line", "received", "invoiced", "open"),
            order=text("Number of the order"),
            line=text("Line of the order"),
            party=text("The supplier"),
            item=text(),
            received=text("Received and kept"),
            invoiced=text("Invoiced less credited"),
            open=text("The difference"),
            unit=text(),
            price=text("As ordered"),
            amount=text("What will be invoiced"),
            currency=text(),
            since=text("Day of the oldest receipt that is not invoiced"),
            age_days=whole(),
        ),
        "Oldest order first",
    ),
    totals=many(shape(("amount", "currency"), amount=text(), currency=text())),
    unplaced=many(ANYTHING, "Receipt lines without an order line"),
    journals=many(
        shape(("entry", "reversal"), entry=ANYTHING, reversal=ANYTHING),
        "For each entity and currency, where accounts are given",
    ),
)
_COST = closed(
    ("name", "amount", "basis"),
    name=text("What it is"),
    amount=text("How much"),
    basis=text("value, weight, volume, quantity or line"),
    currency=text(),
)
_CONVERSION = closed(
    ("item", "unit", "factor", "of"), item=text(), unit=text(), factor=text(), of=text()
)
_LANDED = shape(
    ("lines", "unallocated"),
    currency=text(),
    lines=many(
        shape(
            ("line", "landed"),
            receipt=text(),
            line=text(),
            quantity=text(),
            unit=text(),
            value=text("Of the goods"),
            shares=many(shape(("cost", "amount"), cost=text(), amount=text())),
            landed=text("Sum of the shares"),
            unit_cost=text("Value and shares by unit"),
        )
    ),
    unallocated=many(ANYTHING, "What could not be spread, and why"),
)


def _day(name: str, says: str) -> Parameter:
    return query(name, says, format="date", pattern=r"^\d{4}-\d{2}-\d{2}$", example="2026-01-31")


@endpoint(
    "GET",
    "/v1/accruals",
    summary="Report what was received and not invoiced",
    tag="Controls",
    parameters=(
        _day("on", "Closing day; today where none is stated"),
        query("accrued", "Account of what we owe; with `expense` the journals are made"),
        query("expense", "Account for order lines that name none"),
        _day("reversed_on", "Day of the reversal; the day after the closing day"),
    ),
    answers={200: Answer("The report", _REPORT)},
)
def report_accruals(call: Call) -> Reply:
    """What we have and have not been asked to pay. Journals are documents of the canonical model:
    take them in at /v1/documents with `connector=canonical` to post them."""
    given = call.given
    accounts = None
    if given.get("accrued") and given.get("expense"):
        accounts = given["accrued"], given["expense"]
    today = datetime.datetime.now(datetime.UTC).date()
    on = _read(given.get("on"), "on") or today
    reversed_on = _read(given.get("reversed_on"), "reversed_on")
    return reply(accruing.report(call.house, call.tenant, on, accounts, reversed_on))


def _read(text: str | None, name: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        fault = {"path": name, "code": "parameter_invalid", "message": f"{text}: no such day"}
        raise Refusal(400, "parameter_invalid", f"{name}: no such day", errors=[fault]) from None


@endpoint(
    "POST",
    "/v1/landed-cost",
    summary="Spread freight, duty and insurance over goods",
    tag="Controls",
    permission="map",
    body=Body(
        "The receipts with their orders, and the costs",
        schema=closed(
            ("documents", "costs"),
            documents=GIVEN,
            costs=many(_COST),
            currency=text("Of all amounts"),
            conversions=many(_CONVERSION, "How items are packed, and what they weigh"),
        ),
    ),
    answers={200: Answer("Every cost on lines, or unallocated", _LANDED)},
    refusals=(400, 413, 415, 422),
)
def spread_costs(call: Call) -> Reply:
    """By value, weight, volume or quantity, or alike on each line; in whole coins and with exactly
    the sum."""
    sheet = {name: value for name, value in call.body.items() if name != "documents"}
    found = asking.landed_cost_given(call.house, call.tenant, call.body["documents"], sheet)
    return reply(found)
