"""QIF lines to the parts of account sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from connectors._codecs.limits import Limits, Part, Tree
from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.qif.lines import (
    ACCOUNT_FIELDS,
    ADDRESS,
    AMOUNTS,
    END,
    ENTRY_FIELDS,
    INVESTMENT_AMOUNTS,
    INVESTMENT_FIELDS,
    INVESTMENT_TYPES,
    LISTS,
    REGISTERS,
    SPLIT_AMOUNT,
    SPLIT_CATEGORY,
    SPLIT_MEMO,
    SPLIT_PERCENT,
)
from connectors._codecs.qif.values import Evidence, read_amount, read_date
from connectors.errors import CodecError

_MOST_LINES = 100_000
"""So many lines are no record any more."""

_FIRST = re.compile(r"!|\^|D ?\d|[TU]-?\d|[PNMCL]\w")
_SPLIT = {SPLIT_CATEGORY: "category", SPLIT_MEMO: "memo", SPLIT_PERCENT: "percent"}


class Reader:
    """Reads one input whose dates and amounts were looked over before."""

    def __init__(self, lines: Iterable[str], evidence: Evidence, limits: Limits) -> None:
        self._lines = lines
        self._order = evidence.date_order
        self._point = evidence.decimal_point
        self._limits = limits
        self._log = NoticeLog()
        self._number = 0
        self._type: str | None = None
        self._begun = False
        self._open = False
        self._opening: dict[str, Tree] | None = None
        self._account: dict[str, str] = {}
        self._lists: dict[str, list[Tree]] = {}
        self._record: dict[str, Tree] = {}
        self._take: Callable[[str, str], None] = self._entry_line
        self._finish: Callable[[], Iterable[Part]] = self._end_entry

    def parts(self) -> Iterator[Part]:
        """Open, items and close of each account section in turn."""
        items = lines = 0
        for raw in self._lines:
            self._number += 1
            line = raw.strip(" \t\n\x1a\0")
            if not line:
                continue
            lines += 1
            if not self._begun:
                self._check_first(line)
            if line[0] == "!":
                yield from self._section(line)
            elif line[0] == END:
                items, lines = items + 1, 0
                yield from self._finish()
            else:
                self._take(line[0], line[1:].strip())
            if lines > _MOST_LINES or items > self._limits.max_items:
                raise CodecError("too_large", "too many lines; split the file", line=self._number)
        if not self._begun:
            raise CodecError("empty_input", "no lines; send a file that starts with !Type:")
        yield from self._unfinished()
        yield from self._close()
        self._keep_account()
        if self._lists:
            yield Part("open", {"type": "Lists", "lists": self._lists}, self._log.take())
            yield Part("close", {})

    @property
    def _where(self) -> str:
        return f"line {self._number}"

    def _check_first(self, line: str) -> None:
        if not _FIRST.match(line):
            raise CodecError("not_qif", "no QIF line at the start; begin with !Type:", line=1)
        self._begun = True

    def _section(self, line: str) -> Iterator[Part]:
        yield from self._unfinished()
        name, _, what = line[1:].partition(":")
        name, what = name.strip().lower(), what.strip()
        if name == "account":
            yield from self._close()
            self._take, self._finish = self._account_line, self._end_account
        elif name == "type" and what.lower() in LISTS:
            yield from self._close()
            self._take, self._finish = self._list_line, self._end_list
            self._type = what.lower()
        elif name == "type":
            yield from self._close()
            self._begin(what)
        elif name == "clear":
            self._keep_account()
        elif name != "option":
            self._log.warning("unknown_line", f"'!{name[:30]}'; it is left out", self._where)

    def _begin(self, what: str) -> None:
        self._type = REGISTERS.get(what.lower())
        if self._type is None:
            found = f"section type '{what[:30]}'"
            self._log.warning("unknown_type", f"{found}; read as an account", self._where)
            self._type = what or "Bank"
        self._open = True
        self._take, self._finish = self._entry_line, self._end_entry
        self._opening = {"type": self._type, "date_order": self._order}
        if self._account:
            self._opening["account"], self._account = self._account, {}
        if self._lists:
            self._opening["lists"] = self._lists
            self._lists = {}

    def _unfinished(self) -> Iterable[Part]:
        """End a record that was not ended with ^."""
        if not self._record:
            return ()
        self._log.warning("no_end", "a record without its end; put ^ after it", self._where)
        return self._finish()

    def _close(self) -> Iterator[Part]:
        yield from self._opened()
        if self._open:
            self._open = False
            yield Part("close", {}, self._log.take())

    def _opened(self) -> Iterable[Part]:
        """The section's open part, if it was not yet given."""
        opening = self._opening if self._open else None
        if opening is None:
            return ()
        self._opening = None
        return (Part("open", opening, self._log.take()),)

    def _entry_line(self, letter: str, text: str) -> None:
        if not self._open:
            self._log.warning("no_type", "no !Type line; read as a bank account", self._where)
            self._begin("Bank")
        investment = self._type in INVESTMENT_TYPES
        amounts = INVESTMENT_AMOUNTS if investment else AMOUNTS
        name = (INVESTMENT_FIELDS if investment else ENTRY_FIELDS).get(letter)
        record = self._record
        if letter in amounts:
            self._set_amount(record, amounts[letter], text)
        elif name:
            self._set(record, name, text)
        elif letter == ADDRESS:
            record.setdefault("address", []).append(text)
        elif letter in _SPLIT or letter == SPLIT_AMOUNT:
            self._split_line(letter, text)
        elif text:
            record.setdefault("other", []).append(letter + text)

    def _set(self, record: dict[str, Tree], name: str, text: str) -> None:
        if not text:
            return
        record[name] = text
        if name == "raw_date":
            found = read_date(text, self._order)
            if found:
                record["date"] = found
            elif self._order != "unknown":
                self._log.error("bad_date", f"date '{text[:20]}'; it is no day", self._where)

    def _set_amount(self, record: dict[str, Tree], name: str, text: str) -> None:
        if not text:
            return
        amount = read_amount(text, self._point)
        record[name] = text if amount is None else amount
        if amount is None:
            found = f"amount '{text[:30]}'"
            if any(letter.isalpha() for letter in text):
                self._log.error("bad_amount", f"{found}; use digits", self._where)
            else:
                fits = "its separators can be read in two ways"
                self._log.warning("unclear_amount", f"{found}; {fits}", self._where)

    def _split_line(self, letter: str, text: str) -> None:
        splits: list[dict[str, Tree]] = self._record.setdefault("splits", [])
        if letter == SPLIT_CATEGORY or not splits:
            splits.append({})
        if letter == SPLIT_AMOUNT:
            self._set_amount(splits[-1], "amount", text)
        elif text:
            splits[-1][_SPLIT[letter]] = text

    def _end_entry(self) -> Iterator[Part]:
        record, self._record = self._record, {}
        if not record:
            return
        if "raw_date" not in record or "amount" not in record:
            again = record.get("amount_again")
            if again and "amount" not in record:
                record["amount"] = again
            elif self._type not in INVESTMENT_TYPES:
                lacks = "amount" if "raw_date" in record else "date"
                self._log.error("incomplete", f"an entry without {lacks}; add it", self._where)
        record.pop("amount_again", None)
        yield from self._opened()
        yield Part("item", record, self._log.take())

    def _account_line(self, letter: str, text: str) -> None:
        if text:
            self._record[ACCOUNT_FIELDS.get(letter, f"other_{letter}")] = text

    def _end_account(self) -> Iterable[Part]:
        self._keep_account()
        self._account, self._record = self._record, {}
        return ()

    def _keep_account(self) -> None:
        """An account that no section follows goes to the lists."""
        if self._account:
            self._lists.setdefault("accounts", []).append(self._account)
            self._account = {}

    def _list_line(self, letter: str, text: str) -> None:
        fields = LISTS[self._type or "cat"][1]
        if letter in fields:
            self._record[fields[letter]] = text or "yes"
        else:
            self._record.setdefault("other", []).append(letter + text)

    def _end_list(self) -> Iterable[Part]:
        record, self._record = self._record, {}
        if record:
            self._lists.setdefault(LISTS[self._type or "cat"][0], []).append(record)
        return ()
