"""The vault checks, hides and reports."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from typing import Any

import pytest

from credentials import (
    Access,
    Conflict,
    EnvironmentStore,
    InvalidCredential,
    MemoryStore,
    NotFound,
    Secret,
    SecretFilter,
    Vault,
    kind_names,
    kind_schema,
    new_master_key,
    redact,
    ring_of,
)

PEM = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
EXAMPLES: dict[str, dict[str, str]] = {
    "api_key": {"key": "s3cret"},
    "basic": {"username": "u", "password": "s3cret"},
    "bearer": {"token": "s3cret"},
    "oauth2_client": {"client_id": "c", "client_secret": "s3cret"},
    "oauth2_jwt": {"client_id": "c", "private_key": PEM, "algorithm": "PS256"},
    "oauth2_mtls": {"client_id": "c", "certificate": CERTIFICATE, "private_key": PEM},
    "oauth2_code": {"client_id": "c", "refresh_token": "s3cret", "expires_at": "1790000000"},
    "oauth1": {
        "consumer_key": "k",
        "consumer_secret": "s3cret",
        "token": "t",
        "token_secret": "s3cret",
    },
    "session": {"username": "u", "password": "s3cret", "dev_key": "s3cret"},
    "client_certificate": {"certificate": CERTIFICATE, "private_key": PEM},
    "sftp_key": {"username": "u", "private_key": PEM, "host_key": "ssh-ed25519 AAAAC3Nz"},
}


@pytest.fixture
def accesses() -> list[Access]:
    return []


@pytest.fixture
def vault(accesses: list[Access]) -> Vault:
    return Vault(MemoryStore(ring_of(new_master_key("k"))), accesses.append)


def test_every_kind_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(kind_names())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_kind_takes_its_parts_and_shows_none_of_its_secrets(kind: str, vault: Vault) -> None:
    vault.add("c", kind, EXAMPLES[kind], purpose="set up")
    credential = vault.get("c", purpose="test")
    assert credential.reveal() == EXAMPLES[kind]
    assert "s3cret" not in repr(credential)
    assert "s3cret" not in repr(vault.describe("c"))
    assert set(vault.describe("c").secret) == set(credential.secret) != set()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_required_part_is_asked_for(kind: str, vault: Vault) -> None:
    for part in kind_schema(kind)["required"]:
        rest = {name: value for name, value in EXAMPLES[kind].items() if name != part}
        with pytest.raises(InvalidCredential, match=f"'{part}' is missing"):
            vault.add("c", kind, rest, purpose="set up")


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("api_key", {"key": ""}),
        ("api_key", {"key": 5}),
        ("api_key", {"key": "s3cret", "Bad Name": "s3cret"}),
        ("oauth2_code", {"client_id": "c", "expires_at": "s3cret"}),
        ("oauth2_jwt", {"client_id": "c", "private_key": "s3cret"}),
        ("oauth2_jwt", {"client_id": "c", "private_key": PEM, "algorithm": "none"}),
        ("sftp_key", {"username": "u", "private_key": PEM, "host_key": "s3cret"}),
        ("unknown", {}),
    ],
)
def test_parts_that_do_not_fit_are_named_and_not_quoted(
    kind: str, parts: dict[str, Any], vault: Vault
) -> None:
    with pytest.raises(InvalidCredential) as raised:
        vault.add("c", kind, parts, purpose="set up")
    assert "s3cret" not in str(raised.value)
    assert raised.value.problems


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "a..b", ".a", "a.", "a b", "é", "a" * 121, "-a"]
)
def test_a_name_is_safe_in_paths(name: str, vault: Vault) -> None:
    with pytest.raises(InvalidCredential):
        vault.add(name, "bearer", {"token": "t"}, purpose="set up")
    with pytest.raises(InvalidCredential):
        vault.get(name, purpose="test")


def test_every_access_is_reported_without_secrets(vault: Vault, accesses: list[Access]) -> None:
    vault.add("c", "bearer", {"token": "s3cret"}, purpose="set up")
    vault.get("c", purpose="post inv_1")
    vault.describe("c")
    vault.change("c", {"token": "s3cret2"}, version=1, purpose="refresh")
    vault.delete("c", purpose="leaving")
    assert [(each.action, each.version, each.purpose) for each in accesses] == [
        ("written", 1, "set up"),
        ("read", 1, "post inv_1"),
        ("written", 2, "refresh"),
        ("deleted", 0, "leaving"),
    ]
    assert "s3cret" not in repr(accesses)


def test_a_secret_does_not_leave_when_its_reading_cannot_be_reported() -> None:
    def broken(access: Access) -> None:
        raise OSError("the audit log is full")

    store = EnvironmentStore({"COUNTERFOIL_CREDENTIAL_C": '{"kind": "bearer", "token": "t"}'})
    with pytest.raises(OSError, match="full"):
        Vault(store, broken).get("c", purpose="test")


def test_of_two_refreshes_of_one_token_one_is_told(vault: Vault) -> None:
    vault.add("c", "oauth2_code", EXAMPLES["oauth2_code"], purpose="set up")
    new = {"refresh_token": "r2", "previous_refresh_token": "s3cret"}
    assert vault.change("c", new, version=1, purpose="refresh") == 2
    with pytest.raises(Conflict):
        vault.change("c", {"refresh_token": "r3"}, version=1, purpose="refresh")
    vault.change("c", {"previous_refresh_token": None}, version=2, purpose="clean up")
    assert "previous_refresh_token" not in vault.get("c", purpose="test").reveal()


def test_replacing_puts_all_parts_anew(vault: Vault) -> None:
    vault.add("c", "api_key", {"key": "a", "secret": "b"}, purpose="set up")
    vault.replace("c", {"key": "z"}, version=1, purpose="new key")
    assert vault.get("c", purpose="test").reveal() == {"key": "z"}
    vault.replace("c", {"token": "t"}, version=2, purpose="other kind", kind="bearer")
    assert vault.describe("c").kind == "bearer"
    with pytest.raises(Conflict):
        vault.add("c", "bearer", {"token": "t"}, purpose="again")
    with pytest.raises(NotFound):
        vault.replace("d", {"token": "t"}, version=1, purpose="none")


def test_a_secret_never_prints() -> None:
    secret = Secret("canary")
    written = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{[secret]}",
    ]
    assert not [each for each in written if "canary" in each]
    for refuse in (pickle.dumps, json.dumps, copy.deepcopy, hash):
        with pytest.raises(TypeError):
            refuse(secret)
    assert secret == Secret("canary")
    assert secret != Secret("other")
    assert secret != "canary"  # noqa: S105 - an example
    assert not Secret("")


def test_the_longest_secret_is_hidden_first() -> None:
    secrets = [Secret("token-1"), Secret("token-12345"), Secret("ab")]
    assert redact("token-12345 and token-1, ab", secrets) == "**** and ****, ab"


def test_a_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test.secrets")
    hide = SecretFilter([Secret("canary-1")])
    hide.hide([Secret("canary-2")])
    logger.addFilter(hide)
    try:
        logger.warning("sent %s", "canary-1")
        try:
            raise ValueError("bad canary-2")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeFilter(hide)
    assert "canary" not in caplog.text
    assert "****" in caplog.text
