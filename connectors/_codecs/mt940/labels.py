"""Field 86 as labelled text: older Dutch layouts, Polish collections, Swiss giro texts."""

from __future__ import annotations

import re

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.lines import FILLERS, join_full_lines

_DUTCH = re.compile(
    r"(?:(?<=\s)|(?<=/)|^)(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|REK|REDEN"
    r"|BETALINGSKENM)[.:]{1,2} ?"
)
_POLISH = re.compile(r"(?:^|;)\s*(Z RACH|NA RACH|OD|DLA|TYT|TNR|ID IPH)\.?: ?")
_SWISS = re.compile(r"\b(AUFTRAGGEBER|BEG(?:Ü|UE)NSTIGTER|MITTEILUNGEN|REFERENZEN): ?")
_KEYS = {
    "IBAN": "counterparty_account",
    "REK": "counterparty_account",
    "Z RACH": "counterparty_account",
    "NA RACH": "counterparty_account",
    "BIC": "counterparty_bic",
    "NAAM": "counterparty",
    "OD": "counterparty",
    "DLA": "counterparty",
    "AUFTRAGGEBER": "counterparty",
    "BEGÜNSTIGTER": "counterparty",
    "BEGUENSTIGTER": "counterparty",
    "OMSCHRIJVING": "purpose",
    "TYT": "purpose",
    "MITTEILUNGEN": "purpose",
    "KENMERK": "end_to_end",
    "MACHTIGING": "mandate",
    "INCASSANT": "creditor_id",
    "REDEN": "return_reason",
    "BETALINGSKENM": "structured_ref",
    "REFERENZEN": "structured_ref",
}
_ANCHORS = ("IBAN:", "OMSCHRIJVING:", "REK:", "NAAM:")
_GIRO = re.compile(r"(?:GIRO +(\d+)|(\d{2}\.\d{2}\.\d{2}\.\d{3})) +(\S.*)", re.ASCII | re.DOTALL)
_SLIP = "BETALINGSKENM."
_COLUMN = 32  # ABN AMRO sets its texts in two columns of 32
_CARD = re.compile(r"(BEA|GEA)\s{1,9}NR:\s?\S{1,20}\s{1,9}\S{1,20} (.{1,80}?),PAS\d", re.ASCII)
_COLLECTION = re.compile(r"\s*(\d{3}) ", re.ASCII)


def labelled(raw: str) -> dict[str, Tree] | None:
    """The tree when the text has the labels of a layout known here; None for other texts."""
    if ":" in raw:
        if any(anchor in raw for anchor in _ANCHORS):
            return _split(_DUTCH, join_full_lines(raw))
        if "TYT.:" in raw or "TNR:" in raw:
            return _split(_POLISH, raw.replace("\n", ""))
        if "AUFTRAGGEBER:" in raw or "MITTEILUNGEN:" in raw:
            return _split(_SWISS, join_full_lines(raw))
        if raw.startswith(("BEA ", "GEA ")):
            return _card(raw)
    if raw.startswith("GIRO ") or raw[2:3] == ".":
        return _giro(raw)
    return _slip_lines(raw) if _SLIP in raw else None


def _split(labels: re.Pattern[str], text: str) -> dict[str, Tree]:
    parts = labels.split(text)
    tree: dict[str, Tree] = {}
    lead = " ".join(parts[0].split())
    if lead and labels is _POLISH and (found := _COLLECTION.match(text)):
        tree["business_code"] = found[1]
        lead = lead[3:].strip()
    if lead and (labels is not _DUTCH or lead.startswith("SEPA ")):
        tree["posting_text"] = lead
    elif lead:
        tree["purpose"] = [lead]
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        _labelled_value(tree, label, " ".join(value.split()).strip("/;").strip())
    return tree


def _labelled_value(tree: dict[str, Tree], label: str, value: str) -> None:
    if not value or value in FILLERS:
        return
    key = _KEYS.get(label)
    if key is None:
        tree.setdefault("other", {}).setdefault(label, value)
    elif key == "purpose":
        tree.setdefault(key, []).append(value)
    else:
        tree.setdefault(key, value.replace(" ", "") if key.endswith("account") else value)


def _giro(raw: str) -> dict[str, Tree] | None:
    """A former giro or bank number, the name up to the end of the first column, then the text."""
    found = _GIRO.match(raw)
    if found is None:
        return None
    first, _, rest = raw.partition("\n")
    start = found.start(3)
    if start < _COLUMN:
        name, more = first[start : _COLUMN + 1], first[_COLUMN + 1 :]
    else:
        name, more = first[start:], ""
    tree: dict[str, Tree] = {"counterparty_account": found[1] or found[2]}
    if name.strip():
        tree["counterparty"] = name.strip()
    _giro_text(tree, join_full_lines(f"{more}\n{rest}"))
    return tree


def _slip_lines(raw: str) -> dict[str, Tree]:
    """Lines of text, one of them with the reference of a payment slip."""
    tree: dict[str, Tree] = {}
    for line in raw.split("\n"):
        text = line.strip()
        reference = text.removeprefix(_SLIP).strip(" :") if text.startswith(_SLIP) else ""
        if reference and "structured_ref" not in tree:
            tree["structured_ref"] = reference
        elif text:
            tree.setdefault("purpose", []).append(text)
    return tree


def _giro_text(tree: dict[str, Tree], text: str) -> None:
    text = text.strip()
    if text.startswith(_SLIP):
        reference, _, text = text.removeprefix(_SLIP).lstrip(" :").partition(" ")
        if reference:
            tree["structured_ref"] = reference
    if text.strip():
        tree["purpose"] = [" ".join(text.split())]


def _card(raw: str) -> dict[str, Tree] | None:
    """A card payment: terminal and moment, shop, card number."""
    found = _CARD.match(raw)
    if found is None:
        return None
    return {
        "posting_text": found[1],
        "counterparty": found[2].strip(),
        "purpose": [" ".join(raw.split())],
    }
