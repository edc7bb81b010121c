"""What is known of a party: watch lists, identifiers, look-alikes, accounts that were vetted."""

from node_server.operations.vetting.facts import facts_of_party
from node_server.operations.vetting.known_parties import (
    known_payees,
    parties_like,
    parties_named,
    vetted,
)
from node_server.operations.vetting.lists import listed
from node_server.operations.vetting.report import Report, report_on

__all__ = [
    "Report",
    "facts_of_party",
    "known_payees",
    "listed",
    "parties_like",
    "parties_named",
    "report_on",
    "vetted",
]
