"""Companies that do not exist, with the habits that matter to whoever reads their invoices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party

_FIRST = """
Nord Süd West Ost Alpen Küsten Blau Grün Silber Eichen Linden Falken Adler Hafen Brücken Sonnen
Stern Wald Fluss Berg Rhein Elb Isar Donau Polar Atlas Orion Delta Sigma Vega Lumen Terra Aqua
Ferro Carbo Novo Alto Primo Rapid Kvarn Skov Fjord Lund Møller Jensen Duval Moreau Rossi Conti
""".split()
_SECOND = """
wind tal hof feld kamp wald bach see stein brunn mark haus werk dorf garten
""".split()
_TRADE = """
Logistik Bau Technik Metall Druck Software Reinigung Energie Papier Catering Immobilien Telekom
Transport Elektro Beratung Labor Verpackung Sicherheit Werkzeug Chemie Textil Medien Papeterie
""".split()
_FORMS = ("GmbH", "AG", "GmbH & Co. KG", "SARL", "S.r.l.", "Ltd", "A/S", "B.V.", "")
_STYLES = (
    *("INV-{year}-{n:05}", "{n}", "RE{year}-{n:04}", "{n:06}", "F-{n}", "{year}/{n}"),
    *("{prefix}{n:07}", "RG-{n}", "{year}{month:02}{n:03}"),
)
_TIERS = ("9.99", "19.99", "49.00", "99.00", "100.00", "250.00", "500.00", "1000.00", "1190.00")


@dataclass
class Company:
    """A supplier: its master data, how it counts and what it charges."""

    place: int
    name: str
    vat: str
    iban: str
    style: str
    restarts: bool
    habit: str
    channels: tuple[str, ...]
    price: Decimal
    count: int
    year: int = 0

    def number(self, year: int, month: int) -> str:
        """The next number of its series."""
        if self.restarts and year != self.year:
            self.count = 0
        self.count, self.year = self.count + 1, year
        prefix = self.name[:2].upper()
        return self.style.format(year=year, month=month, n=self.count, prefix=prefix)

    def party(self) -> Party:
        """The company as its master record and its structured invoices state it."""
        vat = Identifier(kind="vat", value=self.vat)
        return Party(name=self.name, ids=[vat], master_id=f"V{self.place:05}")

    def account(self) -> BankAccount:
        """Where it wants to be paid."""
        return BankAccount(id=Identifier(kind="account", scheme="iban", value=self.iban))


def companies(chance: Random, how_many: int) -> list[Company]:
    """So many suppliers, some of them of like names, as there are."""
    return [_company(chance, place) for place in range(how_many)]


def _company(chance: Random, place: int) -> Company:
    name = f"{chance.choice(_FIRST)}{chance.choice(_SECOND)} {chance.choice(_TRADE)}"
    habit = chance.choices(("free", "tiers", "rent", "weekly"), (60, 20, 12, 8))[0]
    channels = chance.choices(
        (("peppol",), ("edi",), ("email", "peppol"), ("email",), ("scan",), ("email", "scan")),
        (22, 12, 12, 24, 18, 12),
    )[0]
    return Company(
        place=place,
        name=f"{name} {chance.choice(_FORMS)}".strip(),
        vat=f"DE{chance.randrange(10**8, 10**9)}",
        iban=iban(chance),
        style=chance.choice(_STYLES),
        restarts=chance.random() < 0.4,
        habit=habit,
        channels=channels,
        price=Decimal(chance.choice(_TIERS)),
        count=chance.choice((0, 0, 100, 1000, 40_000)) + chance.randrange(60),
    )


def amount(chance: Random) -> Decimal:
    """What an invoice may come to: many small ones, few large ones, some of them round."""
    value = Decimal(int(chance.lognormvariate(10.6, 1.3)) + 100)
    if chance.random() < 0.12:
        value = (value / 5000).quantize(Decimal(1)) * 5000 + 5000
    return (value / 100).quantize(Decimal("0.01"))


def iban(chance: Random) -> str:
    """A German IBAN with right check digits (ISO 13616)."""
    bban = f"{chance.randrange(10**17, 10**18)}"
    return f"DE{98 - int(bban + '131400') % 97:02}{bban}"
