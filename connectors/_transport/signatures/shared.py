"""No signature, only something that the sender knows: a secret in its place, or basic auth."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors._codecs import json_tree
from connectors._transport.picking import pick_all
from connectors._transport.signatures.delivery import (
    Delivery,
    Keys,
    SignatureRefused,
    Verified,
    malformed,
    mismatch,
    need,
)
from connectors.errors import CodecError


def check_shared_secret(
    spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int
) -> Verified:
    """The secret itself, in a header, a parameter, or at a path of the body, wherever it stands."""
    secrets = need(keys.secrets, "webhook secret")
    found = _stated(spec, delivery)
    if not found:
        raise SignatureRefused("missing", "the shared secret is missing; the system sends it")
    fits = [_is_one_of(text, secrets) for text in found]
    if not all(fits):
        raise mismatch()
    return Verified()


def check_basic(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """User and password, as `user:password` in the credential."""
    secrets = need(keys.secrets, "user and password")
    word, _, stated = delivery.header("Authorization").partition(" ")
    expected = tuple(base64.b64encode(each.encode("utf-8")).decode() for each in secrets)
    if word.lower() != "basic" or not _is_one_of(stated.strip(), expected):
        raise mismatch()
    return Verified()


def _stated(spec: Mapping[str, Any], delivery: Delivery) -> list[str]:
    if "header" in spec:
        value, prefix = delivery.header(spec["header"]), str(spec.get("prefix", ""))
        return [value[len(prefix) :]] if value.startswith(prefix) else []
    if "parameter" in spec:
        pairs = parse_qsl(urlsplit(delivery.url).query, keep_blank_values=True)
        return [value for name, value in pairs if name == spec["parameter"]]
    try:
        tree = json_tree.decode(delivery.body).units[0]
    except CodecError as error:
        raise malformed("a body that is not JSON") from error
    return _at_every_place(tree, str(spec["path"]))


def _at_every_place(tree: Any, path: str) -> list[str]:
    """The values at a path; a list item without one gives an empty text, which fits nothing."""
    holder, _, last = path.rpartition(".")
    owners = pick_all(tree, holder)
    values = [pick_all(owner, last) for owner in owners]
    return [str(value[0]) if value else "" for value in values]


def _is_one_of(text: str, secrets: tuple[str, ...]) -> bool:
    fits = False
    for secret in secrets:
        fits |= hmac.compare_digest(_bytes(text), _bytes(secret))
    return fits


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
