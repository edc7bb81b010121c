"""EDIFACT interchanges: bytes to messages and back.

One unit is one message. Segments are lists under their tag, and every component is named by its
segment, element (two digits) and component (two digits): `NAD+SU+5412345000013::9'` is
{"NAD0101": "SU", "NAD0201": "5412345000013", "NAD0203": "9"}. A segment that opens a group holds
the group's other segments:

    {"type": "INVOIC", "version": "D96A", "association": "EAN008", "decimal": ".",
     "interchange": {"UNB0101": "UNOC", "UNB0201": "4012345000009", "UNB0501": "42", ...},
     "group": {"UNG0101": "INVOIC", ...},
     "UNH": [{"UNH0101": "1", "UNH0201": "INVOIC", ...}],
     "BGM": [{"BGM0101": "380", "BGM0201": "INV-1"}],
     "NAD": [{"NAD0101": "SU", ..., "RFF": [{"RFF0101": "VA", "RFF0102": "DE1"}]}],
     "LIN": [{"LIN0101": "1", ..., "QTY": [{...}], "MOA": [{...}], "PRI": [{...}]}],
     "UNS": [{"UNS0101": "S"}],
     "summary": {"MOA": [{"MOA0101": "77", "MOA0102": "119.00"}], "TAX": [{..., "MOA": [{...}]}]},
     "UNT": [{"UNT0101": "20", "UNT0201": "1"}]}

* `group` is there when the message stands in a UNG group, `association` when UNH states one.
* What follows UNS+S lies in `summary`: totals are never taken for amounts of the header or a line.
* `decimal` is the mark that UNA announces; numbers stay text, with the mark they were sent with.
* Empty components are left out; blanks that pad a value's end are dropped (not significant).
* Repeated elements (syntax version 4): the first under its names, all as trees under `COM01_all`.
* A release character before no service character is kept as it is.
* Groups come from `outlines/edifact/<message>.yaml`; tags without a place lie at the root or, after
  UNS+S, in the summary. Other messages have the groups that all trade messages share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from connectors._codecs.edifact.reading import EdifactReader
from connectors._codecs.edifact.writing import encode as encode
from connectors._codecs.limits import DEFAULT, Decoded, Limits
from connectors._codecs.segments import Unit

FORMAT = "edifact"

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:UNA[^A-Za-z0-9]{3}|UNB[^A-Za-z0-9 \r\n][A-Z]{4}|UN[GH]\+[A-Za-z0-9])"
)


def claims(head: bytes) -> bool:
    """Whether the input begins like EDIFACT: with UNA or UNB, or a group or message without."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:]
    return _HEAD.match(head[:256].replace(b"\0", b"")) is not None


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All messages of all interchanges of the input, in order."""
    return EdifactReader.of(data, limits).decoded()


def iter_units(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Unit]:
    """Message by message, in constant memory; what was wrong is in each unit's `notices`."""
    return EdifactReader.of(stream, limits).streamed()
