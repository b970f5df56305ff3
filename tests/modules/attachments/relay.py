"""A relay before a server that counts the octets which the server sends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Relay:
    """Where it listens, and how many octets the server sent through it."""

    port: int = 0
    sent: int = 0


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """A relay to a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    relay = Relay(listener.getsockname()[1])

    def pump(source: socket.socket, target: socket.socket, counts: bool) -> None:
        try:
            while octets := source.recv(65536):
                relay.sent += len(octets) if counts else 0
                target.sendall(octets)
        except OSError:
            pass
        finally:
            for one in (source, target):
                one.close()

    def listen() -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
            except OSError:
                return
            threading.Thread(target=pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=pump, args=(far, near, True), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield relay
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
