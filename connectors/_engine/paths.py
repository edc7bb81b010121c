"""The small path language of maps: JMESPath for trees, XPath for XML, the plain subset of each.

    Contact.Name                         a field of a field
    LineItems[*].Tracking[0].Name        every item, the first item
    Lines[?DetailType=='Item'].Amount    items whose field equals a text
    cac:Party/cbc:Name                   child elements; prefixes are only for the reader
    cbc:Amount/@currencyID               an attribute
    cac:AllowanceCharge[cbc:ChargeIndicator='true']/cbc:Amount
    cac:TaxTotal[cbc:Code=/Invoice/cbc:Code]    items with the same text as one from the root
    .                                    the node itself
    $.Header.Id  /Document/GrpHdr/MsgId  from the root of the payload, wherever one stands
    ^.Header.Id  ^^/PmtInfId             from what holds the node; one further up for each caret

Outside of that a path is refused, with the column and what is supported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NoReturn, TypeAlias

from connectors.errors import PathError

Dialect: TypeAlias = Literal["tree", "xml"]
_SUPPORTED = {
    "tree": "names, \"any name\", [n], [*] and [?name=='text'], joined by points",
    "xml": "child steps, @attribute, [n] from 1 and [name='text'], joined by slashes",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A child by its name; attributes are named `@…`."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """One item of a list, from 0; negative ones from the end."""

    position: int


@dataclass(frozen=True, slots=True)
class Every:
    """All items of a list."""


@dataclass(frozen=True, slots=True)
class Where:
    """The items whose value at a path is one of some texts; those that have one for none given."""

    path: tuple[Step, ...]
    values: tuple[str, ...]
    negated: bool = False
    other: tuple[Step, ...] = ()
    """A path from the root, whose text is compared with in place of `values`."""


@dataclass(frozen=True, slots=True)
class Root:
    """The root of the payload; only as the first step."""

    name: str = "$"


@dataclass(frozen=True, slots=True)
class Above:
    """What holds the node, so many levels up; only as the first step."""

    count: int = 1


Step: TypeAlias = Field | Index | Every | Where | Root | Above
Path: TypeAlias = tuple[Step, ...]

_NAME = re.compile(r"(?:[^\W\d]|[@#])[\w@#$-]*|\"(?:[^\"\\]|\\.)*\"")
_XML_NAME = re.compile(r"@?(?:[^\W\d][\w.-]*:)?([^\W\d][\w.-]*)")
_NUMBER = re.compile(r"-?[0-9]+")
_TEXT = re.compile(r"'([^']*)'|`\"?([^`\"]*)\"?`")


@lru_cache(maxsize=16_384)
def parse(text: str, dialect: Dialect = "tree") -> Path:
    """The steps of a path; `PathError` names the column and what is supported."""
    reader = _Reader(text, dialect)
    if text.strip() in (".", "@", ""):
        return ()
    return reader.path()


class _Reader:
    """Reads one path from left to right."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect: Dialect = dialect
        self.at = 0
        self.joint = "." if dialect == "tree" else "/"

    def path(self) -> Path:
        steps: list[Step] = list(self._above() or self._root())
        if not steps and not self._peek("["):
            steps.append(self._field())
        while self.at < len(self.text):
            if self._take(self.joint):
                steps.append(self._field())
            elif self._take("["):
                steps.append(self._bracket())
            else:
                self._refuse()
        return tuple(steps)

    def _root(self) -> Path:
        """`$`, or in XML a slash and the root element's name, which is there in any case."""
        if self.dialect == "tree":
            return (Root(),) if self._take("$") else ()
        return (Root(self._field().name),) if self._take("/") else ()

    def _above(self) -> Path:
        """`^`, one for each level."""
        count = 0
        while self._take("^"):
            count += 1
        return (Above(count),) if count else ()

    def _field(self) -> Field:
        pattern = _NAME if self.dialect == "tree" else _XML_NAME
        found = pattern.match(self.text, self.at)
        if found is None:
            self._refuse()
        self.at = found.end()
        if self.dialect == "tree":
            return Field(_unquoted(found[0]))
        return Field(f"@{found[1]}" if found[0].startswith("@") else found[1])

    def _bracket(self) -> Step:
        if self.dialect == "tree" and self._take("*]"):
            return Every()
        number = _NUMBER.match(self.text, self.at)
        if number and self.text.startswith("]", number.end()):
            # XPath counts from one, JMESPath from nought.
            position = int(number[0][:9]) - (self.dialect == "xml")
            if self.dialect == "xml" and position < 0:
                self._refuse()
            self.at = number.end() + 1
            return Index(position)
        if self.dialect == "tree" and not self._take("?"):
            self._refuse()
        return self._condition()

    def _condition(self) -> Where:
        path = self._operand()
        if self._take("]"):
            return Where(path, ())
        negated = self._take("!=")
        if not negated and not self._take("==" if self.dialect == "tree" else "="):
            self._refuse()
        self._blanks()
        values, other = self._compared()
        self._blanks()
        if not self._take("]"):
            self._refuse()
        return Where(path, values, negated, other)

    def _compared(self) -> tuple[tuple[str, ...], Path]:
        """What an operand is compared with: a text, or the text at a path from the root."""
        root = self._root()
        if root:
            return (), (*root, *self._further())
        found = _TEXT.match(self.text, self.at)
        if found is None:
            self._refuse()
        self.at = found.end()
        return (found[1] if found[1] is not None else found[2],), ()

    def _operand(self) -> Path:
        if self.dialect == "xml" and self._take("."):
            return ()
        steps = (self._field(), *self._further())
        self._blanks()
        return steps

    def _further(self) -> Path:
        """The fields of fields that follow."""
        steps: list[Step] = []
        while self._take(self.joint):
            steps.append(self._field())
        return tuple(steps)

    def _blanks(self) -> None:
        while self._take(" "):
            pass

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _take(self, text: str) -> bool:
        if not self._peek(text):
            return False
        self.at += len(text)
        return True

    def _refuse(self) -> NoReturn:
        found = repr(self.text[self.at : self.at + 12]) if self.at < len(self.text) else "the end"
        raise PathError(
            f"column {self.at + 1} of path {self.text!r}: found {found}; "
            f"supported are {_SUPPORTED[self.dialect]}"
        )


