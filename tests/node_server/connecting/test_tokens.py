"""Tokens: renewed by one for all, stored before they are used, and never lost once given."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from credentials import SqlStore, StoreUnavailable
from node_server.operations.calling import (
    CredentialRefused,
    Reauthorise,
    Unavailable,
    open_caller,
)
from node_server.operations.house import House
from node_server.operations.vault import vault_of
from node_server.store import connections, events
from tests.node_server.connecting.conftest import Connect
from tests.node_server.connecting.vendor import Vendor, vendor

CLIENT = {"client_id": "app", "client_secret": "CANARY-client-secret"}
WAY: dict[str, Any] = {"connector": "erp/exact_online", "kind": "oauth2_code"}
EXACT = {"variables": {"country": "nl", "division": "1"}, "oauth": True}


def tokens_of(house: House) -> dict[str, str]:
    return vault_of(house, "acme", "test").get("there", purpose="test").reveal()


def call(house: House, path: str = "/things") -> int:
    with open_caller(house, "acme", "there") as caller:
        return caller.send(caller.request({"path": path}), purpose="test").status


def connect_agreed(connect: Connect, there: Vendor, **parts: str) -> None:
    assert there.server is not None
    there.refresh.add("CANARY-refresh-0")
    kept = {**CLIENT, "access_token": "old", "refresh_token": "CANARY-refresh-0", **parts}
    connect(
        there.server, parts={**kept, "expires_at": parts.get("expires_at", "5")}, **WAY, **EXACT
    )


def test_a_token_is_renewed_before_it_ends(house: House, connect: Connect) -> None:
    soon = str(int(time.time()) + 20)
    with vendor() as there:
        there.access.add("old")
        connect_agreed(connect, there, expires_at=soon)
        assert call(house) == 200
        assert there.refreshes == 1


def test_a_token_that_has_time_left_is_used(house: House, connect: Connect) -> None:
    with vendor() as there:
        there.access.add("old")
        connect_agreed(connect, there, expires_at=str(int(time.time()) + 900))
        assert call(house) == 200
        assert there.refreshes == 0


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_renewed_and_the_call_sent_again(
    house: House, connect: Connect, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status == 403:  # a vendor's odd signal, as a manifest states it
        from node_server.operations.calling.target import Target

        plain = Target.auth
        signal = [{"status": 403, "path": "code", "contains": "TokenEnded"}]
        monkeypatch.setattr(
            Target, "auth", lambda self, kind: {**plain(self, kind), "refresh_on": signal}
        )
    with vendor(denied=status, denied_body=b'{"code": "TokenEnded"}') as there:
        connect_agreed(connect, there, expires_at=str(int(time.time()) + 900))
        assert call(house) == 200
        assert there.refreshes == 1
        assert there.server is not None
        paths = [each.path for each in there.server.seen]
    assert paths == ["/things", "/token", "/things"]


def test_a_call_refused_with_a_fresh_token_too_is_not_sent_a_third_time(
    house: House, connect: Connect
) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        there._is_let_in = lambda seen: False  # type: ignore[method-assign]
        assert call(house) == 401
        assert there.server is not None
        assert [each.path for each in there.server.seen].count("/things") == 2


def test_parallel_calls_renew_once(house: House, connect: Connect) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.append(call(house))) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert (found, there.refreshes) == ([200] * 8, 1)


def test_the_token_before_is_kept_and_helps_when_an_answer_was_lost(
    house: House, connect: Connect
) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        assert call(house) == 200
        kept = tokens_of(house)
        assert "CANARY-refresh-0" in kept["previous_refresh_token"]
        assert int(kept["previous_until"]) > time.time() + 80_000
        # the vendor went back to the one before: it never saw that its answer arrived
        there.access.clear()
        there.refresh = {"CANARY-refresh-0"}
        assert call(house) == 200


def test_what_only_a_person_can_mend_says_so_everywhere(house: House, connect: Connect) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        there.refresh.clear()
        for _ in range(2):
            with pytest.raises(Reauthorise) as refused:
                call(house)
    assert (refused.value.code, refused.value.status) == ("reauthorise_required", 409)
    assert refused.value.outcome == "not_applied"
    assert "/authorise" in str(refused.value.hint)
    with house.store.reading() as transaction:
        row = connections.get(transaction, "acme", "there")
        told = events.page(transaction, "acme", after=0, limit=9)
    assert row is not None
    assert (row.state, "invalid_grant" in str(row.why)) == ("reauthorise_required", True)
    assert [kind for _, _, kind in told] == ["finance.connection.reauthorise_required.v1"]


def test_a_token_endpoint_that_fails_leaves_the_call_unsent_and_retriable(
    house: House, connect: Connect
) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        there.lose_next_answer = True
        with pytest.raises(Unavailable) as refused:
            call(house)
        assert (refused.value.outcome, refused.value.retriable) == ("not_applied", True)
        assert call(house) == 200


def test_an_early_renewal_that_fails_stops_nobody(house: House, connect: Connect) -> None:
    with vendor() as there:
        there.access.add("old")
        connect_agreed(connect, there, expires_at=str(int(time.time()) + 20))
        there.lose_next_answer = True
        assert call(house) == 200


def test_new_tokens_are_stored_before_they_are_used(
    house: House, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    from node_server.operations.calling import tokens

    monkeypatch.setattr(tokens, "_STORE_PAUSES", ())
    plain, broken = SqlStore.write, [True]

    def write(self: SqlStore, entry: Any) -> int:
        if broken[0] and entry.version:
            raise StoreUnavailable("no disk")
        return plain(self, entry)

    with vendor() as there:
        connect_agreed(connect, there)
        monkeypatch.setattr(SqlStore, "write", write)
        with pytest.raises(Unavailable):
            call(house)
        assert there.server is not None
        assert "/things" not in [each.path for each in there.server.seen]
        broken[0] = False
        # the only refresh token that still works was in memory: it is stored now, and not asked for
        assert call(house) == 200
        assert there.refreshes == 1
        assert tokens_of(house)["refresh_token"] in there.refresh


def test_client_credentials_are_changed_into_a_token_that_all_share(
    house: House, connect: Connect
) -> None:
    with vendor() as there:
        assert there.server is not None
        connect(
            there.server, "bank/paypal", "oauth2_client", CLIENT, oauth=True
        )  # fmt: skip
        assert (call(house), call(house)) == (200, 200)
        asked = [each.path for each in there.server.seen].count("/token")
        assert asked == 1
        assert tokens_of(house)["access_token"] in there.access


def test_a_wrong_client_is_told_apart_from_a_lapsed_consent(house: House, connect: Connect) -> None:
    with vendor() as there:
        assert there.server is not None
        there._given = lambda **_: (401, {}, b'{"error": "invalid_client"}')  # type: ignore[method-assign]
        connect(there.server, "bank/paypal", "oauth2_client", CLIENT, oauth=True)
        with pytest.raises(CredentialRefused) as refused:
            call(house)
    assert refused.value.code == "credential_refused"
    assert "CANARY" not in str(refused.value)


def test_a_lapsed_consent_is_not_asked_for_at_every_call(house: House, connect: Connect) -> None:
    with vendor() as there:
        connect_agreed(connect, there)
        there.refresh.clear()
        for _ in range(5):
            with pytest.raises(Reauthorise):
                call(house)
        assert there.server is not None
        assert [each.path for each in there.server.seen] == ["/token"]
        there.refresh.add("CANARY-refresh-new")
        vault = vault_of(house, "acme", "test")
        known = vault.describe("there").version
        vault.change("there", {"refresh_token": "CANARY-refresh-new"}, version=known, purpose="t")
        assert call(house) == 200


def test_a_token_with_a_while_left_is_used_though_the_consent_has_lapsed(
    house: House, connect: Connect
) -> None:
    with vendor() as there:
        there.access.add("old")
        connect_agreed(connect, there, expires_at=str(int(time.time()) + 20))
        there.refresh.clear()
        assert [call(house) for _ in range(5)] == [200] * 5
        assert there.server is not None
        assert [each.path for each in there.server.seen].count("/token") == 1
