"""No server is spoken to whose key is not known, no folder is used that nobody has opened."""

from __future__ import annotations

import base64
import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors._transport.places import Entry, Folder, is_plain
from node_server.config import Settings
from node_server.errors import Refusal, refusal_of
from node_server.operations.calling import Callers
from node_server.operations.calling.files.exchange import read_exchange
from node_server.operations.calling.files.folders import folder_of
from node_server.operations.connecting import connections, testing
from node_server.operations.exchanging_files.ripening import ripe_files
from node_server.operations.house import House
from node_server.store import connections as stored
from tests.node_server.files import sshd
from tests.node_server.files.conftest import Spot, Statement

OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN0K1gkqbAvFaC4tUGQ4Xa9zT7M0nYHqUlhQn0jDWaVn"


def refusal(work: Any) -> Refusal:
    with pytest.raises(Exception) as caught:  # noqa: PT011  (what it means is looked at)
        work()
    found = refusal_of(caught.value)
    assert found is not None, caught.value
    return found


def fingerprint(host_key: str) -> str:
    digest = hashlib.sha256(base64.b64decode(host_key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def by_password(spot: Spot) -> dict[str, Any]:
    assert spot.credential is not None
    parts = {"username": spot.credential["parts"]["username"], "password": "wrong"}
    return {"kind": "basic", "parts": parts}


def test_a_changed_host_key_is_refused(sftp: Spot, statement: Statement) -> None:
    assert sftp.credential is not None
    sftp.credential["parts"]["host_key"] = OTHER
    sftp.connect()
    sftp.put("one.xml", statement())
    found = refusal(sftp.pull)
    assert found.code == "connection_incomplete"
    assert "it is not the one that is stated" in found.message
    assert sftp.names() == ["one.xml"]


def test_a_server_is_not_trusted_because_it_is_the_first(sftp: Spot) -> None:
    sftp.connect(credential=by_password(sftp))
    found = refusal(sftp.pull)
    assert "none is stated" in found.message
    assert fingerprint(sftp.host_key) in found.message


def test_unless_it_is_told_so_and_then_no_other(sftp: Spot, house: House) -> None:
    sftp.connect(credential=by_password(sftp), trust_first_host_key=True)
    assert refusal(sftp.pull).code == "credential_refused", "it was let in as far as the log-in"
    with house.store.reading() as transaction:
        row = stored.get(transaction, "acme", "there")
    assert row is not None
    assert row.settings["files"]["host_key"] == fingerprint(sftp.host_key)
    files = {**row.settings["files"], "host_key": OTHER}
    changed = replace(row, settings={**row.settings, "files": files})
    with house.store.writing() as transaction:
        stored.replace(transaction, replace(changed, updated_at="2026-01-01T00:00:00.000000Z"))
    house.kept(Callers).forget("acme", "there")
    assert refusal(sftp.pull).code == "connection_incomplete"


@pytest.mark.parametrize("known", ["key", "fingerprint", "one of several"])
def test_a_host_key_is_stated_as_a_key_or_as_a_fingerprint(sftp: Spot, known: str) -> None:
    stated: Any = {
        "key": sftp.host_key,
        "fingerprint": fingerprint(sftp.host_key),
        "one of several": [OTHER, sftp.host_key],
    }[known]
    sftp.connect(credential=by_password(sftp), host_key=stated)
    assert refusal(sftp.pull).code == "credential_refused"


def test_a_key_that_the_server_does_not_know_is_told(sftp: Spot, server: sshd.Server) -> None:
    assert sftp.credential is not None
    sftp.credential["parts"]["private_key"] = server.stranger_key
    sftp.connect()
    assert refusal(sftp.pull).code == "credential_refused"


def test_a_connection_says_what_works(spot: Spot, house: House, statement: Statement) -> None:
    spot.connect()
    spot.put("one.xml", statement())
    found = testing.test(house, "acme", "me", "there")
    assert found["ok"], found
    assert found["checks"][-1]["message"] == "1 files to be pulled in the folder"


def test_a_private_address_is_refused_unless_the_operator_opens_it(
    sftp: Spot, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {
        "id": "other", "connector": "bank/camt", "credential": sftp.credential,
        "settings": {"files": {"address": sftp.address}},
    }  # fmt: skip
    found = refusal(lambda: connections.connect(house, "acme", "me", body))
    assert "this machine" in found.message


def test_a_server_that_is_away_is_told_and_may_be_tried_again(sftp: Spot) -> None:
    sftp.address = f"sftp://127.0.0.1:{sshd.free_port()}/x"
    sftp.connect()
    found = refusal(sftp.pull)
    assert (found.code, found.retriable) == ("target_failed", True)


def test_a_folder_that_the_operator_has_not_opened_is_refused(house: House) -> None:
    for path in ("/etc", "/tmp/x/../../etc", "/"):  # noqa: S108
        body = {
            "id": "there", "connector": "bank/camt",
            "settings": {"files": {"address": f"file://{path}"}},
        }  # fmt: skip
        assert refusal(lambda body=body: connections.connect(house, "acme", "me", body))


@pytest.mark.parametrize("tenant", ["../other", "a/b", "..", ""])
def test_a_tenants_name_leads_nowhere_else(tenant: str, tmp_path: Path) -> None:
    settings = Settings(exchange_folders=(f"{tmp_path}/{{tenant}}",))
    with pytest.raises(Refusal):
        folder_of(settings, tenant, str(tmp_path / "other"))
    assert folder_of(settings, "acme", str(tmp_path / "acme/in")) == tmp_path / "acme/in"
    with pytest.raises(Refusal):
        folder_of(settings, "acme", str(tmp_path / "other/in"))


@pytest.mark.parametrize(
    "address", ["sftp://u:p@host/x", "sftp:///x", "file://host/x", "sftp://host/../x",
                "sftp://host:99999/x", "sftp://host/x?y"],
)  # fmt: skip
def test_an_address_is_of_a_place_and_nothing_else(address: str) -> None:
    with pytest.raises(Refusal):
        read_exchange({"address": address})


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "a\x00b", "a\nb", "x" * 256, "\u202ea"]
)
def test_a_name_that_leads_elsewhere_is_none(name: str) -> None:
    assert not is_plain(name)


def test_names_that_a_server_makes_up_are_left(tmp_path: Path) -> None:
    class Liar(Folder):
        def entries(self, folder: str) -> list[Entry]:
            return [Entry(name, 5, 1) for name in ("../../etc/passwd", "/etc/passwd", "a.xml")]

    exchange = read_exchange({"address": "file:///x", "pull": {"stable_seconds": 0}})
    found = ripe_files(Liar(tmp_path), exchange, {})
    assert [each.name for each in found.files] == ["a.xml"]


def test_no_link_leads_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    (tmp_path / "secret").write_bytes(b"x")
    place = Folder(tmp_path / "in")
    for path in ("up/secret", "../secret", "/etc/hostname"):
        with pytest.raises(Exception, match="leads out of the folder"):
            place.read(path, 10)


def test_without_the_library_it_is_told_what_to_install(
    sftp: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sftp.connect()
    monkeypatch.setitem(sys.modules, "paramiko", None)
    assert "pip install 'counterfoil[sftp]'" in refusal(sftp.pull).message
