"""One server process: the application and, beside it, the worker."""

from __future__ import annotations

import atexit

from flask import Flask

from node_server.app import create_app
from node_server.operations.working import Worker


def make() -> Flask:
    """What granian asks each of its processes for."""
    app = create_app()
    house = app.extensions["counterfoil"].house
    house.warm()
    worker = Worker(house)
    worker.start()
    atexit.register(worker.stop)
    return app
