"""CONTRL messages for a decoded EDIFACT input, judged by its notices.

A message is rejected when one of its own notices is an error; an interchange or a group whose own
trailer is wrong is rejected as a whole. CONTRL messages are not acknowledged. The answers are
units: `edifact.encode` writes them, counting references and dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from connectors._codecs.limits import Decoded, Tree
from connectors._codecs.segments import Segment

_CONTRL = "CONTRL"
# ISO 9735 data elements 0083 (action) and 0085 (syntax error)
_REJECTED, _ACKNOWLEDGED = "4", "7"
_UNSPECIFIED = "18"
_FAULTS = {"missing_trailer": "13", "reference_mismatch": "28", "count_mismatch": "29"}


def acknowledge(decoded: Decoded) -> list[Tree]:
    """One CONTRL for each interchange that holds other messages, in order."""
    numbered = [pair for pair in enumerate(decoded.units, 1) if "interchange" in pair[1]]
    answers = []
    interchanges = groupby(numbered, key=lambda pair: id(pair[1]["interchange"]))
    for ordinal, (_, members) in enumerate(interchanges, 1):
        messages = list(members)
        if any(unit["type"] != _CONTRL for _, unit in messages):
            answers.append(_Answer(decoded).unit(ordinal, messages))
    return answers


class _Answer:
    """Builds one CONTRL."""

    def __init__(self, decoded: Decoded) -> None:
        self._errors = [notice for notice in decoded.notices if notice.severity == "error"]
        # notices number the groups that hold messages, over the whole input
        groups = dict.fromkeys(id(unit["group"]) for unit in decoded.units if "group" in unit)
        self._ordinals = {group: number for number, group in enumerate(groups, 1)}

    def unit(self, ordinal: int, messages: list[tuple[int, Tree]]) -> Tree:
        """The CONTRL for one interchange."""
        header = messages[0][1]["interchange"]
        verdict = self._verdict(f"interchange {ordinal},", "UCI", "UNZ")
        named = {"UCI0101": header["UNB0501"]} if "UNB0501" in header else {}
        parties = _moved(header, "UNB02", "UCI02") | _moved(header, "UNB03", "UCI03")
        unit: Tree = {
            "type": _CONTRL,
            "version": "D3",
            "interchange": _returned(header),
            "UCI": [named | parties | verdict],
        }
        if verdict["UCI0401"] == _ACKNOWLEDGED:
            unit |= self._parts(messages)
        return unit

    def _parts(self, messages: list[tuple[int, Tree]]) -> Segment:
        """UCM for each message that stands alone, UCF for each group."""
        alone = [pair for pair in messages if "group" not in pair[1]]
        grouped = [pair for pair in messages if "group" in pair[1]]
        parts: Segment = {"UCM": list(self._messages(alone)), "UCF": list(self._groups(grouped))}
        return {tag: segments for tag, segments in parts.items() if segments}

    def _messages(self, messages: Iterable[tuple[int, Tree]]) -> Iterator[Segment]:
        for number, unit in messages:
            header = unit["UNH"][0]
            named = {"UCM0101": header["UNH0101"]} if "UNH0101" in header else {}
            verdict = self._verdict(f"message {number},", "UCM", "UNT")
            yield named | _moved(header, "UNH02", "UCM02") | verdict

    def _groups(self, messages: list[tuple[int, Tree]]) -> Iterator[Segment]:
        for _, members in groupby(messages, key=lambda pair: id(pair[1]["group"])):
            inside = list(members)
            header = inside[0][1]["group"]
            named = {"UCF0101": header["UNG0501"]} if "UNG0501" in header else {}
            parties = _moved(header, "UNG02", "UCF02") | _moved(header, "UNG03", "UCF03")
            yield named | parties | self._group_verdict(inside)

    def _group_verdict(self, inside: list[tuple[int, Tree]]) -> Segment:
        ordinal = self._ordinals[id(inside[0][1]["group"])]
        verdict = self._verdict(f"group {ordinal},", "UCF", "UNE")
        if verdict["UCF0401"] == _ACKNOWLEDGED:
            verdict["UCM"] = list(self._messages(inside))
        return verdict

    def _verdict(self, place: str, tag: str, trailer: str) -> Segment:
        """Action and, where rejected, the error and the service segment it was found in."""
        at = 3 if tag == "UCM" else 4
        fault = next((n for n in self._errors if n.where.startswith(place)), None)
        if fault is None:
            return {f"{tag}{at:02}01": _ACKNOWLEDGED}
        rejected = {f"{tag}{at:02}01": _REJECTED}
        rejected[f"{tag}{at + 1:02}01"] = _FAULTS.get(fault.code, _UNSPECIFIED)
        return rejected | ({f"{tag}{at + 2:02}01": trailer} if fault.code in _FAULTS else {})


def _returned(header: Segment) -> Segment:
    """The envelope back to the sender, in the same syntax."""
    syntax = {name: header[name] for name in ("UNB0101", "UNB0102") if name in header}
    return syntax | _moved(header, "UNB03", "UNB02") | _moved(header, "UNB02", "UNB03")


def _moved(tree: Segment, old: str, new: str) -> Segment:
    """The components of one element, as those of another."""
    return {new + name[5:]: tree[name] for name in tree if name.startswith(old) and len(name) == 7}
