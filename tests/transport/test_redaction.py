"""What is recorded shows what happened and no secret."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from connectors._transport import (
    Answer,
    Cassette,
    Exchange,
    Redactor,
    Request,
    TransportFailed,
    pages,
    recorded,
    write_cassette,
)

CANARY = "canary-Zx81"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOjE3OTAwMDAwMDB9.c2lnbmF0dXJlLTEyMw"  # noqa: S105 - made up


def answer(body: bytes = b"{}", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, CaseInsensitiveDict(named), body, "https://x.example/", 0.1, "8.8.8.8:443")


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", f"https://x.example/a?api_key={CANARY}&page=2"),
        Request("GET", f"https://x.example/hooks/{CANARY}"),
        Request("GET", "https://x.example/", {"Authorization": f"Bearer {CANARY}"}),
        Request("GET", "https://x.example/", {"X-Custom-Thing": CANARY}),
        Request("POST", "https://x.example/", {}, f'{{"a": [{{"devKey": "{CANARY}"}}]}}'.encode()),
        Request("POST", "https://x.example/", {}, f"grant=x&client_secret={CANARY}&b=c".encode()),
        Request(
            "POST",
            "https://x.example/",
            {},
            f"<a><x:password n='1'>{CANARY}</x:password></a>".encode(),
        ),
        Request("POST", "https://x.example/", {}, f'{{"note": "use {CANARY} here"}}'.encode()),
        Request("POST", "https://x.example/", {}, f'{{"note": "{TOKEN}"}}'.encode()),
        Request("POST", "https://x.example/", {}, b"x" * 70_000 + CANARY.encode()),
    ],
)
def test_no_secret_is_recorded_wherever_it_stands(request_: Request) -> None:
    kept: list[Exchange] = []
    sent: list[Request] = []

    def sender(request: Request) -> Answer:
        sent.append(request)
        return answer(request.body, set_cookie=CANARY, location=f"/x?token={CANARY}")

    recorded(sender, kept.append, Redactor([CANARY]))(request_)
    written = repr(kept)
    assert sent == [request_]
    assert CANARY not in written
    assert TOKEN not in written


def test_what_is_harmless_stays_readable() -> None:
    body = {"number": "INV-00123", "total": "1190.00", "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}
    kept: list[Exchange] = []
    sender = recorded(lambda r: answer(json.dumps(body).encode(), retry_after="5"), kept.append)
    sender(Request("GET", "https://x.example/bills?page=2&since=2026-01-31T00%3A00%3A00Z"))
    assert json.loads(kept[0].body) == body
    assert kept[0].url.endswith("?page=2&since=2026-01-31T00%3A00%3A00Z")
    assert kept[0].headers["retry-after"] == "5"
    assert kept[0].peer == "8.8.8.8:443"


def test_a_failure_is_recorded_and_passed_on() -> None:
    def lost(request: Request) -> Answer:
        raise TransportFailed("timeout", f"no answer {CANARY}", outcome="uncertain")

    kept: list[Exchange] = []
    with pytest.raises(TransportFailed):
        recorded(lost, kept.append, Redactor([CANARY]))(Request("POST", "https://x.example/"))
    assert (kept[0].status, kept[0].outcome) == (None, "uncertain")
    assert CANARY not in kept[0].error


@given(st.binary(max_size=300), st.text(max_size=80))
def test_any_body_and_address_can_be_recorded(body: bytes, text: str) -> None:
    redactor = Redactor([CANARY])
    redactor.body(body)
    redactor.url(f"https://x.example/{text}")
    json.dumps(redactor.headers({"X": text}))


@pytest.mark.parametrize(
    "text", ["a" * 65_000, "a1" * 32_000, "a=b" * 20_000, "<a " * 20_000, "<a>b" * 16_000]
)
def test_redacting_takes_no_longer_for_a_hostile_body(text: str) -> None:
    start = time.thread_time()
    Redactor([CANARY]).body(text.encode())
    assert time.thread_time() - start < 0.5


def test_a_cassette_plays_what_was_recorded_with_other_secrets(tmp_path: Path) -> None:
    """Pages by long cursors included: hidden, but still told apart."""
    cursors = ["", "A1" * 20, "B2" * 20]

    def target(request: Request) -> Answer:
        at = max(n for n, c in enumerate(cursors) if c in request.url)
        following = cursors[at + 1] if at + 1 < len(cursors) else None
        return answer(
            json.dumps({"items": [{"id": at, "price": 1.50}], "next_cursor": following}).encode()
        )

    kept: list[Exchange] = []
    first = Request("GET", "https://x.example/bills?key=one")
    live = recorded(target, kept.append)
    rows = [r for page in pages(live, first, {"style": "cursor"}, items="items") for r in page.rows]
    write_cassette(tmp_path / "bills.json", kept)
    player = Cassette(tmp_path / "bills.json")
    again = Request("GET", "https://x.example/bills?key=two")
    played = [
        r for page in pages(player, again, {"style": "cursor"}, items="items") for r in page.rows
    ]
    assert played == rows
    assert [row["id"] for row in rows] == [0, 1, 2]
    assert player.left == []
    with pytest.raises(TransportFailed, match="record it anew"):
        player(again)


def test_a_cassette_plays_failures_too(tmp_path: Path) -> None:
    lost = Exchange(
        "POST", "https://x.example/", {}, "", None, {}, "", 5, error="x", outcome="uncertain"
    )
    write_cassette(tmp_path / "c.json", [lost])
    with pytest.raises(TransportFailed) as raised:
        Cassette(tmp_path / "c.json")(Request("POST", "https://x.example/"))
    assert raised.value.outcome == "uncertain"
