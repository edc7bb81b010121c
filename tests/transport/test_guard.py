"""What a session does with good and bad servers, and what it says about what may have happened."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
import zlib
from pathlib import Path

import pytest
import responses

from connectors._transport import (
    ClientCertificate,
    Policy,
    Request,
    TransportFailed,
    TransportRefused,
    open_session,
    send,
)
from tests.transport.servers import LOCAL, Reply, Seen, Server, http_server, identity, raw_server


def policy(**options: object) -> Policy:
    return Policy(hosts=("localhost",), allow_http=True, allow_private=LOCAL, **options)  # type: ignore[arg-type]


def failure(server: Server, rules: Policy, body: bytes = b"") -> TransportFailed:
    with open_session(rules) as session, pytest.raises(TransportFailed) as raised:
        send(session, Request("POST", server.url(), body=body))
    return raised.value


def to_local(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_method_headers_and_body_arrive_as_given() -> None:
    with http_server(lambda seen: (201, {"X-Id": "7"}, b'{"total": 10.50}')) as server:
        with open_session(policy()) as session:
            request = Request("PATCH", server.url("/a?b=c%20d"), {"X-Key": "k"}, b"\x00\xff")
            answer = send(session, request)
    seen = server.seen[0]
    assert (seen.method, seen.path, seen.body) == ("PATCH", "/a?b=c%20d", b"\x00\xff")
    assert seen.headers["x-key"] == "k"
    assert seen.headers["user-agent"] == "counterfoil"
    assert (answer.status, answer.headers["x-id"], str(answer.json()["total"])) == (
        201,
        "7",
        "10.50",
    )


def test_a_connection_is_used_again() -> None:
    with http_server() as server, open_session(policy()) as session:
        for _ in range(3):
            send(session, Request("GET", server.url()))
    assert len(server.seen) == 3
    assert len({seen.peer for seen in server.seen}) == 1


def test_a_connection_idle_for_long_is_not_used_again() -> None:
    """Its other end may have gone, and a request lost on it would be uncertain for nothing."""
    with raw_server(answer_once_and_stay) as server:
        with open_session(policy(keep_alive=0.05)) as session:
            send(session, Request("POST", server.url()))
            time.sleep(0.06)
            assert send(session, Request("POST", server.url())).ok
    assert len(server.seen) == 2


def answer_once_and_stay(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    time.sleep(0.5)


def test_nobody_listening_is_not_applied() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(Server(port, []), policy())
    assert (error.code, error.outcome) == ("connect", "not_applied")


def close_at_once(line: socket.socket) -> None:
    line.recv(10)


def reset(line: socket.socket) -> None:
    line.recv(10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_head(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 O")


def half_body(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")


def half_chunks(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")


def nonsense(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"\x00\x01\x02 hello\r\n\r\n")


def many_headers(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")


@pytest.mark.parametrize(
    ("talk", "status"),
    [
        (close_at_once, None),
        (reset, None),
        (half_head, None),
        (nonsense, None),
        (many_headers, None),
        (half_body, 201),
        (half_chunks, 201),
    ],
)
def test_a_lost_answer_is_uncertain(talk: object, status: int | None) -> None:
    with raw_server(talk) as server:  # type: ignore[arg-type]
        error = failure(server, policy(read_timeout=2), b"x" * 2000)
    assert (error.code, error.outcome, error.status) == ("closed", "uncertain", status)


def silent(line: socket.socket) -> None:
    line.recv(65536)
    time.sleep(3)


def trickle_head(line: socket.socket) -> None:
    line.recv(65536)
    for _ in range(150):
        line.sendall(b"H")
        time.sleep(0.02)


def trickle_body(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(150):
        line.sendall(b"x")
        time.sleep(0.02)


@pytest.mark.parametrize("talk", [silent, trickle_head, trickle_body])
def test_the_total_time_holds_however_slowly_bytes_come(talk: object) -> None:
    start = time.monotonic()
    with raw_server(talk) as server:  # type: ignore[arg-type]
        error = failure(server, policy(total_timeout=0.2))
    assert (error.code, error.outcome) == ("timeout", "uncertain")
    assert time.monotonic() - start < 2


def test_silence_ends_at_the_read_timeout() -> None:
    with raw_server(silent) as server:
        assert failure(server, policy(read_timeout=0.1)).code == "timeout"


def never_reads(line: socket.socket) -> None:
    time.sleep(3)


def test_a_server_that_does_not_read_is_given_up() -> None:
    with raw_server(never_reads) as server:
        error = failure(server, policy(total_timeout=0.2), b"x" * 20_000_000)
    assert (error.code, error.outcome) == ("timeout", "uncertain")


def test_a_tls_handshake_that_hangs_is_not_applied() -> None:
    rules = Policy(hosts=("localhost",), allow_private=LOCAL, connect_timeout=0.2)
    with raw_server(silent) as server:
        session = open_session(rules)
        with session, pytest.raises(TransportFailed) as raised:
            send(session, Request("POST", server.url(scheme="https"), body=b"x"))
    assert (raised.value.code, raised.value.outcome) == ("timeout", "not_applied")


LARGE = b"0" * 5_000_000


def reply_with(headers: dict[str, str], body: bytes) -> object:
    return lambda seen: (200, headers, body)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, LARGE),
        ({"Content-Encoding": "gzip"}, gzip.compress(LARGE)),
        ({"Content-Encoding": "deflate"}, zlib.compress(LARGE)),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"0" * 900_000) * 3),
    ],
)
def test_a_body_over_the_limit_is_given_up(headers: dict[str, str], body: bytes) -> None:
    with http_server(reply_with(headers, body)) as server:  # type: ignore[arg-type]
        error = failure(server, policy(max_bytes=1_000_000))
    assert (error.code, error.outcome, error.status) == ("answer_too_large", "uncertain", 200)


def test_a_body_without_a_stated_length_is_capped_too() -> None:
    def endless(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"0" * 65536)

    with raw_server(endless) as server:
        assert failure(server, policy(max_bytes=1_000_000)).code == "answer_too_large"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("GZIP", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("deflate", zlib.compress(b"hello")),
        ("identity", b"hello"),
    ],
)
def test_a_packed_body_is_unpacked(encoding: str, body: bytes) -> None:
    with http_server(reply_with({"Content-Encoding": encoding}, body)) as server:  # type: ignore[arg-type]
        with open_session(policy()) as session:
            assert send(session, Request("GET", server.url())).body == b"hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("br", b"x"),
        ("gzip", gzip.compress(b"hello" * 99)[:-9]),
        ("gzip, gzip", b""),
    ],
)
def test_a_body_packed_wrongly_is_uncertain(encoding: str, body: bytes) -> None:
    with http_server(reply_with({"Content-Encoding": encoding}, body)) as server:  # type: ignore[arg-type]
        assert failure(server, policy()).outcome == "uncertain"


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://localhost/", {"Host": "evil.example"}),
        Request("GET", "http://localhost/", {"content-length": "5"}),
        Request("GET", "http://localhost/", {"Transfer-Encoding": "chunked"}),
        Request("GET", "http://localhost/", {"Proxy-Authorization": "x"}),
        Request("GET", "http://localhost/", {"X": "a\r\nY: b"}),
        Request("GET", "http://localhost/", {"X\n": "a"}),
        Request("GET", "http://localhost/", {"X": "é"}),
        Request("GET /x", "http://localhost/"),
        Request("get", "http://localhost/"),
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused(request_: Request) -> None:
    with open_session(policy()) as session, pytest.raises(TransportRefused):
        send(session, request_)


def test_cookies_stay_out_unless_asked_for() -> None:
    def reply(seen: Seen) -> Reply:
        return 200, {"Set-Cookie": "sid=1; Path=/"}, seen.headers.get("cookie", "").encode()

    with http_server(reply) as server:
        for wanted, expected in ((False, b""), (True, b"sid=1")):
            with open_session(policy(cookies=wanted)) as session:
                send(session, Request("GET", server.url()))
                assert send(session, Request("GET", server.url())).body == expected


def test_tls_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    mine = identity("shop.example")
    with http_server(tls=mine.server_context(tmp_path)) as server:
        rules = Policy(
            hosts=("*.example",), allow_private=LOCAL, authorities=mine.authority, connect_timeout=2
        )
        with open_session(rules, resolver=to_local) as session:
            assert send(session, Request("GET", server.url(scheme="https", host="shop.example"))).ok
            with pytest.raises(TransportFailed, match="certificate is not accepted") as raised:
                send(session, Request("POST", server.url(scheme="https", host="other.example")))
    assert (raised.value.code, raised.value.outcome) == ("tls", "not_applied")
    assert len(server.seen) == 1


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    with http_server(tls=identity("shop.example").server_context(tmp_path)) as server:
        rules = Policy(hosts=("shop.example",), allow_private=LOCAL)
        session = open_session(rules, resolver=to_local)
        with session, pytest.raises(TransportFailed) as raised:
            send(session, Request("GET", server.url(scheme="https", host="shop.example")))
    assert (raised.value.code, raised.value.outcome) == ("tls", "not_applied")
    assert not server.seen


def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    mine, client = identity("shop.example"), identity("client.example")
    context = mine.server_context(tmp_path)
    context.load_verify_locations(cadata=mine.authority)
    context.verify_mode = __import__("ssl").CERT_REQUIRED
    rules = Policy(hosts=("shop.example",), allow_private=LOCAL, authorities=mine.authority)
    shown = ClientCertificate(client.certificate, client.key)
    with http_server(tls=context) as server:
        url = server.url(scheme="https", host="shop.example")
        with open_session(rules, resolver=to_local, certificate=shown) as session:
            assert send(session, Request("GET", url)).ok
        with open_session(rules, resolver=to_local) as session, pytest.raises(TransportFailed):
            send(session, Request("GET", url))
    assert client.key not in repr(shown)


def test_a_certificate_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(TransportRefused, match="PEM"):
        open_session(policy(), certificate=ClientCertificate("no", "certificate"))


def test_a_failure_quotes_no_secret_of_the_address() -> None:
    with raw_server(close_at_once) as server, open_session(policy()) as session:
        with pytest.raises(TransportFailed) as raised:
            send(session, Request("GET", server.url("/hook/s3cret?token=s3cret")))
    assert "s3cret" not in str(raised.value)


def test_a_session_serves_several_threads() -> None:
    with http_server(lambda seen: (200, {}, seen.path.encode())) as server:
        with open_session(policy()) as session:
            found: dict[int, bytes] = {}

            def ask(number: int) -> None:
                for step in range(5):
                    path = f"/{number}-{step}"
                    assert send(session, Request("GET", server.url(path))).body == path.encode()
                found[number] = b"done"

            threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
    assert len(found) == 8


@responses.activate
def test_a_mocked_library_can_stand_in_for_a_target() -> None:
    url = "https://api.example/bills"
    responses.add("POST", url, json={"total": 1}, status=201, headers={"X-Id": "7"})
    with open_session(Policy(hosts=("api.example",))) as session:
        answer = send(session, Request("POST", url, {}, b"{}"))
    assert (answer.status, answer.json(), answer.headers["x-id"]) == (201, {"total": 1}, "7")
