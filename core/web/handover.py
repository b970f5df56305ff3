"""Hand a browser's connection to whoever goes on with the answer, so that it holds no thread that pages need."""

import errno
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

import flask
from werkzeug.wrappers import Response

from core.output.live import Outlet
from core.output.slots import Stream

# Whoever cannot have a stream asks again after so many seconds, and meanwhile as if there were none.
_LATER = 300
# Where gunicorn tells an application the connection that a request came by.
_CONNECTION = "gunicorn.socket"


def answer_live(stream: Stream, take: Callable[[Outlet], None], close: Callable[[], None]) -> Response:
    """An answer that `take` goes on with after the stream's chunks.

    It is No Content where the server cannot do that: of that a browser's EventSource knows not to come back by itself.
    """
    environ = flask.request.environ
    if not _can_hand_over(environ):
        close()
        return Response(status=204, headers={"Retry-After": str(_LATER)})
    chunked = environ["SERVER_PROTOCOL"] != "HTTP/1.0"
    response = Response(_go_on(stream, take, environ[_CONNECTION], chunked), content_type=stream.media_type)
    response.call_on_close(close)
    # Proxies such as nginx would keep events back until there are enough of them.
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store, no-transform"
    return response


# object: what a server puts there
def _can_hand_over(environ: Mapping[str, object]) -> bool:
    # A connection that is encrypted here or carries several requests at once is more than its socket.
    connection = environ.get(_CONNECTION)
    plain = isinstance(connection, socket.socket) and not isinstance(connection, ssl.SSLSocket)
    return plain and environ.get("SERVER_PROTOCOL") in ("HTTP/1.0", "HTTP/1.1") and environ.get("HTTP_VERSION") is None


def _go_on(stream: Stream, take: Callable[[Outlet], None], connection: socket.socket, chunked: bool) -> Iterator[bytes]:
    yield from stream.chunks
    # From here on the server's own object has no connection, and closes nothing.
    ours = socket.socket(fileno=connection.detach())
    ours.setblocking(False)
    take(Outlet(ours, chunked))
    # To the server this is a browser that went away: it writes no end of the answer and waits for no other request.
    raise BrokenPipeError(errno.EPIPE, "the connection was handed over")
