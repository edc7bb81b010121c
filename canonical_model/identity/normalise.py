"""One spelling for numbers, names, tax ids, accounts and texts that people spell in many ways."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, wraps
from typing import TypeVar
from unicodedata import category, combining, normalize

T = TypeVar("T")
REMEMBERED = 4096
LONGEST_REMEMBERED = 128


def remember(function: Callable[[str], T]) -> Callable[[str], T]:
    """Cache what parties and numbers come to, which come again and again.

    Long texts are worked out afresh, so that nobody can fill the memory with them.
    """
    remembered = lru_cache(REMEMBERED)(function)

    @wraps(function)
    def normalised(text: str) -> T:
        return remembered(text) if len(text) <= LONGEST_REMEMBERED else function(text)

    return normalised


def plain(text: str | None) -> str:
    """The text in NFC without blanks at its ends; empty when there is none."""
    if text is None:
        return ""
    return text.strip() if text.isascii() else normalize("NFC", text.strip())


def amount_text(amount: Decimal) -> str:
    """A decimal without trailing zeros: 100.0, 100.00 and 1E+2 are all `100`."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def day_text(day: datetime.date | None) -> str:
    """The day as ISO 8601 writes it, empty for none."""
    return day.isoformat() if day is not None else ""


def year_text(day: datetime.date | None) -> str:
    """Its year in four digits, empty for none."""
    return f"{day.year:04d}" if day is not None else ""


_OTHER = re.compile(r"[^0-9A-Z]+")


def alphanumeric(text: str) -> str:
    """Upper-case letters and digits only, compatibility forms folded (NFKC)."""
    if text.isascii():
        return _OTHER.sub("", text.upper())
    # The second pass joins what the first has brought together, such as Hangul letters.
    return _letters_and_digits(_letters_and_digits(text))


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, normalize("NFKC", text).upper()))


@remember
def number_key(number: str) -> str:
    """A document number for identity: only case, separators and leading zeros do not count.

    2024/1 and 20241 become one; year and counterparty, which are in the key too, tell them apart.
    """
    key = alphanumeric(number)
    return key.lstrip("0") or "0" if key.isdigit() else key


_PREFIXES = (
    *("INVOICENUMBER", "INVOICENO", "INVOICENR", "INVOICE", "INVNO", "INVNR", "INV"),
    *("RECHNUNGSNUMMER", "RECHNUNGSNR", "RECHNUNGNR", "RECHNUNG", "RGNR", "RNR", "RE", "RG"),
    *("FACTURE", "FACTURA", "FATTURA", "FACTUUR", "FAKTURA", "FACT", "FAC", "FA", "FV"),
    *("CREDITNOTE", "CREDITMEMO", "CN", "CM", "NUMBER", "NO", "NR"),
)
# A letter that reads as a digit counts as one, if a digit follows: INVO123 is INV 0123.
_PREFIX = re.compile(rf"^(?:{'|'.join(_PREFIXES)})(?=[OQILSBZ]*[0-9])")
_MISREAD = str.maketrans("OQILSBZ", "0011582")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGIT = re.compile(r"[0-9]")
_FEWEST_DIGITS = 3


@remember
def number_loose(number: str) -> str:
    """A document number for suspicion: prefixes, zeros and misread letters do not count."""
    key = number_key(number)
    loose = _LEADING_ZEROS.sub("", _PREFIX.sub("", key).translate(_MISREAD))
    return loose if len(_DIGIT.findall(loose)) >= _FEWEST_DIGITS else key


_LEGAL_FORMS = frozenset(
    """
    ltd,limited,inc,incorporated,llc,llp,lp,plc,co,company,corp,corporation,and co,and company
    gmbh,mbh,ggmbh,ag,kg,kgaa,ohg,gbr,ug,ug haftungsbeschrankt,ek,ev,se,und co,and cie,et cie,cie
    sa,sas,sasu,sarl,sa rl,s a r l,eurl,snc,srl,srls,s r l,spa,s p a,sapa,scrl,sprl,bvba
    bv,nv,vof,b v,n v,oy,oyj,ab,as,asa,aps,a s,sp z oo,sp z o o,sp zoo,spzoo,sp k,sp j
    sro,s r o,kft,zrt,nyrt,doo,d o o,eood,ood,oue,ou,sia,uab
    pty,proprietary,pvt,private,pte,sdn,bhd,sl,slu,sau,s l,s a,lda,ltda,sa de cv,de cv
    jsc,pjsc,ooo,oao,zao
    """.replace("\n    ", ",").split(",")
) - {""}
_LONGEST_FORM = max(form.count(" ") + 1 for form in _LEGAL_FORMS)
# Only at the start of a run, else a long run of initials would cost the square of its length.
_INITIALS = re.compile(r"(?<![\w./])(?:\w[./])+\w?(?!\w)")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "&": " and ", "+": " and "}
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'`\u2019\u00b4", ""))


@remember
def name_norm(name: str) -> str:
    """A company's name without case, accents, punctuation and legal form; never emptied by it."""
    text = normalize("NFKC", name).casefold().translate(_LETTERS)
    if not text.isascii():
        bare = "".join(c for c in normalize("NFKD", text) if not combining(c))
        text = normalize("NFC", bare)
    text = _INITIALS.sub(_joined, text).translate(_APOSTROPHES)
    words = "".join(" " if category(c)[0] in "PSC" else c for c in text).split()
    while form := _trailing_form(words):
        del words[-form:]
    return " ".join(words)


def _joined(initials: re.Match[str]) -> str:
    return initials.group().replace(".", "").replace("/", "")


def _trailing_form(words: list[str]) -> int:
    longest = min(_LONGEST_FORM, len(words) - 1)
    sizes = range(longest, 0, -1)
    return next((n for n in sizes if " ".join(words[-n:]) in _LEGAL_FORMS), 0)


_TAX_SUFFIX = re.compile(r"(?<=^CHE[0-9]{9})(?:MWST|TVA|IVA)$|(?<=^NO[0-9]{9})MVA$")


@remember
def tax_id(text: str) -> str:
    """A tax number in capitals and digits.

    Greece is EL, and the suffixes of Swiss (MWST, TVA, IVA) and Norwegian (MVA) numbers fall off.
    A number without a country prefix gets none: where it belongs is not ours to guess.
    """
    value = _TAX_SUFFIX.sub("", alphanumeric(text))
    return "EL" + value[2:] if value.startswith("GR") and value[2:].isdigit() else value


_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@remember
def iban(text: str) -> str | None:
    """An IBAN without blanks, if its check digits are right (ISO 13616, mod 97)."""
    value = "".join(text.split()).upper()
    if not _IBAN.fullmatch(value):
        return None
    digits = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    return value if int(digits) % 97 == 1 else None


def bic(text: str) -> str:
    """A BIC in full: one of 8 characters means the head office, XXX (ISO 9362)."""
    value = "".join(text.split()).upper()
    return value + "XXX" if len(value) == 8 else value


def remittance_text(text: str) -> str:
    """Remittance information without case and line breaks."""
    return " ".join(normalize("NFKC", text).casefold().split())
