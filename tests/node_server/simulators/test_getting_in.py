"""Every way to be let in: consent, codes and refresh, clients, assertions, signatures, log-ins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connectors._transport import (
    Answer,
    Request,
    Session,
    TokenRefused,
    ask_token,
    authorize_url,
    code_request,
    make_auth,
    new_pkce,
    open_session,
    refresh_request,
    send,
)
from node_server.simulators import Simulator, start
from tests.node_server.simulators.walker import POLICY, Walker, walking

BACK = "https://app.example/oauth/callback"
NOW = 1_790_000_000


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session(POLICY) as found:
        yield found


@pytest.fixture
def quickbooks() -> Iterator[Simulator]:
    with start("erp/quickbooks", seed=5) as simulator:
        yield simulator


def entry_of(simulator: Simulator, kind: str = "oauth2_code") -> dict[str, Any]:
    urls = simulator.settings["auth"]
    entry = next(each for each in simulator.system.target.auth if each["kind"] == kind)
    return {**entry, **urls}


def agree(session: Session, url: str, answer: str = "allow") -> dict[str, str]:
    """What a person does on the consent page; the parameters that come back."""
    page = send(session, Request("GET", url))
    assert page.ok
    assert "simulated" in page.text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = send(session, Request("POST", url, form, urlencode({"answer": answer}).encode()))
    assert sent.status == 302
    assert sent.headers["Location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


def company(session: Session, simulator: Simulator, token: str) -> Answer:
    url = f"{simulator.settings['base_url']}/companyinfo/4620816365037212345"
    let_in = make_auth({"kind": "oauth2_code"}, {"access_token": token})
    return send(session, let_in(Request("GET", url)))


def test_a_consent_ends_in_tokens_that_let_in(quickbooks: Simulator, session: Session) -> None:
    entry, parts = entry_of(quickbooks), quickbooks.credential["parts"]
    pkce = new_pkce()
    asked = {"redirect_uri": BACK, "state": "s1", "challenge": pkce.challenge}
    told = agree(session, authorize_url(entry, parts["client_id"], **asked))
    assert told["state"] == "s1"
    assert told["realmId"] == "4620816365037212345"
    request = code_request(
        entry, parts, code=told["code"], redirect_uri=BACK, verifier=pkce.verifier
    )
    given = ask_token(session, request, entry, now=NOW)
    assert given["refresh_token"]
    assert company(session, quickbooks, given["access_token"]).ok
    with pytest.raises(TokenRefused):  # a code serves once
        ask_token(session, request, entry, now=NOW)


def test_a_wrong_verifier_or_address_gets_nothing(quickbooks: Simulator, session: Session) -> None:
    entry, parts = entry_of(quickbooks), quickbooks.credential["parts"]
    for verifier, back in (("wrong", BACK), ("", BACK), (None, f"{BACK}/other")):
        pkce = new_pkce()
        asked = {"redirect_uri": BACK, "state": "s", "challenge": pkce.challenge}
        code = agree(session, authorize_url(entry, parts["client_id"], **asked))["code"]
        words = pkce.verifier if verifier is None else verifier
        request = code_request(entry, parts, code=code, redirect_uri=back, verifier=words)
        with pytest.raises(TokenRefused) as raised:
            ask_token(session, request, entry, now=NOW)
        assert raised.value.code == "reauthorise_required"


def test_a_person_can_say_no(quickbooks: Simulator, session: Session) -> None:
    client = quickbooks.credential["parts"]["client_id"]
    url = authorize_url(entry_of(quickbooks), client, redirect_uri=BACK, state="s1")
    assert agree(session, url, "deny") == {"state": "s1", "error": "access_denied"}
    stranger = authorize_url(entry_of(quickbooks), "nobody", redirect_uri=BACK, state="s1")
    assert send(session, Request("GET", stranger)).status == 400


def test_a_rotating_refresh_token_serves_once(quickbooks: Simulator, session: Session) -> None:
    entry, parts = entry_of(quickbooks), quickbooks.credential["parts"]
    request = refresh_request(entry, parts, now=NOW)
    given = ask_token(session, request, entry, now=NOW)
    assert company(session, quickbooks, given["access_token"]).ok
    assert given["refresh_token"] != parts["refresh_token"]
    with pytest.raises(TokenRefused):
        ask_token(session, request, entry, now=NOW)
    again = refresh_request(entry, {**parts, **given}, now=NOW)
    assert ask_token(session, again, entry, now=NOW)["refresh_token"]


def test_a_target_with_patience_takes_the_refresh_token_of_before(
    quickbooks: Simulator, session: Session
) -> None:
    quickbooks.system.oauth.grace = 60
    entry, parts = entry_of(quickbooks), quickbooks.credential["parts"]
    request = refresh_request(entry, parts, now=NOW)
    first, second = (ask_token(session, request, entry, now=NOW) for _ in range(2))
    assert first["access_token"] != second["access_token"]
    quickbooks.shift(120)
    with pytest.raises(TokenRefused):
        ask_token(session, request, entry, now=NOW)


def test_tokens_run_out(quickbooks: Simulator, session: Session) -> None:
    token = quickbooks.credential["parts"]["access_token"]
    assert company(session, quickbooks, token).ok
    quickbooks.shift(3600 * 2)
    answer = company(session, quickbooks, token)
    assert answer.status == 401
    assert "expired" in answer.text
    token = quickbooks.credential["parts"]["access_token"]
    quickbooks.fail(next=["expire"])
    assert company(session, quickbooks, token).status == 401


def test_a_client_with_a_wrong_secret_gets_nothing(quickbooks: Simulator, session: Session) -> None:
    parts = {**quickbooks.credential["parts"], "client_secret": "wrong"}
    entry = entry_of(quickbooks)
    with pytest.raises(TokenRefused) as raised:
        ask_token(session, refresh_request(entry, parts, now=NOW), entry, now=NOW)
    assert raised.value.code == "client_refused"


def test_a_connection_learns_its_variables(session: Session) -> None:
    with start("erp/xero") as simulator:
        request = Request("GET", simulator.settings["auth"]["discover_url"])
        assert send(session, request).status == 401
        let_in = make_auth(entry_of(simulator), simulator.credential["parts"])
        found = send(session, let_in(request))
        tenant = simulator.settings["variables"]["tenant"]
    assert [each["tenantId"] for each in found.json()] == [tenant]


def test_an_assertion_is_signed_by_our_key_and_serves_once(session: Session) -> None:
    with start("erp/netsuite") as simulator, walking(simulator) as walker:
        assert walker.create("vendor", "V1").status == 204
        now = int(simulator.system.clock.now())
        request = refresh_request(walker.entry, walker.parts, now=now)
        assert ask_token(session, request, walker.entry, now=now)["access_token"]
        with pytest.raises(TokenRefused):
            ask_token(session, request, walker.entry, now=now)
        head, _, signature = request.body.decode().rpartition(".")
        forged = replace(request, body=f"{head}.{signature[:-4]}AAAA".encode())
        with pytest.raises(TokenRefused):
            ask_token(session, forged, walker.entry, now=now)


def test_a_signature_of_oauth1_is_checked() -> None:
    with start("erp/netsuite", auth="oauth1") as simulator, walking(simulator) as walker:
        assert simulator.credential["kind"] == "oauth1"
        assert walker.create("vendor", "V1").status == 204
        walker.parts["token_secret"] += "x"
        assert walker.create("vendor", "V2").status == 401


def test_a_signed_address_cannot_be_changed() -> None:
    with start("erp/netsuite", auth="oauth1") as simulator, walking(simulator) as walker:
        request = make_auth(walker.entry, walker.parts)(walker.creation("vendor", "V1"))
        other = replace(request, url=f"{request.url}?replace=item")
        assert send(walker.session, other).status == 401


def test_a_session_ends_when_nobody_calls() -> None:
    with start("ap/billcom") as simulator, walking(simulator) as walker:
        assert walker.create("bill", "B1").ok
        simulator.shift(2000)
        assert walker.create("bill", "B2").ok
        simulator.shift(2200)
        assert walker.create("bill", "B3").status == 401
        walker.parts["dev_key"] = "other"
        assert walker.create("bill", "B4").status == 401


@pytest.mark.parametrize(
    ("system", "kind"), [("erp/sap_s4", "basic"), ("erp/sap_s4", "api_key"), ("erp/odoo", "bearer")]
)
def test_a_static_secret_is_compared(system: str, kind: str) -> None:
    with start(system, auth=kind) as simulator, walking(simulator) as walker:
        resource = next(r for r, s in walker.manifest["resources"].items() if "create" in s)
        assert walker.create(resource, "R1", "k1").ok
        name = {"basic": "password", "api_key": "key", "bearer": "token"}[kind]
        request = walker.creation(resource, "R2", "k2")
        wrong = make_auth(walker.entry, {**walker.parts, name: "wrong"})
        assert send(walker.session, wrong(request)).status == 401


def test_a_write_needs_the_token_of_its_own_session() -> None:
    with start("erp/sap_s4") as simulator, walking(simulator) as walker:
        request = walker.creation("supplier_invoice", "R1", "k1")
        let_in = make_auth(walker.entry, walker.parts)
        bare = send(walker.session, let_in(request))
        assert bare.status == 403
        assert bare.headers["x-csrf-token"] == "Required"
        assert walker.send(request).ok
        with open_session(replace(POLICY, cookies=False)) as without_cookies:
            other = Walker(simulator, without_cookies)
            assert other.send(walker.creation("supplier_invoice", "R2", "k2")).status == 403


def test_another_tenant_is_not_served() -> None:
    with start("erp/xero") as simulator, walking(simulator) as walker:
        walker.settings["variables"]["tenant"] = "70784a63-d24b-46a9-a4db-000000000000"
        assert walker.create("contact", "C1", "k1").status == 403
