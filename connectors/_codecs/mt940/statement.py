"""One statement in the making: fields go in, parts come out as soon as they are complete."""

from __future__ import annotations

from decimal import Decimal

from connectors._codecs.limits import Part, Tree
from connectors._codecs.mt940 import fields as fields
from connectors._codecs.mt940.checks import check_end
from connectors._codecs.mt940.details import read_details, read_supplementary
from connectors._codecs.mt940.header import header_tree
from connectors._codecs.mt940.numbered import numbered_details
from connectors._codecs.notice_log import NoticeLog

_CREDITS = frozenset(("C", "RD"))
_DEBITS = frozenset(("D", "RC"))  # EC and ED only announce entries: they move nothing
_SHARED = (
    "message",
    "sender",
    "reference",
    "related",
    "account",
    "account_bic",
    "account_parts",
    "number",
)


class Statement:
    """The state of one statement; finished parts are appended to the caller's list."""

    def __init__(self, parts: list[Part], log: NoticeLog, line: int) -> None:
        self.parts = parts
        self.log = log
        self.line = line
        self.head: dict[str, Tree] = {}
        self.trailer: dict[str, Tree] = {}
        self.entry: dict[str, Tree] | None = None
        self.details: list[str] = []
        self.info: list[str] = []
        self.opened = False
        self.closed = False
        self.moved = Decimal(0)
        self.counts = {"C": 0, "D": 0}

    def read_header(self, text: str) -> None:
        self.head.update(header_tree(text))

    def next_page(self, line: int) -> Statement:
        """A page that brings an opening balance but no header fields of its own."""
        page = Statement(self.parts, self.log, line)
        page.head.update((key, self.head[key]) for key in _SHARED if key in self.head)
        return page

    def error(self, code: str, message: str, line: int | None = None) -> None:
        self.log.error(code, message, f"line {line or self.line}")

    def warn(self, code: str, message: str, line: int | None = None) -> None:
        self.log.warning(code, message, f"line {line or self.line}")

    def start_entry(self, entry: dict[str, Tree]) -> None:
        """Takes an entry over and adds it to the sums; the one before must be finished."""
        self.entry = entry
        mark = entry.get("mark")
        if mark in _CREDITS:
            self.counts["C"] += 1
            self.moved += Decimal(entry["amount"])
        elif mark in _DEBITS:
            self.counts["D"] += 1
            self.moved -= Decimal(entry["amount"])

    def finish_entry(self) -> None:
        """Hands out the entry that is under way, if any."""
        entry = self.entry
        if entry is None:
            return
        self.entry = None
        if not self.opened:
            self._open()
        details = self._entry_details(entry)
        if details:
            entry["details"] = details
        self.parts.append(Part("item", entry, self.log.take()))

    def finish(self) -> None:
        """The statement is over: what is left comes out, with the notices of its end."""
        self.finish_entry()
        if not self.opened:
            self._open()
        check_end(self)
        if self.info:
            self.trailer["info"] = "\n".join(self.info)
        self.parts.append(Part("close", self.trailer, self.log.take()))

    def _entry_details(self, entry: dict[str, Tree]) -> dict[str, Tree]:
        """Field 86 (or NS); field 61 only adds what is not in it."""
        details: dict[str, Tree] = {}
        if self.details:
            raw = "\n".join(self.details)
            self.details.clear()
            entry["raw_details"] = raw
            details = read_details(raw)
        elif "ns" in entry:
            details = numbered_details(entry["ns"])
        if "supplementary" in entry:
            own = entry.pop("details", {})
            return {**own, **read_supplementary(entry["supplementary"]), **details}
        return details

    def _open(self) -> None:
        """What the header says the message is counts, unless fields of MT942 are there."""
        self.opened = True
        head = self.head
        interim = "floor_limits" in head or ("report_time" in head and "opening" not in head)
        stated = head.pop("message", "MT940")
        message = "MT942" if interim and stated == "MT940" else stated
        self.head = {"message": message, **head}
        self.parts.append(Part("open", self.head))


def take_text(statement: Statement, key: str, value: str, line: int) -> None:
    """Fields 20, 21 and 25; the first of each counts."""
    text = value.partition("\n")[0].strip()
    if statement.opened or key in statement.head:
        statement.warn("repeated_field", f"a second {key} in one statement was skipped", line)
    elif text:
        statement.head[key] = text
        if key == "account":
            statement.head["account_parts"] = fields.account_parts(text)
