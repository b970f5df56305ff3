"""The host for content: documents and files of messages alone, opened by tickets, where no cookie is read or set.

It is an application of its own beside the site's, so that nothing else of the site can answer there: `[app]
content_origin` names it. On the site's own host the pages that it shows lead to it.
"""

import contextvars
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

import flask
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_host

from core.input.reading import ContentHost, RawRequest
from core.look import choose_language
from core.module import Page
from core.output.frames import Frame
from core.output.slots import Policy, Redirect, Wanted
from core.pipeline.answer import LET_IN, Answer, Data, Shown, Streamed
from core.sentences import Sentence
from core.visitor.permissions import User
from core.visitor.store import Opened
from core.web.answers import answer_data, answer_stream
from core.web.bearer import bearer_of
from core.web.content_headers import add_content_headers
from core.web.cookies import read_cookies
from core.web.errors import explain_error
from core.web.framework import App
from core.web.limits import add_limits
from core.web.packing import pack
from core.web.requests import BACKGROUND, Request, read_client, read_languages, read_request, this_request
from core.web.responses import HTML, SiteResponse
from core.web.site import Site
from core.web.static import serve_asset
from core.web.strangers import host_name, is_fetched_ahead
from core.web.tickets import Ticket
from core.web.timing import View

# What PEP 3333 calls an application.
Wsgi = Callable[..., Iterable[bytes]]
Measured = Callable[[Page, View], View]
FrameOf = Callable[[Shown, str], Frame]
OpenSession = Callable[[Request], Opened]
KeepSession = Callable[[Request, Opened, Response], None]
_FIELD = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")
_SHOWN = (Policy.MAIL, Policy.FILE)
_NOT_HERE = Sentence("This was only here for a moment, or never. Open the message again in your mailbox.")


@dataclass(frozen=True)
class ByHost:
    """Gives what is asked of the content host to its application, without anything that says who asks."""

    site: Wsgi
    content: Wsgi
    host: str

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        if host_name(get_host(environ)) != self.host:
            return self.site(environ, start_response)
        for told in ("HTTP_COOKIE", "HTTP_AUTHORIZATION"):
            environ.pop(told, None)
        return self.content(environ, start_response)


def is_shown_apart(page: Page) -> bool:
    """Whether a page is one of documents and files of messages, which the content host shows where there is one."""
    return page.policy in _SHOWN and page.method == "GET"


def lead_apart(site: Site, page: Page, view: View, open_session: OpenSession, keep: KeepSession) -> View:
    """What answers a page on the site's own host where there is another for content: the way there, after the guards.

    Programs that show a token get it as ever, as they are no browsers. So do scripts of the site that read a file, such
    as a picture to be sent on: what is only read is shown nowhere.
    """

    def lead(**path: str) -> Response:
        request = this_request()
        if bearer_of(request) is not None or (page.policy is Policy.FILE and _is_read_by_script(request)):
            return view(**path)
        request.page, request.unnamed = page, True
        opened = open_session(request)
        raw = replace(read_request(request, path), knocks=True)
        stop = contextvars.Context().run(site.application.answer, page, raw, opened.session)
        assert isinstance(stop, Redirect)
        response = flask.redirect(_way(site, page, opened, raw) if stop is LET_IN else stop.location, 303)
        keep(request, opened, response)
        return response

    lead.__name__ = page.name.replace(".", "_").replace("-", "_")
    return lead


def scope_of(page: Page, path: Mapping[str, str]) -> str:
    """What a page of this path belongs to, so that two are equal where a ticket is good for both."""
    return "\0".join((page.within, *(path[name] for name in _FIELD.findall(page.within))))


def make_content(site: Site, measured: Measured, frame_of: FrameOf) -> flask.Flask:
    """The application of the content host: files of the front end, and by ticket what `is_shown_apart`."""
    app = App("hm3-content")
    app.session_interface = _NoSession()
    app.config.update(DEBUG=False, PROPAGATE_EXCEPTIONS=False, MAX_CONTENT_LENGTH=0)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    under_policy, under_rate = add_content_headers(app, site.app), add_limits(app, site.rates, site.counts)
    app.add_url_rule("/site/<name>", "site", lambda name: serve_asset(site.assets, name))
    for page in filter(is_shown_apart, site.application.wiring.pages):
        view = under_policy(page.policy, under_rate(page.rate, measured(page, _view(site, page, frame_of))))
        rule = f"/<hm3_ticket>{page.rule}"
        app.add_url_rule(rule, page.name, view, methods=["GET"], provide_automatic_options=False)
    app.register_error_handler(Exception, lambda error: _tell_error(site, error))
    return app


