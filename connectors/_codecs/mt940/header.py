"""What stands before the first field: SWIFT blocks, or the few lines banks put there."""

from __future__ import annotations

import re

from connectors._codecs.limits import Tree

_MESSAGE = re.compile(r"(?:\{2:[IO]|^:?)(94[0-2]|950)(?![0-9])|\{2:[IO](94[0-2]|950)", re.MULTILINE)
_BLOCK = re.compile(r"\{([123]):((?:[^{}]|\{[^{}]*\})*)\}")
_LOGICAL_TERMINAL = re.compile(r"F\d\d([A-Z]{6}[A-Z0-9]{2})[A-Z0-9]([A-Z0-9]{3})", re.ASCII)
_OUTPUT_SENDER = re.compile(r"O\d{3}\d{4}\d{6}([A-Z]{6}[A-Z0-9]{2})[A-Z0-9]([A-Z0-9]{3})", re.ASCII)
_BIC_LINE = re.compile(
    r"^(?:\d{4} \d\d)?([A-Z]{6}[A-Z0-9]{2})([A-Z0-9]{3,4})?(?:\d+| .*)?$", re.ASCII | re.MULTILINE
)


def header_tree(text: str) -> dict[str, Tree]:
    """`message`, `sender` and the raw `block1` to `block3`, as far as they are there."""
    tree: dict[str, Tree] = {}
    found = _MESSAGE.search(text)
    if found:
        tree["message"] = f"MT{found[1] or found[2]}"
    for number, content in _BLOCK.findall(text):
        if content:
            tree[f"block{number}"] = content
    sender = _sender(tree, text)
    if sender:
        tree["sender"] = sender
    return tree


def _sender(tree: dict[str, Tree], text: str) -> str:
    """The bank: block 2 of a delivered message names it, else block 1, else a line of its own."""
    output = _OUTPUT_SENDER.match(tree.get("block2", ""))
    terminal = output or _LOGICAL_TERMINAL.match(tree.get("block1", ""))
    if terminal:
        return terminal[1] + (terminal[2] if terminal[2] != "XXX" else "")
    line = _BIC_LINE.search(text)
    return line[1] if line else ""
