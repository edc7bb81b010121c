"""Returns; the file avoids the name of a Python keyword."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Maybe, says
from canonical_model.documents.movement import Movement


class Return(Movement, tag_field="kind", tag="return", frozen=True, kw_only=True):
    """Goods that go back; linked to the credit note that settles it."""

    direction: Annotated[
        Maybe[Literal["to_supplier", "from_customer"]], says("Which way they go")
    ] = None
    expects: Annotated[
        Maybe[Literal["credit", "replacement", "repair", "none"]], says("What is owed for them")
    ] = None
