"""Every kind of credential lets a request in as its system asks, and shows itself nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from connectors._transport import (
    Policy,
    Request,
    Session,
    TokenRefused,
    TransportRefused,
    ask_token,
    authorize_url,
    certificate_of,
    code_request,
    fetch_csrf,
    log_in,
    make_auth,
    new_pkce,
    open_session,
    refresh_request,
)
from tests.transport.servers import LOCAL, Reply, Seen, http_server

NOW = 1_790_000_000
GET = Request("GET", "https://x.example/bills?page=1", {"Accept": "application/json"})
POST = Request(
    "POST", "https://x.example/bills", {"Content-Type": "application/json"}, b'{"a": 1.50}'
)
OAUTH1 = {"consumer_key": "ck", "consumer_secret": "c s", "token": "tk", "token_secret": "t&s"}


def header(spec: dict[str, Any], parts: dict[str, str], name: str = "Authorization") -> str | None:
    return make_auth(spec, parts)(GET).header(name)


@pytest.mark.parametrize(
    ("spec", "parts", "name", "value"),
    [
        ({"kind": "api_key", "header": "X-Key"}, {"key": "k"}, "X-Key", "k"),
        (
            {"kind": "api_key", "prefix": "token "},
            {"key": "k", "secret": "s"},
            "Authorization",
            "token k:s",
        ),
        (
            {"kind": "api_key", "headers": {"A": "{key}", "B": "x-{secret}"}},
            {"key": "k", "secret": "s"},
            "B",
            "x-s",
        ),
        ({"kind": "basic"}, {"username": "u", "password": "pä"}, "Authorization", "Basic dTpww6Q="),
        ({"kind": "bearer"}, {"token": "t"}, "Authorization", "Bearer t"),
        ({"kind": "bearer", "prefix": "bearer "}, {"token": "t"}, "Authorization", "bearer t"),
        ({"kind": "bearer", "header": "X-Token", "prefix": ""}, {"token": "t"}, "X-Token", "t"),
        ({"kind": "oauth2_client"}, {"access_token": "t"}, "Authorization", "Bearer t"),
        (
            {"kind": "oauth2_code", "headers": {"apiKey": "{api_key}"}},
            {"access_token": "t", "api_key": "k"},
            "apiKey",
            "k",
        ),
        (
            {"kind": "session", "session": {"header": "sessionId"}},
            {"session_token": "s"},
            "sessionId",
            "s",
        ),
        ({"kind": "none"}, {}, "Authorization", None),
        ({"kind": "client_certificate"}, {}, "Authorization", None),
    ],
)
def test_a_credential_goes_where_the_manifest_says(
    spec: dict[str, Any], parts: dict[str, str], name: str, value: str | None
) -> None:
    assert header(spec, parts, name) == value


def test_a_key_can_be_a_parameter_and_replaces_one_of_its_name() -> None:
    auth = make_auth({"kind": "api_key", "parameter": "api key"}, {"key": "a&b"})
    assert auth(GET).url == "https://x.example/bills?page=1&api%20key=a%26b"
    assert auth(auth(GET)).url == auth(GET).url


def test_a_key_can_be_in_the_body_whose_numbers_stay_exact() -> None:
    spec = {"kind": "api_key", "body": {"client_id": "{client_id}", "secret": "{key}"}}
    sent = make_auth(spec, {"key": "k", "client_id": "c"})(POST)
    assert sent.body == b'{"a":1.50,"client_id":"c","secret":"k"}'
    assert sent.header("Authorization") is None
    alone = make_auth(spec, {"key": "k", "client_id": "c"})(GET)
    assert json.loads(alone.body) == {"client_id": "c", "secret": "k"}
    for body in (b"[1]", b"no json", b"<a/>"):
        with pytest.raises(TransportRefused, match="JSON object"):
            make_auth(spec, {"key": "k", "client_id": "c"})(Request("POST", GET.url, {}, body))


@pytest.mark.parametrize(
    "kind",
    [
        "api_key",
        "basic",
        "bearer",
        "oauth2_client",
        "oauth2_jwt",
        "oauth2_mtls",
        "oauth2_code",
        "oauth1",
    ],
)
def test_a_missing_part_is_named_and_nothing_is_sent(kind: str) -> None:
    with pytest.raises(TransportRefused, match="the credential has no"):
        make_auth({"kind": kind}, {"other": "s3cret"})(GET)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TransportRefused, match="kind 'magic'"):
        make_auth({"kind": "magic"}, {})


def test_an_auth_object_shows_no_secret() -> None:
    assert "s3cret" not in repr(make_auth({"kind": "bearer"}, {"token": "s3cret"}))


def test_a_certificate_is_taken_from_the_parts() -> None:
    shown = certificate_of({"certificate": "c", "private_key": "s3cret"})
    assert shown is not None
    assert "s3cret" not in repr(shown)
    assert certificate_of({"token": "t"}) is None


def oauth1_params(value: str) -> dict[str, str]:
    assert value.startswith("OAuth ")
    pairs = (pair.strip().partition("=") for pair in value[6:].split(","))
    return {name: unquote(text.strip('"')) for name, _, text in pairs}


@pytest.mark.parametrize(
    ("method", "algorithm"), [("HMAC-SHA256", hashlib.sha256), ("HMAC-SHA1", hashlib.sha1)]
)
@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "https://x.example/rest?script=5&b=%C3%A4%20c&a=%2B"),
        Request(
            "POST", "https://x.example/rest", {"Content-Type": "application/json"}, b'{"a": 1}'
        ),
        Request(
            "POST",
            "https://x.example/r",
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"z=1&y=a+b",
        ),
    ],
)
def test_oauth1_signs_as_rfc_5849_says(
    request_: Request, method: str, algorithm: Callable[[], Any]
) -> None:
    auth = make_auth(
        {"kind": "oauth1"}, {**OAUTH1, "realm": "ACME_SB1", "signature_method": method}
    )
    sent = auth(request_)
    stated = oauth1_params(sent.header("Authorization") or "")
    assert stated.pop("realm") == "ACME_SB1"
    signature = stated.pop("oauth_signature")
    split = urlsplit(request_.url)
    pairs = [*stated.items(), *parse_qsl(split.query)]
    if "form" in (request_.header("Content-Type") or ""):
        pairs += parse_qsl(request_.body.decode())
    safe = sorted((quote(n, safe="~"), quote(v, safe="~")) for n, v in pairs)
    normal = "&".join(f"{n}={v}" for n, v in safe)
    where = f"https://x.example{split.path}"
    text = "&".join(quote(part, safe="~") for part in (request_.method, where, normal))
    digest = hmac.new(b"c%20s&t%26s", text.encode(), algorithm).digest()
    assert base64.b64encode(digest).decode() == signature
    assert (stated["oauth_consumer_key"], stated["oauth_token"]) == ("ck", "tk")
    assert sent.body == request_.body


def test_each_oauth1_request_has_a_nonce_of_its_own() -> None:
    auth = make_auth({"kind": "oauth1"}, OAUTH1)
    nonces = {
        oauth1_params(auth(GET).header("Authorization") or "")["oauth_nonce"] for _ in range(20)
    }
    assert len(nonces) == 20


def form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


SPEC = {"kind": "oauth2_client", "token_url": "https://id.example/token", "scopes": ["a", "b"]}
CLIENT = {"client_id": "id", "client_secret": "s3cret"}


def test_client_credentials_name_the_client_as_the_manifest_says() -> None:
    basic = refresh_request(SPEC, CLIENT, now=NOW)
    assert basic.header("Authorization") == "Basic " + base64.b64encode(b"id:s3cret").decode()
    assert form(basic) == {"grant_type": "client_credentials", "scope": "a b"}
    post = refresh_request({**SPEC, "client_auth": "post"}, CLIENT, now=NOW)
    assert post.header("Authorization") is None
    assert form(post).items() >= CLIENT.items()
    own = {**SPEC, "token_params": {"grant_type": "openapi_2lo", "x": "{client_id}"}}
    assert form(refresh_request(own, CLIENT, now=NOW))["grant_type"] == "openapi_2lo"
    assert form(refresh_request(own, CLIENT, now=NOW))["x"] == "id"


def test_a_client_with_a_certificate_sends_its_id_alone() -> None:
    sent = refresh_request({**SPEC, "kind": "oauth2_mtls"}, {"client_id": "id"}, now=NOW)
    assert form(sent) == {"grant_type": "client_credentials", "scope": "a b", "client_id": "id"}
    assert sent.header("Authorization") is None


def test_a_refresh_and_a_code_are_sent_with_what_they_need() -> None:
    spec = {**SPEC, "kind": "oauth2_code"}
    refresh = refresh_request(spec, {**CLIENT, "refresh_token": "r"}, now=NOW)
    assert form(refresh) == {"grant_type": "refresh_token", "refresh_token": "r"}
    code = code_request(
        spec, {"client_id": "id"}, code="c", redirect_uri="https://me.example/cb", verifier="v"
    )
    assert form(code) == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "https://me.example/cb",
        "code_verifier": "v",
        "client_id": "id",
    }


def pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_an_assertion_is_signed_and_short_lived(algorithm: str) -> None:
    key: Any = EC if algorithm == "ES256" else RSA
    parts = {"client_id": "id", "private_key": pem(key), "algorithm": algorithm, "key_id": "k1"}
    sent = form(refresh_request({**SPEC, "kind": "oauth2_jwt"}, parts, now=NOW))
    assert sent["client_assertion_type"].endswith("jwt-bearer")
    head, claims, signature = sent["client_assertion"].split(".")
    text, raw = f"{head}.{claims}".encode(), unpadded(signature)
    public = key.public_key()
    if algorithm == "ES256":
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public.verify(der, text, ec.ECDSA(hashes.SHA256()))
    else:
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        public.verify(
            raw, text, pss if algorithm == "PS256" else padding.PKCS1v15(), hashes.SHA256()
        )
    assert json.loads(unpadded(head)) == {"alg": algorithm, "typ": "JWT", "kid": "k1"}
    said = json.loads(unpadded(claims))
    assert said["jti"]
    assert (said["iss"], said["sub"], said["aud"]) == ("id", "id", "https://id.example/token")
    assert (said["iat"], said["exp"] - said["iat"], said["scope"]) == (NOW, 300, ["a", "b"])


def test_a_bearer_grant_carries_the_assertion_itself() -> None:
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    spec = {**SPEC, "kind": "oauth2_jwt", "token_params": {"grant_type": grant}}
    parts = {"client_id": "id", "private_key": pem(RSA), "subject": "user", "audience": "aud"}
    sent = form(refresh_request(spec, parts, now=NOW))
    assert set(sent) == {"grant_type", "assertion"}
    said = json.loads(unpadded(sent["assertion"].split(".")[1]))
    assert (said["sub"], said["aud"]) == ("user", "aud")


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ("no key", "RS256"),
        (pem(RSA), "ES256"),
        (pem(EC), "RS256"),
        (pem(RSA), "none"),
        (pem(RSA), "HS256"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "ES256"),
    ],
)
def test_a_key_that_does_not_sign_so_is_refused_unquoted(key: str, algorithm: str) -> None:
    parts = {"client_id": "id", "private_key": key, "algorithm": algorithm}
    with pytest.raises(TransportRefused, match="private key") as raised:
        refresh_request({**SPEC, "kind": "oauth2_jwt"}, parts, now=NOW)
    assert "BEGIN" not in str(raised.value)


def session() -> Session:
    return open_session(
        Policy(hosts=("localhost",), allow_http=True, allow_private=LOCAL, cookies=True)
    )


def answering(status: int, body: object) -> Callable[[Seen], Reply]:
    return lambda seen: (status, {"Content-Type": "application/json"}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (
            {"access_token": "t", "expires_in": 1800},
            {"access_token": "t", "expires_at": str(NOW + 1800)},
        ),
        (
            {"access_token": "t", "expires_in": "86399"},
            {"access_token": "t", "expires_at": str(NOW + 86_399)},
        ),
        ({"access_token": "t"}, {"access_token": "t", "expires_at": str(NOW + 600)}),
        (
            {
                "access_token": "t",
                "expires_in": 60.0,
                "refresh_token": "r",
                "scope": "a",
                "id_token": "x",
            },
            {"access_token": "t", "expires_at": str(NOW + 60), "refresh_token": "r", "scope": "a"},
        ),
    ],
)
def test_a_token_answer_gives_the_parts_to_store(tree: object, expected: dict[str, str]) -> None:
    with http_server(answering(200, tree)) as server, session() as line:
        spec = {**SPEC, "token_url": server.url("/token"), "lifetime": 600}
        assert ask_token(line, refresh_request(spec, CLIENT, now=NOW), spec, now=NOW) == expected


@pytest.mark.parametrize(
    ("status", "tree", "code"),
    [
        (400, {"error": "invalid_grant", "error_description": "s3cret"}, "reauthorise_required"),
        (401, {"error": "invalid_client"}, "client_refused"),
        (401, None, "client_refused"),
        (400, {"error": "invalid_scope"}, "token_refused"),
        (503, {"error": "x"}, "unavailable"),
        (429, [], "unavailable"),
        (200, {"error": "invalid_grant"}, "reauthorise_required"),
        (200, {"access_token": 5}, "token_refused"),
        (200, "s3cret", "token_refused"),
        (302, {}, "token_refused"),
    ],
)
def test_a_refused_token_says_who_must_act(status: int, tree: object, code: str) -> None:
    with http_server(answering(status, tree)) as server, session() as line:
        spec = {**SPEC, "token_url": server.url("/token")}
        with pytest.raises(TokenRefused) as raised:
            ask_token(line, refresh_request(spec, CLIENT, now=NOW), spec, now=NOW)
    assert raised.value.code == code
    assert "s3cret" not in str(raised.value)


def test_a_person_is_sent_with_state_and_challenge() -> None:
    pair = new_pkce()
    digest = base64.urlsafe_b64encode(hashlib.sha256(pair.verifier.encode()).digest())
    assert digest.decode().rstrip("=") == pair.challenge
    spec = {
        "authorize_url": "https://id.example/authorize?tenant=1",
        "scopes": ["a", "b"],
        "authorize_params": {"prompt": "login"},
    }
    url = authorize_url(
        spec, "id", redirect_uri="https://me.example/cb?x=1", state="s t", challenge=pair.challenge
    )
    assert {n: v[0] for n, v in parse_qs(urlsplit(url).query).items()} == {
        "tenant": "1",
        "response_type": "code",
        "client_id": "id",
        "redirect_uri": "https://me.example/cb?x=1",
        "state": "s t",
        "scope": "a b",
        "code_challenge": pair.challenge,
        "code_challenge_method": "S256",
        "prompt": "login",
    }


SESSION = {
    "kind": "session",
    "session": {
        "path": "/v3/login",
        "body": {"username": "{username}", "password": "{password}", "devKey": "{dev_key}"},
        "token": "sessionId",
        "header": "sessionId",
        "lifetime": 2100,
    },
}
PERSON = {"username": "u", "password": "s3cret", "dev_key": "d"}


def test_a_session_is_opened_and_used() -> None:
    with http_server(answering(200, {"sessionId": "abc"})) as server, session() as line:
        found = log_in(line, SESSION, PERSON, base_url=server.url("/connect/"), now=NOW)
    assert found == {"session_token": "abc", "session_until": str(NOW + 2100)}
    seen = server.seen[0]
    assert (seen.path, json.loads(seen.body)["devKey"]) == ("/connect/v3/login", "d")
    assert make_auth(SESSION, {**PERSON, **found})(GET).header("sessionId") == "abc"


@pytest.mark.parametrize(
    ("status", "code"), [(401, "client_refused"), (200, "client_refused"), (503, "unavailable")]
)
def test_a_refused_log_in_says_so_without_the_password(status: int, code: str) -> None:
    with http_server(answering(status, {"error": "s3cret"})) as server, session() as line:
        with pytest.raises(TokenRefused) as raised:
            log_in(line, SESSION, PERSON, base_url=server.url("/"), now=NOW)
    assert raised.value.code == code
    assert "s3cret" not in str(raised.value)


def test_a_csrf_token_is_fetched_with_its_cookie() -> None:
    def reply(seen: Seen) -> Reply:
        token = {"x-csrf-token": "c1", "Set-Cookie": "sap=1"}
        return (200, token if seen.headers.get("x-csrf-token") == "Fetch" else {}, b"")

    with http_server(reply) as server, session() as line:
        request = Request("GET", server.url())
        found = fetch_csrf(line, request, {"header": "x-csrf-token", "path": "/"})
        assert found == {"x-csrf-token": "c1"}
        with pytest.raises(TokenRefused, match="no X-Other"):
            fetch_csrf(line, request, {"header": "X-Other"})
    assert server.seen[1].headers["cookie"] == "sap=1"
