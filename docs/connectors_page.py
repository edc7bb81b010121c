"""The page of what the built-in connectors can do, drawn from their manifests, maps and samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import connectors
from canonical_model.schemas import schema
from connectors._engine.connector import Connector
from connectors._engine.write_map import WriteMap

FAMILIES = {
    "ap": "Documents and e-invoicing",
    "erp": "ERP and accounting",
    "procurement": "Procurement",
    "bank": "Banks and payments",
    "warehouse": "Warehouse",
    "commerce": "Commerce",
    "tax": "Tax",
}
UNSURE = "†"
DAGGER = (
    f"{UNSURE} the manifest says `verified: false` there: the fact rests on documentation that"
    " could not be checked against the system itself."
)
CLASSES = (
    "| Class | What the target itself does against a second creation |\n| --- | --- |\n"
    "| `replay` | the same key gives the stored answer |\n"
    "| `reject` | the same key is refused, and the refusal points at the first |\n"
    "| `upsert` | an id that we choose makes the write repeatable |\n"
    "| `unique` | a business key is unique there |\n"
    "| `none` | nothing: it is looked for before it is written again |\n"
    "| file | a file or message that somebody else carries; nothing is called |\n\n"
)
OPERATIONS = ("update", "void", "list")


def page() -> str:
    """The whole page."""
    pack = list(connectors.pack().connectors.values())
    text = f"# Connectors\n\n{counts(pack)}\n\n{DAGGER}\n\n{CLASSES}"
    for family, title in FAMILIES.items():
        members = [each for each in pack if each.name.startswith(f"{family}/")]
        text += f"## {title}\n\n{overview(members)}\n"
        text += "".join(section(each) for each in members)
    return text


def counts(pack: list[Connector]) -> str:
    """How much there is, in a sentence."""
    resources = sum(len(each.manifest["resources"]) for each in pack)
    read, write = (sum(len(c.map_names(way)) for c in pack) for way in ("read", "write"))
    samples = sum(len(list(each.folder.glob("samples/*/*.in.*"))) for each in pack)
    return (
        f"{len(pack)} connectors with {resources} resources: {read} read maps, {write} write maps,"
        f" {samples} samples of our own. Payloads are recognised by what they hold; no connector"
        " need be named. Each folder's README says what its maps rest on. How maps are written:"
        " [maps](maps.md)."
    )


def overview(members: list[Connector]) -> str:
    """One row for each connector of a family."""
    names = ("Connector", "Reads", "Writes", "Auth", "Webhooks", "Changes since", "Unsure")
    return table(names, (row_of(each) for each in members))


def row_of(connector: Connector) -> tuple[str, ...]:
    """Its row in the table of the family."""
    manifest = connector.manifest
    kinds = {kind_of(connector, name).replace("_", " ") for name in connector.map_names()}
    auth = [f"`{each['kind']}`{mark(each)}" for each in manifest.get("auth", ())]
    lists = [spec["list"] for spec in manifest["resources"].values() if "list" in spec]
    return (
        f"[{manifest['title']}](#{anchor(connector)})",
        ", ".join(sorted(kinds)),
        ", ".join(written(connector)),
        ", ".join(auth),
        signature(manifest.get("webhooks")),
        ", ".join(dict.fromkeys(since(each) for each in lists if "incremental" in each)),
        str(unsure(manifest) or ""),
    )


def written(connector: Connector) -> Iterator[str]:
    """Each resource that can be written, with the class of its idempotency."""
    for name in connector.map_names("write"):
        create = connector.manifest["resources"].get(name, {}).get("create")
        found = (create or {}).get("idempotency", {})
        kind = f"`{found['class']}`{mark(found)}" if found else "no call" if create else "file"
        if not create and "api" in connector.manifest:
            kind = "no call"
        yield f"`{name}` ({kind})"


def signature(webhooks: Mapping[str, Any] | None) -> str:
    """How webhooks prove where they come from."""
    if not webhooks:
        return ""
    spec = webhooks["signature"]
    scheme = f"{spec['scheme']}{mark(spec)}"
    if spec["scheme"] == "hmac":
        parts = (spec.get("algorithm", "sha256"), spec.get("encoding", ""))
        scheme = f"hmac {' '.join(filter(None, parts))}{mark(spec)}"
    place = spec.get("header") or spec.get("parameter") or spec.get("path")
    return f"{scheme}, `{place}`" if place else scheme


def since(listing: Mapping[str, Any]) -> str:
    """How a list is asked for what has changed."""
    spec = listing["incremental"]
    names = [*spec.get("params", ()), *spec.get("headers", ())] or [spec.get("field", "")]
    asked = next((name for name in names if "{since}" in str(_value(spec, name))), names[0])
    return f"`{asked}`{mark(spec)}"


def _value(spec: Mapping[str, Any], name: str) -> str:
    return str({**spec.get("params", {}), **spec.get("headers", {})}.get(name, ""))


def section(connector: Connector) -> str:
    """What one connector can do, resource by resource."""
    manifest = connector.manifest
    names = ("Resource", "Kind", "Read", "Create", "Update", "Void", "List", "Webhook", "Further")
    hooked = set(manifest.get("webhooks", {}).get("resources", {}).values())
    known = (*manifest["resources"], *connector.map_names(), *connector.map_names("write"))
    rows = (capabilities(connector, name, hooked) for name in dict.fromkeys(known))
    text = f"### {connector.name}\n\n{manifest['title']}. "
    text += f"[README](../connectors/{connector.name}/README.md)\n\n{table(names, rows)}\n"
    for name in connector.map_names("write"):
        text += fields_of(name, connector.write_map(name))
    return text


def capabilities(connector: Connector, name: str, hooked: set[str]) -> tuple[str, ...]:
    """One row of the matrix."""
    spec = connector.manifest["resources"].get(name, {})
    reads, writes = (name in connector.map_names(way) for way in ("read", "write"))
    further = [*spec.get("actions", ()), *(["attach"] if "attach" in spec else [])]
    create = f"yes{mark(spec.get('create'))}" if writes else ""
    return (
        f"`{name}`{mark({'verified': spec.get('verified', True)})}",
        kind_of(connector, name).replace("_", " "),
        "yes" if reads else "",
        create,
        *(f"yes{mark(spec[each])}" if each in spec else "" for each in OPERATIONS),
        "yes" if name in hooked else "",
        ", ".join(f"`{each}`" for each in further),
    )


def fields_of(name: str, found: WriteMap) -> str:
    """What a write map takes from a document, and what it says it cannot hold."""
    paths = {p for each in found.lineage for source in each.sources if (p := plain(source, found))}
    losses = found.spec.get("losses", [])
    title = f"<code>{name}</code> writes {len(paths)} fields of a {found.document}"
    title = title.replace("_", " ") + (f" and declares {len(losses)} losses" if losses else "")
    text = f"<details><summary>{title}</summary>\n\n{grouped(paths)}\n"
    if losses:
        text += f"\nLost: {', '.join(f'`{each}`' for each in losses)}\n"
    return f"{text}\n</details>\n\n"


def plain(source: str, found: WriteMap) -> str:
    """A canonical path without its conditions, from the document on; empty where it is none."""
    steps = re.sub(r"\[[^]]*\]", "", source).removeprefix("$.").split(".")
    known = fields_of_kind(found.document)
    while steps and steps[0] not in known:
        steps = steps[1:]
    return ".".join(steps)


@cache
def fields_of_kind(kind: str) -> frozenset[str]:
    """The names a document of this kind begins a path with."""
    return frozenset(schema(kind)["properties"])


def grouped(paths: Iterable[str]) -> str:
    """Paths by their first name, one line each."""
    groups: dict[str, list[str]] = {}
    for path in sorted(paths):
        head, _, rest = path.partition(".")
        groups.setdefault(head, []).append(rest)
    alone = [f"`{head}`" for head, rests in groups.items() if rests == [""]]
    lines = [f"* {', '.join(alone)}\n"] if alone else []
    for head, rests in groups.items():
        if rests != [""]:
            lines.append(f"* `{head}`: {', '.join(f'`{each}`' for each in rests if each)}\n")
    return "".join(lines)


def kind_of(connector: Connector, resource: str) -> str:
    """The canonical kind of a resource; only the line that says so is read of its map."""
    for way in ("read", "write"):
        if resource in connector.map_names(way):
            return _document(connector, f"{resource}.{way}")
    return ""


class _Head(NamedTuple):
    document: str | None
    extends: str | None


def _document(connector: Connector, stem: str) -> str:
    text = (connector.folder / "maps" / f"{stem}.yaml").read_text("utf-8")
    head = _Head(*(_key(text, key) for key in _Head._fields))
    return head.document or (_document(connector, head.extends) if head.extends else "")


def _key(text: str, key: str) -> str | None:
    found = re.search(rf"^{key}: *([\w.]+)", text, re.M)
    return found[1] if found else None


def mark(spec: Any) -> str:
    """The dagger, where anything in it is unsure."""
    return UNSURE if unsure(spec) else ""


def unsure(spec: Any) -> int:
    """How many facts in it are marked as not verified."""
    if isinstance(spec, list):
        return sum(map(unsure, spec))
    if not isinstance(spec, dict):
        return 0
    return (spec.get("verified") is False) + sum(map(unsure, spec.values()))


def anchor(connector: Connector) -> str:
    """The anchor of its section, as renderers make it of the heading."""
    return connector.name.replace("/", "")


def table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, without the columns in which no row has anything."""
    head, body = list(names), [list(row) for row in rows]
    kept = [i for i in range(len(head)) if i == 0 or any(row[i] for row in body)]
    lines = [[head[i] for i in kept], ["---"] * len(kept)]
    lines += [[row[i].replace("|", "\\|") for i in kept] for row in body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
