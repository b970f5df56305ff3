"""Every way that we know by which a message may tell its sender that it is read, one message each.

In each of them THERE stands for an address of the sender's that is its own, and NAME for a host name that is asked for
where somebody resolves it. They follow the Email Privacy Tester and what browsers have learnt since; those of HTML
stand in echoes.toml.
"""

import base64
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.modules.mail.letters import PIXEL

WORDS = "Words of the letter"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(&quot;THERE/ran&quot;)">'
    "<style>*{background:url(THERE/s)}</style>"
    '<image href="THERE/i"/></svg>'
)
# What swallows all that follows it.
SWALLOWING = frozenset(
    "unclosed xmp mutation mutation-select comment-end script-inline frameset template noscript style-unclosed".split()
)
_TOLD = tomllib.loads((Path(__file__).parent / "echoes.toml").read_text("utf-8"))

# Fields of the header that name an address of the web or of a mailbox.
FIELDS = {
    "header-lists": (
        ("List-Unsubscribe", "<THERE/u>, <mailto:u@tracker.test>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Archive", "<THERE/a>"),
        ("List-Help", "<THERE/h>"),
    ),
    "header-receipts": (
        ("Disposition-Notification-To", "<receipt@tracker.test>"),
        ("Disposition-Notification", "<receipt@tracker.test>"),
        ("Return-Receipt-To", "<receipt@tracker.test>"),
        ("Return-Receipt", "<receipt@tracker.test>"),
        ("X-Confirm-Reading-To", "<receipt@tracker.test>"),
        ("Generate-Delivery-Report", "<receipt@tracker.test>"),
    ),
    "header-faces": (
        ("X-Face", "THERE/x"),
        ("Face", base64.b64encode(PIXEL).decode()),
        ("X-Face-URL", "THERE/f"),
        ("X-Image-URL", "THERE/i"),
        ("BIMI-Location", "v=BIMI1; l=THERE/b.svg"),
        ("BIMI-Indicator", base64.b64encode(SVG.encode()).decode()[:300]),
        ("X-Gravatar", "THERE/g"),
    ),
    "header-links": (
        ("Link", "<THERE/l.css>; rel=stylesheet"),
        ("Content-Location", "THERE/base/"),
        ("Content-Base", "THERE/"),
        ("Archived-At", "<THERE/a>"),
        ("Autocrypt", "addr=a@tracker.test; keydata=THERE/k"),
        ("OpenPGP", "id=1; url=THERE/key.asc"),
        ("Feedback-ID", "THERE/f"),
    ),
    "header-subject": (("Subject", '<img src="THERE/s.png"><link rel=stylesheet href=THERE/c.css> THERE/subject'),),
    "header-names": (
        ("From", '"<img src=THERE/n.png>" <a@tracker.test>'),
        ("To", '"<img src=THERE/t>" <b@tracker.test>'),
    ),
    "header-reply": (("Reply-To", "<img@tracker.test>, THERE <a@NAME>"), ("Sender", "<s@NAME>")),
}


@dataclass(frozen=True)
class Attached:
    """A further part of a message: its type and its text, and perhaps a file name and a content id."""

    kind: str
    text: str
    filename: str = ""
    content_id: str = ""


_CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260501T100000Z\r\n"
    "ORGANIZER:mailto:o@tracker.test\r\nATTENDEE;RSVP=TRUE:mailto:robin@example.test\r\nSUMMARY:<img src=THERE/s>\r\n"
    "ATTACH;FMTTYPE=image/png:THERE/a.png\r\nURL:THERE/u\r\nIMAGE;VALUE=URI:THERE/i.png\r\nCONFERENCE:THERE/c\r\n"
    'X-ALT-DESC;FMTTYPE=text/html:<img src="THERE/alt.png">\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
)
_CARD = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:<img src=THERE/n>\r\nPHOTO:THERE/p.png\r\nLOGO:THERE/l.png\r\n"
    "SOUND:THERE/s.wav\r\nURL:THERE/u\r\nKEY:THERE/k\r\nEND:VCARD\r\n"
)
_AMP = (
    '<!doctype html><html ⚡4email><head><script async src="THERE/v0.js"></script></head><body>'
    '<amp-img src="THERE/a.png" width="1" height="1"></amp-img><amp-list src="THERE/list.json"></amp-list>'
    "</body></html>"
)
# What comes beside the text, and the HTML that may refer to it.
PARTS = {
    "part-amp": ("", Attached("text/x-amp-html", _AMP)),
    "part-calendar": ("", Attached("text/calendar; method=REQUEST", _CALENDAR)),
    "part-vcard": ("", Attached("text/vcard", _CARD, "card.vcf")),
    "part-css": (
        '<link rel="stylesheet" href="cid:css@x">',
        Attached("text/css", "*{background:url(THERE/c)}", "a.css", "css@x"),
    ),
    "part-svg": (
        '<object data="cid:svg@x"></object><embed src="cid:svg@x"><iframe src="cid:svg@x"></iframe>'
        '<img src="cid:svg@x">',
        Attached("image/svg+xml", SVG, "a.svg", "svg@x"),
    ),
    "part-html": (
        '<iframe src="cid:html@x"></iframe>',
        Attached("text/html", '<img src="THERE/h.png">', "a.html", "html@x"),
    ),
    "part-script": ('<img src="cid:png@x">', Attached("image/png", "fetch('THERE/ran')", "a.png", "png@x")),
    "part-name": ("", Attached("image/png", "x", "<img src=THERE|n.png>.png")),
    "part-external": (
        "",
        Attached('message/external-body; access-type=URL; URL="THERE/e"', "Content-Type: image/png\r\n\r\n"),
    ),
    "part-message": (
        "",
        Attached("message/rfc822", 'From: a@tracker.test\r\nContent-Type: text/html\r\n\r\n<img src="THERE/m.png">'),
    ),
    "part-shortcut": ("", Attached("application/internet-shortcut", "[InternetShortcut]\r\nURL=THERE/s", "a.url")),
    "part-markdown": ("", Attached("text/markdown", "![x](THERE/m.png) <img src=THERE/n.png>")),
    "part-enriched": ("", Attached("text/enriched", "<x-img><param>THERE/e.png</param></x-img>")),
    "part-playlist": ("", Attached("audio/x-mpegurl", "#EXTM3U\r\nTHERE/a.mp3", "a.m3u")),
    "part-pdf": ("", Attached("application/pdf", "%PDF-1.4 /URI (THERE/p)", "a.pdf")),
    "part-smime": ("", Attached("application/pkcs7-signature", "OCSP THERE/ocsp", "smime.p7s")),
    "part-pgp": ("", Attached("application/pgp-keys", "Comment: THERE/pgp", "key.asc")),
}


