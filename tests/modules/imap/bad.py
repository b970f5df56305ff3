"""Servers with bad days, and stores on them."""

from typing import Any

from modules.imap.pool import ConnectionPool
from modules.imap.store import ImapStore
from tests.modules.imap.scripted import Answer, ScriptedServer


class Bad:
    """Makes scripted servers and stores on them."""

    def __init__(self) -> None:
        self.pool = ConnectionPool(patience=2)
        self.servers: list[ScriptedServer] = []

    def server(self, answers: dict[str, Answer] | None = None, **more: Any) -> ScriptedServer:
        """A server that answers so."""
        self.servers.append(ScriptedServer(answers or {}, **more))
        return self.servers[-1]

    def store(self, answers: dict[str, Answer] | None = None, **more: Any) -> ImapStore:
        """A store on a server that answers so."""
        return self.server(answers, **more).store(self.pool)
