"""Field 86 in numbered sub-fields: the German layout and its relatives, SEPA tags inside.

`166?00GUTSCHRIFT?100399?20EREF+4711?21SVWZ+Rechnung 12?30BANKDEFFXXX?31DE...?32Name`: three digits
of transaction code, then sub-fields behind a separator that the bank chose.
"""

from __future__ import annotations

import re
from functools import lru_cache

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.lines import FILLERS, join_lines, join_subfields

_SINGLE = {
    "00": "posting_text",
    "10": "primanota",
    "34": "text_key",
}
_ALL_OF_20_TO_29 = 10
_MORE_PURPOSE = frozenset(("60", "61", "62", "63"))
_NAME = frozenset(("32", "33"))
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_TAGS = frozenset("EREF KREF MREF CRED DEBT COAM OAMT SVWZ ABWA ABWE IBAN BIC PURP MTLG".split())
_TAG_END = re.compile("[+:]")
# Commerzbank's words for EREF, MREF, KREF and CRED.
_SPELT_OUT = re.compile(r"(END-TO-END-REF|MANDATSREF|KUNDENREF|GL(?:AE|Ä)UBIGER-ID)\.?:")
_SHORT = {"E": "EREF", "M": "MREF", "K": "KREF", "G": "CRED"}
_KEYS = {
    "EREF": "end_to_end",
    "KREF": "kref",
    "MREF": "mandate",
    "CRED": "creditor_id",
    "DEBT": "debtor_id",
    "COAM": "charges",
    "OAMT": "original_amount",
    "IBAN": "counterparty_account",
    "BIC": "counterparty_bic",
    "PURP": "purpose_code",
}
_PURPOSE_TAGS = frozenset(("SVWZ", "MTLG"))
_ULTIMATES = frozenset(("ABWA", "ABWE"))
_MONEY_TAGS = frozenset(("COAM", "OAMT"))
_MONEY = re.compile(r"(?:([A-Z]{3})\s*)?(\d+)(?:[,.](\d*))?(?:\s*([A-Z]{3}))?", re.ASCII)
# German transaction codes of direct debits: there ABWA is the creditor's side, ABWE the debtor's.
_DIRECT_DEBITS = frozenset(("104", "105", "108", "109", "171", "174", "181", "184"))
_RETURNS = frozenset(("108", "109", "159", "181", "184"))
_REASON = re.compile(
    r"\b(A[CGM]\d\d|BE\d\d|DUPL|FF\d\d|FOCR|FRAD|M[DS]\d\d|R[CFR]\d\d|SL\d\d|TM01)\b"
)


def subfields(raw: str, code: str | None, separator: str) -> dict[str, Tree]:
    """The tree of one field; a separator inside a text does not end it."""
    tree: dict[str, Tree] = {"business_code": code} if code else {}
    purpose: list[str] = []
    more: list[str] = []
    name: list[str] = []
    for piece in _boundary(separator).split(join_lines(raw))[1:]:
        number = piece[:2]
        if number[0] == "2":
            purpose.append(piece[2:])
        elif number in _NAME:
            name.append(piece[2:])
        elif number in _MORE_PURPOSE:
            more.append(piece[2:])
        elif text := piece[2:].strip():
            _single(tree, number, text)
    if name and (counterparty := " ".join(join_subfields(name).split())):
        tree["counterparty"] = counterparty
    if separator != "?":
        _other_layout(tree, separator, more)
        more = []
    if purpose or more:
        _purpose(tree, purpose, more)
    return tree


@lru_cache(maxsize=64)
def _boundary(separator: str) -> re.Pattern[str]:
    """A separator counts where two digits follow; elsewhere it is part of a text."""
    return re.compile(re.escape(separator) + r"(?=\d\d)", re.ASCII)


