"""What a simulator rests on that the vendor does not document, or that could not be checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from node_server.simulators.described import Target, speaks_json
from node_server.simulators.keyring import NOT_SIMULATED


def unverified(target: Target) -> list[dict[str, str]]:
    """Each fact with its place in the manifest, and what is done in its stead."""
    return [{"place": place, "what": what} for place, what in _facts(target)]


def _facts(target: Target) -> Iterator[tuple[str, str]]:
    for part in ("api", "auth", "webhooks", "resources"):
        yield from _marked(part, target.manifest.get(part, {}))
    if "error" not in target.api:
        yield "api.error", "no shape of refusals is known: {message} is sent"
    for spec in target.auth:
        if spec["kind"] in NOT_SIMULATED:
            yield "auth", f"{spec['kind']} is not simulated"
    for name, resource in target.manifest["resources"].items():
        if "create" in resource:
            yield from _of_create(f"resources.{name}.create", resource["create"])


def _marked(place: str, tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        if tree.get("verified") is False:
            yield place, "marked in the manifest as not checked"
        for name, inner in tree.items():
            yield from _marked(f"{place}.{name}", inner)
    elif isinstance(tree, list):
        for number, inner in enumerate(tree):
            yield from _marked(f"{place}[{number}]", inner)


def _of_create(place: str, create: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "id_example" not in create:
        yield place, "no example of an id is known: a UUID is given"
    if not speaks_json(create):
        yield place, f"{create['content_type']} is not simulated"
    idempotency = create.get("idempotency", {})
    kind = idempotency.get("class", "none")
    if kind in ("replay", "reject") and "window" not in idempotency:
        yield place, "how long a key is remembered is not known: for ever"
    if kind == "replay" and "altered" not in idempotency:
        yield place, "the same key with another payload: it is refused here"
    if kind in ("reject", "unique") and "conflict" not in idempotency:
        yield place, "how a second creation is refused is not known: 409 with the usual shape"
    if "lookup" not in idempotency:
        yield place, "no look-up is known: the list serves"
