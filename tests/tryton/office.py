"""What people do in Tryton's own client: runs in Tryton's environment, never in ours.

    python office.py seed             a company, accounts, a year, a tax, a way to pay, a key
    python office.py pay REFERENCE    pays a supplier's invoice in full

What came of it is told as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard, config
from trytond.modules.account.tests import tools as accounting
from trytond.modules.account_invoice.tests import tools as invoicing
from trytond.modules.company.tests import tools as companies

SUPPLIER = "Hansen Kontor GmbH"


def seed() -> dict[str, Any]:
    """Everything that an invoice needs there."""
    company = _company()
    accounts = _books(company)
    tax = accounting.create_tax(Decimal("0.20"))
    tax.name = "VAT 20%"
    tax.save()
    _way_to_pay(accounts)
    _payment_term()
    Model.get("party.party")(name=SUPPLIER, code="77012").save()
    return {
        "key": _key(company),
        "company": company.id,
        "currency": company.currency.id,
        "expense": accounts["expense"].code,
    }


def _company() -> Any:
    party = Model.get("party.party")(name="Werkhof Süd AG")
    party.save()
    companies.create_company(party=party, currency="EUR")
    company = companies.get_company()
    config.get_config()._context["company"] = company.id
    return company


def _books(company: Any) -> dict[str, Any]:
    """A chart of accounts, and this year with its numbers and months."""
    accounting.create_chart(company)
    year = datetime.now(UTC).year
    made = accounting.create_fiscalyear(company, (date(year, 1, 1), date(year, 12, 31)))
    invoicing.set_fiscalyear_invoice_sequences(made)
    made.save()
    made.click("create_period")
    found: dict[str, Any] = accounting.get_accounts(company)
    return found


def _way_to_pay(accounts: dict[str, Any]) -> None:
    (journal,) = Model.get("account.journal").find([("type", "=", "cash")], limit=1)
    method = Model.get("account.invoice.payment.method")(name="Bank", journal=journal)
    method.credit_account = method.debit_account = accounts["cash"]
    method.save()


def _payment_term() -> None:
    term = Model.get("account.invoice.payment_term")(name="Net 30")
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()


def _key(company: Any) -> str:
    """A user of our own who may do what accountants do, and the key of its application."""
    user = Model.get("res.user")(name="Counterfoil", login="counterfoil")
    user.companies.append(company)
    user.company = company
    for group in Model.get("res.group").find([]):
        user.groups.append(group)
    user.save()
    application = Model.get("res.user.application")(user=user, application="rest")
    application.save()
    if application.state != "validated":
        application.click("validate_")
    key: str = application.key
    return key


def pay(reference: str) -> dict[str, Any]:
    """Pay all that is owed on an invoice, as a clerk does."""
    (company,) = Model.get("company.company").find([])
    config.get_config()._context["company"] = company.id
    invoice_model = Model.get("account.invoice")
    (invoice,) = invoice_model.find([("reference", "=", reference), ("state", "=", "posted")])
    paying = Wizard("account.invoice.pay", [invoice])
    (method,) = Model.get("account.invoice.payment.method").find([])
    paying.form.payment_method = method
    paying.execute("choice")
    (paid,) = invoice_model.find([("id", "=", invoice.id)])
    return {"id": paid.id, "state": paid.state}


if __name__ == "__main__":
    config.set_trytond(os.environ["TRYTON_DATABASE"], config_file=os.environ["TRYTOND_CONFIG"])
    sys.stdout.write(json.dumps(seed() if sys.argv[1] == "seed" else pay(sys.argv[2])))
