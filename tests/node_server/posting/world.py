"""A target system and a network that do their worst, in a time of their own: for the decisions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from node_server.operations.posting.judging import (
    NEVER,
    Heard,
    Rules,
    Seen,
    Standing,
    Verdict,
    after_asking,
    after_looking,
    after_sending,
    is_ours,
    next_move,
)

LEASE = 30.0


@dataclass
class Target:
    """Keeps what it is sent as its class says; work may end some time after nobody waits for it."""

    rules: Rules
    window: float
    """For how long it really remembers a key."""
    chance: random.Random
    made: int = 0
    keys: dict[str, float] = field(default_factory=dict)
    under_way: list[float] = field(default_factory=list)
    valid: bool = True

    def pass_time(self, now: float) -> None:
        for end in [each for each in self.under_way if each <= now]:
            self.under_way.remove(end)
            self.make(now)

    def make(self, now: float) -> None:
        if self.rules.kind in ("unique", "upsert") and self.made:
            return
        self.made += 1

    def remembers(self, now: float) -> bool:
        return "key" in self.keys and now - self.keys["key"] < self.window

    def take(self, now: float, delay: float) -> Heard:
        """What it answers to an attempt that reaches it; its work is done after a delay."""
        keyed = self.rules.kind in ("replay", "reject")
        if keyed and self.remembers(now):
            return self.again()
        if self.rules.kind == "unique" and self.made:
            return self.chance.choice(["conflict", "refused"])
        if not self.valid:
            return "refused"
        if keyed:
            self.keys["key"] = now
        if delay:
            self.under_way.append(now + delay)
        else:
            self.make(now)
        return "done"

    def again(self) -> Heard:
        if self.rules.kind == "reject":
            return self.chance.choice(["conflict", "conflict", "refused"])
        return "conflict" if self.under_way else "done"


@dataclass
class World:
    """One effect, posted until nothing more is done by itself."""

    rules: Rules
    target: Target
    chance: random.Random
    faults: float
    now: float = 0.0
    first: float | None = None
    sent: float = 0.0
    at: Standing = field(default_factory=Standing)
    state: str = "pending"
    steps: int = 0

    def run(self) -> str:
        due = 0.0
        while due != NEVER and self.state not in ("confirmed", "refused", "dead"):
            self.steps += 1
            assert self.steps < 2000, "it never ends"
            self.pass_time(due)
            verdict = self.step()
            self.note(verdict)
            due = verdict.due
        self.pass_time(10 * self.rules.quiet)
        return self.state

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.target.pass_time(self.now)
        if self.chance.random() < self.faults / 4:
            self.target.valid = not self.target.valid
        doubtful = self.first is not None
        age = self.now - self.first if self.first is not None else 0.0
        self.at = replace(self.at, doubtful=doubtful, age=age, since=self.now - self.sent)

    def note(self, verdict: Verdict) -> None:
        self.state = verdict.state
        if not verdict.doubtful:
            self.first = None
            self.at = replace(self.at, misses=0)
        elif self.first is None:
            self.first = self.sent
        self.at = replace(self.at, misses=self.at.misses + verdict.missed)

    def step(self) -> Verdict:
        move = next_move(self.rules, self.at)
        if move == "ask":
            return after_asking()
        if move == "look":
            return after_looking(self.rules, self.at, self.look())
        return self.send()

    def send(self) -> Verdict:
        was = self.at
        self.sent = self.now
        self.at = replace(was, attempts=was.attempts + 1, misses=0, since=0.0)
        if not was.doubtful:
            self.at = replace(self.at, age=0.0)
        heard = self.fate()
        if heard is None:  # the worker died: whoever takes over finds the mark of the attempt
            self.first = self.first if was.doubtful else self.sent
            self.now += LEASE
            return Verdict("uncertain", 0.0, doubtful=True)
        verdict = after_sending(self.rules, self.at, heard)
        if not verdict.look:
            return verdict
        sure = heard != "conflict" or not is_ours(self.rules)
        rules = self.rules if sure else replace(self.rules, looks="hint")
        return after_looking(rules, self.at, self.look())

    def fate(self) -> Heard | None:
        """What the network makes of an attempt."""
        if self.chance.random() >= self.faults:
            return self.target.take(self.now, 0.0)
        fate = self.chance.choice(
            ["after", "late", "before", "busy", "unsent", "denied", "barred", "dead", "dead late"]
        )
        if fate in ("after", "late", "dead late"):
            late = self.chance.uniform(0.0, self.rules.quiet * 0.95)
            self.target.take(self.now, 0.0 if fate == "after" else late)
        if fate in ("dead", "dead late"):
            return None
        silent: dict[str, Heard] = {"after": "unclear", "late": "unclear", "before": "unclear"}
        told: dict[str, Heard] = {"busy": "busy", "unsent": "unsent", "denied": "denied"}
        return silent.get(fate) or told.get(fate) or "barred"

    def look(self) -> Seen:
        if self.chance.random() < self.faults / 2:
            return "failed"
        if self.target.made == 0:
            return "nothing"
        if self.target.made > 1:
            return "several"
        missed = self.rules.looks == "hint" and self.chance.random() < 0.5
        return "nothing" if missed else "found"
