"""Which fields a document of each kind must state before it counts as validated.

A row is a path: `a|b` is satisfied by either, `lines[]` asks for the rest on each line (and for
nothing where there is none), `refs[order|receipt]` for a link of such a role, `balances[2]` for
that many. Several paths in one row are alternatives; the first is the one that is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, get_args

from canonical_model.base.issue import Severity
from canonical_model.checks.case import Case
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.profile import Profile
from canonical_model.checks.registry import EVERY_KIND, checks

_ANY: frozenset[Profile | None] = frozenset({*get_args(Profile), None})
_NONE: frozenset[Profile | None] = frozenset({None})
_PROFILED = _ANY - _NONE
_BEYOND_MINIMUM = _ANY - {"minimum"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field that must be there: for which profiles, and as which rule of EN 16931."""

    paths: tuple[str, ...]
    rule: str | None = None
    profiles: frozenset[Profile | None] = _ANY
    severity: Severity = "error"
    unless: Callable[[Any], bool] | None = None
    """Asked of whatever should hold the field."""
    ours: str | None = None
    """The direction in which it is our own side, which a ledger's payload need not name."""


def _rows(*paths: str) -> tuple[Row, ...]:
    return tuple(Row((path,)) for path in paths)


def _not_booked(entry: Any) -> bool:
    return entry.status not in (None, "booked")


_PARTY = "name|ids|master_id"
# A payload rarely knows whose books it is for: the context supplies that.
_ENTITY = Row(("entity",), severity="warning")

_BILL = (
    Row(("number",), "BR-02"),
    Row(("issue_date",), "BR-03"),
    Row(("type_code",), "BR-04", _PROFILED),
    Row(("currency",), "BR-05"),
    Row((f"seller.{_PARTY}",), "BR-06", _NONE, ours="receivable"),
    Row(("seller.name",), "BR-06", _PROFILED),
    # A ledger's bill names neither its own company nor BT-106 and BT-115: 5.0.3 asks for these of
    # documents that claim EN 16931, of others they are only wanted.
    Row((f"buyer.{_PARTY}",), "BR-07", _NONE, severity="warning", ours="payable"),
    Row(("buyer.name",), "BR-07", _PROFILED),
    Row(("totals.lines",), "BR-12", _BEYOND_MINIMUM - _NONE),
    Row(("totals.lines",), "BR-12", _NONE, severity="warning"),
    Row(("totals.net",), "BR-13", _PROFILED),
    Row(("totals.net",), "BR-13", _NONE, severity="warning"),
    Row(("totals.gross",), "BR-14", _PROFILED),
    Row(("totals.gross|payable",), "BR-14", _NONE),
    Row(("totals.payable",), "BR-15", _PROFILED),
    Row(("totals.payable",), "BR-15", _NONE, severity="warning"),
    Row(("lines|adjustments",), "BR-16", _BEYOND_MINIMUM - {"basic_wl"}),
    # Sales tax comes as a sum or by line, without a breakdown.
    Row(("taxes", "totals.tax", "lines[].taxes|tax_amount"), "BR-CO-18", _NONE, severity="warning"),
    Row(("taxes",), "BR-CO-18", _PROFILED - {"minimum"}),
    _ENTITY,
)
_ORDER = (
    *_rows("number", "issue_date", "currency", f"seller.{_PARTY}", f"buyer.{_PARTY}", "lines"),
    _ENTITY,
)
_MOVED = _rows("lines", "lines[].quantity|value")
_CAUSES = "refs[receipt|order|invoice|sales_order|shipment|despatch]"

FIELDS: dict[str, tuple[Row, ...]] = {
    "invoice": _BILL,
    "credit_note": _BILL,
    "purchase_order": _ORDER,
    "sales_order": _ORDER,
    "order_response": (
        Row(("refs[order]", "lines[].refs[order]")),
        *_rows("lines|response|type_code"),
    ),
    "quote": _rows("lines", "seller|buyer"),
    "goods_receipt": (
        *_MOVED,
        *_rows("number|delivery_note", "posting_date|occurred_at"),
        Row(("refs[order]", "lines[].refs[order]"), severity="warning"),
    ),
    "shipment": (
        *_MOVED,
        *_rows("number|tracking", "from_party|from_location", "to_party|to_location"),
    ),
    "return": (
        *_MOVED,
        Row((_CAUSES, f"lines[].{_CAUSES}")),
    ),
    "inventory_adjustment": (
        *_MOVED,
        *_rows("number", "posting_date"),
        Row(("reason_code", "lines[].reason_code")),
    ),
    "payment": _rows("amount", "currency", "value_date", "from_account|to_account|means"),
    "payment_status": _rows("lines|status"),
    "bank_statement": (
        *_rows("account.id", "transactions[].amount", "transactions[].direction"),
        Row(("id",), severity="warning"),  # many formats have none, and none is invented
        # camt.054 has neither, and BookgDt is optional in every camt message.
        Row(("balances[2]", "period"), severity="warning"),
        Row(("transactions[].booking_date",), severity="warning", unless=_not_booked),
    ),
    "bank_transaction": (
        *_rows("account", "amount", "currency", "direction"),
        Row(("booking_date",), unless=_not_booked),
    ),
    "journal_entry": _rows(
        "posting_date", "lines", "lines[].side", "lines[].amount", "lines[].account"
    ),
    "party": _rows("name", "ids|master_id"),
    "bank_account": _rows("id"),
    "ref_data": _rows("list", "code"),
    "tax_determination": _rows("lines|totals"),
}


