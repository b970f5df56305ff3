"""A page's scripts, in Python: they agree on a key, seal what they ask and open what they are told."""

import json
import re
import secrets
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import flask
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import modules.ajax.handlers
import modules.ajax.outputs
import modules.idle.module
from core.security.agreement import CLIENT_KEY, FOR_ANSWERS, FOR_REQUESTS, AjaxConfig, Exchange, Group, expand, prove
from modules.ajax.module import module as ajax
from modules.idle.module import module as idle
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = (modules.ajax, modules.idle)
SEALED = "application/vnd.hm3.sealed"


def open_ajax_house(folder: Path, *, encrypt: bool = True, cache: bool = False) -> Iterator[House]:
    """A site with a login whose scripts' requests may be sealed."""
    yield from open_house(folder, ajax, idle, configs={AjaxConfig: AjaxConfig(encrypt, cache)})


@dataclass
class Answer:
    """An answer as the script sees it once it is open."""

    status: int
    type: str
    text: str
    location: str | None = None


@dataclass
class Page:
    """A user's page."""

    browser: Browser
    key: bytes = b""
    name: str = ""
    told: dict[str, str] = field(default_factory=dict)
    sequence: int = 0

    def begin(self) -> "Page":
        """Read what the page tells its scripts, and agree on a key."""
        html = self.browser.get("/settings").get_data(as_text=True)
        found = re.search(r'<meta name="ajax" content="([^"]+)" data-session="(\w+)" data-binding="([^"]+)">', html)
        assert found
        self.told = {"wants": found[1], "session": found[2], "binding": found[3]}
        self.told["token"] = html.split('name="csrf-token" content="')[1].split('"')[0]
        return self.agree()

    def agree(self) -> "Page":
        """Agree on a key, and check that the answer is the server's for this session."""
        private = X25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        answer = self.offer("X25519", b64encode(public).decode())
        assert answer.status_code == 200, answer.get_data(as_text=True)
        agreed = {name: str(value) for name, value in answer.get_json().items()}
        theirs, salt = b64decode(agreed["public"]), b64decode(agreed["salt"])
        proof = prove(b64decode(self.told["binding"]), Group.X25519, public, theirs, agreed["key"], salt)
        assert b64decode(agreed["proof"]) == proof
        self.key = expand(private.exchange(X25519PublicKey.from_public_bytes(theirs)), salt, CLIENT_KEY)
        self.name = agreed["key"]
        return self

    def offer(self, group: str, public: str) -> flask.Response:
        """Offer a public key."""
        fields = {"group": group, "public": public}
        return self.browser.post("/ajax/key", fields, token=self.told["token"], Accept="application/json")

    def exchange(self, method: str, path: str) -> Exchange:
        """The next request of the page."""
        self.sequence += 1
        return Exchange(method, path, secrets.token_hex(16), self.sequence)

    def headers(self, exchange: Exchange, **query: str) -> dict[str, str]:
        """What goes with a sealed request."""
        told = {"X-Hm3-Ajax": f"{self.name} {exchange.request} {exchange.sequence}", "Accept": "application/json"}
        if query:
            told["X-Hm3-Ajax-Query"] = b64encode(self.seal(exchange, "query", urlencode(query).encode())).decode()
        return told

    def seal(self, exchange: Exchange, part: str, plain: bytes) -> bytes:
        """One part of a request, sealed."""
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(expand(self.key, b"", FOR_REQUESTS)).encrypt(nonce, plain, exchange.bound(part))

    def body(self, exchange: Exchange, fields: Mapping[str, str]) -> bytes:
        """The fields of a form, sealed."""
        kind = b"application/x-www-form-urlencoded"
        return self.seal(exchange, "body", struct.pack(">I", len(kind)) + kind + urlencode(fields).encode())

    def send(self, exchange: Exchange, body: bytes | None = None, type: str = SEALED, **headers: str) -> flask.Response:
        """Send a request as it stands; headers by their names with underscores."""
        sent = {
            **self.headers(exchange),
            "X-CSRFToken": self.told["token"],
            "Sec-Fetch-Site": "same-origin",
            "Origin": self.browser.base,
            "User-Agent": self.browser.agent,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if body is None:
            return self.browser.get(exchange.path, **sent)
        return self.browser.client.post(  # type: ignore[return-value]  # a test response has all of a response
            exchange.path, base_url=self.browser.base, data=body, content_type=type, headers=sent
        )

    def ask(self, exchange: Exchange, accept: str, query: str = "") -> flask.Response:
        """Ask for something with a query that is sealed already."""
        if query:
            return self.send(exchange, Accept=accept, X_Hm3_Ajax_Query=query)
        return self.send(exchange, Accept=accept)

    def open(self, exchange: Exchange, response: flask.Response) -> Answer:
        """What an answer says, or cryptography's InvalidTag where it is not the one to this request."""
        assert response.mimetype == "application/vnd.hm3.sealed+json", response.get_data(as_text=True)
        told = json.loads(response.get_data())
        assert (told["v"], told["k"], told["s"]) == (1, self.name, exchange.sequence)
        bound = exchange.bound("answer", response.status_code)
        cipher = AESGCM(expand(self.key, b"", FOR_ANSWERS))
        plain = cipher.decrypt(b64decode(told["n"]), b64decode(told["c"]), bound)
        (length,) = struct.unpack_from(">I", plain)
        meta, text = json.loads(plain[4 : 4 + length]), plain[4 + length :].decode()
        return Answer(response.status_code, meta["type"], text, meta.get("location"))

    def get(self, path: str, accept: str = "application/json", **query: str) -> Answer:
        """Ask for something."""
        exchange = self.exchange("GET", path)
        sealed = self.headers(exchange, **query).get("X-Hm3-Ajax-Query", "")
        return self.open(exchange, self.ask(exchange, accept, sealed))

    def post(self, path: str, **fields: str) -> Answer:
        """Submit a form."""
        exchange = self.exchange("POST", path)
        return self.open(exchange, self.send(exchange, self.body(exchange, fields)))
