"""Secrets that were planted everywhere show up nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node_server.config import Settings, shown
from node_server.logs import without_secrets
from node_server.store.schema import metadata

from .conftest import Served

CANARY = "cf_CANARYcanaryCANARYcanaryCANARY"
IBAN = "DE89370400440532013000"
WEBHOOK = "whsec_" + "Q0FOQVJZ" * 5


def test_planted_secrets_are_in_no_log_problem_event_or_figure(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    from node_server import logs

    logs.set_up("debug")
    told = []
    document = {"kind": "invoice", "number": CANARY, "seller": {"name": CANARY, "bank_accounts": [
        {"id": {"kind": "iban", "value": IBAN}}]}}  # fmt: skip
    for data in (CANARY.encode(), json.dumps(document).encode(), f"<a>{CANARY}</a>".encode()):
        for path in ("/v1/map", "/v1/documents", "/v1/documents?connector=canonical"):
            answer = served.post(path, data=data)
            if answer.status_code >= 400:
                told.append(answer.text)
    wish = {"url": "https://example.com/x", "secret": WEBHOOK}
    made = served.post("/v1/subscriptions", json=wish)
    assert made.status_code == 201
    told.append(served.get("/v1/subscriptions").text)
    told.append(served.get("/v1/events").text)
    told.append(served.client.get("/metrics").text)
    told.append(served.client.get("/v1/documents", headers={"X-Api-Key": CANARY}).text)
    captured = capfd.readouterr()
    told += [captured.err, captured.out]
    assert '"event":"request"' in captured.err, "nothing was logged; this would prove nothing"
    for secret in (CANARY, IBAN, WEBHOOK, *served.keys.values()):
        assert not [text for text in told if secret in text]


def test_keys_and_webhook_secrets_are_not_in_the_store(served: Served) -> None:
    wish = {"url": "https://example.com/x", "secret": WEBHOOK}
    served.post("/v1/subscriptions", json=wish)
    with served.house.store.reading() as connection:
        kept = [str(row) for table in metadata.sorted_tables
                for row in connection.execute(table.select())]  # fmt: skip
    assert kept
    for secret in (WEBHOOK, *served.keys.values()):
        assert not [row for row in kept if secret in row]


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def.ghi",
        f"account {IBAN} is unknown",
        "postgresql://user:hunter22@host/db",
        f"key {CANARY}",
        "token eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9abcdefgh",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_of_a_log(text: str) -> None:
    clean = without_secrets(text)
    assert "(hidden)" in clean
    for secret in ("abc.def", IBAN, "hunter22", CANARY, "eyJhb"):
        assert secret not in clean


def test_hashes_stay_in_a_log() -> None:
    assert without_secrets("raw " + "a1" * 32) == "raw " + "a1" * 32


def test_settings_are_shown_without_their_secrets(tmp_path: Path) -> None:
    settings = Settings(
        database_url="postgresql://me:hunter22@db/x", redis_url="redis://:hunter22@r:1/0",
        master_key="hunter22",
    )  # fmt: skip
    assert "hunter22" not in str(shown(settings))
    assert "hunter22" not in repr(settings)
    assert "***@db" in str(shown(settings))
