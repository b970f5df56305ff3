"""Users' settings in the database, each section encrypted under its user's data key."""

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, delete, insert, select

from core.database.engine import Database
from core.database.tables import settings
from core.errors import Conflict
from core.security.crypto import SETTINGS_PAD, KeyUnavailable, Purpose, lookup_hash, seal, subkey, unseal
from core.security.suites import Suite
from core.sentences import Sentence
from core.settings import Owner

_FIND = select(settings.c.blob).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))
_DROP = delete(settings).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))


class StoredSettings:
    """Settings by user and section."""

    def __init__(self, database: Database, root: bytes, suite: Suite | None = None) -> None:
        self._database = database
        self._suite = suite
        self._lookup = subkey(root, "hm3.lookup")

    def load(self, owner: Owner, section: str) -> Mapping[str, object]:
        """What the user chose in a section, and nothing while their key is not at hand.

        Raises DecryptError where the row was damaged.
        """
        if owner.key is None:
            return {}
        user = lookup_hash(self._lookup, owner.name)
        with self._database.read() as connection:
            blob = connection.execute(_FIND, {"user": user, "name": section}).scalar_one_or_none()
        if blob is None:
            return {}
        try:
            text = unseal(_key(owner.key), blob, _purpose(user, section))
        except KeyUnavailable:
            return {}
        chosen: Mapping[str, object] = json.loads(text)
        return chosen

    def save(self, owner: Owner, section: str, values: Mapping[str, object]) -> None:
        """Keep a section in place of what was kept before. Raises Conflict while the user's key is not at hand."""
        if owner.key is None:
            raise Conflict(
                Sentence(
                    "What is stored for you is locked, because your password was changed elsewhere. Unlock it first."
                )
            )
        user = lookup_hash(self._lookup, owner.name)
        data = json.dumps(dict(values), sort_keys=True).encode()
        blob = seal(_key(owner.key), data, _purpose(user, section), self._suite, pad=SETTINGS_PAD)
        with self._database.write() as connection:
            connection.execute(_DROP, {"user": user, "name": section})
            connection.execute(insert(settings), {"user_ref": user, "section": section, "blob": blob})


def _key(data_key: bytes) -> bytes:
    return subkey(data_key, "hm3.settings")


def _purpose(owner: str, section: str) -> Purpose:
    return Purpose("hm3.settings", owner, "settings", section)
