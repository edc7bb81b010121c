"""One OFX tree for each statement, with everything around it that says what it is of."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
LISTS = frozenset({"BANKTRANLIST", "INVTRANLIST"})
TRANSACTIONS = (
    "STMTTRN",
    "INVBANKTRAN",
    *("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK"),
    *("SELLDEBT", "SELLMF", "SELLOPT", "SELLOTHER", "SELLSTOCK"),
    *("CLOSUREOPT", "INCOME", "INVEXPENSE", "JRNLFUND", "JRNLSEC", "MARGININTEREST"),
    *("REINVEST", "RETOFCAP", "SPLIT", "TRANSFER"),
)
_TRANSACTIONS = frozenset(TRANSACTIONS)
_SHARED = {"SIGNONMSGSRSV1", "SECLISTMSGSRSV1"}


def split_statements(root: Any) -> list[Any]:
    """The root itself when it holds one statement or none, else a root for each."""
    statements = list(root.iter(*STATEMENTS))
    if len(statements) < 2:
        return [root]
    paths = [_ancestors(statement, root) for statement in statements]
    frames = [_frame(root, path) for path in paths]
    for (_, place), statement in zip(frames, statements, strict=True):
        place.append(statement)
    return [unit for unit, _ in frames]


def statement_start(statement: Any, root: Any) -> Any:
    """A tree of what a statement says before its first transaction."""
    unit, place = _frame(root, _ancestors(statement, root))
    copy = etree.SubElement(place, statement.tag)
    for child in statement:
        copy.append(_without_transactions(child))
        if child.tag in LISTS:
            break
    return unit


def statement_rest(statement: Any, root: Any) -> Any:
    """A tree of all that a statement says but its transactions."""
    unit, place = _frame(root, _ancestors(statement, root))
    copy = etree.SubElement(place, statement.tag)
    for child in statement:
        copy.append(_without_transactions(child))
    return unit


def _ancestors(statement: Any, root: Any) -> list[Any]:
    """From below the root down to the statement's parent."""
    path: list[Any] = []
    parent = statement.getparent()
    while parent is not None and parent is not root:
        path.append(parent)
        parent = parent.getparent()
    return path[::-1]


def _frame(root: Any, path: list[Any]) -> tuple[Any, Any]:
    """A new root with the shared messages and a copy of the path, and the path's end."""
    unit = etree.Element(root.tag, dict(root.attrib))
    place = unit
    for message in root:
        if message.tag in _SHARED:
            unit.append(deepcopy(message))
    for level in path:
        place = etree.SubElement(place, level.tag)
        for child in level:
            # Neither another statement nor a response that may hold one.
            if child.tag not in STATEMENTS and not child.tag.endswith("TRNRS"):
                place.append(deepcopy(child))
    return unit, place


def _without_transactions(child: Any) -> Any:
    if child.tag not in LISTS:
        return deepcopy(child)
    copy = etree.Element(child.tag)
    for one in child:
        if one.tag not in _TRANSACTIONS:
            copy.append(deepcopy(one))
    return copy
