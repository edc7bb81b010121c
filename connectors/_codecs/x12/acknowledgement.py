"""Functional acknowledgements (997, 999) for a decoded X12 input, judged by its notices.

A set is accepted unless one of its own notices is an error. Acknowledgements themselves are not
acknowledged. The answers are units: `x12.encode` writes them, counting control numbers and dates.
Units do not keep what GE01 stated, so AK902 repeats AK903; that the two disagreed stands in AK905.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from connectors._codecs.limits import Decoded, Notice, Tree
from connectors._codecs.segments import Segment

_ACKNOWLEDGEMENTS = "FA"
# X12 data elements 718 (set) and 716 (group): what was wrong
_SET_FAULTS = {
    "missing_trailer": "2",
    "reference_mismatch": "3",
    "count_mismatch": "4",
    "bad_segment": "5",
}
_GROUP_FAULTS = {"missing_trailer": "3", "reference_mismatch": "4", "count_mismatch": "5"}
_SWAPPED = {
    "ISA05": "ISA07",
    "ISA06": "ISA08",
    "ISA07": "ISA05",
    "ISA08": "ISA06",
    "ISA11": "ISA11",
    "ISA12": "ISA12",
    "ISA15": "ISA15",
    "ISA16": "ISA16",
}
_GUIDE_999 = "005010X231A1"
_VERSION_999 = "00501"
_MOST_CODES = 5


def acknowledge(decoded: Decoded, kind: Literal["997", "999"] = "997") -> list[Tree]:
    """One acknowledgement for each functional group that holds sets, in order."""
    numbered = [(number, unit) for number, unit in enumerate(decoded.units, 1) if "group" in unit]
    answers = []
    groups = groupby(numbered, key=lambda pair: id(pair[1]["group"]))
    for ordinal, (_, members) in enumerate(groups, 1):
        sets = list(members)
        if sets[0][1]["group"].get("GS01") != _ACKNOWLEDGEMENTS:
            answers.append(_answer(kind, ordinal, sets, decoded.notices))
    return answers


def _answer(kind: str, ordinal: int, sets: list[tuple[int, Tree]], notices: list[Notice]) -> Tree:
    first = sets[0][1]
    group = first["group"]
    judged = [_judged(kind, unit, _codes(notices, f"set {at},", _SET_FAULTS)) for at, unit in sets]
    faults = _codes(notices, f"group {ordinal},", _GROUP_FAULTS)
    version = {"AK103": group["GS08"]} if kind == "999" and "GS08" in group else {}
    return {
        "type": kind,
        "interchange": _interchange(kind, first.get("interchange", {})),
        "group": _group(kind, group),
        "AK1": [_present(AK101=group.get("GS01"), AK102=group.get("GS06")) | version],
        "AK2": [tree for tree, _ in judged],
        "AK9": [_summary([accepted for _, accepted in judged], faults)],
    }


def _judged(kind: str, unit: Tree, codes: list[str]) -> tuple[Segment, bool]:
    header = unit["ST"][0]
    reference = {"AK203": header["ST03"]} if kind == "999" and "ST03" in header else {}
    tag = "IK5" if kind == "999" else "AK5"
    verdict = {f"{tag}01": "R" if codes else "A"} | _listed(tag, 2, codes)
    named = _present(AK201=header.get("ST01"), AK202=header.get("ST02"))
    return named | reference | {tag: [verdict]}, not codes


def _summary(accepted: list[bool], faults: list[str]) -> Segment:
    count, good = str(len(accepted)), str(sum(accepted))
    if not any(accepted):
        verdict = "R"
    elif not all(accepted):
        verdict = "P"
    else:
        verdict = "E" if faults else "A"
    stated = {"AK901": verdict, "AK902": count, "AK903": count, "AK904": good}
    return stated | _listed("AK9", 5, faults)


def _codes(notices: Iterable[Notice], place: str, meanings: dict[str, str]) -> list[str]:
    errors = (n for n in notices if n.severity == "error" and n.where.startswith(place))
    return list(dict.fromkeys(meanings.get(notice.code, "5") for notice in errors))[:_MOST_CODES]


def _listed(tag: str, first: int, codes: list[str]) -> Segment:
    return {f"{tag}{at:02}": code for at, code in enumerate(codes, first)}


def _interchange(kind: str, received: Segment) -> Segment:
    """Back to the sender, in the sender's version and with its separators."""
    swapped = {new: received[old] for new, old in _SWAPPED.items() if old in received}
    if kind == "999" and swapped.get("ISA12", "") < _VERSION_999:
        swapped |= {"ISA11": "^", "ISA12": _VERSION_999}
    return swapped


def _group(kind: str, received: Segment) -> Segment:
    version = _GUIDE_999 if kind == "999" else received.get("GS08", "")[:6]
    group = {"GS01": _ACKNOWLEDGEMENTS, "GS08": version}
    return group | _present(GS02=received.get("GS03"), GS03=received.get("GS02"))


def _present(**elements: str | None) -> Segment:
    return {name: value for name, value in elements.items() if value}
