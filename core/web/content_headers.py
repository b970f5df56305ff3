"""The headers of the content host: nothing runs there, nobody may frame it but the site, and its origin is nobody's."""

import functools
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import flask
from werkzeug.wrappers import Response

from core.ini.app import AppConfig
from core.output.slots import Policy
from core.web.headers import FEATURES, NONE, POLICIES, YEAR
from core.web.requests import this_request

_ANYTHING_ELSE = {"sandbox": "", "default-src": NONE}


# Any: a decorator of views, which Flask leaves untyped
def add_content_headers(app: flask.Flask, config: AppConfig) -> Callable[[Policy, Any], Any]:
    """Send every answer with its headers. Returns what puts a view under a policy."""
    around = {"frame-ancestors": str(config.address)}

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _written({**_ANYTHING_ELSE, **around}))
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-XSS-Protection"] = "0"
        response.headers["X-DNS-Prefetch-Control"] = "off"
        response.headers["Permissions-Policy"] = ", ".join(f"{feature}=()" for feature in FEATURES)
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        # A document of no origin is another one than this, also to what it shows from here.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if flask.request.endpoint == "site":
            response.headers["Access-Control-Allow-Origin"] = "*"
        if flask.request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={2 * YEAR}; includeSubDomains"
        return response

    def under(policy: Policy, view: Any) -> Any:
        @functools.wraps(view)
        def answered(**path: str) -> Response:
            nonce = this_request().nonce = secrets.token_urlsafe(24)
            response: Response = view(**path)
            response.headers["Content-Security-Policy"] = _written({**_policy(policy, config, nonce), **around})
            return response

        return answered

    return under


def _policy(policy: Policy, config: AppConfig, nonce: str) -> Mapping[str, object]:
    if policy is not Policy.MAIL:
        return POLICIES[policy]
    # `self` is nothing to a document of no origin: the host is named.
    here = str(config.content_origin)
    return {
        **POLICIES[policy],
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
        "style-src-elem": [here, f"'nonce-{nonce}'"],
        "img-src": [here, "data:"],
    }


def _written(policy: Mapping[str, object]) -> str:
    """A policy as its header says it."""
    return "; ".join(
        f"{name} {' '.join(sources) if isinstance(sources, list) else sources}".rstrip()
        for name, sources in policy.items()
    )
