"""Whether a webhook comes from the system that it names, by the scheme of its manifest.

Raw bytes first: nothing of the body is believed, or even read, before this has passed. It fails
closed: no key, no header, an unknown scheme are refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from connectors._transport.signatures.delivery import (
    Delivery,
    Keys,
    SignatureRefused,
    Verified,
)
from connectors._transport.signatures.keyed import check_hmac, check_standard, check_stripe
from connectors._transport.signatures.public_key import check_jwt, check_paypal, check_public_key
from connectors._transport.signatures.shared import check_basic, check_shared_secret
from connectors.errors import PathError

_Check: TypeAlias = Callable[[Mapping[str, Any], Delivery, Keys, int], Verified]

_CHECKS: dict[str, _Check] = {
    "hmac": check_hmac,
    "standard_webhooks": check_standard,
    "stripe": check_stripe,
    "rsa": check_public_key,
    "ecdsa": check_public_key,
    "jwt_body_hash": check_jwt,
    "paypal": check_paypal,
    "shared_secret": check_shared_secret,
    "basic": check_basic,
}


def verify(
    signature: Mapping[str, Any],
    delivery: Delivery,
    keys: Keys,
    *,
    now: int,
    allow_unsigned: bool = False,
) -> Verified:
    """What is vouched for, or `SignatureRefused`; `signature` is the manifest's part of that name.

    `now` is in seconds. A system that signs nothing is refused unless the operator allows it for
    that connection. A delivery sent twice within the tolerance passes: event ids tell those apart.
    """
    scheme = str(signature.get("scheme"))
    if scheme == "none" and allow_unsigned:
        return Verified()
    check = _CHECKS.get(scheme)
    if check is None:
        raise SignatureRefused("unsigned", f"scheme {scheme[:40]!r} proves nothing; refused")
    try:
        return check(signature, delivery, keys, now)
    except (KeyError, PathError) as error:
        found = f"the manifest's signature is not usable at {str(error)[:60]}"
        raise SignatureRefused("malformed", f"{found}; mend it there") from error
