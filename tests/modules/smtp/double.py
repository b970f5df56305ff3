"""A submission server that says exactly what a test tells it to, and writes down what it hears."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from demo.certificates import Certificates

HANG_UP = ""


@dataclass
class Double:
    """A running double: `replies` by the first word of a command, each used in turn, the last one for good."""

    port: int
    replies: dict[str, list[str]]
    heard: list[str] = field(default_factory=list)
    data: bytes = b""

    def reply(self, word: str) -> str:
        """The next answer to a command."""
        answers = self.replies.get(word, ["250 2.0.0 OK"])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def serving(
    replies: Mapping[str, str | Sequence[str]],
    *,
    extensions: Sequence[str] = (),
    starttls: Certificates | None = None,
    greeting: str = "220 double ESMTP",
) -> Iterator[Double]:
    """Serve one client after the other on a free loopback port."""
    said = {"EHLO": _hello(extensions), "DATA": "354 go on", ".": "250 2.0.0 queued", "QUIT": "221 bye"} | dict(replies)
    listener = socket.create_server(("127.0.0.1", 0))
    double = Double(
        listener.getsockname()[1],
        {word: [one] if isinstance(one, str) else list(one) for word, one in said.items()},
    )

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                _talk(double, client, greeting, starttls)
            except OSError:
                pass
            finally:
                client.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(60)


def _hello(extensions: Sequence[str]) -> str:
    lines = ["double", *extensions]
    last = len(lines) - 1
    return "\r\n".join(f"250{' ' if number == last else '-'}{line}" for number, line in enumerate(lines))


def _talk(double: Double, client: socket.socket, greeting: str, certificates: Certificates | None) -> None:
    client.settimeout(60)
    client.sendall(f"{greeting}\r\n".encode())
    reading = client.makefile("rb")
    while line := reading.readline():
        text = line.rstrip(b"\r\n").decode("utf-8")
        double.heard.append(text)
        answer = double.reply(text.partition(" ")[0].upper())
        if answer == HANG_UP:
            return
        client.sendall(f"{answer}\r\n".encode())
        if text == "STARTTLS" and certificates is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates.certificate, certificates.key)
            client = context.wrap_socket(client, server_side=True)
            reading = client.makefile("rb")
        elif text.upper() == "DATA" and answer.startswith("354"):
            collected: list[bytes] = []
            while (row := reading.readline()) not in (b".\r\n", b""):
                collected.append(row)
            double.data = b"".join(collected)
            answer = double.reply(".")
            if answer == HANG_UP:
                return
            client.sendall(f"{answer}\r\n".encode())
        elif text.upper() == "QUIT":
            return
