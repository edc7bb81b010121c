"""Small servers on this machine, for what a mocked library would not show."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOCAL = ("127.0.0.0/8", "::1/128")


@dataclass
class Seen:
    """A request as a server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: int = 0


Reply = tuple[int, dict[str, str], bytes]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, body, self.client_address[1])
        server: Any = self.server
        server.seen.append(seen)
        status, reply_headers, reply = server.reply(seen)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(reply)), **reply_headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@dataclass
class Server:
    """Where it is, and what it has seen."""

    port: int
    seen: list[Seen]

    def url(self, path: str = "/", *, scheme: str = "http", host: str = "localhost") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def http_server(
    reply: Callable[[Seen], Reply] = lambda seen: (200, {}, b"{}"),
    *,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """A server that answers with what a function says."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.seen, server.reply = [], reply
    server.handle_error = lambda *arguments: None
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Server(server.server_address[1], server.seen)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[Server]:
    """A server that does with each connection what a function does, well-mannered or not."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[Seen] = []

    def serve() -> None:
        while True:
            try:
                line = listener.accept()[0]
            except OSError:
                return
            seen.append(Seen("", "", {}, b""))
            threading.Thread(target=_talk, args=(talk, line), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield Server(listener.getsockname()[1], seen)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _talk(talk: Callable[[socket.socket], None], line: socket.socket) -> None:
    with line:
        try:
            talk(line)
        except OSError:
            return


@dataclass(frozen=True)
class Identity:
    """A key and a certificate, as PEM, signed by the test's own authority."""

    key: str
    certificate: str
    authority: str

    def server_context(self, folder: Path) -> ssl.SSLContext:
        file = folder / "server.pem"
        file.write_text(self.certificate + self.key)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@cache
def authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The one authority of a test run."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder("test authority", "test authority", key)
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    return key, builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


@cache
def identity(host: str) -> Identity:
    """A certificate for a host name or address."""
    signer, root = authority()
    key = ec.generate_private_key(ec.SECP256R1())
    name: x509.GeneralName = x509.DNSName(host)
    if host.replace(".", "").isdigit():
        name = x509.IPAddress(ipaddress.ip_address(host))
    names = x509.SubjectAlternativeName([name])
    leaf = (
        _builder(host, "test authority", key)
        .add_extension(names, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    return Identity(
        _pem(key), leaf.public_bytes(encoding).decode(), root.public_bytes(encoding).decode()
    )
