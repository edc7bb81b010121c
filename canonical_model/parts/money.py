"""Money with its currency, exchange rates and spans of days."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Amount, Currency, Date, Maybe, Number, Part, Text, says


class Money(Part, frozen=True, kw_only=True):
    """An amount in a currency other than the document's."""

    amount: Annotated[Amount, says("The amount")]
    currency: Annotated[Currency, says("ISO 4217 code")]


class Rate(Part, frozen=True, kw_only=True):
    """An exchange rate: one `base` is `rate` `quote`."""

    base: Annotated[Maybe[Currency], says("Currency that one unit of is priced", "UnitCcy")] = None
    quote: Annotated[Maybe[Currency], says("Currency of the price", "QtdCcy", "TrgtCcy")] = None
    rate: Annotated[Maybe[Number], says("Price of one base unit", "CcyXchg/XchgRate")] = None
    date: Annotated[Maybe[Date], says("Day the rate is of", "QtnDt")] = None
    source: Annotated[Maybe[Text], says("Who quoted it", examples=["ECB"])] = None


class Period(Part, frozen=True, kw_only=True):
    """A span of days, either end open."""

    start: Annotated[Maybe[Date], says("First day", "BT-73", "BT-134")] = None
    end: Annotated[Maybe[Date], says("Last day", "BT-74", "BT-135")] = None
