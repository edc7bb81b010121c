"""What n8n's own nodes have for finance beside ours, drawn from both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import connectors
from node_server.n8n.systems import Kept, System, systems

THEIRS = Path(__file__).with_name("n8n_nodes_base.yaml")
HEAD = """# Beside n8n's own nodes

Left, what n8n-nodes-base 2.41.1 has for finance; right, what this package has for the same
system. Theirs are calls of one vendor's API, item by item; ours give and take the same canonical
documents for every system, are carried out once however often they are tried, and say why
something is wrong. Where theirs do what ours do not (delete, send by mail), use both: they live in
one workflow. A node of ours that only maps still takes what a webhook or an HTTP Request brings.

"""


def coverage_page() -> str:
    """Both tables: systems that both know, and those that only one of them knows."""
    theirs = yaml.safe_load(THEIRS.read_text("utf-8"))
    ours = systems(connectors.pack().connectors.values())
    by_connector = {each.connector: each for each in ours if each.connector}
    both = [each for each in theirs if each["connector"] in by_connector]
    known = {each["connector"] for each in both}
    text = HEAD + "## Systems that both know\n\n"
    text += "| System | Theirs | Theirs, and not ours | Ours, and not theirs |\n"
    text += "| --- | --- | --- | --- |\n"
    text += "".join(row(each, by_connector[each["connector"]]) for each in both)
    return text + theirs_alone(theirs) + ours_alone([e for e in ours if e.connector not in known])


def row(theirs: dict[str, Any], ours: System) -> str:
    """One system."""
    same = theirs.get("same", {})
    there = {each.resource: each for each in ours.kept}
    meant = {name: same.get(name, name) for name in theirs["resources"]}
    lacking = [name for name, own in meant.items() if own not in there]
    verbs = [
        f"{name}: {', '.join(only)}"
        for name, stated in theirs["resources"].items()
        if name not in lacking and (only := uncovered(stated.split(), there[meant[name]]))
    ]
    further = sorted({each.title for each in ours.kept if each.resource not in meant.values()})
    cells = (
        theirs["node"],
        ", ".join(theirs["resources"]),
        "; ".join([*lacking, *verbs]) or "nothing",
        ", ".join(further) or "one model",
    )
    return f"| {' | '.join(cells)} |\n"


# Which of their operations each of ours stands for.
COVERS = {
    "post": {"create", "upsert"},
    "pull": {"get", "getAll", "list"},
    "map": {"predict", "getStatement"},
}


def uncovered(verbs: list[str], kept: Kept) -> list[str]:
    """Their operations that none of ours does."""
    done = {verb for name in kept.operations for verb in COVERS.get(name, ())}
    return [verb for verb in verbs if verb not in done]


def theirs_alone(theirs: list[dict[str, Any]]) -> str:
    """Systems of n8n's that we have no connector for."""
    text = "\n## Systems that n8n knows and we do not\n\n"
    for each in theirs:
        if each["connector"] is None:
            text += f"* {each['node']}: {', '.join(each['resources'])}\n"
    return text


def ours_alone(ours: list[System]) -> str:
    """Nodes that n8n has nothing for."""
    text = "\n## Nodes that n8n has nothing for\n\n"
    for each in ours:
        text += f"* **{each.title}**: {', '.join(kept.title for kept in each.kept)}\n"
    return text + (
        "* **Controls**: match, find duplicates, reconcile, decide, exceptions, approvals; checks"
        " of every document; counterfoils of everything that was sent\n"
    )
