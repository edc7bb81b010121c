"""How other systems' payloads become canonical documents, and back."""

from __future__ import annotations

from connectors._codecs.json_tree import write as write_json
from connectors._engine.api import (
    Overlay,
    explain,
    explain_record,
    folders,
    forget,
    iter_records,
    map_payload,
    names,
    pack,
    render,
)
from connectors._engine.blank import make_blank
from connectors._engine.connector import Connector
from connectors._engine.dates import moment_of
from connectors._engine.inspection import problems_of
from connectors._engine.lineage import Lineage
from connectors._engine.mapping import Result
from connectors._engine.pack import Pack
from connectors._engine.rendering import Rendered
from connectors._engine.samples import write_goldens
from connectors._engine.unpacking import unpack

__all__ = [
    "Connector",
    "Lineage",
    "Overlay",
    "Pack",
    "Rendered",
    "Result",
    "explain",
    "explain_record",
    "folders",
    "forget",
    "iter_records",
    "make_blank",
    "map_payload",
    "moment_of",
    "names",
    "pack",
    "problems_of",
    "render",
    "unpack",
    "write_goldens",
    "write_json",
]
