"""A value that names something within a scheme."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Maybe, Part, Text, says

IdentifierKind = Literal[
    "vat", "tax", "legal", "party", "endpoint", "creditor", "account", "item", "object", "other"
]


class Identifier(Part, frozen=True, kw_only=True):
    """An identifier with the role it plays and the scheme it belongs to."""

    value: Annotated[Text, says("The identifier itself", examples=["DE123456789"])]
    kind: Annotated[
        Maybe[IdentifierKind], says("What it identifies: vat, tax, legal, party, endpoint, …")
    ] = None
    scheme: Annotated[
        Maybe[Code], says("ISO 6523 ICD or EAS code, or iban, bic, bban, us-aba, gln, duns, lei")
    ] = None
