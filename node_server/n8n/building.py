"""The whole package: what is shipped as it stands, and what is generated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from node_server.n8n.brand import Brand
from node_server.n8n.catalogue import Node, nodes
from node_server.n8n.icons import icons, own_icon
from node_server.n8n.node_files import class_names, main_node, system_node
from node_server.n8n.preview import schemas
from node_server.n8n.properties import choice
from node_server.n8n.readme import readme
from node_server.n8n.systems import Connector, System, systems
from node_server.n8n.typescript import literal
from node_server.n8n.wording import titled

_SHIPPED: Final = Path(__file__).parent / "package"
_TRIGGERS: Final = ("Brand__Trigger", "Brand__PollingTrigger")
_CREDENTIALS: Final = ("Brand__Api", "Brand__OAuth2Api")
_RENAMED: Final = {"gitignore": ".gitignore"}
Files = dict[str, str]


def package(
    description: Mapping[str, Any],
    pack: Iterable[Connector],
    brand: Brand,
    *,
    chosen: tuple[str, ...] = (),
    icon: str | None = None,
) -> Files:
    """Every file of the package by its path: from the API's description and the manifests."""
    offered = list(nodes(description))
    found = systems(pack, chosen)
    files = _shipped(offered) | _nodes(offered, found) | _icons(found, icon)
    files |= {"README.md": readme(offered, found), "package.json": _package_json(found)}
    return {brand.branded(path): brand.branded(text) for path, text in sorted(files.items())}


def _shipped(offered: Iterable[Node]) -> Files:
    paths = [path for path in _SHIPPED.rglob("*") if path.is_file()]
    files = {path.relative_to(_SHIPPED).as_posix(): path.read_text("utf-8") for path in paths}
    fields = "nodes/shared/triggerFields.ts"
    files[fields] = files[fields].replace("STATES__", literal(_states(offered), 4))
    return {_RENAMED.get(path, path): text for path, text in files.items()}


def _states(offered: Iterable[Node]) -> list[dict[str, str]]:
    """The states of a document, as the API's own list knows them."""
    fields = [f for each in offered if each.offer.known_as == "move" for f in each.form.fields]
    stated = next(each for each in fields if each.name == "to")
    return [choice(titled(each), each) for each in sorted(stated.options)]


def _nodes(offered: list[Node], found: Iterable[System]) -> Files:
    files = _in_folder("Brand__", main_node(offered)) | schemas(offered)
    files["nodes/Brand__/Brand__.node.json"] = _codex("brand__", ())
    for name in _TRIGGERS:
        files[f"nodes/{name}/{name}.node.json"] = _codex(name.replace("Brand__", "brand__"), ())
    for system in found:
        made = system_node(system, offered)
        name = class_names(made)[0]
        files |= _in_folder(name, made)
        codex = _codex(name.replace("Brand__", "brand__"), (system.title, *system.alias))
        files[f"nodes/{name}/{name}.node.json"] = codex
    return files


def _in_folder(folder: str, files: Files) -> Files:
    return {f"nodes/{folder}/{name}": text for name, text in files.items()}


def _codex(node: str, alias: tuple[str, ...]) -> str:
    return _json(
        {
            "node": f"n8n-nodes-brand--.{node}",
            "nodeVersion": "1.0",
            "codexVersion": "1.0",
            "categories": ["Finance & Accounting"],
            "resources": {
                "primaryDocumentation": [{"url": "HOMEPAGE__"}],
                "credentialDocumentation": [{"url": "HOMEPAGE__#credentials"}],
            },
            "alias": ["Invoice", "Bill", "Accounting", "ERP", "Finance", *alias],
        }
    )


def _icons(found: Iterable[System], icon: str | None) -> Files:
    made = own_icon("brand--", icon) if icon else icons("brand--")
    for system in found:
        made |= icons(f"brand---{system.slug.replace('_', '-')}", system.title)
    return {f"icons/{name}": svg for name, svg in made.items()}


def _package_json(found: Iterable[System]) -> str:
    names = ["Brand__", *_TRIGGERS, *(f"Brand__{each.class_name}" for each in found)]
    registered = {
        "n8nNodesApiVersion": 1,
        "strict": True,
        "credentials": [f"dist/credentials/{name}.credentials.js" for name in _CREDENTIALS],
        "nodes": [f"dist/nodes/{name}/{name}.node.js" for name in names],
    }
    return _json({**_STATED, "n8n": registered, **_TOOLS})


# What a package says of itself, in the order in which people read it.
_STATED: Final[Mapping[str, Any]] = {
    "name": "n8n-nodes-brand--",
    "version": "VERSION__",
    "description": "n8n nodes for BRAND__: finance documents of any system, mapped,"
    " checked and posted exactly once",
    "license": "MIT",
    "homepage": "HOMEPAGE__#readme",
    "keywords": ["n8n-community-node-package", "invoice", "accounting", "erp", "edi"],
    "author": {"name": "AUTHOR__", "email": "EMAIL__"},
    "repository": {"type": "git", "url": "HOMEPAGE__.git"},
    "files": ["dist"],
    "scripts": {
        "build": "n8n-node build",
        "dev": "n8n-node dev",
        "lint": "n8n-node lint",
        "release": "n8n-node release",
        "prepublishOnly": "n8n-node prerelease",
    },
}
_TOOLS: Final[Mapping[str, Any]] = {
    "devDependencies": {
        "@n8n/node-cli": "^0.48.3",
        "eslint": "9.29.0",
        "prettier": "3.6.2",
        "typescript": "5.9.3",
    },
    "peerDependencies": {"n8n-workflow": "*"},
}


def _json(data: Any) -> str:
    return json.dumps(data, indent="\t", ensure_ascii=False) + "\n"


def write(files: Mapping[str, str], folder: Path) -> None:
    """Put the files into a folder; what a build before made goes, what is not ours stays."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
