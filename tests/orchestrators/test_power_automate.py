"""The custom connector under the schema of OpenAPI 2.0 and the rules of the Power Platform."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV2SpecValidator

from node_server.cli.main import main
from node_server.orchestrators.power_automate import FURTHER, IMPORTANT, TRIGGER

Json = dict[str, Any]
FILES = {"apiDefinition.swagger.json", "apiProperties.json", "settings.json", "icon.png"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("connector")
    command = ["connector", "power-automate", "--out", str(made)]
    done = CliRunner().invoke(main, [*command, "--url", "https://finance.example.com"])
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture(scope="module")
def definition(folder: Path) -> Json:
    found: Json = json.loads((folder / "apiDefinition.swagger.json").read_bytes())
    return found


def operations(definition: Json) -> Iterator[Json]:
    for methods in definition["paths"].values():
        yield from (each for name, each in methods.items() if not name.startswith("x-"))


def inside(schema: Json) -> Iterator[tuple[str, Json]]:
    """Every property of a schema, with its name."""
    for name, each in schema.get("properties", {}).items():
        yield name, each
        yield from inside(each)
    yield from inside(schema["items"]) if "items" in schema else ()


def schemas_of(operation: Json) -> Iterator[Json]:
    yield from (each["schema"] for each in operation["parameters"] if "schema" in each)
    yield from (each["schema"] for each in operation["responses"].values() if "schema" in each)


def test_the_folder_holds_what_the_importers_take(folder: Path) -> None:
    assert {each.name for each in folder.iterdir()} == FILES
    assert (folder / "apiDefinition.swagger.json").stat().st_size < 1_000_000
    settings = json.loads((folder / "settings.json").read_bytes())
    assert {settings[each] for each in ("apiDefinition", "apiProperties", "icon")} < FILES


def test_the_definition_is_openapi_2(definition: Json) -> None:
    assert list(OpenAPIV2SpecValidator(definition).iter_errors()) == []
    assert definition["swagger"] == "2.0"
    assert definition["schemes"] == ["https"]
    assert definition["host"] == "finance.example.com"
    assert 30 <= len(definition["info"]["description"]) <= 500


def test_everything_that_is_named_is_there(definition: Json) -> None:
    names = {each["operationId"] for each in operations(definition)}
    assert len(names) == len(list(operations(definition))) == len(IMPORTANT) + len(FURTHER) + 2
    assert TRIGGER.capitalize() in names
    assert all(re.fullmatch(r"([A-Z][a-z0-9]*)+", name) for name in names)


def test_operations_read_as_the_platform_asks(definition: Json) -> None:
    for each in operations(definition):
        assert 0 < len(each["summary"]) <= 80
        assert re.fullmatch(r"[\w ,'()-]+", each["summary"]), each["summary"]
        assert each["description"] != each["summary"]
        assert each["description"][-1] in ".!?"
        assert len(each["description"]) <= 1000
        assert each["x-ms-visibility"] in ("important", "advanced", "internal")


def test_an_operation_has_one_shape_of_success(definition: Json) -> None:
    for each in operations(definition):
        good = [status for status in each["responses"] if status != "default"]
        assert len(good) == 1
        assert good[0].startswith("2")


def test_parameters_have_names_for_people(definition: Json) -> None:
    for operation in operations(definition):
        for each in operation["parameters"]:
            assert re.fullmatch(r"[A-Z].*", each["x-ms-summary"])
            assert each["description"][-1] in ".!?…"
            assert (each["in"] == "path") == ("x-ms-url-encoding" in each)
            assert "`" not in each["description"]


def test_every_property_has_a_type_and_a_name_for_people(definition: Json) -> None:
    whole = [*definition["definitions"].values()]
    whole += [each for operation in operations(definition) for each in schemas_of(operation)]
    found = [pair for schema in whole for pair in inside(schema)]
    assert len(found) > 200
    for _, each in found:
        assert isinstance(each["type"], str)
        assert each["x-ms-summary"]
        assert None not in each.get("enum", [])


def test_the_trigger_gives_its_address_where_the_server_wants_it(definition: Json) -> None:
    path = definition["paths"]["/v1/subscriptions"]
    assert path["post"]["x-ms-trigger"] == "single"
    (body,) = (each for each in path["post"]["parameters"] if each["in"] == "body")
    assert body["schema"]["properties"]["url"]["x-ms-notification-url"] is True
    assert "subject" in path["x-ms-notification-content"]["schema"]["properties"]
    # The platform takes a trigger away by the Location of the answer that made it.
    assert definition["paths"]["/v1/subscriptions/{id}"]["delete"]["x-ms-visibility"] == "internal"


def test_the_key_is_a_secret_of_the_connection(folder: Path, definition: Json) -> None:
    (name,) = definition["securityDefinitions"]
    properties = json.loads((folder / "apiProperties.json").read_bytes())["properties"]
    asked = properties["connectionParameters"][name]
    assert asked["type"] == "securestring"
    assert asked["uiDefinition"]["constraints"]["clearText"] is False
    assert re.fullmatch(r"#[0-9a-f]{6}", properties["iconBrandColor"])


def test_the_icon_is_a_square_picture(folder: Path) -> None:
    data = (folder / "icon.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == height
    assert 100 <= width <= 230


@pytest.mark.parametrize("url", ["http://finance.example.com", "https://localhost", "finance", ""])
def test_an_address_that_the_cloud_cannot_reach_is_refused(tmp_path: Path, url: str) -> None:
    command = ["connector", "power-automate", "--out", str(tmp_path), "--url", url]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "public https" in done.output
