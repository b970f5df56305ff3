"""Measure the requests of pages, and tell those who may know in a header where the time went."""

import functools
from collections.abc import Callable

from werkzeug.wrappers import Response

from core.database.engine import Database
from core.module import Page
from core.pipeline.meters import SEES_TIMES, TimingConfig, server_timing
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
            response = view(**path)
        if meter is not None:
            took = meter.measured()
            meters.keep(page.name, took)
            if _may_know(site, config):
                response.headers.add("Server-Timing", server_timing(took))
        return response

    return measured


def _may_know(site: Site, config: TimingConfig) -> bool:
    opened = this_request().opened
    visitor = opened.session.visitor if opened is not None else None
    if not isinstance(visitor, User):
        return False
    return config.everyone or SEES_TIMES in site.application.roles.permissions(visitor.roles)
