"""Check digits and shapes of identifiers, as far as python-stdnum knows their scheme.

Its modules are read when the first identifier of a scheme is met, and verdicts are kept, as the
same parties come again and again.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from itertools import chain
from typing import Any

from canonical_model.checks.case import Case
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import EVERY_KIND, checks
from canonical_model.checks.scan import BIC, IDENTIFIER, walk
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party

# Scheme (ISO 6523, EAS, or our own word) and the modules of stdnum that know it
_SCHEMES: dict[str, tuple[str, ...]] = {
    **{"0002": ("fr.siren",), "0007": ("se.orgnr",), "0009": ("fr.siret",)},
    **{"0037": ("fi.ytunnus",), "0088": ("ean",), "0151": ("au.abn",), "0160": ("ean",)},
    **{"0183": ("ch.uid", "ch.vat"), "0184": ("dk.cvr",), "0188": ("jp.cn",)},
    **{"0191": ("ee.registrikood",), "0192": ("no.orgnr", "no.mva"), "0195": ("sg.uen",)},
    **{"0196": ("is_.kennitala",), "0199": ("lei",), "0204": ("de.leitweg",)},
    **{"0208": ("be.vat",), "0210": ("it.codicefiscale",), "0211": ("it.iva",)},
    **{"SEPA": ("eu.at_02",), "bic": ("bic",), "gln": ("ean",), "iban": ("iban",)},
    **{"lei": ("lei",), "us-aba": ("us.rtn",)},
}
# EAS codes that stand for the VAT numbers of a country
_VAT_SCHEMES = {
    **{"9910": "hu", "9914": "at", "9925": "be", "9926": "bg", "9927": "ch", "9928": "cy"},
    **{"9929": "cz", "9930": "de", "9931": "ee", "9932": "gb", "9933": "gr", "9934": "hr"},
    **{"9935": "ie", "9937": "lt", "9938": "lu", "9939": "lv", "9943": "mt", "9944": "nl"},
    **{"9945": "pl", "9946": "pt", "9947": "ro", "9949": "si", "9950": "sk", "9957": "fr"},
}
# Digits of what has no check digit, or a module that allows more than the scheme does
_DIGITS = {"0060": 9, "duns": 9, "0088": 13, "gln": 13, "0106": 8}
# Numbers without a scheme, by the country of the party. Countries whose numbers go beyond what
# the modules know are left out, as a false alarm is worse than none.
_NATIONAL: dict[str, dict[str, tuple[str, ...]]] = {
    "tax": {
        **{"AT": ("at.tin", "at.uid"), "AU": ("au.abn", "au.tfn"), "BR": ("br.cnpj", "br.cpf")},
        **{"CH": ("ch.uid", "ch.vat"), "DE": ("de.stnr", "de.idnr", "de.vat"), "ES": ("es.nif",)},
        **{"GB": ("gb.utr", "gb.vat"), "IN": ("in_.gstin", "in_.pan"), "MX": ("mx.rfc",)},
        **{"IT": ("it.codicefiscale", "it.iva"), "PT": ("pt.nif",), "US": ("us.tin",)},
    },
    "legal": {
        **{"AU": ("au.abn", "au.acn"), "BE": ("be.vat",), "BR": ("br.cnpj",), "DK": ("dk.cvr",)},
        **{"CH": ("ch.uid", "ch.vat"), "ES": ("es.nif",), "FI": ("fi.ytunnus", "fi.alv")},
        **{"FR": ("fr.siren", "fr.siret", "fr.rcs", "fr.tva"), "NO": ("no.orgnr", "no.mva")},
        **{"SE": ("se.orgnr", "se.vat")},
    },
}
# Countries where a number is also written otherwise than as the module called `vat` wants it
_ALSO_VAT = {"ch": ("ch.uid",), "no": ("no.orgnr",)}
_NOT_VAT = frozenset({"jp", "sg"})  # their modules of that name know the register, not the tax
_PACKAGES = {"el": "gr", "xi": "gb", "in": "in_", "is": "is_"}

_LONGEST = 64
_WHAT = {"InvalidChecksum": "check digit", "InvalidLength": "length", "InvalidComponent": "part"}


@cache
def _module(name: str) -> Any:
    """The module of that name, or what a country's package calls so; None where there is none."""
    package, _, last = name.rpartition(".")
    try:
        return getattr(import_module(f"stdnum.{package}" if package else "stdnum"), last)
    except (ImportError, AttributeError):
        return _imported(f"stdnum.{name}")


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


