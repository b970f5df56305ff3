"""A web server of tests, with a certificate of their authority, that answers octet for octet as it is told."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from demo.certificates import Certificates, make_certificates


@dataclass
class WebServer:
    """Its answers by path, without their queries, and what it was asked, by host and target."""

    port: int
    certificates: Certificates
    answers: dict[str, bytes] = field(default_factory=dict)
    drip: float = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0

    def page(self, path: str, body: bytes | str, status: str = "200 OK", **headers: str) -> None:
        """Answer with a page."""
        octets = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        self.answers[path] = "\r\n".join([*lines, f"Content-Length: {len(octets)}", "", ""]).encode() + octets

    def redirect(self, path: str, location: str) -> None:
        """Answer with another address."""
        self.page(path, "", "302 Found", Location=location)

    def serve(self, connection: ssl.SSLSocket) -> None:
        """Read one request and answer it."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = connection.recv(4096)
            if not piece:
                return
            heard += piece
        lines = heard.decode("ascii").split("\r\n")
        target = lines[0].split(" ")[1]
        host = next(line.partition(": ")[2] for line in lines if line.startswith("Host: "))
        self.asked.append((host, target))
        missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        answer = self.answers.get(f"{host}{target.partition('?')[0]}", missing)
        if not self.drip:
            connection.sendall(answer)
        for octet in answer if self.drip else b"":
            connection.sendall(bytes([octet]))
            time.sleep(self.drip)


@contextmanager
def start_web_server(folder: Path, *hosts: str) -> Iterator[WebServer]:
    """A web server for hosts, at a port of its own."""
    certificates = make_certificates(folder, host=hosts[0])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    contexts = {hosts[0]: context}
    bundle = certificates.ca_file.read_bytes()
    for number, host in enumerate(hosts[1:]):
        more = make_certificates(folder / str(number), host=host)
        contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[host].load_cert_chain(more.certificate, more.key)
        bundle += more.ca_file.read_bytes()
    certificates.ca_file.write_bytes(bundle)

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = contexts.get(name or "", context)

    context.sni_callback = choose
    listening = socket.create_server(("127.0.0.1", 0), backlog=20)
    server = WebServer(listening.getsockname()[1], certificates)

    def accept() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=_serve, args=(server, context, plain), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _serve(server: WebServer, context: ssl.SSLContext, plain: socket.socket) -> None:
    with suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
        connection.settimeout(60)
        server.serve(connection)
