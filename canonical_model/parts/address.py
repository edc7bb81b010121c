"""Where something is, and whom to ask there."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Code, Country, Maybe, Part, Text, says


class Address(Part, frozen=True, kw_only=True):
    """A postal address (BG-5, BG-8, BG-12, BG-15)."""

    line1: Annotated[Maybe[Text], says("Street", "BT-35", "BT-50", "BT-64", "BT-75")] = None
    line2: Annotated[Maybe[Text], says("Further line", "BT-36", "BT-51", "BT-65", "BT-76")] = None
    line3: Annotated[Maybe[Text], says("Further line", "BT-162", "BT-163", "BT-164", "BT-165")] = (
        None
    )
    city: Annotated[Maybe[Text], says("City", "BT-37", "BT-52", "BT-66", "BT-77")] = None
    postcode: Annotated[Maybe[Text], says("Post code", "BT-38", "BT-53", "BT-67", "BT-78")] = None
    subdivision: Annotated[
        Maybe[Text], says("State, province or county", "BT-39", "BT-54", "BT-68", "BT-79")
    ] = None
    country: Annotated[
        Maybe[Country], says("ISO 3166-1 alpha-2", "BT-40", "BT-55", "BT-69", "BT-80")
    ] = None


class Contact(Part, frozen=True, kw_only=True):
    """A person or office to turn to (BG-6, BG-9)."""

    name: Annotated[Maybe[Text], says("Contact point", "BT-41", "BT-56")] = None
    phone: Annotated[Maybe[Text], says("Telephone", "BT-42", "BT-57")] = None
    email: Annotated[Maybe[Text], says("E-mail address", "BT-43", "BT-58")] = None


class Dimension(Part, frozen=True, kw_only=True):
    """One value of an analysis dimension: cost centre, project, class, location, …"""

    dimension: Annotated[Code, says("Name of the dimension", examples=["cost_centre"])]
    value: Annotated[Code, says("The value's code in the ledger", examples=["4711"])]
    name: Annotated[Maybe[Text], says("The value in words")] = None
