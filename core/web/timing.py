"""Measure the requests of pages, and tell those who may know in a header where the time went."""

import functools
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core.database.engine import Database
from core.errors import Refusal
from core.module import Page
from core.pipeline.meters import SEES_TIMES, Measured, TimingConfig, server_timing
from core.visitor.permissions import User
from core.web.requests import this_request
from core.web.site import Site

View = Callable[..., Response]


def watch_time(site: Site) -> Callable[[Page, View], View]:
    """What measures a page's view; nothing is measured unless a module asks for it by its configuration."""
    shared = site.application.shared
    configs = [one for one in shared.find(TimingConfig) or () if isinstance(one, TimingConfig)]
    if not configs:
        return lambda page, view: view
    databases = [one for one in shared.find(Database) or () if isinstance(one, Database)]
    site.application.meters.switch_on(databases[0] if databases else None)
    return lambda page, view: _measured(site, page, view, configs[0])


def _measured(site: Site, page: Page, view: View, config: TimingConfig) -> View:
    @functools.wraps(view)
    def measured(**path: str) -> Response:
        meters = site.application.meters
        with meters.request() as meter:
            try:
                response = view(**path)
            except Exception as error:
                if meter is not None:
                    took = meter.measured()
                    # What is refused is answered at once, and tells nothing of the page.
                    if not isinstance(error, Refusal | HTTPException):
                        meters.keep(page.name, took)
                    this_request().times = _told(site, config, took)
                raise
        if meter is not None:
            took = meter.measured()
            meters.keep(page.name, took)
            tell_times(response, _told(site, config, took))
        return response

    return measured


def tell_times(response: Response, told: str) -> Response:
    """The answer, whose header says where its time went, where that may be told."""
    if told:
        response.headers.add("Server-Timing", told)
    return response


def _told(site: Site, config: TimingConfig, took: Measured) -> str:
    return server_timing(took) if _may_know(site, config) else ""


def _may_know(site: Site, config: TimingConfig) -> bool:
    opened = this_request().opened
    visitor = opened.session.visitor if opened is not None else None
    if not isinstance(visitor, User):
        return False
    return config.everyone or SEES_TIMES in site.application.roles.permissions(visitor.roles)
