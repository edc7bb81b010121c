"""ACH files from trees, with trace-independent facts (counts, hashes, totals, blocks) computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors._codecs.limits import Tree
from connectors._codecs.nacha.addenda import addenda_layout
from connectors._codecs.nacha.entry import EntryClass, entry_class
from connectors._codecs.nacha.layouts import (
    ADV_BATCH_CONTROL,
    ADV_FILE_CONTROL,
    BATCH_CONTROL,
    BATCH_HEADER,
    BLOCKING,
    FILE_CONTROL,
    FILE_HEADER,
    IAT_HEADER,
    PADDING,
)
from connectors._codecs.nacha.numbering import numbered
from connectors._codecs.nacha.rules import DIRECTIONS
from connectors._codecs.nacha.totals import Totals
from connectors._codecs.short_dates import to_year_first
from connectors.errors import CodecError

_NUMERIC = frozenset(
    {
        "addenda_count",
        "batch_count",
        "batch_number",
        "block_count",
        "entry_addenda_count",
        "entry_hash",
        "entry_sequence",
        "odfi",
        "raw_amount",
        "raw_foreign_amount",
        "rdfi",
        "sequence",
        "total_credit",
        "total_debit",
    }
)
_DATES = frozenset({"created_date", "date_of_death", "effective_date", "original_return_date"})
_REPEATED = ("service_class", "odfi", "batch_number")
_ROUTING = ("code", "rdfi")
_REQUIRED = (*_ROUTING, "trace")
_KEPT = ("company_id", "mac", "ach_operator_data")
_CONSTANTS = {"priority": "01", "record_size": "094", "blocking_factor": "10", "format_code": "1"}


def write_file(unit: Tree, newline: str, pad: bool) -> str:
    """One file; each record is followed by `newline`."""
    unit = numbered(unit)
    totals = Totals()
    header = _CONSTANTS | _wire(unit["header"])
    for name in ("immediate_destination", "immediate_origin"):
        header[name] = header.get(name, "").rjust(10)  # a routing number has a blank before it
    records = [FILE_HEADER.write(header, _NUMERIC, "1")]
    advices = False
    for batch in unit["batches"]:
        kind = _kind(batch["header"])
        advices = advices or kind.advice
        records += _batch(batch, kind, totals)
    counts = {
        "batch_count": str(len(unit["batches"])),
        "block_count": str(-(-(len(records) + 1) // BLOCKING)),
    }
    layout = ADV_FILE_CONTROL if advices else FILE_CONTROL
    records.append(layout.write(totals.as_fields() | counts, _NUMERIC, "9"))
    if pad:
        records += [PADDING] * (-len(records) % BLOCKING)
    text = "".join(record + newline for record in records)
    if not text.isascii():
        raise CodecError("bad_value", "letters outside ASCII; ACH files have none")
    return text


def _kind(header: Mapping[str, str]) -> EntryClass:
    sec = header.get("sec", "")
    international = sec == "IAT" or header.get("iat_indicator") == "IATCOR"
    return entry_class(sec, international, header.get("service_class", ""), reversal=False)


def _batch(batch: Tree, kind: EntryClass, file_totals: Totals) -> list[str]:
    header: dict[str, str] = batch["header"]
    layout = IAT_HEADER if kind.sec == "IAT" else BATCH_HEADER
    records = [layout.write(_wire(header), _NUMERIC, "5")]
    totals = Totals()
    for entry in batch["entries"]:
        records += _entry(entry, kind, totals)
    file_totals.add(totals)
    control = _pick(header, _REPEATED) | _pick(batch.get("control", header), _KEPT)
    closing = ADV_BATCH_CONTROL if kind.advice else BATCH_CONTROL
    records.append(closing.write(control | totals.as_fields(), _NUMERIC, "8"))
    return records


def _pick(tree: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: tree[name] for name in names if name in tree}


def _entry(entry: Tree, kind: EntryClass, totals: Totals) -> list[str]:
    addenda: list[dict[str, str]] = entry.get("addenda", [])
    for name in _ROUTING if kind.advice else _REQUIRED:
        _number(entry[name], name)
    cents = entry["raw_amount"] if "raw_amount" in entry else to_cents(entry["amount"])
    fields = _wire(entry) | {"raw_amount": cents}
    fields["addenda_indicator"] = "1" if addenda else "0"
    records = [kind.layout.write(fields, _NUMERIC, "6")]
    records += [_addenda(one, kind) for one in addenda]
    totals.entries += len(records)
    totals.hash += _number(records[0][3:11], "rdfi")
    direction = DIRECTIONS.get(entry["code"])
    if direction == "debit":
        totals.debit += _number(cents, "raw_amount")
    elif direction == "credit":
        totals.credit += _number(cents, "raw_amount")
    return records


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise CodecError("bad_value", f"{name} '{text[:20]}'; use digits")
    return int(text)


def _addenda(addenda: Mapping[str, str], kind: EntryClass) -> str:
    layout = addenda_layout(addenda["type"], addenda.get("code", ""), kind.sec)
    return layout.write(_wire(addenda), _NUMERIC, "7")


def to_cents(amount: str) -> str:
    """`12.34` as `1234`; what is not an amount with at most two decimals is refused."""
    whole, _, decimals = amount.partition(".")
    digits = whole + decimals.ljust(2, "0")
    if not whole or len(decimals) > 2 or not (digits.isascii() and digits.isdecimal()):
        raise CodecError("bad_value", f"amount '{amount[:20]}'; use dollars and cents as 12.34")
    return digits


def _wire(tree: Mapping[str, Any]) -> dict[str, str]:
    """The text fields of a tree with dates as the records have them."""
    fields = {name: value for name, value in tree.items() if isinstance(value, str)}
    for name in _DATES & fields.keys():
        fields[name] = to_year_first(fields[name])
    return fields
