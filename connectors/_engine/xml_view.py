"""An XML element as plain objects and lists, by local names, which is what compiled maps read.

<a:Amount currencyID="EUR">5</a:Amount>   {"#": "5", "@currencyID": "EUR"}
<b:Name>Acme</b:Name>                     "Acme"
children                                  each under its name; several of one name as a list
<c:Note/>                                 [None], to tell it from what is not there
text around children                      with theirs, as one text: {"#": …, "B": …}
"""

from __future__ import annotations

from typing import Any

from connectors._engine.xml_text import view_of

NAMESPACE = "@xmlns"


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


class _Locals(dict[str, str]):
    """Local names by full ones: a payload repeats few names often."""

    def __missing__(self, name: str) -> str:
        if len(self) > _MANY:
            self.clear()
        self[name] = found = local(name)
        return found


_MANY = 20_000
_LOCAL = _Locals()


def plain(element: Any) -> Any:
    """The element, its attributes and all below it; comments and instructions are left out."""
    view: dict[str, Any] = {}
    text = element.text
    mixed = bool(text) and not text.isspace()
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            mixed = True
        tag = child.tag
        if tag.__class__ is not str:
            continue
        value = plain(child) if len(child) else child.text
        attributes = child.items()
        if attributes:
            value = _with_attributes(value, attributes)
        name = _LOCAL[tag]
        if name not in view:
            view[name] = [None] if value is None else value
        elif (before := view[name]).__class__ is list:
            before.append(value)
        else:
            view[name] = [before, value]
    if mixed:
        view["#"] = " ".join("".join(element.itertext("*")).split())
    return view


def whole(root: Any, data: bytes = b"") -> dict[str, Any]:
    """A root element with its own attributes and, as `@xmlns`, its namespace.

    `data` is the document that it is the root of, where it is one.
    """
    view: dict[str, Any] = (view_of(data) if data else None) or plain(root)
    namespace = root.tag.rpartition("}")[0].removeprefix("{") if isinstance(root.tag, str) else ""
    if namespace:
        view[NAMESPACE] = namespace
    for name, value in root.attrib.items():
        view[f"@{local(name)}"] = value
    if not len(root) and root.text:
        view["#"] = root.text
    return view


def _with_attributes(value: Any, attributes: list[tuple[str, str]]) -> Any:
    view = value if value.__class__ is dict else {"#": value}
    for name, text in attributes:
        view[f"@{_LOCAL[name]}"] = text
    return view
