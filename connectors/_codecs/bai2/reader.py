"""From records to parts: files, groups and accounts, and whether their control records agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connectors._codecs.bai2 import fields as fields
from connectors._codecs.bai2.records import Record
from connectors._codecs.limits import Part, Tree
from connectors._codecs.notice_log import NoticeLog

_FILE = ("sender", "receiver", "file_date", "file_time", "file_id", "record_length", "block_size")
_GROUP = ("receiver", "originator", "status", "as_of_date", "as_of_time", "currency")
_HEADERS = frozenset(("01", "02", "03"))
_DEFAULT_CURRENCY = "USD"  # the standard's, when neither group nor account names one


class _Level:
    """What the control record of a file, group or account has to state."""

    def __init__(self, lines: int = 0, records: int = 0) -> None:
        self.total = 0
        self.children = 0
        self.lines_before = lines
        self.records_before = records
        self.exact = True  # an amount that is no number makes the total uncheckable
        self.open = False


class Reader:
    """Takes records and fills `parts`; a "close" comes only after the trailers that follow."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.log = NoticeLog()
        self._file: dict[str, Tree] = {}
        self._group: dict[str, Tree] = {}
        self._levels = {"99": _Level(), "98": _Level(), "49": _Level()}
        self._exponent = 2
        self._trailer: dict[str, Tree] | None = None
        self._line = 0
        self._lines = 0
        self._records = 0
        self._seen_end = False
        self.started = False

    def take(self, records: Iterable[Record]) -> None:
        """Reads past whatever stands in the wrong place, with a notice."""
        for record in records:
            self._line = record.line
            self._lines += record.lines
            self._records += 1
            handler = _HANDLERS.get(record.code)
            if record.stray:
                self._warn("stray_line", "a line without record code was taken as continuation")
            if handler:
                self.started = self.started or record.code in _HEADERS
                handler(self, record)

    def finish(self) -> None:
        """The input is over."""
        self._end_account()
        self._end_group()
        if not self._seen_end:
            self._error("truncated", "no record 99 ends the file; ask for the whole file")
        self._close_account()

    def _error(self, code: str, message: str) -> None:
        self.log.error(code, message, f"line {self._line}")

    def _warn(self, code: str, message: str) -> None:
        self.log.warning(code, message, f"line {self._line}")

    def _file_header(self, record: Record) -> None:
        self._end_account()
        self._end_group()
        if self._levels["99"].open:
            self._error("missing_trailer", "a file without record 99; ask for the whole file")
        self._close_account()
        values = _named(_FILE, record.fields[1:])
        tree = {key: value for key, value in values.items() if not key.startswith("file_")}
        fields.put_date(tree, "file_date", values.get("file_date", ""), self._warn)
        fields.put_time(tree, "file_time", values.get("file_time", ""), self._warn)
        if "file_id" in values:
            tree["file_id"] = values["file_id"]
        version = record.fields[8].strip() if len(record.fields) > 8 else ""
        if version:
            tree["version"] = version
        if version != "2":
            self._warn("bad_version", "record 01 does not say version 2; read as version 2")
        self._file = tree
        self._start("99", record)
        self._seen_end = False

    def _group_header(self, record: Record) -> None:
        self._end_account()
        self._end_group()
        self._close_account()
        if not self._levels["99"].open:
            self._error("no_file_header", "a group outside a file; record 01 is needed before it")
            self._start("99", record)
        names = (*_GROUP, "date_modifier")
        values = _named(names, record.fields[1:])
        tree = {key: value for key, value in values.items() if not key.startswith("as_of")}
        fields.put_date(tree, "as_of_date", values.get("as_of_date", ""), self._warn)
        fields.put_time(tree, "as_of_time", values.get("as_of_time", ""), self._warn)
        self._group = tree
        self._levels["99"].children += 1
        self._start("98", record)

    def _account(self, record: Record) -> None:
        self._end_account()
        self._close_account()
        if not self._levels["98"].open:
            self._error("no_group_header", "an account outside a group; record 02 is needed")
            self._group = {}
            self._start("98", record)
        self._levels["98"].children += 1
        self._start("49", record)
        own = record.fields[2].strip() if len(record.fields) > 2 else ""
        currency = own or self._group.get("currency", _DEFAULT_CURRENCY)
        self._exponent = fields.EXPONENTS.get(currency, 2)
        head: dict[str, Tree] = {"file": self._file, "group": self._group}
        if len(record.fields) > 1 and record.fields[1].strip():
            head["account"] = record.fields[1].strip()
        else:
            self._error("no_account", "record 03 names no account")
        head["currency"] = currency
        found = fields.summaries(record.fields[3:], self._exponent, self._warn)
        for summary in found:
            self._add(summary.get("raw_amount", ""))
        if found:
            head["summaries"] = found
        self._trailer = {}
        self.parts.append(Part("open", head))

    def _detail(self, record: Record) -> None:
        if not self._levels["49"].open:
            self._error("stray_record", "a record 16 outside an account was skipped")
            return
        entry = fields.detail(record.fields, record.more, self._exponent, self._warn)
        self._add(entry.get("raw_amount", ""))
        self.parts.append(Part("item", entry, self.log.take()))

    def _add(self, raw: str) -> None:
        units = fields.control_units(raw, self._exponent) if raw else 0
        level = self._levels["49"]
        if units is None:
            level.exact = False
            self._error("bad_amount", "an amount that is no number is in no total; correct it")
        else:
            level.total += units

    def _account_trailer(self, record: Record) -> None:
        if not self._levels["49"].open:
            self._error("stray_record", "a record 49 outside an account was skipped")
            return
        stated = _named(("control_total", "records"), record.fields[1:])
        if self._trailer is not None:
            self._trailer["trailer"] = stated
        self._check("49", stated)
        self._finish("49", "98")

    def _group_trailer(self, record: Record) -> None:
        self._end_account()
        if not self._levels["98"].open:
            self._error("stray_record", "a record 98 outside a group was skipped")
            return
        self._check("98", _named(("control_total", "children", "records"), record.fields[1:]))
        self._finish("98", "99")

    def _file_trailer(self, record: Record) -> None:
        self._end_account()
        self._end_group()
        self._check("99", _named(("control_total", "children", "records"), record.fields[1:]))
        self._levels["99"].open = False
        self._seen_end = True

    def _start(self, code: str, record: Record) -> None:
        level = _Level(self._lines - record.lines, self._records - 1)
        level.open = True
        self._levels[code] = level

    def _finish(self, code: str, parent: str) -> None:
        done = self._levels[code]
        done.open = False
        self._levels[parent].total += done.total
        self._levels[parent].exact &= done.exact

    def _check(self, code: str, stated: dict[str, str]) -> None:
        level = self._levels[code]
        # The standard counts lines with their continuations; some banks leave those out.
        counts = (self._lines - level.lines_before, self._records - level.records_before)
        found: dict[str, tuple[int, ...]] = {"children": (level.children,), "records": counts}
        if level.exact:
            found["control_total"] = (level.total,)
        for key, numbers in found.items():
            text = stated.get(key, "")
            if text and fields.control_units(text, self._exponent) not in numbers:
                self._error(
                    _MISMATCHES[key],
                    f"record {code} says {text[:20]}, the records before it make {numbers[0]};"
                    " ask for the whole file",
                )

    def _end_account(self) -> None:
        if self._levels["49"].open:
            self._error("missing_trailer", "an account without record 49; ask for the whole file")
            self._finish("49", "98")

    def _end_group(self) -> None:
        if self._levels["98"].open:
            self._error("missing_trailer", "a group without record 98; ask for the whole file")
            self._finish("98", "99")

    def _close_account(self) -> None:
        if self._trailer is not None:
            self.parts.append(Part("close", self._trailer, self.log.take()))
            self._trailer = None


def _named(names: tuple[str, ...], values: list[str]) -> dict[str, str]:
    return {
        name: text for name, value in zip(names, values, strict=False) if (text := value.strip())
    }


_MISMATCHES = {
    "control_total": "control_total_mismatch",
    "children": "count_mismatch",
    "records": "record_count_mismatch",
}
_HANDLERS: dict[str, Callable[[Reader, Record], None]] = {
    "01": Reader._file_header,
    "02": Reader._group_header,
    "03": Reader._account,
    "16": Reader._detail,
    "49": Reader._account_trailer,
    "98": Reader._group_trailer,
    "99": Reader._file_trailer,
}
