"""Exact scalars, named for what they hold.

Fields are declared as `Annotated[Maybe[Amount], says("meaning", "BT-106")] = None`: the meaning
and the standard's own term stand where the field is declared, and the JSON Schema repeats them.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Optional, TypeVar

from msgspec import Meta, Struct, structs

_T = TypeVar("_T")

if TYPE_CHECKING:
    Maybe = Optional[_T]  # noqa: UP045  (mypy reads no other spelling as a generic alias)
else:

    class Maybe:
        """A value that may be absent: `None` in Python, left out on the wire, never null."""

        def __class_getitem__(cls, item: Any) -> Any:
            return item


# `$(?!\n)`: in Python alone `$` also matches before a final line break.
DECIMAL_PATTERN = r"^(?!-0(\.0+)?$)-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$(?!\n)"
"""No exponent, blank, sign but minus, leading zero or negative zero."""

DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)"
_DAY_AND_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
INSTANT_PATTERN = rf"^{_DAY_AND_TIME}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$(?!\n)"


def says(meaning: str, *terms: str, examples: list[Any] | None = None) -> Meta:
    """The meaning of a field and the terms of the standards it stands for (BT-1, Ntry/Amt)."""
    suffix = f" ({', '.join(terms)})" if terms else ""
    extra = {"x-terms": list(terms)} if terms else None
    return Meta(description=meaning + suffix, examples=examples, extra_json_schema=extra)


def _decimal(scalar: str) -> Meta:
    schema = {"type": "string", "pattern": DECIMAL_PATTERN, "x-scalar": scalar}
    return Meta(extra_json_schema=schema)


Amount = Annotated[Decimal, _decimal("amount")]
"""Money, padded to the currency's decimals: "119.00"."""

Number = Annotated[Decimal, _decimal("number")]
"""A price, quantity, percent or rate, without trailing zeros; "19" is 19 %."""

Text = Annotated[str, Meta(min_length=1)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Currency = Annotated[str, Meta(min_length=3, max_length=3, examples=["EUR"])]
Country = Annotated[str, Meta(min_length=2, max_length=2, examples=["DE"])]
Date = Annotated[datetime.date, Meta(extra_json_schema={"pattern": DATE_PATTERN})]
Instant = Annotated[
    datetime.datetime, Meta(tz=True, extra_json_schema={"pattern": INSTANT_PATTERN})
]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Part(
    Struct,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
):
    """Base of all structs: immutable, by name only, absent fields left out, nothing unknown."""


def in_utc(part: Part, *names: str) -> None:
    """Bring the named instants to UTC, so that one moment has one spelling and one hash."""
    for name in names:
        value = getattr(part, name)
        if value is not None and value.tzinfo is not datetime.UTC:
            structs.force_setattr(part, name, _utc(value))


def _utc(value: datetime.datetime) -> datetime.datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without an offset; write a time zone, such as Z")
    try:
        return value.astimezone(datetime.UTC)
    except OverflowError as error:
        raise ValueError("a moment outside the calendar; years 1 to 9999 work") from error
