"""Many trades with known truth: what was ordered, what came, what is invoiced, and what is right.

Every invoice is written the way suppliers write them: with the order line named, or only the order,
or only item numbers, or only a description that somebody typed in again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from canonical_model.controls.match import Limit, MatchRule, MatchSettings
from tests.canonical_model.controls.trade import (
    credit,
    invoice,
    line,
    moved,
    order,
    receipt,
    ref,
    returned,
)

TOLERANCES = MatchSettings(
    rules=[MatchRule(price=Limit(percent=Decimal(2)), charges=Limit(absolute=Decimal(5)))]
)

_ADJECTIVES = "steel brass oak pine black white heavy light coated sealed flat round".split()
_NOUNS = "bearing bracket hinge valve flange gasket chair table cable sensor filter pump".split()


@dataclass
class Trade:
    """One trade while it is made up."""

    chance: random.Random
    number: int
    seller: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)
    documents: list[Any] = field(default_factory=list)
    bills: list[tuple[Any, str]] = field(default_factory=list)
    """Invoices with the verdict that is right."""

    @property
    def order_number(self) -> str:
        return f"PO-{self.number}"

    def place(self, **more: Any) -> None:
        made = [
            line(each["id"], each["quantity"], each["price"], item=each["item"], name=each["name"],
                 net=each["quantity"] * each["price"])
            for each in self.lines
        ]  # fmt: skip
        self.documents.append(order(self.order_number, *made, seller=self.seller, **more))

    def come(self, share: Decimal = Decimal(1), rejected: int = 0) -> None:
        self._move(receipt, "GR", [each["quantity"] * share for each in self.lines], rejected)

    def send_back(self, count: int) -> None:
        self._move(returned, "RT", [Decimal(count) for _ in self.lines], 0)

    def _move(self, make: Callable[..., Any], prefix: str, quantities: Any, rejected: int) -> None:
        lines = [
            moved(quantity, f"{self.order_number}/{each['id']}", id=str(at), item=each["item"],
                  rejected=rejected or None)
            for at, (each, quantity) in enumerate(zip(self.lines, quantities, strict=True))
        ]  # fmt: skip
        number = f"{prefix}-{self.number}-{len(self.documents)}"
        self.documents.append(make(number, *lines))

    def bill(
        self,
        truth: str,
        share: Decimal = Decimal(1),
        factor: Decimal = Decimal(1),
        plus: int = 0,
        extra: Any = (),
        **more: Any,
    ) -> None:
        how = self.chance.choice(["line", "line", "order", "items", "words"])
        lines = [
            self._line(each, each["quantity"] * share + plus, each["price"] * factor, how)
            for each in self.lines
        ]
        refs = [ref("order", self.order_number)] if how != "items" else None
        head = {"seller": self.seller, "refs": refs, **more}
        number = f"INV-{self.number}-{len(self.bills)}"
        self.bills.append((invoice(number, *lines, *extra, **head), truth))

    def credit(self, quantity: int = 0, off: Decimal = Decimal(0)) -> None:
        lines = [
            line(each["id"], quantity or each["quantity"], off or each["price"],
                 of=f"{self.order_number}/{each['id']}")
            for each in self.lines
        ]  # fmt: skip
        number = f"CN-{self.number}-{len(self.documents)}"
        self.documents.append(credit(number, *lines, seller=self.seller))

    def _line(self, each: dict[str, Any], quantity: Decimal, price: Decimal, how: str) -> Any:
        unit, per = "C62", None
        if quantity % 12 == 0 and self.chance.random() < 0.3:
            unit, quantity, price = "DZN", quantity / 12, price * 12
        elif self.chance.random() < 0.2:
            price, per = price * 100, 100
        named = how in ("line", "order", "items")
        return line(
            each["id"], quantity, price, unit=unit, per=per,
            of=f"{self.order_number}/{each['id']}" if how == "line" else None,
            item=each["item"] if named and how != "line" else None,
            name=each["name"] if named else retyped(each["name"], self.chance),
        )  # fmt: skip


def retyped(name: str, chance: random.Random) -> str:
    """The same thing in somebody else's words."""
    words = name.split()
    way = chance.randrange(4)
    if way == 0:
        words.reverse()
    elif way == 1:
        words = [word.upper() for word in words]
    elif way == 2:
        words[1] = words[1][:4]
    else:
        words.append("pcs")
    return " ".join(words)


