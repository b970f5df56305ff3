"""What the ldap module asks of others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MailboxLogin:
    """Under which names a session keeps the name and the password for the user's mail. Bridges offer these."""

    username: str
    password: str
