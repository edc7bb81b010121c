"""What to do next with an effect, and what has become of it: decisions without any input or output.

Two facts carry everything. *Doubt*: an earlier attempt may have taken effect, and nothing has
shown yet whether it did. Doubt is lifted by an answer that settles it, by looking in the target,
or by a person; never by time, and never by a later attempt that was not carried out. *Repeatable*:
the target itself makes a second attempt harmless (and for how long).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Class: TypeAlias = Literal["replay", "reject", "upsert", "unique", "none"]
Looks: TypeAlias = Literal["proof", "hint", "none"]
State: TypeAlias = Literal["pending", "sent", "confirmed", "refused", "uncertain", "dead", "held"]
Heard: TypeAlias = Literal[
    "done",  # it says that it is made
    "conflict",  # it says that it is there already
    "refused",  # it has read the document and will not have it
    "denied",  # turned away before anybody read it: not found, forbidden, too large
    "busy",  # not now
    "barred",  # our credential is not good any more
    "unsent",  # nothing has left here
    "unclear",  # anything else: no answer, half an answer, a fault there
]
Seen: TypeAlias = Literal["found", "several", "nothing", "failed", "barred"]
Move: TypeAlias = Literal["send", "look", "look_first", "ask"]

NEVER: Final = -1.0
"""Nothing more is done by itself."""

MOST_ATTEMPTS: Final = 24
"""With the waits below, half a day of trying."""

PATIENCE: Final = 3 * 86_400.0
"""Seconds of doubt after which a person is asked."""

BELIEVED: Final = 300.0
"""Seconds for which a key is believed to be remembered where nobody says for how long: the
shortest window that is known of any target is six minutes."""

_LONGEST_WAIT = 3600.0
_HELD_WAIT = 300.0
_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the target does against a second creation, and how it can be looked into."""

    kind: Class
    window: int | None = None
    """Seconds for which it remembers a key, where that is known."""
    looks: Looks = "none"
    """Whether not finding proves anything: `hint` where the search may have missed it."""
    ours: bool = False
    """Whether the mark that is looked for is ours alone, and not the document's own number."""
    quiet: float = 60.0
    """Seconds after an attempt before not finding anything counts: it may still be at work."""
    look_first: bool = False
    """Whether it is looked for before the first attempt: others write there too."""

    @property
    def unrepeatable(self) -> bool:
        """Whether nothing there would stop a second one."""
        return self.kind == "none"

    @property
    def needed(self) -> int:
        """How often nothing must be found before it is believed."""
        return 2 if self.unrepeatable else 1


@dataclass(frozen=True, slots=True)
class Standing:
    """How an effect stands before the next step."""

    doubtful: bool = False
    age: float = 0.0
    """Seconds since the first attempt that is in doubt."""
    since: float = 0.0
    """Seconds since the latest attempt."""
    attempts: int = 0
    misses: int = 0
    """How often it was looked for since then, and proven not to be there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an effect becomes."""

    state: State
    due: float = NEVER
    """Seconds until the next step."""
    doubtful: bool = False
    missed: bool = False
    replayed: bool = False
    """Whether an earlier attempt had taken effect."""
    look: bool = False
    """Whether to look for it at once: this is what it becomes if that is not possible."""


def next_move(rules: Rules, at: Standing) -> Move:
    """What to do with an effect that is due."""
    if rules.look_first and rules.looks != "none" and not at.doubtful:
        return "look_first"
    if not at.doubtful or repeatable(rules, at):
        return "send"
    if rules.looks == "none":
        return "send" if rules.kind in ("upsert", "unique") else "ask"
    if rules.looks == "hint" and at.misses and rules.kind in ("upsert", "unique"):
        return "send"
    return "look"


def repeatable(rules: Rules, at: Standing) -> bool:
    """Whether the target still knows the key of the attempt in doubt."""
    if rules.kind not in ("replay", "reject"):
        return False
    window = BELIEVED if rules.window is None else float(rules.window)
    return at.age < window - min(_MARGIN, window / 4)


