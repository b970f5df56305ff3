"""The corpus of awkward mail: each file one message of our own, told in README.md."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.servers.mail_user import MailUser

FOLDER = Path(__file__).resolve().parent
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.eml")))


def octets_of(name: str) -> bytes:
    """One message of the corpus, as it is."""
    return (FOLDER / f"{name}.eml").read_bytes()


@dataclass(frozen=True)
class Shelf:
    """A user's INBOX on the server's disk, where mail can lie that no server would accept."""

    user: MailUser

    def put(self, **messages: bytes) -> dict[str, int]:
        """Lay messages down as they are; their UIDs by their names."""
        folder = self.user.dovecot.layout.mail / self.user.name.lower() / "Maildir"
        owner = folder.stat()
        for number, (name, octets) in enumerate(messages.items(), start=1):
            path = folder / "cur" / f"{1_700_000_000 + number}.{name.replace('-', '_')}.test:2,"
            path.write_bytes(octets)
            os.chown(path, owner.st_uid, owner.st_gid)
        known = set(self.user.uids())
        lines = (line.split(maxsplit=1) for line in (folder / "dovecot-uidlist").read_text().splitlines()[1:])
        uids = {line[1].partition(":")[2].split(".")[1]: int(line[0]) for line in lines if int(line[0]) in known}
        return {name: uids[name.replace("-", "_")] for name in messages}
