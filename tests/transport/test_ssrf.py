"""Nothing but allowed hosts at allowed addresses is reached, however the address is dressed up."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transport import (
    ANY_HOST,
    Policy,
    Request,
    TransportFailed,
    TransportRefused,
    check_url,
    open_session,
    send,
)
from connectors._transport.addresses import why_not
from tests.transport.servers import LOCAL, Server, http_server

OPEN = Policy(hosts=ANY_HOST, allow_http=True)


@pytest.fixture
def inside() -> Iterator[Server]:
    """A server that must never be asked."""
    with http_server() as server:
        yield server
    assert not server.seen


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "0",
            "0.0.0.0",  # noqa: S104 - asked for, not bound
            "2130706433",
            "0x7f000001",
            "017700000001",
        ),
        *("0x7f.0.0.1", "0177.0.0.1", "127.0.0.0x1", "127.0.0.1.", "0x7f.1", "00000177.0.0.1"),
        *(
            "127.0.0.1.0x",
            "1.2.3.4.5",
            "256.256.256.256",
            "127.0.0.1%00",
            "127。0。0。1",
            "①②⑦.0.0.1",
        ),
        *(
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
        ),
        *(
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fe80::1%25lo]",
        ),
        *(
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2001:0:7f00:1::]",
            "[2001:db8::1]",
            "[100::1]",
        ),
        *("169.254.169.254", "[::ffff:a9fe:a9fe]", "2852039166", "0xa9fea9fe", "100.100.100.200"),
        *("168.63.129.16", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
        *("192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "[3fff::1]"),
    ],
)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(
    host: str, inside: Server
) -> None:
    for url in (f"http://{host}:{inside.port}/", f"https://{host}/latest/meta-data/"):
        with open_session(OPEN) as session, pytest.raises(TransportRefused) as refusal:
            send(session, Request("GET", url))
        assert refusal.value.outcome == "not_applied"


@pytest.mark.parametrize(
    "name",
    [
        "10.1.2.3",
        "127.0.0.1",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "fe80::1%2",
        "169.254.169.254",
    ],
)
def test_a_name_that_resolves_to_such_an_address_is_refused(name: str, inside: Server) -> None:
    for found in ([name], ["93.184.215.14", name], [name, "2606:2800::1"]):
        session = open_session(OPEN, resolver=lambda host, port, found=found: found)
        with session, pytest.raises(TransportRefused, match="is at an address"):
            send(session, Request("GET", f"http://rebind.example:{inside.port}/"))


def test_a_name_is_asked_once_and_the_checked_address_is_used() -> None:
    """A second answer, whatever it is, has nobody who asks for it."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    policy = Policy(hosts=("shop.example",), allow_http=True, allow_private=("127.0.0.1/32",))
    with http_server() as server:
        session = open_session(policy, resolver=lambda host, port: answers.pop(0))
        with session:
            for _ in range(3):
                answer = send(session, Request("GET", server.url(host="shop.example")))
                assert answer.peer == f"127.0.0.1:{server.port}"
    assert answers == [["10.0.0.1"]]
    assert {seen.headers["host"] for seen in server.seen} == {f"shop.example:{server.port}"}


