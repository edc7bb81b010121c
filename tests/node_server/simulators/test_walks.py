"""Every connector that can create, walked through by its manifest: what it promises, it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors._transport.picking import pick
from node_server.simulators import Simulator, start_several
from node_server.simulators.clock import written
from tests.node_server.simulators.walker import Walker, having, manifests, walking

CREATES = having("create")
every_create = pytest.mark.parametrize(("walker", "resource"), CREATES, indirect=["walker"])
WITH_LISTS = sorted({name for name, _ in having("list")})
every_api = pytest.mark.parametrize("walker", WITH_LISTS, indirect=True)


@pytest.fixture(scope="module")
def simulators() -> Iterator[dict[str, Simulator]]:
    """All systems at one address, in pages of three rows."""
    names = sorted({name for name, _ in CREATES} | set(WITH_LISTS))
    with start_several(names, seed=3, page_size=3) as found:
        yield {each.name: each for each in found}


@pytest.fixture
def walker(request: pytest.FixtureRequest, simulators: dict[str, Simulator]) -> Iterator[Walker]:
    simulators[request.param].reset()
    with walking(simulators[request.param]) as found:
        yield found


def spec_of(walker: Walker, resource: str) -> dict[str, Any]:
    found: dict[str, Any] = walker.manifest["resources"][resource]
    return found


def test_all_five_classes_are_there() -> None:
    specs = [manifests()[name]["resources"][resource]["create"] for name, resource in CREATES]
    classes = {spec["idempotency"]["class"] for spec in specs}
    assert classes == {"replay", "reject", "upsert", "unique", "none"}


@every_create
def test_a_record_has_its_id_and_version_where_the_manifest_reads_them(
    walker: Walker, resource: str
) -> None:
    create = spec_of(walker, resource)["create"]
    answer = walker.create(resource, "R1", "k1")
    assert answer.ok, answer.text
    assert walker.id_of(resource, answer) not in ("", "None")
    for place in ("version", "success"):
        assert place not in create or pick(answer.json(), create[place]) is not None
    assert len(walker.simulator.objects(resource)) == 1


@every_create
def test_a_second_creation_is_met_as_its_class_says(walker: Walker, resource: str) -> None:
    idempotency = spec_of(walker, resource)["create"]["idempotency"]
    first, second = (walker.create(resource, "R1", "k1") for _ in range(2))
    count = len(walker.simulator.objects(resource))
    kind = idempotency["class"]
    assert first.ok
    assert count == (2 if kind == "none" else 1)
    if kind in ("replay", "upsert"):
        assert second.status == first.status
        assert walker.id_of(resource, second) == walker.id_of(resource, first)
    if kind == "replay":
        assert second.body == first.body
    if kind in ("reject", "unique"):
        conflict = idempotency.get("conflict", {})
        assert second.status == conflict.get("status", 409)
        assert conflict.get("contains", "") in second.text
    if "id" in idempotency.get("conflict", {}):
        first_id = walker.id_of(resource, first)
        assert pick(second.json(), idempotency["conflict"]["id"]) == first_id


@every_create
def test_a_refusal_speaks_where_the_manifest_listens(walker: Walker, resource: str) -> None:
    walker.simulator.fail(next=[{"name": "refuse", "message": "No such tax", "code": "T7"}])
    answer = walker.create(resource, "R1", "k1")
    assert answer.status == 400
    api = {**walker.manifest["api"], **spec_of(walker, resource)["create"]}
    assert pick(answer.json(), api.get("error", "message")) == "No such tax"
    assert "error_code" not in api or pick(answer.json(), api["error_code"]) == "T7"
    assert walker.simulator.objects(resource) == []


@every_create
def test_a_look_up_finds_the_one_that_a_lost_answer_made(walker: Walker, resource: str) -> None:
    create = spec_of(walker, resource)["create"]
    ids = [walker.id_of(resource, walker.create(resource, f"R{n}", f"k{n}")) for n in range(8)]
    if "lookup" not in create["idempotency"]:
        assert len(list(walker.rows(resource))) == len(ids)
        return
    assert walker.look_up(resource, "R5") == [ids[5]]
    assert walker.look_up(resource, "R99") == []


@every_create
def test_what_was_created_can_be_fetched_and_stands_in_the_list(
    walker: Walker, resource: str
) -> None:
    spec = spec_of(walker, resource)
    row_id = walker.id_of(resource, walker.create(resource, "R1", "k1"))
    steps = walker.simulator.system.target.shelf(resource).id_steps
    listed = list(walker.rows(resource)) if "list" in spec else []
    assert [str(row[steps[0]]) for row in listed] == ([row_id] if "list" in spec else [])
    if "get" in spec:
        answer = walker.send(walker.request(spec["get"], {"id": row_id}))
        found = pick(answer.json(), spec["get"].get("item", ""))
        assert str(found[steps[0]]) == row_id
        missing = walker.send(walker.request(spec["get"], {"id": "nobody"}))
        assert missing.status == 404


@every_api
def test_every_list_gives_every_row_once(walker: Walker) -> None:
    shelves = walker.simulator.system.target.shelves
    for resource in (each.resources[0] for each in shelves if each.of("list")):
        walker.simulator.put(resource, *({"simulated": str(n)} for n in range(7)))
        if "list" not in spec_of(walker, resource):
            continue
        found = [row["simulated"] for row in walker.rows(resource)]
        assert found == [str(n) for n in range(7)], resource


@every_api
def test_every_incremental_list_gives_what_changed_since(walker: Walker) -> None:
    shelves = walker.simulator.system.target.shelves
    for resource in (each.resources[0] for each in shelves):
        told = spec_of(walker, resource).get("list", {}).get("incremental", {})
        if not told.keys() & {"params", "headers", "body"}:
            continue
        walker.simulator.put(resource, {"simulated": "old"})
        walker.simulator.shift(5 * 86_400)
        since = since_of(walker, told)
        walker.simulator.shift(5 * 86_400)
        walker.simulator.put(resource, {"simulated": "new"})
        walker.renew()
        listed = spec_of(walker, resource)["list"]
        params = walker.params({**told, "encode": listed.get("encode", {})}, {"since": since})
        headers = {n: walker.fill(t, {"since": since}) for n, t in told.get("headers", {}).items()}
        body = walker.filled(told.get("body", {}), {"since": since})
        rows = walker.rows(resource, params=params, headers=headers, body=body)
        found = [row["simulated"] for row in rows]
        assert found == ["new"], resource


def since_of(walker: Walker, told: dict[str, Any]) -> str:
    form = told.get("format", "rfc3339")
    text = str(written(walker.simulator.system.clock.now(), form))
    return text[:10] if form == "date" else text


@pytest.mark.parametrize(("walker", "resource"), CREATES[:1], indirect=["walker"])
def test_without_a_credential_nobody_comes_in(walker: Walker, resource: str) -> None:
    walker.parts = dict.fromkeys(walker.parts, "wrong")
    assert walker.create(resource, "R1").status == 401
    assert walker.simulator.objects(resource) == []
