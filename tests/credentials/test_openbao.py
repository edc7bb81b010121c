"""Against the real server: KV as a store, transit as a master key, AppRole as the way in."""

from __future__ import annotations

import threading
import time

import pytest

from credentials import (
    AppRole,
    Conflict,
    CredentialError,
    Entry,
    KeyRing,
    MemoryStore,
    NotFound,
    OpenBao,
    OpenBaoStore,
    Secret,
    StoreUnavailable,
    TransitKey,
    Unreadable,
    new_master_key,
    ring_of,
)
from tests.credentials.bao import Bao

pytestmark = pytest.mark.slow


def test_check_and_set_of_the_server_keeps_two_writers_apart(bao: Bao) -> None:
    store = OpenBaoStore(bao.client(), path="counterfoil/race")
    store.write(Entry("c", "bearer", {"token": "first"}))
    outcomes: list[str] = []

    def refresh(token: str) -> None:
        try:
            store.write(Entry("c", "bearer", {"token": token}, version=1))
            outcomes.append("written")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=refresh, args=(f"t{n}",)) for n in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["conflict"] * 5 + ["written"]
    assert store.read("c").version == 2


def test_what_somebody_else_put_there_is_not_written_over(bao: Bao) -> None:
    store = OpenBaoStore(bao.client(), path="counterfoil/foreign")
    bao.admin("POST", "secret/data/counterfoil/foreign/c", {"data": {"their": "own"}})
    with pytest.raises(Unreadable):
        store.write(Entry("c", "bearer", {"token": "x"}, version=1))
    with pytest.raises(Conflict):
        store.write(Entry("c", "bearer", {"token": "x"}))
    data = bao.admin("GET", "secret/data/counterfoil/foreign/c")["data"]["data"]
    assert data == {"their": "own"}


def test_a_token_that_ended_is_got_again(bao: Bao) -> None:
    client = bao.client(ttl="1s")
    store = OpenBaoStore(client, path="counterfoil/short")
    store.write(Entry("c", "bearer", {"token": "x"}))
    time.sleep(1.3)
    assert store.read("c").parts == {"token": "x"}


def test_a_token_that_was_taken_back_is_got_again(bao: Bao) -> None:
    client = bao.client()
    store = OpenBaoStore(client, path="counterfoil/revoked")
    store.write(Entry("c", "bearer", {"token": "x"}))
    bao.admin("POST", "sys/leases/revoke-prefix/auth/approle/login", {})
    assert store.read("c").parts == {"token": "x"}


def test_a_wrong_secret_id_and_a_narrow_policy_say_what_to_do(bao: Bao) -> None:
    wrong = OpenBao(bao.call, AppRole("no-role", Secret("no-secret")))
    with pytest.raises(CredentialError, match="renew its secret id"):
        OpenBaoStore(wrong).names()
    with pytest.raises(CredentialError, match="widen the role's policy"):
        OpenBaoStore(bao.client(), path="elsewhere").read("c")


def test_a_sealed_server_is_unavailable() -> None:
    def sealed(*arguments: object) -> tuple[int, object]:
        return 503, {"errors": ["Vault is sealed"]}

    client = OpenBao(sealed, AppRole("r", Secret("s")))
    with pytest.raises(StoreUnavailable, match="sealed"):
        OpenBaoStore(client).read("c")


def test_transit_wraps_and_its_own_rotation_changes_nothing_for_us(bao: Bao) -> None:
    bao.admin("POST", "transit/keys/main", {})
    ring = KeyRing([TransitKey(bao.client(), "main")])
    before = ring.seal(b"secret", b"here")
    bao.admin("POST", "transit/keys/main/rotate", {})
    after = ring.seal(b"secret", b"here")
    assert ring.open(before, b"here") == ring.open(after, b"here") == b"secret"
    with pytest.raises(Unreadable):
        ring.open(before, b"there")


def test_a_local_master_key_moves_into_transit(bao: Bao) -> None:
    bao.admin("POST", "transit/keys/moved", {})
    local = ring_of(new_master_key("local"))
    sealed = local.seal(b"secret", b"here")
    transit = TransitKey(bao.client(), "moved")
    moved = KeyRing([transit, local.current]).rewrap(sealed)
    assert moved is not None
    assert KeyRing([transit]).open(moved, b"here") == b"secret"


def test_a_transit_key_that_is_gone_makes_it_unreadable_and_safe(bao: Bao) -> None:
    bao.admin("POST", "transit/keys/gone", {})
    bao.admin("POST", "transit/keys/gone/config", {"deletion_allowed": True})
    store = MemoryStore(KeyRing([TransitKey(bao.client(), "gone")]))
    store.write(Entry("c", "bearer", {"token": "x"}))
    bao.admin("DELETE", "transit/keys/gone")
    with pytest.raises(Unreadable):
        store.write(Entry("c", "bearer", {"token": "y"}, version=1))
    store.delete("c")
    with pytest.raises(NotFound):
        store.read("c")
