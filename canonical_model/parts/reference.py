"""Links to other documents, remarks and files."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Count, Date, Maybe, Part, Text, says

RefRole = Literal[
    "order",
    "sales_order",
    "contract",
    "project",
    "tender",
    "receipt",
    "despatch",
    "invoice",
    "preceding",
    "credit",
    "object",
    "payment",
    "bank_transaction",
    "journal",
    "return",
    "shipment",
    "quote",
    "other",
]


class Ref(Part, frozen=True, kw_only=True):
    """A link to another document, resolved (`id`) or not."""

    role: Annotated[RefRole, says("What the other document is to this one")]
    number: Annotated[
        Maybe[Text],
        says(
            "Its number as stated",
            *("BT-11", "BT-12", "BT-13", "BT-14", "BT-15", "BT-16", "BT-17", "BT-18", "BT-25"),
            *("BT-128", "RfrdDocInf/Nb"),
        ),
    ] = None
    line: Annotated[Maybe[Text], says("The line of it that is meant", "BT-132")] = None
    id: Annotated[Maybe[Text], says("Record id or the system's own id, once known")] = None
    date: Annotated[Maybe[Date], says("Its issue date", "BT-26", "RfrdDocInf/RltdDt")] = None
    scheme: Annotated[Maybe[Code], says("Scheme of the number", "BT-18-1", "BT-128-1")] = None


class Note(Part, frozen=True, kw_only=True):
    """A remark."""

    text: Annotated[Text, says("The remark", "BT-22")]
    code: Annotated[Maybe[Code], says("Its subject, UNTDID 4451", "BT-21")] = None


class Attachment(Part, frozen=True, kw_only=True):
    """A file that belongs to the document, by the hash of its content; never the bytes (BG-24)."""

    name: Annotated[Maybe[Text], says("File name", "BT-125")] = None
    mime: Annotated[Maybe[Code], says("Media type", "BT-125")] = None
    sha256: Annotated[Maybe[Text], says("SHA-256 of the bytes, hexadecimal", "BT-125")] = None
    size: Annotated[Maybe[Count], says("Length in bytes")] = None
    uri: Annotated[Maybe[Text], says("Where it can be fetched", "BT-124")] = None
    ref: Annotated[Maybe[Text], says("Its own reference", "BT-122")] = None
    description: Annotated[Maybe[Text], says("What it shows", "BT-123")] = None
    role: Annotated[Maybe[Text], says("Why it is attached: original, evidence, timesheet")] = None
