"""Movements (2.1 to 2.3) and information (3.1 to 3.3): chains of records with one communication."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors._codecs.coda.communication import read_structured
from connectors._codecs.coda.fields import (
    set_amount,
    set_code_parts,
    set_date,
    split_counterparty,
)
from connectors._codecs.coda.layouts import (
    COMMUNICATION,
    INFORMATION,
    MOVEMENT,
    MOVEMENT_PARTY,
    MOVEMENT_PARTY_REFS,
    STRUCTURED_FLAG,
)
from connectors._codecs.limits import Tree
from connectors._codecs.notice_log import NoticeLog


@dataclass(slots=True)
class Chain:
    """Records of one movement or information, until the next begins."""

    kind: str
    numbers: str
    tree: dict[str, Tree]
    structured: bool
    pieces: list[str] = field(default_factory=list)

    def finish(self) -> None:
        """Put the communication together: a structured one runs across its records."""
        text = "".join(self.pieces)
        if not text.strip():
            return
        communication = read_structured(text) if self.structured else {"text": text.strip()}
        if self.structured:
            self.tree["structured"] = communication["type"]
        if self.kind == "21":
            self.tree["communication"] = communication
        else:
            communication.pop("type", None)
            self.tree.update(communication)


def open_movement(record: str, log: NoticeLog, where: str) -> tuple[Chain, int]:
    """Record 2.1, and its amount in thousandths, debits below zero."""
    tree: dict[str, Tree] = MOVEMENT.read(record)
    amount = set_amount(tree, log, where)
    set_date(tree, "value_date", log, where)
    set_date(tree, "booking_date", log, where)
    set_code_parts(tree)
    return _chain(record, "21", tree), amount


def open_info(record: str) -> Chain:
    """Record 3.1."""
    return _chain(record, "31", INFORMATION.read(record))


def continue_movement(chain: Chain, record: str, kind: str) -> None:
    """A record 2.2, 2.3, 3.2 or 3.3."""
    if kind == "22":
        chain.tree.update(MOVEMENT_PARTY_REFS.read(record))
    elif kind == "23":
        party = MOVEMENT_PARTY.read(record)
        account, currency = split_counterparty(record[10:47])
        if account:
            party["counterparty_account"] = account
        if currency:
            party["counterparty_currency"] = currency
        chain.tree.update(party)
    chain.pieces.append(record[COMMUNICATION[kind]])


def _chain(record: str, kind: str, tree: dict[str, Tree]) -> Chain:
    structured = record[STRUCTURED_FLAG[kind]] == "1"
    return Chain(kind, record[2:10], tree, structured, [record[COMMUNICATION[kind]]])
