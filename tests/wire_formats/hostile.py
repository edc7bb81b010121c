"""Bad input for every codec: mutated samples, and attacks measured in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"

_CHILD = """
import json, resource, time
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
{setup}
before, start, code = peak(), time.process_time(), "accepted"
try:
    {action}
except CodecError as error:
    code = error.code
print(json.dumps([code, time.process_time() - start, peak() - before]))
"""


@dataclass(frozen=True)
class Outcome:
    """What became of an attack: the error, and what it cost in time and memory of its own."""

    code: str
    seconds: float
    megabytes: float


def attack(setup: str, action: str) -> Outcome:
    """Run `action` after `setup` in a new process."""
    script = _CHILD.format(setup=setup, action=action)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return Outcome(*json.loads(done.stdout))


def sample(name: str) -> bytes:
    """One of the sample files."""
    return (FILES / name).read_bytes()


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """The sample with a few bytes changed, cut out, doubled or put in."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        piece = draw(
            st.one_of(
                st.binary(max_size=6),
                st.just(bytes(data[at : at + length]) * 2),
                st.sampled_from([b"\0", b'"', b"<", b"[", b"\xff", b"\n", b"&", b";"]),
            )
        )
        data[at : at + length] = piece
    cut = draw(st.one_of(st.none(), st.integers(0, len(data))))
    return bytes(data[:cut])


class Trickle:
    """A stream that cannot seek and gives away a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = data
        self._step = step
        self._at = 0

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size < 0 else self._at + min(size, self._step)
        piece, self._at = self._data[self._at : end], min(end, len(self._data))
        return piece

    def readline(self, size: int = -1) -> bytes:
        newline = self._data.find(b"\n", self._at)
        end = len(self._data) if newline < 0 else newline + 1
        end = end if size < 0 else min(end, self._at + size)
        piece, self._at = self._data[self._at : end], end
        return piece
