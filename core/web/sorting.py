"""Where a request goes before it is read: the place that its session says, whether or not that is true.

What is told here only spares a way. Whose session it is, and whether it is served here, `SessionStore` finds out.
"""

import json
import re
from base64 import urlsafe_b64decode

from core.visitor.places import place_in
from core.web.cookies import REFERENCE, cookie_name

_LONGEST = 4000
# A ticket to the content host, which no cookie comes to.
_TICKET = re.compile(rb"[A-Z]{1,20} /([A-Za-z0-9_-]{32}\.[0-9]{1,4})/")
# What is bound to the host comes first: nobody else can have set it.
_NAMES = tuple(cookie_name(REFERENCE, secure).encode("ascii") for secure in (True, False))


def read_place(head: bytes) -> int | None:
    """The place of the session that the head of a request shows (RFC 9112); None where it shows none."""
    if ticket := _TICKET.match(head):
        return place_in(ticket[1].decode("ascii"))
    cookies: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        called = name.lower()
        if called == b"authorization":
            scheme, _, token = value.strip().partition(b" ")
            if scheme.lower() == b"bearer":
                return _place(token.strip().rpartition(b".")[0])
        elif called == b"cookie":
            for pair in value.split(b";"):
                key, _, told = pair.strip(b" \t").partition(b"=")
                cookies.setdefault(key.strip(b" \t"), told.strip(b' \t"'))
    return next((_place(cookies[name]) for name in _NAMES if name in cookies), None)


def _place(token: bytes) -> int | None:
    """What the claims of a JSON Web Token (RFC 7519) refer to, unproven."""
    parts = token.split(b".")
    if len(parts) != 3 or len(token) > _LONGEST:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + b"=="))
    except (ValueError, RecursionError):
        return None
    reference = claims.get("jti") if isinstance(claims, dict) else None
    return place_in(reference) if isinstance(reference, str) else None
