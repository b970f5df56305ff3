"""A server of images that answers as a test wants it, images to answer with, and ways to ask for them."""

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from demo.certificates import Certificates
from modules.images.config import ImagesConfig, NameServer, Network, WebPort
from modules.images.names import Names
from modules.images.web import Web
from tests.servers.dns import HOST
from tests.servers.dns import NameServer as TestNames

Say = Callable[[socket.socket], None]
LOOPBACK = Network("127.0.0.0/8")


@dataclass
class ImageServer:
    """Where it listens, what it says by path, and what it was asked."""

    port: int
    answers: dict[str, bytes | Say] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def settings(self) -> str:
        """The section of an hm3.ini whose site may fetch images here."""
        return f"[images]\nports = 80, 443, {self.port}\ninner_networks = {LOOPBACK}\n"

    def at(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path."""
        return f"{scheme}://{host}:{self.port}{path}"

    def shows(self, path: str, octets: bytes, *headers: str, status: str = "200 OK") -> None:
        """Answer with octets, whatever they are."""
        head = (f"HTTP/1.1 {status}", f"Content-Length: {len(octets)}", "Content-Type: image/png", *headers, "", "")
        self.answers[path] = "\r\n".join(head).encode() + octets

    def leads(self, path: str, location: str, status: int = 302) -> None:
        """Answer with a redirect."""
        self.shows(path, b"", f"Location: {location}", status=f"{status} Over there")


@contextmanager
def serve_images(certificates: Certificates | None = None) -> Iterator[ImageServer]:
    """Serve until the end of the block; over TLS with certificates."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = ImageServer(listening.getsockname()[1])
    context = None
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)

    def answer(plain: socket.socket) -> None:
        try:
            with context.wrap_socket(plain, server_side=True) if context is not None else plain as connection:
                connection.settimeout(60)
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                server.asked.append(head.decode("latin-1"))
                said = server.answers.get(head.split(b" ")[1].decode(), b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                if callable(said):
                    said(connection)
                else:
                    connection.sendall(said)
        except OSError:
            return

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def web(names: TestNames, *ports: int, inner: tuple[Network, ...] = (LOOPBACK,), **more: object) -> Web:
    """The way to servers at these ports, by the names of a test's name server."""
    config = ImagesConfig(
        ports=tuple(WebPort(port) for port in ports) or (WebPort(80), WebPort(443)),
        inner_networks=inner,
        resolvers=(NameServer(HOST),),
        resolver_port=WebPort(names.port),
        **more,  # type: ignore[arg-type]  # options by their names
    )
    return Web(config, Names(config))


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (30, 20), **options: object) -> bytes:
    """An image of one colour."""
    written = io.BytesIO()
    Image.new(mode, size, 7 if mode in ("P", "L", "1", "I;16") else tuple([60, 120, 180, 90][: len(mode)])).save(
        written, kind, **options
    )
    return written.getvalue()


def film(kind: str, frames: int = 3, size: tuple[int, int] = (20, 10)) -> bytes:
    """An image that moves."""
    first, *others = (Image.new("RGB", size, (place * 7 % 256, 0, 255 - place * 7 % 256)) for place in range(frames))
    written = io.BytesIO()
    first.save(written, kind, save_all=True, append_images=others, duration=40, loop=0)
    return written.getvalue()


def opened(octets: bytes) -> Image.Image:
    """What a browser would see."""
    return Image.open(io.BytesIO(octets))


def folder_of(files: Path) -> list[Path]:
    """All files below a folder."""
    return sorted(file for file in files.rglob("*") if file.is_file())
