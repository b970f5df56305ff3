"""Where notes are kept: in the site's database, each encrypted under its user's own key."""

import json
from datetime import datetime

from sqlalchemy import Delete, delete, func, insert, select, update

from core import (
    AtFarewell,
    Clock,
    Conflict,
    Database,
    Sentence,
    ServerKeys,
    Session,
    User,
    UserSealed,
    crypto,
)
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
        """Every note, the newest first. Those under a data key that the user left behind are left out."""
        if self._key is None:
            return ()
        with self._database.read() as connection:
            rows = connection.execute(select(notes).where(notes.c.user_ref == self._user)).all()
        read = [self._read(self._key, row.about_ref, row.blob) for row in rows]
        found = [note for note in read if note is not None]
        return tuple(sorted(found, key=lambda note: note.written, reverse=True))

    def about(self, person: EmailAddress) -> str:
        """What is written down about a person; nothing where nothing is."""
        if self._key is None:
            return ""
        ref = self._ref(person)
        wanted = select(notes.c.blob).where(notes.c.user_ref == self._user, notes.c.about_ref == ref)
        with self._database.read() as connection:
            blob = connection.execute(wanted).scalar_one_or_none()
        note = self._read(self._key, ref, blob) if blob is not None else None
        return note.text if note is not None else ""

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

    def reseal(self, old: bytes, new: bytes) -> None:
        """Encrypt every note under a new data key; those that the old one does not open stay as they are."""
        before, after = (crypto.subkey(key, "notes.text") for key in (old, new))
        with self._database.write() as connection:
            for row in connection.execute(select(notes).where(notes.c.user_ref == self._user)).all():
                try:
                    data = crypto.unseal(before, row.blob, self._purpose(row.about_ref))
                except crypto.DecryptError:
                    continue  # it was sealed anew before, or under a key that the user left behind
                blob = crypto.seal(after, data, self._purpose(row.about_ref))
                same = (notes.c.user_ref == self._user, notes.c.about_ref == row.about_ref)
                connection.execute(update(notes).where(*same).values(blob=blob))

    def forget(self) -> None:
        """Forget all notes of the user."""
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.user_ref == self._user))

    def _dropping(self, ref: str) -> Delete:
        return delete(notes).where(notes.c.user_ref == self._user, notes.c.about_ref == ref)

    def _ref(self, person: EmailAddress) -> str:
        return crypto.lookup_hash(self._lookup, person.casefold())

    def _purpose(self, ref: str) -> crypto.Purpose:
        return crypto.Purpose("notes.text", self._user, "note", ref)

    def _read(self, key: bytes, ref: str, blob: bytes) -> Note | None:
        try:
            held = json.loads(crypto.unseal(key, blob, self._purpose(ref)))
        except crypto.DecryptError:
            return None
        return Note(EmailAddress(held["about"]), held["text"], datetime.fromisoformat(held["written"]))


@module.service
def open_book(
    user: User, session: Session, database: Database, keys: ServerKeys, clock: Clock, config: NotesConfig
) -> NoteBook:
    """The notes of whoever is asking, opened when a handler asks for them."""
    return NoteBook(database, keys.of("notes.lookup"), user.name, session.key, clock, config.most)


@module.service
def forget_notes(database: Database, keys: ServerKeys, clock: Clock, config: NotesConfig) -> AtFarewell:
    """Nothing stays of a user who leaves."""
    return AtFarewell(lambda user: NoteBook(database, keys.of("notes.lookup"), user, None, clock, config.most).forget())


@module.service
def seal_anew(database: Database, keys: ServerKeys, clock: Clock, config: NotesConfig) -> UserSealed:
    """Notes follow when their user gets a new data key."""

    def reseal(user: str, old: bytes, new: bytes) -> None:
        NoteBook(database, keys.of("notes.lookup"), user, None, clock, config.most).reseal(old, new)

    return UserSealed("notes", reseal)
