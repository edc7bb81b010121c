"""Limits and breakers in Redis (or Valkey), for several machines; one script is one step there.

The clock is that of the server, so that machines need not agree on the time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from connectors._transport.errors import TransportFailed
from connectors._transport.sharing.breaker import BreakerRule, State
from connectors._transport.sharing.limits import SPAN, Limit

_SECOND = 1_000_000
_WORDS: dict[str, State] = {"closed": "closed", "open": "open", "half_open": "half_open"}

_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
"""

# KEYS: the hold, then one for each limit. ARGV: span, then requests and width of each limit.
_TAKE = (
    _NOW
    + """
local span = tonumber(ARGV[1])
local wait = tonumber(redis.call('GET', KEYS[1]) or 0) - now
for i = 2, #KEYS do
  local most, width = tonumber(ARGV[2 * i - 2]), tonumber(ARGV[2 * i - 1])
  local oldest = math.floor(now / width) - span
  local total, first = 0, nil
  local flat = redis.call('HGETALL', KEYS[i])
  for j = 1, #flat, 2 do
    local slot = tonumber(flat[j])
    if slot < oldest then
      redis.call('HDEL', KEYS[i], flat[j])
    else
      total = total + tonumber(flat[j + 1])
      first = math.min(first or slot, slot)
    end
  end
  if total >= most then wait = math.max(wait, (first + span + 1) * width - now) end
end
if wait > 0 then return wait end
for i = 2, #KEYS do
  local width = tonumber(ARGV[2 * i - 1])
  redis.call('HINCRBY', KEYS[i], string.format('%.0f', math.floor(now / width)), 1)
  redis.call('PEXPIRE', KEYS[i], math.ceil((span + 2) * width / 1000))
end
return 0
"""
)

# KEYS: the hold. ARGV: microseconds.
_HOLD = (
    _NOW
    + """
local until_then = now + tonumber(ARGV[1])
if until_then > tonumber(redis.call('GET', KEYS[1]) or 0) then
  local life = math.max(1, math.ceil(tonumber(ARGV[1]) / 1000))
  redis.call('SET', KEYS[1], string.format('%.0f', until_then), 'PX', life)
end
return 0
"""
)

# KEYS: the circuit. ARGV: length of a probe.
_ENTER = (
    _NOW
    + """
local opened = tonumber(redis.call('HGET', KEYS[1], 'opened') or 0)
if opened == 0 then return 0 end
local wait = tonumber(redis.call('HGET', KEYS[1], 'until')) - now
if wait > 0 then return wait end
local probe = string.format('%.0f', now + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'until', probe, 'probing', 1)
return 0
"""
)

# KEYS: the circuit. ARGV: failures that open it, cooldown, longest cooldown, life of the record.
_FAILED = (
    _NOW
    + """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
local opened = tonumber(redis.call('HGET', KEYS[1], 'opened') or 0)
local probing = redis.call('HGET', KEYS[1], 'probing') == '1'
redis.call('EXPIRE', KEYS[1], ARGV[4])
if (opened > 0 and probing) or (opened == 0 and failures >= tonumber(ARGV[1])) then
  local cooldown = math.min(tonumber(ARGV[2]) * 2 ^ opened, tonumber(ARGV[3]))
  local ends = string.format('%.0f', now + cooldown)
  redis.call('HSET', KEYS[1], 'opened', opened + 1, 'until', ends, 'probing', 0)
end
return 0
"""
)

_STATE = (
    _NOW
    + """
if tonumber(redis.call('HGET', KEYS[1], 'opened') or 0) == 0 then return 'closed' end
local waiting = now < tonumber(redis.call('HGET', KEYS[1], 'until'))
if waiting and redis.call('HGET', KEYS[1], 'probing') ~= '1' then return 'open' end
return 'half_open'
"""
)

# KEYS: the slots. ARGV: how many, life of a ticket, ticket.
_ENTER_SLOT = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
local ends = string.format('%.0f', now + tonumber(ARGV[2]))
redis.call('ZADD', KEYS[1], ends, ARGV[3])
local life = math.ceil(tonumber(ARGV[2]) / 1000)
if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
return 1
"""
)

# KEYS: the slots. ARGV: ticket.
_LEAVE_SLOT = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
return redis.call('ZREM', KEYS[1], ARGV[1])
"""
)

