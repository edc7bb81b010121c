"""ISO 20022 bank statements (camt.052, .053, .054), streamed entry by entry.

Any version and any namespace: elements are known by their local names. For each `Stmt`, `Rpt`
or `Ntfctn`, `iter_parts` gives lxml elements:

* `open`: the statement with all that came before its first entry (`Id`, `CreDtTm`, `Acct`,
  `Bal`, `TxsSummry`, ...). It stands in a copy of its surroundings, so that `../GrpHdr` works:

      <Document><BkToCstmrStmt> <GrpHdr>…</GrpHdr> <Stmt>…</Stmt> </BkToCstmrStmt></Document>

* `item`: one `Ntry`; while it is the last one given, `..` is the statement with its header.
* `close`: the statement with only what came after its first entry that is not an entry:
  usually nothing, in odd files balances. Its surroundings are those of `open`.

Every element given is the receiver's to keep. Memory does not grow with the number of entries.
Whole trees come from `xml_tree`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import islice
from typing import Any, BinaryIO

from lxml import etree

from connectors._codecs.limits import DEFAULT, Limits, Part
from connectors._codecs.xml_tree import refusal
from connectors._codecs.xml_tree.stream import Utf8Stream
from connectors.errors import CodecError

FORMAT = "iso20022"

_MESSAGE = "BkToCstmr"
_STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
_WATCHED = ("{*}GrpHdr", "{*}Ntry", *(f"{{*}}{name}" for name in sorted(_STATEMENTS)))


def claims(head: bytes) -> bool:
    """Whether the message element of a bank statement is in sight."""
    return b"<" in head and _MESSAGE.encode() in head.replace(b"\0", b"")


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """Opening, entries and close of each statement; the stream may be of any length."""
    source = Utf8Stream(stream)
    events = etree.iterparse(
        source,
        events=("end",),
        tag=_WATCHED,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    reader = _Reader(source, limits)
    try:
        for _, element in events:
            yield from reader.parts(element)
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error
    if reader.is_empty:
        found = "no bank statement, report or notification in the document"
        raise CodecError("no_statement", f"{found}; only camt.052, .053 and .054 are streamed")


class _Reader:
    """Where in the message the parser is, and what has to be let go next."""

    def __init__(self, source: Utf8Stream, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._told = 0
        self._entries = 0
        self._group: etree._Element | None = None
        self._statement: etree._Element | None = None
        self._header = 0
        self._entry: etree._Element | None = None
        self.finished: etree._Element | None = None

    @property
    def is_empty(self) -> bool:
        """Neither a statement nor the header of a message without one was seen."""
        return self.finished is None and self._group is None

    def parts(self, element: etree._Element) -> Iterator[Part]:
        """What the end of this element lets us say."""
        name = _local_name(element)
        if name == "Ntry":
            yield from self._read_entry(element)
        elif name == "GrpHdr":
            self._read_group(element)
        elif _is_statement(element):
            yield from self._read_end(element)

    def _read_group(self, group: etree._Element) -> None:
        message = group.getparent()
        if message is not None and _local_name(message).startswith(_MESSAGE):
            self._group = deepcopy(group)

    def _read_entry(self, entry: etree._Element) -> Iterator[Part]:
        statement = entry.getparent()
        if statement is None or (statement is not self._statement and not _is_statement(statement)):
            return
        if statement is not self._statement:
            yield self._open(statement, statement.index(entry))
        self._entries += 1
        if self._entries > self._limits.max_items:
            found = f"more than {self._limits.max_items} entries"
            raise CodecError("too_many_items", f"{found}; raise the limit", record=self._entries)
        yield Part("item", entry)
        # The entry itself has to stay: the parser may still be writing just behind it.
        if self._entry is not None:
            statement.remove(self._entry)
        self._entry = entry

    def _read_end(self, statement: etree._Element) -> Iterator[Part]:
        if statement is not self._statement:
            yield self._open(statement, len(statement))
        late = [
            child for child in islice(statement, self._header, None) if child is not self._entry
        ]
        notices = tuple(self._source.notices[self._told :])
        self._told += len(notices)
        yield Part("close", _framed(statement, self._group, late), notices)
        self._let_go(statement)

    def _open(self, statement: etree._Element, header: int) -> Part:
        self._statement, self._header, self._entry = statement, header, None
        return Part("open", _framed(statement, self._group, islice(statement, header)))

    def _let_go(self, statement: etree._Element) -> None:
        message = statement.getparent()
        if message is not None and self.finished is not None and self.finished in message:
            message.remove(self.finished)
        self.finished = statement
        self._statement = self._entry = None


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _is_statement(element: etree._Element) -> bool:
    message = element.getparent()
    if message is None or _local_name(element) not in _STATEMENTS:
        return False
    return _local_name(message).startswith(_MESSAGE)


def _framed(
    statement: etree._Element, group: etree._Element | None, children: Iterable[etree._Element]
) -> etree._Element:
    """A copy of the statement with these children, inside copies of the two elements around it."""
    frame: etree._Element | None = None
    try:
        for outer in reversed([*islice(statement.iterancestors(), 2)]):
            frame = _shell(outer, frame)
        if frame is not None and group is not None:
            frame.append(deepcopy(group))
        copy = _shell(statement, frame)
    except ValueError as error:  # lxml reads namespaces that it will not write
        found = "a namespace that is no URI"
        raise CodecError("malformed_xml", f"{found}; correct the start of the document") from error
    copy.extend(deepcopy(child) for child in children)
    return copy


def _shell(element: etree._Element, parent: etree._Element | None) -> etree._Element:
    """The element without content, as a child of `parent` if there is one."""
    namespaces: dict[Any, str] = element.nsmap
    if parent is None:
        copy = etree.Element(element.tag, None, namespaces)
    else:
        copy = etree.SubElement(parent, element.tag, None, namespaces)
    copy.attrib.update(element.attrib)
    return copy
