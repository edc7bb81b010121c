"""The spellings of ids by which a bank line and an open item know each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from canonical_model.identity.bank_ledger import real_reference


def payment_keys(
    *,
    uetr: str | None,
    end_to_end: str | None,
    batches: Iterable[str | None],
    instruction: str | None,
) -> Iterator[str]:
    """What a payment order states of itself and a bank repeats; never `NOTPROVIDED`."""
    if uetr and uetr.strip():
        yield f"uetr:{uetr.strip().lower()}"
    if named := real_reference(end_to_end):
        yield f"e2e:{named.upper()}"
    for batch in batches:
        if named := real_reference(batch):
            yield f"batch:{named.upper()}"
    if named := real_reference(instruction):
        yield f"instr:{named.upper()}"


def own_keys(system: str, ids: Iterable[str | None]) -> Iterator[str]:
    """Ids that a system gave itself: without the system, 118 may be anything."""
    if system:
        yield from (f"id:{system}:{each}" for each in ids if each)
