"""A house, a place of files that is a folder or a real SFTP server, and connections to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from node_server.app import create_app
from node_server.auth import Principal, principal
from node_server.config import Settings
from node_server.operations.connecting import connections
from node_server.operations.house import House
from node_server.operations.pulling.pulling import Wish, pull
from tests.node_server.conftest import Served
from tests.node_server.files import sshd

WHO = principal("acme", "me", "me", frozenset({"admin"}))
NEXT_DOOR = {"allow_private": ["127.0.0.0/8"]}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Server]:
    if not sshd.SSHD:
        pytest.skip("there is no sshd; install Debian's openssh-server")
    pytest.importorskip("paramiko")
    with sshd.running(tmp_path_factory.mktemp("sshd")) as started:
        yield started


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    folders = (str(tmp_path / "exchange"),)
    return replace(
        settings, exchange_folders=folders, allow_private_targets=("127.0.0.0/8",), lease_seconds=2
    )


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    app = create_app(settings)
    house = app.extensions["counterfoil"].house
    yield Served(house, app.test_client())
    house.close()


@pytest.fixture
def house(served: Served) -> House:
    return served.house


@dataclass
class Spot:
    """A place of files with a connection to it."""

    house: House
    folder: Path
    address: str
    credential: dict[str, Any] | None = None
    host_key: str = ""
    who: Principal = field(default=WHO)

    def connect(
        self, connector: str = "bank/camt", *, name: str = "there", **stated: Any
    ) -> dict[str, Any]:
        credential = stated.pop("credential", self.credential)
        files = {"address": self.address, "pull": {"stable_seconds": 0}, **stated}
        body = {
            "id": name, "connector": connector, "environment": "test", "credential": credential,
            "settings": {"files": files, "quiet_seconds": 1, **NEXT_DOOR},
        }  # fmt: skip
        return connections.connect(self.house, "acme", "test", body)

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def pull(self, name: str = "there", **more: Any) -> dict[str, Any]:
        return pull(self.house, self.who, name, Wish("files", **more))

    def names(self, folder: str = "") -> list[str]:
        base = self.folder / folder
        return sorted(path.name for path in base.iterdir() if path.is_file())


def _sftp(house: House, folder: Path, server: sshd.Server) -> Spot:
    parts = {
        "username": server.username, "private_key": server.private_key,
        "host_key": server.host_key,
    }  # fmt: skip
    address = f"sftp://127.0.0.1:{server.port}{folder}"
    return Spot(house, folder, address, {"kind": "sftp_key", "parts": parts}, server.host_key)


@pytest.fixture(params=["folder", pytest.param("sftp", marks=pytest.mark.slow)])
def spot(request: pytest.FixtureRequest, house: House, tmp_path: Path) -> Spot:
    """A place of each sort."""
    folder = tmp_path / "exchange" / "bank"
    folder.mkdir(parents=True)
    if request.param == "folder":
        return Spot(house, folder, folder.as_uri())
    return _sftp(house, folder, request.getfixturevalue("server"))


@pytest.fixture
def sftp(house: House, tmp_path: Path, server: sshd.Server) -> Spot:
    folder = tmp_path / "exchange" / "bank"
    folder.mkdir(parents=True)
    return _sftp(house, folder, server)


Statement = Callable[..., bytes]


@pytest.fixture
def statement() -> Statement:
    """A bank statement of our own, as many as are wanted."""

    def made(number: int = 1) -> bytes:
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>2026-01-0{number}T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>
<CreDtTm>2026-01-0{number}T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-0{number}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-0{number}</Dt></Dt></Bal>
</Stmt></BkToCstmrStmt></Document>""".encode()

    return made
