"""Reference data of a ledger."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Maybe, Part, Text, says

RefList = Literal[
    "account",
    "tax_rate",
    "dimension",
    "dimension_value",
    "item",
    "payment_term",
    "unit",
    "location",
]


class RefData(Part, tag_field="kind", tag="ref_data", frozen=True, kw_only=True):
    """One row of a ledger's list: an account, tax rate, dimension, item, term, unit, location."""

    list: Annotated[Maybe[RefList], says("Which list")] = None
    code: Annotated[Maybe[Code], says("Its code")] = None
    name: Annotated[Maybe[Text], says("Its name")] = None
    parent: Annotated[Maybe[Code], says("Code of the row above it")] = None
    active: Annotated[Maybe[bool], says("Whether it may be used")] = None
    attributes: Annotated[dict[str, Text], says("Further properties")] = {}
