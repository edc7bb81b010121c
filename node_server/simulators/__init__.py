"""Stateful local stand-ins for target systems, each driven by its connector's manifest alone."""

from __future__ import annotations

from node_server.simulators.facts import unverified
from node_server.simulators.faults import NAMES as FAULTS
from node_server.simulators.faults import Fault, rates_of
from node_server.simulators.simulator import Simulator, load, start, start_several, what_there_is
from node_server.simulators.system import Noted

__all__ = [
    "FAULTS",
    "Fault",
    "Noted",
    "Simulator",
    "load",
    "rates_of",
    "start",
    "start_several",
    "unverified",
    "what_there_is",
]
