"""All amounts, codes and identifiers of a document, wherever its kind has a field for them.

What a field holds is read from its declaration once, so a new field is looked at without further
ado. A census collects the values, like with like and quickly; where one of them is not in order, a
walk tells where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from msgspec import inspect

from canonical_model.documents.bank_statement import Balance
from canonical_model.documents.invoice import Bill
from canonical_model.documents.order_response import OrderResponse
from canonical_model.documents.payment import Allocation, Payment
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.tax import Tax, TaxTotal
from canonical_model.parts.terms import Instruction

Census: TypeAlias = dict[str, list[Any]]
"""Values by sort: amount, bic, the name of a code list; identifiers each with their owner."""

AMOUNT, BIC, IDENTIFIER = "amount", "bic", "identifier"

# The sort of a field by its name, in a class or in any.
_SORTS: dict[tuple[type, str], str] = {
    (object, "bic"): BIC,
    (object, "unit"): "unit",
    (object, "base_unit"): "unit",
    (Tax, "category"): "tax_category",
    (TaxTotal, "category"): "tax_category",
    (TaxTotal, "exemption_code"): "tax_exemption",
    (Bill, "type_code"): "document_type",
    (OrderResponse, "type_code"): "response_code",
    (Instruction, "means"): "payment_means",
    (Payment, "means"): "payment_means",
    (Balance, "type"): "balance_type",
}
_BY_LENGTH = {3: "currency", 2: "country"}
_ALL_SORTS = (AMOUNT, IDENTIFIER, *dict.fromkeys(_SORTS.values()), *_BY_LENGTH.values())


class Place(NamedTuple):
    """A value of a document, and the struct that holds it."""

    path: str
    sort: str
    value: Any
    owner: Any


class Shape:
    """The fields of interest of one class of struct."""

    __slots__ = ("below", "leaves")

    def __init__(self, cls: type) -> None:
        self.leaves: list[tuple[str, str, bool]] = []
        self.below: list[tuple[str, bool, Shape]] = []
        info = inspect.type_info(cls)
        for field in info.fields if isinstance(info, inspect.StructType) else ():
            self._add(cls, field)

    def _add(self, cls: type, field: inspect.Field) -> None:
        node = _bare(field.type)
        many = isinstance(node, inspect.ListType)
        inner = _bare(node.item_type) if isinstance(node, inspect.ListType) else node
        sort = _sort_of(cls, field.name, inner)
        if sort is not None:
            self.leaves.append((field.name, sort, many))
        elif isinstance(inner, inspect.StructType):
            shape = shape_of(inner.cls)
            if shape.leaves or shape.below:
                self.below.append((field.name, many, shape))

    def walk(self, part: Any, prefix: str = "") -> Iterator[Place]:
        """Every value of interest in this struct and below it."""
        for name, sort, _ in self.leaves:
            for path, value in _held(part, name, prefix):
                yield Place(path, sort, value, part)
        for name, _, shape in self.below:
            for path, value in _held(part, name, prefix):
                yield from shape.walk(value, f"{path}.")


def _held(part: Any, name: str, prefix: str) -> Iterator[tuple[str, Any]]:
    value = getattr(part, name)
    if isinstance(value, list):
        yield from ((f"{prefix}{name}[{index}]", item) for index, item in enumerate(value))
    elif value is not None:
        yield f"{prefix}{name}", value


shape_of = cache(Shape)


def census_of(document: Any) -> Census:
    """All values of interest of a document; absent ones may be there as None."""
    census: Census = {sort: [] for sort in _ALL_SORTS}
    _gatherer(document.__class__)(document, census)
    return census


def walk(document: Any) -> Iterator[Place]:
    """All values of interest of a document, with their paths."""
    return shape_of(document.__class__).walk(document)


@cache
def _gatherer(cls: type) -> Callable[[Any, Census], None]:
    """A function that adds what is in a document of that class to a census.

    It is written out and compiled, as dataclasses are: attributes by their names take a fifth of
    the time that any loop over a table takes, and this runs for every line of every document. Only
    the names of our own fields go into it.
    """
    text = ["def gather(part, census):"]
    text += [f"    {sort} = census[{sort!r}]" for sort in _ALL_SORTS]
    text += _statements(shape_of(cls), "part", "    ")
    names: dict[str, Any] = {}
    exec("\n".join(text), names)  # noqa: S102
    gather: Callable[[Any, Census], None] = names["gather"]
    return gather


def _statements(shape: Shape, part: str, indent: str) -> Iterator[str]:
    for sort in dict.fromkeys(sort for _, sort, _ in shape.leaves if sort != IDENTIFIER):
        values = "".join(f"{part}.{name}, " for name, own, _ in shape.leaves if own == sort)
        yield f"{indent}{sort} += ({values})"
    for name, sort, many in shape.leaves:
        if sort == IDENTIFIER:
            yield indent + _each(part, name, many)
            yield f"{indent}    identifier.append(({part}_{name}, {part}))"
    for name, many, below in shape.below:
        yield indent + _each(part, name, many)
        yield from _statements(below, f"{part}_{name}", indent + "    ")


def _each(part: str, name: str, many: bool) -> str:
    held = f"{part}.{name}"
    return f"for {part}_{name} in {held}:" if many else f"if ({part}_{name} := {held}) is not None:"


def _sort_of(cls: type, name: str, node: inspect.Type) -> str | None:
    for (owner, field), sort in _SORTS.items():
        if field == name and issubclass(cls, owner):
            return sort
    if isinstance(node, inspect.StructType):
        return IDENTIFIER if node.cls is Identifier else None
    if isinstance(node, inspect.StrType) and node.min_length == node.max_length:
        return _BY_LENGTH.get(node.max_length or 0)
    # An allocation is in the currency of its target, which is not stated.
    return AMOUNT if _is_amount(node) and cls is not Allocation else None


def _is_amount(node: inspect.Type) -> bool:
    extra = node.extra_json_schema if isinstance(node, inspect.Metadata) else None
    return extra is not None and extra.get("x-scalar") == "amount"


def _bare(node: inspect.Type) -> inspect.Type:
    """A type without its descriptions and without None; money stays marked as such."""
    if isinstance(node, inspect.Metadata) and not _is_amount(node):
        return _bare(node.type)
    if isinstance(node, inspect.UnionType):
        return _bare(next(each for each in node.types if not isinstance(each, inspect.NoneType)))
    return node
