"""One connection to one server of a directory: opened, encrypted, bound and asked, with every failure told apart."""

import logging
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ldap3.core.exceptions import LDAPException, LDAPStartTLSError
from ldap3.core.results import (
    RESULT_BUSY,
    RESULT_CONSTRAINT_VIOLATION,
    RESULT_INAPPROPRIATE_AUTHENTICATION,
    RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    RESULT_INVALID_CREDENTIALS,
    RESULT_INVALID_DN_SYNTAX,
    RESULT_NO_SUCH_OBJECT,
    RESULT_SIZE_LIMIT_EXCEEDED,
    RESULT_SUCCESS,
    RESULT_TIME_LIMIT_EXCEEDED,
    RESULT_UNAVAILABLE,
    RESULT_UNWILLING_TO_PERFORM,
)
from pyasn1.error import PyAsn1Error

from core import Secret, UpstreamError, tls
from modules.ldap.config import LdapConfig
from modules.ldap.connection import Connection, Encryption
from modules.ldap.errors import CertificateRefused, Misconfigured, MissingEntry, Unreachable

log = logging.getLogger("hm3.ldap")

WRONG = frozenset((RESULT_INVALID_CREDENTIALS, RESULT_INAPPROPRIATE_AUTHENTICATION, RESULT_NO_SUCH_OBJECT))
# An account that is locked, or whose password has run out: servers differ in what they say of it.
CLOSED = frozenset(
    (
        RESULT_UNWILLING_TO_PERFORM,
        RESULT_CONSTRAINT_VIOLATION,
        RESULT_INSUFFICIENT_ACCESS_RIGHTS,
        RESULT_INVALID_DN_SYNTAX,
    )
)
_LATER = frozenset((RESULT_BUSY, RESULT_UNAVAILABLE, RESULT_TIME_LIMIT_EXCEEDED))
# What ldap3 raises on octets that are no LDAP.
_NONSENSE = (PyAsn1Error, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Account:
    """An entry and its password, to bind as."""

    dn: str
    password: Secret = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """One entry: its DN, and the values of its attributes by their names in lower case."""

    dn: str
    attributes: Mapping[str, Sequence[str]]

    def values(self, attribute: str) -> Sequence[str]:
        """The values of an attribute that say anything."""
        return [value for value in self.attributes.get(attribute.lower(), ()) if value.strip()]

    def first(self, attribute: str) -> str:
        """The first value of an attribute, or nothing."""
        return next(iter(self.values(attribute)), "")


@contextmanager
def open_link(
    config: LdapConfig, context: ssl.SSLContext, host: str, account: Account | None = None
) -> Iterator["Link"]:
    """An encrypted connection that is not bound yet.

    Raises Unreachable, CertificateRefused or Misconfigured.
    """
    link = Link(config, context, host, account)
    try:
        link.open()
        yield link
    finally:
        link.close()


class Link:
    """One connection to one server. Its `account`, if any, is whom `bind` binds as."""

    def __init__(self, config: LdapConfig, context: ssl.SSLContext, host: str, account: Account | None) -> None:
        self._config = config
        self._place = f"{host} at port {config.port_number}"
        self._host = host
        self._encryption = Encryption(config.options, context)
        user, password = (account.dn, account.password.encode()) if account is not None else (None, None)
        self._connection = Connection(config, host, self._encryption, user, password)

    def open(self) -> None:
        """Connect, and encrypt where that is asked for."""
        with self._watched():
            self._connection.open(read_server_info=False)
            if self._config.security is tls.Security.STARTTLS:
                self._connection.start_tls(read_server_info=False)
            # Whatever ldap3 thinks of it: nothing is said in the clear that was to be encrypted.
            if self._config.options.encrypted and not isinstance(self._connection.socket, ssl.SSLSocket):
                raise LDAPStartTLSError("the connection is not encrypted")

    def bind(self) -> int:
        """Bind as the account; the result code (RFC 4511 4.1.9). Raises where it says nothing about the account."""
        with self._watched():
            self._connection.bind(read_server_info=False)
        code: int = self._connection.result["result"]
        if code not in WRONG | CLOSED | {RESULT_SUCCESS}:
            self._refuse("a bind")
        if code in CLOSED:
            log.info("%s: a bind was answered with %s.", self._place, self._words())
        return code

    def search(self, base: str, filter_: str, attributes: Sequence[str], *, most: int, below: bool) -> list[Entry]:
        """At most so many entries: the base itself, or all `below` it. References to other servers are passed over."""
        with self._watched():
            self._connection.search(
                base,
                filter_,
                search_scope="SUBTREE" if below else "BASE",
                dereference_aliases="NEVER",
                attributes=list(attributes),
                size_limit=most,
                time_limit=self._config.patience,
            )
            code = self._connection.result["result"]
            found = [_entry(one) for one in self._connection.response or () if one["type"] == "searchResEntry"]
        if code == RESULT_NO_SUCH_OBJECT:
            log.warning("%s: there is no entry %s, or it may not be seen.", self._place, base)
            raise MissingEntry
        if code not in (RESULT_SUCCESS, RESULT_SIZE_LIMIT_EXCEEDED):
            self._refuse(f"a search of {base}")
        return found

    def refuse_account(self) -> None:
        """The account that searches was not let in. Raises Misconfigured."""
        log.error("%s: bind_dn or bind_password is wrong: %s", self._place, self._words())
        raise Misconfigured

    def close(self) -> None:
        """End the connection, which may have ended already."""
        try:
            self._connection.unbind()
        except (LDAPException, OSError) as error:
            log.debug("%s: the connection could not be ended: %s", self._place, error)

    def _words(self) -> str:
        result = self._connection.result
        return f"{result['result']} {result['description']} {result['message']!r}"

    def _refuse(self, what: str) -> None:
        log.error("%s: %s was answered with %s.", self._place, what, self._words())
        raise Unreachable if self._connection.result["result"] in _LATER else Misconfigured

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Make one of our errors of whatever ldap3 raises."""
        try:
            yield
        except LDAPStartTLSError as error:
            log.error("%s: the server does not take STARTTLS, so nothing was sent: %s", self._place, error)
            raise CertificateRefused from error
        except (LDAPException, OSError, UpstreamError, *_NONSENSE) as error:
            refusal = self._encryption.refusal
            if isinstance(refusal, ssl.SSLError | UpstreamError):
                words = tls.explain_tls_failure(self._host, refusal) if isinstance(refusal, ssl.SSLError) else refusal
                log.error("%s: %s", self._place, words)
                raise CertificateRefused from error
            log.error("%s: %s: %s", self._place, type(error).__name__, error)
            raise Unreachable from error


def _entry(found: Mapping[str, Mapping[str, Sequence[bytes]]]) -> Entry:
    """An entry as ldap3 tells it. Raises ValueError where its DN is not UTF-8."""
    dn: bytes = found["raw_dn"]  # type: ignore[assignment]  # the one value that is no mapping
    attributes = {
        name.lower(): [value.decode("utf-8", "replace") for value in values]
        for name, values in found["raw_attributes"].items()
    }
    return Entry(dn.decode(), attributes)
