"""Statements of any size in constant memory: records come out as they are found.

For each statement its own record comes first, with all that stands before the entries; then a
record for each entry, which names its statement; then the statement's record once more, with what
came after the entries and the issues that only show at the end (B1). Other payloads are mapped as a
whole.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO, TypeAlias, cast

from msgspec import structs

from canonical_model import checks
from canonical_model.base.issue import Issue
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, BankTransactionDocument
from canonical_model.envelope import Context, Record, Source
from canonical_model.identity import OccurrenceCounter
from canonical_model.record import make_record
from connectors._codecs import bai2, coda, iso20022, mt940
from connectors._codecs.limits import DEFAULT, Limits, Part
from connectors._engine.mapping import map_bytes, noticed, origin_of
from connectors._engine.pack import Pack
from connectors._engine.read_map import ReadMap
from connectors._engine.recognition import Sight
from connectors._engine.run_state import Chain
from connectors._engine.wires import see
from connectors._engine.xml_view import plain
from connectors.errors import CodecError

_HEAD = 4096
Parts: TypeAlias = Callable[[BinaryIO, Limits], Iterator[Part]]
_STREAMS: dict[str, tuple[Callable[[bytes], bool], Parts]] = {
    "xml": (iso20022.claims, iso20022.iter_parts),
    "mt940": (mt940.claims, mt940.iter_parts),
    "bai2": (bai2.claims, bai2.iter_parts),
    "coda": (coda.claims, coda.iter_parts),
}


class _Rejoined(io.RawIOBase):
    """A stream whose beginning has been looked at."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def stream_records(pack: Pack, stream: BinaryIO, context: Context) -> Iterator[Record]:
    """The records of a stream; `CodecError` where it breaks off, after what was found before."""
    head = stream.read(_HEAD)
    whole = io.BufferedReader(_Rejoined(head, stream), 1 << 16)
    for codec, (claims, iter_parts) in _STREAMS.items():
        if claims(head):
            yield from _Statements(pack, codec, context).records(iter_parts(whole, DEFAULT))
            return
    result = map_bytes(pack, whole.read(), context=context)
    if not result.records and result.issues:
        first = result.issues[0]
        raise CodecError(first.code, first.message, hint=first.hint)
    yield from result.records


@dataclass
class _Open:
    """The statement whose entries are coming."""

    record: Record
    found: ReadMap
    entries: ReadMap
    tree: Any
    counter: OccurrenceCounter
    origin: Source
    """Of each entry, but for its place."""
    chain: Chain = None
    """What holds each entry: the statement and what holds that."""
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def statement(self) -> BankStatement:
        """The statement as it stood before its entries."""
        assert isinstance(self.record.document, BankStatement)  # noqa: S101  (_opened saw to it)
        return self.record.document

    def tally(self, entry: BankTransaction) -> None:
        """Add a booked entry to its side."""
        if entry.status in (None, "booked") and entry.direction and entry.amount is not None:
            self.sums[entry.direction] = self.sums.get(entry.direction, Decimal(0)) + entry.amount


class _Statements:
    """Turns the parts of a stream into records."""

    def __init__(self, pack: Pack, codec: str, context: Context) -> None:
        self.pack = pack
        self.codec = codec
        self.context = context

    def records(self, parts: Iterator[Part]) -> Iterator[Record]:
        """Header, entries and close of each statement."""
        current: _Open | None = None
        for part in parts:
            if part.kind == "open":
                current = self._opened(part)
                yield current.record
            elif current is not None:
                take = self._entry if part.kind == "item" else self._closed
                yield take(current, part)

    def _sight(self, tree: Any) -> Sight:
        if self.codec == "xml":
            tree = tree.getroottree().getroot()
        return see(self.codec, tree)

    def _opened(self, part: Part) -> _Open:
        sight = self._sight(part.tree)
        names, settled = self.pack.recognition.claims(sight)
        if not settled or len(names) != 1:
            raise CodecError("unclaimed", f"no connector claims this {self.codec} statement alone")
        name, _, resource = names[0].rpartition("/")
        found = self.pack[name].read_map(resource)
        record = self._record(found, sight.tree, part)
        statement = record.document
        if not isinstance(statement, BankStatement):
            raise CodecError("not_streamed", f"{found.name} gives no statement; map it as a whole")
        account = statement.account.id if statement.account else None
        counter = OccurrenceCounter(account, statement.format)
        entries = self.pack[name].entry_map(resource)
        origin = origin_of(self.pack, found, Source(object_type="transaction"))
        chain = found.chain(sight.tree)
        return _Open(record, found, entries, sight.tree, counter, origin, chain)

    def _record(self, found: ReadMap, tree: Any, part: Part) -> Record:
        mapped = next(iter(found.run(tree)), None)
        if mapped is None:
            raise CodecError("no_statement", f"{found.name} finds no statement in it")
        issues = [*mapped.issues, *map(noticed, part.notices)]
        source = origin_of(self.pack, found, mapped.source)
        return make_record(mapped.document, source, self.context, issues=issues)

    def _entry(self, current: _Open, part: Part) -> Record:
        node = plain(part.tree) if self.codec == "xml" else part.tree
        mapped = current.entries.at(node, current.tree, current.count, current.chain)
        current.count += 1
        entry = mapped.document
        assert isinstance(entry, BankTransactionDocument)  # noqa: S101  (entry maps make no other)
        account = current.statement.account
        entry = structs.replace(
            entry,
            statement=current.record.id,
            account=entry.account or (account.id if account else None),
            occurrence=current.counter.occurrence(entry),
        )
        current.tally(entry)
        issues = [*mapped.issues, *map(noticed, part.notices)]
        place = f"{current.statement.id or ''}[{current.count - 1}]"
        source = structs.replace(current.origin, raw_path=place)
        return make_record(entry, source, self.context, issues=issues)

    def _closed(self, current: _Open, part: Part) -> Record:
        if self.codec == "xml":
            late = self._record(current.found, self._sight(part.tree).tree, part).document
            found = list(late.balances) if isinstance(late, BankStatement) else []
            balances = [*current.statement.balances, *found]
            document = structs.replace(current.statement, balances=balances)
        else:
            tree = {**current.tree, **part.tree}
            document = cast(BankStatement, self._record(current.found, tree, part).document)
        issues = [*map(noticed, part.notices), *_at_the_end(document, current.sums)]
        source = current.record.source
        assert source is not None  # noqa: S101  (every record here was made with one)
        return make_record(document, source, self.context, issues=issues)


def _at_the_end(statement: BankStatement, sums: dict[str, Decimal]) -> list[Issue]:
    """B1 over all entries, of which only the sums were kept."""
    entries = [
        BankTransaction(direction=side, amount=amount, status="booked")  # type: ignore[arg-type]
        for side, amount in sums.items()
    ]
    found = checks.check(structs.replace(statement, transactions=entries))
    return [issue for issue in found if issue.rule == "B1"]
