"""Records of an ACH file to parts of a statement-like stream, with every control checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors._codecs.limits import Limits, Part, Tree
from connectors._codecs.nacha.entry import (
    Entry,
    EntryClass,
    add_addenda,
    entry_class,
    read_entry,
)
from connectors._codecs.nacha.entry_checks import check_entry
from connectors._codecs.nacha.headers import read_batch_header, read_file_header
from connectors._codecs.nacha.layouts import (
    ADV_BATCH_CONTROL,
    ADV_FILE_CONTROL,
    BATCH_CONTROL,
    FILE_CONTROL,
    PADDING,
)
from connectors._codecs.nacha.totals import (
    Totals,
    check_file_counts,
    check_totals,
    tidy_control,
)
from connectors._codecs.notice_log import NoticeLog
from connectors.errors import CodecError

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_Handler = Callable[[str], Iterable[Part]]


@dataclass(slots=True)
class _Batch:
    header: dict[str, str]
    kind: EntryClass
    totals: Totals = field(default_factory=Totals)
    last_trace: str = ""


@dataclass(slots=True)
class _File:
    header: dict[str, str]
    first_record: int
    totals: Totals = field(default_factory=Totals)
    batches: int = 0
    advices: bool = False
    last_batch: str = ""


class Reader:
    """Reads one input; `parts` may be walked once."""

    def __init__(self, records: Iterable[str], limits: Limits) -> None:
        self._records = records
        self._limits = limits
        self._log = NoticeLog()
        self._number = 0
        self._file: _File | None = None
        self._batch: _Batch | None = None
        self._entry: Entry | None = None
        self._closing: dict[str, Tree] | None = None
        self._control: tuple[dict[str, str], int] | None = None
        self._padding = 0
        self._handlers: dict[str, _Handler] = {
            "1": self._file_header,
            "5": self._batch_header,
            "6": self._entry_detail,
            "7": self._addenda,
            "8": self._batch_control,
            "9": self._file_control,
        }

    def parts(self) -> Iterator[Part]:
        """Open, items and close of each batch in turn."""
        handlers, most = self._handlers, self._limits.max_items
        for record in self._records:
            self._number += 1
            if self._number > most:
                raise CodecError("too_large", f"over {most} records; split the file")
            if self._number == 1 and record[0] not in "15":
                self._refuse(record)
            if record == PADDING:
                self._padding += 1
                continue
            if not (record.isprintable() and record.isascii()):
                self._check_characters(record)
            handler = handlers.get(record[0])
            if handler:
                yield from handler(record)
            else:
                found = f"record type '{record[0]}'"
                self._break("unknown_record", f"{found}; 1, 5, 6, 7, 8 and 9 exist")
        if self._number == 0:
            raise CodecError("empty_input", "no records; send a file that starts with record 1")
        yield from self._end_file()

    def _refuse(self, record: str) -> None:
        found = f"the first record starts with '{record[0]}'"
        raise CodecError("not_nacha", f"{found}; an ACH file starts with 1", record=1)

    def _check_characters(self, record: str) -> None:
        where = f"record {self._number}"
        control = _CONTROL_CHARACTER.search(record)
        if control:
            found = f"control character {ord(control[0]):#04x} in column {control.start() + 1}"
            self._log.error("control_character", f"{found}; use printable characters", where)
        elif not record.isascii():
            self._log.warning("not_ascii", "letters outside ASCII; banks may refuse them", where)

    def _file_header(self, record: str) -> Iterator[Part]:
        if self._file is not None:
            yield from self._end_file()
        self._padding = 0
        self._file = _File(read_file_header(record, self._number, self._log), self._number)

    def _batch_header(self, record: str) -> Iterator[Part]:
        if self._batch is not None:
            self._break("no_batch_control", "a batch header inside a batch; end the batch first")
            yield from self._end_batch()
        header, kind = read_batch_header(record, self._number, self._log)
        yield from self._open(header, kind)

    def _open(self, header: dict[str, str], kind: EntryClass) -> Iterator[Part]:
        yield from self._flush()
        file = self._opened_file()
        file.batches += 1
        file.advices = file.advices or kind.advice
        number = header.get("batch_number", "")
        if number.strip("0") and number <= file.last_batch:
            found = f"batch {number} after batch {file.last_batch}"
            where = f"record {self._number}"
            self._log.error("batch_sequence", f"{found}; number them upwards", where)
        file.last_batch = number
        self._batch = _Batch(header, kind)
        tree: dict[str, Tree] = {"file_header": file.header, "header": header}
        yield Part("open", tree, self._log.take())

    def _opened_file(self) -> _File:
        if self._file is None:
            self._break("no_file_header", "no file header before this; start the file with 1")
            self._file = _File({}, self._number)
        return self._file

    def _entry_detail(self, record: str) -> Iterator[Part]:
        yield from self._end_entry()
        batch = self._batch
        if batch is None:
            self._break("no_batch_header", "an entry outside a batch; put record 5 before it")
            yield from self._open({}, entry_class("", False, "", False))
            batch = self._opened_batch()
        self._entry = entry = read_entry(record, self._number, batch.kind, self._log)
        self._check_trace(entry, batch)
        totals = batch.totals
        totals.entries += 1
        routing = record[3:11]
        if routing.isascii() and routing.isdecimal():
            totals.hash += int(routing)
        if entry.direction == "debit":
            totals.debit += entry.cents
        elif entry.direction == "credit":
            totals.credit += entry.cents

    def _opened_batch(self) -> _Batch:
        if self._batch is None:
            raise CodecError("bad_structure", "an entry outside a batch", record=self._number)
        return self._batch

    def _check_trace(self, entry: Entry, batch: _Batch) -> None:
        trace: str = entry.tree.get("trace", "")
        if trace.strip("0") and trace <= batch.last_trace:
            where = f"record {self._number}"
            found = "a trace number not above the one before it"
            self._log.error("trace_sequence", f"{found}; number entries upwards", where)
        batch.last_trace = trace

    def _addenda(self, record: str) -> Iterable[Part]:
        if self._batch is not None:
            self._batch.totals.entries += 1
        if self._entry is None or self._batch is None:
            self._break("no_entry", "an addenda that follows no entry; put record 6 before it")
        else:
            add_addenda(self._entry, record, self._number, self._batch.kind, self._log)
        return ()

    def _end_entry(self) -> Iterable[Part]:
        entry, batch = self._entry, self._batch
        if entry is None or batch is None:
            return ()
        self._entry = None
        check_entry(entry, batch.kind, self._log)
        return (Part("item", entry.tree, self._log.take()),)

    def _batch_control(self, record: str) -> Iterable[Part]:
        batch = self._batch
        if batch is None:
            self._break("no_batch_header", "a batch control outside a batch; check the order")
            return ()
        parts = self._end_entry()
        control = (ADV_BATCH_CONTROL if batch.kind.advice else BATCH_CONTROL).read(record)
        where = f"record {self._number}"
        check_totals(batch.totals, control, self._log, where)
        _check_same(batch.header, control, self._log, where)
        self._leave_batch(batch, {"control": tidy_control(control)})
        return parts

    def _leave_batch(self, batch: _Batch, tree: dict[str, Tree]) -> None:
        self._opened_file().totals.add(batch.totals)
        self._batch = None
        self._closing = tree

    def _end_batch(self) -> Iterator[Part]:
        """End a batch that has no control record."""
        yield from self._end_entry()
        if self._batch is not None:
            self._leave_batch(self._batch, {})

    def _file_control(self, record: str) -> Iterator[Part]:
        if self._batch is not None:
            self._break("no_batch_control", "a file control inside a batch; end the batch first")
            yield from self._end_batch()
        file = self._opened_file()
        if self._control is not None:
            self._break("second_control", "a second file control; keep one")
            return
        layout = ADV_FILE_CONTROL if file.advices else FILE_CONTROL
        self._control = (layout.read(record), self._number)

    def _flush(self) -> Iterable[Part]:
        """Hand out the close that waited for a file control that might follow."""
        tree, self._closing = self._closing, None
        if tree is None:
            return ()
        return (Part("close", tree, self._log.take()),)

    def _end_file(self) -> Iterator[Part]:
        if self._batch is not None:
            self._break("no_batch_control", "the file ends inside a batch; get the whole file")
            yield from self._end_batch()
        file = self._file
        if file is None:
            return
        if self._closing is None:
            yield Part("open", {"file_header": file.header}, self._log.take())
            self._closing = {}
        self._closing |= self._checked_control(file)
        yield from self._flush()
        self._file = self._control = None

    def _checked_control(self, file: _File) -> dict[str, Tree]:
        if self._control is None:
            self._break("no_file_control", "no file control at the end; get the whole file")
            return {}
        control, at = self._control
        check_totals(file.totals, control, self._log, f"record {at}")
        records = at - file.first_record + 1
        check_file_counts(control, file.batches, records, self._padding, self._log, f"record {at}")
        return {"file_control": tidy_control(control)}

    def _break(self, code: str, message: str) -> None:
        self._log.break_(code, message, self._number)


def _check_same(
    header: dict[str, str], control: dict[str, str], log: NoticeLog, where: str
) -> None:
    """What a batch control repeats from its header (Nacha, appendix three)."""
    for name in ("service_class", "odfi", "batch_number"):
        if header.get(name) != control.get(name):
            found = f"{name.replace('_', ' ')} differs from the batch header"
            log.error("control_mismatch", f"{found}; records may be missing or altered", where)
    stated = control.get("company_id", "").lstrip("0")
    if stated and stated != header.get("company_id", "").lstrip("0"):
        found = "company id differs from the batch header"
        log.warning("control_mismatch", f"{found}; repeat the header's", where)
