"""One entry: a record 6 and its addenda, read into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors._codecs.fixed_records import Layout
from connectors._codecs.limits import Tree
from connectors._codecs.nacha.addenda import KNOWN_TYPES, addenda_layout
from connectors._codecs.nacha.layouts import ADV_ENTRY, ENTRIES, IAT_ENTRY, PLAIN_ENTRY
from connectors._codecs.nacha.rules import CLASS_RULES, DIRECTIONS, ONLY, ClassRule, Direction
from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.short_dates import year_first

_SOUND = re.compile(r"6\d{11}.{17}\d{10}.{39}[01]\d{15}", re.ASCII | re.DOTALL)
_SOUND_ADVICE = re.compile(r"6\d{11}.{15}\d{12}.{39}[01]\d{15}", re.ASCII | re.DOTALL)
_DIGITS = {"code": 2, "rdfi": 9, "raw_amount": 10, "addenda_indicator": 1, "trace": 15}
_ADVICE_DIGITS = {"code": 2, "rdfi": 9, "raw_amount": 12, "addenda_indicator": 1}
_NO_RULE = ClassRule()
_DATES = ("date_of_death", "original_return_date")


def dollars(cents: str) -> str:
    """`0000012345` as `123.45`."""
    return f"{cents[:-2].lstrip('0') or '0'}.{cents[-2:]}"


@dataclass(slots=True)
class EntryClass:
    """How the entries of one batch are laid out and what they have to keep to."""

    sec: str
    layout: Layout
    rule: ClassRule
    only: Direction | None
    advice: bool
    sound: re.Pattern[str]


def entry_class(sec: str, international: bool, service_class: str, reversal: bool) -> EntryClass:
    """The class of a batch; `international` also for changes (COR) to IAT entries."""
    advice = sec == "ADV"
    rule = CLASS_RULES.get(sec, _NO_RULE)
    # A reversal goes the other way than its class allows.
    rule = ClassRule(rule.addenda, without_money=rule.without_money) if reversal else rule
    return EntryClass(
        "IAT" if international else sec,
        IAT_ENTRY if international else ENTRIES.get(sec, PLAIN_ENTRY),
        rule,
        ONLY.get(service_class),
        advice,
        _SOUND_ADVICE if advice else _SOUND,
    )


@dataclass(slots=True)
class Entry:
    """An entry while its addenda are read."""

    tree: dict[str, Tree]
    record: int
    cents: int = 0
    direction: Direction | None = None
    kinds: list[str] = field(default_factory=list)


def read_entry(record: str, number: int, kind: EntryClass, log: NoticeLog) -> Entry:
    """Record 6; a field that should be digits and is not is told to `log`."""
    tree: dict[str, Tree] = kind.layout.read(record)
    entry = Entry(tree, number, direction=DIRECTIONS.get(record[1:3]))
    if kind.sound.fullmatch(record) is None:
        _tell_unsound(tree, number, kind, log)
    raw = tree.get("raw_amount", "")
    if raw.isdecimal() and raw.isascii():
        tree["amount"] = dollars(raw)
        entry.cents = int(raw)
    if entry.direction:
        tree["direction"] = entry.direction
    return entry


def add_addenda(entry: Entry, record: str, number: int, kind: EntryClass, log: NoticeLog) -> None:
    """Record 7, hung under its entry."""
    type_code = record[1:3]
    if type_code not in KNOWN_TYPES:
        fits = "02, 05, 10 to 18, 98 and 99 exist"
        log.error("unknown_addenda", f"addenda type '{type_code}'; {fits}", f"record {number}")
    addenda = addenda_layout(type_code, record[3:6], kind.sec).read(record)
    for name in _DATES:
        if name in addenda:
            set_date(addenda, name, number, log)
    if "raw_original_amount" in addenda and addenda["raw_original_amount"].isdecimal():
        addenda["original_amount"] = dollars(addenda["raw_original_amount"])
    entry.kinds.append(type_code)
    entry.tree.setdefault("addenda", []).append(addenda)


def set_date(tree: dict[str, str], name: str, number: int, log: NoticeLog) -> None:
    """Turn YYMMDD into ISO; blanks and zeros go, and so does what is no date, with a notice."""
    raw = tree.pop(name, "")
    if not raw.strip("0"):
        return
    date = year_first(raw)
    if date:
        tree[name] = date
    else:
        log.warning("bad_date", f"{name} '{raw}'; use YYMMDD", f"record {number}")


def _tell_unsound(tree: dict[str, Tree], number: int, kind: EntryClass, log: NoticeLog) -> None:
    digits = _ADVICE_DIGITS if kind.layout is ADV_ENTRY else _DIGITS
    for name, width in digits.items():
        text = tree.get(name, "")
        if len(text) != width or not text.isdecimal() or not text.isascii():
            found = f"{name} is '{text}'; use {width} digits"
            log.error("not_numeric", found, f"record {number}")
    indicator = tree.get("addenda_indicator", "")
    if indicator.isdecimal() and indicator not in ("0", "1"):
        log.error("bad_indicator", f"addenda indicator {indicator}; use 0 or 1", f"record {number}")
