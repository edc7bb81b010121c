"""Looking into a target for what a lost answer may have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from connectors._transport import Answer
from connectors._transport.picking import pick
from node_server.operations.calling import NotReady, said
from node_server.operations.calling.filling import fill, names_in
from node_server.operations.posting.effects import Effect
from node_server.operations.posting.judging import Class, Looks, Rules, Seen
from node_server.operations.posting.marking import is_marked, mark_in, text_at

QUIET: Final = 120.0
"""Seconds after an attempt before not finding it counts, unless the connection says otherwise."""
_FULL = 100
_MARKER = "marker"
_FIELD = "field:"
_OF_FILES = frozenset({"id", "name", "size", "sha256"})
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Search:
    """How one effect would be found: the manifest's way, over what was sent."""

    spec: Mapping[str, Any] | None
    tree: Any
    mark: str
    known: Mapping[str, Any] = field(default_factory=dict)
    """What is known of what was sent besides its tree: name, size and hash of a file."""

    def value(self, name: str) -> str:
        """What stands for a name of the search; empty where there is nothing."""
        if name == _MARKER:
            return self.mark
        if name in self.known:
            return str(self.known[name])
        return text_at(self.tree, name.removeprefix(_FIELD))

    @property
    def looks(self) -> Looks:
        """Whether it can be found, and whether not finding it proves anything."""
        if self.spec is None:
            return "none"
        asked = _ours(_texts([self.spec.get(name) for name in ("path", "params", "body")]))
        told = _ours(_texts(self.spec.get("match", {})))
        if not all(self.value(name) for name in asked):
            return "none"
        if not asked and not (told and all(self.value(name) for name in told)):
            return "none"
        # A list that nobody has filtered may hold it on a later page.
        return "proof" if asked else "hint"


def search_of(spec: Mapping[str, Any], tree: Any, known: Mapping[str, Any] = _NOTHING) -> Search:
    """The search that an operation of the manifest describes, for a payload that was sent."""
    stated = spec.get("idempotency", {})
    if "wrap" in spec and isinstance(tree, dict):
        tree = tree.get(spec["wrap"], tree)
    return Search(stated.get("lookup"), tree, mark_in(tree, stated.get("marker")), known)


def rules_of(
    spec: Mapping[str, Any],
    search: Search,
    effect: Effect,
    quiet: float,
    *,
    look_first: bool = False,
) -> Rules:
    """What the target does against a second one, for this effect."""
    stated = spec.get("idempotency", {})
    kind = cast(Class, stated.get("class", "none"))
    marker = stated.get("marker")
    if kind in ("upsert", "unique") and marker is not None and not search.mark:
        kind = "none"  # a field that is empty makes nothing the same
    natural = marker is None or marker.get("natural", False)
    ours = kind in ("upsert", "unique") and not natural and is_marked(effect.key, search.mark)
    return Rules(kind, stated.get("window"), search.looks, ours, quiet, look_first)


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen."""

    seen: Seen
    why: str = ""
    target_id: str = ""
    wait: float = 0.0


def see(search: Search, answer: Answer, api: Mapping[str, Any], wait: float | None) -> Sight:
    """What the answer to a search shows."""
    assert search.spec is not None  # noqa: S101  (nobody searches without a way to)
    if answer.status == 401:
        return Sight("barred", "the search was not let in")
    if answer.status == 410:
        sentence, _ = said(answer, api, search.spec)
        return Sight("several", sentence or "it is there no more; whether it was cannot be told")
    if answer.status == 404 and "items" not in search.spec and _ours([search.spec["path"]]):
        return Sight("nothing")
    tree = answer.tree()
    sentence, _ = said(answer, api, search.spec)
    rows = _rows(tree, search.spec.get("items", "")) if tree is not None else None
    if not answer.ok or tree is None or (sentence and not rows):
        why = f"the search was answered {answer.status}" + (f": {sentence}" if sentence else "")
        return Sight("failed", why, wait=float(wait or 0))
    if rows is None:
        return Sight("failed", "the answer to the search has another shape than is known")
    return _among(search, rows)


def _rows(tree: Any, items: str) -> list[Any] | None:
    """The rows of an answer. QuickBooks leaves the list out where it would be empty."""
    found = pick(tree, items)
    if found is None:
        above = pick(tree, items.rpartition(".")[0])
        return [] if isinstance(above, dict) else None
    return found if isinstance(found, list) else [found]


def _among(search: Search, rows: list[Any]) -> Sight:
    spec = search.spec or {}
    wanted = spec.get("match", {})
    if rows and not all(search.value(name) for name in _ours(_texts(wanted))):
        return Sight("several", "something like it is there; whether it is this cannot be told")
    hits = [row for row in rows if _fits(search, row, wanted)]
    ids = {text_at(row, spec["id"]): row for row in hits}
    if "" in ids:
        return Sight("failed", "what was found has no id")
    if not ids:
        full = len(rows) >= _FULL
        return Sight("failed", "there are too many like it") if full else Sight("nothing")
    if len(ids) > 1:
        return Sight("several", f"{len(ids)} like it are there: {', '.join(sorted(ids))[:120]}")
    found = next(iter(ids))
    return Sight("found", target_id=found)


def _fits(search: Search, row: Any, wanted: Mapping[str, str]) -> bool:
    return all(
        text_at(row, path) == fill(text, lambda name: _present(search, name))
        for path, text in wanted.items()
    )


def _present(search: Search, name: str) -> str:
    if not (value := search.value(name)):
        raise NotReady(f"what was sent has no {name[:60]!r}")
    return value


def _texts(tree: Any) -> list[str]:
    if isinstance(tree, Mapping):
        return [text for each in tree.values() for text in _texts(each)]
    if isinstance(tree, list):
        return [text for each in tree for text in _texts(each)]
    return [tree] if isinstance(tree, str) else []


def _ours(texts: list[str]) -> list[str]:
    """The places that what was sent fills; others are the connection's."""
    names = [name for text in texts for name in names_in(text)]
    ours = (_MARKER, *_OF_FILES)
    return [name for name in names if name in ours or name.startswith(_FIELD)]