def bodies() -> dict[str, str]:
    """The HTML of every technique that stands in HTML, by its name."""
    picture = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
    plain = {name: html.replace("SVG", picture) for name, html in _TOLD["html"].items()}
    styled = {f"style-{name}": f'<p style="{style}" title="THERE">x</p>' for name, style in _TOLD["style"].items()}
    sheeted = {f"sheet-{name}": f"<style>{one}</style><p>x <a href=#>W</a></p>" for name, one in _TOLD["sheet"].items()}
    return {**plain, **styled, **sheeted}


def messages(port: int) -> dict[str, bytes]:
    """One message for each technique, by its name; hits come to this port of this machine."""
    made: dict[str, bytes] = {}
    for name, html in bodies().items():
        made[name] = _message(name, port, html)
    for name, fields in FIELDS.items():
        made[name] = _message(name, port, "", fields)
    for name, (html, part) in PARTS.items():
        made[name] = _message(name, port, html, part=part)
    for name, text in _TOLD["text"].items():
        made[name] = _message(name, port, "", text=text)
    return made


def everything(port: int) -> bytes:
    """One message with nearly all of them: what swallows what follows is left out."""
    swallowing = {
        "unclosed",
        "xmp",
        "mutation",
        "mutation-select",
        "comment-end",
        "script-inline",
        "frameset",
        "template",
    }
    html = "\n".join(told(html, name, port) for name, html in bodies().items() if name not in swallowing)
    return _message("everything", port, html, FIELDS["header-receipts"] + FIELDS["header-lists"])


def told(text: str, name: str, port: int) -> str:
    """A text with the addresses of one technique."""
    return text.replace("THERE", f"http://{name}.localhost:{port}").replace("NAME", host(name))


def host(name: str) -> str:
    """A host that somebody may resolve, and that is nowhere."""
    return f"{name}.tracker.test"


def _message(
    name: str,
    port: int,
    html: str,
    fields: tuple[tuple[str, str], ...] = (),
    *,
    part: Attached | None = None,
    text: str = WORDS,
) -> bytes:
    """A message in octets of our own: no library writes what hostile programs do."""
    header = {"From": "News <news@tracker.test>", "To": "robin@example.test", "Subject": name}
    lines = [f"{one}: {value}" for one, value in header.items() if one not in dict(fields)]
    lines += [f"{one}: {told(value, name, port)}" for one, value in fields]
    lines += ["Date: Fri, 01 May 2026 10:00:00 +0000", "MIME-Version: 1.0"]
    lines += ['Content-Type: multipart/mixed; boundary="mixed"', "", "--mixed"]
    lines += ['Content-Type: multipart/alternative; boundary="alternative"', ""]
    lines += ["--alternative", "Content-Type: text/plain; charset=utf-8", "", told(text, name, port)]
    if html:
        document = f"<!doctype html><html><head></head><body><p>{WORDS}</p>{told(html, name, port)}</body></html>"
        lines += ["--alternative", "Content-Type: text/html; charset=utf-8", "", document]
    if part is not None:
        where = "--alternative" if part.kind.startswith(("text/x-amp", "text/calendar")) else "--mixed"
        lines += ["--alternative--"] if where == "--mixed" else []
        lines += [where, f"Content-Type: {told(part.kind, name, port)}"]
        lines += [f'Content-Disposition: inline; filename="{told(part.filename, name, port)}"'] if part.filename else []
        lines += [f"Content-ID: <{part.content_id}>"] if part.content_id else []
        lines += ["", told(part.text, name, port)]
    lines += ["--mixed--", ""]
    return "\n".join(lines).encode()
