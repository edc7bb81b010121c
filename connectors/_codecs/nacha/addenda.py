"""Addenda records: which layout one has, and the fields of each (Nacha, appendix three)."""

from __future__ import annotations

from connectors._codecs.fixed_records import Layout
from connectors._codecs.nacha.layouts import WIDTH

_Field = tuple[str, int, int]


def _layout(*fields: _Field) -> Layout:
    return Layout(WIDTH, ("type", 2, 3), *fields)


_SEQUENCES: tuple[_Field, ...] = (("sequence", 84, 87), ("entry_sequence", 88, 94))
_ENTRY_SEQUENCE: _Field = ("entry_sequence", 88, 94)
_TRACE: _Field = ("trace", 80, 94)
_TERMINAL: tuple[_Field, ...] = (
    ("terminal_location", 36, 62),
    ("terminal_city", 63, 77),
    ("terminal_state", 78, 79),
    _TRACE,
)


def _bank(role: str) -> tuple[_Field, ...]:
    return (
        (f"{role}_name", 4, 38),
        (f"{role}_id_qualifier", 39, 40),
        (f"{role}_id", 41, 74),
        (f"{role}_country", 75, 77),
    )


_CARD_PAYMENT = _layout(
    ("reference_1", 4, 10),
    ("reference_2", 11, 13),
    ("terminal_id", 14, 19),
    ("transaction_serial", 20, 25),
    ("transaction_date", 26, 29),
    ("authorization_code", 30, 35),
    *_TERMINAL,
)
_CASH_MACHINE = _layout(
    ("transaction_description", 4, 10),
    ("network_id", 11, 13),
    ("terminal_id", 14, 19),
    ("transaction_serial", 20, 25),
    ("transaction_date", 26, 29),
    ("transaction_time", 30, 35),
    *_TERMINAL,
)
_BY_TYPE = {
    "05": _layout(("text", 4, 83), *_SEQUENCES),
    "10": _layout(
        ("transaction_type", 4, 6),
        ("raw_foreign_amount", 7, 24),
        ("foreign_trace", 25, 46),
        ("name", 47, 81),
        _ENTRY_SEQUENCE,
    ),
    "11": _layout(("name", 4, 38), ("street", 39, 73), _ENTRY_SEQUENCE),
    "12": _layout(("city_state", 4, 38), ("country_postal_code", 39, 73), _ENTRY_SEQUENCE),
    "13": _layout(*_bank("odfi"), _ENTRY_SEQUENCE),
    "14": _layout(*_bank("rdfi"), _ENTRY_SEQUENCE),
    "15": _layout(("receiver_id", 4, 18), ("street", 19, 53), _ENTRY_SEQUENCE),
    "16": _layout(("city_state", 4, 38), ("country_postal_code", 39, 73), _ENTRY_SEQUENCE),
    "17": _layout(("text", 4, 83), *_SEQUENCES),
    "18": _layout(*_bank("correspondent"), *_SEQUENCES),
}

_ORIGINAL: tuple[_Field, ...] = (("original_trace", 7, 21), ("original_rdfi", 28, 35))
_CHANGE = _layout(("code", 4, 6), *_ORIGINAL, ("corrected_data", 36, 64), _TRACE)
_IAT_CHANGE = _layout(("code", 4, 6), *_ORIGINAL, ("corrected_data", 36, 70), _TRACE)
_REFUSED_CHANGE = _layout(
    ("code", 4, 6),
    *_ORIGINAL,
    ("corrected_data", 36, 64),
    ("refused_code", 65, 67),
    ("refused_trace_sequence", 68, 74),
    _TRACE,
)
_RETURN_START: tuple[_Field, ...] = (
    ("code", 4, 6),
    ("original_trace", 7, 21),
    ("date_of_death", 22, 27),
    ("original_rdfi", 28, 35),
)
_RETURN = _layout(*_RETURN_START, ("text", 36, 79), _TRACE)
_IAT_RETURN = _layout(*_RETURN_START, ("raw_original_amount", 36, 45), ("text", 46, 79), _TRACE)
_DISHONORED = _layout(
    ("code", 4, 6),
    *_ORIGINAL,
    ("return_trace", 39, 53),
    ("return_settlement_day", 54, 56),
    ("return_code", 57, 58),
    ("text", 59, 79),
    _TRACE,
)
_CONTESTED = _layout(
    ("code", 4, 6),
    ("original_trace", 7, 21),
    ("original_return_date", 22, 27),
    ("original_rdfi", 28, 35),
    ("original_settlement_day", 36, 38),
    ("return_trace", 39, 53),
    ("return_settlement_day", 54, 56),
    ("return_code", 57, 58),
    ("dishonored_trace", 59, 73),
    ("dishonored_settlement_day", 74, 76),
    ("dishonored_code", 77, 78),
    _TRACE,
)
_UNKNOWN = _layout(("text", 4, 94))

KNOWN_TYPES = frozenset(_BY_TYPE) | {"02", "98", "99"}


def addenda_layout(kind: str, code: str, sec: str) -> Layout:
    """The layout of an addenda of type `kind`, with `code` in columns 4 to 6 if it has one."""
    if kind == "99":
        return _return_layout(code, sec)
    if kind == "98":
        if code in REFUSED_CHANGE_CODES:
            return _REFUSED_CHANGE
        return _IAT_CHANGE if sec == "IAT" else _CHANGE
    if kind == "02":
        return _CASH_MACHINE if sec == "MTE" else _CARD_PAYMENT
    return _BY_TYPE.get(kind, _UNKNOWN)


def _return_layout(code: str, sec: str) -> Layout:
    if code in DISHONORED_CODES:
        return _DISHONORED
    if code in CONTESTED_CODES:
        return _CONTESTED
    return _IAT_RETURN if sec == "IAT" else _RETURN


def _codes(letter: str, *ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(f"{letter}{n:02d}" for first, last in ranges for n in range(first, last + 1))


# Nacha, appendix four: the reason codes of returns, part 4.2, and of changes, part 5.3.
DISHONORED_CODES = _codes("R", (61, 62), (67, 70))
CONTESTED_CODES = _codes("R", (71, 77))
RETURN_CODES = _codes("R", (1, 47), (50, 53), (80, 85)) | DISHONORED_CODES | CONTESTED_CODES
REFUSED_CHANGE_CODES = _codes("C", (61, 69))
CHANGE_CODES = _codes("C", (1, 14)) | REFUSED_CHANGE_CODES
