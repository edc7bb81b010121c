"""What we sign, the reference library believes, and the other way round."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from connectors._transport import Delivery, Keys, new_secret, sign, verify

BODY = '{"total": "10.50", "name": "Łódź"}'.encode()


def test_the_reference_library_believes_each_of_our_secrets_in_a_rotation() -> None:
    new, old = new_secret(), new_secret()
    headers = sign([new, old], "msg_1", int(time.time()), BODY)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers) == {"total": "10.50", "name": "Łódź"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_we_believe_what_the_reference_library_signs() -> None:
    secret, now = new_secret(), int(time.time())
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": Webhook(secret).sign("msg_1", moment, BODY.decode()),
    }
    delivery = Delivery("POST", "https://x.example/", headers, BODY)
    verified = verify({"scheme": "standard_webhooks"}, delivery, Keys((secret,)), now=now)
    assert (verified.message_id, verified.sent_at) == ("msg_1", now)


def test_bodies_need_not_be_text() -> None:
    secret = new_secret()
    headers = sign([secret], "m", 5, b"\xff\x00")
    delivery = Delivery("POST", "https://x.example/", headers, b"\xff\x00")
    verify({"scheme": "standard_webhooks"}, delivery, Keys((secret,)), now=5)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "not base64 !", "whsec_" + "A" * 200]
)
def test_a_secret_that_is_none_is_refused_unquoted(secret: str) -> None:
    with pytest.raises(ValueError, match="make a new one"):
        sign([secret], "m", 5, BODY)


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="no secret"):
        sign([], "m", 5, BODY)


@pytest.mark.parametrize("message_id", ["a.b", "a\nb", "é"])
def test_a_message_id_cannot_shift_the_signed_text(message_id: str) -> None:
    with pytest.raises(ValueError, match="without points"):
        sign([new_secret()], message_id, 5, BODY)
