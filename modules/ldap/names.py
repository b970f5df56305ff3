"""Names on their way into a directory: what people typed becomes part of a filter or of a DN without changing it."""

import re
import unicodedata
from collections.abc import Mapping

from ldap3.core.exceptions import LDAPException
from ldap3.operation.search import parse_filter
from ldap3.utils.dn import parse_dn

LONGEST_NAME = 256
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z0-9]", re.ASCII)
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


def is_typable(name: str) -> bool:
    """Whether a user name can be meant as it stands: not empty, not endless, and with nothing in it that is not seen.

    Directories pass over characters that are not seen (RFC 4518 2.2), so that one user would have many names.
    """
    return 0 < len(name) <= LONGEST_NAME and not any(unicodedata.category(one) in _UNSEEN for one in name)


def one_spelling(name: str) -> str:
    """A user name in the one spelling that this site knows it by."""
    return unicodedata.normalize("NFC", name.strip()).lower()


def escape_filter(value: str) -> str:
    """A value for a filter (RFC 4515 3): all but plain letters and digits as octets."""
    return "".join(one if _PLAIN.match(one) else _octets(one) for one in value)


def escape_dn(value: str) -> str:
    """A value for a DN (RFC 4514 2.4): all but plain letters and digits as octets."""
    return escape_filter(value)


def fill(template: str, values: Mapping[str, str]) -> str:
    """A template with its {placeholders} filled in. The values have to be escaped already."""
    return PLACEHOLDER.sub(lambda found: values[found[1].lower()], template)


def placeholders(template: str) -> frozenset[str]:
    """The names in braces in a template, in lower case."""
    return frozenset(name.lower() for name in PLACEHOLDER.findall(template))


def check_filter(template: str) -> None:
    """Raise ValueError unless a template makes a filter."""
    try:
        parse_filter(PLACEHOLDER.sub("x", template), None, False, False, None, False)  # type: ignore[no-untyped-call]  # the stubs say nothing of it
    except LDAPException as error:
        raise ValueError("is not a filter such as (uid={username}), with its own brackets") from error


def check_dn(template: str) -> None:
    """Raise ValueError unless a template makes a DN."""
    try:
        parse_dn(PLACEHOLDER.sub("x", template), strip=True)
    except (LDAPException, LookupError) as error:  # LookupError: ldap3 on a DN that ends in a comma
        raise ValueError("is not a DN such as ou=people,dc=example,dc=org") from error


def _octets(character: str) -> str:
    return "".join(f"\\{octet:02x}" for octet in character.encode())
