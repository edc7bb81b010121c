"""What banks and providers say of payments, carried to these and to what they were made for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from canonical_model.controls.reconciliation import Confirmation, confirmations
from canonical_model.controls.reconciliation.open_items import keys_of_payment
from canonical_model.controls.reconciliation.payment_news import news_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.payment import Payment
from canonical_model.documents.payment_status import PaymentStatus
from canonical_model.envelope import Record
from node_server.operations.house import House
from node_server.operations.reconciling import explained_lines, payments, places
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.closing import close_lines
from node_server.operations.reconciling.fates import Fate, suffer
from node_server.operations.reconciling.ledger import Ledger
from node_server.store import open_records, terms

ACTOR = "control:reconciliation"
_BOOKED = (BankStatement, BankTransaction)


def carry(house: House, tenant: str, record: Record) -> list[str]:
    """Carry what a report says to the payments it is about; their ids."""
    fates = _fates(house, tenant, record)
    for payment_id in sorted({fate.payment for fate in fates}):
        mine = [fate for fate in fates if fate.payment == payment_id]
        _carried(house, tenant, record, payment_id, mine)
    return sorted({fate.payment for fate in fates})


def catch_up(house: House, tenant: str, record: Record) -> None:
    """Carry the reports that came before the payment that they are about."""
    if not isinstance(record.document, Payment):
        return
    with house.store.reading() as connection:
        names = (f"news:{key}" for key in keys_of_payment(record.document, record))
        ids = terms.find(connection, tenant, names)
        reports = list(open_records.of_ids(connection, tenant, ids))
    for report in reports:
        carry(house, tenant, report)


def _fates(house: House, tenant: str, record: Record) -> list[Fate]:
    document = record.document
    if isinstance(document, Payment):
        return _of_itself(record, document)
    if not isinstance(document, PaymentStatus | BankStatement | BankTransaction):
        return []
    record_id = record.id or ""
    with house.store.reading() as connection:
        found = _payments(connection, tenant, record)
    told = confirmations({record_id: record}, found).found if found else []
    booked = isinstance(document, _BOOKED)
    # That money was booked is found by reconciling, with the line that it was booked by.
    return [_fate(each) for each in told if not booked or each.settlement == "returned"]


def _payments(connection: Connection, tenant: str, record: Record) -> dict[str, Record]:
    news = news_of({record.id or "": record})
    keys = {key for each in news for key in (*each.keys, *each.batches)}
    ids = terms.find(connection, tenant, (f"pay:{key}" for key in keys)) if keys else set()
    return {each.id or "": each for each in open_records.of_ids(connection, tenant, ids)}


def _fate(told: Confirmation) -> Fate:
    place = f"#{told.place}" if told.place is not None else ""
    return Fate(
        payment=told.payment,
        settlement=told.settlement,
        report=f"{told.report}{place}",
        day=told.date,
        code=told.reason_code,
        words=told.reason,
    )


def _of_itself(record: Record, payment: Payment) -> list[Fate]:
    """What a provider's own payment says of itself, in each of its revisions."""
    if payment.settlement is None:
        return []
    return [
        Fate(
            payment=record.id or "",
            settlement=payment.settlement,
            report=f"{record.id}@{record.revision or 1}",
            day=payment.value_date or payment.issue_date,
            code=payment.return_code,
            words=payment.return_reason,
        )
    ]


def _carried(
    house: House, tenant: str, report: Record, payment_id: str, fates: Iterable[Fate]
) -> None:
    with house.store.writing(*_locks(house, tenant, report, payment_id)) as connection:
        book = Book(connection, tenant, ACTOR)
        ledger = Ledger(book)
        known = set(terms.kept(connection, tenant, payment_id, "told"))
        new = [fate for fate in fates if fate.report not in known]
        for fate in new:
            suffer(ledger, fate)
            _explain(book, report, fate)
        ledger.flush()
        if new:
            told = known | {fate.report for fate in new}
            terms.put(connection, tenant, payment_id, "told", told)
        if isinstance(report.document, _BOOKED):
            close_lines(book, [report.id or ""])
        book.finish()


def _explain(book: Book, report: Record, fate: Fate) -> None:
    """The line that brought a payment back is explained by that, and nothing is left over of it."""
    payment = book.record(fate.payment)
    if payment is None or not isinstance(report.document, _BOOKED):
        return
    for entry in places.entries(report):
        name = entry.place.handle
        # A report names a line by `record`, `record#entry` or, last, its detail.
        if fate.report == name or fate.report.startswith(f"{name}#"):
            detail = fate.report.removeprefix(name).lstrip("#")
            place = int(detail) if detail.isdecimal() else None
            explained_lines.explain(book, entry, report, payment, f"returned: {fate.why}", place)
            return


def _locks(house: House, tenant: str, report: Record, payment_id: str) -> set[str]:
    with house.store.reading() as connection:
        names = {payment_id, report.id or ""}
        for record in open_records.of_ids(connection, tenant, [payment_id]):
            if isinstance(record.document, Payment):
                found = payments.targets(connection, tenant, record.document)
                names |= {target.record_id for target in found}
    return {f"{tenant}:record:{each}" for each in names}
