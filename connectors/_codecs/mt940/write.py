"""Trees back to MT940 and MT942, for simulators and tests.

Normal form, what a tree looks like once written and read again:

* `raw_details`, where present, is written as it is, its lines cut to 65 places; `details` is
  written only without it: as lines of text when it has nothing but `purpose`, else in numbered
  sub-fields, where several lines of purpose beside references become one, names keep 54 places,
  and what has no sub-field (`structured_ref`, `batch`, `return_text` and such) is not written.
* A transaction type, statement number or transaction code that is missing comes back as `NMSC`,
  `0` and `000`.
* A unit with `sender` or `block1` gets SWIFT blocks around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.details import read_supplementary
from connectors._codecs.mt940.handlers import HANDLERS
from connectors._codecs.mt940.write_details import details_lines
from connectors.errors import CodecError

_AMOUNT = re.compile(r"\d{1,15}(?:\.\d*)?", re.ASCII)
_DAY = re.compile(r"(?:19|20)(\d\d)-(\d\d)-(\d\d)", re.ASCII)
_STAMP = re.compile(r"\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d):\d\d(?:([+-]\d\d):(\d\d))?", re.ASCII)
_LINE = 65
_REFERENCE = 16


def encode(units: Iterable[Tree], *, newline: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """The file with these statements; raises `CodecError` where a tree lacks what SWIFT needs."""
    lines: list[str] = []
    for record, unit in enumerate(units, start=1):
        try:
            lines.extend(_statement(unit))
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise CodecError(
                "bad_tree", f"statement without {error}; see the tree of this codec", record=record
            ) from error
    try:
        return "".join(line + newline for line in lines).encode(encoding)
    except UnicodeEncodeError as error:
        raise CodecError(
            "bad_encoding", f"a character has no place in {encoding}; write UTF-8"
        ) from error


def _statement(unit: dict[str, Tree]) -> Iterator[str]:
    blocks = "block1" in unit or "sender" in unit
    if blocks:
        yield _blocks(unit)
    elif unit["message"] != "MT940" and not {"floor_limits", "report_time"} & unit.keys():
        yield unit["message"].removeprefix("MT")
    yield from _head(unit)
    for entry in unit.get("entries", ()):
        yield from _entry(entry)
    yield from _trailer(unit)
    yield "-}" if blocks else "-"


def _blocks(unit: dict[str, Tree]) -> str:
    bic = unit.get("sender", "").ljust(11, "X")
    terminal = f"{bic[:8]}X{bic[8:11]}"
    message = unit["message"].removeprefix("MT")
    block1 = unit.get("block1", f"F01{terminal}0000000000")
    block2 = unit.get("block2", f"O{message}{terminal}N")
    block3 = f"{{3:{unit['block3']}}}" if "block3" in unit else ""
    return f"{{1:{block1}}}{{2:{block2}}}{block3}{{4:"


def _head(unit: dict[str, Tree]) -> Iterator[str]:
    yield f":20:{unit.get('reference', 'STATEMENT')}"
    if "related" in unit:
        yield f":21:{unit['related']}"
    if "account_bic" in unit:
        yield f":25P:{unit['account']}\n{unit['account_bic']}"
    else:
        yield f":25:{unit['account']}"
    sequence = f"/{unit['sequence']}" if "sequence" in unit else ""
    yield f":28C:{unit.get('number', '0')}{sequence}"
    if "ns" in unit:
        yield _numbered(unit["ns"])
    for limit in unit.get("floor_limits", ()):
        yield f":34F:{limit['currency']}{limit.get('mark', '')}{_amount(limit['amount'])}"
    if "report_time" in unit:
        yield f":13D:{_report_time(unit['report_time'])}"
    if "opening" in unit:
        yield _balance(unit["opening"])


def _entry(entry: dict[str, Tree]) -> Iterator[str]:
    yield f":61:{_statement_line(entry)}"
    if "supplementary" in entry and not _names_counterparty(entry):
        yield from _safe(entry["supplementary"].split("\n"))
    if "ns" in entry:
        yield _numbered(entry["ns"])
        return
    raw = entry.get("raw_details")
    lines = list(_safe(_cut(raw) if raw else details_lines(_unsaid(entry))))
    if lines:
        yield f":86:{lines[0]}"
        yield from lines[1:]


def _unsaid(entry: dict[str, Tree]) -> dict[str, Tree]:
    """The details that field 61 does not state already."""
    said = read_supplementary(entry.get("supplementary", ""))
    if "supplementary" in entry and _names_counterparty(entry):
        said["counterparty"] = entry["supplementary"]
        said["counterparty_account"] = entry.get("customer_ref")
    details = entry.get("details", {})
    return {key: value for key, value in details.items() if said.get(key) != value}


def _names_counterparty(entry: dict[str, Tree]) -> bool:
    """Such a name stands behind the reference, which is padded to 16 places (Rabobank)."""
    name = entry.get("details", {}).get("counterparty")
    return (
        name == entry.get("supplementary")
        and "bank_ref" not in entry
        and len(entry.get("customer_ref", "NONREF")) < _REFERENCE
    )


def _statement_line(entry: dict[str, Tree]) -> str:
    if "raw" in entry:
        return str(entry["raw"])
    value = entry.get("value_date_raw") or _day(entry["value_date"])
    booked = entry.get("entry_date_raw") or _day(entry.get("entry_date", ""))[2:]
    mark = entry["mark"] + entry.get("funds_code", "")
    bank = f"//{entry['bank_ref']}" if "bank_ref" in entry else ""
    reference = entry.get("customer_ref", "NONREF")
    if "supplementary" in entry and _names_counterparty(entry):
        reference = reference.ljust(_REFERENCE) + entry["supplementary"]
    kind = entry.get("type", "NMSC").ljust(4)
    return f"{value}{booked}{mark}{_amount(entry['amount'])}{kind}{reference}{bank}"


def _trailer(unit: dict[str, Tree]) -> Iterator[str]:
    for key in ("closing", "available"):
        if key in unit:
            yield _balance(unit[key])
    for balance in unit.get("forward", ()):
        yield _balance(balance)
    for key, tag in (("debit_total", "90D"), ("credit_total", "90C")):
        if key in unit:
            total = unit[key]
            yield f":{tag}:{total['count']}{total['currency']}{_amount(total['amount'])}"
    if "info" in unit:
        first, *more = _safe(_cut(unit["info"]))
        yield f":86:{first}"
        yield from more


def _balance(tree: dict[str, Tree]) -> str:
    day = tree.get("date_raw") or _day(tree["date"])
    figures = _amount(tree["amount"])
    return f":{tree['kind']}:{tree['mark']}{day}{tree.get('currency', '')}{figures}"


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise CodecError("bad_amount", f"{text[:20]!r} is no amount; write digits and one point")
    return text.replace(".", ",") if "." in text else f"{text},"


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    if found:
        return found[1] + found[2] + found[3]
    if text:
        raise CodecError("bad_date", f"{text[:20]!r} is no date; write YYYY-MM-DD")
    return ""


def _report_time(tree: dict[str, Tree]) -> str:
    found = _STAMP.fullmatch(tree.get("timestamp", ""))
    return "".join(part or "" for part in found.groups()) if found else str(tree["raw"])


def _numbered(lines: dict[str, Tree]) -> str:
    return ":NS:" + "\n".join(f"{number}{text}" for number, text in sorted(lines.items()))


def _cut(text: str) -> list[str]:
    return [
        line[at : at + _LINE] for line in text.split("\n") for at in range(0, len(line) or 1, _LINE)
    ]


def _safe(lines: Iterable[str]) -> Iterator[str]:
    """A line that looks like a field or the end of the message begins with a point instead."""
    for line in lines:
        bare = line.strip()
        field = bare.startswith(":") and bare[1:].partition(":")[0] in HANDLERS
        end = bare.startswith(("-}", "-XXX", "{")) or bare == "-"
        yield "." + bare[1:] if field or end else line
