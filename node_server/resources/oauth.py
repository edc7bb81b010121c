"""`/oauth/…`: where a person's browser begins a consent, and comes back from it."""

from __future__ import annotations

import hashlib
from html import escape

from flask import request

from node_server.errors import Refusal, refusal_of
from node_server.operations.connecting import authorising
from node_server.resources.call import Call, Reply
from node_server.resources.endpoint import PROBLEM, Answer, endpoint, query

_HTML = "text/html"
_SECONDS = 900
_STATE = query("state", "What ties the consent to who began it")


@endpoint(
    "GET",
    "/oauth/authorize",
    summary="Go and agree",
    tag="Connections",
    permission=None,
    parameters=(_STATE,),
    answers={302: Answer("To the other system", types=(_HTML,), headers={
        "Location": "Where a person agrees"})},
    refusals=(400,),
)  # fmt: skip
def authorize(call: Call) -> Reply:
    """Sends a browser on to the other system. It keeps a mark, so that only the browser that began
    a consent can bring it back."""
    state = call.given.get("state", "")
    address = authorising.send_on(call.house, state)
    return Reply(b"", 302, "", {"Location": address, "Set-Cookie": _cookie(call, state, _SECONDS),
                                "Referrer-Policy": "no-referrer"})  # fmt: skip


@endpoint(
    "GET",
    "/oauth/callback",
    summary="Come back from agreeing",
    tag="Connections",
    permission=None,
    parameters=(_STATE, query("code", "What the tokens are got with")),
    answers={
        200: Answer("A page for the person", types=(_HTML,)),
        400: Answer("A page that says why not", types=(_HTML, PROBLEM)),
    },
    loose=True,
)
def callback(call: Call) -> Reply:
    """The redirect address of every client: `{public_url}/oauth/callback`. The code is changed into
    tokens, which are stored before anything is done with them."""
    state = call.given.get("state", "")
    try:
        done = authorising.finish(call.house, call.given, request.cookies.get(_name(state), ""))
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return _page(call, state, "Not connected", _words(refusal), 400)
    told = f"{done.connection.name} is connected. You can close this page."
    if done.choices:
        titles = ", ".join(each["title"] for each in done.choices[:20])
        told = f"{done.connection.name} is let into several accounts: {titles}. Now choose one."
    return _page(call, state, "Connected", told, 200)


def _words(refusal: Refusal) -> str:
    return refusal.message + (f"; {refusal.hint}" if refusal.hint else "")


def _page(call: Call, state: str, title: str, told: str, status: int) -> Reply:
    body = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<h1>{escape(title)}</h1><p>{escape(told)}</p></html>"
    )
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",  # the address holds the code
        "Set-Cookie": _cookie(call, state, 0),
    }
    return Reply(body.encode(), status, "text/html; charset=utf-8", headers)


def _cookie(call: Call, state: str, seconds: int) -> str:
    secure = "; Secure" if call.house.settings.address.startswith("https:") else ""
    value = state if seconds else ""
    limits = f"Path=/oauth; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    return f"{_name(state)}={value}; {limits}"


def _name(state: str) -> str:
    """One for each consent, so that two at once do not disturb each other."""
    return "counterfoil_" + hashlib.sha256(state.encode()).hexdigest()[:12]
