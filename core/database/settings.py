"""Users' settings in the database, each section encrypted under a key of its user."""

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, delete, insert, select

from core.database.engine import Database
from core.database.tables import settings
from core.security.crypto import Purpose, lookup_hash, seal, subkey, unseal

_FIND = select(settings.c.blob).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))
_DROP = delete(settings).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))


class StoredSettings:
    """Settings by user and section."""

    def __init__(self, database: Database, root: bytes) -> None:
        self._database = database
        self._root = root
        self._lookup = subkey(root, "hm3.lookup")

    def load(self, user: str, section: str) -> Mapping[str, object]:
        """What the user chose in a section. Raises DecryptError where the row was damaged."""
        owner = lookup_hash(self._lookup, user)
        with self._database.read() as connection:
            blob = connection.execute(_FIND, {"user": owner, "name": section}).scalar_one_or_none()
        if blob is None:
            return {}
        chosen: Mapping[str, object] = json.loads(unseal(self._key(user), blob, _purpose(owner, section)))
        return chosen

    def save(self, user: str, section: str, values: Mapping[str, object]) -> None:
        """Keep a section in place of what was kept before."""
        owner = lookup_hash(self._lookup, user)
        blob = seal(self._key(user), json.dumps(dict(values), sort_keys=True).encode(), _purpose(owner, section))
        with self._database.write() as connection:
            connection.execute(_DROP, {"user": owner, "name": section})
            connection.execute(insert(settings), {"user_ref": owner, "section": section, "blob": blob})

    def _key(self, user: str) -> bytes:
        return subkey(self._root, "hm3.settings", user)


def _purpose(owner: str, section: str) -> Purpose:
    return Purpose("hm3.settings", owner, "settings", section)
