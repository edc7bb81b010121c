"""A new connector to start from: its rooms, a manifest, a map and a sample that already work."""

from __future__ import annotations

import re
from pathlib import Path

from connectors.errors import MapError

_NAME = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*").fullmatch

_FILES = {
    "manifest.yaml": """\
# What this connector speaks to. The contract says what else can stand here:
# counterfoil schema --list names the model's, docs/maps.md explains maps.
format: 1
title: {title}
channel: api
resources:
  invoice: {{title: Bill}}
""",
    "maps/invoice.read.yaml": """\
# A bill of {title}. Names on the left are canonical (counterfoil schema invoice),
# paths on the right are the payload's.
format: 1
version: 1
document: invoice
codec: json
recognises:
  has: [{name}_bill]
source:
  object_type: {{const: bill}}
  object_id: {name}_bill.id
fields:
  number: {name}_bill.number
  issue_date: {name}_bill.date
  currency: {name}_bill.currency
  direction: {{const: payable}}
  seller: {{at: {name}_bill.vendor, fields: {{name: name}}}}
  lines:
    each: {name}_bill.lines
    fields:
      quantity: quantity
      price: {{fields: {{net: price}}}}
      net: amount
      item: {{fields: {{name: description}}}}
  totals: {{at: {name}_bill, fields: {{net: net, tax: tax, gross: total}}}}
""",
    "samples/invoice/basic.in.json": """\
{{"{name}_bill": {{
  "id": "b-1", "number": "2026-001", "date": "2026-01-31", "currency": "EUR",
  "vendor": {{"name": "Example Ltd"}},
  "lines": [{{"description": "Paper", "quantity": 2, "price": 5.00, "amount": 10.00}}],
  "net": 10.00, "tax": 1.90, "total": 11.90
}}}}
""",
    "README.md": """\
# {title}

What it reads, where the vendor documents it, which quirks were met, where the samples are from.
""",
}


def make_blank(name: str, into: Path) -> Path:
    """Write the folder of a new connector `family/name`; refuses to write over anything."""
    if not _NAME(name):
        raise MapError([f"{name[:60]!r} is no name for a connector; write family/name, erp/acme"])
    folder = into / name
    if folder.exists():
        raise MapError([f"{folder} exists already; nothing was written"])
    short = name.partition("/")[2]
    for path, text in _FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(name=short, title=short.replace("_", " ").title()), "utf-8")
    return folder
