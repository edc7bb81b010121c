"""The details of an entry as the lines of field 86."""

from __future__ import annotations

from collections.abc import Iterator

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.subfields import is_direct_debit
from connectors.errors import CodecError

_LINE = 65
_SUBFIELD = 27
_SLOTS = (*range(20, 30), *range(60, 64))
_TAKEN = frozenset(("00", "10", "30", "31", "32", "33", "34", "38", *map(str, _SLOTS)))
_REFERENCES = (
    ("end_to_end", "EREF"),
    ("kref", "KREF"),
    ("mandate", "MREF"),
    ("creditor_id", "CRED"),
    ("debtor_id", "DEBT"),
    ("purpose_code", "PURP"),
)
_AMOUNTS = (("charges", "COAM"), ("original_amount", "OAMT"))


def details_lines(details: dict[str, Tree]) -> list[str]:
    """Text as it is when there is only text; else sub-fields, cut into lines of 65 places."""
    if details.keys() <= {"purpose"}:
        lines = details.get("purpose", [])
        return [line[at : at + _LINE] for line in lines for at in range(0, len(line), _LINE)]
    code = details.get("business_code", "000")
    return _wrapped(code + "".join(f"?{number}{text}" for number, text in _subfields(details)))


def _wrapped(text: str) -> list[str]:
    """A line must not begin like a field or the end of a message: then the cut comes earlier."""
    lines: list[str] = []
    while text:
        end = _LINE
        while end > 1 and text[end : end + 1] in ("-", ":", "{"):
            # Not by one place only: readers take a line of 64 for one that lost its blank.
            end = end - 4 if end == _LINE else end - 1
        lines.append(text[:end])
        text = text[end:]
    return lines


def _subfields(details: dict[str, Tree]) -> Iterator[tuple[str, str]]:
    if "posting_text" in details:
        yield "00", details["posting_text"][:_SUBFIELD]
    if "primanota" in details:
        yield "10", details["primanota"]
    texts = _texts(details)
    if len(texts) > len(_SLOTS):
        raise CodecError(
            "too_long", f"{len(texts)} sub-fields of text; {len(_SLOTS)} fit into field 86"
        )
    slots = [(str(slot), text) for slot, text in zip(_SLOTS, texts, strict=False)]
    yield from slots[:10]
    yield from _counterparty(details)
    if "text_key" in details:
        yield "34", details["text_key"]
    yield from slots[10:]
    for number, text in details.get("other", {}).items():
        if len(number) == 2 and number.isdecimal() and number not in _TAKEN:
            yield number, text


def _counterparty(details: dict[str, Tree]) -> Iterator[tuple[str, str]]:
    bank = details.get("counterparty_bic") or details.get("counterparty_bank")
    if bank:
        yield "30", bank
    if "counterparty_account" in details:
        yield "31", details["counterparty_account"]
    name = details.get("counterparty", "")
    for number, at in (("32", 0), ("33", _SUBFIELD)):
        if name[at:]:
            yield number, name[at : at + _SUBFIELD]


def _texts(details: dict[str, Tree]) -> list[str]:
    """Each reference begins a sub-field; plain lines of text when there is no reference."""
    tagged = list(_tagged(details))
    purpose = details.get("purpose", [])
    if tagged and purpose:
        tagged.append("SVWZ+" + " ".join(purpose))
    tagged += _ultimates(details)
    return [
        text[at : at + _SUBFIELD]
        for text in tagged or purpose
        for at in range(0, len(text), _SUBFIELD)
    ]


def _tagged(details: dict[str, Tree]) -> Iterator[str]:
    for key, tag in _REFERENCES:
        if key in details:
            yield f"{tag}+{details[key]}"
    for key, tag in _AMOUNTS:
        if key in details:
            money = details[key]
            yield f"{tag}+{money.get('currency', '')}{money['amount'].replace('.', ',')}"


def _ultimates(details: dict[str, Tree]) -> Iterator[str]:
    tags = (
        ("ABWE", "ABWA") if is_direct_debit(details.get("business_code", "")) else ("ABWA", "ABWE")
    )
    for key, tag in zip(("ultimate_debtor", "ultimate_creditor"), tags, strict=True):
        if key in details:
            yield f"{tag}+{details[key]}"
