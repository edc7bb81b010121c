"""Transforms of codes of standard lists, from the other ways in which people write them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from canonical_model.base.codes import code_list
from connectors._transforms.registry import transform
from connectors._transforms.texts import spelled
from connectors.errors import TransformError

# Names in everyday use that ISO 3166-1 does not list.
_EVERYDAY = {
    **dict.fromkeys(("uk", "great britain", "england", "scotland", "wales"), "GB"),
    **dict.fromkeys(("northern ireland",), "GB"),
    **dict.fromkeys(("united states of america", "america"), "US"),
    **{"holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "russia": "RU"},
    **{"south korea": "KR", "korea": "KR", "north korea": "KP", "vietnam": "VN", "turkey": "TR"},
    **{"taiwan": "TW", "ivory coast": "CI", "macedonia": "MK", "swaziland": "SZ"},
    **{"laos": "LA", "syria": "SY", "burma": "MM", "cape verde": "CV", "brunei": "BN"},
    **{"republic of ireland": "IE", "eire": "IE", "deutschland": "DE", "espana": "ES"},
    **{"oesterreich": "AT", "schweiz": "CH", "italia": "IT", "belgie": "BE", "sverige": "SE"},
}
_inverted = re.compile(r"([^,]+), .+").fullmatch
_needless = re.compile(r"[.\s]+").sub
_iban = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}").fullmatch


@cache
def _countries() -> dict[str, str]:
    """Codes by everything that stands for them: codes of two and three letters, and names."""
    found, shortened = dict(_EVERYDAY), dict[str, list[str]]()
    for code, row in code_list("country").codes.items():
        name = row["name"].casefold()
        for each in (name, row["alpha3"].casefold(), code.casefold()):
            found.setdefault(each, code)
        if short := _inverted(name):
            shortened.setdefault(short[1], []).append(code)
    # "Iran, Islamic Republic of" is Iran; but two entries begin with Virgin Islands.
    only = {name: codes[0] for name, codes in shortened.items() if len(codes) == 1}
    return {**only, **found}


@transform()
def country(value: Any) -> str | None:
    """ISO 3166-1 code of two letters, from that, from three letters or an English name."""
    text = spelled(value).strip()
    if not text:
        return None
    known = _countries()
    code = known.get(text.casefold()) or known.get(_needless("", text).casefold())
    if code is None:
        raise TransformError("a country, by its ISO 3166-1 code or English name")
    return code


@transform()
def account_scheme(value: Any) -> str | None:
    """`iban` for an account number whose check digits are those of an IBAN, else nothing."""
    solid = "".join(spelled(value).split())
    if _iban(solid) is None:
        return None
    # ISO 13616: country and check digits to the end, letters as 10 to 35, remainder 1.
    digits = "".join(str(int(character, 36)) for character in solid[4:] + solid[:4])
    return "iban" if int(digits) % 97 == 1 else None
