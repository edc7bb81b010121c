"""Field 86 in code words between slashes: ABN AMRO, ING, Rabobank, Deutsche Bank NL, Citi.

`/TRTP/SEPA OVERBOEKING/IBAN/NL.../NAME/J JANSEN/REMI/USTD//Factuur 12/EREF/NOTPROVIDED`. Texts may
contain slashes themselves: only a known word between two of them starts something new.
"""

from __future__ import annotations

import re

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.lines import FILLERS, join_lines
from connectors._codecs.mt940.subfields import stated_money

_KEYS = {
    "TRTP": "posting_text",
    "RTYP": "posting_text",
    "PT": "posting_text",
    "EREF": "end_to_end",
    "MARF": "mandate",
    "MREF": "mandate",
    "CSID": "creditor_id",
    "CREF": "kref",
    "KREF": "kref",
    "IREF": "instruction",
    "PREF": "batch",
    "IBAN": "counterparty_account",
    "BIC": "counterparty_bic",
    "NAME": "counterparty",
    "BN": "counterparty",
    "BO": "counterparty",
    "ID": "counterparty_id",
    "BI": "counterparty_id",
    "TRCD": "transaction_code",
    "CTC": "transaction_code",
    "EXCH": "exchange_rate",
    "CDTRREF": "structured_ref",
}
_MONEY = {"OCMT": "original_amount", "CHGS": "charges"}
_ULTIMATE = {
    "ULTD": "ultimate_debtor",
    "ULTC": "ultimate_creditor",
    "ULTB": "ultimate_creditor",
}
_PARTY_DETAILS = frozenset(("NAME", "ID", "ADDR", "IBAN", "BIC", "ACCW"))
_OWN_MEANING = ("REMI", "PY", "RTRN", "CNTP", "ACCW", "ADDR", "ORDP", "BENM", "CDTRREFTP", "ISSR")
_ELSE = ("ISDT", "SVCL", "PURP", "CD", "IACC", "SUBJ", "CRNM", "CACC", "CBIC", "DACC", "DBIC")
_WORDS = sorted(
    {*_KEYS, *_MONEY, *_ULTIMATE, *_OWN_MEANING, *_ELSE}, key=lambda word: (-len(word), word)
)
_WORD = re.compile(f"/({'|'.join(_WORDS)})/")
_START = re.compile(rf"\s*(?:\d{{3}})?/(?:{'|'.join(_WORDS)})/")
_REMITTANCE = re.compile(r"/?(USTD|STRD)(?:/(.*)|$)", re.DOTALL)


def starts_with_codeword(raw: str) -> bool:
    return "/" in raw[:6] and _START.match(raw) is not None


def codewords(raw: str, *, text_is_purpose: bool = True) -> dict[str, Tree]:
    """The tree of one field; words without a place in the vocabulary come under `other`."""
    parts = _WORD.split(join_lines(raw))
    tree: dict[str, Tree] = {}
    lead = parts[0].strip()
    if lead and text_is_purpose:
        tree["business_code" if len(lead) == 3 and lead.isdecimal() else "posting_text"] = lead
    holder = word = ""
    for at in range(1, len(parts), 2):
        before, word = word, parts[at]
        value = parts[at + 1].strip().rstrip("/").rstrip()
        if word in _ULTIMATE:
            holder = word
        elif word not in _PARTY_DETAILS:
            holder = ""
        if value and value not in FILLERS:
            _word(tree, _in_context(word, before, holder), value)
    return tree


def _in_context(word: str, before: str, holder: str) -> str:
    """A name inside `/ULTD//NAME/...` is the ultimate debtor's, `/PURP//CD/...` is a purpose."""
    if word == "NAME" and holder:
        return holder
    return before if word == "CD" and before in ("PURP", "CDTRREFTP") else word


def _word(tree: dict[str, Tree], word: str, value: str) -> None:
    special = _SPECIAL.get(word)
    if special:
        special(tree, value)
    elif word in _MONEY:
        money = stated_money(value)
        if money:
            tree.setdefault(_MONEY[word], money)
    elif word in _KEYS:
        value = value.replace(",", ".") if word == "EXCH" else value
        tree.setdefault(_KEYS[word], value)
    elif word in _ULTIMATE:
        tree.setdefault(_ULTIMATE[word], value.removeprefix("NAME/").strip("/"))
    else:
        tree.setdefault("other", {}).setdefault(word, value)


def _remittance(tree: dict[str, Tree], value: str) -> None:
    """`USTD//text`, `STRD/CUR/reference` or plain text."""
    found = _REMITTANCE.match(value)
    if found is None:
        tree.setdefault("purpose", []).append(value)
        return
    rest = (found[2] or "").strip("/").strip()
    if found[1] == "USTD":
        if rest:
            tree.setdefault("purpose", []).append(rest)
        return
    kind, slash, reference = rest.partition("/")
    if slash and kind:
        tree.setdefault("structured_ref_type", kind)
    if reference or kind:
        tree.setdefault("structured_ref", reference or kind)


def _counterparty(tree: dict[str, Tree], value: str) -> None:
    """`account/BIC/name/city`; a name may contain slashes."""
    parts = [part.strip() for part in value.split("/")]
    named = dict(zip(("counterparty_account", "counterparty_bic"), parts, strict=False))
    rest = parts[2:]
    if len(rest) > 1:
        named["counterparty_city"] = rest.pop()
    named["counterparty"] = "/".join(rest).strip("/")
    for key, text in named.items():
        if text:
            tree.setdefault(key, text)


def _account_with(tree: dict[str, Tree], value: str) -> None:
    """`account,BIC`."""
    account, _, bic = value.partition(",")
    if account.strip():
        tree.setdefault("counterparty_account", account.strip())
    if bic.strip():
        tree.setdefault("counterparty_bic", bic.strip())


def _returned(tree: dict[str, Tree], value: str) -> None:
    reason, _, text = value.partition("/")
    tree.setdefault("return_reason", reason.strip())
    if text.strip("/ "):
        tree.setdefault("return_text", text.strip("/ "))


def _address(tree: dict[str, Tree], value: str) -> None:
    tree.setdefault("counterparty_address", []).append(value)


def _party(tree: dict[str, Tree], value: str) -> None:
    tree.setdefault("counterparty", value.strip("/"))


def _purpose_code(tree: dict[str, Tree], value: str) -> None:
    tree.setdefault("purpose_code", value.strip("/").removeprefix("CD/"))


def _reference_type(tree: dict[str, Tree], value: str) -> None:
    tree.setdefault("structured_ref_type", value.strip("/"))


_SPECIAL = {
    "REMI": _remittance,
    "PY": _remittance,
    "CNTP": _counterparty,
    "ACCW": _account_with,
    "RTRN": _returned,
    "ADDR": _address,
    "ORDP": _party,
    "BENM": _party,
    "PURP": _purpose_code,
    "CDTRREFTP": _reference_type,
}
