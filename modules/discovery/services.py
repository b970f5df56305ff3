"""What the module discovery offers: finding servers, and what a login there needs."""

from core import Authenticator, Clock, Database, Farewell, Keyring, ServerKeys, Session, SessionStore
from modules.discovery.access import authenticator_of
from modules.discovery.config import DiscoveryConfig
from modules.discovery.finder import Discovery
from modules.discovery.proposals import Proposals
from modules.discovery.resolver import Resolver
from modules.discovery.vouchers import Vouchers
from modules.discovery.web import Web
from modules.imap.api import ConnectionPool, ImapConfig, offer_authenticator


def open_discovery(config: DiscoveryConfig) -> Discovery:
    """The way to servers, for this process. Raises ConfigError where the machine names no name servers."""
    resolver = Resolver(config)
    return Discovery(config, config.read_table(), resolver, Web(resolver, config.tls_options, config.seconds))


def open_proposals(keys: ServerKeys, clock: Clock) -> Proposals:
    """What seals the servers that are shown."""
    return Proposals(keys, clock.now)


def open_vouchers(
    database: Database, keys: ServerKeys, keyring: Keyring, imap: ImapConfig, farewell: Farewell
) -> Vouchers:
    """Who vouches for whom on this site."""
    return Vouchers(database, keys, keyring, imap, farewell.has_account)


def choose_authenticator(
    imap: ImapConfig, pool: ConnectionPool, session: Session, config: DiscoveryConfig, sessions: SessionStore | None
) -> Authenticator | None:
    """The mail server that knows passwords: that of the session, where it logged in elsewhere, or else that of hm3.ini.

    Nobody's password of elsewhere is shown to the server of hm3.ini.
    """
    return authenticator_of(session, config) or offer_authenticator(imap, pool, sessions)
