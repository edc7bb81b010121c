"""References with check digits that a payer is asked to quote: recognised, found in free text.

ISO 11649 (RF), the Swiss QR reference, the Belgian structured communication (OGM-VCS), the Finnish
reference and the Norwegian KID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final, Literal

from stdnum import iso11649, luhn
from stdnum.ch import esr

from canonical_model.base.scalars import Part, Text, says

Scheme = Literal["iso11649", "qrr", "ogm", "fi", "kid"]

_QRR = 27
_OGM = 12
_LONGEST_RF = 25
_SHORTEST = 4
_SHORTEST_IN_TEXT = 6
_MOST_GROUPS = 8
_LONGEST_TEXT = 4000
_NOISE = re.compile(r"[^0-9A-Z]")
_RF = re.compile(r"(?<![0-9A-Z])RF[0-9]{2}")
_RF_GROUP = re.compile(r" ?([0-9A-Z]+)")
_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ /.][0-9]+)*(?![0-9A-Za-z])")


class PaymentReference(Part, frozen=True, kw_only=True):
    """A reference whose check digits are right."""

    scheme: Annotated[Scheme, says("Which rules it follows")]
    value: Annotated[Text, says("Its letters and digits, without leading zeros and blanks")]


def reference_of(text: str) -> PaymentReference | None:
    """The reference that a whole field holds; None when no scheme's check digits agree."""
    compact = _NOISE.sub("", text[:_LONGEST_TEXT].upper())
    if compact.startswith("RF"):
        right = len(compact) <= _LONGEST_RF and iso11649.is_valid(compact)
        return PaymentReference(scheme="iso11649", value=compact) if right else None
    if text.strip().endswith("-") and compact.isdigit():
        compact += "-"  # KID: the check character of modulus 11 for a remainder of ten
    scheme = _scheme(compact)
    return PaymentReference(scheme=scheme, value=plain_reference(compact)) if scheme else None


def references_in(text: str) -> list[PaymentReference]:
    """Every reference in a free text, in groups or in one, in the order in which they stand.

    Short numbers are right by chance one time in ten: what is found counts only where it is also
    the reference of something that is open.
    """
    found = possible_references(text)
    # Part of a longer one is right by chance.
    return [each for each in found if not any(_within(each, other) for other in found)]


def possible_references(text: str) -> list[PaymentReference]:
    """The same with what may be a part of another, for whoever knows which there are."""
    text = text[:_LONGEST_TEXT]
    found = [*_creditor_references(text.upper()), *_national_references(text)]
    return list(dict.fromkeys(found))


def _within(one: PaymentReference, other: PaymentReference) -> bool:
    return one.value != other.value and one.value in other.value


def plain_reference(text: str) -> str:
    """A reference as it is compared: capitals and digits, a plain number without leading zeros."""
    compact = re.sub(r"[^0-9A-Z-]", "", text.upper())
    compact = compact if compact[:-1].isdigit() else compact.replace("-", "")
    return compact.lstrip("0") if compact[:1] == "0" else compact


def body_of(reference: PaymentReference) -> str:
    """What an ISO 11649 reference wraps, often a national reference or the invoice's number."""
    return reference.value[4:].lstrip("0") if reference.scheme == "iso11649" else reference.value


def _scheme(digits: str) -> Scheme | None:
    if not digits.removesuffix("-").isdecimal() or len(digits) < _SHORTEST:
        return None
    if len(digits) == _QRR and digits.isdecimal():
        return "qrr" if esr.calc_check_digit(digits[:-1]) == digits[-1] else None
    if len(digits) == _OGM and digits.isdecimal() and _is_ogm(digits):
        return "ogm"
    if _is_finnish(digits):
        return "fi"
    return "kid" if _is_kid(digits) else None


def _is_ogm(digits: str) -> bool:
    # Febelfin: the last two are the remainder of the first ten by 97, where 97 stands for none.
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


def _is_finnish(digits: str) -> bool:
    """Weights 7, 3, 1 from the right (Finance Finland, reference number)."""
    if not digits.isdecimal() or len(digits) > 20:
        return False
    weighed = (
        int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits[:-1]))
    )
    return (-sum(weighed)) % 10 == int(digits[-1])


def _is_kid(digits: str) -> bool:
    """Modulus 10 or 11 (Nets, OCR giro): 2 to 25 digits."""
    if len(digits) > 25:
        return False
    if digits.isdecimal() and luhn.is_valid(digits):
        return True
    weighed = (int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits[:-1])))
    check = -sum(weighed) % 11
    return digits[-1] == ("-" if check == 10 else str(check))


def _creditor_references(text: str) -> Iterator[PaymentReference]:
    for start in _RF.finditer(text):
        groups = _grouped(text[start.start() : start.start() + 2 * _LONGEST_RF])
        for count in range(len(groups), 0, -1):
            if found := reference_of("".join(groups[:count])):
                yield found
                break


def _grouped(text: str) -> list[str]:
    """The words that may belong to a reference: one, or several of four characters each."""
    groups = _RF_GROUP.findall(text)
    if len(groups[0]) > _SHORTEST:
        return groups[:1]
    full = next((n for n, each in enumerate(groups) if len(each) != _SHORTEST), len(groups))
    last_is_short = full < len(groups) and len(groups[full]) < _SHORTEST
    return groups[: full + last_is_short]


def _national_references(text: str) -> Iterator[PaymentReference]:
    for run in _DIGITS.finditer(text):
        groups = re.split(r"[ /.]", run.group())
        for first in range(len(groups)):
            for after in range(first + 1, min(len(groups), first + _MOST_GROUPS) + 1):
                joined = "".join(groups[first:after])
                if len(joined) > _QRR:
                    break
                if len(joined) >= _SHORTEST_IN_TEXT and _regular(groups[first:after]):
                    yield from filter(None, [reference_of(joined)])


def _regular(groups: list[str]) -> bool:
    """Whether a number is grouped as references are: alike, but for a shorter first or last."""
    lengths = [len(each) for each in groups]
    if lengths == [3, 4, 5] or len(groups) == 1:
        return True
    inner = lengths[1:-1] or [max(lengths)]
    if any(one != other for one, other in pairwise(inner)):
        return False
    return lengths[0] <= inner[0] and lengths[-1] <= inner[0] and inner[0] > 1


PREFIX: Final = "ref:"
_UNCHECKED: Final = "said:"
_TELLING: Final = 8


def reference_keys(text: str | None) -> frozenset[str]:
    """Under which a stated reference is found: itself, and what an RF reference wraps.

    A short one without check digits, such as 118, stands apart: that two say it means less.
    """
    if not text or not (compact := plain_reference(text[:_LONGEST_TEXT])):
        return frozenset()
    found = reference_of(text)
    if found is None:
        return frozenset({(PREFIX if len(compact) >= _TELLING else _UNCHECKED) + compact})
    bodies = {body_of(found)} if len(body_of(found)) >= _SHORTEST else set()
    return frozenset(PREFIX + each for each in {found.value, *bodies})
