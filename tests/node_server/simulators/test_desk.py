"""What manifests may say and no built-in connector says, tried on a system of our own."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors._transport import (
    Answer,
    Request,
    ask_token,
    make_auth,
    matches,
    open_session,
    refresh_request,
    send,
    throttled,
)
from node_server.simulators import Simulator, load, start
from tests.node_server.simulators.walker import POLICY

TARGETS = str(Path(__file__).parent / "targets")
DESK = "lab/desk"


class Desk:
    """Calls of the desk, with a key in the address."""

    def __init__(self, simulator: Simulator, session: Any) -> None:
        self.simulator, self.session = simulator, session
        self.let_in = make_auth(simulator.system.target.auth[0], simulator.credential["parts"])

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        url = f"{self.simulator.settings['base_url']}{path}"
        content = b"" if body is None else json.dumps(body).encode()
        return send(self.session, self.let_in(Request(method, url, headers, content)))

    def create(self, kind: str, key: str = "", **fields: Any) -> Answer:
        return self.call(
            "POST", "/papers", {"control": {"id": key}, "paper": {"kind": kind, **fields}}
        )


@pytest.fixture
def desk() -> Iterator[Desk]:
    with start(DESK, overlay=TARGETS) as simulator, open_session(POLICY) as session:
        yield Desk(simulator, session)


def test_resources_of_one_table_are_told_apart_by_their_lists(desk: Desk) -> None:
    for kind, resource in (("receipt", "bill"), ("note", "note"), ("bill", "bill")):
        desk.create(kind)
        assert desk.simulator.calls[-1].resource == resource
    wanted = {"domain": [["kind", "in", ["bill", "receipt"]]]}
    rows = desk.call("POST", "/papers/search", wanted).json()["rows"]
    assert [row["kind"] for row in rows] == ["receipt", "bill"]
    assert len(desk.simulator.objects("note")) == 3


def test_what_a_person_types_in_is_of_its_kind(desk: Desk) -> None:
    desk.simulator.put("note", {"text": "a"})
    desk.simulator.put("bill", {"text": "b"}, {"text": "c", "kind": "receipt"})
    kinds = [row["kind"] for row in desk.simulator.objects("bill")]
    assert kinds == ["note", "bill", "receipt"]


def test_a_rejected_second_try_points_to_the_first_in_a_header(desk: Desk) -> None:
    first, second = desk.create("bill", "k1"), desk.create("bill", "k1", text="other")
    assert first.json()["paper"]["number"] == 101
    assert (second.status, second.headers["Location"]) == (409, "101")
    assert desk.create("bill").ok
    assert desk.create("bill").ok  # no key: nothing is remembered
    assert len(desk.simulator.objects("bill")) == 3


def test_an_id_of_ones_own_is_taken_once(desk: Desk) -> None:
    assert desk.create("bill", number=7).json()["paper"]["number"] == 7
    again = desk.create("bill", number=7, text="other")
    assert (again.status, again.headers["Location"]) == (409, "7")
    meant = desk.create("bill", number=7, text="other", edition="0")
    assert meant.json()["paper"]["edition"] == "1"


def test_a_change_goes_to_the_record_of_its_path(desk: Desk) -> None:
    number = desk.create("bill", text="a").json()["paper"]["number"]
    changed = desk.call("PATCH", f"/papers/{number}", {"text": "b"}, **{"If-Match": "0"})
    assert changed.json()["paper"]["edition"] == "1"
    assert desk.simulator.objects("bill")[0]["text"] == "b"
    stale = desk.call("PATCH", f"/papers/{number}", {"text": "c"}, **{"If-Match": "0"})
    assert stale.status == 412
    assert stale.json()["problem"]["code"] == "stale_version"
    assert desk.call("PATCH", "/papers/999", {}).status == 404


def test_a_record_is_voided_once(desk: Desk) -> None:
    number = desk.create("bill").json()["paper"]["number"]
    statuses = [desk.call("POST", "/papers/cancel", {"numbers": [number]}).status for _ in "ab"]
    assert statuses == [204, 400]


def test_a_file_in_base64_names_its_record_beside_it(desk: Desk) -> None:
    number = desk.create("bill").json()["paper"]["number"]
    data = base64.b64encode(b"%PDF").decode()
    told = {"about": f"paper,{number}", "called": "a.pdf", "data": data}
    answer = desk.call("POST", "/files", told)
    system = desk.simulator.system
    (held,) = system.rows.all(system.target.shelf("bill"))[0].files
    assert (held["name"], held["bytes"], held["id"]) == ("a.pdf", 4, answer.json()["file"])
    assert desk.call("POST", "/files", {**told, "about": "paper,999"}).status == 404
    assert desk.call("POST", "/files", {**told, "data": "%"}).status == 400


def test_a_target_that_does_not_look_at_the_payload_replays(desk: Desk) -> None:
    first, second = (
        desk.call("POST", "/units", {"code": code}, **{"X-Key": "k"}) for code in ("A", "B")
    )
    assert first.body == second.body
    assert desk.call("GET", "/units?code=A&state=open").json()[0]["code"] == "A"
    assert desk.call("GET", "/units?code=B").json() == []


def test_busy_is_said_in_its_own_way(desk: Desk) -> None:
    desk.simulator.fail(next=[{"name": "429", "seconds": 9}])
    answer = desk.create("bill")
    assert answer.status == 503
    assert throttled(answer, desk.simulator.system.target.api["throttled"], now=0) == 9


def test_a_session_lives_in_a_cookie(desk: Desk) -> None:
    parts = desk.simulator.credential_of("session")["parts"]
    desk.let_in = make_auth({"kind": "none"}, {})
    assert desk.create("bill").status == 401
    wrong = desk.call("POST", "/session", {"user": "x", "password": "y"})
    assert wrong.status == 401
    login = {"user": parts["username"], "password": parts["password"]}
    assert desk.call("POST", "/session", login).ok
    assert desk.create("bill").ok
    desk.simulator.shift(4000)
    assert desk.create("bill").status == 401


def test_a_credential_can_stand_in_the_body_and_in_headers(desk: Desk) -> None:
    spec = desk.simulator.system.target.auth[2]
    parts = desk.simulator.system.keyring.parts(spec)
    desk.let_in = make_auth(spec, parts)
    assert desk.create("bill").ok
    desk.let_in = make_auth(spec, {**parts, "secret": "wrong"})
    assert desk.create("bill").status == 401


def test_a_stale_token_is_told_as_the_manifest_says(desk: Desk) -> None:
    entry = {
        **desk.simulator.system.target.auth[3],
        "token_url": desk.simulator.settings["auth"]["token_url"],
    }
    parts = desk.simulator.credential_of("oauth2_client")["parts"]
    token = ask_token(desk.session, refresh_request(entry, parts, now=0), entry, now=0)
    assert token["expires_at"] == "60"
    desk.let_in = make_auth(entry, token)
    assert desk.create("bill").ok
    desk.simulator.shift(61)
    assert matches(entry["refresh_on"][0], desk.create("bill"))


def test_an_own_connector_is_simulated_like_any_other() -> None:
    target = load(DESK, TARGETS)
    assert [shelf.resources for shelf in target.shelves] == [("bill", "note"), ("unit",)]
