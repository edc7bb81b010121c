"""A real n8n with the package in it, a server, and a system to post to: each started once.

`make test-n8n` installs n8n and says where it is; without it these tests are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node_server.simulators import Simulator, start
from tests.n8n.n8n_host import N8n
from tests.n8n.standing import Package, Server, built, credential_of, hosted, packed, served

# All of them start processes; without an installed n8n none can run.
collect_ignore_glob = [] if "N8N_FOR_TESTS" in os.environ else ["test_*.py"]


@pytest.fixture(scope="session")
def tools() -> Path:
    """Where n8n and the judges of a package are installed."""
    return Path(os.environ["N8N_FOR_TESTS"])


@pytest.fixture(scope="session")
def package(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The package as it is by default."""
    return built(tools, tmp_path_factory.mktemp("package") / "counterfoil")


@pytest.fixture(scope="session")
def white_label(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A partner's package."""
    more = ["--brand", "acme", "--name", "Acme Finance", "--connectors", "erp/xero,bank/camt"]
    return built(tools, tmp_path_factory.mktemp("package") / "acme", *more)


@pytest.fixture(scope="session")
def tarball(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What npm would publish."""
    return packed(package, tmp_path_factory.mktemp("tarball"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server as a process of its own."""
    with served(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture(scope="session")
def xero(server: Server) -> Iterator[Simulator]:
    """A Xero on this machine, connected as `xero-main`."""
    with start("erp/xero", seed=1) as simulator:
        body = {"id": "xero-main", "connector": "erp/xero", "name": "Xero", "environment": "test"}
        body |= {"settings": simulator.settings, "credential": simulator.credential}
        server.asked("POST", "/v1/connections", json=body)
        yield simulator


@pytest.fixture(scope="session")
def n8n(tools: Path, tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[N8n]:
    """An n8n with the package in it."""
    with hosted(tools, tarball, tmp_path_factory.mktemp("n8n")) as host:
        yield host


@pytest.fixture(scope="session")
def credential(n8n: N8n, server: Server) -> dict[str, Any]:
    """The credential of the server's key for n8n, as nodes refer to it."""
    return credential_of(n8n, server)
