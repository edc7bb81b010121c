"""A client that knows no system: it walks through a simulator by the manifest alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import quote

from connectors._engine.api import pack
from connectors._transport import (
    Answer,
    Policy,
    Request,
    ask_token,
    fetch_csrf,
    log_in,
    make_auth,
    open_session,
    pages,
    refresh_request,
    send,
)
from connectors._transport.picking import pick
from node_server.simulators import Simulator
from node_server.simulators.described import speaks_json
from node_server.simulators.kinds import conditions_of_kind, made_of_kind
from node_server.simulators.places import at, filled, holes_of, put, put_steps
from node_server.simulators.writing import record_steps

POLICY = Policy(hosts=("127.0.0.1",), allow_http=True, allow_private=("127.0.0.0/8",), cookies=True)


@cache
def manifests() -> dict[str, Any]:
    """Every connector that reaches an API."""
    found = {name: pack()[name].manifest for name in sorted(pack().connectors)}
    return {name: manifest for name, manifest in found.items() if "api" in manifest}


def having(key: str) -> list[tuple[str, str]]:
    """Connector and resource of everything that has a `list`, a `create` and so on."""
    return [
        (name, resource)
        for name, manifest in manifests().items()
        for resource, spec in manifest["resources"].items()
        if key in spec and speaks_json(spec[key])
    ]


class Walker:
    """Calls of one simulator, let in with what it handed out."""

    def __init__(self, simulator: Simulator, session: Any) -> None:
        self.simulator, self.session = simulator, session
        self.settings, self.manifest = simulator.settings, simulator.system.target.manifest
        self.renew()

    def renew(self) -> None:
        """Let in anew with what the simulator hands out now."""
        given = self.simulator.credential
        entries = self.manifest.get("auth", [{"kind": "none"}])
        entry = next(each for each in entries if each["kind"] == given["kind"])
        self.entry = {**entry, **self.settings.get("auth", {})}
        self.parts = {**given["parts"], **self._tokens(given["parts"])}

    def _tokens(self, parts: Mapping[str, str]) -> dict[str, str]:
        now, kind = int(self.simulator.system.clock.now()), self.entry["kind"]
        if kind in ("oauth2_client", "oauth2_jwt"):
            request = refresh_request(self.entry, parts, now=now)
            return ask_token(self.session, request, self.entry, now=now)
        if kind == "session":
            base = self.settings["base_url"]
            return log_in(self.session, self.entry, parts, base_url=base, now=now)
        return {}

    def fill(self, text: str, values: Mapping[str, str], *, in_path: bool = False) -> str:
        known = {**self.settings["variables"], **values}
        value = {n: quote(v, safe="") for n, v in known.items()} if in_path else known
        return filled(text, lambda name: value.get(name))

    def request(
        self, spec: Mapping[str, Any], values: Mapping[str, str], body: Any = None, method: str = ""
    ) -> Request:
        """A call of the manifest, not let in yet."""
        api = self.manifest["api"]
        headers = {**api.get("headers", {}), **spec.get("headers", {})}
        params = {**api.get("query", {}), **spec.get("params", {})}
        body = self.filled(spec["body"], values) if body is None and "body" in spec else body
        if body is not None:
            headers["Content-Type"] = "application/json"
        made = Request(
            method or spec.get("method", "GET"),
            self.settings["base_url"] + self.fill(spec["path"], values, in_path=True),
            {name: self.fill(text, values) for name, text in headers.items()},
            b"" if body is None else json.dumps(body).encode(),
        )
        return made.with_params(self.params({**spec, "params": params}, values))

    def params(self, spec: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
        """The query of a call, encoded where it is to be."""
        encoded = spec.get("encode", {})
        texts = {name: self.fill(text, values) for name, text in spec.get("params", {}).items()}
        return {n: as_base64url(t) if n in encoded else t for n, t in texts.items()}

    def filled(self, tree: Any, values: Mapping[str, str]) -> Any:
        """Every text of a body."""
        if isinstance(tree, str):
            return self.fill(tree, values)
        if isinstance(tree, list):
            return [self.filled(each, values) for each in tree]
        if isinstance(tree, dict):
            return {name: self.filled(each, values) for name, each in tree.items()}
        return tree

    def send(self, request: Request, timeout: float = 20) -> Answer:
        """Let in and sent."""
        csrf = self.manifest["api"].get("csrf")
        let_in = make_auth(self.entry, self.parts)
        if csrf and request.method != "GET":
            url = self.settings["base_url"] + csrf["path"]
            fetched = fetch_csrf(self.session, let_in(Request("GET", url)), csrf)
            request = request.with_headers(fetched)
        return send(self.session, let_in(request), timeout=timeout)

    def create(self, resource: str, number: str, key: str = "", **more: Any) -> Answer:
        """A record by its number; `key` is the idempotency key where the target takes one."""
        return self.send(self.creation(resource, number, key, **more))

    def creation(self, resource: str, number: str, key: str = "", **more: Any) -> Request:
        """The request of a create."""
        whole = self.manifest["resources"][resource]
        spec, body = whole["create"], payload(whole, number)
        body.update(more)
        wrapped = {spec["wrap"]: body} if "wrap" in spec else body
        method = spec.get("method", "POST")
        request = self.request(spec, values_of(spec, body, number), wrapped, method)
        place = spec.get("idempotency", {}).get("key")
        if not place or not key:
            return request
        if place["in"] == "header":
            return request.with_headers({place["name"]: key})
        return request.with_params({place["name"]: key})

    def look_up(self, resource: str, number: str) -> list[str]:
        """Ids of what a look-up finds."""
        whole = self.manifest["resources"][resource]
        create, spec = whole["create"], whole["create"]["idempotency"]["lookup"]
        values = values_of(create, payload(whole, number), number)
        answer = self.send(self.request(spec, values))
        assert answer.ok, answer.text
        rows = pick(answer.json(), spec.get("items", "")) or []
        match = {path: self.fill(text, values) for path, text in spec.get("match", {}).items()}
        return [
            str(pick(row, spec["id"]))
            for row in rows
            if all(str(pick(row, path)) == text for path, text in match.items())
        ]

    def rows(self, resource: str, **more: Mapping[str, str]) -> Iterator[Any]:
        """All rows of a list over all its pages; `params`, `headers` or `body` go on top."""
        spec = self.manifest["resources"][resource]["list"]
        body = {"body": {**spec.get("body", {}), **more["body"]}} if more.get("body") else {}
        request = self.request({**spec, **body}, {"journal": "j1"})
        request = request.with_params(more.get("params", {})).with_headers(more.get("headers", {}))
        paging = spec.get("paging", self.manifest["api"].get("paging", {"style": "none"}))
        for page in pages(self._fetch, request, paging, items=spec.get("items", "")):
            yield from page.rows

    def _fetch(self, request: Request) -> Answer:
        answer = self.send(request)
        assert answer.ok, answer.text
        return answer

    def id_of(self, resource: str, answer: Answer) -> str:
        """The id where the manifest reads it."""
        spec = self.manifest["resources"][resource]["create"]
        if "id" in spec:
            return str(pick(answer.json(), spec["id"]))
        return answer.headers[spec.get("id_header", "Location")].rpartition("/")[2]


def as_base64url(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


def payload(resource: Mapping[str, Any], number: str) -> dict[str, Any]:
    """The least that the manifest's own calls speak of: the marker, and what look-ups compare."""
    create = resource["create"]
    idempotency = create.get("idempotency", {})
    marker = idempotency.get("marker", {}).get("path", "")
    body: dict[str, Any] = {}
    for path in fields_of(create):
        if path.rpartition(".")[2] not in {each.path for each in conditions_of_kind(resource)}:
            body = put(body, path, f"{number}-of-it")
    body = put(body, marker or "reference", number)
    steps = record_steps(body, create)
    return put_steps(body, steps, made_of_kind(at(body, steps), resource))


def fields_of(create: Mapping[str, Any]) -> list[str]:
    """Paths of the payload that the create and its look-up name."""
    lookup = create.get("idempotency", {}).get("lookup", {})
    holes = holes_of([create["path"], *(lookup.get(k, {}) for k in ("params", "body", "match"))])
    names = (hole.removeprefix("field:") for hole in holes if hole.startswith("field:"))
    return sorted(set(names))


def values_of(create: Mapping[str, Any], body: Any, number: str) -> dict[str, str]:
    """What fills the holes of the create and its look-up."""
    found = {f"field:{path}": str(pick(body, path)) for path in fields_of(create)}
    marker = create.get("idempotency", {}).get("marker", {}).get("path", "")
    return {**found, "marker": number, **({f"field:{marker}": number} if marker else {})}


@contextmanager
def walking(simulator: Simulator) -> Iterator[Walker]:
    """A walker with a session of its own."""
    with open_session(POLICY) as session:
        yield Walker(simulator, session)
