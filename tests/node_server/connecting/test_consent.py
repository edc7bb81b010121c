"""A person's consent: with state and PKCE, in one browser, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.node_server.conftest import Served
from tests.node_server.connecting.conftest import NEXT_DOOR
from tests.node_server.connecting.vendor import Vendor, vendor

CLIENT = {"client_id": "app", "client_secret": "CANARY-client-secret"}
TENANT = "70784a63-d24b-46a9-a4db-0e70a274b056"
OTHER = "70784a63-d24b-46a9-a4db-0e70a274b057"


@pytest.fixture
def there() -> Iterator[Vendor]:
    with vendor(accounts=[{"tenantId": TENANT, "tenantName": "Werkhof"}]) as made:
        yield made


def connect(served: Served, there: Vendor, **settings: Any) -> Any:
    assert there.server is not None
    names = {"authorize": "/authorize", "token": "/token", "discover": "/connections"}
    auth = {f"{n}_url": there.server.url(p, host="127.0.0.1") for n, p in names.items()}
    stated = {"base_url": there.server.url("", host="127.0.0.1"), "auth": auth, **NEXT_DOOR}
    body = {
        "id": "x", "connector": "erp/xero", "environment": "test", "settings": stated | settings,
        "credential": {"kind": "oauth2_code", "parts": CLIENT},
    }  # fmt: skip
    made = served.post("/v1/connections", json=body)
    assert made.status_code == 201, made.text
    return made.get_json()


def begin(served: Served) -> str:
    """The address that the product gives to a person's browser."""
    begun = served.post("/v1/connections/x/authorise")
    assert begun.status_code == 201, begun.text
    address: str = begun.get_json()["url"]
    return "/oauth/authorize?" + urlsplit(address).query


def browse(browser: FlaskClient, served: Served, there: Vendor) -> dict[str, str]:
    """Follow the way to the vendor; what the vendor's page then sends back."""
    sent = browser.get(begin(served))
    assert sent.status_code == 302
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8400/oauth/callback"]
    assert "offline_access" in asked["scope"][0]
    return there.agree(sent.headers["Location"])


def come_back(browser: FlaskClient, given: dict[str, str]) -> Any:
    return browser.get("/oauth/callback?" + urlencode(given))


def state_of(served: Served) -> Any:
    return served.get("/v1/connections/x").get_json()


def test_a_consent_makes_a_connection_work(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    page = come_back(browser, browse(browser, served, there) | {"session_state": "of the vendor"})
    assert page.status_code == 200, page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    row = state_of(served)
    assert row["state"] == "active"
    assert row["settings"]["variables"] == {"tenant": TENANT}
    tried = served.post("/v1/connections/x/test").get_json()
    assert tried["ok"], tried
    assert [each["check"] for each in tried["checks"]] == [
        *("settings", "credential", "token", "call"),
    ]
    told = served.get("/v1/events").get_json()["data"]
    assert [each["type"] for each in told] == ["finance.connection.connected.v1"]
    assert "CANARY" not in str((row, tried, told, page.text))


def test_a_consent_to_several_accounts_lets_a_person_choose(served: Served, there: Vendor) -> None:
    there.accounts.append({"tenantId": OTHER, "tenantName": "Other & Sons"})
    connect(served, there)
    browser = served.client.application.test_client()
    page = come_back(browser, browse(browser, served, there))
    assert "Other &amp; Sons" in page.text
    listed = served.get("/v1/connections/x/choices").get_json()["data"]
    assert [each["title"] for each in listed] == ["Werkhof", "Other & Sons"]
    settings = state_of(served)["settings"] | {"variables": listed[1]["variables"]}
    changed = served.call("PATCH", "/v1/connections/x", json={"settings": settings})
    assert changed.status_code == 200, changed.text
    assert state_of(served)["settings"]["variables"] == {"tenant": OTHER}


def test_a_callback_counts_once(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    given = browse(browser, served, there)
    assert come_back(browser, given).status_code == 200
    again = come_back(browser, given)
    assert again.status_code == 400


def test_another_browser_cannot_bring_a_consent_back(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    given = browse(browser, served, there)
    stranger = served.client.application.test_client()
    assert "did not begin it" in come_back(stranger, given).text
    assert come_back(browser, given).status_code == 200


def test_a_code_of_somebody_elses_consent_does_not_fit(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    first = browse(browser, served, there)
    second = browse(browser, served, there)
    mixed = come_back(browser, {"state": first["state"], "code": second["code"]})
    assert mixed.status_code == 400
    assert "invalid_grant" in mixed.text
    assert state_of(served)["state"] == "new"


@pytest.mark.parametrize("given", [{}, {"state": "made-up", "code": "x"}, {"code": "x"}])
def test_a_state_that_was_never_given_out_is_refused(served: Served, given: dict[str, str]) -> None:
    assert come_back(served.client, given).status_code == 400


def test_a_person_who_says_no_is_told_so(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    given = browse(browser, served, there)
    page = come_back(browser, {"state": given["state"], "error": "<b>access_denied"})
    assert (page.status_code, "&lt;b&gt;access_denied" in page.text) == (400, True)


def test_a_lapsed_connection_works_again_after_a_new_consent(served: Served, there: Vendor) -> None:
    connect(served, there)
    browser = served.client.application.test_client()
    assert come_back(browser, browse(browser, served, there)).status_code == 200
    there.access.clear()
    there.refresh.clear()
    tried = served.post("/v1/connections/x/test").get_json()
    assert not tried["ok"]
    assert state_of(served)["state"] == "reauthorise_required"
    assert come_back(browser, browse(browser, served, there)).status_code == 200
    assert served.post("/v1/connections/x/test").get_json()["ok"]
    kinds = [each["type"].split(".")[2] for each in served.get("/v1/events").get_json()["data"]]
    assert kinds == ["connected", "reauthorise_required", "connected"]


def test_who_may_not_manage_may_not_connect(served: Served, there: Vendor) -> None:
    connect(served, there)
    for role in ("reader", "mapper", "poster", "approver", "auditor"):
        assert served.post("/v1/connections/x/authorise", role).status_code == 403
        assert served.call("DELETE", "/v1/connections/x", role).status_code == 403
    assert served.get("/v1/connections", "poster").status_code == 200
    assert served.get("/v1/connections", "reader").status_code == 403
    assert served.get("/v1/connections/x", tenant="other").status_code == 404
    assert served.post("/v1/connections/x/authorise", tenant="other").status_code == 404
