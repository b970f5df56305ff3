"""Servers as a mail domain's own web server tells them, in the XML that Thunderbird made common."""

import logging
import re
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from core import Port, tls
from modules.discovery.model import FoundServer, FoundServers, PasswordRule, Source
from modules.discovery.resolver import NoWay
from modules.discovery.values import HostName, MailAddress
from modules.discovery.web import Web

log = logging.getLogger("hm3.discovery")
_SECURITY = {"SSL": tls.Security.TLS, "TLS": tls.Security.TLS, "STARTTLS": tls.Security.STARTTLS}
_PLACEHOLDER = re.compile(r"%(EMAILADDRESS|EMAILLOCALPART|EMAILDOMAIN)%")
_MOST_SERVERS = 20
_LONGEST_USERNAME = 320
_LONGEST_PROVIDER = 60


def find_by_autoconfig(web: Web, address: MailAddress) -> FoundServers | None:
    """What the web server of an address's own domain says, never that of a domain above it. None where it says nothing.

    A domain above it may be anybody's: whoever has the name autoconfig there would get the passwords.
    """
    query = urlencode({"emailaddress": str(address)})
    pages = [(f"/mail/config-v1.1.xml?{query}", f"autoconfig.{address.domain}")]
    pages.append(("/.well-known/autoconfig/mail/config-v1.1.xml", str(address.domain)))
    for target, name in pages:
        try:
            found = read_autoconfig(web.fetch(HostName.parse(name), target), address)
        except (NoWay, ValueError) as error:
            log.info("No autoconfig by %s: %s.", name, error)
            continue
        if found is not None:
            return found
    return None


def read_autoconfig(octets: bytes, address: MailAddress) -> FoundServers | None:
    """The servers that a document names, None where it names none that can be used. Raises ValueError for no document.

    Document types and entities are refused: they make much of little and reach for files.
    """
    try:
        root: Element = defusedxml.ElementTree.fromstring(
            octets, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
    except (ParseError, DefusedXmlException, LookupError, UnicodeError) as error:
        raise ValueError(f"the document cannot be read: {type(error).__name__}") from error
    provider = root.find("emailProvider") if root.tag == "clientConfig" else None
    if provider is None:
        raise ValueError("the document is no autoconfig")
    imap, login = _first(provider, "incomingServer", "imap", address)
    smtp, _ = _first(provider, "outgoingServer", "smtp", address)
    if imap is None:
        return None
    only_tokens = bool(login) and all(way == "oauth2" for way in login)
    return FoundServers(
        imap,
        smtp,
        None,
        Source.AUTOCONFIG,
        provider=_line(provider.findtext("displayShortName"), _LONGEST_PROVIDER),
        passwords=PasswordRule.NONE if only_tokens else PasswordRule.ACCOUNT,
    )


def _first(provider: Element, tag: str, kind: str, address: MailAddress) -> tuple[FoundServer | None, tuple[str, ...]]:
    """The first server of a kind that can be used, with the ways in which it lets people in."""
    for element in provider.findall(tag)[:_MOST_SERVERS]:
        if element.get("type") != kind:
            continue
        try:
            ways = tuple((way.text or "").strip().lower() for way in element.findall("authentication")[:_MOST_SERVERS])
            return _server(element, address), ways
        except ValueError:
            continue
    return None, ()


def _server(element: Element, address: MailAddress) -> FoundServer:
    """One server. Raises ValueError where it cannot be used, above all where nothing is encrypted."""
    security = _SECURITY.get((element.findtext("socketType") or "").strip().upper())
    if security is None:
        raise ValueError("the server does not encrypt")
    host = HostName.parse(fill((element.findtext("hostname") or "").strip(), address))
    port = int(Port.parse((element.findtext("port") or "").strip()))
    username = fill((element.findtext("username") or "%EMAILADDRESS%").strip(), address)
    if not username or username != _line(username, _LONGEST_USERNAME):
        raise ValueError("the server wants a name that nobody can have")
    return FoundServer(host, port, security, username)


def fill(template: str, address: MailAddress) -> str:
    """A text with its placeholders filled in, each once."""
    values: Mapping[str, str] = {
        "EMAILADDRESS": str(address),
        "EMAILLOCALPART": address.local_part,
        "EMAILDOMAIN": str(address.domain),
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def _line(text: str | None, longest: int) -> str:
    """A text as it may be shown: one line of letters that are seen, and not too long."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())[:longest]
