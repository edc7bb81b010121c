"""A module of subflows for Node-RED: map, ingest, post and events."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from node_server.orchestrators.wording import title

Plain = dict[str, Any]
PACKAGE: Final = "node-red-contrib-counterfoil"
VERSION: Final = "0.1.0"
_COLOUR: Final = "#8FC3B4"
_KEY: Final = {"name": "COUNTERFOIL_KEY", "label": "API key", "kind": "cred", "value": ""}
_URL: Final = {
    "name": "COUNTERFOIL_URL", "label": "Server", "kind": "str", "value": "http://127.0.0.1:8400",
}  # fmt: skip
_EVERY: Final = 10  # seconds between two looks for events

# What each subflow is asked for besides server and key, and what its help says.
_SUBFLOWS: Final[dict[str, Plain]] = {
    "map": {
        "says": "Reads msg.payload (text, Buffer or object) of any known format and gives the "
        "result with canonical records. Nothing is stored.",
        "asks": (("CONNECTOR", "Connector", "", "found by itself if empty"),),
    },
    "ingest": {
        "says": "Takes the document in msg.payload in, once however often it comes. "
        "msg.payload.documents tells what became of it.",
        "asks": (("CONNECTOR", "Connector", "", "canonical for documents of the model"),),
    },
    "post": {
        "says": "Writes the stored document whose id is msg.payload (or msg.payload.id) into "
        "another system, exactly once, and waits for the outcome.",
        "asks": (("CONNECTION", "Connection", "", "id of the connection"),),
    },
    "events": {
        "says": "Gives each event of the server as a message, in order, from when it is deployed.",
        "asks": (("TYPES", "Types", "", "as finance.invoice.*.v1; all if empty"),),
    },
}


def files() -> dict[str, bytes]:
    """The files of the package."""
    made = {f"subflows/{name}.json": _pretty(_subflow(name)) for name in _SUBFLOWS}
    return made | {
        "package.json": _pretty(_package()),
        "README.md": _code("README.md").encode(),
        **{f"counterfoil-{name}.js": _registering(name) for name in _SUBFLOWS},
        "examples/map a file.json": _code("example.json").encode(),
    }


def _package() -> Plain:
    nodes = {f"counterfoil-{name}": f"counterfoil-{name}.js" for name in _SUBFLOWS}
    return {
        "name": PACKAGE,
        "version": VERSION,
        "description": "Finance documents in Node-RED: mapped, taken in, posted exactly once",
        "license": "MIT",
        "keywords": ["node-red", "finance", "invoice", "e-invoicing", "accounting"],
        "engines": {"node": ">=18"},
        "node-red": {"version": ">=3.0.0", "nodes": nodes},
    }


def _registering(name: str) -> bytes:
    return _code("register.js").replace("SUBFLOW", name).encode()


def _subflow(name: str) -> Plain:
    """One subflow as Node-RED exports it, its nodes in `flow`."""
    nodes = _polling(name) if name == "events" else _asking(name)
    told = {
        "id": _id(name),
        "type": "subflow",
        "name": f"counterfoil {name}",
        "info": _SUBFLOWS[name]["says"],
        "category": "Counterfoil",
        "color": _COLOUR,
        "icon": "font-awesome/fa-ticket",
        "meta": {"module": PACKAGE, "type": f"counterfoil-{name}", "version": VERSION,
                 "license": "MIT", "desc": _SUBFLOWS[name]["says"]},
        "env": list(_environment(name)),
        "in": [] if name == "events" else [{"x": 60, "y": 60, "wires": [{"id": nodes[0]["id"]}]}],
        "out": [{"x": 720, "y": 60, "wires": [{"id": nodes[-1]["id"], "port": 0}]}],
    }  # fmt: skip
    return told | {"flow": nodes}


def _environment(name: str) -> list[Plain]:
    asked = [
        {"name": each, "label": label, "kind": "str", "value": value, "hint": hint}
        for each, label, value, hint in _SUBFLOWS[name]["asks"]
    ]
    return [_variable(each) for each in (_URL, _KEY, *asked)]


def _variable(each: Plain) -> Plain:
    label = each["label"] + (f" ({each['hint']})" if "hint" in each else "")
    field: Plain = {"icon": "font-awesome/fa-key"} if each["kind"] == "cred" else {}
    field |= {"label": {"en-US": label}, "type": "cred" if each["kind"] == "cred" else "input"}
    if each["kind"] != "cred":
        field["opts"] = {"types": ["str", "env"]}
    return {"name": each["name"], "type": each["kind"], "value": each["value"], "ui": field}


def _asking(name: str) -> list[Plain]:
    """Prepare, ask the server, judge its answer."""
    return [
        _function(name, "prepare", _code(f"{name}.js"), 1),
        _request(name),
        _function(name, "judge", _code("judge.js"), None),
    ]


def _polling(name: str) -> list[Plain]:
    tick = {
        "id": _id(name, "tick"), "z": _id(name), "type": "inject", "name": "", "props": [],
        "repeat": str(_EVERY), "once": True, "onceDelay": 0.1, "x": 90, "y": 60,
        "wires": [[_id(name, "prepare")]],
    }  # fmt: skip
    last = _function(name, "judge", _code("events_judge.js"), None)
    return [tick, _function(name, "prepare", _code("events.js"), 1), _request(name), last]


def _function(name: str, part: str, code: str, following: int | None) -> Plain:
    return {
        "id": _id(name, part), "z": _id(name), "type": "function", "name": title(part),
        "func": code, "outputs": 1, "timeout": 0, "noerr": 0, "initialize": "", "finalize": "",
        "libs": [], "x": 240 if following else 580, "y": 60,
        "wires": [[_id(name, "request")] if following else []],
    }  # fmt: skip


def _request(name: str) -> Plain:
    # Whatever it answers is judged by the function behind it: its sentence goes to Catch.
    return {
        "id": _id(name, "request"), "z": _id(name), "type": "http request", "name": "Counterfoil",
        "method": "use", "ret": "obj", "paytoqs": "ignore", "url": "", "tls": "", "persist": False,
        "proxy": "", "insecureHTTPParser": False, "authType": "", "senderr": False, "headers": [],
        "x": 410, "y": 60, "wires": [[_id(name, "judge")]],
    }  # fmt: skip


def _id(name: str, part: str = "") -> str:
    return f"counterfoil-{name}" + (f"-{part}" if part else "")


@cache
def _code(name: str) -> str:
    return resources.files(__package__).joinpath("code", name).read_text("utf-8")


def _pretty(data: Plain) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