def _single(tree: dict[str, Tree], number: str, text: str) -> None:
    key = _SINGLE.get(number)
    if key:
        tree.setdefault(key, text)
    elif number == "30":
        tree["counterparty_bic" if _BIC.fullmatch(text) else "counterparty_bank"] = text
    elif number == "31":
        tree.setdefault("counterparty_account", text.replace(" ", ""))
    elif number == "38":  # the IBAN, of banks that keep a national number in 31
        tree["counterparty_account"] = text.replace(" ", "")
    else:
        tree.setdefault("other", {}).setdefault(number, text)


def _other_layout(tree: dict[str, Tree], separator: str, more: list[str]) -> None:
    """Outside Germany 60 to 63 are the other side's address, not more of the purpose."""
    address = [line for text in more if (line := text.strip())]
    if address:
        tree["counterparty_address"] = address
    if separator == ">" and "primanota" in tree:
        # Triodos puts the other account where others have the batch number.
        tree["counterparty_account"] = tree.pop("primanota")


def _purpose(tree: dict[str, Tree], texts: list[str], more: list[str]) -> None:
    joined = join_subfields(texts)
    if more:
        joined += ("" if len(texts) == _ALL_OF_20_TO_29 else "\n") + join_subfields(more)
    if ("+" in joined or ":" in joined) and _tagged(tree, joined):
        return
    lines = [line for text in (*texts, *more) if (line := text.strip())]
    if lines:
        tree["purpose"] = lines


def _tagged(tree: dict[str, Tree], text: str) -> bool:
    """Splits at `EREF+` anywhere and at `EREF:` where a word begins; False without any."""
    purpose: list[Tree] = []
    tag, begin = "", 0
    if "REF.:" in text or "-ID:" in text:
        text = _SPELT_OUT.sub(lambda found: _SHORT[found[1][0]] + "+", text)
    for mark in _TAG_END.finditer(text):
        end = mark.start()
        word = text[end - 4 : end] if end > 3 else text[:end]
        if word not in _TAGS:
            word = word[-3:]
        if word in _TAGS and (text[end] == "+" or _begins_word(text, end - len(word))):
            _tag(tree, purpose, tag, text[begin : end - len(word)].strip())
            tag, begin = word, end + 1
    if not tag:
        return False
    _tag(tree, purpose, tag, text[begin:].strip())
    if purpose:
        tree["purpose"] = purpose
    if tree.get("business_code") in _RETURNS and (found := _REASON.search(" ".join(purpose))):
        tree["return_reason"] = found[1]
    return True


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isupper()


def _tag(tree: dict[str, Tree], purpose: list[Tree], tag: str, value: str) -> None:
    """The first statement of a fact stands; some banks repeat them all behind the purpose."""
    if not value or value in FILLERS:
        return
    if tag in _PURPOSE_TAGS:
        purpose.append(value.replace("\n", " "))
        return
    if tag in _ULTIMATES:
        tree.setdefault(_ultimate(tree, tag), value.replace("\n", " "))
        return
    more = ""
    if tag and "\n" in value:
        # A reference fills its sub-field or ends there: what follows is no part of it.
        value, _, more = value.partition("\n")
    if tag in _MONEY_TAGS:
        if money := stated_money(value):
            tree.setdefault(_KEYS[tag], money)
    elif tag:
        tree.setdefault(_KEYS[tag], value)
    else:
        more = value
    if more:
        purpose.extend(line for part in more.split("\n") if (line := part.strip()))


def _ultimate(tree: dict[str, Tree], tag: str) -> str:
    debit = is_direct_debit(tree.get("business_code", ""))
    return "ultimate_creditor" if debit == (tag == "ABWA") else "ultimate_debtor"


def is_direct_debit(business_code: str) -> bool:
    """Then the originator of a booking is the creditor, else the debtor."""
    return business_code in _DIRECT_DEBITS


def stated_money(text: str) -> dict[str, Tree] | None:
    """`EUR4,5` or `4,50 EUR` as currency and amount; None when it is neither."""
    found = _MONEY.match(text)
    if found is None:
        return None
    currency, whole, cents = found[1] or found[4], found[2].lstrip("0") or "0", found[3]
    tree: dict[str, Tree] = {"currency": currency} if currency else {}
    tree["amount"] = f"{whole}.{cents}" if cents else whole
    return tree
