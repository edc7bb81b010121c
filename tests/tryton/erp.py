"""A real Tryton on this machine, and a road to it on which answers get lost."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

HERE = Path(__file__).resolve().parent
VENV = Path(os.environ.get("TRYTON_VENV", HERE.parents[1] / ".venv-tryton")).absolute()
DATABASE = "erp"
_CONFIGURATION = """[database]
uri = sqlite://
path = {folder}
[web]
listen = 127.0.0.1:{port}
[password]
length = 4
"""


@dataclass
class Erp:
    """A Tryton that runs, and what was set up in it."""

    folder: Path
    port: int
    told: dict[str, Any]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{DATABASE}/rest/model"

    @property
    def context(self) -> str:
        return base64url({"company": self.told["company"]})

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.told['key']}", "X-Tryton-Context": self.context}

    def rate_of(self, payloads: list[dict[str, Any]]) -> float:
        """How many of such invoices a second are made by nothing but calling."""
        began = time.monotonic()
        for number, payload in enumerate(payloads):
            body = {**payload, "reference": f"BARE-{number}"}
            url = f"{self.url}/account.invoice"
            answer = requests.post(url, json=body, headers=self.headers, timeout=60)
            assert answer.ok, answer.text
        return len(payloads) / (time.monotonic() - began)

    def find(self, model: str, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
        """Records as Tryton itself shows them."""
        asked = [("d", base64url(domain)), *(("f", name) for name in fields)]
        answer = requests.get(f"{self.url}/{model}", params=asked, headers=self.headers, timeout=60)
        assert answer.ok, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def invoices(self, *references: str) -> list[dict[str, Any]]:
        """Invoices with their sums."""
        wanted = [["reference", "in", list(references)]] if references else []
        fields = ("reference", "state", "total_amount", "untaxed_amount", "tax_amount", "party")
        return self.find("account.invoice", wanted, *fields)

    def pay(self, reference: str) -> dict[str, Any]:
        """A clerk pays."""
        found: dict[str, Any] = json.loads(office(self.folder, "pay", reference))
        return found


def base64url(tree: Any) -> str:
    return urlsafe_b64encode(json.dumps(tree).encode()).decode()


def office(folder: Path, *arguments: str) -> str:
    """Something that is done in Tryton's own client."""
    environment = {**os.environ, "TRYTOND_CONFIG": str(folder / "trytond.conf")}
    done = subprocess.run(
        [VENV / "bin/python", HERE / "office.py", *arguments], capture_output=True, text=True,
        check=False, env={**environment, "TRYTON_DATABASE": DATABASE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def template() -> Path:
    """A company that was set up once: kept beside Tryton, as that takes half a minute."""
    stated = b"".join((HERE / name).read_bytes() for name in ("office.py", "requirements.txt"))
    kept = VENV / f"office-{hashlib.sha256(stated).hexdigest()[:12]}"
    if kept.is_dir():
        return kept
    folder = Path(tempfile.mkdtemp(prefix="being-set-up-", dir=VENV))
    configure(folder, port=0)
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text("admin")
    subprocess.run(
        [VENV / "bin/trytond-admin", "-c", folder / "trytond.conf", "-d", DATABASE, "--all",
         "--email", "admin@example.com", "--activate-dependencies", "-u", "account_invoice"],
        check=True, capture_output=True,
        env={**os.environ, "TRYTONPASSFILE": str(folder / "password")},
    )  # fmt: skip
    (folder / "told.json").write_text(office(folder, "seed"))
    with suppress(OSError):  # another run of the tests was quicker
        folder.rename(kept)
    return kept


def configure(folder: Path, *, port: int) -> None:
    text = _CONFIGURATION.format(folder=folder, port=port)
    (folder / "trytond.conf").write_text(text)


@contextmanager
def running(folder: Path, port: int) -> Iterator[Erp]:
    """A Tryton of one's own, new from the template."""
    shutil.copytree(template(), folder)
    configure(folder, port=port)
    erp = Erp(folder, port, json.loads((folder / "told.json").read_text()))
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [VENV / "bin/trytond", "-c", folder / "trytond.conf", "-d", DATABASE],
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(erp, process)
            yield erp
        finally:
            process.terminate()
            process.wait(20)


def _wait(erp: Erp, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, (erp.folder / "server.log").read_text()[-2000:]
        with suppress(requests.ConnectionError):
            erp.find("party.party", [], "name")
            return
        time.sleep(0.1)
    raise AssertionError("Tryton does not answer")


@dataclass
class Road:
    """What stands between: it hands every call on, and loses some of the answers."""

    port: int
    share: float = 0.0
    """Of the calls that create something, how many get no answer."""
    lose: int = 0
    """So many of the next ones get none, whatever the share."""
    lost: int = 0
    creates: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def loses(self, method: str, path: str) -> bool:
        """Whether the answer to this call is lost, after Tryton has done what it asked."""
        if method != "POST" or path.partition("?")[0].rpartition("/")[2] != "account.invoice":
            return False
        self.creates += 1
        if self.lose > 0:
            self.lose -= 1
        elif self.chance.random() >= self.share:
            return False
        self.lost += 1
        return True


@contextmanager
def road_to(port: int) -> Iterator[tuple[Road, str]]:
    """The road and its address."""
    road = Road(port)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(road))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield road, f"http://127.0.0.1:{server.server_address[1]}/{DATABASE}/rest/model"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(road: Road) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            there = http.client.HTTPConnection("127.0.0.1", road.port, timeout=60)
            there.request(self.command, self.path, body, dict(self.headers))
            answer = there.getresponse()
            content = answer.read()
            there.close()
            if road.loses(self.command, self.path):
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name in ("Content-Type", "Content-Encoding"):
                if value := answer.headers.get(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = pass_on

        def log_message(self, *_: Any) -> None:
            """Nobody wants to read it."""

    return Handler
