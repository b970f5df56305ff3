"""Serve a site with Flask: one rule a page, and everything that every request must pass."""

import contextvars
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from core.errors import LoginNeeded, Refusal, SetupNeeded, UpstreamError, WebmailError
from core.input.reading import ContentHost
from core.look import LookSettings, choose_language, visitor_zone
from core.module import Page
from core.output.frames import Ajax, Frame
from core.output.origins import Origins
from core.output.slots import Notice, Policy, Redirect
from core.pipeline.answer import Answer, Data, Shown, Streamed
from core.pipeline.guesses import Guesses
from core.pipeline.meters import RENDER
from core.sentences import Sentence
from core.visitor.session import Session
from core.visitor.store import Opened
from core.web.answers import answer_data, answer_problem, answer_redirect, answer_stream, login_address
from core.web.bearer import ask_for_bearer, bearer_of, refuse_bearer
from core.web.content import ByHost, is_shown_apart, lead_apart, make_content
from core.web.cookies import NAMES, drop_cookies, read_cookies, set_cookies, set_keepsakes
from core.web.envelope import add_envelopes, tell_scripts
from core.web.errors import explain_error, is_kept, retry_after
from core.web.forms import FormProtect, FormSession, FormSigning, form_token
from core.web.framework import App
from core.web.headers import add_headers
from core.web.limits import add_limits
from core.web.packing import pack
from core.web.parting import keep_why, recall_why
from core.web.requests import (
    Request,
    is_background,
    read_languages,
    read_request,
    read_wanted,
    this_request,
    wants_json,
)
from core.web.responses import HTML, SiteResponse
from core.web.site import Site
from core.web.static import serve_asset
from core.web.strangers import host_name, is_within_page, may_open_page, refuse_strangers
from core.web.timing import tell_times, watch_time

log = logging.getLogger("hm3.requests")
MOST_FORM_PARTS = 12_000


