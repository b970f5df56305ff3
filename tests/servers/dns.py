"""A name server on this machine that answers as a test wants it, by UDP and TCP, and counts what it is asked."""

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

HOST = "127.0.0.1"
TTL = 60


@dataclass
class NameServer:
    """What it says of which name and type, and what it was asked. A name with records of any type exists."""

    port: int = 0
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    # Each question of such a name gets the next of these answers, and then the last one for good.
    changing: dict[tuple[str, str], list[list[str]]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def says(self, name: str, kind: str, *records: str) -> None:
        """Answer with these records, written as in a zone file."""
        self.records[(name, kind)] = list(records)

    def answer(self, question: bytes) -> bytes | None:
        """The answer to a question, or None where there is none."""
        query = dns.message.from_wire(question)
        asked = query.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        time.sleep(self.slow.get(name, 0))
        reply = dns.message.make_response(query, recursion_available=True)
        found = self._follow(reply, name, kind)
        if not found and not any(known == name for known, _ in (*self.records, *self.changing)):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    def _follow(self, reply: dns.message.Message, name: str, kind: str) -> bool:
        """Put the records of a name into the answer, over other names for it; a circle is told as it is."""
        for _ in range(20):
            if records := self._records(name, kind):
                reply.answer.append(dns.rrset.from_text(f"{name}.", TTL, "IN", kind, *records))
                return True
            others = self.records.get((name, "CNAME"))
            if not others:
                return False
            reply.answer.append(dns.rrset.from_text(f"{name}.", TTL, "IN", "CNAME", *others))
            name = others[0].rstrip(".")
        return True

    def _records(self, name: str, kind: str) -> list[str]:
        turns = self.changing.get((name, kind))
        if turns:
            return turns.pop(0) if len(turns) > 1 else turns[0]
        return self.records.get((name, kind), [])


@contextmanager
def start_name_server() -> Iterator[NameServer]:
    """A name server at a port of its own, which knows no name yet."""
    names = NameServer()

    class Datagrams(socketserver.BaseRequestHandler):
        """Answers a datagram."""

        def handle(self) -> None:
            octets, connection = self.request
            reply = names.answer(octets)
            if reply is not None:
                connection.sendto(reply, self.client_address)

    class Streams(socketserver.StreamRequestHandler):
        """Answers over a connection (RFC 1035 4.2.2)."""

        def handle(self) -> None:
            with suppress(struct.error, OSError, dns.exception.DNSException):
                (length,) = struct.unpack("!H", self.rfile.read(2))
                reply = names.answer(self.rfile.read(length))
                if reply is not None:
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)

    by_udp, by_tcp = _bind_both(Datagrams, Streams)
    names.port = by_udp.server_address[1]
    threads = [
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        for one in (by_udp, by_tcp)
    ]
    for thread in threads:
        thread.start()
    try:
        yield names
    finally:
        for one in (by_udp, by_tcp):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join()


def _bind_both(
    datagrams: type[socketserver.BaseRequestHandler], streams: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """Both servers at one port that is free for both."""
    for _ in range(50):
        by_udp = socketserver.ThreadingUDPServer((HOST, 0), datagrams)
        by_udp.daemon_threads = True
        try:
            by_tcp = socketserver.ThreadingTCPServer((HOST, by_udp.server_address[1]), streams)
        except OSError:
            by_udp.server_close()
            continue
        by_tcp.daemon_threads = True
        return by_udp, by_tcp
    raise OSError("No port is free for UDP and TCP.")
