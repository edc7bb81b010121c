"""What the server says of itself is what there is: judged by other people's readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from canonical_model.documents import KINDS
from canonical_model.events import EVENTS
from node_server.app import create_app
from node_server.config import Settings
from node_server.operations import connection_events
from node_server.operations.access import make_key
from node_server.resources.asyncapi import asyncapi
from node_server.resources.endpoint import ENDPOINTS, Endpoint
from node_server.resources.openapi import openapi
from node_server.resources.openapi2 import swagger

from .conftest import BILL, INVOICE
from .test_documents_over_http import canonical

MEGABYTE = 1 << 20


def test_every_endpoint_is_described_once() -> None:
    described = openapi("http://x")["paths"]
    told = {(method.upper(), path) for path, ms in described.items() for method in ms}
    assert told == {(each.method, each.path) for each in ENDPOINTS}
    assert len({each.name for each in ENDPOINTS}) == len(ENDPOINTS)


def test_every_endpoint_explains_itself() -> None:
    for each in ENDPOINTS:
        assert each.says.endswith((".", "?")), each.name
        assert each.summary, each.name


def test_the_older_description_suits_power_automate() -> None:
    """OpenAPI 2.0, under a megabyte, key first, no choices."""
    made = swagger("https://counterfoil.example")
    text = json.dumps(made)
    assert len(text) < MEGABYTE
    assert next(iter(made["securityDefinitions"].values()))["type"] == "apiKey"
    for word in ('"oneOf"', '"anyOf"', '"allOf"', '"nullable"'):
        assert word not in text
    names = [op["operationId"] for ms in made["paths"].values() for op in ms.values()]
    assert len(names) == len(set(names))


def test_every_event_is_described() -> None:
    made = asyncapi("https://counterfoil.example")
    about = len(KINDS) * len(EVENTS) + len(connection_events.TYPES)
    assert len(made["components"]["messages"]) == about


def test_the_docs_page_fetches_nothing_from_elsewhere() -> None:
    from node_server.resources.docs_page import PAGE, POLICY

    assert b"http://" not in PAGE
    assert b"https://" not in PAGE
    assert "default-src 'none'" in POLICY


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The server with some documents in it, and the key that schemathesis calls with."""
    folder = tmp_path_factory.mktemp("described")
    app = create_app(Settings(data=str(folder), rate_limit="", log_level="error"))
    house = app.extensions["counterfoil"].house
    key = make_key(house, "fuzz", "fuzz", ["admin"])["key"]
    headers = {"X-Api-Key": key}
    client = app.test_client()
    for data in (INVOICE, BILL):
        assert client.post("/v1/documents", data=data, headers=headers).status_code == 201
    client.post("/v1/documents?connector=canonical", data=canonical(), headers=headers)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    yield schema, headers
    house.close()


CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def can_be_wrong(each: Endpoint) -> bool:
    """Whether there is anything in a call that can break its schema."""
    stated = any(parameter.place == "query" for parameter in each.parameters)
    return stated or each.keyed or (each.body is not None and each.body.schema is not None)


CASES = [(each, GenerationMode.POSITIVE) for each in ENDPOINTS] + [
    (each, GenerationMode.NEGATIVE) for each in ENDPOINTS if can_be_wrong(each)
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("each", "mode"), CASES, ids=[f"{each.name}-{mode.value}" for each, mode in CASES]
)
def test_no_call_gives_a_fault_or_something_undescribed(
    api: Any, each: Endpoint, mode: GenerationMode
) -> None:
    schema, headers = api
    operation = schema[each.path][each.method]

    @settings(
        max_examples=settings.default.max_examples // 2,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    run()


def test_files_of_the_page_are_in_the_package() -> None:
    from node_server.resources import docs_page

    assert Path(str(docs_page._FOLDER)).is_dir()
