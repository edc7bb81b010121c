"""Who takes part in a story: the server with its worker, one simulated system, people with keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from node_server.app import create_app
from node_server.config import Settings
from node_server.operations.access import make_key
from node_server.operations.house import House
from node_server.operations.working import Worker
from node_server.simulators import Simulator, start

FILES = Path(__file__).parent / "files"
PATIENCE = 30.0


class Office:
    """Everybody calls the server with a key of their own."""

    def __init__(
        self, house: House, client: Any, target: Simulator, people: dict[str, str]
    ) -> None:
        self.house, self.client, self.target = house, client, target
        self.keys = {
            name: make_key(house, "acme", name, [role])["key"]
            for name, role in {**people, "root": "admin"}.items()
        }

    def call(self, who: str, method: str, path: str, expect: int, **sent: Any) -> Any:
        headers = {"X-Api-Key": self.keys[who]}
        answer = self.client.open(path, method=method, headers=headers, **sent)
        assert answer.status_code == expect, answer.text
        return answer.get_json() if answer.text else None

    def get(self, path: str) -> Any:
        return self.call("root", "GET", path, 200)

    def post(self, who: str, path: str, expect: int, **body: Any) -> Any:
        return self.call(who, "POST", path, expect, json=body)

    def take_in(self, who: str, file: str) -> str:
        """The id of the document in a file."""
        name = Path(file).name
        data = (FILES / file).read_bytes()
        found = self.call(who, "POST", f"/v1/documents?filename={name}", 201, data=data)
        return str(found["documents"][0]["id"])

    def document(self, record: str) -> Any:
        return self.get(f"/v1/documents/{record}")

    def state(self, record: str) -> str:
        return str(self.document(record)["state"])

    def exceptions(self, record: str, state: str = "open") -> list[Any]:
        return list(self.get(f"/v1/exceptions?state={state}&record_id={record}")["data"])

    def until(self, what: Callable[[], Any], because: str) -> Any:
        """Wait for what the worker does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := what():
                return found
            time.sleep(0.05)
        raise AssertionError(because)

    def reaches(self, record: str, state: str) -> None:
        self.until(lambda: self.state(record) == state, f"{record} should be {state}")

    def settings(self, who: str, name: str, body: dict[str, Any]) -> None:
        """One proposes settings of a control, another puts them in force."""
        path = f"/v1/control-settings/{name}"
        headers = {"X-Api-Key": self.keys[who]}
        made = self.client.put(path, headers=headers, json=body)
        assert made.status_code in (200, 201), made.text
        version = made.get_json()["version"]
        self.post("root", f"{path}/{version}/activate", 200, reason="as agreed")

    def connect(self, name: str, **settings: Any) -> None:
        stated = {**self.target.settings, "allow_http": True, "allow_private": ["127.0.0.0/8"]}
        body = {
            "id": name, "connector": self.target.name, "environment": "test",
            "settings": stated | settings, "credential": self.target.credential,
        }  # fmt: skip
        self.post("root", "/v1/connections", 201, **body)

    def approve_and_post(self, approver: str, poster: str, record: str, to: str) -> str:
        """Approve a document and post it; its id over there."""
        self.post(approver, f"/v1/documents/{record}/transitions", 200, to="approved")
        self.post(poster, f"/v1/connections/{to}/post", 202, document=record)

        def confirmed() -> str | None:
            (row,) = self.get(f"/v1/counterfoils?document={record}")["data"]
            assert row["state"] not in ("held", "refused", "dead"), row
            return row["target"]["id"] if row["state"] == "confirmed" else None

        return str(self.until(confirmed, f"{to} should confirm {record}"))


@contextmanager
def opened(folder: Path, connector: str, people: dict[str, str]) -> Iterator[Office]:
    """An office whose books are in a simulated system."""
    settings = Settings(
        data=str(folder / "data"), log_level="error", allow_http_targets=True,
        allow_private_targets=("127.0.0.0/8",), rate_limit="100000/minute",
    )  # fmt: skip
    app = create_app(settings)
    house = app.extensions["counterfoil"].house
    with start(connector, seed=1) as target:
        worker = Worker(house)
        worker.start()
        try:
            yield Office(house, app.test_client(), target, people)
        finally:
            worker.stop()
    house.close()
