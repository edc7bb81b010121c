"""Who may do what: every route with every role, and never another tenant's data."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest

from node_server.auth import PERMISSIONS, ROLES, principal
from node_server.operations import access
from node_server.resources.endpoint import ENDPOINTS, Endpoint
from node_server.store import clock

from .conftest import BILL, INVOICE, Served
from .test_documents_over_http import canonical
from .test_documents_over_http import take as take_in

OPEN = {each.name for each in ENDPOINTS if each.permission is None}
CLOSED = [each for each in ENDPOINTS if each.permission is not None]


def body_for(each: Endpoint) -> dict[str, Any]:
    if each.body is None:
        return {}
    if "*/*" in each.body.types:
        return {"data": INVOICE}
    return {"json": each.body.example or {"reason": "because"}}


ABSENT = {"id": "none", "sha256": "none", "key": "none"}
NAMED = re.compile(r"\{(id|key|sha256)\}|credentials/\{name\}")


def filled(path: str, ids: dict[str, str]) -> str:
    known = {"family": "ap", "name": "ubl", "kind": "invoice", "node": "get", **ids}
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], "1"), path)


def named(path: str, things: dict[str, str]) -> dict[str, str]:
    """What stands in a path for the thing that it is about."""
    mine = things.get(path.split("/")[2], "x")
    about = dict.fromkeys(("id", "key", "sha256"), mine)
    return about | ({"name": mine} if "credentials/" in path else {})


@pytest.fixture
def things(served: Served) -> dict[str, str]:
    """One of everything, of the tenant acme."""
    document = served.take_in(INVOICE)
    job = served.post("/v1/jobs", "mapper", data=INVOICE).get_json()
    target = {"url": "https://example.com/hook"}
    subscription = served.post("/v1/subscriptions", json=target).get_json()
    key = served.post("/v1/keys", json={"name": "n", "roles": ["reader"]}).get_json()
    served.call("PUT", "/v1/entities/SECRET-ENTITY", json={"own_ids": ["DE123456788"]})
    reach = {"base_url": "http://127.0.0.1:9", "allow_http": True, "allow_private": ["127.0.0.0/8"]}
    way_in = {"kind": "api_key", "parts": {"key": "SECRET-KEY", "secret": "SECRET-SECRET"}}
    connection = {"id": "secret-connection", "connector": "erp/erpnext", "environment": "test",
                  "settings": reach, "credential": way_in}  # fmt: skip
    made = served.post("/v1/connections", json=connection)
    assert made.status_code == 201, made.text
    bill = take_in(served, canonical("B-1"))["id"]
    step = {"to": "approved", "reason": "fine"}
    served.post(f"/v1/documents/{bill}/transitions", "approver", json=step)
    posted = served.post("/v1/connections/secret-connection/post", json={"document": bill})
    assert posted.status_code == 202, posted.text
    unclear = take_in(served, canonical("B-2", issue_date="2020-02-02"))["id"]
    hold = {"to": "exception", "code": "unclear", "reason": "SECRET-REASON"}
    served.post(f"/v1/documents/{unclear}/transitions", json=hold)
    (held,) = served.get("/v1/exceptions").get_json()["data"]
    return {
        "connections": "secret-connection",
        "exceptions": held["id"],
        "credentials": "secret-connection",
        "counterfoils": posted.get_json()["key"],
        "documents": document["documents"][0]["id"],
        "payloads": document["raw_sha256"],
        "jobs": job["id"],
        "subscriptions": subscription["id"],
        "keys": key["id"],
        "entities": "SECRET-ENTITY",
        "nodes": "get",
        "connectors": "ap",
    }


def test_no_route_gives_another_tenant_anything(served: Served, things: dict[str, str]) -> None:
    for each in CLOSED:
        if each.name == "put_credential":
            continue  # it would make one of its own, of the same name
        ids = named(each.path, things)
        sent = {"data": BILL} if "data" in body_for(each) else body_for(each)
        if each.path.startswith("/v1/nodes/{node}"):
            sent = {"json": {"items": [{"json": {"id": things["documents"]}}]}}
        answer = served.call(each.method, filled(each.path, ids), "admin", "other", **sent)
        if NAMED.search(each.path):
            # An entity is named by its owner: this one made one of the same name before.
            own = each.path.startswith("/v1/entities")
            assert own or answer.status_code in (403, 404), f"{each.name}: {answer.status_code}"
        told = answer.text
        # What the other tenant sent itself may come back; what acme has may not.
        for mine in ("jobs", "subscriptions", "keys", "counterfoils", "exceptions"):
            assert each.path.split("/")[2] == mine or things[mine] not in told, each.name
        if (
            each.method == "GET" and answer.status_code < 400
        ):  # a refusal may repeat what it was asked
            assert "secret-" not in told.lower(), each.name
            assert things["documents"] not in told, each.name


def test_what_a_tenant_did_to_anothers_ids_changed_nothing(
    served: Served, things: dict[str, str]
) -> None:
    before = served.get(f"/v1/documents/{things['documents']}").get_json()
    for each in CLOSED:
        if each.method in ("DELETE", "POST", "PUT", "PATCH") and NAMED.search(each.path):
            ids = named(each.path, things)
            served.call(each.method, filled(each.path, ids), "admin", "other", **body_for(each))
    assert served.get(f"/v1/documents/{things['documents']}").get_json() == before
    assert served.get(f"/v1/subscriptions/{things['subscriptions']}").status_code == 200
    assert served.get("/v1/entities").get_json()["data"][0]["id"] == "SECRET-ENTITY"
    assert served.get("/v1/connections/secret-connection").get_json()["connector"] == "erp/erpnext"
    assert served.get("/v1/credentials/secret-connection").get_json()["kind"] == "api_key"
    counterfoil = served.get(f"/v1/counterfoils/{things['counterfoils']}").get_json()
    assert (counterfoil["state"], counterfoil["attempts"]) == ("pending", 0)
    exception = served.get(f"/v1/exceptions/{things['exceptions']}").get_json()
    assert (exception["state"], exception["acts"]) == ("open", [])


@pytest.mark.parametrize("each", CLOSED, ids=lambda each: each.name)
def test_a_route_lets_in_the_roles_that_carry_its_permission_and_no_others(
    lasting: Served, each: Endpoint
) -> None:
    path = filled(each.path, ABSENT)
    for role in ROLES:
        allowed = each.permission in principal("", "", "", frozenset({role})).permissions
        status = lasting.call(each.method, path, role, **body_for(each)).status_code
        assert (status != 403) == allowed, f"{role}: {status}"


@pytest.mark.parametrize("each", CLOSED, ids=lambda each: each.name)
def test_a_route_refuses_who_has_no_key(lasting: Served, each: Endpoint) -> None:
    path = filled(each.path, ABSENT)
    for headers in ({}, {"X-Api-Key": "cf_wrong"}, {"Authorization": "Basic abc"}):
        answer = lasting.client.open(path, method=each.method, headers=headers, **body_for(each))
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers


def test_only_descriptions_probes_and_what_is_proven_otherwise_is_open_to_anybody() -> None:
    assert OPEN == {
        *("health", "ready", "figures", "docs", "get_openapi", "get_swagger", "get_asyncapi"),
        *("list_schemas", "get_schema", "get_event_schema", "list_rules"),
        # These prove who comes by other means: a signature, and a state bound to one browser.
        *("receive_hook", "authorize", "callback"),
    }


def test_every_permission_is_carried_by_some_role_besides_admin_or_is_admins_own() -> None:
    others = set().union(
        *(principal("", "", "", frozenset({role})).permissions for role in ROLES if role != "admin")
    )
    assert others | {"subscribe", "manage"} == PERMISSIONS


def test_a_key_is_kept_as_a_hash_and_shown_once(served: Served) -> None:
    made = served.post("/v1/keys", json={"name": "n8n", "roles": ["mapper"]}).get_json()
    assert made["key"].startswith("cf_")
    assert made["key"] not in served.get("/v1/keys").text
    with served.house.store.reading() as connection:
        rows = access.access.keys(connection, "acme")
    assert made["key"] not in str(rows)


def test_an_expired_key_lets_nobody_in(served: Served) -> None:
    wish = {"name": "old", "roles": ["reader"], "expires_at": "2020-01-01T00:00:00Z"}
    key = served.post("/v1/keys", json=wish).get_json()["key"]
    assert served.client.get("/v1/documents", headers={"X-Api-Key": key}).status_code == 401


def test_a_revoked_key_lets_nobody_in_after_some_seconds(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = served.post("/v1/keys", json={"name": "x", "roles": ["reader"]}).get_json()
    headers = {"X-Api-Key": made["key"]}
    assert served.client.get("/v1/documents", headers=headers).status_code == 200
    assert served.call("DELETE", f"/v1/keys/{made['id']}").status_code == 204
    later = time.monotonic() + 6
    monkeypatch.setattr(access.time, "monotonic", lambda: later)
    assert served.client.get("/v1/documents", headers=headers).status_code == 401


def test_a_rotated_key_works_beside_the_new_one_for_a_while(served: Served) -> None:
    made = served.post("/v1/keys", json={"name": "x", "roles": ["reader"]}).get_json()
    new = served.post(f"/v1/keys/{made['id']}/rotate", json={"overlap_seconds": 60}).get_json()
    for key in (made["key"], new["key"]):
        assert served.client.get("/v1/documents", headers={"X-Api-Key": key}).status_code == 200
    assert new["roles"] == ["reader"]


def test_a_key_is_noted_when_it_is_used(served: Served) -> None:
    before = clock.stamp()
    served.get("/v1/documents")
    rows = served.get("/v1/keys").get_json()["data"]
    used = [row["last_used_at"] for row in rows if "last_used_at" in row]
    assert used
    assert all(each >= before for each in used)


def test_every_query_names_its_tenant(served: Served, things: dict[str, str]) -> None:
    """Whatever the routes ask of the store is bound to one tenant."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(served.house.store.engine, "before_cursor_execute", note)
    for each in CLOSED:
        served.call(each.method, filled(each.path, named(each.path, things)), **body_for(each))
    reads = [s for s in seen if s.lower().startswith(("select", "update", "delete"))]
    tables = "records|record_keys|revisions|sources|steps|events|answers|raws|jobs|"
    outward = "connections|credentials|counterfoils|exchanges|crosswalks|masters|pulls|inbound"
    wanted = re.compile(
        rf"\b(from|update|into) ({tables}subscriptions|deliveries|entities|{outward})\b", re.I
    )
    asked = [s for s in reads if wanted.search(s)]
    assert len(asked) > 20
    assert not [s for s in asked if "tenant" not in s.lower().partition("where")[2]]


def test_uploaded_files_are_read_from_the_body_only(served: Served) -> None:
    """A path in a body is never opened."""
    files = {"file": (io.BytesIO(canonical()), "../../etc/passwd")}
    answer = served.post("/v1/documents?connector=canonical", "mapper", data=files)
    assert answer.status_code == 201
    body = b'{"files": {"file": {"path": "/etc/passwd"}}}'
    answer = served.post("/v1/map", data=body, headers={"Content-Type": "application/json"})
    assert "root:" not in answer.text