def test_each_new_connection_is_checked_again() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    policy = Policy(
        hosts=("shop.example",), allow_http=True, allow_private=("127.0.0.1/32",), keep_alive=0
    )
    with http_server() as server:
        session = open_session(policy, resolver=lambda host, port: answers.pop(0))
        with session:
            send(session, Request("GET", server.url(host="shop.example")))
            with pytest.raises(TransportRefused):
                send(session, Request("GET", server.url(host="shop.example")))
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status: int, inside: Server) -> None:
    def reply(seen: object) -> tuple[int, dict[str, str], bytes]:
        return status, {"Location": inside.url("/secret")}, b""

    policy = Policy(hosts=("localhost",), allow_http=True, allow_private=LOCAL)
    with http_server(reply) as server, open_session(policy) as session:
        answer = send(session, Request("GET", server.url(), {"Authorization": "Bearer x"}))
    assert answer.status == status
    assert not answer.ok


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://good.example@127.0.0.1/",
            "http://good.example:x@10.0.0.1/",
            "http://@127.0.0.1/",
        ),
        *(
            "http://good.example%40127.0.0.1/",
            "http://127.0.0.1\\@good.example/",
            "http:///127.0.0.1/",
        ),
        *("http://good.example\t@127.0.0.1/", "http://127.0.0.1#@good.example/", "//127.0.0.1/"),
        *(
            "http://127.0.0.1?@good.example/",
            "http://good.example:80@127.0.0.1:80/",
            "http:127.0.0.1",
        ),
        *("http://good.example:0/", "http://good.example:99999/", "http://good.example:80:81/"),
        *(
            "file:///etc/passwd",
            "gopher://good.example/",
            "ftp://good.example/",
            "dict://x/",
            "unix://x",
        ),
        *(
            "http://good.example/\r\nX: y",
            "http://good.example/ x",
            "http://[::1/",
            "http://good..example/",
        ),
        *(
            "http://evil.example/",
            "http://good.example.evil.example/",
            "http://evil-good.example/",
            "",
        ),
        *(
            "http://good.example/a/../../b",
            "http://good.example/%2e%2E/b",
            "http://good.example/..",
        ),
        *(
            "http://-good.example/",
            "http://good.example\u3002evil.example/",
            "http://g\u043e\u043ed.example/",
        ),
    ],
)
def test_a_tricky_address_is_refused(url: str) -> None:
    policy = Policy(hosts=("good.example", "*.good.example"), allow_http=True)
    with pytest.raises(TransportRefused):
        check_url(policy, url)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            "*.netsuite.com",
            ["a.netsuite.com", "a.b.NetSuite.com."],
            ["netsuite.com", "netsuite.com.x"],
        ),
        ("*-api.sap.com", ["my1-api.sap.com"], ["-api.sap.com", "a.b-api.sap.com", "xapi.sap.com"]),
        ("api.xero.com", ["api.xero.com", "API.XERO.COM"], ["x.api.xero.com", "apixxero.com"]),
        ("8.8.8.8", ["8.8.8.8"], ["8.8.8.9"]),
        ("*.8", [], ["8.8.8.8"]),
        ("*", ["anything.example", "8.8.8.8", "[2606:4700::1111]"], []),
    ],
)
def test_a_host_pattern_covers_what_it_says(pattern: str, good: list[str], bad: list[str]) -> None:
    policy = Policy(hosts=(pattern,))
    for host in good:
        check_url(policy, f"https://{host}/")
    for host in bad:
        with pytest.raises(TransportRefused):
            check_url(policy, f"https://{host}/")


@pytest.mark.parametrize("pattern", ["a.*.b", "a*", "**", ""])
def test_a_host_pattern_that_would_cover_too_much_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="only at the left"):
        Policy(hosts=(pattern,))


def test_no_host_is_allowed_unless_it_is_said() -> None:
    with pytest.raises(TransportRefused, match="allowed: none"):
        check_url(Policy(hosts=()), "https://example.com/")


def test_plain_http_is_refused_unless_the_operator_allows_it(inside: Server) -> None:
    policy = Policy(hosts=("localhost",), allow_private=LOCAL)
    with open_session(policy) as session, pytest.raises(TransportRefused, match="use https"):
        send(session, Request("GET", inside.url()))


def test_metadata_services_stay_closed_whatever_is_allowed() -> None:
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    for address in ("169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "168.63.129.16"):
        assert why_not(ip_address(address), everything)


def test_an_allowed_network_does_not_open_what_hides_in_its_ipv6_forms() -> None:
    nat64 = [ip_network("64:ff9b::/96")]
    assert why_not(ip_address("64:ff9b::808:808"), nat64) is None
    assert why_not(ip_address("64:ff9b::a00:1"), nat64) == "private"


@given(st.ip_addresses())
def test_our_table_is_at_least_as_strict_as_the_library(address: object) -> None:
    parsed = ip_address(str(address))
    if not parsed.is_global or parsed.is_multicast:
        assert why_not(parsed)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}/", f"https://good.example/{text}"):
        try:
            target = check_url(OPEN, url)
        except TransportRefused:
            continue
        assert target.scheme in ("http", "https")


def test_environment_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch, inside: Server) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{inside.port}")
    policy = Policy(hosts=("localhost",), allow_http=True, allow_private=LOCAL)
    with http_server() as server, open_session(policy) as session:
        assert send(session, Request("GET", server.url())).ok


def test_a_password_file_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    file = f"{tmp_path}/netrc"
    with open(file, "w", encoding="utf-8") as lines:  # noqa: PTH123 - tmp_path is taken as an object
        lines.write("machine localhost login u password p\n")
    monkeypatch.setenv("NETRC", file)
    policy = Policy(hosts=("localhost",), allow_http=True, allow_private=LOCAL)
    with http_server() as server, open_session(policy) as session:
        send(session, Request("GET", server.url()))
    assert "authorization" not in server.seen[0].headers


def test_a_resolver_that_never_answers_is_given_up() -> None:
    import threading

    policy = Policy(hosts=ANY_HOST, connect_timeout=0.1)
    session = open_session(policy, resolver=lambda host, port: threading.Event().wait(2) or [])
    with session, pytest.raises(TransportFailed) as failure:
        send(session, Request("GET", "https://slow.example/"))
    assert (failure.value.code, failure.value.outcome) == ("timeout", "not_applied")


def test_an_unknown_name_is_a_failure_before_sending() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with open_session(OPEN, resolver=nothing) as session, pytest.raises(TransportFailed) as failure:
        send(session, Request("GET", "https://nowhere.example/"))
    assert (failure.value.code, failure.value.outcome) == ("dns", "not_applied")
