"""A directory server that answers as a test tells it to, however wrong."""

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

# The tags of requests and of their answers (RFC 4511 4.2, 4.5, 4.12).
BIND, SEARCH, EXTENDED = 0x60, 0x63, 0x77
_ANSWERS = {BIND: 0x61, SEARCH: 0x65, EXTENDED: 0x78}
CUT, SILENCE = -1, -2

Script = Mapping[int, int | bytes | Callable[[int], bytes]]


class ScriptedDirectory:
    """Listens on a free port. The script maps a request's tag to a result code, CUT, SILENCE, or octets to send.

    Octets may follow from the number of the request's message. What the script does not name succeeds. `heard` is
    everything that was sent to it.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := connection.recv(65536):
                self.heard += request
                number, tag = _read(request)
                answer = self._script.get(tag, 0)
                if answer == CUT or tag not in _ANSWERS:
                    return
                if callable(answer):
                    connection.sendall(answer(number))
                elif isinstance(answer, bytes):
                    connection.sendall(answer)
                elif answer != SILENCE:
                    connection.sendall(result(number, _ANSWERS[tag], answer))


def result(number: int, tag: int, code: int) -> bytes:
    """The last message of an operation, with a result code."""
    body = bytes((0x0A, 1, code, 4, 0, 4, 0))
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    message = bytes((2, len(octets))) + octets + bytes((tag, len(body))) + body
    return bytes((0x30, len(message))) + message


def _read(request: bytes) -> tuple[int, int]:
    """The message's number and the tag of its operation; nothing where this is no LDAP."""
    start = 2 if request[1:2] < b"\x80" else 2 + (request[1] & 0x7F)
    if request[start : start + 1] != b"\x02":
        return 0, 0
    end = start + 2 + request[start + 1]
    return int.from_bytes(request[start + 2 : end], "big"), request[end]
