"""Samples of connectors and their goldens: `<case>.in.<ext>` beside `<case>.out.json`.

`python -m tests.golden --write [--force] [CONNECTOR…]` writes goldens that are missing; read them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import connectors
from canonical_model import wire

ROOT = Path(connectors.__file__).parent


def samples(*names: str) -> list[Path]:
    """All inputs, of the connectors named or of all."""
    found = sorted(ROOT.glob("[!_]*/*/samples/*/*.in.*"))
    return [path for path in found if not names or connector_of(path) in names]


def connector_of(path: Path) -> str:
    """The connector that a sample belongs to."""
    return path.relative_to(ROOT).parts[0] + "/" + path.relative_to(ROOT).parts[1]


def golden_of(path: Path) -> Path:
    """Where the golden of an input lies."""
    return path.with_name(path.name.partition(".in.")[0] + ".out.json")


def outcome(path: Path) -> dict[str, Any]:
    """What a golden holds: who took it, the documents, the issues, what was not used."""
    result = connectors.map_payload(path.read_bytes(), filename=path.name, unmapped=True)
    return {
        "connector": result.connector,
        "resource": result.resource,
        "format": result.format,
        "issues": [brief(issue) for issue in result.issues],
        "records": [record(each) for each in result.records],
    }


def record(each: Any) -> dict[str, Any]:
    """A record without what follows from the document by itself."""
    plain = wire.to_plain(each)
    source = plain.get("source", {})
    return {
        "document": plain["document"],
        "source": {k: v for k, v in source.items() if k not in ("raw_sha256", "mapping")},
        "issues": [brief(issue) for issue in each.issues],
        "unmapped": plain.get("unmapped", []),
    }


def brief(issue: Any) -> str:
    """An issue in one line; messages may change without a golden changing."""
    place = issue.path or issue.source_path or ""
    return f"{issue.severity} {issue.code} {place}".rstrip()


def write(names: list[str], *, force: bool) -> None:
    """Write the goldens that are missing, or all."""
    for path in samples(*names):
        golden = golden_of(path)
        if force or not golden.exists():
            text = json.dumps(outcome(path), indent=2, ensure_ascii=False) + "\n"
            golden.write_text(text, "utf-8")
            sys.stderr.write(f"wrote {golden.relative_to(ROOT)}; read it\n")


if __name__ == "__main__":
    words = sys.argv[1:]
    if "--write" not in words:
        raise SystemExit("usage: python -m tests.golden --write [--force] [CONNECTOR…]")
    write([word for word in words if not word.startswith("--")], force="--force" in words)
