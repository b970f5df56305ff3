"""Flask as this site runs it: nothing is looked for around every request that no page of this site needs."""

from collections.abc import Callable
from typing import Any

import flask
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from core.web.requests import Request
from core.web.responses import SiteResponse


class App(flask.Flask):
    """An application of pages: of any host, without files and templates of its own, and with nothing that awaits."""

    request_class = Request
    response_class = SiteResponse

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None, template_folder=None)

    # Any: Flask's own types.
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A view or hook as it is: none of this site is a coroutine."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """What finds the page of a request. Raises SecurityError for a host that is no name."""
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        environ = request.environ
        request.host = get_host(environ, request.trusted_hosts)
        return self.url_map.bind(
            request.host,
            request.root_path,
            "",
            request.scheme,
            request.method,
            environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace"),
            environ.get("QUERY_STRING", "").encode("latin-1").decode(errors="replace"),
        )
