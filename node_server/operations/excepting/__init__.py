"""Exceptions: the one way to hold a document, and to let it go."""

from node_server.operations.excepting.closing import Closing, abandon, close, note, settle
from node_server.operations.excepting.finding import Finding
from node_server.operations.excepting.opening import raise_on

__all__ = ["Closing", "Finding", "abandon", "close", "note", "raise_on", "settle"]
