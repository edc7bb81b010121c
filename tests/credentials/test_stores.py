"""One contract for all stores, and what sealing adds."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, select, update

from credentials import (
    Conflict,
    Entry,
    EnvironmentStore,
    MemoryStore,
    NotFound,
    OpenBaoStore,
    ReadOnly,
    SqlStore,
    Store,
    StoreUnavailable,
    Unreadable,
    make_table,
    new_master_key,
    rewrap_table,
    ring_of,
)

METADATA = MetaData()
TABLE = make_table(METADATA)
SERVERS = [pytest.param(name, marks=pytest.mark.slow) for name in ("postgres", "openbao")]
OLD, NEW = new_master_key("old"), new_master_key("new")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/store.db", connect_args={"timeout": 30})
    METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = request.getfixturevalue(request.param)
    METADATA.create_all(made)
    yield made
    METADATA.drop_all(made)


@pytest.fixture(params=["memory", "sqlite", *SERVERS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore(ring_of(OLD))
        return
    if request.param in ("sqlite", "postgres"):
        made = request.getfixturevalue(request.param)
        METADATA.create_all(made)
        yield SqlStore(made, TABLE, ring_of(OLD))
        METADATA.drop_all(made)
        return
    client = request.getfixturevalue("bao").client()
    yield OpenBaoStore(client, path=f"counterfoil/{tmp_path.name}")


def test_what_is_written_is_read(store: Store) -> None:
    parts = {"key": "s3cret-Łódź", "secret": "\U0001f511"}
    assert store.write(Entry("acme:xero-1", "api_key", parts)) == 1
    assert store.read("acme:xero-1") == Entry("acme:xero-1", "api_key", parts, 1)


def test_versions_grow_and_a_stale_writer_is_refused(store: Store) -> None:
    store.write(Entry("c", "bearer", {"token": "a"}))
    assert store.write(Entry("c", "bearer", {"token": "b"}, 1)) == 2
    for version in (0, 1, 3):
        with pytest.raises(Conflict):
            store.write(Entry("c", "bearer", {"token": "x"}, version))
    assert store.read("c").parts == {"token": "b"}


def test_what_is_not_there_is_said(store: Store) -> None:
    for ask in (store.read, store.delete):
        with pytest.raises(NotFound):
            ask("nothing")
    with pytest.raises((Conflict, NotFound)):
        store.write(Entry("nothing", "bearer", {"token": "x"}, 4))
    assert store.names() == []


def test_names_are_listed_in_order_until_deleted(store: Store) -> None:
    for name in ("b", "a", "c.1"):
        store.write(Entry(name, "bearer", {"token": "t"}))
    store.delete("b")
    assert store.names() == ["a", "c.1"]
    assert store.write(Entry("b", "bearer", {"token": "t"})) == 1


def test_nothing_is_written_over_what_cannot_be_read(engine: Engine) -> None:
    SqlStore(engine, TABLE, ring_of(OLD)).write(Entry("c", "bearer", {"token": "a"}))
    other = SqlStore(engine, TABLE, ring_of(NEW))
    for version in (0, 1):
        with pytest.raises(Unreadable, match="'old'"):
            other.write(Entry("c", "bearer", {"token": "b"}, version))
    assert SqlStore(engine, TABLE, ring_of(OLD)).read("c").parts == {"token": "a"}
    other.delete("c")


@pytest.mark.parametrize("column", ["kind", "name", "tenant"])
def test_a_sealed_row_opens_only_where_it_belongs(engine: Engine, column: str) -> None:
    SqlStore(engine, TABLE, ring_of(OLD)).write(Entry("c", "bearer", {"token": "a"}))
    with engine.begin() as connection:
        connection.execute(update(TABLE).values({column: "basic"}))
    place = {"kind": ("default", "c"), "name": ("default", "basic"), "tenant": ("basic", "c")}
    tenant, name = place[column]
    with pytest.raises(Unreadable, match="altered or moved"):
        SqlStore(engine, TABLE, ring_of(OLD), tenant=tenant).read(name)


def test_tenants_do_not_see_each_other(engine: Engine) -> None:
    one, two = (SqlStore(engine, TABLE, ring_of(OLD), tenant=t) for t in ("one", "two"))
    one.write(Entry("c", "bearer", {"token": "1"}))
    two.write(Entry("c", "bearer", {"token": "2"}))
    assert (one.read("c").parts, two.read("c").parts) == ({"token": "1"}, {"token": "2"})
    two.delete("c")
    assert one.names() == ["c"]


def test_no_secret_lies_open_in_the_database_file(sqlite: Engine, tmp_path: Path) -> None:
    token = "canary-0123456789abcdef"  # noqa: S105 - an example
    SqlStore(sqlite, TABLE, ring_of(OLD)).write(Entry("c", "bearer", {"token": token}))
    sqlite.dispose()
    assert token.encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("store.db*"))


def test_each_sealing_has_a_key_and_nonce_of_its_own(engine: Engine) -> None:
    store = SqlStore(engine, TABLE, ring_of(OLD))
    for name in ("a", "b"):
        store.write(Entry(name, "bearer", {"token": "same"}))
    with engine.connect() as connection:
        one, two = (row.split(".") for row in connection.execute(select(TABLE.c.sealed)).scalars())
    assert one[2] != two[2]
    assert one[3] != two[3]


def test_a_broken_database_is_unavailable_and_quotes_nothing() -> None:
    engine = create_engine("sqlite://")
    store = SqlStore(engine, TABLE, ring_of(OLD))
    for act in (
        lambda: store.read("c"),
        lambda: store.write(Entry("c", "bearer", {"token": "s3cret"})),
        lambda: store.delete("c"),
        store.names,
    ):
        with pytest.raises(StoreUnavailable) as raised:
            act()
        assert "s3cret" not in str(raised.value)
    engine.dispose()


def test_a_master_key_is_changed_under_load_and_nothing_is_lost(engine: Engine) -> None:
    """Readers and writers with both keys go on while rows are re-wrapped; then the old key goes."""
    both = ring_of(f"{NEW},{OLD}")
    before = SqlStore(engine, TABLE, ring_of(OLD))
    for number in range(60):
        before.write(Entry(f"c{number}", "bearer", {"token": f"t{number}"}))
    wrong: list[str] = []
    stop = threading.Event()

    def use(part: int) -> None:
        store = SqlStore(engine, TABLE, both)
        number = part
        while not stop.is_set():
            name = f"c{number % 60}"
            found = store.read(name)
            if found.parts["token"] != f"t{number % 60}":
                wrong.append(name)
            store.write(Entry(name, "bearer", dict(found.parts), found.version))
            number += 3

    threads = [threading.Thread(target=use, args=(part,)) for part in range(3)]
    for each in threads:
        each.start()
    done = rewrap_table(engine, TABLE, both, batch=7)
    stop.set()
    for each in threads:
        each.join()
    assert done.unreadable == ()
    assert rewrap_table(engine, TABLE, both).changed == 0
    after = SqlStore(engine, TABLE, ring_of(NEW))
    assert [after.read(f"c{n}").parts["token"] for n in range(60)] == [f"t{n}" for n in range(60)]
    assert not wrong


def test_a_row_that_no_key_opens_does_not_stop_a_rotation(engine: Engine) -> None:
    SqlStore(engine, TABLE, ring_of(new_master_key("lost"))).write(
        Entry("a", "bearer", {"token": "x"})
    )
    SqlStore(engine, TABLE, ring_of(OLD)).write(Entry("b", "bearer", {"token": "x"}))
    done = rewrap_table(engine, TABLE, ring_of(f"{NEW},{OLD}"))
    assert (done.changed, done.unreadable) == (1, (("default", "a"),))


def test_the_environment_is_read_and_never_written(tmp_path: Path) -> None:
    file = tmp_path / "odoo"
    file.write_text('{"kind": "bearer", "token": "t"}', encoding="utf-8")
    store = EnvironmentStore(
        {
            "COUNTERFOIL_CREDENTIAL_XERO_MAIN": json.dumps(
                {"kind": "api_key", "name": "xero.main", "key": "k"}
            ),
            "COUNTERFOIL_CREDENTIAL_ODOO_FILE": str(file),
            "PATH": "/bin",
        }
    )
    assert store.names() == ["odoo", "xero.main"]
    assert store.read("xero.main") == Entry("xero.main", "api_key", {"key": "k"}, 1)
    assert store.read("odoo").parts == {"token": "t"}
    for act in (lambda: store.write(Entry("odoo", "bearer", {})), lambda: store.delete("odoo")):
        with pytest.raises(ReadOnly):
            act()
    with pytest.raises(NotFound, match="COUNTERFOIL_CREDENTIAL_SAGE"):
        store.read("sage")


@pytest.mark.parametrize("text", ["s3cret", "[]", '{"key": "s3cret"}', '{"kind": 5}', "null"])
def test_a_variable_that_holds_no_credential_is_named_and_not_quoted(text: str) -> None:
    store = EnvironmentStore({"COUNTERFOIL_CREDENTIAL_X": text})
    with pytest.raises(Unreadable) as raised:
        store.read("x")
    assert "s3cret" not in str(raised.value)
    assert "COUNTERFOIL_CREDENTIAL_X" in str(raised.value)


def test_of_many_writers_of_one_version_one_wins(engine: Engine) -> None:
    """Two processes that refresh one token: the second must not bury the first."""
    store = SqlStore(engine, TABLE, ring_of(OLD))
    store.write(Entry("c", "bearer", {"token": "old"}))
    outcomes: list[str] = []

    def refresh(token: str) -> None:
        try:
            store.write(Entry("c", "bearer", {"token": token}, 1))
            outcomes.append(token)
        except (Conflict, StoreUnavailable):
            outcomes.append("refused")

    threads = [threading.Thread(target=refresh, args=(f"t{n}",)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    winners = [each for each in outcomes if each != "refused"]
    assert len(winners) == 1
    assert store.read("c") == Entry("c", "bearer", {"token": winners[0]}, 2)