_FORGET = "return redis.call('DEL', KEYS[1])"


class RedisClient(Protocol):
    """What is needed of a client: `redis.Redis` has it."""

    def register_script(self, script: Any) -> Any:
        """A callable that runs a script with `keys` and `args`."""


def _script(client: RedisClient, source: str) -> Callable[..., Any]:
    """A script whose failure is one of ours: nothing has been sent, and it can be tried again."""
    from redis.exceptions import RedisError  # late: it is slow to load, and few need it

    run = client.register_script(source)

    def called(keys: Sequence[str], args: Sequence[object] = ()) -> Any:
        try:
            return run(keys=keys, args=args)
        except RedisError as error:
            message = "the shared limits cannot be asked; see whether Redis runs"
            raise TransportFailed("shared_state", message, outcome="not_applied") from error

    return called


class RedisLimiter:
    """Limits for all who use the same server and prefix."""

    def __init__(self, client: RedisClient, prefix: str = "counterfoil:limit:") -> None:
        self._take = _script(client, _TAKE)
        self._hold = _script(client, _HOLD)
        self._prefix = prefix

    def take(self, key: str, limits: Sequence[Limit]) -> int:
        """Room in all limits, or microseconds to wait."""
        keys = [self._held(key), *(f"{self._prefix}{limit.key}" for limit in limits)]
        numbers = [n for limit in limits for n in (limit.requests, limit.width)]
        return int(self._take(keys=keys, args=[SPAN, *numbers]))

    def hold(self, key: str, seconds: float) -> None:
        """No room for a connection until then."""
        self._hold(keys=[self._held(key)], args=[int(seconds * _SECOND)])

    def _held(self, key: str) -> str:
        return f"{self._prefix}held:{key}"


class RedisSlots:
    """Slots for all who use the same server and prefix."""

    def __init__(self, client: RedisClient, prefix: str = "counterfoil:slots:") -> None:
        self._enter = _script(client, _ENTER_SLOT)
        self._leave = _script(client, _LEAVE_SLOT)
        self._prefix = prefix

    def enter(self, key: str, *, most: int, seconds: float) -> str | None:
        """A ticket, or nothing."""
        ticket = secrets.token_hex(8)
        life = int(seconds * _SECOND)
        entered = self._enter(keys=[self._prefix + key], args=[most, life, ticket])
        return ticket if entered else None

    def leave(self, key: str, ticket: str) -> bool:
        """Give a ticket back."""
        return bool(self._leave(keys=[self._prefix + key], args=[ticket]))


class RedisBreaker:
    """Breakers for all who use the same server and prefix."""

    def __init__(
        self,
        client: RedisClient,
        rule: BreakerRule | None = None,
        prefix: str = "counterfoil:breaker:",
    ) -> None:
        self._rule = rule or BreakerRule()
        self._enter = _script(client, _ENTER)
        self._failed = _script(client, _FAILED)
        self._state = _script(client, _STATE)
        self._forget = _script(client, _FORGET)
        self._prefix = prefix

    def enter(self, key: str) -> int:
        """0 when a request may go, else microseconds to wait."""
        return int(self._enter(keys=[self._prefix + key], args=[int(self._rule.probe * _SECOND)]))

    def report(self, key: str, *, good: bool) -> None:
        """The outcome of a request that was let through."""
        if good:
            self._forget(keys=[self._prefix + key])
            return
        rule = self._rule
        times = [int(rule.cooldown * _SECOND), int(rule.longest * _SECOND)]
        life = int(10 * (rule.longest + rule.probe)) + 60
        self._failed(keys=[self._prefix + key], args=[rule.failures, *times, life])

    def state(self, key: str) -> State:
        """For people and for metrics."""
        found = self._state(keys=[self._prefix + key])
        return _WORDS[found.decode() if isinstance(found, bytes) else found]
