"""Which user somebody is whom a mail server let in: two ways to one address are one user only by the same server."""

from collections.abc import Callable

from sqlalchemy import select, text

from core import Conflict, Database, Keyring, Sentence, ServerKeys, crypto
from modules.discovery.model import FoundServers, Source, user_name
from modules.discovery.tables import vouchers
from modules.discovery.values import HostName, MailAddress
from modules.imap.api import ImapConfig

_KEEP = text(
    "INSERT INTO discovery_vouchers (user_ref, voucher_ref) VALUES (:user, :voucher) ON CONFLICT (user_ref) DO NOTHING"
)
_FILL = text("UPDATE discovery_vouchers SET voucher_ref = :voucher WHERE user_ref = :user AND voucher_ref = ''")
_FREE = text(
    "INSERT INTO discovery_vouchers (user_ref, voucher_ref) VALUES (:user, '') "
    "ON CONFLICT (user_ref) DO UPDATE SET voucher_ref = ''"
)


class Vouchers:
    """Remembers which server let an address in first; another one does not vouch for it later."""

    def __init__(
        self,
        database: Database,
        keys: ServerKeys,
        keyring: Keyring,
        imap: ImapConfig,
        has_account: Callable[[str], bool],
    ) -> None:
        self._database = database
        self._key = keys.of("hm3.vouchers")
        self._keyring = keyring
        self._imap = imap
        self._has_account = has_account

    def confirm(self, address: MailAddress, servers: FoundServers) -> str:
        """The user's name, after their password was right at the server.

        Raises Conflict where the address is another's: known by another server, or by another way to log in.
        """
        name = user_name(address, servers)
        if servers.source is Source.HAND:
            return name
        host = servers.imap.host
        if not (self._imap.login and host == self._imap.host) and not self._is_known(name) and self._lives_here(name):
            raise Conflict(
                Sentence(
                    "Somebody logs in here as %(address)s in another way. Log in as you did before, or ask the admin.",
                    address=address,
                )
            )
        values = {"user": self._ref(name), "voucher": self._ref(_voucher(address, host))}
        with self._database.write() as connection:
            connection.execute(_KEEP, values)
            connection.execute(_FILL, values)
            known = connection.execute(
                select(vouchers.c.voucher_ref).where(vouchers.c.user_ref == values["user"])
            ).scalar_one()
        if known != values["voucher"]:
            raise Conflict(
                Sentence(
                    "%(address)s is known here by another mail server than %(host)s. Try again later, or ask the admin "
                    "to confirm that the mailbox has moved.",
                    address=address,
                    host=host,
                )
            )
        return name

    def free(self, address: MailAddress) -> None:
        """Believe the next server that lets an address in."""
        with self._database.write() as connection:
            connection.execute(_FREE, {"user": self._ref(str(address))})

    def _is_known(self, name: str) -> bool:
        wanted = select(vouchers.c.user_ref).where(vouchers.c.user_ref == self._ref(name))
        with self._database.read() as connection:
            return connection.execute(wanted).first() is not None

    def _lives_here(self, name: str) -> bool:
        """Whether a user of this name has an account here, or something is stored for them."""
        return self._has_account(name) or bool(self._keyring.wraps(name))

    def _ref(self, value: str) -> str:
        return crypto.lookup_hash(self._key, value)


def _voucher(address: MailAddress, host: HostName) -> str:
    """Who vouches: the domain itself by any of its own names, or one host of somebody else."""
    return str(address.domain) if host.is_within(address.domain) else str(host)
