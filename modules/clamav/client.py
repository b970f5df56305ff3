"""Speak with clamd: hand it a file piece by piece and hear what it found (clamd(8), INSTREAM)."""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from core import WebmailError

_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
_LENGTH = struct.Struct("!I")


class Unanswered(WebmailError):
    """clamd could not be asked, or said something else than an answer. The sentence is for logs."""


def ask(place: Path | tuple[str, int], seconds: float, chunks: Iterable[bytes], most: int) -> str:
    """The name of what was found, or nothing. Raises Unanswered, also where there are more octets than `most`."""
    try:
        with _connect(place, seconds) as connection:
            _send(connection, chunks, most)
            return _read(_receive(connection))
    except OSError as error:
        raise Unanswered(f"clamd does not answer: {error.strerror or type(error).__name__}") from error


def _connect(place: Path | tuple[str, int], seconds: float) -> socket.socket:
    if isinstance(place, tuple):
        return socket.create_connection(place, seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(str(place))
    except BaseException:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, chunks: Iterable[bytes], most: int) -> None:
    sent = 0
    connection.sendall(b"zINSTREAM\0")
    for chunk in chunks:
        for at in range(0, len(chunk), _PIECE):
            piece = chunk[at : at + _PIECE]
            sent += len(piece)
            if sent > most:
                raise Unanswered("the file is larger than it said")
            try:
                connection.sendall(_LENGTH.pack(len(piece)) + piece)
            except (BrokenPipeError, ConnectionResetError):
                # clamd says why it takes no more, and hangs up.
                return
    connection.sendall(_LENGTH.pack(0))


def _receive(connection: socket.socket) -> bytes:
    answer = bytearray()
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        received = connection.recv(_LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return bytes(answer)


def _read(answer: bytes) -> str:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`, or what went wrong and ERROR."""
    told = answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
    if told == "stream: OK":
        return ""
    if told.startswith("stream: ") and told.endswith(" FOUND"):
        return told.removeprefix("stream: ").removesuffix(" FOUND")
    raise Unanswered(f"clamd says: {told[:200]!r}")
