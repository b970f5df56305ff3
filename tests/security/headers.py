"""What the headers of an answer have to say, and what is wrong with those that say something else."""

from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser
from werkzeug.datastructures import Headers

from core import Policy

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "0",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}
NEVER = ("server", "x-powered-by", "via", "access-control-", "content-security-policy-report-only", "public-key-pins")
HSTS = "max-age=63072000; includeSubDomains"
OFF = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "midi", "serial")

APP = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:", "blob:"},
    "connect-src": {"'self'"},
    "font-src": {"'self'"},
    "frame-src": {"'self'"},
    "manifest-src": {"'self'"},
    "worker-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
    "frame-ancestors": {"'none'"},
    "require-trusted-types-for": {"'script'"},
    "trusted-types": {"hm3", "dompurify"},
}
# A page that leads to another site: it sends nothing anywhere, and does not say where it is.
AWAY = {**APP, "form-action": {"'none'"}, "frame-src": {"'none'"}}
# The document of a message: no scripts, no forms, and styles on elements alone, which were cleaned.
MAIL = {
    "sandbox": {"allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox"},
    "default-src": {"'none'"},
    "script-src": {"'none'"},
    "style-src-attr": {"'unsafe-inline'"},
    "img-src": {"'self'", "data:"},
    "form-action": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'self'"},
}
FILE = {"sandbox": set[str](), "default-src": {"'none'"}, "frame-ancestors": {"'self'"}}


def directives(headers: Headers) -> dict[str, set[str]]:
    """The content security policy, read."""
    parts = (part.split() for part in headers.get("Content-Security-Policy", "").split(";") if part.strip())
    return {name: set(sources) for name, *sources in parts}


def nonce_of(headers: Headers) -> str:
    """The nonce that the policy names; nothing where it names none."""
    found = [
        source[len("'nonce-") : -1]
        for sources in directives(headers).values()
        for source in sources
        if source.startswith("'nonce-")
    ]
    assert len(set(found)) <= 1, found
    return found[0] if found else ""


def flaws(headers: Headers, policy: Policy = Policy.APP, *, secure: bool = False, public: bool = False) -> list[str]:
    """Everything that is wrong with an answer's headers; `public` are files that are the same for everybody."""
    return [*_of_names(headers), *_of_values(headers, policy, secure, public), *_of_policy(headers, policy)]


def _of_names(headers: Headers) -> Iterator[str]:
    for name, _ in headers:
        if name.lower().startswith(NEVER):
            yield f"{name} is sent"


def _of_values(headers: Headers, policy: Policy, secure: bool, public: bool) -> Iterator[str]:
    framed = policy not in (Policy.APP, Policy.AWAY)
    expected = {
        **ALWAYS,
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Referrer-Policy": "no-referrer" if policy in (Policy.MAIL, Policy.AWAY) else "same-origin",
        "Cache-Control": "public, max-age=31536000, immutable" if public else "no-store",
        "Strict-Transport-Security": HSTS if secure else None,
    }
    for name, value in expected.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)} and not {value}"
    allowed = headers.get("Permissions-Policy", "")
    yield from (f"Permissions-Policy leaves {feature}" for feature in OFF if f"{feature}=()" not in allowed)
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower():
        yield f"Content-Type is {kind}"


def _of_policy(headers: Headers, policy: Policy) -> Iterator[str]:
    found = directives(headers)
    if policy is Policy.FILE:
        expected: dict[str, set[str]] = FILE
    elif policy in (Policy.APP, Policy.AWAY):
        expected = APP if policy is Policy.APP else AWAY
    else:
        nonce = nonce_of(headers)
        if len(nonce) < 22:  # 128 bits in base64
            yield f"the nonce is {nonce!r}"
        expected = {**MAIL, "style-src-elem": {"'self'", f"'nonce-{nonce}'"}}
    for name in expected.keys() | found.keys():
        if expected.get(name) != found.get(name):
            yield f"{name} is {found.get(name)} and not {expected.get(name)}"


def inline_code(html: str) -> list[str]:
    """What of a page would need a looser policy: scripts and styles in it, and attributes that hold some."""
    tree = LexborHTMLParser(html)
    wrong = [
        node.html or "" for node in tree.css("script:not([src])") if "json" not in (node.attributes.get("type") or "")
    ]
    wrong += [node.html or "" for node in tree.css("style, [style], base, object, embed")]
    return wrong + [
        f"{node.tag} {name}={value}"
        for node in tree.css("*")
        for name, value in node.attributes.items()
        if name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
    ]


def without_integrity(html: str) -> Iterable[str]:
    """Scripts and styles of a page that are taken as they come."""
    loading = LexborHTMLParser(html).css("script[src], link[rel~=stylesheet], link[rel~=modulepreload]")
    return [node.html or "" for node in loading if not (node.attributes.get("integrity") or "").startswith("sha384-")]
