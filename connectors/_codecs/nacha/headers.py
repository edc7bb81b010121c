"""File and batch headers, read into trees, and what Nacha asks of them."""

from __future__ import annotations

from connectors._codecs.nacha.entry import EntryClass, entry_class, set_date
from connectors._codecs.nacha.layouts import BATCH_HEADER, FILE_HEADER, IAT_HEADER
from connectors._codecs.nacha.rules import ADVICES, CLASS_RULES, SERVICE_CLASSES
from connectors._codecs.notice_log import NoticeLog

_CONSTANTS = {"record_size": "094", "blocking_factor": "10", "format_code": "1"}
_FILE_PARTIES = ("immediate_destination", "immediate_origin")
_MANDATORY = ("company_name", "company_id", "entry_description", "odfi", "batch_number")
_IAT_MANDATORY = (
    "fx_indicator",
    "destination_country",
    "originating_currency",
    "destination_currency",
    *_MANDATORY[1:],
)
_FX_INDICATORS = frozenset({"FV", "VF", "FF"})


def read_file_header(record: str, number: int, log: NoticeLog) -> dict[str, str]:
    """Record 1."""
    header = FILE_HEADER.read(record)
    where = f"record {number}"
    if header.get("priority") != "01":
        log.warning("priority", f"priority '{header.get('priority', '')}'; use 01", where)
    for name, value in _CONSTANTS.items():
        found = header.pop(name, "")
        if found != value:
            spoken = name.replace("_", " ")
            log.error("file_header", f"{spoken} '{found}'; only {value} exists", where)
    for name in _FILE_PARTIES:
        if name not in header:
            log.warning("blank_field", f"no {name.replace('_', ' ')}; fill it in", where)
    set_date(header, "created_date", number, log)
    if "created_date" not in header:
        log.error("blank_field", "no file creation date; use YYMMDD", where)
    return header


def is_international(record: str) -> bool:
    """Whether a batch header is of an IAT batch, or of changes to IAT entries."""
    return record[50:53] == "IAT" or record[4:20].strip() == "IATCOR"


def read_batch_header(
    record: str, number: int, log: NoticeLog
) -> tuple[dict[str, str], EntryClass]:
    """Record 5, and how the entries after it are to be read."""
    international = is_international(record)
    header = (IAT_HEADER if international else BATCH_HEADER).read(record)
    where = f"record {number}"
    _check_classes(header, log, where)
    for name in _IAT_MANDATORY if international else _MANDATORY:
        if name not in header:
            log.error("blank_field", f"no {name.replace('_', ' ')}; it is mandatory", where)
    if international:
        _check_exchange(header, log, where)
    for name in ("odfi", "batch_number"):
        if name in header and not (header[name].isascii() and header[name].isdecimal()):
            log.error("not_numeric", f"{name} is '{header[name]}'; use digits", where)
    set_date(header, "effective_date", number, log)
    reversal = header.get("entry_description", "").upper() == "REVERSAL"
    kind = entry_class(
        header.get("sec", ""), international, header.get("service_class", ""), reversal
    )
    return header, kind


def _check_classes(header: dict[str, str], log: NoticeLog, where: str) -> None:
    service, sec = header.get("service_class", ""), header.get("sec", "")
    if service not in SERVICE_CLASSES:
        fits = "200, 220, 225 and 280 exist"
        log.error("service_class", f"service class '{service}'; {fits}", where)
    elif (service == ADVICES) is not (sec == "ADV"):
        found = f"service class {service} with entry class '{sec}'"
        log.error("service_class", f"{found}; 280 goes with ADV and nothing else", where)
    if sec not in CLASS_RULES:
        fits = "use one of Nacha's, as PPD or CCD"
        log.error("entry_class", f"standard entry class '{sec}'; {fits}", where)


def _check_exchange(header: dict[str, str], log: NoticeLog, where: str) -> None:
    indicator = header.get("fx_indicator", "")
    if indicator and indicator not in _FX_INDICATORS:
        fits = "FV, VF and FF exist"
        log.error("fx_indicator", f"foreign exchange indicator '{indicator}'; {fits}", where)
    lengths = {"destination_country": 2, "originating_currency": 3, "destination_currency": 3}
    for name, length in lengths.items():
        text = header.get(name, "")
        if text and not (len(text) == length and text.isascii() and text.isalpha()):
            log.error("iso_code", f"{name} '{text}'; use {length} letters", where)