def make_app(site: Site) -> flask.Flask:
    """A WSGI application for a site."""
    app = App("hm3")
    signing = FormSigning(site.form_keys)
    app.config.update(
        DEBUG=False,  # Whatever the environment says: pages of errors must show nothing of the program.
        WTF_CSRF_SECRET_KEY=signing,
        MAX_CONTENT_LENGTH=int(site.app.largest_request),
        MAX_FORM_MEMORY_SIZE=int(site.app.largest_request),
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PROPAGATE_EXCEPTIONS=False,
    )
    app.session_interface = FormSession(signing)
    measured = watch_time(site)
    origin = site.app.content_origin
    if origin is not None:
        content = make_content(site, measured, partial(_frame_apart, site))
        app.wsgi_app = ByHost(app.wsgi_app, content.wsgi_app, host_name(urlsplit(origin).netloc))  # type: ignore[method-assign]  # as below
    if site.app.trusted_proxies:
        hops = int(site.app.trusted_proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents it
    refuse_strangers(app, site.app)
    add_envelopes(app, site, lambda: _open_session(site, this_request()).session)
    under_policy, under_rate = add_headers(app, origin), add_limits(app, site.rates, site.counts)
    FormProtect(app)
    app.add_url_rule("/healthz", "healthz", _tell_health)
    app.add_url_rule("/site/<name>", "site", lambda name: serve_asset(site.assets, name))
    origins = [one for one in site.application.shared.find(Origins) or () if isinstance(one, Origins)]
    for page in site.application.wiring.pages:
        elsewhere = [one for one in origins if one.page in (page, page.retry)]
        view = under_policy(page.policy, elsewhere)(under_rate(page.rate, measured(page, _view_of(site, page))))
        app.add_url_rule(page.rule, page.name, view, methods=[page.method])
    app.register_error_handler(Exception, lambda error: _tell_error(site, error))
    return app


def _view_of(site: Site, page: Page) -> Callable[..., Response]:
    """What answers a page here: itself, or the way to the host for content."""
    view = _view(site, page)
    if site.app.content_origin is None or not is_shown_apart(page):
        return view
    return lead_apart(site, page, view, partial(_open_session, site), partial(_keep_session, site))


def _view(site: Site, page: Page) -> Callable[..., Response]:
    is_unnamed = page.policy in (Policy.MAIL, Policy.AWAY)
    content = None if site.app.content_origin is None else ContentHost()

    def view(**path: str) -> Response:
        started, request = time.perf_counter(), this_request()
        request.page = page
        # What strangers' links lead to is told no address of this site.
        request.unnamed = is_unnamed
        opened = _open_session(site, request)
        refuse_bearer(bearer_of(request), page, opened.session.visitor)
        raw, wanted = read_request(request, path, content), read_wanted(request)
        guesses = Guesses.for_answer(raw, opened.session)

        def answer() -> Response:
            made = contextvars.Context().run(site.application.answer, page, raw, opened.session, wanted, guesses)
            return _respond(site, request, opened, made)

        response = guesses.make(answer)
        _keep_session(site, request, opened, response)
        log.info("%s %s %.0f ms", page.name, response.status_code, (time.perf_counter() - started) * 1000)
        return response

    view.__name__ = page.name.replace(".", "_").replace("-", "_")
    return view


def _open_session(site: Site, request: Request) -> Opened:
    if request.opened is not None:
        # It was needed before, to open what was sealed.
        return request.opened
    token, client = bearer_of(request), request.client
    if token is not None:
        opened = site.sessions.open_lent(token, client)
    else:
        opened = site.sessions.open(read_cookies(request.cookies, request.is_secure), client)
    recall_why(request, opened.session)
    request.opened = opened
    return opened


def _respond(site: Site, request: Request, opened: Opened, answer: Answer) -> Response:
    if opened.session.renewed:
        # A token that a stranger's page may have learned is of no use after the login.
        flask.session.pop("csrf_token", None)
        flask.g.pop("csrf_token", None)
    if isinstance(answer, Redirect):
        return answer_redirect(answer, wants_json(request), _speaker(site, request, opened))
    if isinstance(answer, Data):
        return answer_data(answer, _speaker(site, request, opened))
    if isinstance(answer, Streamed):
        return answer_stream(answer)
    return _render(site, request, opened, answer)


def _speaker(site: Site, request: Request, opened: Opened) -> Callable[[str], str]:
    """What says sentences in the visitor's language."""

    def speak(text: str) -> str:
        if not isinstance(text, Sentence):
            return text
        # What was read before is not read again.
        look = site.application.user_settings(opened.session).get(LookSettings)
        return site.renderer.say(text, _language(request, look), visitor_zone(look, request.client, site.app))

    return speak


def _render(site: Site, request: Request, opened: Opened, shown: Shown) -> Response:
    waiting = opened.session.take_notices() if shown.part is None and shown.page.layout is not None else ()
    notices = _spoken(site, request, shown.look, waiting) if waiting else ()
    idle = int(site.sessions.idle_of(opened.session).total_seconds())
    ajax = tell_scripts(site, opened.session.id) if shown.user is not None else None
    asks = opened.session.asks_password
    # Within a message no form can be sent, nor is a token needed there.
    forms = shown.page.policy is not Policy.MAIL
    frame = make_frame(
        site, request, shown.look, forms=forms, notices=notices, idle=idle, ajax=ajax, asks_password=asks
    )
    with site.application.meters.time(RENDER, sum(map(len, shown.slots.values()))):
        html = contextvars.Context().run(site.renderer.render, shown, frame)
    response = SiteResponse(html, shown.status, content_type=HTML)
    if shown.wait is not None:
        response.headers.extend(retry_after(shown.wait))
    return pack(shown.page, request, response)


def _spoken(site: Site, request: Request, look: LookSettings, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Notices as the visitor reads them."""
    language, zone = _language(request, look), visitor_zone(look, request.client, site.app)
    return tuple(replace(one, text=site.renderer.say(one.text, language, zone)) for one in notices)


def make_frame(
    site: Site,
    request: Request,
    look: LookSettings,
    *,
    forms: bool = True,
    nonce: str | None = None,
    notices: tuple[Notice, ...] = (),
    idle: int = 0,
    ajax: Ajax | None = None,
    asks_password: bool = True,
) -> Frame:
    """What stands around a page of a request, and of this session where `notices` and the like are given.

    Without `forms` no cookie for them is set, as another tab may have.
    """
    return Frame(
        csrf_token=form_token() if forms else "",
        nonce=getattr(request, "csp_nonce", "") if nonce is None else nonce,
        site_name=str(site.app.name),
        address=request.path,
        language=_language(request, look),
        notices=notices,
        asset=site.assets.file,
        phrases=site.assets.phrases,
        idle=idle,
        ajax=ajax,
        asks_password=asks_password,
        apart=site.app.content_origin is not None,
        zone=visitor_zone(look, request.client, site.app),
        zone_cookie=NAMES[request.is_secure].zone,
    )


def _frame_apart(site: Site, shown: Shown, nonce: str) -> Frame:
    """What stands around a document on the content host."""
    return make_frame(site, this_request(), shown.look, forms=False, nonce=nonce)


def _language(request: Request, look: LookSettings) -> str:
    return choose_language(look.language, read_languages(request))


def _keep_session(site: Site, request: Request, opened: Opened, response: Response) -> None:
    secure, is_lost = request.is_secure, not opened.id and not opened.foreign
    active = not is_background(request) and not (request.page is not None and request.page.background)
    cookies = site.sessions.save(opened, active=active, client=request.client)
    if opened.lent:
        return
    if cookies is not None:
        set_cookies(response, cookies, secure)
        site.tickets.go_on(opened.session, cookies, site.application.clock.now())
    elif opened.closed or (is_lost and read_cookies(request.cookies, secure) and _opens_page(request)):
        # A form that was opened meanwhile has a token, and this answer may come late.
        drop_cookies(response, secure, form=_opens_page(request))
    set_keepsakes(response, opened.session.keepsakes, secure)
    keep_why(request, response, opened.session)


def _tell_error(site: Site, error: Exception) -> Response:
    """The page or JSON for an error, wherever it was raised."""
    request = this_request()
    opened, json = request.opened or Opened(Session()), wants_json(request)
    # What nobody looks at gets no form: its cookie would take the place of that of a login form in another tab.
    forms = _is_looked_at(request, json)
    if isinstance(error, LoginNeeded) and forms and request.method != "POST":
        response = flask.redirect(login_address(request.full_path), 303)
        _keep_session(site, request, opened, response)
        return response
    if isinstance(error, SetupNeeded) and not json and request.method != "POST":
        opened.session.say(str(error), "problem")
        response = flask.redirect(error.path, 303)
        _keep_session(site, request, opened, response)
        return response
    problem = explain_error(error, request.page.name if request.page else request.path)
    frame = make_frame(site, request, _look_of(site, opened), forms=forms)
    kept = _kept(site, request, error) if not json else ()
    response = tell_times(answer_problem(site.renderer, problem, frame, json, kept, request.path), request.times)
    response.headers.extend(ask_for_bearer(request, problem.status))
    if request.opened is not None and isinstance(error, Refusal | UpstreamError):
        _keep_session(site, request, opened, response)
    return response


def _is_looked_at(request: Request, json: bool) -> bool:
    """Whether the answer is a page of its own, which somebody sees: not for a script, nor for a frame."""
    return not json and not (is_within_page(request) and request.method == "GET")


def _opens_page(request: Request) -> bool:
    """Whether a person goes to a page, and waits for it.

    Whatever else comes with the pair of a session that is over leaves it in place: its answer may come late, when the
    browser holds the pair of a new session, and the next page finds what is left.
    """
    return may_open_page(request) and _is_looked_at(request, wants_json(request))


def _look_of(site: Site, opened: Opened) -> LookSettings:
    """How the visitor wants pages to look; where that cannot be told now either, as pages look by themselves."""
    try:
        return site.application.user_settings(opened.session).get(LookSettings)
    except (WebmailError, SQLAlchemyError):
        return LookSettings()


def _kept(site: Site, request: Request, error: Exception) -> tuple[tuple[str, str], ...]:
    """What was typed into a form that was refused for its age and not for what it says."""
    if request.method != "POST" or not is_kept(error):
        return ()
    adapter = flask.current_app.url_map.bind_to_environ(request.environ)
    endpoint, path = adapter.match()
    page = next((page for page in site.application.wiring.pages if page.name == endpoint), None)
    if page is None or page.retry is None:
        return ()
    return site.application.typed(page, read_request(request, path))


def _tell_health() -> dict[str, str]:
    return {"status": "ok"}
