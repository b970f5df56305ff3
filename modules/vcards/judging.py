"""Judge what a contact card leads to: addresses that mail can go to, numbers, and web addresses."""

import re
import unicodedata

from core import Sentence
from modules.mail.api import (
    EmailAddress,
    JudgedLink,
    Links,
    imitated,
    is_readable,
    mixes_scripts,
    read_link,
    readable,
)
from modules.vcards.model import Contact, Entry
from modules.vcards.results import Email, JudgedCard, Reached
from modules.vcards.showing import CUT

# One address and nothing beside it: the composer would read some of these signs as the ends of one.
_ADDRESS = re.compile(r'[^\s@<>()\[\]:;,\\"]+@[^\s@<>()\[\]:;,\\"]+')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:")


def judge_contact(contact: Contact, links: Links) -> JudgedCard:
    """A card of a message with what is found out about its addresses and links."""
    return JudgedCard(
        contact,
        tuple(map(judge_email, contact.emails)),
        tuple(map(_phone, contact.phones)),
        tuple(_web(entry, links) for entry in contact.webs),
    )


def judge_email(entry: Entry) -> Email:
    """An address as it is written, whether mail can go to it, and whether its domain seems to be another one."""
    value = entry.value[7:] if entry.value[:7].lower() == "mailto:" else entry.value
    entry = Entry(value, entry.uses, entry.label)
    if any(unicodedata.category(letter) == "Cf" for letter in value):
        return Email(entry, "", Sentence("This address holds characters that cannot be seen."))
    if len(value) > EmailAddress.longest or not _ADDRESS.fullmatch(value):
        return Email(entry, "")
    return Email(entry, value, _doubt(readable(EmailAddress(value).domain)))


def _doubt(domain: str) -> Sentence | None:
    """What is odd about a domain, in words."""
    if not is_readable(domain):
        return Sentence("%(domain)s claims to be a name in other letters, and is none.", domain=domain)
    if mixes_scripts(domain):
        return Sentence(
            "%(domain)s may look like a domain that it is not: for machines it is %(written)s.",
            domain=domain,
            written=_written(domain),
        )
    if look := imitated(domain):
        return Sentence(
            "It only looks like %(look)s, and is written in letters of another script: %(written)s.",
            look=look,
            written=_written(domain),
        )
    if not domain.isascii():
        return Sentence("%(domain)s is %(written)s for machines.", domain=domain, written=_written(domain))
    return None


def _written(domain: str) -> str:
    """A readable domain as machines write it."""
    labels = domain.split(".")
    return ".".join(one if one.isascii() else f"xn--{one.encode('punycode').decode('ascii')}" for one in labels)


def _phone(entry: Entry) -> Reached:
    """A number, which a link dials where it is one that links of messages may dial."""
    value = entry.value[4:] if entry.value[:4].lower() == "tel:" else entry.value
    return Reached(Entry(value, entry.uses, entry.label), JudgedLink(read_link(f"tel:{value.strip()}"), ""))


def _web(entry: Entry, links: Links) -> Reached:
    """A web address, which is a link of the message whose words are the address; one that was cut leads nowhere."""
    if entry.value.endswith(CUT):
        return Reached(entry, JudgedLink(None, ""))
    address = entry.value if _SCHEME.match(entry.value) else f"https://{entry.value}"
    return Reached(entry, links.take(address, entry.value))