class _NoSession(flask.sessions.SessionInterface):
    """There is no cookie on this host, and so nothing that Flask could keep in one."""

    def open_session(self, app: flask.Flask, request: flask.Request) -> flask.sessions.SecureCookieSession:
        return flask.sessions.SecureCookieSession()

    def save_session(self, *given: object) -> None:
        """Nothing is kept."""


def _way(site: Site, page: Page, opened: Opened, raw: RawRequest) -> str:
    """Where the content host shows what this request asks for."""
    request = flask.request
    here = _written(request.path, request.query_string)
    cookies = read_cookies(request.cookies, request.is_secure)
    if cookies is None or opened.renewed is None or opened.session.renewed:
        # A guard has just let them in: their browser comes back with the cookies of that.
        return here
    ticket = Ticket(opened.session.id, scope_of(page, raw.path), raw.client.asked_here, raw.client.zone)
    now = site.application.clock.now()
    name = site.tickets.issue(ticket, cookies, opened.renewed, now, opened.place)
    return f"{site.app.content_origin}/{name}{here}"


def _view(site: Site, page: Page, frame_of: FrameOf) -> View:
    def view(hm3_ticket: str, **path: str) -> Response:
        request = this_request()
        request.page = page
        ticket, opened = _open(site, hm3_ticket, page, path)
        request.opened = opened
        request.client = replace(request.client, zone=ticket.zone)
        raw = _read(site, hm3_ticket, ticket, path)
        answer = contextvars.Context().run(site.application.answer, page, raw, opened.session, Wanted())
        response = _respond(site, request, answer, frame_of)
        # What is asked for here keeps no session awake and renews none: nobody could be given its cookies.
        opened.session.renewed = opened.session.rotated = False
        site.sessions.save(opened, active=False)
        return response

    view.__name__ = page.name.replace(".", "_").replace("-", "_")
    return view


def _open(site: Site, name: str, page: Page, path: Mapping[str, str]) -> tuple[Ticket, Opened]:
    """The session of a ticket that is good for this page. Raises NotFound."""
    found = site.tickets.find(name, site.application.clock.now())
    if found is None:
        raise NotFound()
    ticket, cookies = found
    if not page.signed and ticket.scope != scope_of(page, path):
        raise NotFound()
    opened = site.sessions.open(cookies, read_client(flask.request))
    if opened.foreign:
        raise NotFound()
    if opened.session.id != ticket.session or not isinstance(opened.session.visitor, User):
        site.tickets.forget(ticket.session)
        raise NotFound()
    return ticket, opened


def _read(site: Site, name: str, ticket: Ticket, path: Mapping[str, str]) -> RawRequest:
    """What a page may read of a request here: its address, and nothing that comes from whoever asks."""
    request = flask.request
    asked_here = ticket.asked_here and not is_fetched_ahead(request)
    return RawRequest(
        path=dict(path),
        query={argument: request.args.getlist(argument) for argument in request.args},
        headers={BACKGROUND.lower(): "1"},
        client=replace(read_client(request), asked_here=asked_here),
        address=request.full_path.rstrip("?").removeprefix(f"/{name}"),
        content=ContentHost(f"/{name}", str(site.app.address)),
    )


def _respond(site: Site, request: Request, answer: Answer, frame_of: FrameOf) -> Response:
    if isinstance(answer, Redirect):
        home = site.app.address if answer.location.startswith("/") else ""
        return flask.redirect(f"{home}{answer.location}", 303)
    if isinstance(answer, Data):
        return answer_data(answer)
    if isinstance(answer, Streamed):
        return answer_stream(answer)
    frame = frame_of(answer, request.nonce)
    html = contextvars.Context().run(site.renderer.render, answer, frame)
    return pack(answer.page, request, SiteResponse(html, answer.status, content_type=HTML))


def _tell_error(site: Site, error: Exception) -> Response:
    """An error as a plain text: no page of the site is shown here. What is not here at all was never here."""
    request = this_request()
    problem = explain_error(error, request.page.name if request.page else "content")
    if isinstance(error, HTTPException) and problem.status in (404, 405):
        problem = replace(problem, status=404, reason=_NOT_HERE, headers=())
    told = site.renderer.say(problem.reason, choose_language("", read_languages(request)))
    return Response(f"{told}\n", problem.status, dict(problem.headers), mimetype="text/plain")


def _written(path: str, query: bytes) -> str:
    """An address as it is written in one, of its path as it is read."""
    return f"{quote(path)}?{query.decode('ascii', 'replace')}" if query else quote(path)


def _is_read_by_script(request: flask.Request) -> bool:
    """Whether a script of the site reads this, as browsers say of every request (Fetch Metadata of W3C)."""
    told = [request.headers.get(f"Sec-Fetch-{name}") for name in ("Site", "Mode", "Dest")]
    return told == ["same-origin", "cors", "empty"]
