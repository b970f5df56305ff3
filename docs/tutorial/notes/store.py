"""Where notes are kept: in the site's database, each encrypted under its user's own key."""

import json
from datetime import datetime

from sqlalchemy import Delete, delete, func, insert, select

from core import Clock, Conflict, Database, Sentence, ServerKeys, Session, User, crypto
from modules.mail.api import EmailAddress
from modules.notes.model import Note, NoteText
from modules.notes.module import NotesConfig, module
from modules.notes.tables import notes


class NoteBook:
    """The notes of one user. `key` is their data key: None where it is not at hand, and nothing can be read."""

    def __init__(
        self, database: Database, lookup: bytes, user: str, key: bytes | None, clock: Clock, most: int
    ) -> None:
        self._database = database
        self._lookup = lookup
        self._user = crypto.lookup_hash(lookup, user)
        self._key = crypto.subkey(key, "notes.text") if key is not None else None
        self._clock = clock
        self._most = most

    def all(self) -> tuple[Note, ...]:
        """Every note, the newest first."""
        if self._key is None:
            return ()
        with self._database.read() as connection:
            rows = connection.execute(select(notes).where(notes.c.user_ref == self._user)).all()
        found = [self._read(self._key, row.about_ref, row.blob) for row in rows]
        return tuple(sorted(found, key=lambda note: note.written, reverse=True))

    def about(self, person: EmailAddress) -> str:
        """What is written down about a person; nothing where nothing is."""
        if self._key is None:
            return ""
        ref = self._ref(person)
        wanted = select(notes.c.blob).where(notes.c.user_ref == self._user, notes.c.about_ref == ref)
        with self._database.read() as connection:
            blob = connection.execute(wanted).scalar_one_or_none()
        return self._read(self._key, ref, blob).text if blob is not None else ""

    def keep(self, person: EmailAddress, text: NoteText) -> None:
        """Keep a note in place of the one about the same person. Raises Conflict where that cannot be."""
        if self._key is None:
            raise Conflict(Sentence("Your notes are locked. Unlock what is stored for you first."))
        ref, now = self._ref(person), self._clock.now().isoformat()
        data = json.dumps({"about": person, "text": text, "written": now}).encode()
        row = {"user_ref": self._user, "about_ref": ref, "blob": crypto.seal(self._key, data, self._purpose(ref))}
        held = select(func.count()).select_from(notes).where(notes.c.user_ref == self._user)
        with self._database.write() as connection:
            connection.execute(self._dropping(ref))
            if connection.execute(held).scalar_one() >= self._most:
                raise Conflict(Sentence("You have %(most)s notes, which is as many as there may be.", most=self._most))
            connection.execute(insert(notes), row)

    def remove(self, person: EmailAddress) -> None:
        """Forget the note about a person, if there is one."""
        with self._database.write() as connection:
            connection.execute(self._dropping(self._ref(person)))

    def _dropping(self, ref: str) -> Delete:
        return delete(notes).where(notes.c.user_ref == self._user, notes.c.about_ref == ref)

    def _ref(self, person: EmailAddress) -> str:
        return crypto.lookup_hash(self._lookup, person.casefold())

    def _purpose(self, ref: str) -> crypto.Purpose:
        return crypto.Purpose("notes.text", self._user, "note", ref)

    def _read(self, key: bytes, ref: str, blob: bytes) -> Note:
        held = json.loads(crypto.unseal(key, blob, self._purpose(ref)))
        return Note(EmailAddress(held["about"]), held["text"], datetime.fromisoformat(held["written"]))


@module.service
def open_book(
    user: User, session: Session, database: Database, keys: ServerKeys, clock: Clock, config: NotesConfig
) -> NoteBook:
    """The notes of whoever is asking, opened when a handler asks for them."""
    return NoteBook(database, keys.of("notes.lookup"), user.name, session.key, clock, config.most)
