"""A company or person on either side of a document."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Currency, Maybe, Part, Text, says
from canonical_model.parts.address import Address, Contact
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.terms import Terms

PartyRole = Literal[
    "supplier",
    "customer",
    "legal_entity",
    "employee",
    "bank",
    "carrier",
    "tax_authority",
    "other",
]


class Party(Part, frozen=True, kw_only=True):
    """Who it is, with every identifier that was stated (BG-4, BG-7, BG-10, BG-11)."""

    name: Annotated[Maybe[Text], says("Legal name", "BT-27", "BT-44", "BT-59", "BT-62")] = None
    trading_name: Annotated[Maybe[Text], says("Name it trades under", "BT-28", "BT-45")] = None
    ids: Annotated[
        list[Identifier],
        says(
            "Identifiers by kind: vat, tax, legal, party, endpoint",
            *("BT-29", "BT-30", "BT-31", "BT-32", "BT-34", "BT-46", "BT-47", "BT-48", "BT-49"),
            *("BT-60", "BT-61", "BT-63"),
        ),
    ] = []
    legal_form: Annotated[Maybe[Text], says("Legal form and standing", "BT-33")] = None
    address: Annotated[Maybe[Address], says("Postal address", "BG-5", "BG-8", "BG-12")] = None
    contact: Annotated[Maybe[Contact], says("Whom to ask", "BG-6", "BG-9")] = None
    bank_accounts: Annotated[list[BankAccount], says("Its bank accounts")] = []
    roles: Annotated[list[PartyRole], says("What it is to us")] = []
    currency: Annotated[Maybe[Currency], says("Currency it is usually dealt with in")] = None
    terms: Annotated[Maybe[Terms], says("Payment terms agreed with it")] = None
    active: Annotated[Maybe[bool], says("Whether new business is allowed")] = None
    master_id: Annotated[Maybe[Text], says("Its id in our own master data")] = None
