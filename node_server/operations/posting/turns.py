"""A turn at one counterfoil: what is to be done next is decided, done, judged and written."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from node_server.errors import refusal_of
from node_server.logs import log
from node_server.operations.calling import Caller, open_caller, record
from node_server.operations.house import House
from node_server.operations.posting import held_bills, judging
from node_server.operations.posting.attempts import LeaseLost, Mark, StoodStill, attempt, look
from node_server.operations.posting.blocking import Blocked
from node_server.operations.posting.drafting import draft
from node_server.operations.posting.effects import effect_of, operation_of
from node_server.operations.posting.hearing import News
from node_server.operations.posting.holds import Hold, hold_of, seconds_of_maintenance
from node_server.operations.posting.judging import Rules, Standing, Verdict
from node_server.operations.posting.looking import QUIET, Search, Sight, rules_of, search_of
from node_server.operations.posting.preparing import tree_of
from node_server.operations.posting.sent_files import sent_file
from node_server.operations.posting.settling import answer_text, settle
from node_server.store import clock, counterfoils
from node_server.store.counterfoils import Row

_SPREAD = (1.0, 1.2)


def turn(house: House, row: Row) -> Row | None:
    """Take a leased row one step on; the row as it is then, nothing where the lease was lost."""
    try:
        with open_caller(house, row["tenant"], row["connection_id"]) as caller:
            return _turn(house, caller, row)
    except LeaseLost:
        log().warning("lease_lost", counterfoil=row["key"], state=row["state"])
        return None
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001  (or it would come back for ever)
        return _stuck(house, row, error)


def _stuck(house: House, row: Row, error: Exception) -> Row | None:
    """Connection, manifest or map do not allow it now: a person must change something."""
    refusal = refusal_of(error)
    why = f"{refusal.code}: {refusal.message}" if refusal else f"internal: {type(error).__name__}"
    if refusal is None:
        log().error("posting_failed", counterfoil=row["key"], exc_info=error)
    doubtful = row["first_sent_at"] is not None
    verdict = judging.after_asking() if doubtful else judging.held()
    return settle(house, row, verdict, why=why)


def _turn(house: House, caller: Caller, row: Row) -> Row | None:
    if row["first_sent_at"] is None:
        if (held := _held(house, caller, row)) is not None:
            return settle(house, row, held[0], why=held[1])
        if not row["url"]:
            try:
                row = _drafted(house, caller, row)
            except Blocked as blocked:
                return settle(house, row, judging.held(), why=str(blocked))
    spec = operation_of(caller.connector, row["resource"], row["action"])
    search = search_of(spec, tree_of(row["body"]), sent_file(house, caller, row))
    first = bool(caller.connection.settings.get("look_first"))
    rules = rules_of(spec, search, effect_of(row), _quiet(caller), look_first=first)
    move = judging.next_move(rules, standing_of(row, clock.now()))
    if move == "ask":
        return settle(house, row, judging.after_asking(), why=_unanswered(row))
    if move == "look":
        return _look(house, caller, row, search, rules)
    if move == "look_first" and (seen := _seen_before(caller, row, search)) is not None:
        return _settled(house, row, seen[0], seen[1], None)
    try:
        return _send(house, caller, row, spec, search, rules)
    except StoodStill as still:
        return settle(house, row, _verdict_of(still.hold), why=still.hold.why)


def _seen_before(caller: Caller, row: Row, search: Search) -> tuple[Verdict, Sight] | None:
    """What others have entered there already, or what keeps us from looking."""
    sight = look(caller, row, search)
    verdict = judging.before_sending(standing_of(row, clock.now()), sight.seen, sight.wait)
    return None if verdict is None else (verdict, sight)


def _quiet(caller: Caller) -> float:
    """As long as a call of ours may take, unless the connection says otherwise."""
    usual = max(QUIET, caller.connector.manifest["api"].get("timeout", QUIET))
    return float(caller.connection.settings.get("quiet_seconds", usual))


def _drafted(house: House, caller: Caller, row: Row) -> Row:
    """Render what had to wait for another effect, and store it before it is sent."""
    columns = draft(house, caller, row)
    with house.store.writing(durable=True) as connection:
        if not counterfoils.step(connection, row, **columns):
            raise LeaseLost
    return {**row, **columns}


def _held(house: House, caller: Caller, row: Row) -> tuple[Verdict, str] | None:
    """Why it is not sent now, though it is due. What is usual is asked when it is marked."""
    if row["state"] == "held" or row["waits_for"] or not row["url"]:
        with house.store.reading() as connection:
            standing = held_bills.standing(connection, row)
            before = counterfoils.get(connection, row["tenant"], row["waits_for"] or "")
        if row["waits_for"] and (before is None or before["state"] != "confirmed"):
            state = before["state"] if before else "not there"
            return judging.held(), f"what it waits for is {state}: {row['waits_for'][:16]}"
        if hold := hold_of(row, standing):
            return _verdict_of(hold), hold.why
    calendar = caller.connection.settings.get("calendar", {})
    if wait := seconds_of_maintenance(calendar, clock.now()):
        return Verdict("pending", wait), "the calendar of the connection: maintenance"
    return None


def _verdict_of(hold: Hold) -> Verdict:
    return Verdict("held") if hold.for_good else judging.held()


def standing_of(row: Mapping[str, Any], now: datetime) -> Standing:
    """How an effect stands, as its row says."""
    doubtful = row["first_sent_at"] is not None
    return Standing(
        doubtful=doubtful,
        age=_seconds(row["first_sent_at"], now) if doubtful else 0.0,
        since=_seconds(row["sent_at"], now) if row["sent_at"] else 0.0,
        attempts=row["attempts"],
        misses=row["lookups"],
    )


def _seconds(since: str, now: datetime) -> float:
    return max(0.0, (now - clock.read(since)).total_seconds())


def _unanswered(row: Mapping[str, Any]) -> str:
    return row["why"] or "no answer came, and the target cannot be searched for it"


def _send(
    house: House, caller: Caller, row: Row, spec: Mapping[str, Any], search: Search, rules: Rules
) -> Row | None:
    before = standing_of(row, clock.now())
    mark = Mark(house, row)
    news = _judged_by_class(attempt(caller, row, mark, spec), rules, before)
    row = mark.after
    at = replace(before, attempts=row["attempts"])
    verdict = judging.after_sending(rules, at, news.heard, news.wait)
    if verdict.look:
        sure = news.heard != "conflict" or not judging.is_ours(rules)
        with_care = rules if sure else replace(rules, looks="hint")
        record(house, mark.exchanges)
        sight = look(caller, row, search)
        since = replace(at, since=0.0, misses=0)
        verdict = judging.after_looking(with_care, since, sight.seen, sight.wait)
        return _settled(house, row, verdict, sight, news)
    facts = _facts(news, replayed=verdict.replayed or news.replayed)
    return settle(house, row, _spread(verdict), mark.exchanges, **facts)


def _judged_by_class(news: News, rules: Rules, before: Standing) -> News:
    """Where the same key may still be at work, 409 without more means just that."""
    if rules.kind == "replay" and news.status == 409 and before.doubtful:
        return replace(news, heard="conflict")
    return news


def _facts(news: News, *, replayed: bool) -> dict[str, Any]:
    answer = answer_text(news.status, news.code, news.why, replayed=replayed)
    done = news.heard == "done"
    return {
        "why": None if done else news.why,
        "status": news.status,
        "answer": answer,
        **({"target_id": news.target_id or None} if done else {}),
        **({"target_version": news.target_version or None} if done else {}),
    }


def _look(house: House, caller: Caller, row: Row, search: Search, rules: Rules) -> Row | None:
    at = standing_of(row, clock.now())
    sight = look(caller, row, search)
    verdict = judging.after_looking(rules, at, sight.seen, sight.wait)
    return _settled(house, row, verdict, sight, None)


def _settled(
    house: House, row: Row, verdict: Verdict, sight: Sight, news: News | None
) -> Row | None:
    """Write what looking has shown, beside what was heard before."""
    if verdict.state == "confirmed":
        answer = answer_text(news.status if news else 0, "", "", replayed=True)
        return settle(
            house, row, verdict, why=None, answer=answer, target_id=sight.target_id or None
        )
    why = sight.why or (news.why if news else "") or row["why"]
    return settle(house, row, _spread(verdict), why=why)


def _spread(verdict: Verdict) -> Verdict:
    """Waits a little apart, so that what failed together does not come back together."""
    if verdict.due <= 0:
        return verdict
    return replace(verdict, due=verdict.due * random.uniform(*_SPREAD))  # noqa: S311
