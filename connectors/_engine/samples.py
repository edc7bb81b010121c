"""Samples of a connector and their goldens: `<case>.in.<ext>` beside `<case>.out.json`.

A golden holds what a payload becomes, without what follows from the document by itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from canonical_model import wire
from canonical_model.base.issue import Issue
from canonical_model.envelope import Context, Record
from connectors._engine.connector import Connector
from connectors._engine.mapping import map_bytes
from connectors._engine.pack import Pack

_CONTEXT = Context()
_FOLLOWS = ("raw_sha256", "mapping")


def inputs(connector: Connector) -> list[Path]:
    """The sample payloads of a connector."""
    return sorted(connector.folder.glob("samples/*/*.in.*"))


def golden_of(path: Path) -> Path:
    """Where the golden of an input lies."""
    return path.with_name(path.name.partition(".in.")[0] + ".out.json")


def outcome(pack: Pack, path: Path) -> dict[str, Any]:
    """What a payload becomes: who took it, the documents, the issues, what was not used."""
    data = path.read_bytes()
    result = map_bytes(pack, data, filename=path.name, context=_CONTEXT, unmapped=True)
    return {
        "connector": result.connector,
        "resource": result.resource,
        "format": result.format,
        "issues": [brief(issue) for issue in result.issues],
        "records": [_record(each) for each in result.records],
    }


def _record(each: Record) -> dict[str, Any]:
    plain = wire.to_plain(each)
    source = plain.get("source", {})
    return {
        "document": plain["document"],
        "source": {name: value for name, value in source.items() if name not in _FOLLOWS},
        "issues": [brief(issue) for issue in each.issues],
        "unmapped": plain.get("unmapped", []),
    }


def brief(issue: Issue) -> str:
    """An issue in one line; messages may change without a golden changing."""
    place = issue.path or issue.source_path or ""
    return f"{issue.severity} {issue.code} {place}".rstrip()


def write_goldens(pack: Pack, connector: Connector, *, force: bool = False) -> list[Path]:
    """Write the goldens that are missing, or all of them; gives those written, to be read."""
    written = []
    for path in inputs(connector):
        golden = golden_of(path)
        if force or not golden.exists():
            text = json.dumps(outcome(pack, path), indent=2, ensure_ascii=False) + "\n"
            golden.write_text(text, "utf-8")
            written.append(golden)
    return written


def golden_problems(pack: Pack, connector: Connector) -> list[str]:
    """Samples whose golden is missing or says otherwise, and goldens without a sample."""
    found = []
    for path in inputs(connector):
        golden = golden_of(path)
        here = path.relative_to(connector.folder)
        if not golden.exists():
            found.append(f"{here}: no golden; counterfoil samples --write {connector.name}")
        elif json.loads(golden.read_text("utf-8")) != outcome(pack, path):
            found.append(f"{here}: differs from its golden; write it again and read the difference")
    known = {golden_of(path) for path in inputs(connector)}
    strays = set(connector.folder.glob("samples/*/*.out.json")) - known
    return found + [f"{p.relative_to(connector.folder)}: no sample beside it" for p in strays]