def _unquoted(name: str) -> str:
    """A name without its quotes; a backslash keeps the character after it."""
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name


def quoted(name: str) -> str:
    """A name of a tree as a path has to write it."""
    if _NAME.fullmatch(name) and not name.startswith('"'):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def spell(path: Path, dialect: Dialect = "tree") -> str:
    """The path as its own language writes it."""
    text = ""
    joint = "." if dialect == "tree" else "/"
    for step in path:
        match step:
            case Root(name):
                text += name if dialect == "tree" else f"/{name}"
            case Above(count):
                text += "^" * count
            case Field(name):
                text += f"{joint}{quoted(name) if dialect == 'tree' else name}"
            case Index(position):
                text += f"[{position + (dialect == 'xml')}]"
            case Every():
                text += "[*]"
            case Where():
                text += _spell_where(step, dialect)
    rooted = bool(path) and isinstance(path[0], Root | Above)
    return (text if rooted else text.removeprefix(joint)) or "."


def _spell_where(where: Where, dialect: Dialect) -> str:
    operand = spell(where.path, dialect)
    mark = "?" if dialect == "tree" else ""
    if not where.values and not where.other:
        return f"[{mark}{operand}]"
    equal = "==" if dialect == "tree" else "="
    other = spell(where.other, dialect) if where.other else f"'{where.values[0]}'"
    return f"[{mark}{operand}{'!=' if where.negated else equal}{other}]"
