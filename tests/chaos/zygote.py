"""Starts servers and workers at once, however often they are killed: everything is imported
before, and each is a fork. Names come in by lines, process ids go out.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from dataclasses import replace
from importlib import import_module

from node_server.cli.work import work
from node_server.config import load
from node_server.operations.house import open_house
from node_server.serving_process import make


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve() -> None:
    from waitress import serve as waitress_serve

    settings = load(os.environ)
    waitress_serve(make(), host=settings.host, port=settings.port, threads=8)


def run(name: str) -> None:
    if name == "server":
        serve()
    else:
        work.main(["--celery"] if name == "celery" else [], standalone_mode=False)


def warm() -> None:
    """All that a start takes time for, but for the store itself."""
    for name in ("apps.worker", "bin.worker", "concurrency.thread", "worker.components"):
        import_module(f"celery.{name}")
    import_module("kombu.transport.redis")
    import_module("kombu.transport.pyamqp")
    import_module("psycopg")
    import_module("sqlalchemy.dialects.postgresql.psycopg")
    import_module("node_server.operations.posting.celery_delivery")
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(replace(load(os.environ), data=folder, database_url="", redis_url=""))
        house.warm()
        house.close()


def main() -> None:
    warm()
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.close(0)
            os.dup2(2, 1)
            run(line.strip())
            os._exit(0)
        say(str(child))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    main()
