"""QIF, Quicken's line format: account sections with their entries.

Unit: one account section (`!Type:Bank`, `CCard`, `Cash`, `Oth A`, `Oth L`, `Invst`, ...)::

    {"type": "Bank", "date_order": "mdy",
     "account": {"name": "Checking", "type": "Bank", "description": ..., "balance": ...},
     "entries": [
        {"raw_date": "1/31'26", "date": "2026-01-31", "amount": "-1000.00", "payee": ...,
         "memo": ..., "number": ..., "cleared": "X", "category": ..., "address": ["line", ...],
         "splits": [{"category": ..., "memo": ..., "amount": "-600.00", "percent": ...}],
         "other": ["Zline whose letter has no meaning here"]}],
     "lists": {"categories": [{"name": ..., "description": ...}], "classes": [...], ...}}

Nothing in a QIF file says in which order its dates are. `date_order` is what all dates together
prove: `mdy`, `dmy`, `ymd`, or `unknown`; `date` is there when it is certain, `raw_date` always. An
`amount` has a decimal point and no thousand separators; one that can be read in two ways is left
as it stands, with a notice. Investment entries also have `action`, `security`, `price`,
`quantity`, `commission`, `transfer_account` and `transfer_amount`.

`account` is the `!Account` block before the section. Lists (categories, classes, memorized
payments, securities, prices, ...) are with the section that follows them, or in a unit of type
`Lists` without entries after the last one.

A streamed input is read twice, the second time from a temporary file. It gives open (all but
`entries`), an item for each entry, and an empty close.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.qif.reader import Reader
from connectors._codecs.qif.values import Evidence
from connectors._codecs.qif.write import write_section
from connectors._codecs.text_stream import TextStream
from connectors.errors import CodecError

FORMAT = "qif"

_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*!(?:Type:|Account|Option:|Clear:)", re.IGNORECASE)
_BARE = re.compile(rb"\s*D ?\d{1,4}[/.'-][^\r\n]{3,12}[\r\n]+[TUPNMCL]")
_IN_MEMORY = 8 << 20
_AMOUNT_LETTERS = ("T", "U", "$")


def claims(head: bytes) -> bool:
    """A section line, or a dated entry without one."""
    plain = head.replace(b"\0", b"")
    return _STARTS.match(plain) is not None or _BARE.match(plain) is not None


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """The account sections of the stream, in constant memory."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n") as copy:
        evidence = Evidence()
        for line in TextStream(stream, limits).lines():
            _look(line, evidence)
            copy.write(line + "\n")
        copy.seek(0)
        yield from Reader(copy, evidence, limits).parts()


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All account sections of the input."""
    evidence = Evidence()
    text = TextStream(io.BytesIO(data), limits)
    lines = list(text.lines())
    for line in lines:
        _look(line, evidence)
    units: list[Tree] = []
    notices: list[Notice] = []
    for part in Reader(lines, evidence, limits).parts():
        notices.extend(part.notices)
        if part.kind == "open":
            units.append({**part.tree, "entries": []})
        elif part.kind == "item":
            units[-1]["entries"].append(part.tree)
    return Decoded(units, text.encoding, notices)


def _look(line: str, evidence: Evidence) -> None:
    letter = line[:1]
    if letter == "D":
        evidence.see_date(line[1:].strip())
    elif letter in _AMOUNT_LETTERS:
        evidence.see_amount(line[1:].strip())


def encode(units: Iterable[Tree], *, newline: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """Account sections; lists are not written."""
    sections = (unit for unit in units if unit["type"] != "Lists")
    text = "".join(line + newline for unit in sections for line in write_section(unit))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        found = f"letters that {encoding} does not have"
        raise CodecError("bad_value", f"{found}; choose another encoding") from error
