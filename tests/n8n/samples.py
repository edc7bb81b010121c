"""Payloads of our own making."""

from __future__ import annotations

import json
from typing import Any

import connectors
from canonical_model import schemas, wire


def invoice(number: str) -> dict[str, Any]:
    """A canonical invoice to us."""
    made: dict[str, Any] = json.loads(schemas.example("invoice"))
    return made | {"number": number}


def bill(number: str, seller: str) -> dict[str, Any]:
    """An invoice of a supplier of its own, for nothing that was ordered."""
    made = invoice(number) | {"seller": {"name": seller}, "payment": [], "refs": []}
    return made | {"lines": [line | {"refs": []} for line in made["lines"]]}


def ubl(number: str) -> bytes:
    """The same as UBL."""
    document = wire.decode(json.dumps(invoice(number)).encode())
    return connectors.render([document], "ap/ubl", "invoice").payload


UBL = ubl("INV-00123")


def camt(number: str) -> bytes:
    """A statement of a bank account with one line."""
    made: dict[str, Any] = json.loads(schemas.example("bank_statement"))
    document = wire.decode(json.dumps(made | {"id": number}).encode())
    return connectors.render([document], "bank/camt", "statement").payload