class _Step(NamedTuple):
    """One segment of a path."""

    names: tuple[str, ...]
    each: bool
    roles: frozenset[str]
    least: int


class _Test(NamedTuple):
    """A row made ready."""

    row: Row
    paths: tuple[tuple[_Step, ...], ...]
    wanted: str


class _Plan(NamedTuple):
    """The rows of a kind: for a quick glance the first choice of each plain one, then the rest."""

    glance: Callable[[Any], tuple[Any, ...]]
    plain: tuple[_Test, ...]
    further: tuple[_Test, ...]


_segment = re.compile(r"([a-z_|]+)(\[([a-z_|]*)([0-9]*)\])?").fullmatch


def step_of(segment: str) -> _Step:
    """One segment of a path, as the head of this file describes them."""
    parts = _segment(segment)
    if parts is None:
        raise ValueError(f"{segment!r} is not a segment; write name, name[], name[role] or name[2]")
    names, brackets, roles, least = parts.groups()
    each = bool(brackets) and not roles and not least
    wanted = frozenset(roles.split("|")) if roles else frozenset()
    return _Step(tuple(names.split("|")), each, wanted, int(least or 1))


def _test(row: Row) -> _Test:
    paths = tuple(tuple(step_of(each) for each in path.split(".")) for path in row.paths)
    return _Test(row, paths, " or ".join(row.paths).replace("|", " or "))


@cache
def _plan(document: type, profile: Profile | None) -> _Plan:
    rows = FIELDS[document.__struct_config__.tag]  # type: ignore[attr-defined]
    tests = [_test(row) for row in rows if profile in row.profiles]
    plain = [each for each in tests if "[" not in each.row.paths[0] and each.row.unless is None]
    names = [_written(each.paths[0]) for each in plain]
    # A name twice, or the only one would not come as a tuple.
    glance = attrgetter(*names, *names[:1]) if names else tuple
    return _Plan(glance, tuple(plain), tuple(each for each in tests if each not in plain))


def _written(steps: tuple[_Step, ...]) -> str:
    return ".".join(step.names[0] for step in steps)


def _is_absent(value: Any) -> bool:
    """Zero and false are there, an empty list is not."""
    return not value and (value is None or isinstance(value, list))


def _looks_complete(document: Any, plan: _Plan) -> bool:
    try:
        values = plan.glance(document)
    except AttributeError:  # of a part that is not there
        return False
    return all(values) or not any(map(_is_absent, values))


def _gaps(owner: Any, steps: tuple[_Step, ...], row: Row) -> Iterator[str]:
    """Where the path breaks off."""
    step, rest = steps[0], steps[1:]
    if not rest and row.unless is not None and row.unless(owner):
        return
    held = ((name, getattr(owner, name)) for name in step.names)
    name, value = next((each for each in held if not _is_absent(each[1])), (step.names[0], None))
    is_choice = len(row.paths) > 1  # which is not made by having no lines
    if (value is None and (is_choice or not step.each)) or not _suffices(value, step):
        yield _written(steps)
    elif step.each:
        for index, item in enumerate(value or ()):
            yield from (f"{name}[{index}].{gap}" for gap in _gaps(item, rest, row))
    elif rest:
        yield from (f"{name}.{gap}" for gap in _gaps(value, rest, row))


def _suffices(value: Any, step: _Step) -> bool:
    if step.least > 1:
        return len(value) >= step.least
    return not step.roles or any(ref.role in step.roles for ref in value)


@checks(
    "F1",
    "missing_field",
    kinds=EVERY_KIND,
    also=tuple(sorted({row.rule for rows in FIELDS.values() for row in rows if row.rule})),
)
def fields_stated(document: Any, case: Case) -> Findings:
    """Fields that must be stated.

    What a document of its kind needs before it can be validated is there; more where an EN 16931
    profile is claimed. A missing `entity` is only a warning, as a payload cannot know it and the
    context supplies it.

    Map the field; where the original does not state it, ask whoever issued it.
    """
    plan = _plan(document.__class__, case.profile)
    found: list[Finding] = []
    for test in plan.further if _looks_complete(document, plan) else plan.plain + plan.further:
        found += _missing(document, test)
    return found


def _missing(document: Any, test: _Test) -> list[Finding]:
    """What the first path lacks, unless another path lacks nothing."""
    row = test.row
    if row.ours is not None and document.direction == row.ours:
        return []
    gaps = [list(_gaps(document, steps, row)) for steps in test.paths]
    if not all(gaps):
        return []
    message = f"missing; state {test.wanted}"
    return [
        Finding(path, message=message, rule=row.rule, severity=row.severity) for path in gaps[0]
    ]


@checks(
    "F2",
    "direction_unknown",
    kinds=("invoice", "credit_note", "payment", "return"),
    severity="warning",  # most formats cannot say it; the context can
)
def direction_known(document: Any, case: Case) -> Findings:
    """Direction.

    It is known whether we owe or are owed, pay or are paid, send back or get back.

    State the direction in the context, or give it your own identifiers to be recognised by.
    """
    if document.direction is not None:
        return FINE
    message = "neither the payload nor the context says the direction; state it"
    return (Finding("direction", message=message),)
