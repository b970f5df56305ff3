"""Finding the servers of a mail address: who is asked in which order, and what of the answers may be connected to."""

import dataclasses
import logging
import threading

from core import NotAllowed, Sentence, TooMany
from modules.discovery.autoconfig import find_by_autoconfig
from modules.discovery.config import Asked, DiscoveryConfig
from modules.discovery.model import FoundServer, FoundServers
from modules.discovery.providers import ProviderTable
from modules.discovery.records import find_by_records
from modules.discovery.resolver import NoWay, Resolver
from modules.discovery.values import MailAddress
from modules.discovery.web import Web

log = logging.getLogger("hm3.discovery")
# Strangers make these searches, and slow servers make them long: they must not keep every thread busy.
_MOST_AT_ONCE = 4


class Discovery:
    """Finds servers. It says nothing to them: only the domain's web server and the names service are asked."""

    def __init__(self, config: DiscoveryConfig, table: ProviderTable, resolver: Resolver, web: Web) -> None:
        self._config = config
        self._table = table
        self._resolver = resolver
        self._web = web
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def find(self, address: MailAddress) -> FoundServers | None:
        """The servers of an address, or None where nobody tells of any that may be connected to.

        Raises NotAllowed for domains that this site does not look for, and TooMany while too many are looking.
        """
        if not self._config.looks_for(address.domain):
            raise NotAllowed(
                Sentence("This site opens no mailboxes of %(domain)s by the address.", domain=address.domain)
            )
        if not self._room.acquire(blocking=False):
            raise TooMany(Sentence("Many people are looking for their mail servers right now. Try again in a moment."))
        try:
            return self._find(address)
        finally:
            self._room.release()

    def may_connect(self, server: FoundServer) -> bool:
        """Whether a server has a port of mail and stands where this site connects to."""
        if not self._config.takes_port(server.port):
            return False
        try:
            self._resolver.addresses(server.host)
        except NoWay as error:
            log.info("A mail server is left out: %s.", error)
            return False
        return True

    def _find(self, address: MailAddress) -> FoundServers | None:
        for source in dict.fromkeys(self._config.sources):
            if source is Asked.TABLE:
                found = self._known(address)
                if found is not None:
                    return found  # the admin's table and ours are trusted as they are
                continue
            told = (
                find_by_autoconfig(self._web, address)
                if source is Asked.AUTOCONFIG
                else find_by_records(self._resolver, address)
            )
            if told is not None and self.may_connect(told.imap):
                return dataclasses.replace(told, smtp=self._checked(told.smtp), sieve=self._checked(told.sieve))
        return None

    def _known(self, address: MailAddress) -> FoundServers | None:
        provider = self._table.of_domain(address.domain)
        for host in () if provider is not None else self._resolver.exchanges(address.domain):
            provider = provider or self._table.of_exchange(host)
        return provider.servers_of(address) if provider is not None else None

    def _checked(self, server: FoundServer | None) -> FoundServer | None:
        return server if server is not None and self.may_connect(server) else None
