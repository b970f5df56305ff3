"""What the ldap module offers: logging in by a directory, with what it says of the user."""

from core import Authenticator, Identity, Secret
from modules.ldap.config import LdapConfig
from modules.ldap.directory import Directory
from modules.ldap.results import MailboxLogin


class LdapAuthenticator:
    """Logs in whom the directory knows, with name, address and roles as it tells them."""

    name = "ldap"

    def __init__(self, directory: Directory, mailboxes: tuple[MailboxLogin, ...]) -> None:
        self._directory = directory
        self._mailboxes = mailboxes

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Who this is, or None where name or password is wrong. Raises UpstreamError where that cannot be told."""
        person = self._directory.recognise(username.strip(), password)
        if person is None:
            return None
        kept = {mailbox.username: Secret(person.imap_name) for mailbox in self._mailboxes}
        kept |= {mailbox.password: password for mailbox in self._mailboxes}
        return Identity(
            person.name,
            kept,
            password,
            roles=person.roles,
            display_name=person.display_name,
            address=person.address,
        )


def open_directory(config: LdapConfig) -> Directory:
    """The directory as this process knows it."""
    return Directory(config)


def offer_authenticator(directory: Directory, mailboxes: tuple[MailboxLogin, ...]) -> Authenticator:
    """Log-in by the directory."""
    return LdapAuthenticator(directory, mailboxes)
