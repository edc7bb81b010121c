"""A process of its own whose threads all call through one connection at once."""

from __future__ import annotations

import json
import sys
import threading

from node_server.config import Settings
from node_server.operations.calling import open_caller
from node_server.operations.house import open_house


def main(stated: str, threads: int) -> None:
    values = json.loads(stated)
    values["allow_private_targets"] = tuple(values["allow_private_targets"])
    house = open_house(Settings(**values))
    ready, found = threading.Barrier(threads), []

    def call() -> None:
        ready.wait()
        with open_caller(house, "acme", "there") as caller:
            request = caller.request({"path": "/things"})
            found.append(caller.send(request, purpose="test", patience=60).status)

    running = [threading.Thread(target=call) for _ in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    house.close()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
