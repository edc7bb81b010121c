"""The Flask application: every resource mounted, every failure in one shape; nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from node_server import logs
from node_server.config import Settings, load
from node_server.operations.house import House, open_house
from node_server.resources import (
    accruals,
    approvals,
    billing,
    comparisons,
    connections,
    connectors,
    control_settings,
    counterfoils,
    credentials,
    crosswalks,
    decisions,
    description,
    documents,
    duplicates,
    events,
    exceptions,
    explain,
    health,
    hooks,
    jobs,
    keys,
    map,
    matches,
    nodes,
    oauth,
    parties,
    payloads,
    policies,
    posting,
    pulls,
    reconciliation,
    reconciliations,
    render,
    schemas,
    subscriptions,
    validate,
    watch_lists,
)
from node_server.resources.endpoint import ENDPOINTS
from node_server.resources.serving import Server, refuse_unknown

RESOURCES = (
    *(
        connections,
        connectors,
        credentials,
        crosswalks,
        description,
        documents,
        events,
        explain,
        health,
        hooks,
        jobs,
        keys,
        map,
        nodes,
    ),
    *(approvals, decisions, policies),
    *(control_settings, exceptions),
    *(accruals, billing, duplicates, matches),
    *(comparisons, reconciliation, reconciliations),
    *(parties, watch_lists),
    *(
        counterfoils,
        oauth,
        payloads,
        posting,
        pulls,
        render,
        schemas,
        subscriptions,
        validate,
    ),
)


def create_app(settings: Settings | None = None, house: House | None = None) -> Flask:
    """The application on these settings, or on those of the environment."""
    settings = settings or (house.settings if house else load_settings())
    logs.set_up(settings.log_level)
    app = Flask("counterfoil", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.extensions["counterfoil"] = server = Server(house or open_house(settings))
    for found in ENDPOINTS:
        server.mount(app, found)
    refuse_unknown(server, app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def load_settings() -> Settings:
    """Settings from the environment, and from the file that it names."""
    file = os.environ.get("COUNTERFOIL_CONFIG")
    return load(os.environ, Path(file) if file else None)
