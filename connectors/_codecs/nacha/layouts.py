"""Field positions of every Nacha record (Nacha Operating Rules, appendix three)."""

from __future__ import annotations

from connectors._codecs.fixed_records import Layout

WIDTH = 94
BLOCKING = 10
PADDING = "9" * WIDTH

_Field = tuple[str, int, int]


def _layout(*fields: _Field) -> Layout:
    return Layout(WIDTH, *fields)


def _entry(*middle: _Field) -> Layout:
    """An entry detail record: the same ends, and what its entry class has in between."""
    return _layout(
        ("code", 2, 3),
        ("rdfi", 4, 12),
        ("account", 13, 29),
        ("raw_amount", 30, 39),
        *middle,
        ("addenda_indicator", 79, 79),
        ("trace", 80, 94),
    )


FILE_HEADER = _layout(
    ("priority", 2, 3),
    ("immediate_destination", 4, 13),
    ("immediate_origin", 14, 23),
    ("created_date", 24, 29),
    ("created_time", 30, 33),
    ("file_id", 34, 34),
    ("record_size", 35, 37),
    ("blocking_factor", 38, 39),
    ("format_code", 40, 40),
    ("immediate_destination_name", 41, 63),
    ("immediate_origin_name", 64, 86),
    ("reference", 87, 94),
)

_HEADER_END: tuple[_Field, ...] = (
    ("effective_date", 70, 75),
    ("settlement_day", 76, 78),
    ("originator_status", 79, 79),
    ("odfi", 80, 87),
    ("batch_number", 88, 94),
)
BATCH_HEADER = _layout(
    ("service_class", 2, 4),
    ("company_name", 5, 20),
    ("company_discretionary", 21, 40),
    ("company_id", 41, 50),
    ("sec", 51, 53),
    ("entry_description", 54, 63),
    ("descriptive_date", 64, 69),
    *_HEADER_END,
)
IAT_HEADER = _layout(
    ("service_class", 2, 4),
    ("iat_indicator", 5, 20),
    ("fx_indicator", 21, 22),
    ("fx_reference_indicator", 23, 23),
    ("fx_reference", 24, 38),
    ("destination_country", 39, 40),
    ("company_id", 41, 50),
    ("sec", 51, 53),
    ("entry_description", 54, 63),
    ("originating_currency", 64, 66),
    ("destination_currency", 67, 69),
    *_HEADER_END,
)

BATCH_CONTROL = _layout(
    ("service_class", 2, 4),
    ("entry_addenda_count", 5, 10),
    ("entry_hash", 11, 20),
    ("total_debit", 21, 32),
    ("total_credit", 33, 44),
    ("company_id", 45, 54),
    ("mac", 55, 73),
    ("odfi", 80, 87),
    ("batch_number", 88, 94),
)
ADV_BATCH_CONTROL = _layout(
    ("service_class", 2, 4),
    ("entry_addenda_count", 5, 10),
    ("entry_hash", 11, 20),
    ("total_debit", 21, 40),
    ("total_credit", 41, 60),
    ("ach_operator_data", 61, 79),
    ("odfi", 80, 87),
    ("batch_number", 88, 94),
)
_FILE_CONTROL_START: tuple[_Field, ...] = (
    ("batch_count", 2, 7),
    ("block_count", 8, 13),
    ("entry_addenda_count", 14, 21),
    ("entry_hash", 22, 31),
)
FILE_CONTROL = _layout(*_FILE_CONTROL_START, ("total_debit", 32, 43), ("total_credit", 44, 55))
ADV_FILE_CONTROL = _layout(*_FILE_CONTROL_START, ("total_debit", 32, 51), ("total_credit", 52, 71))

_IDENTIFIED: tuple[_Field, ...] = (("individual_id", 40, 54), ("name", 55, 76))
_ITEM: tuple[_Field, ...] = (
    ("check_number", 40, 54),
    ("process_control", 55, 60),
    ("item_research_number", 61, 76),
)
_WITH_COUNT: tuple[_Field, ...] = (("addenda_count", 55, 58), ("name", 59, 74))
_DISCRETIONARY: _Field = ("discretionary", 77, 78)
_CHECK = _entry(("check_number", 40, 54), ("name", 55, 76), _DISCRETIONARY)

PLAIN_ENTRY = _entry(*_IDENTIFIED, _DISCRETIONARY)
_COUNTED = _entry(("individual_id", 40, 54), *_WITH_COUNT, _DISCRETIONARY)
_PAYMENT_TYPE = _entry(*_IDENTIFIED, ("payment_type", 77, 78))
IAT_ENTRY = _layout(
    ("code", 2, 3),
    ("rdfi", 4, 12),
    ("addenda_count", 13, 16),
    ("raw_amount", 30, 39),
    ("account", 40, 74),
    ("gateway_ofac", 77, 77),
    ("secondary_ofac", 78, 78),
    ("addenda_indicator", 79, 79),
    ("trace", 80, 94),
)
ADV_ENTRY = _layout(
    ("code", 2, 3),
    ("rdfi", 4, 12),
    ("account", 13, 27),
    ("raw_amount", 28, 39),
    ("advice_routing", 40, 48),
    ("file_identification", 49, 53),
    ("ach_operator_data", 54, 54),
    ("name", 55, 76),
    _DISCRETIONARY,
    ("addenda_indicator", 79, 79),
    ("ach_operator_routing", 80, 87),
    ("julian_day", 88, 90),
    ("sequence", 91, 94),
)

ENTRIES = {
    "ACK": _entry(("original_trace", 40, 54), ("name", 55, 76), _DISCRETIONARY),
    "ADV": ADV_ENTRY,
    "ARC": _CHECK,
    "ATX": _entry(("original_trace", 40, 54), *_WITH_COUNT, _DISCRETIONARY),
    "BOC": _CHECK,
    "CIE": _entry(("name", 40, 54), ("individual_id", 55, 76), _DISCRETIONARY),
    "CTX": _COUNTED,
    "ENR": _COUNTED,
    "IAT": IAT_ENTRY,
    "POP": _entry(
        ("check_number", 40, 48),
        ("terminal_city", 49, 52),
        ("terminal_state", 53, 54),
        ("name", 55, 76),
        _DISCRETIONARY,
    ),
    "POS": _entry(*_IDENTIFIED, ("card_transaction_type", 77, 78)),
    "RCK": _CHECK,
    "SHR": _entry(
        ("card_expiration", 40, 43),
        ("document_reference", 44, 54),
        ("card_account", 55, 76),
        ("card_transaction_type", 77, 78),
    ),
    "TEL": _PAYMENT_TYPE,
    "TRC": _entry(*_ITEM, ("item_type", 77, 78)),
    "TRX": _entry(("individual_id", 40, 54), *_WITH_COUNT, ("item_type", 77, 78)),
    "WEB": _PAYMENT_TYPE,
    "XCK": _entry(*_ITEM, _DISCRETIONARY),
}
"""Entry detail records that differ from `PLAIN_ENTRY`, by standard entry class."""
