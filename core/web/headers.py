"""The security headers of every answer: a content security policy by page, and what goes with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flask
from flask_talisman import Talisman
from werkzeug.wrappers import Response

from core.errors import WiringError
from core.output.origins import Origins
from core.output.slots import Policy
from core.web.requests import Request, this_request
from core.web.responses import SiteResponse, Stamp

YEAR = 365 * 24 * 60 * 60
NONE = "'none'"
SELF = "'self'"

_TRUSTED_TYPES = ("require-trusted-types-for", "trusted-types")
_APP = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": [SELF, "data:", "blob:"],
    "connect-src": SELF,
    "font-src": SELF,
    "frame-src": SELF,
    "manifest-src": SELF,
    "worker-src": SELF,
    "form-action": SELF,
    "base-uri": NONE,
    "object-src": NONE,
    "frame-ancestors": NONE,
    "require-trusted-types-for": "'script'",
    "trusted-types": "hm3 dompurify",
}
_MAIL = {
    "sandbox": "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    "default-src": NONE,
    "script-src": NONE,
    "style-src-elem": SELF,
    "style-src-attr": "'unsafe-inline'",
    "img-src": [SELF, "data:"],
    "form-action": NONE,
    "base-uri": NONE,
    "frame-ancestors": SELF,
}
POLICIES: dict[Policy, dict[str, object]] = {
    Policy.APP: dict(_APP),
    Policy.AWAY: {**_APP, "form-action": NONE, "frame-src": NONE},
    Policy.MAIL: dict(_MAIL),
    Policy.FILE: {"sandbox": "", "default-src": NONE, "frame-ancestors": SELF},
}
# What no page of a mail site asks a browser for; passkeys and the clipboard stay.
FEATURES = [
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
]


def widen(policy: Mapping[str, object], elsewhere: Sequence[Origins]) -> dict[str, object]:
    """The policy of pages of the app that also lets one use what modules named for it.

    Raises WiringError for a page with a policy of its own: what shows others' content gets no wider.
    """
    wider = dict(policy)
    for one in elsewhere:
        if one.page.policy is not Policy.APP:
            raise WiringError(f"Page {one.page.name} has the policy {one.page.policy.value}, which no module widens.")
        for directive, sources in (
            ("script-src", one.scripts),
            ("frame-src", one.frames),
            ("style-src", one.styles),
            ("connect-src", one.connections),
        ):
            before = wider[directive]
            wider[directive] = [*(before if isinstance(before, list) else [before]), *sources]
        if one.scripts:
            for directive in _TRUSTED_TYPES:
                wider.pop(directive, None)
    return wider


class _Headers(Talisman):  # type: ignore[misc]  # flask_talisman tells no types
    """Flask-Talisman, which puts the same headers together anew for every answer, with what it found once."""

    # Any: what a view may be told, and what Talisman makes of it, has no types.
    def __init__(self, app: flask.Flask, **options: Any) -> None:
        self._options: dict[str | None, dict[str, Any]] = {}
        self._stamps: dict[tuple[str | None, bool, bool, bool], Stamp] = {}
        super().__init__(app, **options)

    def _get_local_options(self) -> dict[str, Any]:
        endpoint = this_request().endpoint
        if endpoint not in self._options:
            self._options[endpoint] = super()._get_local_options()
        return self._options[endpoint]

    def _force_https(self) -> None:
        """Nothing: whether a request came encrypted is not decided here."""

    def _set_response_headers(self, response: SiteResponse) -> SiteResponse:
        request = this_request()
        response.nonce = getattr(request, "csp_nonce", "")
        known = (request.endpoint, request.unnamed, request.is_secure, response.nonce != "")
        if known not in self._stamps:
            self._stamps[known] = self._stamp(request, response.nonce)
        response.stamp = self._stamps[known]
        return response

    def _stamp(self, request: Request, nonce: str) -> Stamp:
        """What answers of this page are sent under; wherever this one has its nonce, others have their own."""
        scratch = Response()
        before = set(scratch.headers.keys())
        super()._set_response_headers(scratch)
        lines: dict[str, str | list[str]] = {
            name: value.split(nonce) if nonce and nonce in value else value
            for name, value in scratch.headers.items()
            if name not in before
        }
        return Stamp(lines | _last(request), {"Cache-Control": "no-store"})


def with_content(origin: str | None) -> dict[Policy, dict[str, object]]:
    """The policies of a site whose messages are shown at another origin; those of before where there is none."""
    if origin is None:
        return POLICIES
    shown = {"frame-src": [SELF, origin], "img-src": [SELF, "data:", "blob:", origin]}
    return {**POLICIES, Policy.APP: {**POLICIES[Policy.APP], **shown}}


def add_headers(app: flask.Flask, content: str | None = None) -> "Callable[..., Callable[[Any], Any]]":
    """Send every answer with its headers. Returns the decorator that gives a view another policy.

    Messages are shown at the origin of `content`, where one is named.
    """
    policies = with_content(content)
    talisman = _Headers(
        app,
        # Whether a request came encrypted is decided by ProxyFix and `refuse_strangers`, never by a header of a client.
        force_https=False,
        strict_transport_security=False,
        session_cookie_secure=False,
        content_security_policy=policies[Policy.APP],
        content_security_policy_nonce_in=[],
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={feature: "()" for feature in FEATURES},
        x_xss_protection=False,
    )

    # Any: a decorator of views, which Flask leaves untyped
    def under(policy: Policy, elsewhere: Sequence[Origins] = ()) -> Callable[[Any], Any]:
        if policy is Policy.APP and not elsewhere:
            return lambda view: view
        wrapped: Callable[[Any], Any] = talisman(
            content_security_policy=widen(policies[policy], elsewhere),
            content_security_policy_nonce_in=["style-src-elem"] if policy is Policy.MAIL else [],
            frame_options="DENY" if policy in (Policy.APP, Policy.AWAY) else "SAMEORIGIN",
        )
        return wrapped

    return under


def _last(request: Request) -> dict[str, str | list[str]]:
    """What every answer says, whatever its page. This has the last word."""
    lines: dict[str, str | list[str]] = {
        "X-XSS-Protection": "0",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-DNS-Prefetch-Control": "off",
    }
    if request.unnamed:
        lines["Referrer-Policy"] = "no-referrer"
    if request.is_secure:
        lines["Strict-Transport-Security"] = f"max-age={2 * YEAR}; includeSubDomains"
    return lines
