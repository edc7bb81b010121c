"""The nodes as literal TypeScript: the one with every operation, and one for each system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from node_server.n8n.catalogue import Node
from node_server.n8n.editor import Use, properties, wiring
from node_server.n8n.offers import RESOURCES
from node_server.n8n.properties import Property, choice, selector
from node_server.n8n.systems import System
from node_server.n8n.typescript import Code, literal
from node_server.n8n.wording import described, titled

_CREDENTIALS: Final = [
    {"name": f"brand__{kind}", "required": True,
     "displayOptions": {"show": {"authentication": [value]}}}
    for kind, value in (("Api", "apiKey"), ("OAuth2Api", "oAuth2"))
]  # fmt: skip
_OF_SYSTEMS: Final = ("map", "ingest", "render", "post", "pull")

_NODE: Final = """import {{
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
}} from 'n8n-workflow';

import {{ choicesOf }} from '../shared/choices';
import {{ run }} from '../shared/run';
{imports}

export class {name} implements INodeType {{
	description: INodeTypeDescription = {description};

	methods = choicesOf({connector});

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {{
		return await run(this, operations);
	}}
}}
"""
_FIELDS: Final = """import type {{ INodeProperties }} from 'n8n-workflow';

export const {name}: INodeProperties[] = {properties};
"""
_OPERATIONS: Final = """import type {{ Operation }} from '../shared/types';

export const operations: Record<string, Operation> = {operations};
"""
Files = dict[str, str]


def main_node(nodes: Sequence[Node]) -> Files:
    """The node with every operation; one file of fields for each resource."""
    resources = list(dict.fromkeys(each.offer.resource for each in nodes))
    files: Files = {}
    wired: dict[str, Any] = {}
    for resource in resources:
        uses = [Use(each, resource) for each in nodes if each.offer.resource == resource]
        files[f"{resource}Fields.ts"] = _fields_file(resource, uses)
        wired |= {f"{resource}:{each.node.offer.operation}": wiring(each) for each in uses}
    files["operations.ts"] = _OPERATIONS.format(operations=literal(wired))
    chosen = [choice(RESOURCES[each], each) for each in resources]
    says = "Map, check, match and post finance documents of any system, each exactly once"
    files["Brand__.node.ts"] = _node_file("Brand__", "BRAND__", says, "brand--", chosen, resources)
    return files


def _fields_file(resource: str, uses: Sequence[Use]) -> str:
    found = [_choice(each) for each in uses]
    made = [selector("operation", "Operation", found, {"resource": [resource]})]
    for each in uses:
        show = {"resource": [resource], "operation": [each.node.offer.operation]}
        made += properties(each, show)
    return _FIELDS.format(name=f"{resource}Fields", properties=literal(made))


def _choice(use: Use) -> dict[str, str]:
    offer = use.node.offer
    says = described("", offer.says, "string")
    return choice(offer.title or titled(offer.action), offer.operation, says, offer.action)


def system_node(system: System, nodes: Iterable[Node]) -> Files:
    """The node of one system; what it is about need not be asked for."""
    by_name = {each.offer.operation: each for each in nodes if each.offer.resource != "counterfoil"}
    offered = [each for each in _OF_SYSTEMS if any(each in kept.operations for kept in system.kept)]
    made: list[Property] = []
    for kept in system.kept:
        found = [_choice_of(by_name[name], kept.title) for name in kept.operations]
        made.append(selector("operation", "Operation", found, {"resource": [kept.value]}))
    wired: dict[str, Any] = {}
    for name in offered:
        use = Use(by_name[name], system.slug, ("connector", "resource"))
        able = [each for each in system.kept if name in each.operations]
        made += properties(use, {"resource": [each.value for each in able], "operation": [name]})
        wired |= {f"{each.value}:{name}": wiring(use, _fixed(each, use)) for each in able}
    return _system_files(system, made, wired)


def _system_files(system: System, made: list[Property], wired: Mapping[str, Any]) -> Files:
    name = f"Brand__{system.class_name}"
    chosen = [choice(each.title, each.value) for each in system.kept]
    title = f"{system.title} (BRAND__)"
    icon = f"brand---{system.slug.replace('_', '-')}"
    return {
        "fields.ts": _FIELDS.format(name="fields", properties=literal(made)),
        "operations.ts": _OPERATIONS.format(operations=literal(wired)),
        f"{name}.node.ts": _node_file(name, title, system.says, icon, chosen, [], system.connector),
    }


def _choice_of(node: Node, title: str) -> dict[str, str]:
    offer = node.offer
    action = f"{offer.title} {title}"
    return choice(offer.title, offer.operation, offer.says, action[:1] + action[1:].lower())


def _fixed(kept: Any, use: Use) -> dict[str, str]:
    """What a system's node says by itself: of connector and resource, what the operation takes."""
    stated = {"connector": kept.connector, "resource": kept.resource}
    asked = {each.name for each in use.node.form.fields}
    return {name: value for name, value in stated.items() if value and name in asked}


def _icon(name: str) -> dict[str, str]:
    folder = "file:../../icons"
    return {"light": f"{folder}/{name}.svg", "dark": f"{folder}/{name}.dark.svg"}


def _node_file(
    name: str, title: str, says: str, icon: str, chosen: list[dict[str, str]],
    parts: Sequence[str], connector: str | None = None,
) -> str:  # fmt: skip
    fields = [f"{each}Fields" for each in parts] or ["fields"]
    imports = [f"import {{ {each} }} from './{each}';" for each in fields]
    imports += ["import { operations } from './operations';"]
    imports += ["import { authentication } from '../shared/triggerFields';"]
    kept = selector("resource", "Resource", chosen, {})
    description = {
        "displayName": title,
        "name": name.replace("Brand__", "brand__"),
        "icon": _icon(icon),
        "group": ["transform"],
        "version": 1,
        "subtitle": '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
        "description": says,
        "defaults": {"name": title},
        "usableAsTool": True,
        "inputs": [Code("NodeConnectionTypes.Main")],
        "outputs": [Code("NodeConnectionTypes.Main")],
        "credentials": _CREDENTIALS,
        "properties": [Code("authentication"), kept, *(Code(f"...{each}") for each in fields)],
    }
    return _NODE.format(
        imports="\n".join(sorted(imports)), name=name, description=literal(description, 1),
        connector=literal(connector) if connector else "",
    )  # fmt: skip


def class_names(files: Mapping[str, str]) -> list[str]:
    """The classes of node files."""
    return [name.removesuffix(".node.ts") for name in files if name.endswith(".node.ts")]


__all__ = ["Files", "class_names", "main_node", "system_node"]
