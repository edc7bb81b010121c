"""Forged, altered and late webhooks are refused under every scheme; genuine ones pass."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors
from connectors._transport import (
    Delivery,
    Keys,
    SignatureRefused,
    Signer,
    sign_delivery,
    verify,
)
from tests.transport import signers
from tests.transport.signers import BODY, NOW, OTHER, SCHEMES, SECRET, Scheme


def schemes(chosen: list[Scheme]) -> pytest.MarkDecorator:
    names = [f"{each.name}-{each.write.__name__}" for each in chosen]
    return pytest.mark.parametrize("scheme", chosen, ids=names)


every_scheme = schemes(SCHEMES)
body_bound_schemes = schemes([each for each in SCHEMES if each.body_bound])
timed_schemes = schemes([each for each in SCHEMES if each.timed])
schemes_that_see_the_body = schemes([s for s in SCHEMES if s.body_bound or s.in_body])


def refused(scheme: Scheme, delivery: Delivery, keys: Keys | None = None, now: int = NOW) -> str:
    start = time.thread_time()
    with pytest.raises(SignatureRefused) as raised:
        verify(scheme.spec, delivery, keys or scheme.keys(), now=now)
    assert time.thread_time() - start < 0.05
    assert SECRET not in str(raised.value)
    return raised.value.code


@every_scheme
def test_a_genuine_delivery_passes(scheme: Scheme) -> None:
    verified = verify(scheme.spec, scheme.delivery(), scheme.keys(), now=NOW + 5)
    assert verified.sent_at == (NOW if scheme.timed else None)


@every_scheme
def test_what_a_simulator_signs_is_believed(scheme: Scheme) -> None:
    secret = (*scheme.keys().secrets, SECRET)[0]
    kind = "rsa" if scheme.name in ("rsa", "paypal") else "ec"
    signer = Signer(secret, signers.private_pem(kind, SECRET), "k1")
    bare = Delivery("POST", signers.URL, {}, BODY)
    headers = sign_delivery(scheme.spec, bare, signer, message_id="m1", now=NOW)
    verify(scheme.spec, replace(bare, headers=headers), scheme.keys(), now=NOW)
    assert SECRET not in repr(signer)


@every_scheme
def test_header_names_have_no_case(scheme: Scheme) -> None:
    sent = scheme.delivery()
    shouted = {name.upper(): value for name, value in sent.headers.items()}
    verify(scheme.spec, replace(sent, headers=shouted), scheme.keys(), now=NOW)


@body_bound_schemes
@pytest.mark.parametrize(
    "alter",
    [
        lambda body: body.replace(b"10.50", b"99.50"),
        lambda body: json.dumps(json.loads(body)).encode(),
        lambda body: body + b" ",
        lambda body: b"",
    ],
    ids=["altered", "re-serialised", "longer", "emptied"],
)
def test_an_altered_body_is_refused(scheme: Scheme, alter: Callable[[bytes], bytes]) -> None:
    sent = scheme.delivery()
    assert refused(scheme, replace(sent, body=alter(sent.body))) == "mismatch"


@every_scheme
def test_each_header_is_needed(scheme: Scheme) -> None:
    sent = scheme.delivery()
    for name in sent.headers:
        rest = {each: value for each, value in sent.headers.items() if each != name}
        assert refused(scheme, replace(sent, headers=rest)) == "missing"
        assert refused(scheme, replace(sent, headers={**rest, name: " "})) == "missing"


@every_scheme
def test_a_wrong_secret_is_refused(scheme: Scheme) -> None:
    body = BODY.replace(SECRET.encode(), OTHER.encode())
    assert refused(scheme, scheme.delivery(body, OTHER)) == "mismatch"


@every_scheme
def test_no_secret_means_no_delivery(scheme: Scheme) -> None:
    for keys in (Keys(), Keys(("",), ("",))):
        assert refused(scheme, scheme.delivery(), keys) == "no_key"


@timed_schemes
def test_a_stale_or_early_time_is_refused(scheme: Scheme) -> None:
    for off in (301, -301, 86_400):
        assert refused(scheme, scheme.delivery(), now=NOW + off) == "stale"
    verify(scheme.spec, scheme.delivery(), scheme.keys(), now=NOW + 300)
    spec = {**scheme.spec, "tolerance": 10}
    assert refused(replace(scheme, spec=spec), scheme.delivery(), now=NOW + 11) == "stale"


@timed_schemes
def test_a_replay_with_a_fresh_time_is_refused(scheme: Scheme) -> None:
    """The time is under the signature: putting a new one in breaks it."""
    old, late = scheme.delivery(), NOW + 1000
    assert refused(scheme, old, now=late) == "stale"
    renewed = {name: renew(value, late) for name, value in old.headers.items()}
    assert renewed != old.headers
    assert refused(scheme, replace(old, headers=renewed), now=late) == "mismatch"


def renew(header: str, now: int) -> str:
    """A header with another time put in, also inside a token."""
    if header.count(".") == 2:
        head, _, signature = header.split(".")
        return f"{head}.{signers.b64url(json.dumps({'iat': now}).encode())}.{signature}"
    return header.replace(str(NOW), str(now)).replace("14:13:20Z", "14:30:00Z")


@every_scheme
def test_both_secrets_count_in_a_rotation(scheme: Scheme) -> None:
    old, new = scheme.keys(SECRET), scheme.keys(OTHER)
    both = Keys((*new.secrets, *old.secrets), (*new.public_keys, *old.public_keys))
    verify(scheme.spec, scheme.delivery(), both, now=NOW)
    body = BODY.replace(SECRET.encode(), OTHER.encode())
    verify(scheme.spec, scheme.delivery(body, OTHER), both, now=NOW)


@every_scheme
@given(
    junk=st.text(max_size=80) | st.sampled_from(["A" * 9000, "=", "v1,", "t=1,v1=", "..", "\ud800"])
)
def test_any_header_is_read_or_refused(scheme: Scheme, junk: str) -> None:
    sent = scheme.delivery()
    for name in sent.headers:
        changed = replace(sent, headers={**sent.headers, name: junk})
        with pytest.raises(SignatureRefused):
            verify(scheme.spec, changed, scheme.keys(), now=NOW)


@schemes_that_see_the_body
@given(body=st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b'{"value": [{}]}', b"null"]))
def test_any_body_is_refused_without_its_signature(scheme: Scheme, body: bytes) -> None:
    with pytest.raises(SignatureRefused):
        verify(scheme.spec, replace(scheme.delivery(), body=body), scheme.keys(), now=NOW)


def test_a_second_header_of_the_same_name_is_refused() -> None:
    scheme = SCHEMES[0]
    sent = scheme.delivery()
    doubled = {**sent.headers, "x-signature": "sha256=00"}
    assert refused(scheme, replace(sent, headers=doubled)) == "missing"


def test_an_unsigned_system_is_refused_unless_the_operator_allows_it() -> None:
    delivery = Delivery("POST", signers.URL, {}, BODY)
    for spec in ({"scheme": "none"}, {"scheme": "new"}, {}):
        with pytest.raises(SignatureRefused, match="proves nothing"):
            verify(spec, delivery, Keys((SECRET,)), now=NOW)
    verify({"scheme": "none"}, delivery, Keys(), now=NOW, allow_unsigned=True)
    with pytest.raises(SignatureRefused):
        verify({"scheme": "new"}, delivery, Keys(), now=NOW, allow_unsigned=True)


@pytest.mark.parametrize(
    "spec", [{"scheme": "hmac"}, {"scheme": "shared_secret"}, {"scheme": "rsa"}]
)
def test_a_manifest_that_says_too_little_lets_nothing_in(spec: dict[str, Any]) -> None:
    keys = Keys((SECRET,), (signers.public_pem("rsa", SECRET),))
    with pytest.raises(SignatureRefused, match="mend it there"):
        verify(spec, Delivery("POST", signers.URL, {}, BODY), keys, now=NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", None])
def test_a_token_of_another_algorithm_is_refused(algorithm: str | None) -> None:
    """The public key must never serve as the secret of a keyed hash."""
    scheme = next(each for each in SCHEMES if each.name == "jwt_body_hash")
    claims = {"iat": NOW, "request_body_sha256": ""}
    token = signers.jwt_token(SECRET, {"alg": algorithm}, claims)
    sent = Delivery("POST", signers.URL, {"Plaid-Verification": token}, BODY)
    assert refused(scheme, sent) == "malformed"
    unsigned = token.rpartition(".")[0] + "."
    assert refused(scheme, replace(sent, headers={"Plaid-Verification": unsigned})) == "malformed"


def test_a_json_web_key_serves_as_well() -> None:
    scheme = next(each for each in SCHEMES if each.name == "jwt_body_hash")
    numbers = signers.private_key("ec", SECRET).public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(n.to_bytes(32)).decode() for n in (numbers.x, numbers.y))
    key = json.dumps({"kty": "EC", "crv": "P-256", "x": x.rstrip("="), "y": y.rstrip("=")})
    verify(scheme.spec, scheme.delivery(), Keys((), (key,)), now=NOW)


def test_every_notice_of_a_batch_must_carry_the_secret() -> None:
    spec = {"scheme": "shared_secret", "path": "value[*].clientState"}
    for body in (
        {"value": [{"clientState": SECRET}, {"clientState": "x"}]},
        {"value": [{"clientState": SECRET}, {}]},
        {"value": []},
        {"value": {"clientState": SECRET}},
    ):
        delivery = Delivery("POST", signers.URL, {}, json.dumps(body).encode())
        with pytest.raises(SignatureRefused):
            verify(spec, delivery, Keys((SECRET,)), now=NOW)


def test_a_shared_secret_can_be_a_parameter() -> None:
    spec = {"scheme": "shared_secret", "parameter": "key"}
    url = f"{signers.URL}&key={SECRET.replace('+', '%2B').replace('=', '%3D')}"
    verify(spec, Delivery("POST", url, {}, BODY), Keys((SECRET,)), now=NOW)
    with pytest.raises(SignatureRefused):
        verify(spec, Delivery("POST", url + "&key=x", {}, BODY), Keys((SECRET,)), now=NOW)


def test_a_time_may_be_written_in_milliseconds_or_as_a_date() -> None:
    spec = {"scheme": "hmac", "header": "S", "timestamp": "T", "signed": ["timestamp", "body"]}
    for written in (
        str(NOW),
        str(NOW * 1000 + 1),
        "2026-09-21T14:13:20Z",
        "2026-09-21T16:13:20+02:00",
    ):
        mac = signers.mac(SECRET, written.encode() + BODY).hex()
        delivery = Delivery("POST", signers.URL, {"S": mac, "T": written}, BODY)
        assert verify(spec, delivery, Keys((SECRET,)), now=NOW + 200).sent_at == NOW


def test_every_scheme_of_the_manifest_contract_has_its_forgeries_here() -> None:
    folder = Path(connectors.__file__).parent / "_engine" / "contracts"
    contract = json.loads((folder / "manifest.schema.json").read_text(encoding="utf-8"))
    signature = contract["$defs"]["webhooks"]["properties"]["signature"]["properties"]
    assert set(signature["scheme"]["enum"]) - {"none"} == {scheme.name for scheme in SCHEMES}
