"""The only room that talks to the network: guarded HTTP, signatures, auth, paging, limits."""

from __future__ import annotations

from connectors._transport.auth.schemes import Auth, certificate_of, make_auth
from connectors._transport.auth.sessions import fetch_csrf, log_in
from connectors._transport.auth.tokens import (
    Pkce,
    TokenRefused,
    ask_token,
    authorize_url,
    code_request,
    new_pkce,
    refresh_request,
    revoke_request,
)
from connectors._transport.errors import TransportError, TransportFailed, TransportRefused
from connectors._transport.guard import Session, open_session, send
from connectors._transport.message import Answer, Request
from connectors._transport.paging.pager import Bookmark, Page, PagingStuck, pages
from connectors._transport.policy import ANY_HOST, Policy, check_url
from connectors._transport.recording import (
    Cassette,
    Exchange,
    Sender,
    recorded,
    write_cassette,
)
from connectors._transport.redaction import Redactor
from connectors._transport.sharing.breaker import (
    Breaker,
    BreakerRule,
    MemoryBreaker,
    is_failure,
)
from connectors._transport.sharing.limits import Limit, Limiter, MemoryLimiter, limits_of
from connectors._transport.sharing.redis_shared import RedisBreaker, RedisLimiter, RedisSlots
from connectors._transport.sharing.slots import MemorySlots, Slots
from connectors._transport.signatures.delivery import Delivery, Keys, SignatureRefused, Verified
from connectors._transport.signatures.writing import Signer, sign_delivery
from connectors._transport.signing import key_bytes, new_secret, sign
from connectors._transport.throttling import matches, retry_after, throttled
from connectors._transport.tls import ClientCertificate
from connectors._transport.verification import verify

__all__ = [
    "ANY_HOST",
    "Answer",
    "Auth",
    "Bookmark",
    "Breaker",
    "BreakerRule",
    "Cassette",
    "ClientCertificate",
    "Delivery",
    "Exchange",
    "Keys",
    "Limit",
    "Limiter",
    "MemoryBreaker",
    "MemoryLimiter",
    "MemorySlots",
    "Page",
    "PagingStuck",
    "Pkce",
    "Policy",
    "Redactor",
    "RedisBreaker",
    "RedisLimiter",
    "RedisSlots",
    "Request",
    "Sender",
    "Session",
    "SignatureRefused",
    "Signer",
    "Slots",
    "TokenRefused",
    "TransportError",
    "TransportFailed",
    "TransportRefused",
    "Verified",
    "ask_token",
    "authorize_url",
    "certificate_of",
    "check_url",
    "code_request",
    "fetch_csrf",
    "is_failure",
    "key_bytes",
    "limits_of",
    "log_in",
    "make_auth",
    "matches",
    "new_pkce",
    "new_secret",
    "open_session",
    "pages",
    "recorded",
    "refresh_request",
    "retry_after",
    "revoke_request",
    "send",
    "sign",
    "sign_delivery",
    "throttled",
    "verify",
    "write_cassette",
]
