"""What a party's identifiers are worth: well formed, wrong, missing, at odds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Final, Literal

from canonical_model.base.scalars import Code, Maybe, Part, Text, says
from canonical_model.checks.identifiers import fault_of, masked
from canonical_model.identity import iban
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party

Wanted = Literal["vat", "tax", "legal", "lei", "iban"]

_USUAL: Final[tuple[Wanted, ...]] = ("vat",)
# Prefixes of VAT numbers that are not the country's own code
_COUNTRIES: Final = {"EL": "GR", "XI": "GB"}
_LEI: Final = frozenset({"lei", "0199"})


class IdentifierFinding(Part, frozen=True, kw_only=True):
    """One identifier and what its check digits say; whether it exists is not asked."""

    path: Annotated[Text, says("Place in the party", examples=["ids[0]"])]
    kind: Annotated[Maybe[Code], says("What it identifies")] = None
    scheme: Annotated[Maybe[Code], says("Its scheme")] = None
    value: Annotated[Text, says("Its beginning and end")]
    verdict: Annotated[
        Literal["valid", "invalid", "not_checked"],
        says("Well formed; wrong; or of a scheme that has no check"),
    ]
    why: Annotated[Maybe[Text], says("What is wrong")] = None


class IdentifierReport(Part, frozen=True, kw_only=True):
    """All identifiers of a party."""

    verdict: Annotated[
        Literal["pass", "review"], says("Review where one is wrong, missing or at odds")
    ]
    findings: Annotated[list[IdentifierFinding], says("One for each identifier")] = []
    missing: Annotated[list[Code], says("Identifiers that were asked for and are not there")] = []
    conflicts: Annotated[list[Text], says("What does not go together, in words")] = []


def check_identifiers(party: Party, required: Collection[Wanted] = _USUAL) -> IdentifierReport:
    """Check VAT, tax and register numbers, LEI, BIC and IBAN, and that those required are there."""
    findings = [*_of_ids(party), *_of_accounts(party)]
    missing = [each for each in required if not _has(party, each)]
    conflicts = list(_conflicts(party))
    wrong = any(each.verdict == "invalid" for each in findings)
    return IdentifierReport(
        verdict="review" if wrong or missing or conflicts else "pass",
        findings=findings,
        missing=list(missing),
        conflicts=conflicts,
    )


def _of_ids(party: Party) -> Iterator[IdentifierFinding]:
    for place, each in enumerate(party.ids):
        yield _finding(f"ids[{place}]", each, _country(party))


def _of_accounts(party: Party) -> Iterator[IdentifierFinding]:
    for place, account in enumerate(party.bank_accounts):
        path = f"bank_accounts[{place}]"
        if account.id is not None:
            yield _finding(f"{path}.id", account.id, account.country)
        if account.bic is not None:
            bic = Identifier(value=account.bic, scheme="bic")
            yield _finding(f"{path}.bic", bic, account.country)


def _finding(path: str, each: Identifier, country: str | None) -> IdentifierFinding:
    fault = fault_of(each.kind, each.scheme, each.value, country)
    # What is surely wrong and yet not refused is of a scheme that nobody knows.
    probe = fault_of(each.kind, each.scheme, each.value.strip()[:2] + "?", country)
    verdict: Literal["valid", "invalid", "not_checked"] = "valid" if probe else "not_checked"
    return IdentifierFinding(
        path=path,
        kind=each.kind,
        scheme=each.scheme,
        value=masked(each.value),
        verdict="invalid" if fault else verdict,
        why=f"the {fault} is wrong; compare it with the original" if fault else None,
    )


def _has(party: Party, wanted: Wanted) -> bool:
    if wanted == "iban":
        return any(account.id and iban(account.id.value) for account in party.bank_accounts)
    if wanted == "lei":
        return any((each.scheme or "").casefold() in _LEI for each in party.ids)
    return any(each.kind == wanted for each in party.ids)


def _country(party: Party) -> str | None:
    return party.address.country if party.address is not None else None


def _conflicts(party: Party) -> Iterator[str]:
    """A VAT number or an account of another country is common and legal, and worth a question."""
    home = _country(party)
    if home is None:
        return
    for each in party.ids:
        prefix = each.value.strip()[:2].upper()
        country = _COUNTRIES.get(prefix, prefix)
        if each.kind == "vat" and prefix.isalpha() and country != home:
            yield f"the VAT number is of {country}, the address in {home}; ask which applies"
    for account in party.bank_accounts:
        number = iban(account.id.value) if account.id is not None else None
        if number is not None and number[:2] != home:
            yield f"the account is in {number[:2]}, the address in {home}; confirm the account"
