"""Each operation of the built main node is carried out: as little stated as can be, then all.

What is made up the server does not know, and says so itself; a wrong path, method or name of a
parameter would be told in other words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from node_server.n8n.offers import RESOURCES
from tests.n8n.n8n_host import Execution, N8n
from tests.n8n.samples import invoice, ubl
from tests.n8n.standing import Server
from tests.n8n.workflows import PACKAGE, by_id, fan, file_item, manual, ours

Json = dict[str, Any]
MADE_UP = "no-such-thing"
NEEDS_ONE_OF_ITS_OPTIONS = {"ask of policy"}
DAY = re.compile(r"(?i)(from|to|on)$")
MOMENT = re.compile(r"(Since|At)$")
N8NS_OWN = "__CUSTOM_API_CALL__"
OWN_WORDS = (400, 404, 409, 422)


@pytest.fixture(scope="module")
def form(n8n: N8n) -> list[Json]:
    """The properties of the main node, as this n8n has read them."""
    headers = {"browser-id": "tests"}
    found = n8n.session.get(n8n.url("/types/nodes.json"), headers=headers, timeout=60).json()
    [main] = [each for each in found if each["name"] == f"{PACKAGE}.counterfoil"]
    return list(main["properties"])


@pytest.fixture(scope="module")
def admin(n8n: N8n, server: Server) -> Json:
    """A key that may do everything, so that nothing is refused for want of a role."""
    data = {"baseUrl": server.url, "apiKey": server.keys["admin"]}
    return {"counterfoilApi": n8n.credential("all", "counterfoilApi", data)}


def shown(form: list[Json], resource: str, operation: str = "") -> Iterator[Json]:
    """What the form shows for an operation, before anything is chosen in it."""
    wanted = {"resource": [resource]} | ({"operation": [operation]} if operation else {})
    for each in form:
        show = each.get("displayOptions", {}).get("show", {})
        fits = show.keys() == wanted.keys()
        if fits and all(value[0] in show[name] for name, value in wanted.items()):
            yield each


def operations(form: list[Json], resource: str) -> list[str]:
    [selector] = [each for each in shown(form, resource) if each["name"] == "operation"]
    values = [each["value"] for each in selector["options"]]
    return [each for each in values if each != N8NS_OWN]


def made_up(field: Json) -> Any:
    """A value for a field, of its type."""
    kind = field["type"]
    if kind in ("options", "multiOptions"):
        asked = "loadOptionsMethod" in field.get("typeOptions", {})
        assert asked or field["options"], f"{field['name']} has nothing to choose from"
        first = next((each["value"] for each in field.get("options", [])), MADE_UP)
        return [first] if kind == "multiOptions" else first
    if kind == "string":
        at = "2026-01-31T00:00:00Z" if MOMENT.search(field["name"]) else MADE_UP
        return "2026-01-31" if DAY.search(field["name"]) else at
    plain = {"resourceLocator": by_id(MADE_UP), "number": 1, "boolean": True, "json": '{"a": 1}'}
    return plain[kind]


def stated(form: list[Json], resource: str, operation: str, *, all_of_it: bool) -> Json:
    """The parameters of a node."""
    values: Json = {}
    for each in shown(form, resource, operation):
        if each.get("required"):
            values[each["name"]] = made_up(each)
        elif all_of_it and each["type"] == "collection":
            values[each["name"]] = {one["name"]: made_up(one) for one in each["options"]}
    return values


def failure(found: Execution, name: str) -> Json | None:
    """The problem that a node tells of its item; None where it was carried out."""
    for item in found.outputs(name)[0]:
        if "error" in item["json"] and "details" in item["json"]:
            return dict(item["json"]["details"])
    return None


def is_the_servers_own(problem: Json) -> bool:
    """Whether it is about the values that were made up, and not about how they were sent."""
    told = [problem, *problem.get("errors", [])]
    words = " ".join(each["message"] for each in told if not each.get("path"))
    odd = ("there is no parameter", "no such parameter", "Additional properties")
    names = any(each in json.dumps(problem) for each in odd)
    lacks = words.startswith("parameter ") or "is a required property" in words
    return problem["status"] in OWN_WORDS and not names and not lacks


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_operation_reaches_the_server_as_it_is_meant(
    n8n: N8n, admin: Json, form: list[Json], resource: str
) -> None:
    nodes, needless = [], set()
    for operation in operations(form, resource):
        little = stated(form, resource, operation, all_of_it=False)
        whole = stated(form, resource, operation, all_of_it=True)
        name = f"{operation} of {resource}"
        needless |= set() if little else {name}
        for called, values in ((name, little), (f"{name}, whole", whole)):
            more = {"name": called, "on_error": "continueRegularOutput", **values}
            nodes.append(ours(resource, operation, admin, **more))
    number = f"WALK-{resource}"
    item = file_item(ubl(number), "invoice.xml", "application/xml") | {"json": invoice(number)}
    found = n8n.run(fan(manual(), *nodes, items=[item]))
    assert found.status == "success", found.error.get("message")
    told = {each["name"]: failure(found, each["name"]) for each in nodes}
    odd = {name: each for name, each in told.items() if each and not is_the_servers_own(each)}
    assert odd == {}
    refused = {name: told[name] for name in needless - NEEDS_ONE_OF_ITS_OPTIONS if told[name]}
    assert refused == {}, "what needs nothing stated is carried out"
