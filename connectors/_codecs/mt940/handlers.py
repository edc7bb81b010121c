"""What each field does to a statement; the table at the end names all fields that are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from connectors._codecs.limits import Tree
from connectors._codecs.mt940 import fields as fields
from connectors._codecs.mt940.numbered import numbered_lines
from connectors._codecs.mt940.statement import Statement, take_text

Handler = Callable[[Statement, str, int], None]


def _text(key: str) -> Handler:
    def handle(statement: Statement, value: str, line: int) -> None:
        take_text(statement, key, value, line)

    return handle


def _identified_account(statement: Statement, value: str, line: int) -> None:
    """Field 25P: the account, and on a second line the identifier code of who keeps it."""
    account, _, code = value.partition("\n")
    if code.strip() and not statement.opened:
        statement.head.setdefault("account_bic", code.strip())
    take_text(statement, "account", account, line)


def _number(statement: Statement, value: str, line: int) -> None:
    """Field 28C: statement number, page."""
    number, _, sequence = value.partition("\n")[0].partition("/")
    if number.strip() and not statement.opened:
        statement.head.setdefault("number", number.strip())
        if sequence.strip():
            statement.head.setdefault("sequence", sequence.strip())


def _opening(kind: str, statement: Statement, value: str, line: int) -> None:
    tree = _balance(statement, kind, value, line)
    if tree and not statement.opened:
        statement.head["opening"] = tree


def _closing(kind: str, statement: Statement, value: str, line: int) -> None:
    statement.finish_entry()
    statement.closed = True
    tree = _balance(statement, kind, value, line)
    if tree:
        statement.trailer["closing"] = tree


def _available(statement: Statement, value: str, line: int) -> None:
    statement.finish_entry()
    tree = _balance(statement, "64", value, line)
    if tree:
        statement.trailer["available"] = tree


def _forward(statement: Statement, value: str, line: int) -> None:
    statement.finish_entry()
    tree = _balance(statement, "65", value, line)
    if tree:
        statement.trailer.setdefault("forward", []).append(tree)


def _balance(statement: Statement, kind: str, value: str, line: int) -> dict[str, Tree] | None:
    tree = fields.balance(kind, value)
    if tree is None:
        statement.error("bad_balance", f"field {kind} follows no known layout; correct it", line)
        return None
    if "currency" not in tree:
        statement.warn("no_currency", f"field {kind} names no currency", line)
    if "date_raw" in tree:
        statement.warn("bad_date", f"field {kind} has an impossible date", line)
    return tree


def _entry(statement: Statement, value: str, line: int) -> None:
    if statement.entry is not None:
        statement.finish_entry()
    first, _, rest = value.partition("\n")
    entry = fields.statement_line(first)
    if entry is None:
        entry = fields.loose_statement_line(first)
        statement.error("bad_statement_line", "field 61 follows no known layout; correct it", line)
    elif "value_date_raw" in entry or "entry_date_raw" in entry:
        statement.warn("bad_date", "field 61 has an impossible date", line)
    if rest and (rest := rest.strip()):
        inline = entry.get("supplementary")
        entry["supplementary"] = f"{inline}\n{rest}" if inline else rest
    if statement.closed:
        statement.warn("entry_after_close", "an entry behind the closing balance", line)
    statement.start_entry(entry)


def _information(statement: Statement, value: str, line: int) -> None:
    """Field 86 belongs to the entry before it, else to the statement."""
    text = value.strip("\n")
    if not text or text.isspace():
        return
    if statement.entry is not None:
        statement.details.append(text)
    else:
        statement.info.append(text.strip())


def _numbered(statement: Statement, value: str, line: int) -> None:
    """Field NS belongs to the entry before it, else to the head of the statement."""
    lines = numbered_lines(value)
    target = statement.head if statement.entry is None else statement.entry
    if lines and not (target is statement.head and statement.opened):
        target.setdefault("ns", {}).update(lines)


def _floor_limit(statement: Statement, value: str, line: int) -> None:
    tree = fields.floor_limit(value)
    if tree is None:
        statement.warn("bad_floor_limit", "field 34F follows no known layout; correct it", line)
    elif not statement.opened:
        statement.head.setdefault("floor_limits", []).append(tree)


def _report_time(statement: Statement, value: str, line: int) -> None:
    if not statement.opened:
        statement.head.setdefault("report_time", fields.report_time(value.partition("\n")[0]))


def _total(key: str, statement: Statement, value: str, line: int) -> None:
    statement.finish_entry()
    statement.closed = True
    tree = fields.entry_totals(value)
    if tree:
        statement.trailer[key] = tree
    else:
        statement.error("bad_total", "field 90 follows no known layout; correct it", line)


HANDLERS: dict[str, Handler] = {
    "20": _text("reference"),
    "21": _text("related"),
    "25": _text("account"),
    "25P": _identified_account,
    "28": _number,
    "28C": _number,
    "60": partial(_opening, "60F"),
    "60F": partial(_opening, "60F"),
    "60M": partial(_opening, "60M"),
    "61": _entry,
    "62": partial(_closing, "62F"),
    "62F": partial(_closing, "62F"),
    "62M": partial(_closing, "62M"),
    "64": _available,
    "65": _forward,
    "86": _information,
    "NS": _numbered,
    "34F": _floor_limit,
    "13": _report_time,
    "13D": _report_time,
    "90C": partial(_total, "credit_total"),
    "90D": partial(_total, "debit_total"),
}
HANDLERS |= {tag.lower(): handler for tag, handler in HANDLERS.items()}
