"""Where two systems disagree about the same documents: state, amounts, dates, master data."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from canonical_model.base.scalars import Code, Count, Instant, Maybe, Part, Text, says
from canonical_model.checks.identifiers import masked
from canonical_model.controls.reconciliation.policy import Aspect
from canonical_model.documents import kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Context, Record
from canonical_model.identity import is_weak, keys, name_norm, rungs
from canonical_model.identity.bank_ledger import account_part
from canonical_model.identity.normalise import amount_text
from canonical_model.identity.record_ids import SOURCE
from canonical_model.parts.party import Party

_ANYONE: Final = Context()
_BETWEEN: Final = ", "
_SECRET: Final = frozenset({"vat", "bank_accounts"})  # compared whole, shown in part


class FieldDifference(Part, frozen=True, kw_only=True):
    """One field that two systems state differently; accounts and numbers are cut."""

    aspect: Annotated[Aspect, says("What it is about")]
    path: Annotated[Text, says("The field", examples=["totals.gross"])]
    left: Annotated[Maybe[Text], says("What the first system says; nothing when absent")] = None
    right: Annotated[Maybe[Text], says("What the second says")] = None


class Disagreement(Part, frozen=True, kw_only=True):
    """A document about which two systems disagree."""

    left: Annotated[Text, says("Handle in the first system")]
    right: Annotated[Text, says("Handle in the second")]
    kind: Annotated[Code, says("Kind of document")]
    number: Annotated[Maybe[Text], says("Its number or name, for people")] = None
    differences: Annotated[list[FieldDifference], says("Where they differ")] = []
    since: Annotated[Maybe[Instant], says("When one of them was last changed")] = None
    age_days: Annotated[Maybe[Count], says("Days since then")] = None


class Agreement(Part, frozen=True, kw_only=True):
    """The comparison of two systems."""

    compared: Annotated[Count, says("Documents that both have")] = 0
    disagreements: Annotated[list[Disagreement], says("Of these, the ones that differ")] = []
    only_left: Annotated[list[Text], says("Handles that only the first has")] = []
    only_right: Annotated[list[Text], says("Handles that only the second has")] = []


def disagreements(
    left: Mapping[str, Record],
    right: Mapping[str, Record],
    as_of: datetime.datetime | None = None,
    context: Context = _ANYONE,
) -> Agreement:
    """Compare what two systems say about the documents they share, oldest difference first.

    Documents are one by any natural key that identifies for sure. What only one of the two states
    is no disagreement, except the state. `as_of`, a moment with its offset, gives the age.
    """
    pairs = dict(_paired(left, right, context))
    found = [_compared(one, left[one], two, right[two], as_of) for one, two in pairs.items()]
    differing = [each for each in found if each.differences]
    return Agreement(
        compared=len(found),
        disagreements=sorted(differing, key=lambda each: (-(each.age_days or 0), each.left)),
        only_left=[each for each in sorted(left) if each not in pairs],
        only_right=sorted(set(right) - set(pairs.values())),
    )


def _paired(
    left: Mapping[str, Record], right: Mapping[str, Record], context: Context
) -> Iterator[tuple[str, str]]:
    """Each document of the first system with its twin; no twin is given twice."""
    known: dict[str, str] = {}
    for handle in sorted(right):
        for key in _strong(right[handle], context):
            known.setdefault(key, handle)
    taken: set[str] = set()
    for handle in sorted(left):
        found = (known.get(key) for key in _strong(left[handle], context))
        twin = next((each for each in found if each is not None and each not in taken), None)
        if twin is not None:
            taken.add(twin)
            yield handle, twin


def _strong(record: Record, context: Context) -> list[str]:
    stated = record.keys or keys(record.document, record.source, context)
    return [each.hash for each in stated if each.basis != SOURCE and not is_weak(each)]


def _compared(
    one: str, left: Record, two: str, right: Record, as_of: datetime.datetime | None
) -> Disagreement:
    since = _changed(left, right)
    age = (as_of - since).days if as_of is not None and since is not None else None
    document = left.document
    name = getattr(document, "number", None) or getattr(document, "name", None)
    return Disagreement(
        left=one,
        right=two,
        kind=kind_of(document),
        number=name if isinstance(name, str) else None,
        differences=[*_of_state(left, right), *_of_document(left.document, right.document)],
        since=since,
        age_days=max(age, 0) if age is not None else None,
    )


def _changed(left: Record, right: Record) -> datetime.datetime | None:
    """They differ at the latest since the later of the two last changed."""
    sources = [each.source for each in (left, right) if each.source is not None]
    moments = [each.updated_at or each.created_at for each in sources]
    return max((each for each in moments if each is not None), default=None)


def _of_state(left: Record, right: Record) -> Iterator[FieldDifference]:
    for path in ("state", "payment_status", "archive_reason"):
        ours, theirs = getattr(left, path), getattr(right, path)
        both = ours is not None and theirs is not None
        if ours != theirs and (both or path == "archive_reason"):
            yield FieldDifference(aspect="state", path=path, left=ours, right=theirs)


def _of_document(left: Any, right: Any) -> Iterator[FieldDifference]:
    for aspect, path, read in _FIELDS:
        ours, theirs = read(left), read(right)
        if ours and theirs and ours != theirs:
            show = _cut if path in _SECRET else str
            yield FieldDifference(aspect=aspect, path=path, left=show(ours), right=show(theirs))


Reader = Callable[[Any], str]


def _amount(*path: str) -> Reader:
    return lambda document: _decimal(_at(document, path))


def _plain(*path: str) -> Reader:
    return lambda document: str(value) if (value := _at(document, path)) is not None else ""


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = getattr(document, name, None)
    return document


def _decimal(value: Any) -> str:
    return amount_text(value) if isinstance(value, Decimal) and value.is_finite() else ""


def _party(document: Any) -> Party | None:
    if isinstance(document, Party):
        return document
    if isinstance(document, Payment):
        return document.payer if document.direction == "in" else document.payee
    if isinstance(document, Bill):
        return document.buyer if document.direction == "receivable" else document.seller
    return None


def _name(document: Any) -> str:
    party = _party(document)
    return name_norm((party and party.name) or "")


def _vat(document: Any) -> str:
    found = (rung for basis, rung in rungs(_party(document)) if basis == "vat")
    return next(found, "").partition(":")[2]


def _accounts(document: Any) -> str:
    party = _party(document)
    stated = [*(party.bank_accounts if party is not None else [])]
    if isinstance(document, Bill):
        stated += [account for way in document.payment for account in way.accounts]
    numbers = {account_part(each.id).partition(":")[2] for each in stated}
    return _BETWEEN.join(sorted(numbers - {""}))


def _cut(text: str) -> str:
    return _BETWEEN.join(masked(each) for each in text.split(_BETWEEN))


_FIELDS: Final[tuple[tuple[Aspect, str, Reader], ...]] = (
    *(
        ("amount", f"totals.{name}", _amount("totals", name))
        for name in ("net", "tax", "gross", "payable")
    ),
    ("amount", "balance", _amount("balance")),
    ("amount", "amount", _amount("amount")),
    ("amount", "currency", _plain("currency")),
    ("state", "settlement", _plain("settlement")),
    *(
        ("dates", name, _plain(name))
        for name in ("issue_date", "due_date", "posting_date", "value_date", "booking_date")
    ),
    ("master_data", "name", _name),
    ("master_data", "vat", _vat),
    ("master_data", "bank_accounts", _accounts),
    *(
        ("master_data", f"address.{name}", _plain("address", name))
        for name in ("postcode", "country")
    ),
    ("master_data", "terms.net_days", _plain("terms", "net_days")),
    ("master_data", "active", _plain("active")),
)
