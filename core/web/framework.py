"""Flask as this site runs it: nothing is looked for around every request that no page of this site needs."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIEnvironment

import flask
from flask.ctx import RequestContext
from flask.globals import _cv_request
from werkzeug.routing import Map, MapAdapter, Rule

from core.web.requests import Request, this_request
from core.web.responses import SiteResponse

# Pages of so many addresses are remembered, where an address is no longer than this.
_MOST_PATHS, _LONGEST_PATH = 2048, 200


class App(flask.Flask):
    """An application of pages: of any host, without files, templates, blueprints and signals, and nothing awaits."""

    request_class = Request
    response_class = SiteResponse

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None, template_folder=None)
        # Any: what a path holds, as Flask has it.
        self.known: dict[tuple[str, str], tuple[Rule, Mapping[str, Any]]] = {}

    # Any: Flask's own types.
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A view or hook as it is: none of this site is a coroutine."""
        return func

    def request_context(self, environ: WSGIEnvironment) -> RequestContext:
        """What Flask knows while it answers a request."""
        context = _Context(self, environ)
        request = context.request
        if isinstance(request, Request) and request.has_body:
            # Else each is looked for again and again while the body is read.
            request.max_content_length = self.config["MAX_CONTENT_LENGTH"]
            request.max_form_memory_size = self.config["MAX_FORM_MEMORY_SIZE"]
            request.max_form_parts = self.config["MAX_FORM_PARTS"]
        return context

    def full_dispatch_request(self) -> flask.Response:
        """The response to what a hook answers before the view, else to what the view does, or to an error."""
        try:
            answer = self.preprocess_request()
            if answer is None:
                answer = self.dispatch_request()
        except Exception as error:  # noqa: BLE001  # handlers of errors say which it is
            answer = self.handle_user_exception(error)
        return self.finalize_request(answer)

    def preprocess_request(self) -> Any:
        """What a hook answers before the view, if any does."""
        for hook in self.before_request_funcs.get(None, ()):
            answer = hook()
            if answer is not None:
                return answer
        return None

    def dispatch_request(self) -> Any:
        """What the view answers. Raises why there is none."""
        request = this_request()
        rule = request.url_rule
        if rule is None or request.method == "OPTIONS":
            return super().dispatch_request()
        return self.view_functions[rule.endpoint](**(request.view_args or {}))

    def finalize_request(self, rv: Any, from_error_handler: bool = False) -> flask.Response:
        """The response to what was answered, after all hooks."""
        if from_error_handler or not isinstance(rv, SiteResponse):
            return super().finalize_request(rv, from_error_handler)
        return self.process_response(rv)

    def process_response(self, response: flask.Response) -> flask.Response:
        """The response after all hooks, of which the last comes first, and with the cookie of forms."""
        for hook in reversed(self.after_request_funcs.get(None, ())):
            response = hook(response)
        # Flask's own way to its session notes that somebody has looked into it.
        session = _cv_request.get()._session
        assert session is not None
        self.session_interface.save_session(self, session, response)
        return response

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Nothing: no hook waits for the end of a request."""

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Nothing, as with the request."""

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """What finds the page of a request. Raises BadHost for a host that is no name."""
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        query = request.query_string
        return MapAdapter(
            self.url_map,
            _server_name(request.host),
            request.root_path or "/",
            self.url_map.default_subdomain,
            request.scheme,
            request.path,
            request.method,
            query.decode(errors="replace") if query else "",
        )


class _Context(RequestContext):
    """Flask's context, which remembers what page an address is of: the same are asked for again and again."""

    def match_request(self) -> None:
        request, app, adapter = self.request, self.app, self.url_adapter
        assert isinstance(app, App) and adapter is not None
        asked = (request.method, request.path)
        found = None if adapter.websocket else app.known.get(asked)
        if found is not None:
            request.url_rule, request.view_args = found[0], {**found[1]}
            return
        super().match_request()
        if request.url_rule is not None and len(request.path) <= _LONGEST_PATH and not adapter.websocket:
            if len(app.known) >= _MOST_PATHS:
                app.known.clear()
            app.known[asked] = request.url_rule, {**(request.view_args or {})}


# Browsers of a site name the same host.
@lru_cache(maxsize=64)
def _server_name(host: str) -> str:
    """A host as it stands in addresses that a request is led to. Raises BadHost."""
    return Map().bind(host).server_name
