"""Requests to providers: encrypted, checked, bounded in time and size, and never led elsewhere."""

import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from core import Sentence, tls
from modules.oauth.config import OauthConfig
from modules.oauth.errors import ProviderFailed

_MOST_OCTETS = 256 * 1024
_PIECE = 16 * 1024


class Bounded(HTTPAdapter):
    """Fetches whole answers of a bounded size in a bounded time, and takes no redirect for one."""

    def __init__(self, config: OauthConfig) -> None:
        super().__init__(max_retries=0)
        self._seconds = config.timeout.total_seconds()
        # Whom this site trusts counts, and nobody whom requests brings along.
        context = tls.make_context(tls.TlsOptions(ca_file=config.ca_file))
        self.poolmanager = PoolManager(num_pools=2, ssl_context=context)

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """The context above says whom to trust."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The whole answer. Raises ProviderFailed where there is none."""
        address = urlsplit(str(request.url))
        host = address.hostname or ""
        if address.scheme != "https" and not tls.is_loopback(host):
            raise ProviderFailed(Sentence("%(host)s is not asked, because the way there is not encrypted.", host=host))
        ends = time.monotonic() + self._seconds
        try:
            response = super().send(request, stream=True, timeout=self._seconds)
            try:
                response._content = _whole(response, ends)
            finally:
                response.close()
        except (requests.RequestException, HTTPError, OSError) as error:
            raise ProviderFailed(_no_answer(host)) from error
        if response.is_redirect or not 200 <= response.status_code < 600:
            raise ProviderFailed(_nonsense(host))
        return response


def open_session(config: OauthConfig) -> requests.Session:
    """A session of plain requests, without cookies to keep and without what the environment says."""
    return bounded(requests.Session(), config)


def bounded(session: requests.Session, config: OauthConfig) -> requests.Session:
    """A session with the bounds of this file."""
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    for start in ("https://", "http://"):
        session.mount(start, Bounded(config))
    return session


def read_object(session: requests.Session, address: str) -> dict[str, object]:
    """The JSON object at an address. Raises ProviderFailed where there is none."""
    response = session.get(address, headers={"Accept": "application/json"})
    told = parse_object(response) if response.status_code == 200 else None
    if told is None:
        raise ProviderFailed(_nonsense(urlsplit(address).hostname or ""))
    return told


def parse_object(response: requests.Response) -> dict[str, object] | None:
    """The JSON object of an answer; None where it is something else."""
    try:
        told = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _whole(response: requests.Response, ends: float) -> bytes:
    octets = b""
    while piece := response.raw.read1(_PIECE, decode_content=True):
        octets += piece
        if len(octets) > _MOST_OCTETS or time.monotonic() > ends:
            raise TimeoutError("The answer is too long or takes too long.")
    return octets


def _no_answer(host: str) -> Sentence:
    return Sentence("%(host)s does not answer, or not in time. Please try again later.", host=host)


def _nonsense(host: str) -> Sentence:
    return Sentence("%(host)s answers with something that cannot be understood. Please try again later.", host=host)
