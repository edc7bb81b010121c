"""A server process, a Xero on this machine, and the SDK's own client over standard streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters

from canonical_model import schemas
from node_server.simulators import Simulator, start
from tests.n8n.standing import COMMAND, Server, served

Json = dict[str, Any]


@dataclass
class Model:
    """What a language model has: tools, and what they answer."""

    call: Callable[..., Any]
    client: Client

    def tools(self) -> list[Any]:
        return list(self.call(self.client.list_tools).tools)

    def asks(self, tool: str, **arguments: Any) -> Json:
        answer = self.call(self.client.call_tool, tool, arguments)
        assert not answer.is_error, answer.content[0].text
        told: Json = json.loads(answer.content[0].text)
        return told

    def is_refused(self, tool: str, **arguments: Any) -> str:
        answer = self.call(self.client.call_tool, tool, arguments)
        assert answer.is_error, answer.content
        return str(answer.content[0].text)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture(scope="module")
def xero(server: Server) -> Iterator[Simulator]:
    """A Xero on this machine, connected as `xero-main`."""
    with start("erp/xero", seed=1) as simulator:
        body = {"id": "xero-main", "connector": "erp/xero", "name": "Xero", "environment": "test"}
        body |= {"settings": simulator.settings, "credential": simulator.credential}
        server.asked("POST", "/v1/connections", json=body)
        yield simulator


@pytest.fixture(scope="module")
def model(server: Server) -> Iterator[Callable[..., Model]]:
    """Starts `counterfoil mcp` with the key of a role; one process for each set of options."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        started: dict[tuple[str, ...], Model] = {}

        def started_once(role: str = "admin", *options: str) -> Model:
            if (role, *options) not in started:
                client = Client(_process(server, role, options))
                stack.enter_context(portal.wrap_async_context_manager(client))
                started[role, *options] = Model(portal.call, client)
            return started[role, *options]

        yield started_once


def _process(server: Server, role: str, options: tuple[str, ...]) -> StdioServerParameters:
    environment = {"COUNTERFOIL_KEY": server.keys[role], "COUNTERFOIL_URL": server.url}
    return StdioServerParameters(command=COMMAND, args=["mcp", *options], env=environment)


@pytest.fixture(scope="module")
def taken(server: Server) -> Callable[..., str]:
    """Takes a canonical document in; its id."""

    def take(kind: str = "invoice", **more: Any) -> str:
        document = json.loads(schemas.example(kind)) | more
        path = "/v1/documents?connector=canonical"
        found = server.asked("POST", path, data=json.dumps(document).encode())
        return str(found["documents"][0]["id"])

    return take