def after_sending(rules: Rules, at: Standing, heard: Heard, wait: float = 0.0) -> Verdict:
    """What an attempt has come to; `at` is how it stood before it, this attempt counted."""
    if heard == "done":
        return Verdict("confirmed")
    if heard == "conflict":
        return _after_conflict(rules, at, wait)
    if heard == "refused":
        return _after_refusal(rules, at)
    if heard == "unclear":
        return _doubt(at, max(wait, back_off(at.attempts)))
    if heard == "barred" and not at.doubtful:
        return held()
    if heard == "denied" and not at.doubtful:
        return Verdict("refused")
    usual = _HELD_WAIT if heard == "barred" else back_off(at.attempts)
    return _not_applied(at, wait or usual)


def _after_conflict(rules: Rules, at: Standing, wait: float) -> Verdict:
    """The target says that it is there already, without saying under which id."""
    if rules.kind == "replay":  # the first attempt is still at work there
        return _doubt(at, max(wait, back_off(at.attempts)))
    if is_ours(rules):
        if rules.looks == "none":
            return Verdict("confirmed", replayed=True)
        return _doubt(at, back_off(at.attempts), look=True)
    if not at.doubtful:
        return Verdict("refused")  # somebody else's: what was sent was not taken
    return _look_now(rules, at)


def is_ours(rules: Rules) -> bool:
    """Whether what the target calls there already can only be an attempt of ours."""
    return rules.kind == "reject" or rules.ours


def _after_refusal(rules: Rules, at: Standing) -> Verdict:
    """A refusal says what became of this attempt, not of an earlier one in doubt.

    Only where the same key gives the first answer again does it speak for both.
    """
    if not at.doubtful or (rules.kind == "replay" and repeatable(rules, at)):
        return Verdict("refused")
    return _look_now(rules, at)


def _look_now(rules: Rules, at: Standing) -> Verdict:
    if rules.looks == "none":
        return after_asking()
    return _doubt(at, back_off(at.attempts), look=True)


def _not_applied(at: Standing, wait: float) -> Verdict:
    if at.doubtful:
        return _doubt(at, wait)
    if at.attempts >= MOST_ATTEMPTS:
        return Verdict("dead")
    return Verdict("pending", wait)


def _doubt(at: Standing, wait: float, *, look: bool = False) -> Verdict:
    over = at.attempts >= MOST_ATTEMPTS or at.age >= PATIENCE
    return Verdict("uncertain", NEVER if over else wait, doubtful=True, look=look)


def after_looking(rules: Rules, at: Standing, seen: Seen, wait: float = 0.0) -> Verdict:
    """What looking into the target has shown.

    Right after it has said that ours is there, `rules` must not let a miss prove anything.
    """
    if seen == "found":
        return Verdict("confirmed", replayed=True)
    if seen == "several":
        return Verdict("uncertain", doubtful=True)
    if seen != "nothing":
        usual = _HELD_WAIT if seen == "barred" else _look_back_off(at)
        return _doubt(at, wait or usual)
    if at.since < rules.quiet:
        return Verdict("uncertain", min(rules.quiet - at.since, _look_back_off(at)), doubtful=True)
    if rules.looks == "proof" and at.misses + 1 >= rules.needed:
        return Verdict("pending", 0.0)
    again = rules.quiet if rules.looks == "proof" else max(_look_back_off(at), rules.quiet)
    return replace(_doubt(at, again), missed=True)


def before_sending(at: Standing, seen: Seen, wait: float = 0.0) -> Verdict | None:
    """What looking has shown before anything was sent; nothing where it can be sent."""
    if seen == "found":
        return Verdict("confirmed", replayed=True)
    if seen == "nothing":
        return None
    if seen == "failed":
        return Verdict("pending", wait or back_off(at.attempts + 1))
    return held()


def held() -> Verdict:
    """A person must do something first; whether it is done is looked at again and again."""
    return Verdict("held", _HELD_WAIT)


def after_asking() -> Verdict:
    """Nothing is left but a person who looks."""
    return Verdict("uncertain", doubtful=True)


def back_off(attempts: int) -> float:
    """Seconds before another attempt: one, two, four and so on, up to an hour."""
    return min(_LONGEST_WAIT, 2.0 ** min(max(attempts, 1) - 1, 16))


def _look_back_off(at: Standing) -> float:
    """The longer nothing is known, the less often it is looked for."""
    return min(_LONGEST_WAIT, max(1.0, at.since / 4))
