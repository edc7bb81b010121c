"""A process with many threads that all need one token, which has run out."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field

import redis
from sqlalchemy import MetaData, create_engine

from connectors._transport import (
    Policy,
    RedisSlots,
    Session,
    Slots,
    ask_token,
    open_session,
    refresh_request,
)
from credentials import SqlStore, Vault, make_table, ring_of

NOW = 1_790_000_000
THREADS = 25


@dataclass
class Caller:
    """Gets the token, and refreshes it alone where it has run out."""

    vault: Vault
    slots: Slots
    session: Session
    token_url: str
    found: list[str] = field(default_factory=list)

    def need(self) -> None:
        while not self.take():
            ticket = self.slots.enter("refresh:c", most=1, seconds=10)
            if ticket is None:
                time.sleep(0.01)
                continue
            try:
                self.refresh()
            finally:
                self.slots.leave("refresh:c", ticket)

    def take(self) -> bool:
        parts = self.vault.get("c", purpose="call").reveal()
        good = int(parts["expires_at"]) > NOW
        if good:
            self.found.append(parts["access_token"])
        return good

    def refresh(self) -> None:
        """Looks again first: another may have done it while this one waited for its turn."""
        credential = self.vault.get("c", purpose="refresh")
        parts = credential.reveal()
        if int(parts["expires_at"]) > NOW:
            return
        spec = {"kind": "oauth2_code", "token_url": self.token_url, "client_auth": "post"}
        new = ask_token(self.session, refresh_request(spec, parts, now=NOW), spec, now=NOW)
        self.vault.change("c", new, version=credential.version, purpose="refresh")


def main(database: str, master: str, port: int, token_url: str) -> None:
    engine = create_engine(database, connect_args={"timeout": 30})
    store = SqlStore(engine, make_table(MetaData()), ring_of(master))
    slots = RedisSlots(redis.Redis(host="127.0.0.1", port=port))
    policy = Policy(hosts=("127.0.0.1",), allow_http=True, allow_private=("127.0.0.0/8",))
    with open_session(policy) as session:
        caller = Caller(Vault(store, lambda access: None), slots, session, token_url)
        threads = [threading.Thread(target=caller.need) for _ in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    engine.dispose()
    sys.stdout.write(json.dumps(caller.found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
