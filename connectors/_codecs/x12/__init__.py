"""X12 interchanges: bytes to transaction sets and back.

One unit is one transaction set. Segments are lists under their tag, elements have the names that
practitioners use, and a segment that opens a loop holds the loop's other segments:

    {"type": "810",
     "interchange": {"ISA05": "ZZ", "ISA06": "ACME", "ISA13": "000000042", ...},
     "group": {"GS01": "IN", "GS08": "004010", ...},
     "ST": [{"ST01": "810", "ST02": "0001"}],
     "BIG": [{"BIG01": "20260131", "BIG02": "INV-1"}],
     "N1": [{"N101": "SU", "N102": "Acme", "N3": [{"N301": "1 High St"}]}],
     "IT1": [{"IT101": "1", "IT102": "10", "PID": [{"PID05": "Bolt"}]}],
     "TDS": [{"TDS01": "12000"}],
     "SE": [{"SE01": "9", "SE02": "0001"}]}

* Empty elements are left out; blanks that pad an element's end are dropped (not significant).
* Composite: the raw element under its name and its components beside it (`SLN05`, `SLN0501`, ...).
* Repetition (ISA11, since 004020): the first under the name; if several, all under `<name>_all`.
* Loops come from `outlines/x12/<set>.yaml`, and place decides: behind PO1 a REF is the line's. TDS
  and CTT close the lines, so the summary's TXI, CAD, SAC and ISS (810) lie at the root, and AMT
  lies in the CTT loop where the standard has it (850, 855, 860, 865).
* HL segments lie under the HL that their HL02 names, below its `HL`; the others under the set's.
* TA1 stands outside groups and is a unit: {"type": "TA1", "interchange": {...}, "TA1": [{...}]}.
* Tags without a place lie at the root; sets without an outline are flat but for N1, NM1 and HL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from connectors._codecs.limits import DEFAULT, Decoded, Limits
from connectors._codecs.segments import Unit
from connectors._codecs.x12.reading import X12Reader
from connectors._codecs.x12.writing import encode as encode

FORMAT = "x12"

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:ISA[^\w\s]|GS[^\w\s][A-Z]{2}[^\w\s]|ST[^\w\s]\d{3}[^\w\s])"
)


def claims(head: bytes) -> bool:
    """Whether the input begins like X12: an ISA, or a group or set that has lost it."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:]
    return _HEAD.match(head[:256].replace(b"\0", b"")) is not None


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All transaction sets of all interchanges of the input, in order."""
    return X12Reader.of(data, limits).decoded()


def iter_units(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Unit]:
    """Set by set, in constant memory; what was wrong is in each unit's `notices`."""
    return X12Reader.of(stream, limits).streamed()
