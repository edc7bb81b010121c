"""A process of its own that changes and reads credentials as fast as it can, until it is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from credentials import CredentialError
from node_server.config import Settings
from node_server.operations.house import open_house
from node_server.operations.vault import vault_of


def main(data: str, url: str, name: str, stop: str) -> None:
    house = open_house(Settings(data=data, database_url=url))
    vault = vault_of(house, "acme", name)
    vault.add(name, "bearer", {"token": "0"}, purpose="begin")
    count, faults = 0, []
    while not Path(stop).exists():
        try:
            kept = vault.get(name, purpose="look")
            if kept.reveal() != {"token": str(count)}:
                faults.append(f"{kept.reveal()} where {count} was stored")
            vault.change(name, {"token": str(count + 1)}, version=kept.version, purpose="on")
            count += 1
        except CredentialError as error:
            faults.append(f"{type(error).__name__}: {error}")
    house.close()
    sys.stdout.write(json.dumps({"count": count, "faults": faults[:5]}))


if __name__ == "__main__":
    main(*sys.argv[1:5])
