"""A real RabbitMQ of the tests' own: node, ports and folder that no other one uses."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

# The one on the path of Debian's package changes the user first, and its folders.
SERVERS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server")
_SECONDS = 90


def installed() -> str | None:
    """Where the server is; nothing where it is not installed."""
    found = [each for each in SERVERS if Path(each).exists()]
    return found[0] if found else shutil.which("rabbitmq-server")


@contextmanager
def rabbitmq(server: str) -> Iterator[str]:
    """The address of a new one, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="cf-mq-", ignore_cleanup_errors=True) as name:
        folder, (port, peers, names) = Path(name), _free_ports(3)
        environment = _environment(folder, port, peers, names)
        with (folder / "out.log").open("wb") as log:
            process = subprocess.Popen(
                [server], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                cwd=folder, start_new_session=True,
            )  # fmt: skip
            try:
                _wait(process, port, folder)
                yield f"amqp://guest:guest@127.0.0.1:{port}//"
            finally:
                _end(process, environment)


def _environment(folder: Path, port: int, peers: int, names: int) -> dict[str, str]:
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nlog.console = true\nlog.file = false\n"
        "vm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 10MB\n"
    )
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    return kept | {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"cf{token_hex(4)}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_DIST_PORT": str(peers),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
    }


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Until it greets whoever speaks its protocol."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as line:
            line.settimeout(5)
            line.sendall(b"AMQP\x00\x00\x09\x01")
            if line.recv(1):
                return
        time.sleep(0.2)
    raise RuntimeError(f"RabbitMQ did not start: {(folder / 'out.log').read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # Erlang's name server lives on; this one knows nobody else.
    if epmd := shutil.which("epmd"):
        subprocess.run([epmd, "-kill"], env=environment, capture_output=True, check=False)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
