"""Whether the account to pay to is the one we know: the most common payment fraud changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from canonical_model.base.scalars import Code, Maybe, Part, Text, says
from canonical_model.checks.identifiers import masked
from canonical_model.controls.screening.likeness import alike
from canonical_model.documents.invoice import Bill
from canonical_model.identity import iban
from canonical_model.identity.bank_ledger import account_part
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.party import Party

ChangeKind = Literal[
    "new_account",
    "account_gone",
    "holder_differs",
    "bank_abroad",
    "number_invalid",
    "unverified",
]
_HOLDER_ALIKE: Final = 70
_CHANGED: Final = frozenset({"new_account", "holder_differs", "bank_abroad", "number_invalid"})


class BankDetailChange(Part, frozen=True, kw_only=True):
    """One way in which an account is not the one we know."""

    kind: Annotated[ChangeKind, says("What is different")]
    account: Annotated[Text, says("Beginning and end of the account's number")]
    path: Annotated[Maybe[Text], says("Place where it is stated")] = None
    why: Annotated[Text, says("In words, with what to do")]


class BankDetailCheck(Part, frozen=True, kw_only=True):
    """The outcome; anything but `known` holds payments until somebody has asked the supplier."""

    verdict: Annotated[
        Literal["known", "changed", "unverified", "none"],
        says("As we know it; changed; known but never confirmed; no account stated"),
    ]
    code: Annotated[Maybe[Code], says("Exception to open")] = None
    changes: Annotated[list[BankDetailChange], says("What is different")] = []


def check_bank_details(known: Party, stated: Party | Bill) -> BankDetailCheck:
    """Compare the accounts of a changed master record, or of an invoice, with those we know."""
    bill = isinstance(stated, Bill)
    accounts = list(_of_bill(stated) if isinstance(stated, Bill) else _of_party(stated))
    ours = {_number(each): each for each in known.bank_accounts if _number(each)}
    changes = [each for path, account in accounts for each in _changes(path, account, known, ours)]
    if not bill:
        changes += _gone(ours, {_number(account) for _, account in accounts})
    kinds = {each.kind for each in changes}
    if kinds & _CHANGED:
        return BankDetailCheck(verdict="changed", code="bank_account_changed", changes=changes)
    if "unverified" in kinds:
        code = "bank_account_unverified"
        return BankDetailCheck(verdict="unverified", code=code, changes=changes)
    return BankDetailCheck(verdict="known" if accounts else "none", changes=changes)


def _of_party(party: Party) -> Iterator[tuple[str, BankAccount]]:
    for place, account in enumerate(party.bank_accounts):
        yield f"bank_accounts[{place}]", account


def _of_bill(bill: Bill) -> Iterator[tuple[str, BankAccount]]:
    for way, instruction in enumerate(bill.payment):
        for place, account in enumerate(instruction.accounts):
            yield f"payment[{way}].accounts[{place}]", account
    for name in ("payee", "seller"):
        party: Party | None = getattr(bill, name)
        if party is not None:
            for path, account in _of_party(party):
                yield f"{name}.{path}", account


def _number(account: BankAccount) -> str:
    return account_part(account.id)


def _changes(
    path: str, account: BankAccount, known: Party, ours: dict[str, BankAccount]
) -> Iterator[BankDetailChange]:
    number = _number(account)
    if not number:
        return
    shown = masked(number.partition(":")[2])
    if number in ours:
        if ours[number].verified_at is None:
            why = "the account is known, but nobody has confirmed it; call the supplier"
            yield BankDetailChange(kind="unverified", account=shown, path=path, why=why)
        return
    why = "the account is not one we know; confirm it by a number you already had"
    yield BankDetailChange(kind="new_account", account=shown, path=path, why=why)
    yield from _suspicious(path, account, known, shown)


def _suspicious(
    path: str, account: BankAccount, known: Party, shown: str
) -> Iterator[BankDetailChange]:
    """What makes a new account worse."""
    holder = account.holder or account.name
    names = [each for each in (known.name, known.trading_name) if each]
    if holder and names and not any(alike(holder, each, _HOLDER_ALIKE) for each in names):
        why = "its holder is called otherwise than the supplier; ask why"
        yield BankDetailChange(kind="holder_differs", account=shown, path=path, why=why)
    stated = account.id
    if stated is not None and stated.scheme == "iban" and iban(stated.value) is None:
        why = "its check digits are wrong; ask for the number again"
        yield BankDetailChange(kind="number_invalid", account=shown, path=path, why=why)
    country = _country(account)
    homes = {known.address.country if known.address is not None else None}
    homes |= {_country(each) for each in known.bank_accounts}
    if country is not None and homes - {None} and country not in homes:
        why = f"it is in {country}, where the supplier had no account so far; ask why"
        yield BankDetailChange(kind="bank_abroad", account=shown, path=path, why=why)


def _country(account: BankAccount) -> str | None:
    number = iban(account.id.value) if account.id is not None else None
    return number[:2] if number is not None else account.country


def _gone(ours: dict[str, BankAccount], stated: set[str]) -> Iterator[BankDetailChange]:
    for number in sorted(set(ours) - stated):
        shown = masked(number.partition(":")[2])
        why = "an account we know is no longer stated; ask whether it is closed"
        yield BankDetailChange(kind="account_gone", account=shown, why=why)
