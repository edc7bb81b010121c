"""Credentials in a real OpenBao, and a master key that never leaves it, by settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from credentials import CredentialError
from node_server.config import BadSettings, Settings, load
from node_server.operations.calling import Unavailable, open_caller
from node_server.operations.connecting import connections, rotating, secrets
from node_server.operations.house import House, open_house
from node_server.operations.vault import vault_of
from node_server.store import access
from node_server.store import connections as rows
from node_server.store.outward_tables import credentials
from tests.credentials.bao import Bao, running
from tests.node_server.connecting.conftest import NEXT_DOOR, OAUTH
from tests.node_server.connecting.vendor import Vendor, vendor
from tests.transport.servers import http_server

CLIENT = {"client_id": "app", "client_secret": "CANARY-client", "refresh_token": "CANARY-refresh-0"}


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with running(tmp_path_factory.mktemp("bao")) as server:
        yield server


def settings_of(bao: Bao, folder: Path, **more: Any) -> Settings:
    """What an operator sets: an address, and an AppRole."""
    bao.client()
    role_id = bao.admin("GET", "auth/approle/role/counterfoil/role-id")["data"]["role_id"]
    made = bao.admin("POST", "auth/approle/role/counterfoil/secret-id", {})["data"]
    return Settings(
        data=str(folder), openbao_url=f"http://127.0.0.1:{bao.port}", openbao_role_id=role_id,
        openbao_secret_id=made["secret_id"], allow_http_targets=True,
        allow_private_targets=("127.0.0.0/8",), **more,
    )  # fmt: skip


def connect(house: House, there: Vendor) -> None:
    assert there.server is not None
    there.refresh.add("CANARY-refresh-0")
    address = there.server.url("", host="127.0.0.1")
    auth = {f"{name}_url": address + path for name, path in OAUTH.items()}
    variables = {"country": "nl", "division": "1"}
    body = {
        "id": "exact", "connector": "erp/exact_online", "environment": "test",
        "settings": {"base_url": address, "variables": variables, "auth": auth, **NEXT_DOOR},
        "credential": {"kind": "oauth2_code", "parts": CLIENT},
    }  # fmt: skip
    connections.connect(house, "acme", "test", body)


def call(house: House) -> int:
    with open_caller(house, "acme", "exact") as caller:
        return caller.send(caller.request({"path": "/x"}), purpose="test").status


@pytest.mark.slow
def test_tokens_are_renewed_and_kept_in_openbao(bao: Bao, tmp_path: Path) -> None:
    house = open_house(settings_of(bao, tmp_path, credential_store="openbao"))
    with vendor() as there:
        connect(house, there)
        assert call(house) == 200
    there_now = bao.admin("GET", "secret/data/counterfoil/acme/exact")["data"]
    assert there_now["metadata"]["version"] == 2
    assert there_now["data"]["parts"]["refresh_token"] in there.refresh
    assert "exact" in [each["name"] for each in secrets.list_credentials(house, "acme", "t")]
    with house.store.reading() as transaction:
        assert transaction.execute(select(credentials)).all() == []
        trail = access.notes(transaction, "acme", after=0, limit=99)
    assert {"secret_read", "secret_written"} <= {each["action"] for each in trail}
    assert "CANARY" not in str(trail)
    connections.disconnect(house, "acme", "test", "exact")
    assert vault_of(house, "acme", "test").names() == []
    house.close()


@pytest.mark.slow
def test_a_tenant_does_not_see_what_another_keeps_in_openbao(bao: Bao, tmp_path: Path) -> None:
    house = open_house(settings_of(bao, tmp_path, credential_store="openbao"))
    secrets.put(house, "acme", "t", "c1", {"kind": "bearer", "parts": {"token": "CANARY"}})
    for other in ("other", "acme2", "..", "acme/..", "."):
        assert "c1" not in _names_or_none(house, other)
    house.close()


def _names_or_none(house: House, tenant: str) -> list[str]:
    try:
        return vault_of(house, tenant, "t").names()
    except CredentialError:  # refused: as good as nothing
        return []


@pytest.mark.slow
def test_a_master_key_of_the_transit_engine_seals_and_local_ones_move_there(
    bao: Bao, tmp_path: Path
) -> None:
    bao.admin("POST", "transit/keys/house", {})
    local = open_house(Settings(data=str(tmp_path)))
    secrets.put(local, "acme", "t", "c", {"kind": "bearer", "parts": {"token": "CANARY"}})
    local.close()
    house = open_house(settings_of(bao, tmp_path, master_key_transit="house"))
    assert rotating.rotate(house, new_key=False, drop=False).changed == 1
    (tmp_path / "master.key").unlink()
    assert vault_of(house, "acme", "t").get("c", purpose="test").reveal() == {"token": "CANARY"}
    with house.store.reading() as transaction:
        assert transaction.scalar(select(credentials.c.master_key)) == "transit-house"
    house.close()


def test_a_vault_that_does_not_answer_leaves_the_call_unsent(tmp_path: Path) -> None:
    sealed = lambda seen: (503, {}, b'{"errors": ["Vault is sealed"]}')  # noqa: E731
    with http_server(sealed) as server, http_server() as target:
        settings = Settings(
            data=str(tmp_path), credential_store="openbao", openbao_role_id="r",
            openbao_url=server.url("", host="127.0.0.1"), openbao_secret_id="s",  # noqa: S106
            allow_http_targets=True, allow_private_targets=("127.0.0.0/8",),
        )  # fmt: skip
        house = open_house(settings)
        stated = {"base_url": target.url("", host="127.0.0.1"), **NEXT_DOOR}
        body = {"id": "exact", "connector": "bank/wise", "settings": stated}
        connections.connect(house, "acme", "test", body)
        with house.store.writing() as transaction:
            rows.change(transaction, "acme", "exact", credential="c")
        with pytest.raises(Unavailable) as refused:
            call(house)
        assert (refused.value.outcome, target.seen) == ("not_applied", [])
        house.close()


def test_settings_of_openbao_come_together() -> None:
    with pytest.raises(BadSettings, match="openbao_url"):
        load({"COUNTERFOIL_CREDENTIAL_STORE": "openbao", "COUNTERFOIL_OPENBAO_URL": "https://b"})
    with pytest.raises(BadSettings, match="sql, environment, openbao"):
        load({"COUNTERFOIL_CREDENTIAL_STORE": "paper"})
    assert load({"COUNTERFOIL_CREDENTIAL_WISE": "{}"}).credential_store == "sql"
