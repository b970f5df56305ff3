"""Servers as the records of a mail domain tell them (RFC 6186, RFC 8314 5.1, RFC 5804 1.8)."""

from core import Port, tls
from modules.discovery.model import FoundServer, FoundServers, Source
from modules.discovery.resolver import Resolver
from modules.discovery.values import HostName, MailAddress

# RFC 8314 3: encrypted from the first octet before STARTTLS.
_IMAP = (("_imaps._tcp", tls.Security.TLS), ("_imap._tcp", tls.Security.STARTTLS))
_SMTP = (("_submissions._tcp", tls.Security.TLS), ("_submission._tcp", tls.Security.STARTTLS))
_SIEVE = (("_sieve._tcp", tls.Security.STARTTLS),)


def find_by_records(resolver: Resolver, address: MailAddress) -> FoundServers | None:
    """What the records of an address's own domain say. None where they name no IMAP server."""
    imap = _find(resolver, _IMAP, address)
    if imap is None:
        return None
    return FoundServers(imap, _find(resolver, _SMTP, address), _find(resolver, _SIEVE, address), Source.SRV)


def _find(
    resolver: Resolver, services: tuple[tuple[str, tls.Security], ...], address: MailAddress
) -> FoundServer | None:
    for service, security in services:
        for record in resolver.services(f"{service}.{address.domain}"):
            try:
                # RFC 2782: a target of nothing says that there is no such service. RFC 6186 4: the name is the address.
                host, port = HostName.parse(record.host), int(Port.parse(str(record.port)))
            except ValueError:
                continue
            return FoundServer(host, port, security, str(address))
    return None
