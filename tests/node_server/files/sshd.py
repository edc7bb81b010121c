"""A real OpenSSH server on this machine, for this user, and a wire to it that can be cut."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd") or next(
    (path for path in ("/usr/sbin/sshd", "/usr/local/sbin/sshd") if Path(path).exists()), ""
)


@dataclass(frozen=True)
class Server:
    """Where it listens, who may come in, and its folder."""

    port: int
    folder: Path
    username: str
    host_key: str
    private_key: str
    reader_key: str
    """Of somebody who may read, and nothing else."""
    stranger_key: str


def _key(folder: Path, name: str) -> tuple[str, str]:
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path), "-C", name]
    subprocess.run(command, check=True)
    return path.read_text(), path.with_suffix(".pub").read_text().strip()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server whose only subsystem is SFTP."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it locks itself in
    _, host_key = _key(folder, "host")
    private, public = _key(folder, "user")
    reader, reader_public = _key(folder, "reader")
    stranger, _ = _key(folder, "stranger")
    read_only = f'command="internal-sftp -R" {reader_public}'
    (folder / "authorized").write_text(f"{public}\n{read_only}\n")
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\n"
        f"AuthorizedKeysFile {folder / 'authorized'}\nStrictModes no\nUsePAM no\nPidFile none\n"
        "PermitRootLogin yes\nSubsystem sftp internal-sftp\nPasswordAuthentication yes\n"
        "MaxStartups 100\nLogLevel QUIET\n"
    )
    _lenient(config)
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield Server(port, folder, getpass.getuser(), host_key, private, reader, stranger)
    finally:
        process.terminate()
        process.wait(10)


def _lenient(config: Path) -> None:
    """Newer servers shut out who fails to log in; the tests do so on purpose."""
    plain = config.read_text()
    config.write_text(plain + "PerSourcePenalties no\n")
    checked = subprocess.run([SSHD, "-t", "-f", str(config)], check=False, capture_output=True)
    if checked.returncode:
        config.write_text(plain)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "sshd did not start"
        time.sleep(0.02)
    raise AssertionError("sshd does not listen")


@contextlib.contextmanager
def wire(port: int, *, most: int) -> Iterator[int]:
    """A way to the server that is cut after so many bytes; the port that it begins at."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends: list[socket.socket] = [listener]

    def carry() -> None:
        with contextlib.suppress(OSError):
            here, _ = listener.accept()
            there = socket.create_connection(("127.0.0.1", port))
            ends.extend((here, there))
            back = threading.Thread(target=_copy, args=(there, here, 1 << 40), daemon=True)
            back.start()
            _copy(here, there, most)
            back.join(5)

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        for each in ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        thread.join(5)


def _copy(source: socket.socket, sink: socket.socket, most: int) -> None:
    with contextlib.suppress(OSError):
        while most > 0 and (data := source.recv(min(most, 16384))):
            sink.sendall(data)
            most -= len(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
