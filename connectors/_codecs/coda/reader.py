"""CODA records to the parts of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors._codecs.coda.fields import (
    decimal_text,
    read_account,
    set_amount,
    set_date,
)
from connectors._codecs.coda.layouts import (
    COUNTED,
    FREE_TEXT,
    HEADER,
    NEW_ACCOUNT,
    NEW_BALANCE,
    OLD_ACCOUNT,
    OLD_BALANCE,
    TRAILER,
)
from connectors._codecs.coda.movement import Chain, continue_movement, open_info, open_movement
from connectors._codecs.limits import Limits, Part, Tree
from connectors._codecs.notice_log import NoticeLog
from connectors.errors import CodecError

_FIRST = "0000"
_TOP_LEVEL = "0000"
_BALANCE = ("mark", "amount", "date")


@dataclass(slots=True)
class _Statement:
    account: dict[str, str]
    records: int = 1
    debit: int = 0
    credit: int = 0
    closing: dict[str, Tree] = field(default_factory=dict)


class Reader:
    """Reads one input; `parts` may be walked once."""

    def __init__(self, records: Iterable[str], limits: Limits) -> None:
        self._records = records
        self._limits = limits
        self._log = NoticeLog()
        self._number = 0
        self._header: dict[str, str] = {}
        self._fresh_header = False
        self._statement: _Statement | None = None
        self._entry: dict[str, Tree] | None = None
        self._chain: Chain | None = None
        self._handlers: dict[str, Callable[[str], Iterable[Part]]] = {
            "0": self._file_header,
            "1": self._old_balance,
            "2": self._movement,
            "3": self._information,
            "4": self._free_text,
            "8": self._new_balance,
            "9": self._trailer,
        }

    def parts(self) -> Iterator[Part]:
        """Open, items and close of each statement in turn."""
        handlers, most = self._handlers, self._limits.max_items
        for record in self._records:
            self._number += 1
            if self._number > most:
                raise CodecError("too_large", f"over {most} records; split the file")
            if self._number == 1:
                self._check_first(record)
            handler = handlers.get(record[0])
            if handler:
                yield from handler(record)
            else:
                self._break("unknown_record", f"record type '{record[0]}'; 0 to 4, 8, 9 exist")
        if self._number == 0:
            raise CodecError("empty_input", "no records; send a file that starts with record 0")
        yield from self._unfinished()
        if self._fresh_header:
            self._break("no_statement", "a header and no statement; get the whole file")
            yield Part("open", dict(self._header))
            yield Part("close", {}, self._log.take())

    @property
    def _where(self) -> str:
        return f"record {self._number}"

    def _break(self, code: str, message: str) -> None:
        self._log.break_(code, message, self._number)

    def _check_first(self, record: str) -> None:
        if record[0] == "1":
            self._log.warning("no_header", "no header record; start with record 0", self._where)
        elif not record.startswith(_FIRST):
            found = f"the first record starts with '{record[:4]}'"
            raise CodecError("not_coda", f"{found}; a CODA file starts with 0000", record=1)

    def _file_header(self, record: str) -> Iterator[Part]:
        yield from self._unfinished()
        if self._fresh_header:
            self._break("no_statement", "a header after a header; a statement starts with 1")
        self._fresh_header = True
        header = HEADER.read(record)
        set_date(header, "created_date", self._log, self._where)
        if header.get("version") not in ("1", "2"):
            found = f"version '{header.get('version', '')}'"
            self._log.warning("version", f"{found}; 1 and 2 exist", self._where)
        self._header = header

    def _old_balance(self, record: str) -> Iterator[Part]:
        yield from self._unfinished()
        self._fresh_header = False
        tree: dict[str, Tree] = dict(self._header)
        balance = OLD_BALANCE.read(record)
        structure = balance.pop("structure", "")
        account = read_account(record[OLD_ACCOUNT], structure, self._log, self._where)
        for name in ("holder", "description"):
            if name in balance:
                account[name] = balance.pop(name)
        self._tidy_balance(balance)
        tree["account"] = account
        tree["opening"] = {name: balance.pop(name) for name in _BALANCE if name in balance}
        self._statement = _Statement(account)
        yield Part("open", tree | balance, self._log.take())

    def _tidy_balance(self, balance: dict[str, str]) -> None:
        set_amount(balance, self._log, self._where)
        set_date(balance, "date", self._log, self._where)

    def _opened(self, kind: str) -> _Statement:
        if self._statement is None:
            self._break("no_old_balance", f"record {kind} outside a statement; start one with 1")
            self._statement = _Statement({})
        return self._statement

    def _movement(self, record: str) -> Iterator[Part]:
        kind = record[:2]
        if kind == "21":
            yield from self._new_movement(record)
        elif kind in COUNTED:
            self._count()
            self._continue(record, kind)
        else:
            self._break("unknown_record", f"record type '{kind}'; 21, 22 and 23 exist")

    def _new_movement(self, record: str) -> Iterator[Part]:
        self._end_chain()
        chain, amount = open_movement(record, self._log, self._where)
        detail = chain.tree.get("detail", _TOP_LEVEL)
        if detail == _TOP_LEVEL or self._entry is None:
            yield from self._end_entry()
            if detail != _TOP_LEVEL:
                found = f"detail {detail} without its movement"
                self._log.warning("detail_first", f"{found}; the movement has 0000", self._where)
            yield from self._open_if_needed("21")
            self._entry = chain.tree
            self._sum(amount)
        else:
            self._entry.setdefault("details", []).append(chain.tree)
        self._count()
        self._chain = chain

    def _open_if_needed(self, kind: str) -> Iterator[Part]:
        if self._statement is None:
            self._opened(kind)
            yield Part("open", dict(self._header), self._log.take())

    def _sum(self, amount: int) -> None:
        statement = self._opened("21")
        if amount < 0:
            statement.debit -= amount
        else:
            statement.credit += amount

    def _count(self) -> None:
        if self._statement is not None:
            self._statement.records += 1

    def _continue(self, record: str, kind: str) -> None:
        chain = self._chain
        if chain is None or chain.numbers != record[2:10] or chain.kind[0] != kind[0]:
            first = f"{kind[0]}1"
            self._break("no_movement", f"record {kind} that follows no {first}; check the order")
            return
        continue_movement(chain, record, kind)

    def _information(self, record: str) -> Iterable[Part]:
        kind = record[:2]
        if kind not in COUNTED:
            self._break("unknown_record", f"record type '{kind}'; 31, 32 and 33 exist")
            return ()
        self._count()
        if kind != "31":
            self._continue(record, kind)
            return ()
        self._end_chain()
        owner = self._owner(record[2:6])
        if owner is None:
            self._break("no_movement", "information that follows no movement; check the order")
        else:
            self._chain = open_info(record)
            owner.setdefault("info", []).append(self._chain.tree)
        return ()

    def _owner(self, sequence: str) -> dict[str, Tree] | None:
        """The movement or detail that information of this sequence number belongs to."""
        entry = self._entry
        if entry is None or entry.get("sequence") != sequence:
            return None
        details: list[dict[str, Tree]] = entry.get("details", [])
        return details[-1] if details else entry

    def _end_chain(self) -> None:
        chain, self._chain = self._chain, None
        if chain is not None:
            chain.finish()

    def _end_entry(self) -> Iterable[Part]:
        self._end_chain()
        entry, self._entry = self._entry, None
        return () if entry is None else (Part("item", entry, self._log.take()),)

    def _new_balance(self, record: str) -> Iterator[Part]:
        yield from self._end_entry()
        yield from self._open_if_needed("8")
        statement = self._opened("8")
        statement.records += 1
        if "closing" in statement.closing:
            self._break("second_balance", "a second new balance; keep one")
            return
        balance = NEW_BALANCE.read(record)
        self._tidy_balance(balance)
        structure = statement.account.get("structure", "")
        account = read_account(record[NEW_ACCOUNT], structure, NoticeLog(), self._where)
        if account.get("number") != statement.account.get("number"):
            found = "the new balance is of another account than the old one"
            self._log.warning("account_differs", f"{found}; check the file", self._where)
        closing = {name: balance[name] for name in _BALANCE if name in balance}
        statement.closing["closing"] = closing

    def _free_text(self, record: str) -> Iterator[Part]:
        yield from self._end_entry()
        text = record[FREE_TEXT].strip()
        if text and self._statement is not None:
            self._statement.closing.setdefault("free", []).append(text)

    def _trailer(self, record: str) -> Iterator[Part]:
        yield from self._end_entry()
        statement = self._statement
        if statement is None:
            self._break("no_old_balance", "a trailer outside a statement; check the order")
            return
        trailer = TRAILER.read(record)
        self._check_trailer(trailer, statement)
        statement.closing["trailer"] = trailer
        yield from self._close(statement)

    def _check_trailer(self, trailer: dict[str, str], statement: _Statement) -> None:
        """Warnings only: banks and cut files often have these wrong, the balances tell more."""
        for name in ("records", "debit", "credit"):
            stated, counted = trailer.get(name, ""), getattr(statement, name)
            if not (stated.isascii() and stated.isdecimal()) or int(stated) != counted:
                found = f"the trailer's {name} differs from what the records give"
                self._log.warning("trailer_mismatch", f"{found}; check the file", self._where)
            if name == "records":
                trailer[name] = stated.lstrip("0") or "0"
            elif len(stated) > 3:
                trailer[name] = decimal_text(stated)

    def _close(self, statement: _Statement) -> Iterator[Part]:
        if "closing" not in statement.closing:
            self._tell_no_balance(statement)
        self._statement = None
        yield Part("close", statement.closing, self._log.take())

    def _tell_no_balance(self, statement: _Statement) -> None:
        trailer = statement.closing.get("trailer", {})
        if statement.records == 1 and trailer.get("records") == "1":
            # A bank may announce that nothing moved with a statement of one balance (7.3).
            self._log.warning("no_new_balance", "no new balance; nothing moved", self._where)
        else:
            self._break("no_new_balance", "no new balance; get the whole file")

    def _unfinished(self) -> Iterator[Part]:
        """Close a statement that has no trailer."""
        yield from self._end_entry()
        if self._statement is not None:
            self._log.warning("no_trailer", "no trailer; end the file with record 9", self._where)
            yield from self._close(self._statement)
