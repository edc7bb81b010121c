"""What can be wrong with a whole entry: its codes, and its addenda against its class."""

from __future__ import annotations

from connectors._codecs.nacha.addenda import (
    CHANGE_CODES,
    CONTESTED_CODES,
    DISHONORED_CODES,
    RETURN_CODES,
)
from connectors._codecs.nacha.entry import Entry, EntryClass
from connectors._codecs.nacha.rules import RETURN_TRANSACTIONS, ZERO_CODES, check_digit_fits
from connectors._codecs.notice_log import NoticeLog

_SPECIAL = frozenset({"98", "99"})
_SEQUENCED = frozenset({"05", "17", "18"})
_AGAIN = DISHONORED_CODES | CONTESTED_CODES


def check_entry(entry: Entry, kind: EntryClass, log: NoticeLog) -> None:
    """Tell `log` everything that Nacha does not allow in this entry."""
    where = f"record {entry.record}"
    _check_codes(entry, kind, log, where)
    _check_addenda_indicator(entry, log, where)
    if _SPECIAL.isdisjoint(entry.kinds):
        _check_class(entry, kind, log, where)
    else:
        _check_special(entry, kind, log, where)
    if entry.kinds:
        _check_sequences(entry, kind, log, where)


def _check_codes(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    code = entry.tree.get("code", "")
    if entry.direction is None:
        found = f"transaction code '{code}'; Nacha has no such code"
        log.break_("unknown_code", found, entry.record)
    elif (code[0] == "8") is not kind.advice:
        fits = "81 to 88 go with class ADV, and nothing else does"
        log.error("code_and_class", f"transaction code {code} in class {kind.sec}; {fits}", where)
    elif kind.only and entry.direction != kind.only:
        # The totals of the batch control tell whether code or class is right.
        found = f"a {entry.direction} in a batch of {kind.only}s only"
        log.warning("code_and_service", f"{found}; use service class 200", where)
    elif code in ZERO_CODES and entry.cents:
        log.error("amount_in_prenote", f"code {code} with an amount; it has to be zero", where)
    routing = entry.tree.get("rdfi", "")
    if len(routing) == 9 and routing.isascii() and routing.isdecimal():
        if not check_digit_fits(routing):
            log.error("check_digit", f"routing number {routing}; its last digit is wrong", where)


def _check_addenda_indicator(entry: Entry, log: NoticeLog, where: str) -> None:
    indicator = entry.tree.get("addenda_indicator")
    if indicator == "1" and not entry.kinds:
        log.error("addenda_missing", "the entry says it has addenda; none follows", where)
    elif indicator == "0" and entry.kinds:
        found = f"{len(entry.kinds)} addenda after an entry that says it has none"
        log.error("addenda_unannounced", f"{found}; set its indicator to 1", where)


def _check_class(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    """A forward entry: the limits of its standard entry class."""
    rule = kind.rule
    if rule.addenda or entry.kinds:
        _check_addenda_types(entry, kind, log, where)
    if rule.only and entry.direction and entry.direction != rule.only:
        log.error("wrong_direction", f"a {entry.direction}; {kind.sec} is for {rule.only}s", where)
    if rule.without_money and entry.cents:
        log.error("amount_in_class", f"an amount in class {kind.sec}; it has to be zero", where)
    if rule.most_cents is not None and entry.cents > rule.most_cents:
        most = rule.most_cents // 100
        log.warning("amount_limit", f"amount over {most} dollars; too much for {kind.sec}", where)


def _check_addenda_types(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    kinds = entry.kinds
    for type_code in dict.fromkeys(kinds):
        if type_code not in kind.rule.addenda:
            found = f"addenda type {type_code} in class {kind.sec or 'unknown'}"
            log.error("addenda_type", f"{found}; the class does not have it", where)
    for type_code, (fewest, most) in kind.rule.addenda.items():
        count = kinds.count(type_code)
        if not fewest <= count <= most:
            bounds = str(most) if fewest == most else f"{fewest} to {most}"
            found = f"{count} addenda of type {type_code}"
            log.error("addenda_count", f"{found}; {kind.sec} has {bounds}", where)
    if kinds != sorted(kinds):
        found = "addenda types " + ", ".join(kinds[:8])
        log.error("addenda_order", f"{found}; put them in ascending order", where)
    _check_stated_count(entry, kind, log, where)


def _check_stated_count(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    stated = entry.tree.get("addenda_count", "")
    if not stated or (stated.isdecimal() and int(stated) == len(entry.kinds)):
        return
    found = f"the entry says '{stated}' addenda, {len(entry.kinds)} follow"
    if kind.sec == "IAT":  # many count only the seven that have to be there
        log.warning("stated_addenda", f"{found}; state all of them", where)
    else:
        log.error("stated_addenda", f"{found}; state how many there are", where)


def _check_special(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    """A return or a notification of change."""
    addenda = next(a for a in entry.tree["addenda"] if a.get("type") in _SPECIAL)
    reason = addenda.get("code", "")
    if addenda["type"] == "98":
        if reason not in CHANGE_CODES:
            log.error("unknown_change", f"change code '{reason}'; C01 to C14 exist", where)
        if "corrected_data" not in addenda:
            log.error("no_correction", "a change without corrected data; give it", where)
        if entry.cents:
            log.error("amount_in_class", "an amount in a change; it has to be zero", where)
    elif reason not in RETURN_CODES:
        _tell_unknown_return(entry, reason, log, where)
    if reason in _AGAIN and "return_trace" not in addenda:
        log.error("no_return_trace", f"{reason} names no return; give its trace number", where)


def _tell_unknown_return(entry: Entry, reason: str, log: NoticeLog, where: str) -> None:
    """Banks agree on reasons of their own; without another sign of a return it is unreadable."""
    found = f"return reason '{reason}'"
    if entry.tree.get("code") in RETURN_TRANSACTIONS:
        log.warning("unknown_return", f"{found}; it is not one of Nacha's", where)
    else:
        fits = "neither it nor the transaction code is one of a return"
        log.error("unknown_return", f"{found}; {fits}", where)


def _check_sequences(entry: Entry, kind: EntryClass, log: NoticeLog, where: str) -> None:
    tail = entry.tree.get("trace", "")[-7:]
    expected: dict[str, int] = {}
    for addenda in entry.tree["addenda"]:
        type_code = addenda.get("type", "")
        if addenda.get("entry_sequence", tail) != tail:
            found = f"addenda of entry {addenda['entry_sequence']} under entry {tail}"
            log.error("addenda_of_other", f"{found}; put it after its own entry", where)
        if type_code in _SEQUENCED:
            expected[type_code] = expected.get(type_code, 0) + 1
            stated = addenda.get("sequence", "")
            if not stated.isdecimal() or int(stated) != expected[type_code]:
                found = f"addenda sequence '{stated}' where {expected[type_code]} is due"
                log.warning("addenda_sequence", f"{found}; count from 1", where)
