"""Documents out of files of any kind, each by a handle that says where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

import connectors
from canonical_model.documents import KINDS, kind_of
from canonical_model.envelope import Record
from canonical_model.errors import InvalidDocument
from connectors.errors import CodecError
from node_server.errors import Refusal
from node_server.operations.canonical_payloads import canonical_record
from node_server.operations.mapping import How, files_in


@dataclass(slots=True)
class Gathered:
    """What was read, and what could not be."""

    records: dict[str, Record] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def of(self, *kinds: str) -> dict[str, Record]:
        """Those of these kinds."""
        return {h: r for h, r in self.records.items() if kind_of(r.document) in kinds}

    def besides(self, *kinds: str) -> dict[str, Record]:
        """Those of other kinds."""
        return {h: r for h, r in self.records.items() if kind_of(r.document) not in kinds}


def gather(paths: Sequence[str], how: How) -> Gathered:
    """The documents of files, folders and archives: payloads of any format, or our own model."""
    found = Gathered()
    for path in files_in(paths):
        try:
            data = Path(path).read_bytes()
            for name, payload in connectors.unpack(data, path):
                _add(found, name, payload, how)
        except OSError as error:
            found.faults.append(f"{path}: cannot be read: {error.strerror}")
        except CodecError as error:
            found.faults.append(f"{path}: {error.message}")
    return found


def _add(found: Gathered, name: str, payload: bytes, how: How) -> None:
    try:
        records, why = _read(name, payload, how)
    except InvalidDocument as error:
        records, why = [], str(error)
    for number, record in enumerate(records, 1):
        found.records[name if len(records) == 1 else f"{name}#{number}"] = record
    if not records:
        found.faults.append(f"{name}: {why}")


def _read(name: str, payload: bytes, how: How) -> tuple[list[Record], str]:
    if _is_ours(payload):
        return [canonical_record(payload, how.context, "file")], ""
    result = connectors.map_payload(
        payload,
        connector=how.connector,
        resource=how.resource,
        filename=name,
        overlay=how.overlay,
        context=how.context,
    )
    why = result.issues[0].message if result.issues else "no document in it"
    return list(result.records), why


def _is_ours(payload: bytes) -> bool:
    """Whether it is a document of the canonical model, which no connector claims."""
    if not payload.lstrip()[:1] == b"{":
        return False
    try:
        tree = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return isinstance(tree, dict) and tree.get("kind") in KINDS


def read_tree(path: str) -> Any:
    """A YAML or JSON file as a tree; a refusal that says where it is broken."""
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(400, "body_unreadable", f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        message = f"{path}: byte {error.start} is no UTF-8; save it as UTF-8"
        raise Refusal(400, "body_unreadable", message) from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        place = f"line {where.line + 1}, column {where.column + 1}: " if where else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise Refusal(400, "body_unreadable", f"{path}: {place}{problem}") from None
