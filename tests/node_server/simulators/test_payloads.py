"""What our write maps make is taken by the simulators, kept whole, and read by our read maps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import connectors
from canonical_model.documents import AnyDocument, kind_of
from node_server.simulators import Simulator, start_several
from node_server.simulators.places import at
from node_server.simulators.writing import record_steps
from tests.node_server.simulators.walker import Walker, having, walking

FOLDER = Path(connectors.__file__).parent
PACK = connectors.pack()
WRITTEN = [
    (name, resource)
    for name, resource in having("create")
    if resource in PACK[name].map_names("write")
]


@pytest.fixture(scope="module")
def simulators() -> Iterator[dict[str, Simulator]]:
    with start_several(sorted({name for name, _ in WRITTEN}), seed=2) as found:
        yield {each.name: each for each in found}


def documents_for(name: str, resource: str) -> Iterator[dict[str, Any]]:
    """Documents of the connector's own samples that the write map takes."""
    found = PACK[name].write_map(resource)
    for path in sorted(FOLDER.glob(f"{name}/samples/*/*.out.json")):
        for record in json.loads(path.read_text("utf-8"))["records"]:
            document = record["document"]
            if document["kind"] == found.document and found.takes(document):
                yield document


@pytest.mark.parametrize(("name", "resource"), WRITTEN)
def test_a_rendered_document_is_kept_whole(
    name: str, resource: str, simulators: dict[str, Simulator]
) -> None:
    simulators[name].reset()
    create = simulators[name].system.target.manifest["resources"][resource]["create"]
    plain = next(documents_for(name, resource))
    document = msgspec.json.decode(json.dumps(plain), type=AnyDocument)
    payload = connectors.render([document], name, resource).payload
    method = create.get("method", "POST")
    with walking(simulators[name]) as walker:
        tree = json.loads(payload)
        made = walker.request(create, {"field:journalId": "j1"}, tree, method)
        answer = walker.send(replace(made, body=payload))
        assert answer.ok, answer.text
        (held,) = simulators[name].objects(resource)
        sent = at(tree, record_steps(tree, create))
        assert {key: json.loads(json.dumps(held[key], default=float)) for key in sent} == sent
        check_listed(walker, name, resource, document)


def check_listed(walker: Walker, name: str, resource: str, document: AnyDocument) -> None:
    """The list with the record in it is a payload like any other."""
    spec = walker.manifest["resources"][resource]
    if "list" not in spec or resource not in PACK[name].map_names("read"):
        return
    answer = walker.send(walker.request(spec["list"], {"journal": "j1"}))
    found = connectors.map_payload(answer.body, connector=name, resource=resource)
    assert [kind_of(record.document) for record in found.records] == [kind_of(document)]


def test_every_write_map_with_a_call_is_tried() -> None:
    assert len(WRITTEN) > 30
