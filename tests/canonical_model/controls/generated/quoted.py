"""Payment references as creditors of several countries make them, and as payers copy them."""

from __future__ import annotations

from random import Random

from tests.canonical_model.controls.generated.noise import mistyped

COUNTRIES = ("DE", "DE", "DE", "CH", "BE", "FI", "NO", "SE")


def reference(chance: Random, country: str, number: str) -> str | None:
    """The reference a creditor of that country prints; Germans and Swedes often print none."""
    digits = "".join(each for each in number if each.isdigit()).rjust(4, "0")[-9:]
    if country == "CH":
        return swiss(f"{chance.randrange(10**9):09}{digits}".rjust(26, "0"))
    if country == "BE":
        return belgian(f"{chance.randrange(1, 10)}{digits}".rjust(10, "0")[-10:])
    if country == "FI":
        return finnish(f"{chance.randrange(1, 100)}{digits}")
    if country == "NO":
        return norwegian(f"{chance.randrange(10, 1000)}{digits}")
    return creditor(f"{chance.randrange(10**6):06}{digits}") if chance.random() < 0.3 else None


def swiss(base: str) -> str:
    """QR reference: modulus 10, recursive (SIX)."""
    carry = 0
    for digit in base:
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(digit)) % 10]
    return f"{base}{(10 - carry) % 10}"


def belgian(base: str) -> str:
    """OGM-VCS: the remainder by 97, where 97 stands for none."""
    digits = f"{base}{int(base) % 97 or 97:02}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def finnish(base: str) -> str:
    """Weights 7, 3, 1 from the right."""
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(base[::-1]))
    return f"{base}{-total % 10}"


def norwegian(base: str) -> str:
    """KID, modulus 10."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(base[::-1]))
    return f"{base}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


def creditor(body: str) -> str:
    """ISO 11649: RF and two check digits."""
    return f"RF{98 - int(body + '271500') % 97:02}{body}"


def in_a_text(chance: Random, quoted: str) -> str:
    """The reference as a payer types it into a free field: in groups, among words."""
    digits = "".join(each for each in quoted if each.isalnum())
    way = chance.random()
    if way < 0.4:
        quoted = digits
    elif way < 0.7 and digits.startswith("RF"):
        quoted = " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))
    elif way < 0.7 and len(digits) != 12:
        first = len(digits) % 5
        groups = [digits[place : place + 5] for place in range(first, len(digits), 5)]
        quoted = " ".join(filter(None, [digits[:first], *groups]))
    if chance.random() < 0.02:
        quoted = mistyped(chance, quoted)
    before = chance.choice(("", "Ref ", "Rechnung ", "ref. ", "payment "))
    return f"{before}{quoted}{chance.choice(('', ' danke', ' thanks', ' 2026'))}"