def _fine(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.bill("matched")


def _in_parts(trade: Trade) -> None:
    half = Decimal("0.5")
    trade.place()
    for _ in range(2):
        trade.come(half)
        trade.bill("matched", half)


def _a_little_dearer(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.bill("within_tolerance", factor=Decimal("1.02"))


def _dearer(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.bill("price_variance", factor=trade.chance.choice([Decimal("1.03"), Decimal("0.9")]))


def _dearer_and_credited(trade: Trade) -> None:
    trade.lines = [each | {"price": Decimal(40)} for each in trade.lines]
    trade.place()
    trade.come()
    trade.bill("matched", factor=Decimal("1.25"))
    trade.credit(off=Decimal(10))


def _nothing_came(trade: Trade) -> None:
    trade.place()
    trade.bill("not_received")


def _short(trade: Trade) -> None:
    trade.place()
    trade.come(Decimal("0.5"))
    trade.bill("quantity_variance")


def _refused(trade: Trade) -> None:
    trade.place()
    trade.come(rejected=1)
    trade.bill("quantity_variance")


def _returned(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.send_back(2)
    credited = trade.chance.random() < 0.5
    if credited:
        trade.credit(2)
    trade.bill("matched" if credited else "quantity_variance")


def _too_many(trade: Trade) -> None:
    trade.place()
    trade.come(Decimal(2))
    trade.bill("over_invoiced", plus=1)


def _twice(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.bill("matched")
    trade.bill("over_invoiced")


def _foreign(trade: Trade) -> None:
    trade.place()
    trade.come()
    trade.bill("currency_differs", currency="USD")


def _freight(trade: Trade) -> None:
    agreed = trade.chance.random() < 0.5
    charge = [{"kind": "charge", "amount": "25.00", "reason": "Freight"}]
    trade.place(adjustments=charge if agreed else [])
    trade.come()
    trade.bill("matched" if agreed else "charge_variance", adjustments=charge)


def _unordered(trade: Trade) -> None:
    trade.place()
    trade.come()
    extra = [line("99", 3, 17, name="Consulting for the anniversary booklet")]
    trade.bill("no_order", extra=extra)


SCENARIOS = (
    *(_fine, _fine, _fine, _in_parts, _in_parts, _a_little_dearer, _dearer, _dearer_and_credited),
    *(_nothing_came, _short, _refused, _returned, _too_many, _twice, _foreign, _freight),
    *(_unordered,),
)


def world(trades: int, seed: int = 7) -> list[Trade]:
    """Trades with a supplier for each twenty of them; the same seed, the same world."""
    chance = random.Random(seed)
    made = []
    for number in range(trades):
        supplier = number // 20
        seller = {"name": f"Supplier {supplier} Ltd", "master_id": f"V-{supplier}"}
        trade = Trade(chance, number, seller, _ordered(chance, number))
        chance.choice(SCENARIOS)(trade)
        made.append(trade)
    return made


def _ordered(chance: random.Random, trade: int) -> list[dict[str, Any]]:
    """Different things; the same supplier's other orders are for other things."""
    names = chance.sample([f"{a} {n}" for a in _ADJECTIVES for n in _NOUNS], chance.randint(1, 5))
    return [
        {
            "id": str(at * 10),
            "quantity": Decimal(chance.choice([4, 10, 12, 24, 60])),
            "price": Decimal(chance.randint(100, 99900)).scaleb(-2),
            "item": f"{name[:3]}-{trade}-{at}".upper(),
            "name": f"{name} M{chance.randint(2, 60)}",
        }
        for at, name in enumerate(names, 1)
    ]
