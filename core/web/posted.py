"""Short forms as browsers and their scripts send them, read in one go: most requests that change something are one."""

from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import ClientDisconnected

_FORM = "application/x-www-form-urlencoded"
# Octets, and as many digits at most.
LONGEST, _DIGITS = 65_536, 5


def read_posted(environ: WSGIEnvironment, most: int | None) -> list[tuple[str, str]] | None:
    """The fields of a form; None for what is none, is longer than it may be here, or of a length that is not told.

    Of what is no UTF-8 there are none, as Werkzeug has it. Raises ClientDisconnected where not all of it came.
    """
    told, kind = environ.get("CONTENT_LENGTH", ""), environ.get("CONTENT_TYPE", "")
    if kind.partition(";")[0].strip().lower() != _FORM or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= _DIGITS):
        return None
    length = int(told)
    if length > LONGEST or (most is not None and length > most):
        return None
    octets = environ["wsgi.input"].read(length)
    if len(octets) < length:
        raise ClientDisconnected
    try:
        return parse_qsl(octets.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
    except UnicodeDecodeError:
        return []