@lru_cache(maxsize=8192)
def fault_of(kind: str | None, scheme: str | None, value: str, country: str | None) -> str | None:
    """What is wrong with an identifier: "check digit of this IBAN"; None where nothing is known."""
    digits = re.sub(r"[ .-]", "", value[:_LONGEST])
    if scheme in _DIGITS and not (digits.isdecimal() and len(digits) == _DIGITS[scheme]):
        return f"shape of this identifier of scheme {scheme}"
    modules = map(_module, _who_knows(kind, scheme, value, country))
    faults = [_refusal(module, value) for module in modules if module is not None]
    return f"{faults[0]} of this {_called(kind, scheme)}" if faults and all(faults) else None


def _called(kind: str | None, scheme: str | None) -> str:
    if scheme in _VAT_SCHEMES or kind == "vat":
        return "VAT number"
    if scheme is None:
        return f"{kind} number"
    return scheme.upper() if scheme.isalpha() else f"identifier of scheme {scheme}"


def _who_knows(
    kind: str | None, scheme: str | None, value: str, country: str | None
) -> tuple[str, ...]:
    """The modules one of which has to accept the identifier."""
    if scheme in _SCHEMES:
        return _SCHEMES[scheme]
    if scheme in _VAT_SCHEMES:
        return _vat_modules(value, _VAT_SCHEMES[scheme])
    if kind == "vat" and scheme in (None, "VA", "VAT"):
        return _vat_modules(value, country)
    return _NATIONAL.get(kind or "", {}).get(country or "", ()) if scheme is None else ()


def _vat_modules(value: str, country: str | None) -> tuple[str, ...]:
    """Those of the country in the number's prefix and of the party's own country."""
    prefix = value.strip()[:2]
    countries = {each.lower() for each in (prefix, country) if each and _two_letters(each)}
    packages = [_PACKAGES.get(each, each) for each in sorted(countries - _NOT_VAT)]
    names = ((f"{each}.vat", *_ALSO_VAT.get(each, ())) for each in packages)
    return tuple(chain.from_iterable(names))


_two_letters = re.compile(r"[A-Za-z]{2}").fullmatch


def _refusal(module: Any, value: str) -> str | None:
    if len(value) > _LONGEST:
        return "length"
    try:
        module.validate(value)
    except (ValueError, LookupError) as error:  # stdnum's ValidationError is a ValueError
        return _WHAT.get(type(error).__name__, "shape")
    return None


def masked(value: str) -> str:
    """Enough of a number to find it, not enough to use it."""
    compact = value.replace(" ", "")
    shown = min(4, len(compact) // 4)
    return f"{compact[:shown]}…{compact[len(compact) - shown :]}"


@checks("I1", "identifier_invalid", kinds=EVERY_KIND, severity="warning")
def identifiers_well_formed(document: Any, case: Case) -> Findings:
    """Check digits of identifiers.

    Identifiers with check digits or a fixed shape are well formed. VAT, tax and register numbers of
    many countries, IBAN, BIC, LEI, GLN, GTIN, D-U-N-S and routing numbers. Whether they exist is
    not asked. They are quoted in part only.

    A digit was mistyped or misread, or the identifier has the wrong `kind` or `scheme`.
    """
    faulty = [each for each, owner in case.census[IDENTIFIER] if _fault(each, owner)]
    if not faulty and not any(map(_bic_fault, case.census[BIC])):
        return FINE
    found: list[Finding] = []
    for place in walk(document):
        if place.sort == IDENTIFIER and (fault := _fault(place.value, place.owner)):
            found.append(_told(f"{place.path}.value", fault, place.value.value))
        elif place.sort == BIC and (fault := _bic_fault(place.value)):
            found.append(_told(place.path, fault, place.value))
    return found


def _bic_fault(bic: str | None) -> str | None:
    return fault_of(None, "bic", bic, None) if bic is not None else None


def _fault(each: Identifier, owner: Any) -> str | None:
    address = owner.address if isinstance(owner, Party) else None
    country = address.country if address is not None else None
    return fault_of(each.kind, each.scheme, each.value, country)


def _told(path: str, fault: str, value: str) -> Finding:
    message = f"the {fault} is wrong; compare it with the original"
    return Finding(path, actual=masked(value), message=message)
