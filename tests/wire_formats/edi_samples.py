"""Small X12 and EDIFACT inputs that tests vary."""

from __future__ import annotations

from pathlib import Path

FILES = Path(__file__).parent / "files"

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
ISA += "*260131*0915*U*00401*000000042*0*P*>~"
GS = "GS*IN*SENDER*RECEIVER*20260131*0915*7*X*004010~"
UNB = "UNB+UNOC:3+SENDER:14+RECEIVER:14+260131:0915+42'"


def x12_set(*segments: str, kind: str = "810", number: str = "0001") -> str:
    """ST to SE, counted."""
    lines = [f"ST*{kind}*{number}", *segments, f"SE*{len(segments) + 2}*{number}"]
    return "".join(f"{line}~" for line in lines)


def x12_file(*sets: str) -> bytes:
    """One interchange with one group."""
    return f"{ISA}{GS}{''.join(sets)}GE*{len(sets)}*7~IEA*1*000000042~".encode()


def message(*segments: str, kind: str = "INVOIC:D:96A:UN", number: str = "1") -> str:
    """UNH to UNT, counted."""
    lines = [f"UNH+{number}+{kind}", *segments, f"UNT+{len(segments) + 2}+{number}"]
    return "".join(f"{line}'" for line in lines)


def edifact_file(*messages: str) -> bytes:
    """One interchange without groups."""
    return f"{UNB}{''.join(messages)}UNZ+{len(messages)}+42'".encode("latin-1")
