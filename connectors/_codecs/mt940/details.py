"""Field 86 by dialect, recognised by content, in one vocabulary.

* `purpose`: list of lines, what the payer wrote, or all of an unstructured field
* `business_code` (three digits), `posting_text`, `primanota`, `text_key`: the bank's own coding
* `end_to_end`, `mandate`, `creditor_id`, `debtor_id`, `kref`, `instruction`, `batch`: references;
  fillers (`NOTPROVIDED`, `NONREF`) are left out
* `counterparty` (name), `counterparty_account`, `counterparty_bic`, `counterparty_bank` (national
  code), `counterparty_city`, `counterparty_address` (list), `counterparty_id`: the other side
* `ultimate_debtor`, `ultimate_creditor`: on whose behalf
* `structured_ref`, `structured_ref_type`: a creditor reference (RF, payment slip number)
* `purpose_code`, `transaction_code`, `return_reason`, `return_text`
* `original_amount`, `charges`: `{"currency", "amount"}`; `exchange_rate` with a decimal point
* `other`: what the dialect states besides, under its own code

Dialects: numbered sub-fields (`?20...`, any separator) with SEPA tags inside, `/WORD/` code words,
`LABEL:` texts of Dutch, Polish and Swiss banks, numbered lines of field NS, free text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from connectors._codecs.limits import Tree
from connectors._codecs.mt940.codewords import codewords, starts_with_codeword
from connectors._codecs.mt940.fields import ACCOUNT
from connectors._codecs.mt940.labels import labelled
from connectors._codecs.mt940.subfields import subfields

_SUBFIELDS = re.compile(
    r"\s*(\d{3})?(?:([?<>^~|#§$!])(?=\d\d)|([/+=&*;\-])(?=(?:00|10|20)\D))", re.ASCII
)
_ACCOUNT_LINE = re.compile(r"\s?([A-Z]{2}\d{2}[A-Z0-9]{11,30}|\d{9,10})(?: +(\S.*))?", re.ASCII)
_UNSTRUCTURED = re.compile(r"\s*999(?=[^\d\s])", re.ASCII)


def read_details(raw: str) -> dict[str, Tree]:
    """The tree of one field 86 (lines separated by `\\n`); empty for an empty field."""
    found = _SUBFIELDS.match(raw)
    if found:
        return subfields(raw, found[1], found[2] or found[3])
    if starts_with_codeword(raw):
        return codewords(raw)
    for dialect in _BY_CONTENT:
        tree = dialect(raw)
        if tree is not None:
            return tree
    return _free_text(raw)


def read_supplementary(raw: str) -> dict[str, Tree]:
    """What the supplementary details of field 61 state: code words, or the other account."""
    if starts_with_codeword(raw):
        return codewords(raw, text_is_purpose=False)
    return {"counterparty_account": raw} if ACCOUNT.fullmatch(raw) else {}


def _account_first(raw: str) -> dict[str, Tree] | None:
    """Dutch retail banks: account and name, an empty line, then the text."""
    first, _, rest = raw.partition("\n")
    found = _ACCOUNT_LINE.fullmatch(first)
    if found is None:
        return None
    tree: dict[str, Tree] = {"counterparty_account": found[1]}
    if found[2] and rest.startswith("\n"):
        tree["counterparty"] = found[2].strip()
    elif found[2]:
        rest = f"{found[2]}\n{rest}"
    purpose = _lines(rest)
    if purpose:
        tree["purpose"] = purpose
    return tree


def _free_text(raw: str) -> dict[str, Tree]:
    tree: dict[str, Tree] = {}
    if _UNSTRUCTURED.match(raw):
        # German banks mark a field without structure by transaction code 999.
        tree["business_code"] = "999"
        raw = raw.lstrip()[3:]
    purpose = _lines(raw)
    if purpose:
        tree["purpose"] = purpose
    return tree


def _lines(raw: str) -> list[Tree]:
    return [line for part in raw.split("\n") if (line := part.strip())]


_BY_CONTENT: tuple[Callable[[str], dict[str, Tree] | None], ...] = (labelled, _account_first)
