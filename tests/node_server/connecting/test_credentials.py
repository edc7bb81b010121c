"""Secrets go in, are sealed, and never come out; every reading of one is on record."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from credentials import Unreadable
from node_server.config import Settings
from node_server.operations import master_keys
from node_server.operations.connecting import rotating, secrets
from node_server.operations.house import House, open_house
from node_server.operations.sealing import seal, unseal
from node_server.operations.vault import vault_of
from node_server.store.schema import metadata
from tests.node_server.conftest import Served
from tests.node_server.connecting.conftest import Connect
from tests.transport.servers import http_server

PARTS = {"client_id": "app", "client_secret": "CANARY-secret", "webhook_secret": "CANARY-hook"}
Cli = Callable[..., Result]


def test_secrets_go_in_and_never_come_out(served: Served) -> None:
    body = {"kind": "oauth2_client", "parts": PARTS}
    answers = [served.call("PUT", "/v1/credentials/xero", json=body)]
    assert answers[0].status_code == 201, answers[0].text
    answers.append(served.call("PUT", "/v1/credentials/xero", json=body))
    answers += [served.get("/v1/credentials"), served.get("/v1/credentials/xero")]
    answers += [served.get("/v1/audit"), served.get("/v1/connections")]
    assert [each.status_code for each in answers] == [201, 200, 200, 200, 200, 200]
    shown = answers[3].get_json()
    assert (shown["public"], shown["version"]) == ({"client_id": "app"}, 2)
    assert shown["secret"] == ["client_secret", "webhook_secret"]
    assert not [each.text for each in answers if "CANARY" in each.text]
    with served.house.store.reading() as connection:
        kept = [str(row) for table in metadata.sorted_tables
                for row in connection.execute(table.select())]  # fmt: skip
    assert not [row for row in kept if "CANARY" in row]


def test_a_wrong_credential_is_told_by_its_parts_and_not_by_their_values(served: Served) -> None:
    wrong = {"kind": "oauth2_client", "parts": {"client_secret": "CANARY-x"}}
    answer = served.call("PUT", "/v1/credentials/x", json=wrong)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "credential_invalid")
    assert "'client_id' is missing" in answer.get_json()["message"]
    unfit = served.call("PUT", "/v1/credentials/x", json={"kind": "CANARY" * 9, "parts": {"a": []}})
    other = {
        "id": "c",
        "connector": "bank/wise",
        "credential": {"kind": "bearer", "parts": "CANARY"},
    }
    told = [answer, unfit, served.post("/v1/connections", json=other)]
    assert [each.status_code for each in told] == [422] * 3
    assert not [each.text for each in told if "CANARY" in each.text]


def test_a_credential_in_use_is_not_deleted_and_only_who_manages_sees_it(served: Served) -> None:
    body = {"id": "w", "connector": "bank/wise", "settings": {"variables": {"profile": "1"}},
            "credential": {"kind": "bearer", "parts": {"token": "CANARY"}}}  # fmt: skip
    assert served.post("/v1/connections", json=body).status_code == 201
    assert served.get("/v1/credentials/w").get_json()["connections"] == ["w"]
    assert served.call("DELETE", "/v1/credentials/w").status_code == 409
    for role in ("reader", "mapper", "poster", "approver", "auditor"):
        assert served.get("/v1/credentials/w", role).status_code == 403
    assert served.get("/v1/credentials/w", tenant="other").status_code == 404
    assert served.call("DELETE", "/v1/connections/w").status_code == 204
    assert served.get("/v1/credentials/w").status_code == 404


def test_a_credential_that_changed_meanwhile_is_not_replaced(served: Served) -> None:
    body = {"kind": "bearer", "parts": {"token": "one"}}
    served.call("PUT", "/v1/credentials/x", json=body)
    stale = served.call("PUT", "/v1/credentials/x", json=body | {"version": 7})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "conflict")


def test_every_reading_of_a_secret_is_on_record(house: House, connect: Connect) -> None:
    from node_server.operations.access import audit_trail

    with http_server() as server:
        connect(server)
        vault_of(house, "acme", "key_7").get("there", purpose="looking")
    trail = audit_trail(house, "acme", after=0, limit=99)
    told = [(each["actor"], each["action"], each["object"]) for each in trail]
    assert ("test", "secret_written", "there") in told
    assert ("key_7", "secret_read", "there") in told
    assert "looking" in str(trail[-1]["detail"])


def test_the_key_file_of_an_earlier_version_goes_on_working(tmp_path: Path) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    (tmp_path / "master.key").write_text(key + "\n")
    house = open_house(Settings(data=str(tmp_path)))
    sealed = seal(house, "secret", "here")
    vault_of(house, "acme", "test").add("c", "bearer", {"token": "t"}, purpose="test")
    done = rotating.rotate(house, new_key=True, drop=False)
    assert (done.changed, done.unreadable) == (1, [])
    assert key in (tmp_path / "master.key").read_text()
    assert vault_of(house, "acme", "test").get("c", purpose="test").reveal() == {"token": "t"}
    assert unseal(house, sealed, "here") == "secret"
    dropped = rotating.rotate(house, new_key=False, drop=True).dropped
    assert len(dropped) == 1
    assert key not in (tmp_path / "master.key").read_text()
    assert vault_of(house, "acme", "test").get("c", purpose="test").reveal() == {"token": "t"}
    assert (tmp_path / "master.key").stat().st_mode & 0o077 == 0
    house.close()


def test_a_key_from_the_settings_takes_over_from_the_file(tmp_path: Path) -> None:
    first = open_house(Settings(data=str(tmp_path)))
    vault_of(first, "acme", "test").add("c", "bearer", {"token": "t"}, purpose="test")
    first.close()
    second = open_house(Settings(data=str(tmp_path), master_key="correct horse battery staple"))
    assert rotating.rotate(second, new_key=False, drop=False).changed == 1
    second.close()
    (tmp_path / "master.key").unlink()
    third = open_house(Settings(data=str(tmp_path), master_key="correct horse battery staple"))
    assert vault_of(third, "acme", "test").get("c", purpose="test").reveal() == {"token": "t"}
    third.close()
    fourth = open_house(Settings(data=str(tmp_path), master_key="another"))
    with pytest.raises(Unreadable):
        vault_of(fourth, "acme", "test").get("c", purpose="test")
    assert "master key" in secrets.list_credentials(fourth, "acme", "test")[0]["why"]
    assert len(rotating.rotate(fourth, new_key=False, drop=False).unreadable) == 1
    fourth.close()


def test_what_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    first = open_house(Settings(data=str(tmp_path), master_key="one"))
    vault_of(first, "acme", "test").add("c", "bearer", {"token": "t"}, purpose="test")
    first.close()
    second = open_house(Settings(data=str(tmp_path), master_key="two"))
    with pytest.raises(Unreadable):
        secrets.put(second, "acme", "test", "c", {"kind": "bearer", "parts": {"token": "u"}})
    second.close()


def test_two_processes_make_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / master_keys.FILE
    plain = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: self != path and plain(self))
    master_keys._make(path)
    first = path.read_text()
    master_keys._make(path)
    assert path.read_text() == first
    assert [each.name for each in tmp_path.iterdir()] == [master_keys.FILE]


def test_the_environment_is_that_of_one_tenant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from credentials import NotFound, ReadOnly

    stated = json.dumps({"kind": "bearer", "token": "CANARY"})
    monkeypatch.setenv("COUNTERFOIL_CREDENTIAL_WISE_MAIN", stated)
    house = open_house(Settings(data=str(tmp_path), credential_store="environment"))
    assert vault_of(house, "default", "test").get("wise-main", purpose="test").kind == "bearer"
    with pytest.raises(NotFound):
        vault_of(house, "acme", "test").get("wise-main", purpose="test")
    with pytest.raises(ReadOnly):
        secrets.put(house, "default", "test", "x", {"kind": "bearer", "parts": {"token": "t"}})
    house.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("COUNTERFOIL_"):
            monkeypatch.delenv(name)
    return tmp_path / "data"


def test_credentials_at_the_command_line(cli: Cli, folder: Path) -> None:
    data = ("--data", str(folder))
    parts = json.dumps({"token": "CANARY-token"})
    said: list[Any] = [cli("credentials", "add", *data, "wise", "bearer", "-", input=parts)]
    assert said[0].exit_code == 0, said[0].stderr
    again = cli("credentials", "add", *data, "wise", "bearer", "-", input=parts)
    assert (again.exit_code, "Traceback" in again.stderr) == (1, False)
    said.append(cli("credentials", "replace", *data, "wise", "-", input=parts))
    said.append(cli("credentials", "list", *data))
    said.append(cli("credentials", "rotate", *data))
    said.append(cli("credentials", "rotate", *data, "--drop-old"))
    said.append(cli("credentials", "kinds", "oauth2_code"))
    said.append(cli("credentials", "delete", *data, "wise"))
    assert [each.exit_code for each in said] == [0] * 7, [each.stderr for each in said]
    assert "wise  bearer, version 2" in said[2].stdout
    assert "1 sealed anew" in said[3].stdout
    assert "keys that are gone" in said[4].stdout
    assert not [each for each in said if "CANARY" in each.stdout + each.stderr]
