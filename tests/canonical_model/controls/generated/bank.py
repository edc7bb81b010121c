"""Open items of one company, the bank lines of the months after, and which settle which.

The lines are made to be hard: references lost, mistyped or quoted in groups, one payment for
several invoices less a credit note, instalments, discounts, fees, collective entries, payments that
come twice, returns, amounts that many customers share, and money that belongs to nothing open.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from msgspec import structs

from canonical_model.documents.bank_transaction import (
    BankTransactionDocument,
    TxDetail,
    TxRefs,
)
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Invoice
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record, Source
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment
from canonical_model.parts.terms import EarlyDiscount, Instruction, Terms
from canonical_model.parts.totals import Totals
from tests.canonical_model.controls.generated.companies import Company, amount, companies, iban
from tests.canonical_model.controls.generated.noise import mistyped, other_prefix, other_spelling
from tests.canonical_model.controls.generated.quoted import COUNTRIES, in_a_text, reference

Place = tuple[str, int | None]
_START = datetime.date(2026, 1, 1)
_PERCENT = Decimal("0.02")
_CENT = Decimal("0.01")


@dataclass
class Customer:
    """A counterparty with its habits as a payer."""

    place: int
    name: str
    iban: str
    country: str
    price: Decimal | None
    fixed: str | None
    """A reference that this customer is asked to quote on whatever it pays."""


@dataclass
class Books:
    """Open items and bank lines by handle, and the truth.

    `strong` are the lines that carry an undamaged strong reference and an amount that needs no
    judgement: those a machine may accept by itself. `again` are second payments of what was paid:
    they settle nothing, but where the first was not readable it is no error to take the second.
    """

    items: dict[str, Record] = field(default_factory=dict)
    lines: dict[str, Record] = field(default_factory=dict)
    settles: dict[Place, frozenset[str]] = field(default_factory=dict)
    strong: set[Place] = field(default_factory=set)
    again: dict[Place, frozenset[str]] = field(default_factory=dict)


def books(seed: int, items: int, lines: int) -> Books:
    """About so many open items and bank lines; the same for the same seed."""
    return _Writer(Random(seed), items, lines).written()


class _Writer:
    def __init__(self, chance: Random, items: int, lines: int) -> None:
        self.chance = chance
        self.books = Books()
        self.wanted = items, lines
        self.number = 0
        found = companies(chance, max(20, items // 30))
        self.customers = [self._customer_of(each) for each in found]

    def _customer_of(self, company: Company) -> Customer:
        country = self.chance.choice(COUNTRIES)
        fixed = reference(self.chance, country, f"7{company.place:05}")
        return Customer(
            place=company.place,
            name=company.name,
            iban=company.iban,
            country=country,
            price=company.price if company.habit in ("rent", "tiers") else None,
            fixed=fixed if self.chance.random() < 0.15 else None,
        )

    def written(self) -> Books:
        items, lines = self.wanted
        while len(self.books.items) < items:
            chance = self.chance.random()
            (self._customer if chance < 0.7 else self._run if chance < 0.97 else self._payout)()
        while len(self.books.lines) < lines:
            self._stray()
        return self.books

    # What we are owed

    def _customer(self) -> None:
        """Some invoices of one customer, and perhaps the payments for them."""
        customer = self.chance.choice(self.customers)
        bills = [self._bill(customer) for _ in range(self.chance.choice((1, 1, 1, 2, 3)))]
        credit = self._bill(customer, credit=True) if self.chance.random() < 0.06 else None
        if len(self.books.lines) >= self.wanted[1] * 0.93 or self.chance.random() < 0.45:
            return  # nobody has paid yet
        if len(bills) > 1 and self.chance.random() < 0.6:
            self._paid_together(customer, bills + ([credit] if credit else []))
        else:
            for bill in bills:
                self._paid(customer, bill)

    def _bill(self, customer: Customer, credit: bool = False) -> str:
        self.number += 1
        number = f"{'GS' if credit else 'RE'}-2026-{self.number:05}"
        day = _START + datetime.timedelta(days=self.chance.randrange(60))
        own = customer.price if customer.price is not None and self.chance.random() < 0.7 else None
        gross = own or amount(self.chance)
        quoted = customer.fixed or reference(self.chance, customer.country, number)
        discount = EarlyDiscount(percent=Decimal(2), days=10)
        kind = CreditNote if credit else Invoice
        document = kind(
            direction="receivable",
            number=number,
            issue_date=day,
            due_date=day + datetime.timedelta(days=30),
            currency="EUR",
            buyer=self._party(customer),
            payment=[Instruction(reference=quoted)] if quoted else [],
            terms=Terms(discounts=[discount]) if self.chance.random() < 0.15 else None,
            totals=Totals(gross=gross, payable=gross),
        )
        handle = f"{'crn' if credit else 'inv'}{self.number:06}"
        self.books.items[handle] = Record(document=document)
        return handle

    def _party(self, customer: Customer) -> Party:
        known = self.chance.random() < 0.7
        account = BankAccount(id=Identifier(kind="account", scheme="iban", value=customer.iban))
        return Party(name=customer.name, bank_accounts=[account] if known else [])

    def _document(self, handle: str) -> Any:
        return self.books.items[handle].document

    def _paid(self, customer: Customer, handle: str) -> None:
        bill = self._document(handle)
        gross: Decimal = bill.totals.gross
        way = self.chance.choices(
            ("full", "discount", "fee", "charged", "parts", "over", "twice"),
            (80, 9, 3, 2, 3, 1, 2),
        )[0]
        if way == "discount" and bill.terms is not None:
            early = bill.issue_date + datetime.timedelta(days=self.chance.randint(3, 12))
            less = (gross * _PERCENT).quantize(_CENT, "ROUND_HALF_UP")
            self._incoming(customer, [handle], gross - less, day=early)
        elif way == "fee":
            fee = min(Decimal(self.chance.choice((5, 10, 15))), (gross / 100).quantize(_CENT))
            self._incoming(customer, [handle], gross - fee, sure=False)
        elif way == "charged":
            fee = Decimal("7.50")
            if gross > fee:
                self._incoming(customer, [handle], gross - fee, charge=fee)
        elif way == "parts":
            half = (gross / 2).quantize(_CENT)
            for part in (half, gross - half):
                self._incoming(customer, [handle], part, sure=False)
        elif way == "over":
            self._incoming(customer, [handle], gross + 10, sure=False)
        else:
            first = bill.due_date + datetime.timedelta(days=self.chance.randint(-20, 25))
            self._incoming(customer, [handle], gross, day=first)
            if way == "twice":
                later = first + datetime.timedelta(days=self.chance.randint(1, 20))
                self._incoming(customer, [handle], gross, day=later, again=True)

    def _paid_together(self, customer: Customer, handles: list[str]) -> None:
        total = Decimal(0)
        for handle in handles:
            gross = self._document(handle).totals.gross
            total += -gross if handle.startswith("crn") else gross
        if total > 0:
            self._incoming(customer, handles, total)

    def _incoming(
        self,
        customer: Customer,
        handles: list[str],
        paid: Decimal,
        *,
        day: datetime.date | None = None,
        charge: Decimal | None = None,
        sure: bool = True,
        again: bool = False,
    ) -> None:
        bills = [self._document(handle) for handle in handles]
        late = datetime.timedelta(days=self.chance.randint(-20, 25))
        said, strong = self._said(bills)
        named = self.chance.random()
        detail: dict[str, Any] = {
            "refs": TxRefs(end_to_end=self.chance.choice(("NOTPROVIDED", "NOTPROVIDED", "1"))),
            **said,
        }
        if named < 0.9:
            clear = self.chance.random() < 0.8
            name = customer.name if clear else other_spelling(self.chance, customer.name)
            detail["counterparty"] = Party(name=name or customer.name)
        if named < 0.8:
            value = customer.iban if self.chance.random() < 0.9 else iban(self.chance)
            account = Identifier(kind="account", scheme="iban", value=value)
            detail["counterparty_account"] = BankAccount(id=account)
        charges = [Adjustment(kind="charge", amount=charge)] if charge is not None else []
        place = self._line(
            "credit", paid, day or bills[0].due_date + late, TxDetail(charges=charges, **detail)
        )
        self.books.settles[place] = frozenset() if again else frozenset(handles)
        if again:
            self.books.again[place] = frozenset(handles)
        if strong and sure and not again:
            self.books.strong.add(place)

    def _said(self, bills: list[Any]) -> tuple[dict[str, Any], bool]:
        """What the payer writes, and whether that is a strong reference of all that is paid."""
        quoted = bills[0].payment[0].reference if bills[0].payment else None
        way = self.chance.random()
        if len(bills) == 1 and quoted is not None and way < 0.85:
            if way < 0.6:
                return {"creditor_ref": quoted}, True
            text = in_a_text(self.chance, quoted)
            bare = "".join(filter(str.isalnum, text))
            return {"remittance": [text]}, "".join(filter(str.isalnum, quoted)) in bare
        numbers = [bill.number for bill in bills]
        if way < 0.2:
            return {
                "structured_refs": [Ref(role="invoice", number=each) for each in numbers]
            }, False
        if way < 0.5:
            return {"remittance": ["Rechnung " + ", ".join(numbers)]}, False
        if way < 0.65:
            text = " ".join(other_prefix(self.chance, each) for each in numbers)
            return {"remittance": [text]}, False
        if way < 0.75:
            return {"remittance": [mistyped(self.chance, " ".join(numbers))]}, False
        return {"remittance": [self.chance.choice(("", "Zahlung", "Kundennr. 4711")) or "-"]}, False

    # What we pay

    def _run(self) -> None:
        """A payment run: each payment booked by itself, or all in one entry."""
        day = _START + datetime.timedelta(days=self.chance.randrange(90))
        payments = [self._payment(day) for _ in range(self.chance.randint(1, 12))]
        if len(self.books.lines) >= self.wanted[1] * 0.93 or self.chance.random() < 0.4:
            return
        day += datetime.timedelta(days=self.chance.choice((0, 0, 1, 1, 2, 3, 5)))
        if len(payments) > 1 and self.chance.random() < 0.25:
            self._collective(payments, day)
            return
        for handle in payments:
            self._outgoing(handle, day)

    def _payment(self, day: datetime.date) -> str:
        self.number += 1
        supplier = self.chance.choice(self.customers)
        account = BankAccount(id=Identifier(kind="account", scheme="iban", value=supplier.iban))
        payment = Payment(
            direction="out",
            type="payment",
            amount=supplier.price or amount(self.chance),
            currency="EUR",
            value_date=day,
            payee=Party(name=supplier.name),
            to_account=account,
            end_to_end_id=f"E2E{self.number:08}",
            uetr=str(UUID(int=self.chance.getrandbits(128), version=4)),
        )
        handle = f"pay{self.number:06}"
        self.books.items[handle] = Record(document=payment)
        return handle

    def _outgoing(self, handle: str, day: datetime.date) -> None:
        payment = self._document(handle)
        known = self.chance.random()
        end_to_end = payment.end_to_end_id if known < 0.88 else "NOTPROVIDED"
        refs = TxRefs(end_to_end=end_to_end, uetr=payment.uetr if known < 0.2 else None)
        detail = TxDetail(
            refs=refs, counterparty=payment.payee, counterparty_account=payment.to_account
        )
        place = self._line("debit", payment.amount, day, detail)
        self.books.settles[place] = frozenset({handle})
        if known < 0.88:
            self.books.strong.add(place)
        if self.chance.random() < 0.01:
            later = day + datetime.timedelta(days=3)
            came = TxDetail(refs=refs, return_code="AC04", counterparty=payment.payee)
            self.books.settles[self._line("credit", payment.amount, later, came)] = frozenset()

    def _collective(self, handles: list[str], day: datetime.date) -> None:
        """One entry for the run: with its transactions, or with the batch's id alone."""
        batch = f"RUN-{self.number}"
        for handle in handles:
            self._replaced(handle, batch_id=batch)
        payments = [self._document(handle) for handle in handles]
        total = sum((each.amount for each in payments), Decimal(0))
        if self.chance.random() < 0.5:
            place = self._line("debit", total, day, TxDetail(refs=TxRefs(batch=batch)))
            self.books.settles[place] = frozenset(handles)
            self.books.strong.add(place)
            return
        details = [
            TxDetail(amount=each.amount, refs=TxRefs(end_to_end=each.end_to_end_id, batch=batch))
            for each in payments
        ]
        line, _ = self._line("debit", total, day, *details)
        for position, handle in enumerate(handles):
            self.books.settles[line, position] = frozenset({handle})
            self.books.strong.add((line, position))

    def _replaced(self, handle: str, **changes: Any) -> None:
        changed = structs.replace(self._document(handle), **changes)
        self.books.items[handle] = Record(document=changed)

    def _payout(self) -> None:
        """A provider pays out what it collected."""
        self.number += 1
        gross, trace = amount(self.chance), f"TRC{self.chance.randrange(10**9)}"
        day = _START + datetime.timedelta(days=self.chance.randrange(90))
        payment = Payment(
            direction="in",
            type="transfer",
            amount=gross,
            currency="EUR",
            value_date=day,
            end_to_end_id=trace,
        )
        handle = f"out{self.number:06}"
        source = Source(system="stripe", object_type="payout", object_id=f"po_{self.number}")
        self.books.items[handle] = Record(document=payment, source=source)
        if self.chance.random() < 0.7:
            found = self.chance.random() < 0.8
            text = f"STRIPE {trace if not found else ''}".strip()
            refs = TxRefs(end_to_end=trace if found else None)
            place = self._line("credit", gross, day, TxDetail(refs=refs, remittance=[text]))
            self.books.settles[place] = frozenset({handle})
            if found:
                self.books.strong.add(place)

    # What belongs to nothing

    def _stray(self) -> None:
        day = _START + datetime.timedelta(days=self.chance.randrange(120))
        customer = self.chance.choice(self.customers)
        makers: tuple[Callable[[], TxDetail], ...] = (
            lambda: TxDetail(remittance=["Kontoführung"]),
            lambda: TxDetail(remittance=[f"Kartenzahlung {self.chance.randrange(10**6)}"]),
            lambda: TxDetail(counterparty=Party(name=customer.name), remittance=["Anzahlung"]),
            lambda: TxDetail(
                refs=TxRefs(end_to_end=f"X{self.chance.randrange(10**9)}"),
                remittance=[f"Lohn {day:%m/%Y}"],
            ),
        )
        side = self.chance.choice(("credit", "debit"))
        place = self._line(side, amount(self.chance), day, self.chance.choice(makers)())
        self.books.settles[place] = frozenset()

    def _line(self, side: str, paid: Decimal, day: datetime.date, *details: TxDetail) -> Place:
        handle = f"line{len(self.books.lines):06}"
        line = BankTransactionDocument(
            amount=paid,
            currency="EUR",
            direction=side,  # type: ignore[arg-type]  # credit or debit
            status="booked",
            booking_date=day,
            value_date=day,
            details=list(details),
        )
        self.books.lines[handle] = Record(document=line)
        return handle, None
