"""Totals of a batch and of a file, counted while reading and held against the control records."""

from __future__ import annotations

from dataclasses import dataclass

from connectors._codecs.limits import Tree
from connectors._codecs.nacha.layouts import BLOCKING
from connectors._codecs.notice_log import NoticeLog

_HASH = 10_000_000_000
_CHECKED = ("entry_addenda_count", "entry_hash", "total_debit", "total_credit")
_AMOUNTS = ("total_debit", "total_credit")
_COUNTS = ("entry_addenda_count", "batch_count", "block_count", "entry_hash")


@dataclass(slots=True)
class Totals:
    """What a control record states."""

    entries: int = 0
    hash: int = 0
    debit: int = 0
    credit: int = 0

    def add(self, other: Totals) -> None:
        """Count a whole batch into its file."""
        self.entries += other.entries
        self.hash += other.hash
        self.debit += other.debit
        self.credit += other.credit

    def as_fields(self) -> dict[str, str]:
        """The fields of a control record, not yet padded."""
        return {
            "entry_addenda_count": str(self.entries),
            "entry_hash": f"{self.hash % _HASH:010d}",
            "total_debit": str(self.debit),
            "total_credit": str(self.credit),
        }


def check_totals(totals: Totals, control: dict[str, str], log: NoticeLog, where: str) -> None:
    """Hold a control record, still with its amounts in cents, against what was read."""
    if _as_stated(control) == (totals.entries, totals.hash % _HASH, totals.debit, totals.credit):
        return
    for name, counted in totals.as_fields().items():
        _compare(name, int(counted), control.get(name, ""), log, where)


def _as_stated(control: dict[str, str]) -> tuple[int, ...] | None:
    try:
        return tuple(int(control[name]) for name in _CHECKED)
    except (KeyError, ValueError):
        return None


def check_file_counts(
    control: dict[str, str], batches: int, records: int, padding: int, log: NoticeLog, where: str
) -> None:
    """Batches and blocks of a file of so many records, its padding not counted."""
    _compare("batch_count", batches, control.get("batch_count", ""), log, where)
    stated = control.get("block_count", "")
    blocks = -(-records // BLOCKING)
    padded = -(-(records + padding) // BLOCKING)
    if not (stated.isdecimal() and int(stated) in (blocks, padded)):
        _compare("block_count", blocks, stated, log, where)


def tidy_control(control: dict[str, str]) -> dict[str, Tree]:
    """Counts without leading zeros, amounts in dollars."""
    for name in _COUNTS:
        if name in control:
            control[name] = control[name].lstrip("0") or "0"
    for name in _AMOUNTS:
        text = control.get(name, "")
        if text.isdecimal():
            control[name] = f"{text[:-2].lstrip('0') or '0'}.{text[-2:].zfill(2)}"
    return dict(control)


def _compare(name: str, counted: int, stated: str, log: NoticeLog, where: str) -> None:
    spoken = name.replace("_", " ")
    if not (stated.isascii() and stated.isdecimal()):
        log.error("not_numeric", f"{spoken} is '{stated}'; use digits", where)
    elif int(stated) != counted:
        found = f"{spoken} says {int(stated)}, the records give {counted}"
        log.error("control_mismatch", f"{found}; records may be missing or altered", where)
